use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use staunch_model::{Collected, Warning, WinPath};

use super::{
    Account, Facts, FileFacts, FolderEntry, RegistryData, RegistryKey, RegistryValue, VolumeFacts,
};

/// Facts that are held in memory: what was collected elsewhere, or made for a question.
///
/// What was never collected stays so: a key or file that is not here is absent only where all of
/// its surroundings were collected. The serialised form is part of the facts file (docs/facts.md).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    #[serde(skip_serializing_if = "Registry::is_empty")]
    registry: Registry,
    #[serde(skip_serializing_if = "Files::is_empty")]
    files: Files,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    users: Collected<Vec<String>>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    accounts: Collected<Vec<Account>>,
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    volumes: Collected<Vec<VolumeFacts>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Registry {
    /// Keys that were collected with everything below them.
    collected: BTreeSet<KeyPath>,
    keys: BTreeMap<KeyPath, Vec<RegistryValue>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Files {
    /// Folders whose files were collected, and whether those in the folders below were too.
    collected: BTreeMap<WinPath, bool>,
    files: BTreeMap<WinPath, FileFacts>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    contents: BTreeMap<WinPath, String>,
}

/// Path of a key, compared without regard to case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct KeyPath(String);

impl Memory {
    /// Tells whether nothing was collected.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Says that a key and everything below it was collected.
    pub fn collect_key(&mut self, path: &str) -> &mut Self {
        self.registry.collected.insert(KeyPath(path.to_owned()));
        self
    }

    /// Adds a key.
    pub fn add_key(&mut self, path: &str) -> &mut Self {
        self.registry.keys.entry(KeyPath(path.to_owned())).or_default();
        self
    }

    /// Sets a value; its key is added.
    pub fn set(&mut self, path: &str, name: &str, data: RegistryData) -> &mut Self {
        let values = self.registry.keys.entry(KeyPath(path.to_owned())).or_default();
        match values.iter_mut().find(|value| value.name.eq_ignore_ascii_case(name)) {
            Some(value) => value.data = data,
            None => values.push(RegistryValue { name: name.to_owned(), data }),
        }
        self
    }

    /// Sets a `REG_SZ`.
    pub fn set_text(&mut self, path: &str, name: &str, text: &str) -> &mut Self {
        self.set(path, name, RegistryData::Text(text.to_owned()))
    }

    /// Sets a `REG_DWORD`.
    pub fn set_u32(&mut self, path: &str, name: &str, number: u32) -> &mut Self {
        self.set(path, name, RegistryData::U32(number))
    }

    /// Says that the files of a folder were collected, with or without those of the folders below.
    pub fn collect_folder(&mut self, path: WinPath, with_subfolders: bool) -> &mut Self {
        *self.files.collected.entry(path).or_default() |= with_subfolders;
        self
    }

    /// Adds a file.
    pub fn add_file(&mut self, path: WinPath, file: FileFacts) -> &mut Self {
        self.files.files.insert(path, file);
        self
    }

    /// Adds a file that is a text, with its content.
    pub fn add_text_file(&mut self, path: WinPath, text: &str) -> &mut Self {
        let size = Collected::Known(text.len() as u64);
        self.files.contents.insert(path.clone(), text.to_owned());
        self.add_file(path, FileFacts { size, ..FileFacts::default() })
    }

    /// Sets the people whose part of the registry was collected.
    pub fn set_users(&mut self, users: Collected<Vec<String>>) -> &mut Self {
        self.users = users;
        self
    }

    /// Sets the local accounts.
    pub fn set_accounts(&mut self, accounts: Collected<Vec<Account>>) -> &mut Self {
        self.accounts = accounts;
        self
    }

    /// Sets the volumes.
    pub fn set_volumes(&mut self, volumes: Collected<Vec<VolumeFacts>>) -> &mut Self {
        self.volumes = volumes;
        self
    }
}

impl Facts for Memory {
    fn kind(&self) -> &'static str {
        "collected facts"
    }

    fn key(&self, path: &str) -> Collected<RegistryKey> {
        let path = KeyPath(path.trim_end_matches('\\').to_owned());
        let registry = &self.registry;
        let subkeys = registry.subkeys(&path);
        let values = registry.keys.get(&path);
        let is_complete = registry.collected.iter().any(|known| path.is_inside(known));
        match values {
            None if subkeys.is_empty() && is_complete => Collected::Absent,
            None if !is_complete => Collected::NotCollected,
            _ => {
                let values = values.cloned().unwrap_or_default();
                Collected::Known(RegistryKey { values, subkeys })
            }
        }
    }

    fn file(&self, path: &WinPath) -> Collected<FileFacts> {
        match self.files.files.get(path) {
            Some(file) => Collected::Known(file.clone()),
            None if self.files.is_collected(&path.parent()) => Collected::Absent,
            None => Collected::NotCollected,
        }
    }

    fn folder(&self, path: &WinPath) -> Collected<Vec<FolderEntry>> {
        if !self.files.is_collected(path) {
            return Collected::NotCollected;
        }
        let depth = path.names().count();
        let below = self.files.files.keys().filter(|file| *file != path && file.is_inside(path));
        let mut entries: BTreeMap<String, FolderEntry> = BTreeMap::new();
        for file in below {
            let mut names = file.names().skip(depth);
            let Some(name) = names.next() else { continue };
            let entry = FolderEntry { name: name.to_owned(), is_folder: names.next().is_some() };
            entries.entry(name.to_lowercase()).or_insert(entry);
        }
        match entries.is_empty() {
            true if !self.files.collected.contains_key(path) => Collected::Absent,
            _ => Collected::Known(entries.into_values().collect()),
        }
    }

    fn content(&self, path: &WinPath, most: usize) -> Collected<Vec<u8>> {
        match self.files.contents.get(path) {
            Some(text) if text.len() <= most => Collected::Known(text.clone().into_bytes()),
            Some(_) => Collected::NotCollected,
            None => match self.file(path) {
                Collected::Absent => Collected::Absent,
                _ => Collected::NotCollected,
            },
        }
    }

    fn users(&self) -> Collected<Vec<String>> {
        self.users.clone()
    }

    fn accounts(&self) -> Collected<Vec<Account>> {
        self.accounts.clone()
    }

    fn volumes(&self) -> Collected<Vec<VolumeFacts>> {
        self.volumes.clone()
    }

    fn warnings(&self) -> Vec<Warning> {
        Vec::new()
    }
}

