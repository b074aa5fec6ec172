//! The outcomes for the three bulletins that the project comes from, for every product and service
//! pack that they name, in every state that a machine can be in.

use std::sync::Arc;

use staunch_assess::{Assessor, Machine, Options};
use staunch_catalog::Catalog;
use staunch_machine::{CURRENT_VERSION, FileFacts, Memory, RegistryData};
use staunch_model::{
    Assessment, Collected, EvidenceKind, FileVersion, Finding, Hotfix, HotfixId, HotfixList,
    KbNumber, MachineFacts, OperatingSystem, Verdict,
};

/// A file before an update and after it, in both branches.
struct File {
    path: &'static str,
    before: &'static str,
    gdr: &'static str,
    qfe: &'static str,
}

/// A product that a bulletin names as affected, with its files.
struct Affected {
    kb: u32,
    system: &'static str,
    language: &'static str,
    files: &'static [File],
}

const fn file(path: &'static str, before: &'static str, after: &'static str) -> File {
    File { path, before, gdr: after, qfe: after }
}

const HELP_CENTER: &str = r"C:\WINDOWS\PCHealth\HelpCtr\Binaries\HelpCtr.exe";
const HELP_UPDATE: &str = r"C:\WINDOWS\PCHealth\HelpCtr\Binaries\HscUpd.exe";
const XP_SP1: &[File] = &[
    file(HELP_CENTER, "5.1.2600.1106", "5.1.2600.1515"),
    file(HELP_UPDATE, "5.1.2600.1106", "5.1.2600.1515"),
];
const SERVER_2003: &[File] = &[
    file(HELP_CENTER, "5.2.3790.0", "5.2.3790.161"),
    file(HELP_UPDATE, "5.2.3790.0", "5.2.3790.161"),
];
const UTILITY_MANAGER: &[File] = &[
    file(r"C:\WINDOWS\system32\umandlg.dll", "1.0.0.3", "1.0.0.5"),
    file(r"C:\WINDOWS\system32\sp3res.dll", "5.0.2195.6717", "5.0.2195.6928"),
];
const NT4: &[File] = &[
    file(r"C:\WINDOWS\system32\ole32.dll", "4.0.1381.7224", "4.0.1381.7263"),
    file(r"C:\WINDOWS\system32\rpcrt4.dll", "4.0.1381.7230", "4.0.1381.7299"),
    file(r"C:\WINDOWS\system32\rpcss.exe", "4.0.1381.7224", "4.0.1381.7263"),
];
/// The Japanese files have versions of their own, and the fix of the others is too old for them.
const NT4_JAPANESE: &[File] = &[
    file(r"C:\WINDOWS\system32\ole32.dll", "4.0.1381.7224", "4.0.1381.7263"),
    file(r"C:\WINDOWS\system32\rpcrt4.dll", "4.0.1381.7299", "4.0.1381.7303"),
    file(r"C:\WINDOWS\system32\rpcss.exe", "4.0.1381.7224", "4.0.1381.7263"),
];
const TERMINAL_SERVER: &[File] = &[
    file(r"C:\WINDOWS\system32\ole32.dll", "4.0.1381.33551", "4.0.1381.33562"),
    file(r"C:\WINDOWS\system32\rpcrt4.dll", "4.0.1381.33551", "4.0.1381.33578"),
    file(r"C:\WINDOWS\system32\rpcss.exe", "4.0.1381.33551", "4.0.1381.33562"),
];

