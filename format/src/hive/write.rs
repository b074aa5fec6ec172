use std::collections::HashMap;
use std::sync::Arc;

use super::base_block::{self, Version};
use super::big_data::SEGMENT;
use super::bin::PAGE;
use super::cell::{BIN_HEADER, NOWHERE};
use super::name::hash;
use super::tree::{Tree, TreeKey, TreeValue};
use super::{key, security, value};

/// Flags of the root of a new hive.
pub(super) const ROOT_FLAGS: u16 = key::ENTRY | key::NO_DELETE;

/// Flags that are kept; how a name is stored is decided anew.
pub(super) const KEPT_KEY_FLAGS: u16 = !key::COMPRESSED_NAME;
pub(super) const KEPT_VALUE_FLAGS: u16 = !value::COMPRESSED_NAME;

/// Flag of a value that hides one of the same name in a layer below.
const TOMBSTONE: u16 = 0x02;

/// Most elements in a list of subkeys, so that it fits a bin of one page.
const LEAF: usize = 500;

/// Most bytes of bins; offsets beyond have a meaning of their own for Windows.
const LIMIT: usize = i32::MAX as usize;

/// Reason why a tree cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    #[error("{object} {name:?}: expected at most {limit} bytes, found {found}")]
    TooLong { object: &'static str, name: String, limit: usize, found: usize },
    #[error("key {name:?}: expected at most {} levels of keys", key::DEPTH_LIMIT)]
    TooDeep { name: String },
    #[error("hive: expected at most {LIMIT} bytes")]
    HiveTooLarge,
}

/// Writes a tree as a fresh hive.
pub(super) fn write(tree: &Tree) -> Result<Vec<u8>, WriteError> {
    let version = tree.version.max(Version::V1_3);
    let mut writer = Writer {
        version,
        bytes: vec![0; base_block::LENGTH],
        at: 0,
        securities: HashMap::new(),
        last_written: tree.last_written,
    };
    let root = writer.key(&tree.root, NOWHERE, 0)?;
    writer.link_securities();
    writer.close_bin();
    let bins_length = writer.end() as u32;

    let base = &mut writer.bytes;
    base[..4].copy_from_slice(b"regf");
    for (at, number) in [(4, 1), (8, 1), (20, 1), (24, version.minor().into()), (32, 1)] {
        put_u32(base, at, number);
    }
    put_u64(base, 12, tree.last_written);
    put_u32(base, 36, root);
    put_u32(base, 40, bins_length);
    put_u32(base, 44, 1);
    for (at, unit) in (48..110).step_by(2).zip(&tree.name) {
        put_u16(base, at, *unit);
    }
    let checksum = base_block::checksum(base.first_chunk().expect("the base block is there"));
    put_u32(base, 508, checksum);
    Ok(writer.bytes)
}

struct Writer {
    version: Version,
    /// The base block, still empty, and the bins.
    bytes: Vec<u8>,
    /// Offset of the next cell from the beginning of the bins; the last bin reaches to the end.
    at: usize,
    /// Offset of each descriptor's item and the number of keys that have it.
    securities: HashMap<Arc<[u8]>, (u32, u32)>,
    last_written: u64,
}

impl Writer {
    /// Returns the length of the bins.
    fn end(&self) -> usize {
        self.bytes.len() - base_block::LENGTH
    }

    /// Makes a cell, in a new bin where the last has no room, and returns its offset.
    fn cell(&mut self, content: &[u8]) -> Result<u32, WriteError> {
        let size = (content.len() + 4).next_multiple_of(8);
        if size > self.end() - self.at {
            self.close_bin();
            let length = (BIN_HEADER + size).next_multiple_of(PAGE);
            let offset = self.end();
            if length > LIMIT - offset {
                return Err(WriteError::HiveTooLarge);
            }
            self.bytes.resize(self.bytes.len() + length, 0);
            let bin = &mut self.bytes[base_block::LENGTH + offset..];
            bin[..4].copy_from_slice(b"hbin");
            put_u32(bin, 4, offset as u32);
            put_u32(bin, 8, length as u32);
            if offset == 0 {
                put_u64(bin, 20, self.last_written);
            }
            self.at = offset + BIN_HEADER;
        }
        let offset = self.at;
        let cell = &mut self.bytes[base_block::LENGTH + offset..];
        put_u32(cell, 0, (size as u32).wrapping_neg());
        cell[4..4 + content.len()].copy_from_slice(content);
        self.at += size;
        Ok(offset as u32)
    }

    /// Makes the rest of the last bin a free cell.
    fn close_bin(&mut self) {
        let left = self.end() - self.at;
        if left > 0 {
            put_u32(&mut self.bytes, base_block::LENGTH + self.at, left as u32);
        }
        self.at = self.end();
    }

