//! Where the files of Windows and its parts lie.

use std::collections::HashMap;

use staunch_machine::{Facts, IN_PROGRAMS, IN_WINDOWS, IN_WINDOWS_32, expand};
use staunch_model::{Collected, WinPath};

/// Finds files by their names, in the folders that can be listed.
pub(crate) struct Places {
    root: WinPath,
    programs: Vec<WinPath>,
    by_name: HashMap<String, Vec<WinPath>>,
    wow: HashMap<String, Vec<WinPath>>,
    /// Whether every folder that is there could be listed, and Windows is in them.
    is_complete: bool,
}

impl Places {
    /// Lists the folders; nothing where the folder of Windows cannot be seen.
    pub(crate) fn of(seen: &dyn Facts) -> Option<Self> {
        let root = seen.system_root().known()?.clone();
        seen.folder(&root.join("system32").ok()?).known()?;
        let mut programs: Vec<WinPath> = ["%ProgramFiles%", "%ProgramFiles(x86)%"]
            .into_iter()
            .filter_map(|folder| expand(seen, folder))
            .collect();
        programs.dedup();
        // Where nobody can say which the folder of programs is, not everywhere was looked.
        let is_complete = !programs.is_empty();
        let mut places =
            Self { programs, by_name: HashMap::new(), wow: HashMap::new(), is_complete, root };
        for folder in IN_WINDOWS {
            places.by_name_in(seen, &places.root.clone(), folder);
        }
        for programs in places.programs.clone() {
            for folder in IN_PROGRAMS {
                places.by_name_in(seen, &programs, folder);
            }
        }
        for folder in IN_WINDOWS_32 {
            let Ok(folder) = places.root.join(folder) else { continue };
            places.is_complete &= list(seen, &folder, &mut places.wow);
        }
        // A folder without the kernel is not all of Windows, and absence from it says nothing.
        places.is_complete &= !places.find("ntoskrnl.exe", false).is_empty();
        Some(places)
    }

    fn by_name_in(&mut self, seen: &dyn Facts, root: &WinPath, folder: &str) {
        let Ok(folder) = root.join(folder) else { return };
        self.is_complete &= list(seen, &folder, &mut self.by_name);
    }

    /// Lists the files of a name, which is in lower case.
    pub(crate) fn find(&self, name: &str, is_wow: bool) -> &[WinPath] {
        let index = if is_wow { &self.wow } else { &self.by_name };
        index.get(name).map_or(&[], Vec::as_slice)
    }

    /// Tells whether every folder that is there could be listed, and Windows is in them.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// Adds the files of a folder, and tells whether it could be listed or is not there.
fn list(seen: &dyn Facts, folder: &WinPath, into: &mut HashMap<String, Vec<WinPath>>) -> bool {
    let entries = match seen.folder(folder) {
        Collected::Known(entries) => entries,
        Collected::Absent => return true,
        Collected::NotCollected => return false,
    };
    for entry in entries.into_iter().filter(|entry| !entry.is_folder) {
        if let Ok(path) = folder.join(&entry.name) {
            into.entry(entry.name.to_lowercase()).or_default().push(path);
        }
    }
    true
}
