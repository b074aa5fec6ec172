use std::sync::Mutex;

use staunch_machine::{Account, Facts, FileFacts, FolderEntry, Memory, RegistryKey, VolumeFacts};
use staunch_model::{Collected, Warning, WinPath};

/// Facts that note what is asked of them.
pub(super) struct Recorder<'a> {
    facts: &'a Memory,
    asked: Mutex<Vec<String>>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(facts: &'a Memory) -> Self {
        Self { facts, asked: Mutex::default() }
    }

    /// Asserts that everything that was asked for lies inside what a check says it reads.
    pub(super) fn assert_asked_only_for(&self, reads: &[&str], check: &str) {
        for asked in self.asked.lock().expect("one thread").iter() {
            let covered = reads.iter().any(|read| covers(read, asked));
            assert!(covered, "{check} asked for {asked}, which it does not say it reads");
        }
    }

    fn note(&self, asked: impl Into<String>) {
        self.asked.lock().expect("one thread").push(asked.into());
    }
}

/// Tells whether a path is the one that is read or lies below it. A star in the latter stands for
/// one name or a part of it, a name between percent signs for any folder; what lies below a path
/// that ends with a separator is not covered.
fn covers(read: &str, asked: &str) -> bool {
    let names = |path: &str| -> Vec<String> {
        path.to_lowercase().split('\\').map(str::to_owned).collect()
    };
    let same = |read: &str, asked: &str| match read.split_once('*') {
        Some((start, end)) => asked.starts_with(start) && asked.ends_with(end),
        None => read == asked,
    };
    let starts = |read: &[String], asked: &[String]| {
        asked.len() >= read.len() && read.iter().zip(asked).all(|(read, asked)| same(read, asked))
    };
    if let Some(read) = read.strip_suffix('\\') {
        let (read, asked) = (names(read), names(asked));
        return asked.len() == read.len() && starts(&read, &asked);
    }
    let (read, asked) = (names(read), names(asked));
    match read.split_first() {
        Some((folder, below)) if folder.starts_with('%') => {
            (0..asked.len()).any(|at| starts(below, &asked[at..]))
        }
        _ => starts(&read, &asked),
    }
}

impl Facts for Recorder<'_> {
    fn kind(&self) -> &'static str {
        self.facts.kind()
    }

    fn key(&self, path: &str) -> Collected<RegistryKey> {
        self.note(path);
        self.facts.key(path)
    }

    fn file(&self, path: &WinPath) -> Collected<FileFacts> {
        self.note(path.to_string());
        self.facts.file(path)
    }

    fn folder(&self, path: &WinPath) -> Collected<Vec<FolderEntry>> {
        self.note(path.to_string());
        self.facts.folder(path)
    }

    fn content(&self, path: &WinPath, most: usize) -> Collected<Vec<u8>> {
        self.note(path.to_string());
        self.facts.content(path, most)
    }

    fn users(&self) -> Collected<Vec<String>> {
        self.note("profiles");
        self.facts.users()
    }

    fn accounts(&self) -> Collected<Vec<Account>> {
        self.note("local accounts");
        self.facts.accounts()
    }

    fn volumes(&self) -> Collected<Vec<VolumeFacts>> {
        self.note("volumes");
        self.facts.volumes()
    }

    fn warnings(&self) -> Vec<Warning> {
        self.facts.warnings()
    }
}

#[test]
fn what_is_read_covers_what_lies_below_it_and_nothing_beside() {
    for (read, asked, expected) in [
        (r"HKLM\SOFTWARE\A", r"hklm\software\a\b", true),
        (r"HKLM\SOFTWARE\A", r"HKLM\SOFTWARE\AB", false),
        (r"HKLM\SOFTWARE\A", r"HKLM\SOFTWARE", false),
        (r"HKLM\SOFTWARE\A\", r"HKLM\SOFTWARE\A", true),
        (r"HKLM\SOFTWARE\*\", r"HKLM\SOFTWARE\A", true),
        (r"HKLM\SOFTWARE\A\", r"HKLM\SOFTWARE\A\B", false),
        (r"HKU\*\Software", r"HKU\Anna\Software\B", true),
        (r"HKLM\X\MSSQL*", r"HKLM\X\MSSQL$OWN", true),
        (r"%SystemRoot%\a\b.xml", r"C:\WINDOWS\a\b.xml", true),
        (r"%SystemRoot%\a\b.xml", r"C:\WINDOWS\a", false),
        ("volumes", "local accounts", false),
    ] {
        assert_eq!(covers(read, asked), expected, "{read} and {asked}");
    }
}