const AFFECTED: &[Affected] = &[
    Affected {
        kb: 840_374,
        system: "Windows XP",
        language: "en-us",
        files: &[
            file(HELP_CENTER, "5.1.2600.0", "5.1.2600.137"),
            file(HELP_UPDATE, "5.1.2600.0", "5.1.2600.134"),
        ],
    },
    Affected { kb: 840_374, system: "Windows XP Service Pack 1", language: "en-us", files: XP_SP1 },
    Affected {
        kb: 840_374,
        system: "Windows XP for Itanium-based Systems Service Pack 1",
        language: "ja-jp",
        files: XP_SP1,
    },
    Affected {
        kb: 840_374,
        system: "Windows XP 64-Bit Edition Version 2003",
        language: "en-us",
        files: SERVER_2003,
    },
    Affected { kb: 840_374, system: "Windows Server 2003", language: "en-us", files: SERVER_2003 },
    Affected {
        kb: 840_374,
        system: "Windows Server 2003 for Itanium-based Systems",
        language: "de-de",
        files: SERVER_2003,
    },
    Affected {
        kb: 842_526,
        system: "Windows 2000 Service Pack 2",
        language: "zh-tw",
        files: UTILITY_MANAGER,
    },
    Affected {
        kb: 842_526,
        system: "Windows 2000 Service Pack 3",
        language: "en-us",
        files: UTILITY_MANAGER,
    },
    Affected {
        kb: 842_526,
        system: "Windows 2000 Service Pack 4",
        language: "en-us",
        files: UTILITY_MANAGER,
    },
    Affected {
        kb: 873_350,
        system: "Windows NT 4.0 Service Pack 6",
        language: "en-us",
        files: NT4,
    },
    Affected {
        kb: 873_350,
        system: "Windows NT 4.0 Service Pack 6",
        language: "ja-jp",
        files: NT4_JAPANESE,
    },
    Affected {
        kb: 873_350,
        system: "Windows NT 4.0 Terminal Server Edition Service Pack 6",
        language: "en-us",
        files: TERMINAL_SERVER,
    },
];

/// Products that the bulletins name as not affected, or that contain the fix.
const UNAFFECTED: &[(u32, &[&str])] = &[
    (
        840_374,
        &[
            "Windows 2000 Service Pack 2",
            "Windows 2000 Service Pack 3",
            "Windows 2000 Service Pack 4",
            "Windows NT 4.0 Service Pack 6",
            "Windows NT 4.0 Terminal Server Edition Service Pack 6",
            "Windows XP Service Pack 2",
            "Windows XP Service Pack 3",
            "Windows Server 2003 Service Pack 1",
            "Windows Server 2003 Service Pack 2",
        ],
    ),
    (
        842_526,
        &[
            "Windows XP",
            "Windows XP Service Pack 1",
            "Windows Server 2003",
            "Windows NT 4.0 Service Pack 6",
        ],
    ),
    (
        873_350,
        &[
            "Windows 2000 Service Pack 3",
            "Windows 2000 Service Pack 4",
            "Windows XP",
            "Windows XP Service Pack 1",
            "Windows XP Service Pack 2",
            "Windows Server 2003",
        ],
    ),
];

/// State of a machine with regard to one update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unpatched,
    PatchedGdr,
    PatchedQfe,
    /// The registry says so, and no file can be seen.
    ClaimedOnly,
    /// The registry says so, and the files of before are back.
    OlderFileRestored,
    PendingReboot,
    /// One of several files was not replaced.
    HalfPatched,
}

const STATES: &[(State, Verdict, EvidenceKind)] = &[
    (State::Unpatched, Verdict::Missing, EvidenceKind::File),
    (State::PatchedGdr, Verdict::Installed, EvidenceKind::File),
    (State::PatchedQfe, Verdict::Installed, EvidenceKind::File),
    (State::ClaimedOnly, Verdict::Installed, EvidenceKind::Registry),
    (State::OlderFileRestored, Verdict::Missing, EvidenceKind::File),
    (State::PendingReboot, Verdict::PendingReboot, EvidenceKind::PendingRename),
    (State::HalfPatched, Verdict::Missing, EvidenceKind::File),
];

fn assessor() -> Assessor {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/data/default.sqlite.zst");
    let file = std::fs::File::open(path).expect("the default catalog");
    let bytes = zstd::decode_all(file).expect("a whole catalog");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    std::fs::write(&path, bytes).expect("the catalog is written");
    Assessor::new(Catalog::open(&path).expect("a catalog")).expect("a readable catalog")
}

