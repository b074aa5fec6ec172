use serde::{Deserialize, Serialize};

use crate::Severity;

/// Answer to the question whether a setting is weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// The setting is weak.
    Weak,
    /// What would decide was never collected or cannot be read.
    Undetermined,
    /// The setting is as it should be.
    Sound,
    /// The machine has nothing that the setting is about.
    NotApplicable,
}

/// The verdict on one setting of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFinding {
    /// Stable name of the check: `smb1`.
    pub id: String,
    /// What is checked, as a sentence without an end.
    pub title: String,
    /// How grave it is where the setting is weak.
    pub severity: Severity,
    pub verdict: CheckVerdict,
    /// What was found, or what is missing to tell, as a sentence in plain English.
    pub found: String,
    /// The objects that the check looked at one by one, such as accounts and shares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<CheckDetail>,
    /// What to do where the setting is weak.
    pub remedy: String,
    /// Document that asks for the setting.
    pub source: String,
}

/// One object that a check looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckDetail {
    /// Account, share, service, value or file.
    pub object: String,
    pub verdict: CheckVerdict,
    pub found: String,
}

impl CheckVerdict {
    /// Every verdict, the ones that ask for action first.
    pub const ALL: &[Self] = &[Self::Weak, Self::Undetermined, Self::Sound, Self::NotApplicable];

    /// Returns the word that the JSON form uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Undetermined => "undetermined",
            Self::Sound => "sound",
            Self::NotApplicable => "not_applicable",
        }
    }
}
