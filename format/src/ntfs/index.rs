use std::{cmp::Ordering, collections::HashSet, ops::ControlFlow};

use super::{
    Ntfs,
    boot::BLOCKS,
    file::{File, Place},
    record::{NUMBER, kind, restore},
    stream::Stream,
};
use crate::{
    Fault, ReadAt, ReadAtError,
    volume::{Entry, FileId, FileName, Visit, VolumeError, bytes},
};

const ROOT: &str = "index root";
const BLOCK: &str = "index block";
const ENTRY: &str = "index entry";
/// Name of the index of names, as UTF-16 units in little-endian bytes.
const NAMES: &[u8] = b"$\0I\x003\x000\0";
/// Deepest index; even one with two names in each block is never that deep.
const DEEPEST: usize = 32;
/// Bytes of the attribute `$FILE_NAME` before the name.
const KEY: usize = 66;
const DIRECTORY: u32 = 0x1000_0000;
/// Namespace of short names that stand beside a long one.
const DOS: u8 = 2;

/// The index of the names in a folder: a tree whose blocks are ordered.
pub(super) struct Index<'a, R> {
    volume: &'a Ntfs<R>,
    root: Node,
    blocks: Option<Blocks<'a, R>>,
}

/// The blocks below the root.
struct Blocks<'a, R> {
    stream: Stream<'a, R>,
    /// Bytes of a block.
    size: u64,
    /// Bytes that block numbers count.
    unit: u64,
}

/// Entries of the root or of a block.
struct Node {
    bytes: Vec<u8>,
    object: &'static str,
    /// Offset of the bytes in faults.
    offset: u64,
    /// Offset of the next entry within the bytes.
    next: usize,
}

/// An entry as it is stored.
struct Stored {
    file: u64,
    /// Name in UTF-16 units; nothing in the last entry of a node.
    name: Option<Vec<u16>>,
    namespace: u8,
    is_directory: bool,
    /// Number of the block with the entries before this one.
    below: Option<u64>,
    /// Offset in faults.
    offset: u64,
}

impl<'a, R: ReadAt> Index<'a, R> {
    /// Opens the index of a folder.
    pub(super) fn open(volume: &'a Ntfs<R>, file: &File) -> Result<Self, VolumeError> {
        if !file.record.is_directory {
            return Err(VolumeError::NotAFolder { file: file.record.number });
        }
        let offset = file.record.offset;
        let root = match file.find(volume, kind::INDEX_ROOT, NAMES)? {
            Some(stored) => stored.place,
            None => return Err(Fault::new(ROOT, offset, "an index of names", "none").into()),
        };
        let Place::Resident(root) = root else {
            return Err(Fault::new(ROOT, offset, "a resident value", "clusters").into());
        };
        if root.len() < 32 {
            return Err(Fault::truncated(ROOT, offset, 32, root.len() as u64).into());
        }
        let size = u64::from(u32::from_le_bytes(bytes(&root, 8)));
        if !size.is_power_of_two() || !BLOCKS.contains(&size) {
            return Err(Fault::new(ROOT, offset, "blocks of 512 to 65536 bytes", size).into());
        }
        let blocks = match file.find(volume, kind::INDEX_ALLOCATION, NAMES)? {
            None => None,
            Some(stored) => {
                let cluster = volume.geometry.cluster;
                let unit = if cluster <= size { cluster } else { 512 };
                Some(Blocks { stream: Stream::new(volume, stored)?, size, unit })
            }
        };
        Ok(Self { volume, root: Node::new(ROOT, offset, root, 16)?, blocks })
    }

