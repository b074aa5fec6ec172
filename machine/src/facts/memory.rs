use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use staunch_model::{Collected, Warning, WinPath, fold_file_name};

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
    /// What could not be read where the facts were collected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Registry {
    /// Keys that were collected with everything below them.
    collected: BTreeSet<KeyPath>,
    keys: BTreeMap<KeyPath, Vec<RegistryValue>>,
    /// Keys that are there and were not collected.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    named: BTreeSet<KeyPath>,
    /// Keys of which every key right below is among the others here.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    listed: BTreeSet<KeyPath>,
    /// Whether what Windows wrote last is not here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    lacks_last_writes: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Files {
    /// Folders whose files were collected, and whether those in the folders below were too.
    collected: BTreeMap<WinPath, bool>,
    files: BTreeMap<WinPath, FileFacts>,
    /// Folders that are there, whether their files were collected or not.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    folders: BTreeSet<WinPath>,
    /// Folders that are not there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    absent: BTreeSet<WinPath>,
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

    /// Adds the name of a key that is there and is not collected.
    pub fn name_key(&mut self, path: &str) -> &mut Self {
        self.registry.named.insert(KeyPath(path.to_owned()));
        self
    }

    /// Says that every key right below a key was added or named.
    pub fn list_key(&mut self, path: &str) -> &mut Self {
        self.registry.listed.insert(KeyPath(path.to_owned()));
        self
    }

    /// Takes out a key, of which the name stays.
    pub(crate) fn forget_key(&mut self, path: &str) {
        self.registry.keys.remove(&KeyPath(path.to_owned()));
        self.name_key(path);
    }

    /// Adds a key with values, after those that it may have.
    pub(crate) fn put_key(&mut self, path: &str, values: Vec<RegistryValue>) {
        self.registry.keys.entry(KeyPath(path.to_owned())).or_default().extend(values);
    }

    /// Tells whether a key was added.
    pub(crate) fn has_key(&self, path: &str) -> bool {
        self.registry.keys.contains_key(&KeyPath(path.to_owned()))
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

    /// Adds the name of a folder that is there.
    pub fn name_folder(&mut self, path: WinPath) -> &mut Self {
        self.files.folders.insert(path);
        self
    }

    /// Says that a folder is not there.
    pub fn lack_folder(&mut self, path: WinPath) -> &mut Self {
        self.files.absent.insert(path);
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
        self.set_content(path.clone(), text)
            .add_file(path, FileFacts { size, ..FileFacts::default() })
    }

    /// Adds the content of a file, or the part of it that is of interest.
    pub fn set_content(&mut self, path: WinPath, text: &str) -> &mut Self {
        self.files.contents.insert(path, text.to_owned());
        self
    }

    /// Says whether the registry lacks what Windows wrote to it last.
    pub fn set_lacks_last_writes(&mut self, lacks: bool) -> &mut Self {
        self.registry.lacks_last_writes = lacks;
        self
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

    /// Adds what could not be read where the facts were collected.
    pub fn add_warning(&mut self, warning: Warning) -> &mut Self {
        self.warnings.push(warning);
        self
    }
}

impl Memory {
    /// Adds what was collected of the same installation apart from this.
    ///
    /// # Errors
    /// The first key or kind of facts about which the two disagree; nothing is added then.
    pub(crate) fn unite(&mut self, other: &Self) -> Result<(), String> {
        if let Some(key) = self.disagreement(other).or_else(|| other.disagreement(self)) {
            return Err(key);
        }
        let files = one(&self.files, &other.files, Files::is_empty).ok_or("files")?;
        let users = one(&self.users, &other.users, Collected::is_not_collected).ok_or("users")?;
        let accounts =
            one(&self.accounts, &other.accounts, Collected::is_not_collected).ok_or("accounts")?;
        let volumes =
            one(&self.volumes, &other.volumes, Collected::is_not_collected).ok_or("volumes")?;
        (self.files, self.users, self.accounts, self.volumes) = (files, users, accounts, volumes);
        let from = other.registry.clone();
        self.registry.collected.extend(from.collected);
        self.registry.keys.extend(from.keys);
        self.registry.named.extend(from.named);
        self.registry.listed.extend(from.listed);
        self.registry.lacks_last_writes |= from.lacks_last_writes;
        self.warnings.extend(other.warnings.iter().cloned());
        Ok(())
    }

    /// Finds a key that is here and that the other knows not to be there, or to be different.
    fn disagreement(&self, other: &Self) -> Option<String> {
        let here = self.registry.keys.keys().chain(&self.registry.named);
        let differs = |path: &&KeyPath| {
            let (ours, theirs) = (self.registry.keys.get(path), other.registry.keys.get(path));
            let is_other = matches!((ours, theirs), (Some(a), Some(b)) if sorted(a) != sorted(b));
            is_other || other.key(&path.0) == Collected::Absent
        };
        here.into_iter().find(differs).map(|path| path.0.clone())
    }
}

/// Returns the one of two that was collected, or either where they are the same.
fn one<T: Clone + PartialEq>(a: &T, b: &T, is_empty: impl Fn(&T) -> bool) -> Option<T> {
    match (is_empty(a), is_empty(b)) {
        (_, true) => Some(a.clone()),
        (true, false) => Some(b.clone()),
        (false, false) => (a == b).then(|| a.clone()),
    }
}

/// Returns values in the order of their names, which no collection keeps.
fn sorted(values: &[RegistryValue]) -> Vec<(String, &RegistryData)> {
    let mut values: Vec<_> =
        values.iter().map(|value| (value.name.to_lowercase(), &value.data)).collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
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
        let is_complete = registry.is_complete(&path);
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
        let mut entries: BTreeMap<String, FolderEntry> = BTreeMap::new();
        let files = self.files.files.range(path..).map(|(file, _)| file);
        let files = below(files, path).map(|file| (file, false));
        let folders = below(self.files.folders.range(path..), path).map(|folder| (folder, true));
        for (found, is_folder) in folders.chain(files) {
            let mut names = found.names().skip(depth);
            let Some(name) = names.next() else { continue };
            let is_folder = is_folder || names.next().is_some();
            let entry = FolderEntry { name: name.to_owned(), is_folder };
            entries.entry(fold_file_name(name)).or_insert(entry);
        }
        let is_there = self.files.collected.contains_key(path)
            || self.files.folders.contains(path)
            || !entries.is_empty();
        match is_there && !self.files.is_absent(path) {
            true => Collected::Known(entries.into_values().collect()),
            false => Collected::Absent,
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
        self.warnings.clone()
    }

    fn lacks_last_writes(&self) -> bool {
        self.registry.lacks_last_writes
    }
}

impl Registry {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lists the names of the keys right below a key.
    fn subkeys(&self, path: &KeyPath) -> Vec<String> {
        let start = KeyPath(format!("{}\\", path.0));
        let keys = self.keys.range(start.clone()..).map(|(below, _)| below);
        let named = self.named.range(start.clone()..);
        let mut names: BTreeMap<KeyPath, &str> = BTreeMap::new();
        let inside = |below: &&KeyPath| below.is_inside(path);
        for below in keys.take_while(inside).chain(named.take_while(inside)) {
            let name = below.0[start.0.len()..].split('\\').next().unwrap_or_default();
            names.entry(KeyPath(name.to_owned())).or_insert(name);
        }
        names.into_values().map(str::to_owned).collect()
    }

    /// Tells whether a key that is not here is known not to be there.
    fn is_complete(&self, path: &KeyPath) -> bool {
        let mut above = Some(path.0.as_str());
        let mut is_below_there = true;
        while let Some(text) = above {
            let key = KeyPath(text.to_owned());
            if self.named.contains(&key) && !self.keys.contains_key(&key) {
                return false;
            }
            if self.collected.contains(&key) || !is_below_there && self.listed.contains(&key) {
                return true;
            }
            is_below_there = self.keys.contains_key(&key);
            above = text.rsplit_once('\\').map(|(above, _)| above);
        }
        false
    }
}

/// Keeps the paths that lie below a folder among those that follow it in their order.
fn below<'m>(
    following: impl Iterator<Item = &'m WinPath>,
    folder: &WinPath,
) -> impl Iterator<Item = &'m WinPath> {
    // Names that only begin like that of the folder may stand between it and what lies in it.
    let start = fold_file_name(&folder.to_string());
    following
        .take_while(move |path| fold_file_name(&path.to_string()).starts_with(&start))
        .filter(move |path| *path != folder && path.is_inside(folder))
}

