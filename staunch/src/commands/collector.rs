use crate::exit::Exit;
use crate::output::OutputArgs;

/// Write a script that collects facts on a machine where staunch cannot run
///
/// An administrator runs it there, with nothing but what Windows comes with, and carries the one
/// file back that it writes, to be scanned. The script changes nothing and uses no network.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Windows that the script is for
    #[arg(long = "for", value_name = "WINDOWS")]
    windows: Windows,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Windows {
    /// Windows NT 4.0: a batch file; names and sizes of files, no versions
    Nt4,
    /// Windows 2000: VBScript
    #[value(name = "2000")]
    Windows2000,
    /// Windows XP and Server 2003, Vista and Server 2008: VBScript
    Xp,
    /// Windows 7 and later, or PowerShell 2.0: PowerShell
    Modern,
}

const EXAMPLES: &str = "\
Examples:
  staunch collector --for nt4 -o collector.bat
  staunch collector --for 2000 -o collector.vbs
  staunch collector --for modern -o collector.ps1
  staunch scan KIOSK-facts.json";

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        use staunch_machine::Collector;
        let collector = match self.windows {
            Windows::Nt4 => Collector::Nt4,
            Windows::Windows2000 => Collector::Windows2000,
            Windows::Xp => Collector::Xp,
            Windows::Modern => Collector::Modern,
        };
        self.output.write(|out| out.write_all(collector.script().as_bytes()))?;
        Ok(Exit::Success)
    }
}
