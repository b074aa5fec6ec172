//! Machines whose facts were collected before.

use std::sync::Arc;

use staunch_assess::Machine;
use staunch_machine::{CURRENT_VERSION, FileFacts, Memory, RegistryData};
use staunch_model::{
    Collected, FileVersion, Hotfix, HotfixId, HotfixList, MachineFacts, OperatingSystem,
};

use crate::rows::Row;
use crate::{State, kb};

fn version(text: &str, branch: &str) -> FileFacts {
    let version: FileVersion = text.parse().expect("a version");
    FileFacts {
        version: Collected::Known(version),
        version_text: Collected::Known(format!("{text} ({branch}.040401-1200)")),
        ..FileFacts::default()
    }
}

/// Makes a machine of a system, with the files in a state.
pub(super) fn machine(row: &Row, state: State) -> Machine {
    let mut seen = Memory::default();
    seen.collect_key("HKLM").set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    let root = || r"C:\".parse().expect("a path");
    let mut renames = Vec::new();
    for (at, file) in row.files.iter().enumerate() {
        let path = file.path.parse().expect("a path");
        let (text, branch) = state.version(at, file);
        if state == State::ClaimedOnly {
            continue;
        }
        if let Some((text, branch)) = state.coming(file) {
            let new = format!(r"C:\WINDOWS\system32\SET{at}.tmp");
            seen.add_file(new.parse().expect("a path"), version(text, branch));
            renames.extend([format!(r"\??\{new}"), format!(r"!\??\{}", file.path)]);
        }
        seen.add_file(path, version(text, branch));
    }
    if state != State::ClaimedOnly {
        let kernel = r"C:\WINDOWS\system32\ntoskrnl.exe".parse().expect("a path");
        seen.collect_folder(root(), true).add_file(kernel, FileFacts::default());
    }
    if !renames.is_empty() {
        seen.set(
            r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager",
            "PendingFileRenameOperations",
            RegistryData::Texts(renames),
        );
    }
    let claim =
        state.is_claimed().then(|| Hotfix { id: HotfixId::Kb(kb(row.kb)), installed_on: None });
    let list = HotfixList { entries: claim.into_iter().collect(), ..HotfixList::default() };
    let facts = MachineFacts {
        language: Collected::Known(row.language.to_owned()),
        hotfixes: Collected::Known(list),
        ..MachineFacts::default()
    };
    let system: OperatingSystem = row.system.parse().expect("a system");
    Machine { system, facts, seen: Some(Arc::new(seen)), inputs: Vec::new(), warnings: Vec::new() }
}
