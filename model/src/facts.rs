//! What is known of one Windows installation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::serde_as_text;
use crate::{Architecture, Family, Installation, KbNumber, OsBuild, Release, ServicePack};

/// Answer to a question about a machine; one that was never asked is its own value.
///
/// As a field it is serialised as its value, `null` for absent, and left out when not collected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

    /// Makes another value of a known one; absent where that gives nothing.
    pub fn and_then<U>(self, make: impl FnOnce(T) -> Option<U>) -> Collected<U> {
        match self {
            Self::Known(value) => make(value).map_or(Collected::Absent, Collected::Known),
            Self::Absent => Collected::Absent,
            Self::NotCollected => Collected::NotCollected,
        }
    }

    /// Makes another value of a known one.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Collected<U> {
        self.and_then(|value| Some(make(value)))
    }

    /// Tells whether the question was asked.
    pub fn is_collected(&self) -> bool {
        !matches!(self, Self::NotCollected)
    }

    /// Tells whether the question was never asked.
    pub fn is_not_collected(&self) -> bool {
        matches!(self, Self::NotCollected)
    }
}

impl<T: Serialize> Serialize for Collected<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Absent => serializer.serialize_none(),
            Self::NotCollected => {
                Err(serde::ser::Error::custom("a fact that was not collected has no written form"))
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Collected<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Absent, Self::Known))
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
    /// Whether something that may name further updates could not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// Updates that become installed with the next restart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<KbNumber>,
    /// Whether the list tells only of the updates that its tool looked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub selective: bool,
    /// Updates that the tool looked for and did not find.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_installed: Vec<KbNumber>,
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
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub internet_explorer: Collected<u8>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub net_framework: Collected<NetFramework>,
    /// Version of the Flash Player that Windows services.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub flash_player: Collected<String>,
    /// Installed roles and features by the names of DISM.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub features: Collected<Vec<String>>,
}

impl ComponentFacts {
    /// Tells whether nothing was collected about components.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub name: Collected<String>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub family: Collected<Family>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub release: Collected<Release>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub service_pack: Collected<ServicePack>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub architecture: Collected<Architecture>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub installation: Collected<Installation>,
    /// Edition as Windows names it: `Enterprise`, `Pro for Workstations`.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub edition: Collected<String>,
    /// Language of the system as a tag: `en-us`.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub language: Collected<String>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub build: Collected<OsBuild>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub hotfixes: Collected<HotfixList>,
    #[serde(skip_serializing_if = "ComponentFacts::is_empty")]
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
        Ok(text.parse().map_or_else(|_| Self::Other(text.to_owned()), Self::Kb))
    }
}

serde_as_text!(HotfixId);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn missing_null_and_value_are_three_answers() {
        let facts: MachineFacts =
            serde_json::from_str(r#"{"name": null, "family": "Windows 7"}"#).expect("facts");
        assert_eq!(facts.name, Collected::Absent);
        assert_eq!(facts.family, Collected::Known(Family::Windows7));
        assert_eq!(facts.build, Collected::NotCollected);
        assert_eq!(
            serde_json::to_string(&facts).expect("facts are written"),
            r#"{"name":null,"family":"Windows 7"}"#
        );
    }

    #[test]
    fn a_text_that_is_no_number_is_kept_to_the_last_space() {
        let id = HotfixId::Other("Package_for_Feature ".to_owned());
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    fn collected<T: fmt::Debug + Clone>(
        value: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = Collected<T>> {
        prop_oneof![
            value.prop_map(Collected::Known),
            Just(Collected::Absent),
            Just(Collected::NotCollected),
        ]
    }

    prop_compose! {
        fn facts()(
            name in collected("[a-zA-Z0-9-]{1,20}"),
            family in collected(proptest::sample::select(Family::ALL)),
            service_pack in collected((0u8..9).prop_map(ServicePack)),
            build in collected((0u16..11, 0u16..5, 0u32..99_999, any::<Option<u32>>())
                .prop_map(|(a, b, c, d)| OsBuild::new(a, b, c, d))),
            hotfixes in collected((
                proptest::collection::vec(10_000u32..9_999_999, 0..8),
                any::<Option<u32>>(),
            )),
            internet_explorer in collected(1u8..12),
        ) -> MachineFacts {
            let list = |(numbers, stated): (Vec<u32>, Option<u32>)| HotfixList {
                pending: numbers.iter().copied().filter_map(KbNumber::new).collect(),
                entries: numbers
                    .into_iter()
                    .filter_map(KbNumber::new)
                    .map(|kb| Hotfix { id: HotfixId::Kb(kb), installed_on: None })
                    .collect(),
                stated,
                unread: stated.is_some_and(|stated| stated % 3 == 1),
                selective: stated.is_some_and(|stated| stated % 2 == 1),
                not_installed: KbNumber::new(4_486_553).into_iter().collect(),
            };
            MachineFacts {
                name,
                family,
                service_pack,
                build,
                hotfixes: match hotfixes {
                    Collected::Known(parts) => Collected::Known(list(parts)),
                    Collected::Absent => Collected::Absent,
                    Collected::NotCollected => Collected::NotCollected,
                },
                components: ComponentFacts { internet_explorer, ..Default::default() },
                ..Default::default()
            }
        }
    }

    proptest! {
        #[test]
        fn facts_come_back_from_their_written_form(facts in facts()) {
            let text = serde_json::to_string(&facts).expect("facts are written");
            prop_assert_eq!(serde_json::from_str::<MachineFacts>(&text).expect("facts"), facts);
        }
    }
}
