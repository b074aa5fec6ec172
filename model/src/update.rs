use std::fmt;

use serde::{Deserialize, Serialize};

/// The line of updates that an update belongs to; later members of a cumulative line contain the
/// earlier ones of the same line and product.
///
/// The lines exist since the servicing change of 2016-10-11, and for Windows 10 from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Series {
    /// One update for one set of faults, as all were before the servicing change.
    Individual = 0,
    /// Cumulative update of Windows 10, Windows Server 2016 and later.
    Cumulative = 1,
    /// Monthly rollup of Windows 7 to 8.1 and the servers of their age.
    MonthlyRollup = 2,
    /// Security-only update of the same systems; not cumulative.
    SecurityOnly = 3,
    /// Cumulative security update for Internet Explorer.
    IeCumulative = 4,
    /// Rollup for the .NET Framework.
    NetRollup = 5,
    /// Security-only update for the .NET Framework; not cumulative.
    NetSecurityOnly = 6,
    /// Cumulative update of the Flash Player that ships with Windows.
    Flash = 7,
    /// Servicing stack update; only a newer one replaces it.
    ServicingStack = 8,
    /// Preview of the next rollup, or another optional update.
    Preview = 9,
    /// Hotpatch on top of a cumulative baseline.
    Hotpatch = 10,
}

impl Series {
    /// Every line, in the order of the stored numbers.
    pub const ALL: &[Self] = &[
        Self::Individual,
        Self::Cumulative,
        Self::MonthlyRollup,
        Self::SecurityOnly,
        Self::IeCumulative,
        Self::NetRollup,
        Self::NetSecurityOnly,
        Self::Flash,
        Self::ServicingStack,
        Self::Preview,
        Self::Hotpatch,
    ];

    /// Returns the line with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Tells whether a later member of this line contains all earlier members.
    pub fn is_cumulative(self) -> bool {
        matches!(
            self,
            Self::Cumulative
                | Self::MonthlyRollup
                | Self::IeCumulative
                | Self::NetRollup
                | Self::Flash
                | Self::ServicingStack
        )
    }

    /// Returns the place of this line in the order of installing: servicing stacks come first,
    /// then what contains most.
    pub(crate) fn install_rank(self) -> u8 {
        match self {
            Self::ServicingStack => 0,
            Self::Cumulative | Self::MonthlyRollup => 1,
            Self::NetRollup => 2,
            _ => 3,
        }
    }

    /// Returns the name that people use for this line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "security update",
            Self::Cumulative => "cumulative update",
            Self::MonthlyRollup => "monthly rollup",
            Self::SecurityOnly => "security-only update",
            Self::IeCumulative => "Internet Explorer cumulative update",
            Self::NetRollup => ".NET Framework rollup",
            Self::NetSecurityOnly => ".NET Framework security-only update",
            Self::Flash => "Flash Player update",
            Self::ServicingStack => "servicing stack update",
            Self::Preview => "preview",
            Self::Hotpatch => "hotpatch",
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether installing an update makes Windows restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Restart {
    No = 1,
    Maybe = 2,
    Yes = 3,
}

impl Restart {
    /// Returns the word for this behaviour.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Maybe => "maybe",
            Self::Yes => "yes",
        }
    }

    /// Returns the value with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::No, Self::Maybe, Self::Yes].into_iter().find(|value| *value as u8 == number)
    }
}
