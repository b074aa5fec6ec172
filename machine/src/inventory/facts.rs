//! staunch's own facts file; its schema is published in `docs/facts.md`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use staunch_model::{
    Architecture, Collected, ComponentFacts, Date, Family, Hotfix, HotfixList, Installation,
    KbNumber, MachineFacts, NetFramework, OsBuild, Release, ServicePack,
};

use crate::Memory;

use super::lines;
use super::quick_fix::{hotfix_id, sorted};
use super::text::Text;
use super::{InventoryFormat, ReadError};

/// Version of the schema that is written and read.
const SCHEMA: u32 = 1;

pub(super) struct Facts;

impl InventoryFormat for Facts {
    fn name(&self) -> &'static str {
        "staunch facts"
    }

    fn recognises(&self, text: &Text) -> bool {
        text.as_str().trim_start().starts_with('{') && text.as_str().contains("\"staunch_facts\"")
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        self.read_seen(text, warnings).map(|(facts, _)| facts)
    }

    fn is_long(&self) -> bool {
        true
    }

    fn read_seen(
        &self,
        text: &Text,
        _: &mut Vec<String>,
    ) -> Result<(MachineFacts, Option<Memory>), ReadError> {
        let mut document: Document = serde_json::from_str(text.as_str()).map_err(|source| {
            ReadError::Json { expected: "the facts that are documented", source }
        })?;
        let seen = document.seen.take();
        Ok((document.into(), seen))
    }
}

/// Writes facts, and what the installation itself answered, in the form that
/// [`super::read_inventory`] reads.
pub fn facts_json(facts: &MachineFacts, seen: Option<&Memory>) -> String {
    #[derive(Serialize)]
    struct Written<'f> {
        staunch_facts: u32,
        #[serde(flatten)]
        facts: &'f MachineFacts,
        #[serde(skip_serializing_if = "Option::is_none")]
        seen: Option<&'f Memory>,
    }
    lines::written(&Written { staunch_facts: SCHEMA, facts, seen })
}

/// The published form; unlike the facts themselves it refuses names that it does not know.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "staunch_facts", deserialize_with = "schema")]
    _schema: u32,
    #[serde(default)]
    name: Collected<String>,
    #[serde(default)]
    family: Collected<Family>,
    #[serde(default)]
    release: Collected<Release>,
    #[serde(default)]
    service_pack: Collected<ServicePack>,
    #[serde(default)]
    architecture: Collected<Architecture>,
    #[serde(default)]
    installation: Collected<Installation>,
    #[serde(default)]
    edition: Collected<String>,
    #[serde(default)]
    language: Collected<String>,
    #[serde(default)]
    build: Collected<OsBuild>,
    #[serde(default)]
    hotfixes: Collected<List>,
    #[serde(default)]
    components: Components,
    #[serde(default)]
    other: BTreeMap<String, String>,
    #[serde(default)]
    seen: Option<Memory>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Components {
    internet_explorer: Collected<u8>,
    net_framework: Collected<NetFramework>,
    flash_player: Collected<String>,
    features: Collected<Vec<String>>,
}

/// A list with its completeness, or the plain list of a complete one.
struct List(HotfixList);

/// An entry with its day, or the plain name of one.
struct Entry(Hotfix);

fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        SCHEMA => Ok(SCHEMA),
        other => {
            Err(serde::de::Error::custom(format!("expected staunch_facts {SCHEMA}, found {other}")))
        }
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Object {
            entries: Vec<Entry>,
            #[serde(default)]
            stated: Option<u32>,
            #[serde(default)]
            unread: bool,
            #[serde(default)]
            pending: Vec<KbNumber>,
            #[serde(default)]
            selective: bool,
            #[serde(default)]
            not_installed: Vec<KbNumber>,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = List;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of hotfixes, or an object with entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List, A::Error> {
                let mut entries = Vec::new();
                while let Some(Entry(entry)) = items.next_element()? {
                    entries.push(entry);
                }
                Ok(List(HotfixList { entries: sorted(entries), ..HotfixList::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List, A::Error> {
                let mut object = Object::deserialize(MapAccessDeserializer::new(map))?;
                for numbers in [&mut object.pending, &mut object.not_installed] {
                    numbers.sort_unstable();
                    numbers.dedup();
                }
                Ok(List(HotfixList {
                    entries: sorted(object.entries.into_iter().map(|Entry(entry)| entry)),
                    stated: object.stated,
                    unread: object.unread,
                    pending: object.pending,
                    selective: object.selective,
                    not_installed: object.not_installed,
                }))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Object {
            id: String,
            #[serde(default)]
            installed_on: Option<Date>,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a hotfix such as \"KB4487017\", or an object with its id")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry(Hotfix { id: hotfix_id(text), installed_on: None }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                let Object { id, installed_on } =
                    Object::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Entry(Hotfix { id: hotfix_id(&id), installed_on }))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl From<Document> for MachineFacts {
    fn from(document: Document) -> Self {
        let components = document.components;
        Self {
            name: document.name,
            family: document.family,
            release: document.release,
            service_pack: document.service_pack,
            architecture: document.architecture,
            installation: document.installation,
            edition: document.edition,
            language: document.language,
            build: document.build,
            hotfixes: match document.hotfixes {
                Collected::Known(List(list)) => Collected::Known(list),
                Collected::Absent => Collected::Absent,
                Collected::NotCollected => Collected::NotCollected,
            },
            components: ComponentFacts {
                internet_explorer: components.internet_explorer,
                net_framework: components.net_framework,
                flash_player: components.flash_player,
                features: components.features,
            },
            other: document.other,
        }
    }
}
