//! What the files of a machine say about its updates.
//!
//! A file is compared with the row that is meant for it: that of the machine's product, processor,
//! service pack and language, and of the branch, GDR or QFE, that the file is of. Comparing with the
//! lowest version in a table is the classic mistake.

mod evidence;
mod lineage;
mod manifest;
mod places;
#[cfg(test)]
pub(crate) mod replay;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use staunch_machine::{Facts, FileFacts, expand};
use staunch_model::{
    Collected, Component, FileState, FileVersion, OperatingSystem, VerifiedFile, WinPath,
};

pub(crate) use evidence::evidence;
use lineage::{Branch, of_text, of_version};
pub(crate) use manifest::{Manifests, Row, is_named};
use manifest::{Wanted, wanted};
use places::Places;

/// Files that lie in folders of their versions only, so that absence from others says nothing.
const SIDE_BY_SIDE: &[&str] = &["gdiplus.dll"];

/// Compares the files of one machine with those of updates.
pub(crate) struct Files<'a> {
    seen: &'a dyn Facts,
    system: &'a OperatingSystem,
    language: Option<&'a str>,
    places: Places,
    /// Files that the next start puts in place, by where they go.
    pending: HashMap<WinPath, WinPath>,
    read: Mutex<HashMap<WinPath, Collected<FileFacts>>>,
}

/// What the files say about one update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilesSay {
    /// Every file that is there has the fix.
    InForce(Vec<VerifiedFile>),
    /// Some file is older than the fix, or is replaced with an older one at the next start.
    Older(Vec<VerifiedFile>),
    /// The older files are replaced at the next start.
    Pending(Vec<VerifiedFile>),
    /// None of the files is on the machine, and every place that they go to could be seen.
    NoneThere(Vec<VerifiedFile>),
    /// The files that there are do not decide.
    Open(Vec<VerifiedFile>),
    /// Nothing is known of the files of this update on this machine.
    Nothing,
}

impl FilesSay {
    /// Returns every file with its state.
    pub(crate) fn files(&self) -> &[VerifiedFile] {
        match self {
            Self::InForce(files)
            | Self::Older(files)
            | Self::Pending(files)
            | Self::NoneThere(files)
            | Self::Open(files) => files,
            Self::Nothing => &[],
        }
    }
}

impl<'a> Files<'a> {
    /// Looks at where the files of a machine lie; nothing where they cannot be seen.
    pub(crate) fn of(
        seen: &'a dyn Facts,
        system: &'a OperatingSystem,
        language: Option<&'a str>,
    ) -> Option<Self> {
        let pending = match staunch_machine::pending_renames(seen) {
            Collected::Known(renames) => {
                renames.into_iter().filter_map(|rename| Some((rename.to?, rename.from))).collect()
            }
            Collected::Absent | Collected::NotCollected => HashMap::new(),
        };
        let places = Places::of(seen)?;
        Some(Self { seen, system, language, places, pending, read: Mutex::default() })
    }

    /// Says what the files say about an update with these rows, which is for Windows itself or for
    /// one of the components.
    pub(crate) fn say(&self, rows: &[Row], components: &[Component]) -> FilesSay {
        let wanted = wanted(rows, components, self.language);
        if wanted.is_empty() {
            return FilesSay::Nothing;
        }
        let files: Vec<VerifiedFile> = wanted.iter().flat_map(|file| self.verify(file)).collect();
        let any = |state: FileState| files.iter().any(|file| file.state == state);
        if any(FileState::Older) || any(FileState::Undone) {
            FilesSay::Older(files)
        } else if any(FileState::Pending) {
            FilesSay::Pending(files)
        } else if any(FileState::Open) || any(FileState::NotCollected) {
            FilesSay::Open(files)
        } else if any(FileState::Fixed) {
            FilesSay::InForce(files)
        } else if self.places.is_complete() {
            FilesSay::NoneThere(files)
        } else {
            FilesSay::Open(files)
        }
    }