impl Files {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn is_collected(&self, folder: &WinPath) -> bool {
        self.is_absent(folder)
            || self
                .collected
                .iter()
                .any(|(known, below)| known == folder || (*below && folder.is_inside(known)))
    }

    /// Tells whether a folder is known not to be there: it or one above it is said not to be, or is
    /// not in the list of the folder that it would lie in.
    fn is_absent(&self, folder: &WinPath) -> bool {
        let mut folder = folder.clone();
        while !folder.name().is_empty() {
            let parent = folder.parent();
            let is_listed = self.collected.contains_key(&parent);
            if self.absent.contains(&folder) || is_listed && !self.is_there(&folder) {
                return true;
            }
            folder = parent;
        }
        false
    }

    /// Tells whether anything here says that a folder is there.
    fn is_there(&self, folder: &WinPath) -> bool {
        self.folders.contains(folder)
            || self.collected.contains_key(folder)
            || below(self.files.range(folder..).map(|(file, _)| file), folder).next().is_some()
            || below(self.folders.range(folder..), folder).next().is_some()
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
    fn a_key_whose_name_alone_is_known_is_listed_and_not_answered() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\A").add_key(r"HKLM\A").add_key(r"HKLM\A\b");
        facts.name_key(r"HKLM\A\C").name_key(r"HKLM\A\B");
        let listed = facts.key(r"HKLM\A");
        assert_eq!(listed.known().expect("a key").subkeys, ["b", "C"]);
        assert!(facts.key(r"HKLM\A\b").known().is_some());
        assert_eq!(facts.key(r"HKLM\A\b\c"), Collected::Absent);
        assert_eq!(facts.key(r"HKLM\A\c"), Collected::NotCollected);
        assert_eq!(facts.key(r"HKLM\A\c\d"), Collected::NotCollected);
        assert_eq!(facts.key(r"HKLM\A\d"), Collected::Absent);
        facts.add_key(r"HKLM\B\b").name_key(r"HKLM\B\c").list_key(r"HKLM\B");
        assert_eq!(facts.key(r"HKLM\B"), Collected::NotCollected);
        assert_eq!(facts.key(r"HKLM\B\a\a"), Collected::Absent);
        assert_eq!(facts.key(r"HKLM\B\b\a"), Collected::NotCollected);
        assert_eq!(facts.key(r"HKLM\B\c\a"), Collected::NotCollected);
        facts.collect_key(r"HKLM\A\C\E");
        assert_eq!(facts.key(r"HKLM\A\C\e\f"), Collected::Absent);
    }

