//! Asks an installation all that scanning needs, so that the answers can be carried elsewhere.
//!
//! The questions stand in one list, which the scripts for machines without staunch are made of too.
//! Not carried are passwords and the contents of files, but for the names of updates in manifests.

mod questions;
mod script;

use std::collections::BTreeSet;

use staunch_model::{Collected, Warning, WinPath};

pub use questions::{IN_PROGRAMS, IN_WINDOWS, IN_WINDOWS_32};
pub use script::Collector;

use questions::{KEYS, folders};

use crate::observe::rollup_manifests;
use crate::{Facts, Memory, RegistryData, RegistryKey, RegistryValue, expand, pending_renames};

/// What stands in place of a password.
pub(crate) const WITHHELD: &str = "(not carried)";

/// Levels of keys below one that is asked for with all below it.
const MOST_LEVELS: usize = 64;

/// Keys that are carried at most; a real machine has some 30,000 of those that are asked for.
const MOST_KEYS: usize = 300_000;

/// Bytes of values that are carried at most.
const MOST_BYTES: usize = 32 << 20;

/// Asks an installation all that scanning needs.
///
/// The answers are those that it gives itself: what it cannot tell stays not collected.
pub fn collect(facts: &dyn Facts) -> Memory {
    let mut asking =
        Asking { facts, memory: Memory::default(), users: Vec::new(), keys: 0, bytes: 0 };
    let users = facts.users();
    asking.users = users.known().cloned().unwrap_or_default();
    for question in KEYS {
        asking.ask(question);
    }
    if asking.is_full() {
        let message = format!("more than {MOST_KEYS} keys or {MOST_BYTES} bytes of values");
        asking.memory.add_warning(Warning { object: "registry".to_owned(), message });
    }
    for folder in folders() {
        if let Some(folder) = located(facts, &folder) {
            asking.look(&folder);
        }
    }
    asking.look_at_renames();
    let mut memory = asking.memory;
    for (path, tag) in rollup_manifests(facts) {
        memory.set_content(path, &tag);
    }
    memory.set_lacks_last_writes(facts.lacks_last_writes());
    memory.set_users(users).set_accounts(facts.accounts()).set_volumes(facts.volumes());
    for warning in facts.warnings() {
        memory.add_warning(warning);
    }
    memory
}

/// Replaces the variable that a folder begins with, as far as the machine has such a folder.
fn located(facts: &dyn Facts, folder: &str) -> Option<WinPath> {
    expand(facts, folder).or_else(|| {
        // Where the registry does not tell, the folder of programs is the usual one.
        let below = folder.strip_prefix("%ProgramFiles%\\")?;
        let drive = facts.system_root().known()?.drive();
        format!(r"{drive}:\Program Files\{below}").parse().ok()
    })
}

struct Asking<'f> {
    facts: &'f dyn Facts,
    memory: Memory,
    users: Vec<String>,
    keys: usize,
    bytes: usize,
}

