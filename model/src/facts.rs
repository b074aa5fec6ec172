//! What is known of one Windows installation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::text::serde_as_text;
use crate::{Architecture, Family, Installation, KbNumber, OsBuild, Release, ServicePack};

/// Answer to a question about a machine; one that was never asked is its own value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collected<T> {
    Known(T),
    Absent,
    #[default]
    NotCollected,
}

impl<T> Collected<T> {
    /// Returns the value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::NotCollected => None,
        }
    }

    /// Tells whether the question was asked.
    pub fn is_collected(&self) -> bool {
        !matches!(self, Self::NotCollected)
    }
}

/// Name of an entry in a list of installed hotfixes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HotfixId {
    Kb(KbNumber),
    /// A service pack, a package identifier or another text that is no article number.
    Other(String),
}

/// One entry of a list of installed hotfixes. The list is a claim, not a proof.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hotfix {
    pub id: HotfixId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_on: Option<Date>,
}

/// A list of installed hotfixes, with what is known of its completeness.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotfixList {
    pub entries: Vec<Hotfix>,
    /// How many entries the tool said there are, when it lists fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<u32>,
}

impl HotfixList {
    /// Tells whether entries are known to be missing from the list.
    pub fn is_truncated(&self) -> bool {
        self.stated.is_some_and(|stated| stated as usize > self.entries.len())
    }
}

/// What is known of the .NET Framework on a machine: the versions that are installed, such as
/// `3.5` or `4.7.2`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NetFramework {
    pub versions: Vec<String>,
}

/// What is known of the components that have updates of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComponentFacts {
    /// Major version of Internet Explorer.
    pub internet_explorer: Collected<u8>,
    pub net_framework: Collected<NetFramework>,
    /// Version of the Flash Player that Windows services.
    pub flash_player: Collected<String>,
    /// Installed roles and features by the names of DISM.
    pub features: Collected<Vec<String>>,
}

/// Something in an input that is worth telling and does not stop the reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// File or object that the warning is about.
    pub object: String,
    pub message: String,
}

/// Everything that was collected about one Windows installation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MachineFacts {
    /// Host name.
    pub name: Collected<String>,
    pub family: Collected<Family>,
    pub release: Collected<Release>,
    pub service_pack: Collected<ServicePack>,
    pub architecture: Collected<Architecture>,
    pub installation: Collected<Installation>,
    /// Edition as Windows names it: `Enterprise`, `Pro for Workstations`.
    pub edition: Collected<String>,
    /// Language of the system as a tag: `en-us`.
    pub language: Collected<String>,
    pub build: Collected<OsBuild>,
    pub hotfixes: Collected<HotfixList>,
    pub components: ComponentFacts,
    /// Facts by a name that this version does not interpret, kept for later ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

impl fmt::Display for HotfixId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kb(kb) => kb.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl FromStr for HotfixId {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Other(text.trim().to_owned()), Self::Kb))
    }
}

serde_as_text!(HotfixId);
