//! A Windows installation that is not running, seen through the files of its volume.

pub(crate) mod executable;
pub(crate) mod hive_file;
mod letters;
mod medium;
mod open;
pub(crate) mod profiles;
pub(crate) mod registry;
mod warnings;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use staunch_format::hive::Key;
use staunch_format::volume::resolve::{Resolved, resolve};
use staunch_format::volume::{Content, FileId, Metadata, Reparse, Volume, VolumeError};
use staunch_format::{Fault, ReadAt};
use staunch_model::{Collected, Warning, WinPath};

pub use medium::{Installation, Medium, MediumError};
pub(crate) use warnings::Warnings;

use hive_file::{Budget, HiveFile, HiveState};
use profiles::Profile;
use registry::Found;

use crate::facts::{
    Account, Facts, FileFacts, FolderEntry, RegistryData, RegistryKey, VolumeFacts,
};
use crate::observe::accounts_in_sam;

/// Keys on the way to one key that may stand for another.
const MOST_LINKS: usize = 16;

/// Names of one folder that are listed; the largest folder of Windows has some 50,000.
const MOST_NAMES: usize = 1 << 20;

/// Folders whose places are kept.
const MOST_FOLDERS: usize = 4096;

/// A Windows installation in a folder or on a disk image.
///
/// Nothing runs and nothing is redirected: files are those that 64-bit programs see. What is
/// damaged is not collected, and [`Facts::warnings`] says where and how.
pub struct Offline {
    kind: &'static str,
    /// `C:\WINDOWS`.
    windows: WinPath,
    /// The volumes that have letters; the one of Windows stands first.
    mounted: Vec<Mounted>,
    volumes: Collected<Vec<VolumeFacts>>,
    /// Folder of the hives on the volume of Windows.
    config: FileId,
    hives: Hives,
    /// Name of the control set that Windows starts with.
    control_set: Option<String>,
    profiles: OnceLock<Collected<Vec<Profile>>>,
    folders: Mutex<HashMap<WinPath, Option<FileId>>>,
    budget: Budget,
    warnings: Arc<Warnings>,
}

/// A volume under its drive letter.
struct Mounted {
    letter: char,
    volume: Box<dyn Volume>,
}

/// The hives of the machine, each read when it is first asked for.
#[derive(Default)]
struct Hives {
    software: OnceLock<HiveState>,
    system: OnceLock<HiveState>,
    sam: OnceLock<HiveState>,
    security: OnceLock<HiveState>,
    default: OnceLock<HiveState>,
}

impl Offline {
    /// Returns the folder that Windows is installed in.
    pub fn windows(&self) -> &WinPath {
        &self.windows
    }

    /// Finds a file or folder; absent only where every folder on the way could be read.
    fn locate(&self, path: &WinPath) -> Collected<(&Mounted, FileId)> {
        let Some(mounted) = self.mounted.iter().find(|mounted| mounted.letter == path.drive())
        else {
            let message = "the drive is none of the volumes that can be seen";
            self.warnings.add(&format_args!("{}:", path.drive()), message);
            return Collected::NotCollected;
        };
        match self.resolve(mounted, path) {
            Ok(Resolved::File(file)) => Collected::Known((mounted, file)),
            Ok(Resolved::Missing) => Collected::Absent,
            Ok(Resolved::Outside { target }) => {
                let message = format_args!("a link leads to {target}, which cannot be seen");
                self.warnings.add(path, message);
                Collected::NotCollected
            }
            Err(error) => self.failed(path, &error),
        }
    }