    /// Returns the content of a cell that was made.
    fn content(&mut self, offset: u32) -> &mut [u8] {
        &mut self.bytes[base_block::LENGTH + offset as usize + 4..]
    }

    fn key(&mut self, key: &TreeKey, above: u32, depth: u16) -> Result<u32, WriteError> {
        if depth > key::DEPTH_LIMIT {
            return Err(WriteError::TooDeep { name: key.name() });
        }
        let (name, compressed) = stored("key name", &key.name)?;
        let mut node = vec![0; key::HEADER];
        let flags = key.flags | if compressed { key::COMPRESSED_NAME } else { 0 };
        node[..2].copy_from_slice(b"nk");
        put_u16(&mut node, 2, flags);
        put_u64(&mut node, 4, key.last_written);
        put_u32(&mut node, 12, key.access_bits);
        put_u32(&mut node, 16, above);
        put_u32(&mut node, 20, key.subkeys.len() as u32);
        put_u32(&mut node, 32, NOWHERE);
        put_u32(&mut node, 36, key.handle.unwrap_or(key.values.len() as u32));
        put_u32(
            &mut node,
            52,
            u32::from(key.upper_flags) << 16 | longest(&key.subkeys, |k| &k.name),
        );
        put_u32(&mut node, 56, longest(&key.subkeys, |k| &k.class));
        put_u32(&mut node, 60, longest(&key.values, |v| &v.name));
        let largest = key.values.iter().map(|value| value.bytes.len()).max().unwrap_or(0);
        put_u32(&mut node, 64, u32::try_from(largest).map_err(|_| WriteError::HiveTooLarge)?);
        put_u16(&mut node, 72, name.len() as u16);
        node.extend_from_slice(&name);

        let offset = self.cell(&node)?;
        let subkeys = key.subkeys.iter().map(|below| self.key(below, offset, depth + 1));
        let subkeys = subkeys.collect::<Result<Vec<_>, _>>()?;
        let list = self.subkeys(&key.subkeys, &subkeys)?;
        put_u32(self.content(offset), 28, list);
        let values = if key.handle.is_some() { NOWHERE } else { self.values(&key.values)? };
        put_u32(self.content(offset), 40, values);
        let security = self.security(key.security.as_ref())?;
        put_u32(self.content(offset), 44, security);
        let (class, class_length) = self.class(&key.class)?;
        put_u32(self.content(offset), 48, class);
        put_u16(self.content(offset), 74, class_length);
        Ok(offset)
    }

    fn class(&mut self, class: &[u16]) -> Result<(u32, u16), WriteError> {
        if class.is_empty() {
            return Ok((NOWHERE, 0));
        }
        let bytes: Vec<u8> = class.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let length = short("class", class, bytes.len())?;
        Ok((self.cell(&bytes)?, length))
    }

    /// Writes the list of subkeys, divided under an index root where it is long.
    fn subkeys(&mut self, keys: &[TreeKey], offsets: &[u32]) -> Result<u32, WriteError> {
        let mut leaves = Vec::new();
        for (keys, offsets) in keys.chunks(LEAF).zip(offsets.chunks(LEAF)) {
            let hashed = self.version >= Version::V1_5;
            let mut leaf = if hashed { b"lh".to_vec() } else { b"lf".to_vec() };
            leaf.extend((keys.len() as u16).to_le_bytes());
            for (key, offset) in keys.iter().zip(offsets) {
                leaf.extend(offset.to_le_bytes());
                if hashed {
                    leaf.extend(hash(key.name.iter().copied()).to_le_bytes());
                } else {
                    leaf.extend(hint(&key.name));
                }
            }
            leaves.push(self.cell(&leaf)?);
        }
        match leaves.as_slice() {
            [] => Ok(NOWHERE),
            [leaf] => Ok(*leaf),
            leaves => {
                let count = u16::try_from(leaves.len()).map_err(|_| WriteError::HiveTooLarge)?;
                let mut root = b"ri".to_vec();
                root.extend(count.to_le_bytes());
                root.extend(leaves.iter().flat_map(|leaf| leaf.to_le_bytes()));
                self.cell(&root)
            }
        }
    }

    fn values(&mut self, values: &[TreeValue]) -> Result<u32, WriteError> {
        if values.is_empty() {
            return Ok(NOWHERE);
        }
        let mut list = Vec::with_capacity(4 * values.len());
        for value in values {
            let (name, compressed) = stored("value name", &value.name)?;
            let (size, offset) = self.data(value)?;
            let mut cell = b"vk".to_vec();
            cell.extend((name.len() as u16).to_le_bytes());
            cell.extend(size.to_le_bytes());
            cell.extend(offset);
            cell.extend(value.kind.number().to_le_bytes());
            let flags = value.flags | if compressed { value::COMPRESSED_NAME } else { 0 };
            cell.extend(flags.to_le_bytes());
            cell.extend([0; 2]);
            cell.extend_from_slice(&name);
            list.extend(self.cell(&cell)?.to_le_bytes());
        }
        self.cell(&list)
    }