impl Asking<'_> {
    /// Asks one question about keys.
    fn ask(&mut self, question: &str) {
        let path = question.strip_suffix('\\');
        let with_below = path.is_none();
        let mut found = vec![String::new()];
        for name in path.unwrap_or(question).split('\\') {
            found = match name {
                "*" => found.iter().flat_map(|above| self.below(above)).collect(),
                _ if found == [""] => vec![name.to_owned()],
                _ => found.into_iter().map(|above| format!("{above}\\{name}")).collect(),
            };
        }
        for path in found {
            if with_below { self.carry_all(&path) } else { _ = self.carry(&path) }
        }
    }

    /// Carries a key, and lists what a star stands for below it.
    fn below(&mut self, above: &str) -> Vec<String> {
        let names = match above {
            "HKU" => self.users.clone(),
            _ => self.carry(above).map(|key| key.subkeys).unwrap_or_default(),
        };
        names.into_iter().map(|name| format!("{above}\\{name}")).collect()
    }

    /// Carries a key, and of those below it the names.
    fn carry(&mut self, path: &str) -> Option<RegistryKey> {
        match self.facts.key(path) {
            Collected::Known(key) if !self.is_full() => {
                for name in &key.subkeys {
                    self.memory.name_key(&format!("{path}\\{name}"));
                }
                self.memory.list_key(path);
                self.put(path, key.values.clone());
                Some(key)
            }
            Collected::Absent => {
                self.memory.collect_key(path);
                None
            }
            Collected::Known(_) | Collected::NotCollected => None,
        }
    }

    /// Carries a key with all below it; what cannot be read there is carried by its name.
    fn carry_all(&mut self, path: &str) {
        let key = match self.facts.key(path) {
            Collected::Known(key) if !self.is_full() => key,
            Collected::Absent => {
                self.memory.collect_key(path);
                return;
            }
            Collected::Known(_) | Collected::NotCollected => return,
        };
        self.memory.collect_key(path);
        let mut open = vec![(path.to_owned(), 0, key)];
        while let Some((path, level, key)) = open.pop() {
            self.put(&path, key.values);
            for name in key.subkeys {
                let below = format!("{path}\\{name}");
                match self.facts.key(&below) {
                    Collected::Known(key) if level < MOST_LEVELS && !self.is_full() => {
                        // What waits counts too.
                        self.keys += 1;
                        open.push((below, level + 1, key));
                    }
                    _ => _ = self.memory.name_key(&below),
                }
            }
        }
    }

    fn put(&mut self, path: &str, mut values: Vec<RegistryValue>) {
        for value in &mut values {
            withhold(value);
            self.bytes += value.name.len() + size(&value.data);
        }
        self.keys += 1;
        // Two questions may name one key.
        if !self.memory.has_key(path) {
            self.memory.put_key(path, values);
        }
    }

    fn is_full(&self) -> bool {
        self.keys > MOST_KEYS || self.bytes > MOST_BYTES
    }

    /// Carries the files of a folder, and the names of the folders in it.
    fn look(&mut self, folder: &WinPath) {
        let entries = match self.facts.folder(folder) {
            Collected::Known(entries) => entries,
            Collected::Absent => {
                self.memory.lack_folder(folder.clone());
                return;
            }
            Collected::NotCollected => return,
        };
        self.memory.collect_folder(folder.clone(), false);
        for entry in entries {
            // A name that no path can have cannot be asked for either.
            let Ok(path) = folder.join(&entry.name) else { continue };
            if entry.is_folder {
                self.memory.name_folder(path);
                continue;
            }
            match self.facts.file(&path) {
                Collected::Known(file) => _ = self.memory.add_file(path, file),
                Collected::NotCollected => _ = self.memory.add_file(path, <_>::default()),
                // Such as a link that leads nowhere.
                Collected::Absent => {}
            }
        }
    }

    /// Carries the files that the next start moves, wherever they lie.
    fn look_at_renames(&mut self) {
        let renames = pending_renames(self.facts).known().cloned().unwrap_or_default();
        let paths: BTreeSet<WinPath> = renames
            .into_iter()
            .flat_map(|rename| [Some(rename.from), rename.to])
            .flatten()
            .collect();
        for path in paths {
            if let Collected::Known(file) = self.facts.file(&path) {
                self.memory.add_file(path, file);
            }
        }
    }
}

/// Takes a password out of a value; that there is one stays.
fn withhold(value: &mut RegistryValue) {
    if !value.name.to_ascii_lowercase().contains("password") {
        return;
    }
    match &mut value.data {
        RegistryData::Text(text) | RegistryData::ExpandableText(text) if !text.is_empty() => {
            *text = WITHHELD.to_owned();
        }
        RegistryData::Texts(texts) if !texts.is_empty() => *texts = vec![WITHHELD.to_owned()],
        RegistryData::Binary(bytes) if !bytes.is_empty() => *bytes = WITHHELD.as_bytes().to_vec(),
        _ => {}
    }
}

fn size(data: &RegistryData) -> usize {
    match data {
        RegistryData::Text(text) | RegistryData::ExpandableText(text) => text.len(),
        RegistryData::Texts(texts) => texts.iter().map(String::len).sum(),
        RegistryData::U32(_) => 4,
        RegistryData::U64(_) => 8,
        RegistryData::Binary(bytes) => bytes.len(),
    }
}

#[cfg(test)]
mod tests;