    /// Follows a path; the places of folders that were found are kept.
    fn resolve(&self, mounted: &Mounted, path: &WinPath) -> Result<Resolved, VolumeError> {
        let volume = &*mounted.volume;
        let whole = |path: &WinPath| {
            let names: Vec<&str> = path.names().collect();
            resolve(volume, mounted.letter, &names)
        };
        if path.name().is_empty() {
            return Ok(Resolved::File(volume.root()));
        }
        let parent = path.parent();
        let known =
            self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(&parent).copied();
        let folder = match known {
            Some(folder) => folder,
            None => {
                let folder = match whole(&parent)? {
                    Resolved::File(folder) => Some(folder),
                    Resolved::Missing => None,
                    outside @ Resolved::Outside { .. } => return Ok(outside),
                };
                let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
                if folders.len() == MOST_FOLDERS {
                    folders.clear();
                }
                folders.insert(parent, folder);
                folder
            }
        };
        let Some(folder) = folder else { return Ok(Resolved::Missing) };
        let entry = match volume.lookup(folder, path.name()) {
            Ok(Some(entry)) => entry,
            Ok(None) | Err(VolumeError::NotAFolder { .. }) => return Ok(Resolved::Missing),
            Err(error) => return Err(error),
        };
        match volume.metadata(entry.file)?.reparse {
            Some(Reparse::MountPoint { .. } | Reparse::SymbolicLink { .. }) => whole(path),
            Some(Reparse::Other { .. }) | None => Ok(Resolved::File(entry.file)),
        }
    }

    /// Finds a file that is no folder, and opens it.
    fn open_file(&self, path: &WinPath) -> Collected<(Metadata, Option<Content<'_>>)> {
        let (mounted, file) = match self.locate(path) {
            Collected::Known(found) => found,
            Collected::Absent => return Collected::Absent,
            Collected::NotCollected => return Collected::NotCollected,
        };
        let metadata = match mounted.volume.metadata(file) {
            Ok(metadata) if metadata.is_directory => return Collected::Absent,
            Ok(metadata) => metadata,
            Err(error) => return self.failed(path, &error),
        };
        match mounted.volume.open(file, "") {
            Ok(content) => Collected::Known((metadata, Some(content))),
            Err(error) => {
                self.warnings.add_error(path, &error);
                Collected::Known((metadata, None))
            }
        }
    }

    /// Tells why something cannot be known.
    fn failed<T>(&self, path: &WinPath, error: &VolumeError) -> Collected<T> {
        self.warnings.add_error(path, error);
        Collected::NotCollected
    }

    /// Reads something of a key, with keys that stand for others followed.
    fn with_key<T>(
        &self,
        path: &str,
        read: impl Fn(&HiveFile, &Key<'_>) -> Collected<T>,
    ) -> Collected<T> {
        let mut path = path.to_owned();
        for _ in 0..=MOST_LINKS {
            let names: Vec<&str> = path.split('\\').filter(|name| !name.is_empty()).collect();
            let Some((HiveState::Open(file), names)) = self.hive(&names) else {
                return Collected::NotCollected;
            };
            match registry::find(file, &names, &self.warnings) {
                Found::Key(key) => return read(file, &key),
                Found::Absent => return Collected::Absent,
                Found::Damaged => return Collected::NotCollected,
                Found::Link(target) => path = target,
            }
        }
        self.warnings.add(&path, format_args!("more than {MOST_LINKS} links between keys"));
        Collected::NotCollected
    }

    /// Returns the hive that a path begins in, and the names within it.
    fn hive<'n>(&'n self, names: &[&'n str]) -> Option<(&'n HiveState, Vec<&'n str>)> {
        let (root, rest) = names.split_first()?;
        let (part, rest) = rest.split_first()?;
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        if is(root, "HKU") {
            let state = if is(part, ".DEFAULT") {
                self.load(&self.hives.default, "DEFAULT")
            } else {
                let profiles = self.profiles().known()?;
                profiles.iter().find(|profile| is(&profile.name, part))?.hive(self)
            };
            return Some((state, rest.to_vec()));
        }
        if !is(root, "HKLM") {
            return None;
        }
        let (slot, file) = match part.to_ascii_uppercase().as_str() {
            "SOFTWARE" => (&self.hives.software, "SOFTWARE"),
            "SYSTEM" => (&self.hives.system, "SYSTEM"),
            "SAM" => (&self.hives.sam, "SAM"),
            "SECURITY" => (&self.hives.security, "SECURITY"),
            // What is made when Windows starts is in no file.
            _ => return None,
        };
        let mut rest = rest.to_vec();
        if let ("SYSTEM", Some(first)) = (file, rest.first_mut())
            && is(first, "CurrentControlSet")
        {
            *first = self.control_set.as_deref()?;
        }
        Some((self.load(slot, file), rest))
    }

    fn load<'h>(&'h self, slot: &'h OnceLock<HiveState>, file: &str) -> &'h HiveState {
        slot.get_or_init(|| {
            let name = format!("{}\\system32\\config\\{file}", self.windows);
            let (volume, config) = (&*self.mounted[0].volume, self.config);
            HiveFile::load(volume, config, file, name, &self.budget, &self.warnings)
        })
    }

    fn profiles(&self) -> &Collected<Vec<Profile>> {
        self.profiles.get_or_init(|| profiles::profiles(self))
    }
}

impl Facts for Offline {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn key(&self, path: &str) -> Collected<RegistryKey> {
        self.with_key(path, |file, key| registry::key(file, key, &self.warnings))
    }

