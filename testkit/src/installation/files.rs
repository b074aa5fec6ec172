//! Files and folders of a volume, whose names are compared as Windows does.

use std::collections::BTreeMap;

/// Files and folders by their paths in upper case, with `\` between names.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// The path as it was first written.
    path: String,
    /// Nothing for folders.
    content: Option<Vec<u8>>,
}

impl Files {
    /// Puts a file, with the folders on its way; what is there keeps its spelling.
    pub(super) fn put(&mut self, path: &str, content: Vec<u8>) {
        self.entry(path, Some(content));
    }

    /// Puts a file unless it is there; then it takes the spelling of its name from the path.
    pub(super) fn put_missing(&mut self, path: &str, content: impl FnOnce() -> Vec<u8>) {
        match self.entries.get_mut(&path.to_uppercase()) {
            Some(entry) => path.clone_into(&mut entry.path),
            None => self.put(path, content()),
        }
    }

    /// Makes a folder, with the folders on its way.
    pub(super) fn folder(&mut self, path: &str) {
        self.entry(path, None);
    }

    /// Removes a file or a folder with all that it holds, and tells whether it was there.
    pub(super) fn remove(&mut self, path: &str) -> bool {
        let key = path.to_uppercase();
        let below = format!("{key}\\");
        let before = self.entries.len();
        self.entries.retain(|path, _| *path != key && !path.starts_with(&below));
        self.entries.len() < before
    }

    /// Returns the paths; those of folders have no content and stand before what they hold.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.entries.values().map(|entry| (entry.path.as_str(), entry.content.as_deref()))
    }

    fn entry(&mut self, path: &str, content: Option<Vec<u8>>) {
        let mut spelled = String::new();
        let names: Vec<&str> = path.split('\\').filter(|name| !name.is_empty()).collect();
        assert!(!names.is_empty(), "{path:?} names nothing");
        for (at, name) in names.iter().enumerate() {
            let above = if at == 0 { String::new() } else { format!("{spelled}\\") };
            spelled = format!("{above}{name}");
            let is_last = at + 1 == names.len();
            let key = spelled.to_uppercase();
            let entry =
                self.entries.entry(key).or_insert(Entry { path: spelled.clone(), content: None });
            if is_last && content.is_some() {
                entry.content.clone_from(&content);
            }
            assert!(is_last || entry.content.is_none(), "{:?} is no folder", entry.path);
            spelled.clone_from(&entry.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_are_one() {
        let mut files = Files::default();
        files.put("WINNT\\system32\\kernel32.dll", vec![1]);
        files.put("\\winnt\\SYSTEM32\\KERNEL32.DLL", vec![2]);
        files.folder("WinNT\\Temp");
        let listed: Vec<_> = files.iter().collect();
        let expected: [(&str, Option<&[u8]>); 4] = [
            ("WINNT", None),
            ("WINNT\\system32", None),
            ("WINNT\\system32\\kernel32.dll", Some(&[2])),
            ("WINNT\\Temp", None),
        ];
        assert_eq!(listed, expected);
        assert!(files.remove("winnt\\System32") && !files.remove("winnt\\System32"));
        files.put_missing("WINNT\\new", || vec![3]);
        files.put_missing("WINNT\\NEW", || vec![4]);
        let left: Vec<_> = files.iter().collect();
        let new: &[u8] = &[3];
        assert_eq!(left, [("WINNT", None), ("WINNT\\NEW", Some(new)), ("WINNT\\Temp", None)]);
    }
}
