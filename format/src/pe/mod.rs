//! Executables: for which machine they are, and their version resources.
//!
//! PE of 32 and 64 bits and NE of 16 bits. Only headers, the resource directory and the version
//! resources themselves are read.
//!
//! Source: Microsoft, PE Format; Executable-File Header Format (Q65122); VS_VERSIONINFO.

use std::fmt;

use crate::fields::{le32, read_array, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

mod ne;
mod resources;
mod version;

pub use version::{FixedVersion, StringTable, Translation, VersionResource};

/// Version resources that are read of one file at most.
const MOST_VERSIONS: usize = 32;

/// Length of a version resource in bytes at most; real ones have some 1,000.
const LONGEST_VERSION: u32 = 1 << 18;

/// Layout of an executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// New executable of 16-bit Windows.
    Ne,
    Pe32,
    Pe32Plus,
}

/// Machine that an executable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Machine {
    /// Intel 80286 and later, in segments of 16 bits.
    I286,
    I386,
    Amd64,
    Ia64,
    Arm,
    Arm64,
    Alpha,
    Alpha64,
    Mips,
    PowerPc,
    /// Value of the field in the header that has no name here.
    Unknown(u16),
}

/// What is read of an executable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executable {
    pub layout: Layout,
    pub machine: Machine,
    /// Version resources; the one that Windows shows, with the lowest identifier, stands first.
    pub versions: Vec<VersionResource>,
    /// What is wrong in the resources and does not keep the rest from being read.
    pub warnings: Vec<Fault>,
}

/// Reads an executable; one without version resources has none, which is no fault.
///
/// # Errors
///
/// [`ReadAtError::Fault`] when the file is no Windows executable or its headers are damaged,
/// [`ReadAtError::Io`] when it cannot be read.
pub fn read(file: &dyn ReadAt) -> Result<Executable, ReadAtError> {
    let dos: [u8; 64] = read_array(file, "DOS header", 0)?;
    if dos[..2] != *b"MZ" {
        return Err(Fault::new("DOS header", 0, "MZ", dos[..2].escape_ascii()).into());
    }
    let at = u64::from(le32(&dos, 60));
    let signature: [u8; 4] = read_array(file, "executable header", at)?;
    let mut executable = match &signature {
        b"PE\0\0" => resources::read(file, at)?,
        [b'N', b'E', ..] => ne::read(file, at)?,
        other => {
            let found = other.escape_ascii();
            return Err(Fault::new("executable header", at, "PE or NE", found).into());
        }
    };
    executable.versions.sort_by_key(|version| version.id);
    Ok(executable)
}

impl Executable {
    fn new(layout: Layout, machine: Machine) -> Self {
        Self { layout, machine, versions: Vec::new(), warnings: Vec::new() }
    }

    /// Returns the version resource that Windows shows.
    pub fn version(&self) -> Option<&VersionResource> {
        self.versions.first()
    }

    /// Reads the version resource at an offset and keeps it, or the fault that it has; tells
    /// whether there is room for another.
    fn keep(
        &mut self,
        file: &dyn ReadAt,
        id: Option<u16>,
        language: u16,
        at: u64,
        length: u32,
    ) -> Result<bool, ReadAtError> {
        const OBJECT: &str = "version resource";
        if length > LONGEST_VERSION {
            let expected = format!("at most {LONGEST_VERSION} bytes");
            self.warnings.push(Fault::new(OBJECT, at, expected, length));
        } else {
            let read = read_vec(file, OBJECT, at, length as usize)
                .and_then(|bytes| Ok(version::parse(&bytes, at)?));
            match read {
                Ok(version) => self.versions.push(VersionResource { id, language, ..version }),
                Err(ReadAtError::Fault(fault)) => self.warnings.push(fault),
                Err(error) => return Err(error),
            }
        }
        Ok(self.versions.len() + self.warnings.len() < MOST_VERSIONS)
    }
}

impl From<u16> for Machine {
    fn from(machine: u16) -> Self {
        match machine {
            0x014c => Self::I386,
            0x8664 => Self::Amd64,
            0x0200 => Self::Ia64,
            0x01c0 | 0x01c2 | 0x01c4 => Self::Arm,
            0xaa64 => Self::Arm64,
            0x0184 => Self::Alpha,
            0x0284 => Self::Alpha64,
            0x0162 | 0x0166 | 0x0168 => Self::Mips,
            0x01f0 | 0x01f1 => Self::PowerPc,
            other => Self::Unknown(other),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I286 => "i286",
            Self::I386 => "i386",
            Self::Amd64 => "amd64",
            Self::Ia64 => "ia64",
            Self::Arm => "arm",
            Self::Arm64 => "arm64",
            Self::Alpha => "alpha",
            Self::Alpha64 => "alpha64",
            Self::Mips => "mips",
            Self::PowerPc => "powerpc",
            Self::Unknown(machine) => return write!(f, "{machine:#06x}"),
        })
    }
}
