use super::bytes::{shown, u16_at, u32_at, u64_at};
use super::cell::{Bins, Cell, NOWHERE};
use super::name::Name;
use super::security;
use super::subkeys::{self, Subkeys};
use super::value::Value;
use super::values::Values;
use crate::Fault;

/// Greatest depth of a key below the root; Windows allows the same.
pub const DEPTH_LIMIT: u16 = 512;

/// Length in bytes of a key node without its name.
pub(super) const HEADER: usize = 76;

/// Flags of a key.
pub(super) const ENTRY: u16 = 0x04;
pub(super) const NO_DELETE: u16 = 0x08;
pub(super) const COMPRESSED_NAME: u16 = 0x20;
pub(super) const PREDEFINED_HANDLE: u16 = 0x40;

/// A key of a hive, borrowed from its bytes.
///
/// Source: regf, "Key node".
#[derive(Debug, Clone, Copy)]
pub struct Key<'b> {
    bins: Bins<'b>,
    /// Content of the cell, at least as long as the header.
    cell: &'b [u8],
    position: u64,
    offset: u32,
    depth: u16,
}

impl<'b> Key<'b> {
    pub(super) fn parse(bins: Bins<'b>, offset: u32, depth: u16) -> Result<Self, Fault> {
        const OBJECT: &str = "nk cell";
        let Cell { bytes, position } = bins.cell(OBJECT, offset)?;
        if !bytes.starts_with(b"nk") {
            let found = shown(&bytes[..bytes.len().min(2)]);
            return Err(Fault::new(OBJECT, position, "\"nk\"", found));
        }
        if bytes.len() < HEADER {
            return Err(Fault::truncated(OBJECT, position, HEADER as u64, bytes.len() as u64));
        }
        let key = Self { bins, cell: bytes, position, offset, depth };
        let needed = HEADER + usize::from(key.u16(72));
        if bytes.len() < needed {
            return Err(Fault::truncated("key name", position, needed as u64, bytes.len() as u64));
        }
        Ok(key)
    }

    /// Returns the name; that of the root has no meaning.
    pub fn name(&self) -> Name<'b> {
        let bytes = &self.cell[HEADER..HEADER + usize::from(self.u16(72))];
        if self.flags() & COMPRESSED_NAME != 0 && !self.bins.is_first_version() {
            Name::Latin1(bytes)
        } else {
            Name::Utf16(bytes)
        }
    }

    /// Returns the time of the last change: 100-ns ticks since 1601-01-01 UTC.
    pub fn last_written(&self) -> u64 {
        u64_at(self.cell, 4).expect("inside the header")
    }

    /// Returns the flags as they are stored.
    pub fn flags(&self) -> u16 {
        self.u16(2)
    }

    /// Returns how far the key is below the root, which has 0.
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// Returns the offset in bytes of the cell from the beginning of the bins; it names the key
    /// within its hive.
    pub fn offset(&self) -> u32 {
        self.offset
    }

    /// Returns the offset in bytes of the content of the cell from the beginning of the file.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Returns the offset that the key says the key above it has.
    pub(super) fn above(&self) -> u32 {
        self.u32(16)
    }

    /// Returns the position of the key that the key says is above it.
    pub(super) fn above_position(&self) -> Option<u64> {
        self.bins.cell("nk cell", self.above()).ok().map(|cell| cell.position)
    }

    /// Returns the number of subkeys that the key claims.
    pub fn subkey_count(&self) -> u32 {
        self.u32(20)
    }

    /// Returns the number of values that the key claims.
    pub fn value_count(&self) -> u32 {
        if self.predefined_handle().is_some() { 0 } else { self.u32(36) }
    }

    /// Returns the handle that the key stands for, which only some keys of old Windows do.
    pub fn predefined_handle(&self) -> Option<u32> {
        (self.flags() & PREDEFINED_HANDLE != 0).then(|| self.u32(36))
    }

    /// Returns the class, a text without meaning for Windows itself.
    ///
    /// # Errors
    ///
    /// When its cell is damaged.
    pub fn class(&self) -> Result<Option<Name<'b>>, Fault> {
        let length = usize::from(self.u16(74));
        if length == 0 || self.u32(48) == NOWHERE {
            return Ok(None);
        }
        let cell = self.bins.cell("class name", self.u32(48))?;
        let Some(bytes) = cell.bytes.get(..length) else {
            let left = cell.bytes.len() as u64;
            return Err(Fault::truncated("class name", cell.position, length as u64, left));
        };
        Ok(Some(Name::Utf16(bytes)))
    }

    /// Returns the security descriptor, self-relative, as it is stored.
    ///
    /// # Errors
    ///
    /// When its cell is damaged.
    pub fn security(&self) -> Result<Option<&'b [u8]>, Fault> {
        match self.u32(44) {
            NOWHERE => Ok(None),
            offset => security::descriptor(self.bins, offset).map(Some),
        }
    }

    /// Returns the subkeys in the order of their list.
    pub fn subkeys(&self) -> Subkeys<'b> {
        Subkeys::new(self.bins, self.position, self.depth, self.subkey_count(), self.u32(28))
    }

    /// Returns the values in the order of their list.
    pub fn values(&self) -> Values<'b> {
        Values::new(self.bins, self.position, self.value_count(), self.u32(40))
    }

    /// Finds a subkey by its name.
    ///
    /// # Errors
    ///
    /// When it is not found, and a part in which it might be is damaged.
    pub fn subkey(&self, name: &str) -> Result<Option<Key<'b>>, Fault> {
        subkeys::find(&self.subkeys(), name)
    }

    /// Finds a key below this one by the names on the way, with `\` between them.
    ///
    /// # Errors
    ///
    /// As for [`Self::subkey`].
    pub fn path(&self, path: &str) -> Result<Option<Key<'b>>, Fault> {
        let mut key = *self;
        for name in path.split('\\').filter(|name| !name.is_empty()) {
            match key.subkey(name)? {
                Some(below) => key = below,
                None => return Ok(None),
            }
        }
        Ok(Some(key))
    }

    /// Finds a value by its name; that of the default value is empty.
    ///
    /// # Errors
    ///
    /// When it is not found, and a part in which it might be is damaged.
    pub fn value(&self, name: &str) -> Result<Option<Value<'b>>, Fault> {
        let mut damage = None;
        for value in self.values() {
            match value {
                Ok(value) if value.name().matches(name) => return Ok(Some(value)),
                Ok(_) => {}
                Err(fault) => damage = damage.or(Some(fault)),
            }
        }
        damage.map_or(Ok(None), Err)
    }

    /// Returns the bits that record accesses to the key and its place among layered keys.
    pub(super) fn access_bits(&self) -> u32 {
        self.u32(12)
    }

    /// Returns the upper half of the longest subkey name: flags of Windows XP SP3 and later.
    pub(super) fn upper_flags(&self) -> u16 {
        self.u16(54)
    }

    fn u16(&self, at: usize) -> u16 {
        u16_at(self.cell, at).expect("inside the header")
    }

    fn u32(&self, at: usize) -> u32 {
        u32_at(self.cell, at).expect("inside the header")
    }
}
