use serde::{Deserialize, Serialize};

use crate::{Finding, KbNumber, MachineIdentity, Verdict, Warning};

/// What a file says about an update that replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The version has the fix.
    Fixed,
    /// The version is older than the fix.
    Older,
    /// The version is older, and the next start replaces it with one that has the fix.
    Pending,
    /// The version has the fix, and the next start replaces it with an older one.
    Undone,
    /// The file is not there.
    Absent,
    /// The file is there, and its version does not decide.
    Open,
    /// The file or its version was not collected.
    NotCollected,
}

/// One file of an update beside what is on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// Where the file lies, or its name where it lies nowhere that was looked at.
    pub path: String,
    /// Branch that the file on the machine is of: `GDR` or `QFE`.
    pub branch: Option<String>,
    /// Versions that have the fix, with their branches where those differ.
    pub expected: String,
    /// Version on the machine.
    pub found: Option<String>,
    #[serde(rename = "verdict")]
    pub state: FileState,
}

/// What a key that an update leaves says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Present,
    Absent,
    NotCollected,
}

/// One key that an update leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedKey {
    pub path: String,
    /// What is in the key, where something is: the value that claims the update.
    pub found: Option<String>,
    #[serde(rename = "verdict")]
    pub state: KeyState,
}

/// Everything that a machine shows of one update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Version of this schema.
    pub schema: u32,
    pub machine: MachineIdentity,
    pub kb: KbNumber,
    pub files: Vec<VerifiedFile>,
    pub keys: Vec<VerifiedKey>,
    pub verdict: Verdict,
    /// The findings that the verdict comes from, one for each product that the update is for.
    pub findings: Vec<Finding>,
    pub warnings: Vec<Warning>,
}

impl Verification {
    /// Version of the published schema.
    pub const SCHEMA: u32 = 1;
}

impl FileState {
    /// Returns the word that the JSON form uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Older => "older",
            Self::Pending => "pending",
            Self::Undone => "undone",
            Self::Absent => "absent",
            Self::Open => "open",
            Self::NotCollected => "not_collected",
        }
    }
}

impl KeyState {
    /// Returns the word that the JSON form uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::NotCollected => "not_collected",
        }
    }
}
