use super::bytes::{shown, u16_at, u32_at};
use super::cell::{Bins, Cell, NOWHERE};
use super::key::{self, DEPTH_LIMIT, Key};
use super::name::hash;
use crate::Fault;

/// Subkeys of a key, from one list or from the lists of an index root.
///
/// A damaged part is an error in its place, and what follows it is still read. No more subkeys
/// come than could stand in the hive.
///
/// Source: regf, "Index leaf", "Fast leaf", "Hash leaf", "Index root".
#[derive(Debug, Clone)]
pub struct Subkeys<'b> {
    bins: Bins<'b>,
    /// Position of the key in the file, for faults.
    position: u64,
    /// Depth of the subkeys.
    depth: u16,
    /// Number of subkeys that the key claims.
    claimed: u32,
    seen: u32,
    /// Elements that may still come: a hive has no room for more keys.
    left: u32,
    state: State<'b>,
}

#[derive(Debug, Clone)]
enum State<'b> {
    /// The list, or the index root, at this offset is to be read.
    Start(u32),
    /// The lists of an index root, and the one that is being read.
    Lists {
        lists: &'b [[u8; 4]],
        leaf: Leaf<'b>,
    },
    /// The claim is to be compared with what was seen.
    Counted,
    End,
}

/// What is left of a list of subkeys.
#[derive(Debug, Clone, Copy)]
struct Leaf<'b> {
    elements: &'b [u8],
    kind: LeafKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LeafKind {
    /// Offsets only (`li`).
    Index,
    /// Offsets and the first four characters of the names (`lf`).
    Fast,
    /// Offsets and hashes of the names (`lh`).
    Hash,
}

/// One element of a list of subkeys.
#[derive(Clone, Copy)]
struct Element {
    offset: u32,
    /// Hash of the name, where the list keeps one.
    hash: Option<u32>,
}

impl<'b> Leaf<'b> {
    const EMPTY: Self = Self { elements: &[], kind: LeafKind::Index };

    fn next(&mut self) -> Option<Element> {
        let width = if self.kind == LeafKind::Index { 4 } else { 8 };
        let (element, rest) = self.elements.split_at_checked(width)?;
        self.elements = rest;
        let offset = u32_at(element, 0)?;
        let hash = if self.kind == LeafKind::Hash { u32_at(element, 4) } else { None };
        Some(Element { offset, hash })
    }
}

impl<'b> Subkeys<'b> {
    pub(super) fn new(bins: Bins<'b>, position: u64, above: u16, claimed: u32, list: u32) -> Self {
        let room = bins.bytes().len() / key::HEADER;
        let state = match (claimed, list) {
            (0, _) => State::End,
            (_, NOWHERE) => State::Counted,
            (_, list) => State::Start(list),
        };
        let left = u32::try_from(room).unwrap_or(u32::MAX);
        Self { bins, position, depth: above.saturating_add(1), claimed, seen: 0, left, state }
    }

    /// Returns the next element of the lists.
    fn element(&mut self) -> Option<Result<Element, Fault>> {
        loop {
            match &mut self.state {
                State::Start(offset) => {
                    let offset = *offset;
                    match self.open(offset) {
                        Ok(state) => self.state = state,
                        Err(fault) => {
                            self.state = State::End;
                            return Some(Err(fault));
                        }
                    }
                }
                State::Lists { lists, leaf } => {
                    if let Some(element) = leaf.next() {
                        self.seen = self.seen.saturating_add(1);
                        return Some(self.count(element));
                    }
                    let Some((list, rest)) = lists.split_first() else {
                        self.state = State::Counted;
                        continue;
                    };
                    *lists = rest;
                    *leaf = Leaf::EMPTY;
                    match self.leaf(u32::from_le_bytes(*list)) {
                        Ok(found) => {
                            if let State::Lists { leaf, .. } = &mut self.state {
                                *leaf = found;
                            }
                        }
                        Err(fault) => return Some(Err(fault)),
                    }
                }
                State::Counted => {
                    self.state = State::End;
                    if self.seen != self.claimed {
                        let expected = format_args!("{} subkeys", self.claimed).to_string();
                        return Some(Err(Fault::new(
                            "subkeys list",
                            self.position,
                            expected,
                            self.seen,
                        )));
                    }
                }
                State::End => return None,
            }
        }
    }