    /// Writes the data of a value; returns its size and offset as the value keeps them.
    fn data(&mut self, value: &TreeValue) -> Result<(u32, [u8; 4]), WriteError> {
        let bytes = &value.bytes;
        let size = u32::try_from(bytes.len()).ok().filter(|size| *size < value::RESIDENT);
        let size = size.ok_or(WriteError::HiveTooLarge)?;
        if bytes.is_empty() && value.flags & TOMBSTONE != 0 {
            return Ok((0, NOWHERE.to_le_bytes()));
        }
        if bytes.len() <= 4 {
            let mut within = [0; 4];
            within[..bytes.len()].copy_from_slice(bytes);
            return Ok((size | value::RESIDENT, within));
        }
        if bytes.len() <= SEGMENT || self.version == Version::V1_3 {
            return Ok((size, self.cell(bytes)?.to_le_bytes()));
        }
        // hivex loses the end of a last segment that fills its cell, so four bytes stand behind it.
        let segments = bytes.chunks(SEGMENT).map(|segment| self.cell(&[segment, &[0; 4]].concat()));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        let count = u16::try_from(segments.len()).map_err(|_| WriteError::HiveTooLarge)?;
        let list: Vec<u8> = segments.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let mut record = b"db".to_vec();
        record.extend(count.to_le_bytes());
        record.extend(self.cell(&list)?.to_le_bytes());
        Ok((size, self.cell(&record)?.to_le_bytes()))
    }

    /// Returns the item of a security descriptor, which keys with the same one share.
    fn security(&mut self, descriptor: Option<&Arc<[u8]>>) -> Result<u32, WriteError> {
        let Some(descriptor) = descriptor else { return Ok(NOWHERE) };
        if let Some((offset, users)) = self.securities.get_mut(descriptor) {
            *users += 1;
            return Ok(*offset);
        }
        let length = u32::try_from(descriptor.len()).map_err(|_| WriteError::HiveTooLarge)?;
        let mut item = vec![0; security::HEADER];
        item[..2].copy_from_slice(b"sk");
        put_u32(&mut item, 16, length);
        item.extend_from_slice(descriptor);
        let offset = self.cell(&item)?;
        self.securities.insert(Arc::clone(descriptor), (offset, 1));
        Ok(offset)
    }

    /// Makes a ring of the security items, in the order of their offsets.
    fn link_securities(&mut self) {
        let mut items: Vec<(u32, u32)> = self.securities.values().copied().collect();
        items.sort_unstable();
        for (at, (offset, users)) in items.iter().enumerate() {
            let next = items[(at + 1) % items.len()].0;
            let before = items[(at + items.len() - 1) % items.len()].0;
            let item = self.content(*offset);
            put_u32(item, 4, next);
            put_u32(item, 8, before);
            put_u32(item, 12, *users);
        }
    }
}

/// Returns a name as it is stored, and whether one byte a character is enough.
fn stored(object: &'static str, name: &[u16]) -> Result<(Vec<u8>, bool), WriteError> {
    let narrow: Option<Vec<u8>> = name.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    let compressed = narrow.is_some();
    let bytes = narrow.unwrap_or_else(|| name.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    short(object, name, bytes.len())?;
    Ok((bytes, compressed))
}

fn short(object: &'static str, text: &[u16], length: usize) -> Result<u16, WriteError> {
    u16::try_from(length).map_err(|_| WriteError::TooLong {
        object,
        name: String::from_utf16_lossy(&text[..32]),
        limit: u16::MAX.into(),
        found: length,
    })
}

/// Returns the length in bytes of the longest text, as UTF-16.
fn longest<T>(items: &[T], text: impl Fn(&T) -> &Vec<u16>) -> u32 {
    items.iter().map(|item| 2 * text(item).len()).max().unwrap_or(0).min(0xFFFF) as u32
}

/// Returns the first four characters of a name, as a fast leaf keeps them.
fn hint(name: &[u16]) -> [u8; 4] {
    let mut hint = [0; 4];
    for (byte, unit) in hint.iter_mut().zip(name) {
        let Ok(narrow) = u8::try_from(*unit) else { return [0; 4] };
        *byte = narrow;
    }
    hint
}

fn put_u16(bytes: &mut [u8], at: usize, number: u16) {
    bytes[at..at + 2].copy_from_slice(&number.to_le_bytes());
}

fn put_u32(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

fn put_u64(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
}
