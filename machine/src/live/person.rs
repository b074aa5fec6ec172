//! People with a profile on this machine, and their part of the registry.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use staunch_format::volume::Volume;
use staunch_model::{Collected, WinPath};
use windows_sys::Win32::System::Registry::HKEY_USERS;

use super::Live;
use super::registry::OpenKey;
use crate::facts::Facts;
use crate::observe::expand;
use crate::offline::hive_file::HiveState;
use crate::offline::profiles::{MOST_PROFILES, PROFILE_LIST, is_nobody, is_service, load};
use crate::tree::Tree;

/// A person with a profile on this machine.
pub(super) struct Person {
    pub(super) name: String,
    /// Identifier, under which the person's part of the registry is loaded.
    pub(super) sid: String,
    folder: WinPath,
    hive: OnceLock<HiveState>,
}

impl Person {
    /// Tells whether the person's part of the registry is loaded, as it is while they are logged
    /// on.
    pub(super) fn is_loaded(&self, live: &Live) -> bool {
        match OpenKey::open(HKEY_USERS, &self.sid) {
            Ok(_) => true,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    live.warnings.add_error(&format_args!("HKU\\{}", self.name), &error);
                }
                false
            }
        }
    }

    /// Returns the file with the person's part of the registry, read when it is first asked for.
    pub(super) fn hive(&self, live: &Live) -> &HiveState {
        self.hive.get_or_init(|| {
            let folder = self.folder.to_string();
            let tree = match Tree::open(Path::new(&folder), Arc::clone(&live.warnings)) {
                Ok(tree) => tree,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return HiveState::Absent;
                }
                Err(error) => {
                    live.warnings.add_error(&folder, &error);
                    return HiveState::Unreadable;
                }
            };
            load(&tree, tree.root(), &self.folder, &live.budget, &live.warnings)
        })
    }
}

/// Lists the people, as Windows does.
pub(super) fn people(live: &Live) -> Collected<Vec<Person>> {
    let list = match live.key(PROFILE_LIST) {
        Collected::Known(list) => list,
        Collected::Absent => return Collected::Known(Vec::new()),
        Collected::NotCollected => return Collected::NotCollected,
    };
    let mut people: Vec<Person> = Vec::new();
    for sid in list.subkeys.iter().filter(|sid| !is_service(sid)) {
        let path = match live.text(&format!("{PROFILE_LIST}\\{sid}"), "ProfileImagePath") {
            Collected::Known(path) => path,
            Collected::Absent => continue,
            Collected::NotCollected => return Collected::NotCollected,
        };
        let Some(folder) = expand(live, &path) else {
            let message = format_args!("expected the path of a profile, found {path:?}");
            live.warnings.add(sid, message);
            continue;
        };
        let is_known = people.iter().any(|known| known.folder == folder);
        if is_known || is_nobody(folder.name()) || people.len() == MOST_PROFILES {
            continue;
        }
        let is_same = |known: &Person| known.name.eq_ignore_ascii_case(folder.name());
        let is_taken = people.iter().any(is_same);
        let name = if is_taken { sid.clone() } else { folder.name().to_owned() };
        people.push(Person { name, sid: sid.clone(), folder, hive: OnceLock::new() });
    }
    Collected::Known(people)
}