    /// Finds a name: the one of the same case if there are several.
    pub(super) fn find(mut self, name: &str) -> Result<Option<Entry>, VolumeError> {
        let units: Vec<u16> = name.encode_utf16().collect();
        let compare = |stored: &[u16]| {
            let folded = self.volume.upcase.compare(stored.iter().copied(), units.iter().copied());
            (folded, folded.then_with(|| stored.cmp(&units)))
        };
        let mut best = None;
        // The names around the block that is read.
        let mut around = [None, None];
        for _ in 0..DEEPEST {
            let mut below = None;
            let mut is_first = true;
            while let Some(mut entry) = self.root.entry()? {
                below = entry.below;
                let Some(stored) = &entry.name else { break };
                if std::mem::take(&mut is_first) {
                    self.check_order(&around, stored, entry.offset)?;
                }
                let (folded, exact) = compare(stored);
                let name = match folded {
                    Ordering::Equal => entry.name.clone(),
                    _ => entry.name.take(),
                };
                if folded == Ordering::Equal {
                    // What is of the same case is found last, since it ends the search.
                    best = Some(entry);
                }
                match exact {
                    Ordering::Less => {
                        around[0] = name;
                        below = None;
                    }
                    Ordering::Equal => {
                        below = None;
                        break;
                    }
                    Ordering::Greater => {
                        around[1] = name;
                        break;
                    }
                }
            }
            match below {
                Some(number) => self.root = self.block(number)?,
                None => return Ok(best.map(Stored::entry).transpose()?),
            }
        }
        Err(self.too_deep().into())
    }

    /// Refuses a block that does not stand between the names around it: a name that is not found
    /// there might be in another.
    fn check_order(
        &self,
        around: &[Option<Vec<u16>>; 2],
        first: &[u16],
        offset: u64,
    ) -> Result<(), Fault> {
        let order = |other: &[u16]| {
            self.volume.upcase.compare(first.iter().copied(), other.iter().copied())
        };
        let [before, after] = around;
        let is_after = before.as_ref().is_none_or(|before| order(before) != Ordering::Less);
        let is_before = after.as_ref().is_none_or(|after| order(after) != Ordering::Greater);
        if is_after && is_before {
            return Ok(());
        }
        let found = format!("{:?}", String::from_utf16_lossy(first));
        Err(Fault::new(ENTRY, offset, "a name between those around its block", found))
    }

