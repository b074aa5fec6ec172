use std::cmp::Ordering;
use std::sync::Arc;

use super::base_block::Version;
use super::name::upcase;
use super::value::ValueKind;
use super::write::{self, WriteError};

/// A hive in memory, to be changed and written.
///
/// What a hive is loaded from and written to keeps its names, classes, times, types, data, flags
/// and the security descriptor of every key; descriptors that are the same share one item. Subkeys
/// are sorted as Windows sorts them. Not kept: how cells lie in the file, and what deleted cells
/// still hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pub(super) version: Version,
    pub(super) last_written: u64,
    pub(super) name: Vec<u16>,
    pub(super) root: TreeKey,
}

/// A key of a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeKey {
    pub(super) name: Vec<u16>,
    pub(super) class: Vec<u16>,
    pub(super) last_written: u64,
    pub(super) flags: u16,
    pub(super) access_bits: u32,
    pub(super) upper_flags: u16,
    /// Handle that the key stands for; such a key has no values.
    pub(super) handle: Option<u32>,
    pub(super) security: Option<Arc<[u8]>>,
    pub(super) values: Vec<TreeValue>,
    /// Sorted by the upper-case forms of their names.
    pub(super) subkeys: Vec<TreeKey>,
}

/// A value of a [`TreeKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeValue {
    pub(super) name: Vec<u16>,
    pub(super) flags: u16,
    pub(super) kind: ValueKind,
    pub(super) bytes: Vec<u8>,
}

impl Tree {
    /// Makes a hive with nothing but a root key.
    ///
    /// The time counts 100-ns ticks since 1601-01-01 UTC. Administrators and the system may do
    /// everything with the keys, everyone may read them.
    pub fn new(version: Version, last_written: u64) -> Self {
        let root = TreeKey {
            name: units("ROOT"),
            class: Vec::new(),
            last_written,
            flags: write::ROOT_FLAGS,
            access_bits: 0,
            upper_flags: 0,
            handle: None,
            security: Some(Arc::from(DESCRIPTOR)),
            values: Vec::new(),
            subkeys: Vec::new(),
        };
        Self { version, last_written, name: Vec::new(), root }
    }

    /// Returns the root key.
    pub fn root(&self) -> &TreeKey {
        &self.root
    }

    /// Returns the root key, to be changed.
    pub fn root_mut(&mut self) -> &mut TreeKey {
        &mut self.root
    }

    /// Sets the version that is written. Versions 1.1 and 1.2 are written as 1.3.
    pub fn set_version(&mut self, version: Version) {
        self.version = version;
    }

    /// Sets the path of the file that is noted in the base block, of which the last 31 characters
    /// are kept.
    pub fn set_name(&mut self, name: &str) {
        let units = units(name);
        self.name = units[units.len().saturating_sub(31)..].to_vec();
    }

    /// Writes a fresh hive.
    ///
    /// # Errors
    ///
    /// When something does not fit the format.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteError> {
        write::write(self)
    }
}

impl TreeKey {
    /// Returns the name; half a surrogate pair becomes U+FFFD.
    pub fn name(&self) -> String {
        String::from_utf16_lossy(&self.name)
    }

    /// Returns the subkeys in the order of Windows.
    pub fn subkeys(&self) -> &[TreeKey] {
        &self.subkeys
    }

    /// Returns the values in their order.
    pub fn values(&self) -> &[TreeValue] {
        &self.values
    }

    /// Finds a key below this one by the names on the way, with `\` between them.
    pub fn path(&self, path: &str) -> Option<&TreeKey> {
        names(path).try_fold(self, |key, name| Some(&key.subkeys[key.find(&units(name)).ok()?]))
    }

    /// Finds a key below this one, to be changed.
    pub fn path_mut(&mut self, path: &str) -> Option<&mut TreeKey> {
        names(path).try_fold(self, |key, name| {
            let at = key.find(&units(name)).ok()?;
            Some(&mut key.subkeys[at])
        })
    }

    /// Finds a key below this one and makes what is missing on the way.
    ///
    /// A new key has the time and the security descriptor of the key above it.
    pub fn create(&mut self, path: &str) -> &mut TreeKey {
        names(path).fold(self, |key, name| {
            let name = units(name);
            let at = key.find(&name).unwrap_or_else(|at| {
                let below = TreeKey {
                    name,
                    class: Vec::new(),
                    last_written: key.last_written,
                    flags: 0,
                    access_bits: 0,
                    upper_flags: 0,
                    handle: None,
                    security: key.security.clone(),
                    values: Vec::new(),
                    subkeys: Vec::new(),
                };
                key.subkeys.insert(at, below);
                at
            });
            &mut key.subkeys[at]
        })
    }