    #[test]
    fn a_folder_is_there_absent_or_unknown() {
        let mut facts = Memory::default();
        facts.collect_folder(path(r"C:\WINNT"), false).lack_folder(path(r"C:\WINNT\ehome"));
        facts.name_folder(path(r"C:\WINNT\system32")).name_folder(path(r"C:\WINNT [old]"));
        facts.add_file(path(r"C:\WINNT\win.ini"), FileFacts::default());
        let listed = |text: &str| match facts.folder(&path(text)) {
            Collected::Known(entries) => entries
                .into_iter()
                .map(|entry| if entry.is_folder { entry.name + "\\" } else { entry.name })
                .collect(),
            Collected::Absent => vec!["absent".to_owned()],
            Collected::NotCollected => vec!["unknown".to_owned()],
        };
        assert_eq!(listed(r"c:\winnt"), [r"system32\", "win.ini"]);
        assert_eq!(listed(r"C:\WINNT\system32"), ["unknown"]);
        assert_eq!(listed(r"C:\WINNT\ehome"), ["absent"]);
        assert_eq!(listed(r"C:\WINNT\ehome\a"), ["absent"]);
        assert_eq!(facts.file(&path(r"C:\WINNT\ehome\a.dll")), Collected::Absent);
        assert_eq!(listed(r"C:\WINNT\netmon\parsers"), ["absent"], "not in the list of WINNT");
        assert_eq!(listed(r"C:\WINNT [old]"), ["unknown"]);
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