fn kb(number: u32) -> KbNumber {
    KbNumber::new(number).expect("a number")
}

fn version(text: &str, branch: &str) -> FileFacts {
    let version: FileVersion = text.parse().expect("a version");
    FileFacts {
        version: Collected::Known(version),
        version_text: Collected::Known(format!("{text} ({branch}.040401-1200)")),
        ..FileFacts::default()
    }
}

/// Makes a machine of a system, with the files in a state.
fn machine(affected: &Affected, state: State) -> Machine {
    let mut seen = Memory::default();
    seen.collect_key("HKLM").set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    let root = || r"C:\".parse().expect("a path");
    let mut renames = Vec::new();
    for (at, file) in affected.files.iter().enumerate() {
        let path = file.path.parse().expect("a path");
        let (text, branch) = match state {
            State::PatchedGdr => (file.gdr, "xpsp_sp1_gdr"),
            State::PatchedQfe => (file.qfe, "xpsp_sp1_qfe"),
            State::HalfPatched if at > 0 => (file.gdr, "xpsp_sp1_gdr"),
            _ => (file.before, "xpclient"),
        };
        match state {
            State::ClaimedOnly => continue,
            State::PendingReboot => {
                let new = format!(r"C:\WINDOWS\system32\SET{at}.tmp");
                seen.add_file(new.parse().expect("a path"), version(file.gdr, "xpsp_sp1_gdr"));
                renames.extend([format!(r"\??\{new}"), format!(r"!\??\{}", file.path)]);
            }
            _ => {}
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
    let is_claimed = !matches!(state, State::Unpatched | State::HalfPatched);
    let claim =
        is_claimed.then(|| Hotfix { id: HotfixId::Kb(kb(affected.kb)), installed_on: None });
    let list = HotfixList { entries: claim.into_iter().collect(), ..HotfixList::default() };
    let facts = MachineFacts {
        language: Collected::Known(affected.language.to_owned()),
        hotfixes: Collected::Known(list),
        ..MachineFacts::default()
    };
    let system: OperatingSystem = affected.system.parse().expect("a system");
    Machine { system, facts, seen: Some(Arc::new(seen)), inputs: Vec::new(), warnings: Vec::new() }
}

fn finding(assessment: &Assessment, number: u32) -> Option<&Finding> {
    assessment.findings.iter().find(|finding| finding.kb == kb(number))
}

#[test]
fn every_affected_product_in_every_state() {
    let assessor = assessor();
    let options = Options { all: true, ..Options::default() };
    for affected in AFFECTED {
        for (state, expected, kind) in STATES {
            let assessment =
                assessor.assess(&machine(affected, *state), &options).expect("an assessment");
            let what = format!("KB{} on {}, {state:?}", affected.kb, affected.system);
            let finding = finding(&assessment, affected.kb).unwrap_or_else(|| panic!("{what}"));
            assert_eq!(finding.verdict, *expected, "{what}: {:#?}", finding.evidence);
            assert_eq!(finding.evidence[0].kind, *kind, "{what}: {:#?}", finding.evidence);
            let is_contradicted =
                finding.evidence.iter().any(|e| e.says.contains("contradicted by files"));
            assert_eq!(is_contradicted, *state == State::OlderFileRestored, "{what}");
        }
    }
}

#[test]
fn no_unaffected_product_misses_an_update_in_any_state() {
    let assessor = assessor();
    let options = Options { all: true, ..Options::default() };
    for (number, systems) in UNAFFECTED {
        for system in *systems {
            for (state, ..) in STATES {
                let affected = Affected { kb: *number, system, language: "en-us", files: XP_SP1 };
                let assessment =
                    assessor.assess(&machine(&affected, *state), &options).expect("an assessment");
                let verdict = finding(&assessment, *number).map(|finding| finding.verdict);
                assert!(
                    matches!(
                        verdict,
                        None | Some(Verdict::NotApplicable | Verdict::IncludedInServicePack)
                    ),
                    "KB{number} on {system}, {state:?}: {verdict:?}"
                );
            }
        }
    }
}
