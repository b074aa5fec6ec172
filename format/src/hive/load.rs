use std::collections::HashSet;
use std::sync::Arc;

use super::Hive;
use super::key::Key;
use super::tree::{Tree, TreeKey, TreeValue, order};
use super::value::Value;
use super::walk::Visit;
use super::write::{KEPT_KEY_FLAGS, KEPT_VALUE_FLAGS};
use crate::Fault;

impl Tree {
    /// Loads a whole hive.
    ///
    /// A damaged hive is refused, because writing what is left of it would lose the rest without
    /// a word.
    ///
    /// # Errors
    ///
    /// The first damage to the base block, a bin or a cell, or that the last write did not end.
    pub fn load(hive: &Hive<'_>) -> Result<Self, Fault> {
        if let Some(fault) = hive.faults().next() {
            return Err(fault);
        }
        let base = hive.base_block();
        if hive.is_dirty() {
            let expected = format_args!("sequence number {}", base.primary_sequence).to_string();
            return Err(Fault::new("base block", 8, expected, base.secondary_sequence));
        }
        let mut descriptors = HashSet::new();
        let mut way: Vec<TreeKey> = Vec::new();
        for visit in hive.walk() {
            match visit? {
                Visit::Key(key) => {
                    close(&mut way, usize::from(key.depth()));
                    way.push(load_key(&key, &mut descriptors)?);
                }
                Visit::Value(value) => {
                    let key = way.last_mut().expect("a value follows its key");
                    key.values.push(load_value(&value)?);
                }
            }
        }
        close(&mut way, 1);
        let mut root = way.pop().expect("a walk without a fault begins with the root");
        root.sort();
        Ok(Self {
            version: base.version,
            last_written: base.last_written,
            name: base.name().units().collect(),
            root,
        })
    }
}

impl TreeKey {
    fn sort(&mut self) {
        self.subkeys.sort_by(|a, b| order(&a.name, &b.name));
    }
}

/// Puts finished keys into the keys above them until the way is as long as asked for.
fn close(way: &mut Vec<TreeKey>, length: usize) {
    while way.len() > length {
        let Some(mut key) = way.pop() else { return };
        key.sort();
        if let Some(above) = way.last_mut() {
            above.subkeys.push(key);
        }
    }
}

fn load_key(key: &Key<'_>, descriptors: &mut HashSet<Arc<[u8]>>) -> Result<TreeKey, Fault> {
    let security = key.security()?.map(|bytes| {
        descriptors.get(bytes).cloned().unwrap_or_else(|| {
            let shared: Arc<[u8]> = Arc::from(bytes);
            descriptors.insert(Arc::clone(&shared));
            shared
        })
    });
    Ok(TreeKey {
        name: key.name().units().collect(),
        class: key.class()?.map(|class| class.units().collect()).unwrap_or_default(),
        last_written: key.last_written(),
        flags: key.flags() & KEPT_KEY_FLAGS,
        access_bits: key.access_bits(),
        upper_flags: key.upper_flags(),
        handle: key.predefined_handle(),
        security,
        values: Vec::new(),
        subkeys: Vec::new(),
    })
}

fn load_value(value: &Value<'_>) -> Result<TreeValue, Fault> {
    Ok(TreeValue {
        name: value.name().units().collect(),
        flags: value.flags() & KEPT_VALUE_FLAGS,
        kind: value.kind(),
        bytes: value.data()?.into_owned(),
    })
}
