//! Machines made of the catalog's own files: what is patched through and through misses nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use staunch_catalog::Catalog;
use staunch_machine::{CURRENT_VERSION, FileFacts, Memory};
use staunch_model::{
    Collected, FileVersion, HotfixList, KbNumber, MachineFacts, OperatingSystem, Verdict, WinPath,
};

use super::lineage::Branch;
use super::manifest::{Manifests, wanted};
use crate::{Assessor, Machine, Options};

const SYSTEMS: &[&str] = &[
    "Windows NT 4.0 Service Pack 6",
    "Windows 2000 Service Pack 3",
    "Windows 2000 Service Pack 4",
    "Windows XP",
    "Windows XP Service Pack 1",
    "Windows XP Service Pack 2",
    "Windows XP Service Pack 3",
    "Windows XP x64 Edition",
    "Windows XP x64 Edition Service Pack 2",
    "Windows Server 2003",
    "Windows Server 2003 Service Pack 1",
    "Windows Server 2003 Service Pack 2",
    "Windows Server 2003 for Itanium-based Systems Service Pack 1",
    "Windows Vista for 32-bit Systems",
    "Windows Vista for x64-based Systems Service Pack 1",
    "Windows Server 2008 for 32-bit Systems",
    "Windows 7 for x64-based Systems",
];

/// The files of a system in the versions that one branch brings them to, newest last.
type Versions = BTreeMap<(Arc<str>, bool), Vec<FileVersion>>;

pub(crate) fn catalog() -> Catalog {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/data/default.sqlite.zst");
    let file = std::fs::File::open(path).expect("the default catalog");
    let folder = tempfile::tempdir().expect("a folder");
    let unpacked = folder.path().join("catalog.sqlite");
    std::fs::write(&unpacked, zstd::decode_all(file).expect("a whole catalog")).expect("a file");
    Catalog::open(&unpacked).expect("a catalog")
}

/// Collects what every update of a system, as far as its files are known, brings each file to.
fn versions(assessor: &Assessor, machine: &Machine, branch: Branch) -> (Versions, Vec<KbNumber>) {
    let judged = assessor.judge(machine, &Options::default()).expect("verdicts");
    let mut manifests = Manifests::new(&machine.system);
    let (mut found, mut updates) = (Versions::new(), Vec::new());
    for (bulletin, candidates) in judged.candidates.by_bulletin() {
        let rows = manifests.rows(assessor.catalog().files_of(bulletin).expect("files"));
        for candidate in candidates {
            let files = wanted(&rows, &candidate.components, Some("en-us"));
            if files.iter().any(|file| file.target.is_none()) {
                updates.push(candidate.kb);
            }
            for file in files {
                // What comes in one branch only is put on every machine; Internet Explorer 6 and 7
                // are two things in one table.
                let major = |version: &FileVersion| version.parts()[0];
                let is_put = |(of, version): &&(Option<Branch>, FileVersion)| {
                    let same =
                        file.versions.iter().filter(|other| major(&other.1) == major(version));
                    let has_own = same.clone().any(|(of, _)| *of == Some(branch));
                    of.is_none_or(|of| of == branch || !has_own)
                };
                let put = file.versions.iter().filter(is_put).map(|(_, version)| *version);
                found.entry((file.name.clone(), file.is_wow)).or_default().extend(put);
            }
        }
    }
    found.values_mut().for_each(|all| all.sort_unstable());
    (found, updates)
}

fn machine(
    system: &str,
    files: impl IntoIterator<Item = ((Arc<str>, bool), FileVersion)>,
    branch: &str,
) -> Machine {
    let system: OperatingSystem = system.parse().expect("a system");
    let mut seen = Memory::default();
    let path = |text: &str| text.parse::<WinPath>().expect("a path");
    seen.collect_key("HKLM").set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    seen.collect_folder(path("C:"), true);
    seen.add_file(path(r"C:\WINDOWS\system32\ntoskrnl.exe"), FileFacts::default());
    for ((name, is_wow), version) in files {
        let folder = if is_wow { "SysWOW64" } else { "system32" };
        let facts = FileFacts {
            version: Collected::Known(version),
            version_text: Collected::Known(format!("{version} (branch_{branch}.000000-0000)")),
            ..FileFacts::default()
        };
        seen.add_file(path(&format!(r"C:\WINDOWS\{folder}\{name}")), facts);
    }
    let facts = MachineFacts {
        language: Collected::Known("en-us".into()),
        hotfixes: Collected::Known(HotfixList::default()),
        ..MachineFacts::default()
    };
    Machine { system, facts, seen: Some(Arc::new(seen)), inputs: Vec::new(), warnings: Vec::new() }
}

#[test]
fn a_machine_with_the_newest_file_of_every_update_misses_none_of_them() {
    let assessor = Assessor::new(catalog()).expect("a readable catalog");
    let (mut decided, mut wrong) = (0, Vec::new());
    for system in SYSTEMS {
        for (branch, text) in [(Branch::Gdr, "gdr"), (Branch::Qfe, "qfe")] {
            let empty = machine(system, [], text);
            let (files, updates) = versions(&assessor, &empty, branch);
            let newest = files.into_iter().filter_map(|(name, all)| Some((name, *all.last()?)));
            let patched = machine(system, newest, text);
            let judged = assessor.judge(&patched, &Options::default()).expect("verdicts");
            for kb in updates {
                let judgement = &judged.judgements[&kb];
                decided += 1;
                let is_open = matches!(judgement.verdict, Verdict::Missing | Verdict::Undetermined);
                if is_open && judged.files.contains_key(&kb) {
                    let first = judgement.evidence.first();
                    wrong.push(format!("{kb} on {system}, {text}: {first:?}"));
                }
            }
        }
    }
    println!("{decided} verdicts, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(decided > 500, "{decided} verdicts");
}