    /// Compares every copy of one file.
    fn verify(&self, wanted: &Wanted) -> Vec<VerifiedFile> {
        let target = wanted.target.as_deref().and_then(|folder| expand(self.seen, folder));
        let paths: Vec<WinPath> = match target.and_then(|folder| folder.join(&wanted.name).ok()) {
            Some(path) => vec![path],
            None => self.places.find(&wanted.name, wanted.is_wow).to_vec(),
        };
        let expected = expected(&wanted.versions);
        let row = |path: String, state, found: Option<FileVersion>, branch: Option<Branch>| {
            VerifiedFile {
                path,
                branch: branch.map(|branch| branch.name().to_owned()),
                expected: expected.clone(),
                found: found.map(|version| version.to_string()),
                state,
            }
        };
        let mut files: Vec<VerifiedFile> = paths
            .iter()
            .map(|path| {
                let text = path.to_string();
                match self.file(path) {
                    Collected::Absent => row(text, FileState::Absent, None, None),
                    Collected::NotCollected => row(text, FileState::NotCollected, None, None),
                    Collected::Known(file) => {
                        let (now, branch) = self.compare(&file, &wanted.versions);
                        let state = match (now, self.at_next_start(path, wanted)) {
                            (FileState::Older, Some(FileState::Fixed)) => FileState::Pending,
                            (FileState::Fixed, Some(FileState::Older)) => FileState::Undone,
                            _ => now,
                        };
                        row(text, state, file.version.known().copied(), branch)
                    }
                }
            })
            .collect();
        if files.is_empty() {
            let is_elsewhere = SIDE_BY_SIDE.contains(&&*wanted.name);
            let state = if is_elsewhere { FileState::NotCollected } else { FileState::Absent };
            files.push(row(wanted.name.to_string(), state, None, None));
        }
        // Of several copies that disagree, none is known to be the one that is used.
        let any = |state: FileState| files.iter().any(|file| file.state == state);
        if any(FileState::Older) && any(FileState::Fixed) {
            for file in &mut files {
                file.state = FileState::Open;
            }
        }
        files
    }

    /// Compares a file with the versions that have the fix.
    fn compare(
        &self,
        file: &FileFacts,
        versions: &[(Option<Branch>, FileVersion)],
    ) -> (FileState, Option<Branch>) {
        let found = match &file.version {
            Collected::Known(version) => *version,
            Collected::Absent => return (FileState::Open, None),
            Collected::NotCollected => return (FileState::NotCollected, None),
        };
        let text = file.version_text.known().map(String::as_str);
        let branch =
            text.and_then(of_text).or_else(|| of_version(found, self.system.family).branch);
        // Of a component that has several versions, each with its own fix, only that which is there
        // counts.
        let major = |version: FileVersion| version.parts()[0];
        let has_own = versions.iter().any(|(_, version)| major(*version) == major(found));
        let versions: Vec<(Option<Branch>, FileVersion)> = versions
            .iter()
            .filter(|(_, version)| !has_own || major(*version) == major(found))
            .copied()
            .collect();
        let all = || versions.iter().map(|(_, version)| *version);
        let (Some(lowest), Some(highest)) = (all().min(), all().max()) else {
            return (FileState::Open, branch);
        };
        if found >= highest {
            return (FileState::Fixed, branch);
        }
        if found < lowest {
            return (FileState::Older, branch);
        }
        // Between the branches only the file's own decides.
        let own: Vec<FileVersion> = versions
            .iter()
            .filter(|(of, _)| of.is_some() && *of == branch)
            .map(|(_, version)| *version)
            .collect();
        match own.as_slice() {
            [fixed] if found >= *fixed => (FileState::Fixed, branch),
            [_] => (FileState::Older, branch),
            _ => (FileState::Open, branch),
        }
    }

    /// Compares the file that the next start puts into the place of another, where there is one.
    fn at_next_start(&self, path: &WinPath, wanted: &Wanted) -> Option<FileState> {
        let file = self.file(self.pending.get(path)?);
        file.known().map(|file| self.compare(file, &wanted.versions).0)
    }

    /// Reads what a file says of itself, once.
    fn file(&self, path: &WinPath) -> Collected<FileFacts> {
        let read = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = read().get(path) {
            return file.clone();
        }
        let file = self.seen.file(path);
        read().insert(path.clone(), file.clone());
        file
    }
}

/// Writes the versions that have the fix: `5.1.2600.2763 (GDR), 5.1.2600.2764 (QFE)`.
fn expected(versions: &[(Option<Branch>, FileVersion)]) -> String {
    let all: std::collections::BTreeSet<FileVersion> =
        versions.iter().map(|(_, version)| *version).collect();
    let one = |version: &FileVersion| {
        let branches: Vec<&str> = versions
            .iter()
            .filter(|(_, other)| other == version)
            .filter_map(|(branch, _)| branch.map(Branch::name))
            .collect();
        match branches.as_slice() {
            [one] if all.len() > 1 => format!("{version} ({one})"),
            _ => version.to_string(),
        }
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use staunch_machine::{CURRENT_VERSION, Memory};

    use super::*;

    #[test]
    fn a_file_that_lies_side_by_side_only_is_not_said_to_be_absent() {
        let path = |text: &str| text.parse::<WinPath>().expect("a path");
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
        facts.collect_folder(path(r"C:\"), true);
        facts.add_file(path(r"C:\WINDOWS\system32\ntoskrnl.exe"), FileFacts::default());
        let system = "Windows XP Service Pack 1".parse().expect("a system");
        let files = Files::of(&facts, &system, None).expect("files that can be seen");
        let state = |name: &str| {
            let versions = vec![(None, "5.1.3102.1360".parse().expect("a version"))];
            let wanted = Wanted { name: name.into(), target: None, is_wow: false, versions };
            files.verify(&wanted)[0].state
        };
        assert_eq!(state("gdiplus.dll"), FileState::NotCollected);
        assert_eq!(state("helpctr.exe"), FileState::Absent);
    }
}