    /// Gives all names in order.
    pub(super) fn walk(&mut self, visit: &mut Visit<'_>) -> Result<(), VolumeError> {
        let mut seen = HashSet::new();
        let mut nodes = vec![];
        let mut node = std::mem::replace(&mut self.root, Node::empty());
        // The entry whose block is being read.
        let mut pending: Vec<Stored> = vec![];
        loop {
            let flow = match node.entry() {
                Ok(Some(entry)) => match entry.below {
                    Some(number) => {
                        let below = if nodes.len() >= DEEPEST {
                            Err(self.too_deep().into())
                        } else if seen.insert(number) {
                            self.block(number)
                        } else {
                            let expected = "a block that was not met before";
                            Err(Fault::new(ENTRY, entry.offset, expected, number).into())
                        };
                        match below {
                            Ok(below) => {
                                nodes.push(std::mem::replace(&mut node, below));
                                pending.push(entry);
                                ControlFlow::Continue(())
                            }
                            Err(ReadAtError::Fault(fault)) => match visit(Err(fault)) {
                                ControlFlow::Continue(()) => give(entry, visit),
                                flow => flow,
                            },
                            Err(error) => return Err(error.into()),
                        }
                    }
                    None => give(entry, visit),
                },
                Ok(None) => match (nodes.pop(), pending.pop()) {
                    (Some(above), Some(entry)) => {
                        node = above;
                        give(entry, visit)
                    }
                    _ => return Ok(()),
                },
                Err(fault) => {
                    // The rest of this node is lost, not what is above it.
                    node = Node::empty();
                    visit(Err(fault))
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
    }

    fn block(&self, number: u64) -> Result<Node, ReadAtError> {
        let Some(blocks) = &self.blocks else {
            let expected = "no blocks below the root";
            return Err(Fault::new(ENTRY, self.root.offset, expected, number).into());
        };
        let offset = number.checked_mul(blocks.unit);
        let Some(offset) = offset.filter(|offset| *offset < blocks.stream.len()) else {
            let expected = format_args!("a block below {}", blocks.stream.len() / blocks.unit);
            return Err(Fault::new(ENTRY, self.root.offset, expected, number).into());
        };
        let mut bytes = vec![0; blocks.size as usize];
        blocks.stream.read_at(offset, &mut bytes)?;
        restore(BLOCK, offset, *b"INDX", &mut bytes)?;
        let own = u64::from_le_bytes(crate::volume::bytes(&bytes, 16));
        if own != number {
            let expected = format_args!("number {number}");
            return Err(Fault::new(BLOCK, offset + 16, expected, own).into());
        }
        Ok(Node::new(BLOCK, offset, bytes, 24)?)
    }

    fn too_deep(&self) -> Fault {
        let expected = format_args!("at most {DEEPEST} blocks below each other");
        Fault::new("index", self.root.offset, expected, "more")
    }
}

/// Gives an entry unless it is the end of a node, a short name or the root's name for itself.
fn give(entry: Stored, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let Some(name) = &entry.name else { return ControlFlow::Continue(()) };
    let is_root = entry.file & NUMBER == super::ROOT && name == &[u16::from(b'.')];
    if entry.namespace == DOS || is_root {
        return ControlFlow::Continue(());
    }
    visit(entry.entry())
}

impl Stored {
    fn entry(self) -> Result<Entry, Fault> {
        Ok(Entry {
            name: FileName::new(ENTRY, self.offset, self.name.unwrap_or_default())?,
            file: FileId(self.file),
            is_directory: self.is_directory,
        })
    }
}

impl Node {
    /// Makes a node of which nothing is left.
    fn empty() -> Self {
        Self { bytes: vec![], object: BLOCK, offset: 0, next: usize::MAX }
    }

    /// Takes the bytes in which a node has its header at an offset.
    fn new(
        object: &'static str,
        offset: u64,
        mut bytes: Vec<u8>,
        header: usize,
    ) -> Result<Self, Fault> {
        let field = |at: usize| u32::from_le_bytes(crate::volume::bytes(&bytes, header + at));
        let (first, end) = (field(0) as usize, field(4) as usize);
        let left = bytes.len() - header;
        if first < 16 || first > end || end > left {
            let expected = format_args!("entries between 16 and {left}");
            let found = format_args!("{first} to {end}");
            return Err(Fault::new(object, offset + header as u64, expected, found));
        }
        bytes.truncate(header + end);
        Ok(Self { bytes, object, offset, next: header + first })
    }

    /// Reads the next entry; nothing behind the last.
    fn entry(&mut self) -> Result<Option<Stored>, Fault> {
        if self.next == usize::MAX {
            return Ok(None);
        }
        let offset = self.offset + self.next as u64;
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        if rest.len() < 16 {
            return Err(Fault::new(self.object, offset, "a last entry", "the end"));
        }
        let length = usize::from(u16::from_le_bytes(bytes(rest, 8)));
        let key = usize::from(u16::from_le_bytes(bytes(rest, 10)));
        let flags = u16::from_le_bytes(bytes(rest, 12));
        let tail = if flags & 1 == 0 { 0 } else { 8 };
        if length < 16 + tail || length > rest.len() {
            let expected = format_args!("a length of {} to {} bytes", 16 + tail, rest.len());
            return Err(Fault::new(ENTRY, offset, expected, length));
        }
        let rest = &rest[..length];
        let is_last = flags & 2 != 0;
        self.next = if is_last { usize::MAX } else { self.next + length };
        let mut entry = Stored {
            file: u64::from_le_bytes(bytes(rest, 0)),
            name: None,
            namespace: 0,
            is_directory: false,
            below: (tail > 0).then(|| u64::from_le_bytes(bytes(rest, length - 8))),
            offset,
        };
        if !is_last {
            if key < KEY || key > length - 16 - tail {
                let expected = format_args!("a name of {KEY} to {} bytes", length - 16 - tail);
                return Err(Fault::new(ENTRY, offset + 10, expected, key));
            }
            let key = &rest[16..16 + key];
            let Some(name) = key[KEY..].get(..usize::from(key[64]) * 2) else {
                let left = (key.len() - KEY) as u64;
                return Err(Fault::truncated(ENTRY, offset + 80, u64::from(key[64]) * 2, left));
            };
            let units = name.chunks_exact(2).map(|unit| u16::from_le_bytes(bytes(unit, 0)));
            entry.name = Some(units.collect());
            entry.namespace = key[65];
            entry.is_directory = u32::from_le_bytes(bytes(key, 56)) & DIRECTORY != 0;
        }
        Ok(Some(entry))
    }
}
