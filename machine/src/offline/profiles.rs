//! People and their profiles.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use staunch_format::volume::{FileId, Volume};
use staunch_model::{Collected, WinPath, fold_file_name};

use super::hive_file::{Budget, HiveFile, HiveState};
use super::{Offline, Warnings};
use crate::facts::Facts;
use crate::observe::expand;

/// Key that lists the profiles by the identifiers of their owners.
pub(crate) const PROFILE_LIST: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";

/// Profiles of one installation that are told of.
pub(crate) const MOST_PROFILES: usize = 4096;

/// Hives of a person; one that a person cannot change has the other name.
const HIVES: &[&str] = &["NTUSER.DAT", "NTUSER.MAN"];

/// Profiles that belong to nobody: the model of new ones, what all share, and services.
const NOBODY: &[&str] = &[
    "All Users",
    "Default",
    "Default User",
    "Default.migrated",
    "defaultuser0",
    "LocalService",
    "NetworkService",
    "Public",
];

/// Identifiers of the services: they have profiles and are no people.
const SERVICES: &[&str] = &["S-1-5-18", "S-1-5-19", "S-1-5-20"];

/// Tells whether the folder of a profile belongs to no person.
pub(crate) fn is_nobody(folder: &str) -> bool {
    folder.is_empty() || NOBODY.iter().any(|nobody| nobody.eq_ignore_ascii_case(folder))
}

/// Tells whether an identifier is that of a service.
pub(crate) fn is_service(sid: &str) -> bool {
    SERVICES.iter().any(|service| service.eq_ignore_ascii_case(sid))
}

/// The part of the registry of one person.
pub(super) struct Profile {
    pub(super) name: String,
    folder: WinPath,
    hive: OnceLock<HiveState>,
}

impl Profile {
    /// Returns the hive, which is read when it is first asked for.
    pub(super) fn hive(&self, offline: &Offline) -> &HiveState {
        self.hive.get_or_init(|| {
            let Collected::Known((mounted, folder)) = offline.locate(&self.folder) else {
                offline.warnings.add(&self.folder, "the profile is on no volume that can be seen");
                return HiveState::Unreadable;
            };
            let (volume, budget) = (&*mounted.volume, &offline.budget);
            load(volume, folder, &self.folder, budget, &offline.warnings)
        })
    }
}

/// Loads the part of the registry that lies in the folder of a profile.
pub(crate) fn load(
    volume: &dyn Volume,
    folder: FileId,
    path: &WinPath,
    budget: &Budget,
    warnings: &Warnings,
) -> HiveState {
    for file in HIVES {
        let name = format!("{path}\\{file}");
        match HiveFile::load(volume, folder, file, name, budget, warnings) {
            HiveState::Absent => {}
            state => return state,
        }
    }
    HiveState::Absent
}

/// Lists the profiles: those that Windows lists, and those in the usual folders.
pub(super) fn profiles(offline: &Offline) -> Collected<Vec<Profile>> {
    let mut found = Found { offline, profiles: Vec::new(), folders: BTreeSet::new() };
    let mut is_known = true;
    match offline.key(PROFILE_LIST) {
        Collected::Known(list) => {
            for sid in &list.subkeys {
                if is_service(sid) {
                    continue;
                }
                match offline.text(&format!("{PROFILE_LIST}\\{sid}"), "ProfileImagePath") {
                    Collected::Known(path) => match expand(offline, &path) {
                        Some(folder) => found.add(folder, Some(sid)),
                        None => offline.warnings.add(
                            &sid,
                            format_args!("expected the path of a profile, found {path:?}"),
                        ),
                    },
                    Collected::Absent => {}
                    Collected::NotCollected => is_known = false,
                }
            }
        }
        Collected::Absent => {}
        Collected::NotCollected => is_known = false,
    }
    let drive = offline.windows().drive();
    let usual = [format!("{drive}:\\Users"), format!("{drive}:\\Documents and Settings")];
    let nt = format!("{}\\Profiles", offline.windows());
    for folder in usual.into_iter().chain([nt]) {
        let folder: WinPath = folder.parse().expect("a path that is put together of names");
        // A link leads to a folder that is listed by its own name.
        match offline.folder(&folder) {
            Collected::Known(entries) => {
                for entry in entries.into_iter().filter(|entry| entry.is_folder) {
                    match folder.join(&entry.name) {
                        Ok(folder) => found.add(folder, None),
                        Err(error) => offline.warnings.add(&folder, error),
                    }
                }
            }
            Collected::Absent => {}
            Collected::NotCollected => is_known = false,
        }
    }
    if is_known { Collected::Known(found.profiles) } else { Collected::NotCollected }
}

struct Found<'o> {
    offline: &'o Offline,
    profiles: Vec<Profile>,
    /// Where the profiles are that were looked at, with links followed.
    folders: BTreeSet<(char, u64)>,
}

impl Found<'_> {
    /// Adds a profile, unless it is known, has no hive or belongs to nobody.
    fn add(&mut self, folder: WinPath, sid: Option<&str>) {
        let name = folder.name().to_owned();
        if is_nobody(&name) || self.profiles.len() == MOST_PROFILES {
            return;
        }
        match self.offline.locate(&folder) {
            Collected::Known((mounted, file)) => {
                if !self.folders.insert((mounted.letter, file.number())) {
                    return;
                }
                let has = |hive: &&str| matches!(mounted.volume.lookup(file, hive), Ok(Some(_)));
                if !HIVES.iter().any(has) {
                    return;
                }
            }
            Collected::Absent => return,
            // Windows lists it; what is in it is not known.
            Collected::NotCollected if sid.is_some() => {}
            Collected::NotCollected => return,
        }
        let folded = fold_file_name(&name);
        let is_taken = self.profiles.iter().any(|known| fold_file_name(&known.name) == folded);
        let name = match (is_taken, sid) {
            (false, _) => name,
            (true, Some(sid)) => sid.to_owned(),
            (true, None) => format!("{name} ({})", self.profiles.len() + 1),
        };
        self.profiles.push(Profile { name, folder, hive: OnceLock::new() });
    }
}