    fn count(&mut self, element: Element) -> Result<Element, Fault> {
        if self.left == 0 {
            self.state = State::End;
            return Err(Fault::new(
                "subkeys list",
                self.position,
                "no more subkeys than the hive has room for",
                self.seen,
            ));
        }
        self.left -= 1;
        Ok(element)
    }

    fn open(&self, offset: u32) -> Result<State<'b>, Fault> {
        let cell = self.bins.cell("subkeys list", offset)?;
        if !cell.bytes.starts_with(b"ri") {
            return Ok(State::Lists { lists: &[], leaf: leaf(cell)? });
        }
        let lists = elements(cell, 4)?.as_chunks::<4>().0;
        Ok(State::Lists { lists, leaf: Leaf::EMPTY })
    }

    fn leaf(&self, offset: u32) -> Result<Leaf<'b>, Fault> {
        leaf(self.bins.cell("subkeys list", offset)?)
    }

    fn key(&self, offset: u32) -> Result<Key<'b>, Fault> {
        if self.depth > DEPTH_LIMIT {
            let expected = format_args!("at most {DEPTH_LIMIT} levels of keys").to_string();
            return Err(Fault::new("nk cell", self.position, expected, self.depth));
        }
        Key::parse(self.bins, offset, self.depth)
    }
}

impl<'b> Iterator for Subkeys<'b> {
    type Item = Result<Key<'b>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.element()?.and_then(|element| self.key(element.offset)))
    }
}

/// Reads a leaf; an index root is none, and cannot stand in another one.
fn leaf(cell: Cell<'_>) -> Result<Leaf<'_>, Fault> {
    let kind = match cell.bytes.first_chunk() {
        Some(b"li") => LeafKind::Index,
        Some(b"lf") => LeafKind::Fast,
        Some(b"lh") => LeafKind::Hash,
        _ => {
            let found = shown(&cell.bytes[..cell.bytes.len().min(2)]);
            return Err(Fault::new("subkeys list", cell.position, "li, lf or lh", found));
        }
    };
    let width = if kind == LeafKind::Index { 4 } else { 8 };
    Ok(Leaf { elements: elements(cell, width)?, kind })
}

/// Returns the elements of a list that says in its header how many there are.
fn elements(cell: Cell<'_>, width: usize) -> Result<&[u8], Fault> {
    let count = u16_at(cell.bytes, 2).unwrap_or(0);
    let needed = 4 + usize::from(count) * width;
    cell.bytes.get(4..needed).ok_or_else(|| {
        Fault::truncated("subkeys list", cell.position, needed as u64, cell.bytes.len() as u64)
    })
}

/// Finds a subkey by its name: first where the hashes say, then everywhere.
pub(super) fn find<'b>(subkeys: &Subkeys<'b>, name: &str) -> Result<Option<Key<'b>>, Fault> {
    let wanted = hash(name.encode_utf16());
    let mut hinted = subkeys.clone();
    while let Some(element) = hinted.element() {
        let Ok(Element { offset, hash: Some(hash) }) = element else { continue };
        if hash == wanted
            && let Ok(key) = hinted.key(offset)
            && key.name().matches(name)
        {
            return Ok(Some(key));
        }
    }
    let mut damage = None;
    for key in subkeys.clone() {
        match key {
            Ok(key) if key.name().matches(name) => return Ok(Some(key)),
            // A list that names the keys of others is not the one in which the name might be.
            Ok(key) if key.above_position() != Some(subkeys.position) => {
                let expected = format_args!("below the key at {:#x}", subkeys.position);
                let found = format_args!("below another, {:#x}", key.above());
                let fault = Fault::new("nk cell", key.position(), expected, found);
                damage = damage.or(Some(fault));
            }
            Ok(_) => {}
            Err(fault) => damage = damage.or(Some(fault)),
        }
    }
    damage.map_or(Ok(None), Err)
}