impl Registry {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lists the names of the keys right below a key.
    fn subkeys(&self, path: &KeyPath) -> Vec<String> {
        let start = KeyPath(format!("{}\\", path.0));
        let mut names: Vec<String> = Vec::new();
        for (below, _) in self.keys.range(start.clone()..) {
            if !below.is_inside(path) {
                break;
            }
            let name = below.0[start.0.len()..].split('\\').next().unwrap_or_default();
            if names.last().is_none_or(|last| !last.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
        names
    }
}

impl Files {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn is_collected(&self, folder: &WinPath) -> bool {
        self.collected
            .iter()
            .any(|(known, below)| known == folder || (*below && folder.is_inside(known)))
    }
}

impl KeyPath {
    /// Tells whether this is the other key or lies below it.
    fn is_inside(&self, above: &Self) -> bool {
        let (own, above) = (self.0.as_bytes(), above.0.as_bytes());
        own.len() >= above.len()
            && own[..above.len()].eq_ignore_ascii_case(above)
            && matches!(own.get(above.len()), None | Some(b'\\'))
    }

    fn folded(&self) -> impl Iterator<Item = u8> {
        // The separator sorts before all that names consist of, so that keys stand below theirs.
        self.0.bytes().map(|byte| if byte == b'\\' { 1 } else { byte.to_ascii_lowercase() })
    }
}

impl PartialEq for KeyPath {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for KeyPath {}

impl PartialOrd for KeyPath {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for KeyPath {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded().cmp(other.folded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WinPath {
        text.parse().expect("a path")
    }

    #[test]
    fn a_key_is_absent_only_where_its_surroundings_were_collected() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE\Microsoft");
        facts.set_u32(r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB840374", "Installed", 1);
        facts.add_key(r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP-x");
        facts.set_text(r"HKLM\SYSTEM\Select", "Current", "1");
        let key = |path: &str| facts.key(path);
        let Collected::Known(updates) = key(r"hklm\software\microsoft\updates\") else {
            panic!("the key is there")
        };
        assert_eq!(updates.subkeys, ["Windows XP", "Windows XP-x"]);
        assert_eq!(key(r"HKLM\SOFTWARE\Microsoft\Updates\Windows"), Collected::Absent);
        assert_eq!(key(r"HKLM\SOFTWARE\Other"), Collected::NotCollected);
        assert_eq!(key(r"HKLM\SYSTEM"), Collected::NotCollected);
        assert!(key(r"HKLM\SYSTEM\Select").known().is_some());
        assert_eq!(
            facts.number(r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB840374", "installed"),
            Collected::Known(1)
        );
    }

    #[test]
    fn a_file_is_absent_only_where_its_folder_was_collected() {
        let mut facts = Memory::default();
        facts.collect_folder(path(r"C:\WINDOWS\system32"), false);
        facts.add_file(path(r"C:\WINDOWS\system32\a.dll"), FileFacts::default());
        facts.add_file(path(r"C:\WINDOWS\system32\drivers\b.sys"), FileFacts::default());
        let file = |text: &str| facts.file(&path(text));
        assert_eq!(file(r"c:\windows\SYSTEM32\A.DLL"), Collected::Known(FileFacts::default()));
        assert_eq!(file(r"C:\WINDOWS\system32\c.dll"), Collected::Absent);
        assert_eq!(file(r"C:\WINDOWS\system32\drivers\c.sys"), Collected::NotCollected);
        assert_eq!(file(r"C:\WINDOWS\c.dll"), Collected::NotCollected);
        let listed = facts.folder(&path(r"C:\WINDOWS\system32"));
        let names: Vec<_> = listed.known().unwrap().iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["a.dll", "drivers"]);
    }

    #[test]
    fn facts_come_back_from_their_written_form() {
        let mut facts = Memory::default();
        facts.collect_key("HKLM").collect_folder(path("C:"), true);
        facts.set("HKLM\\A", "b", RegistryData::Binary(vec![1, 2]));
        facts.add_text_file(path(r"C:\boot.ini"), "[boot loader]");
        facts.set_users(Collected::Known(vec!["A".into()])).set_accounts(Collected::Absent);
        let text = serde_json::to_string(&facts).expect("facts are written");
        assert_eq!(serde_json::from_str::<Memory>(&text).expect("facts"), facts);
    }
}
