//! Scripts that ask the questions on machines where staunch cannot run.
//!
//! Each is made of a text of its own and of the one list of questions. It needs what its Windows
//! comes with, reads, and writes one file.

mod batch;
mod powershell;
mod visual_basic;

/// A script, by the oldest Windows that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collector {
    /// Batch file for Windows NT 4.0, which has no script host.
    Nt4,
    /// `VBScript` for Windows 2000.
    Windows2000,
    /// `VBScript` for Windows XP, Server 2003 and later without PowerShell.
    Xp,
    /// `PowerShell` 2.0 and later.
    Modern,
}

impl Collector {
    /// Writes the script, in ASCII with the line ends of Windows.
    pub fn script(self) -> String {
        let text = match self {
            Self::Nt4 => batch::script(),
            Self::Windows2000 => visual_basic::script("Windows 2000"),
            Self::Xp => visual_basic::script("Windows XP and Windows Server 2003"),
            Self::Modern => powershell::script(),
        };
        text.replace('\n', "\r\n")
    }
}

#[cfg(test)]
mod tests;
