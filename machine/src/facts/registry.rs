use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use staunch_format::hive::{ValueKind, text};

/// A key of the registry, without what lies below its subkeys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryKey {
    pub values: Vec<RegistryValue>,
    /// Names of the subkeys in their order.
    pub subkeys: Vec<String>,
}

/// A value of a key; the default one has the empty name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryValue {
    pub name: String,
    pub data: RegistryData,
}

/// Data of a value by their type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum RegistryData {
    /// `REG_SZ`.
    Text(String),
    /// `REG_EXPAND_SZ`, as stored.
    ExpandableText(String),
    /// `REG_MULTI_SZ`.
    Texts(Vec<String>),
    /// `REG_DWORD`, and `REG_DWORD_BIG_ENDIAN` as the number that it is.
    U32(u32),
    /// `REG_QWORD`.
    U64(u64),
    /// `REG_BINARY`, every other type, and data that are of another length than their type.
    Binary(Vec<u8>),
}

impl RegistryKey {
    /// Finds the data of a value by its name; that of the default value is empty.
    pub fn value(&self, name: &str) -> Option<&RegistryData> {
        let same = |value: &&RegistryValue| value.name.eq_ignore_ascii_case(name);
        self.values.iter().find(same).map(|value| &value.data)
    }

    /// Finds a value that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.text()
    }

    /// Finds a value that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.value(name)?.number()
    }
}

impl RegistryData {
    /// Reads data by their type, as hives store them and Windows hands them out.
    pub(crate) fn of(kind: ValueKind, bytes: Cow<'_, [u8]>) -> Self {
        let number = |read: fn([u8; 4]) -> u32| (&*bytes).try_into().map(read).map(Self::U32);
        let number = match kind {
            ValueKind::Text => return Self::Text(text::single(&bytes)),
            ValueKind::ExpandText => return Self::ExpandableText(text::single(&bytes)),
            ValueKind::MultiText => return Self::Texts(text::multiple(&bytes)),
            ValueKind::U32 => number(u32::from_le_bytes),
            ValueKind::U32BigEndian => number(u32::from_be_bytes),
            ValueKind::U64 => (&*bytes).try_into().map(u64::from_le_bytes).map(Self::U64),
            _ => return Self::Binary(bytes.into_owned()),
        };
        number.unwrap_or_else(|_| Self::Binary(bytes.into_owned()))
    }

    /// Returns a text, expandable or not, as stored.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::ExpandableText(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a list of texts; a single text is a list of one.
    pub fn texts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Texts(texts) => Some(texts.iter().map(String::as_str).collect()),
            other => other.text().map(|text| vec![text]),
        }
    }

    /// Returns a number.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::U32(number) => Some((*number).into()),
            Self::U64(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns binary data.
    pub fn binary(&self) -> Option<&[u8]> {
        match self {
            Self::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl std::fmt::Display for RegistryData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) | Self::ExpandableText(text) => f.write_str(text),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
            Self::U32(number) => number.fmt(f),
            Self::U64(number) => number.fmt(f),
            Self::Binary(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}
