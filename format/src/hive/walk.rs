use super::Hive;
use super::cell::Bins;
use super::key::Key;
use super::subkeys::Subkeys;
use super::value::Value;
use super::values::Values;
use crate::Fault;

/// What a walk comes to.
#[derive(Debug, Clone, Copy)]
pub enum Visit<'b> {
    Key(Key<'b>),
    /// A value of the key that was visited last.
    Value(Value<'b>),
}

/// All keys and values of a hive: each key, then its values, then its subkeys.
///
/// Every key is visited once, however the lists of a damaged hive are tangled: a list that leads
/// to a key again is a fault. The walk ends, with a fault, when it followed more links than the
/// hive has room for.
#[derive(Debug, Clone)]
pub struct Walk<'b> {
    bins: Bins<'b>,
    /// The root, before it was visited.
    root: Option<Result<Key<'b>, Fault>>,
    values: Option<Values<'b>>,
    /// Subkeys of the keys from the root to the last one.
    way: Vec<Subkeys<'b>>,
    visited: Visited,
    links: usize,
}

/// One bit for each eight bytes of the bins, set where a key was visited.
#[derive(Debug, Clone)]
struct Visited(Vec<u64>);

impl Visited {
    /// Sets the bit of an offset and tells whether it was set before.
    fn replace(&mut self, offset: u32) -> bool {
        let bit = offset as usize / 8;
        let Some(word) = self.0.get_mut(bit / 64) else { return false };
        let mask = 1 << (bit % 64);
        let before = *word & mask != 0;
        *word |= mask;
        before
    }
}

impl<'b> Walk<'b> {
    pub(super) fn new(hive: &Hive<'b>) -> Self {
        let bins = hive.bin_bytes();
        Self {
            bins,
            root: Some(hive.root()),
            values: None,
            way: Vec::new(),
            visited: Visited(vec![0; bins.bytes().len() / 512 + 1]),
            links: bins.bytes().len() / 4,
        }
    }

    fn visit(&mut self, key: Key<'b>) -> Result<Visit<'b>, Fault> {
        if self.visited.replace(key.offset()) {
            let found = "a key that was visited before";
            return Err(Fault::new("nk cell", key.position(), "a key of its own", found));
        }
        self.values = Some(key.values());
        self.way.push(key.subkeys());
        Ok(Visit::Key(key))
    }

    /// Counts a link, and ends the walk when there were too many.
    fn follow(&mut self) -> Result<(), Fault> {
        if let Some(links) = self.links.checked_sub(1) {
            self.links = links;
            return Ok(());
        }
        self.values = None;
        self.way.clear();
        let most = self.bins.bytes().len() / 4;
        let expected = format_args!("at most {most} links between cells").to_string();
        Err(Fault::new("hive", 0, expected, "more"))
    }
}

impl<'b> Iterator for Walk<'b> {
    type Item = Result<Visit<'b>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(root) = self.root.take() {
            return Some(root.and_then(|root| self.visit(root)));
        }
        if let Some(values) = &mut self.values {
            if let Some(value) = values.next() {
                return Some(self.follow().and_then(|()| value.map(Visit::Value)));
            }
            self.values = None;
        }
        loop {
            let Some(key) = self.way.last_mut()?.next() else {
                self.way.pop();
                continue;
            };
            if let Err(fault) = self.follow() {
                return Some(Err(fault));
            }
            return Some(key.and_then(|key| self.visit(key)));
        }
    }
}