    fn file(&self, path: &WinPath) -> Collected<FileFacts> {
        self.open_file(path).map(|(metadata, content)| match content {
            Some(content) => executable::facts(&path.to_string(), &*content, &self.warnings),
            None => FileFacts { size: Collected::Known(metadata.length), ..FileFacts::default() },
        })
    }

    fn folder(&self, path: &WinPath) -> Collected<Vec<FolderEntry>> {
        let (mounted, folder) = match self.locate(path) {
            Collected::Known(found) => found,
            Collected::Absent => return Collected::Absent,
            Collected::NotCollected => return Collected::NotCollected,
        };
        let mut entries = Vec::new();
        let mut damage: Option<Fault> = None;
        let listed = mounted.volume.list(folder, &mut |entry| {
            match entry {
                Ok(_) if entries.len() == MOST_NAMES => {
                    let expected = format_args!("at most {MOST_NAMES} names");
                    damage = Some(Fault::new("folder", 0, expected, "more"));
                }
                Ok(entry) => entries.push(FolderEntry {
                    name: entry.name.to_string(),
                    is_folder: entry.is_directory,
                }),
                Err(fault) => damage = Some(fault),
            }
            if damage.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match (listed, damage) {
            (Ok(()), None) => Collected::Known(entries),
            // A list with gaps is none.
            (Ok(()), Some(fault)) => self.failed(path, &fault.into()),
            (Err(VolumeError::NotAFolder { .. }), _) => Collected::Absent,
            (Err(error), _) => self.failed(path, &error),
        }
    }

    fn content(&self, path: &WinPath, most: usize) -> Collected<Vec<u8>> {
        let content = match self.open_file(path) {
            Collected::Known((_, Some(content))) => content,
            Collected::Known((_, None)) | Collected::NotCollected => {
                return Collected::NotCollected;
            }
            Collected::Absent => return Collected::Absent,
        };
        let Some(length) = usize::try_from(content.len()).ok().filter(|length| *length <= most)
        else {
            let message = format_args!("expected at most {most} bytes, found {}", content.len());
            self.warnings.add(path, message);
            return Collected::NotCollected;
        };
        let mut bytes = vec![0; length];
        match content.read_at(0, &mut bytes) {
            Ok(()) => Collected::Known(bytes),
            Err(error) => self.failed(path, &error.into()),
        }
    }

    fn users(&self) -> Collected<Vec<String>> {
        match self.profiles() {
            Collected::Known(profiles) => {
                Collected::Known(profiles.iter().map(|profile| profile.name.clone()).collect())
            }
            Collected::Absent => Collected::Absent,
            Collected::NotCollected => Collected::NotCollected,
        }
    }

    fn accounts(&self) -> Collected<Vec<Account>> {
        accounts_in_sam(self)
    }

    fn volumes(&self) -> Collected<Vec<VolumeFacts>> {
        self.volumes.clone()
    }

    fn warnings(&self) -> Vec<Warning> {
        self.warnings.all()
    }

    fn lacks_last_writes(&self) -> bool {
        let software = self.hives.software.get();
        matches!(software, Some(HiveState::Open(file)) if file.lacks_last_writes)
    }

    fn value(&self, path: &str, name: &str) -> Collected<RegistryData> {
        self.with_key(path, |file, key| registry::value(file, key, name, &self.warnings))
    }
}