    /// Removes a key below this one with all that it holds, and tells whether it was there.
    pub fn remove(&mut self, path: &str) -> bool {
        let path = path.trim_end_matches('\\');
        let (above, name) = path.rsplit_once('\\').unwrap_or(("", path));
        let Some(key) = self.path_mut(above) else { return false };
        match key.find(&units(name)) {
            Ok(at) => {
                key.subkeys.remove(at);
                true
            }
            Err(_) => false,
        }
    }

    /// Finds a value by its name; that of the default value is empty.
    pub fn value(&self, name: &str) -> Option<&TreeValue> {
        let name = units(name);
        self.values.iter().find(|value| order(&value.name, &name).is_eq())
    }

    /// Sets the type and data of a value, which is made unless it is there.
    pub fn set(&mut self, name: &str, kind: ValueKind, bytes: impl Into<Vec<u8>>) -> &mut Self {
        let (name, bytes) = (units(name), bytes.into());
        match self.values.iter_mut().find(|value| order(&value.name, &name).is_eq()) {
            Some(value) => (value.kind, value.bytes, value.flags) = (kind, bytes, 0),
            None => self.values.push(TreeValue { name, flags: 0, kind, bytes }),
        }
        self
    }

    /// Sets a `REG_SZ`.
    pub fn set_text(&mut self, name: &str, text: &str) -> &mut Self {
        self.set(name, ValueKind::Text, terminated(text))
    }

    /// Sets a `REG_MULTI_SZ`.
    pub fn set_texts(&mut self, name: &str, texts: &[&str]) -> &mut Self {
        let mut bytes: Vec<u8> = texts.iter().flat_map(|text| terminated(text)).collect();
        bytes.extend([0, 0]);
        self.set(name, ValueKind::MultiText, bytes)
    }

    /// Sets a `REG_DWORD`.
    pub fn set_u32(&mut self, name: &str, number: u32) -> &mut Self {
        self.set(name, ValueKind::U32, number.to_le_bytes())
    }

    /// Sets a `REG_QWORD`.
    pub fn set_u64(&mut self, name: &str, number: u64) -> &mut Self {
        self.set(name, ValueKind::U64, number.to_le_bytes())
    }

    /// Removes a value and tells whether it was there.
    pub fn remove_value(&mut self, name: &str) -> bool {
        let name = units(name);
        let before = self.values.len();
        self.values.retain(|value| order(&value.name, &name).is_ne());
        self.values.len() < before
    }

    /// Sets the time of the last change: 100-ns ticks since 1601-01-01 UTC.
    pub fn set_last_written(&mut self, ticks: u64) -> &mut Self {
        self.last_written = ticks;
        self
    }

    /// Sets the class; an empty one is none.
    pub fn set_class(&mut self, class: &str) -> &mut Self {
        self.class = units(class);
        self
    }

    /// Sets the security descriptor, self-relative.
    pub fn set_security(&mut self, descriptor: &[u8]) -> &mut Self {
        self.security = Some(Arc::from(descriptor));
        self
    }

    /// Returns where a subkey stands, or where it belongs.
    fn find(&self, name: &[u16]) -> Result<usize, usize> {
        let at = self.subkeys.partition_point(|key| order(&key.name, name).is_lt());
        match self.subkeys.get(at) {
            Some(key) if order(&key.name, name).is_eq() => Ok(at),
            _ => Err(at),
        }
    }
}

impl TreeValue {
    /// Returns the name; half a surrogate pair becomes U+FFFD.
    pub fn name(&self) -> String {
        String::from_utf16_lossy(&self.name)
    }

    /// Returns the type of the data.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// Returns the data as they are stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Orders names as Windows does.
pub(super) fn order(a: &[u16], b: &[u16]) -> Ordering {
    let upper = |units: &[u16]| units.iter().map(|unit| upcase(*unit)).collect::<Vec<_>>();
    match (a.is_empty(), b.is_empty()) {
        (false, false) => {
            // Most names differ in their first character.
            upcase(a[0]).cmp(&upcase(b[0])).then_with(|| upper(a).cmp(&upper(b)))
        }
        (a, b) => b.cmp(&a),
    }
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('\\').filter(|name| !name.is_empty())
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn terminated(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// Descriptor of the keys of a new hive: owned by administrators, who may do everything, as the
/// system may; everyone may read.
#[rustfmt::skip]
const DESCRIPTOR: &[u8] = &[
    // Revision, control (self-relative, with a list of permissions), offsets of owner, group, none, list.
    1, 0, 0x04, 0x80, 96, 0, 0, 0, 112, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0,
    // The list: revision, length, three entries.
    2, 0, 76, 0, 3, 0, 0, 0,
    // Administrators: everything, inherited by subkeys.
    0, 2, 24, 0, 0x3F, 0, 0x0F, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
    // The system: everything.
    0, 2, 20, 0, 0x3F, 0, 0x0F, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
    // Everyone: reading.
    0, 2, 20, 0, 0x19, 0, 0x02, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
    // Owner: administrators. Group: the system.
    1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
    1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
];
