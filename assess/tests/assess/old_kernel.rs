//! A kernel that is older than the revision that the registry names.

use std::sync::Arc;

use staunch_assess::Machine;
use staunch_machine::{CURRENT_VERSION, FileFacts, Memory};
use staunch_model::{Collected, EvidenceKind, Verdict};

use crate::world::{Update, WINDOWS_10, everything, kb, machine, verdict, with_build};

const UPDATES: [(u32, &str, &str); 3] = [
    (5_000_010, "2021-07-13", "10.0.17763.2061"),
    (5_000_020, "2021-08-10", "10.0.17763.2114"),
    (5_000_030, "2022-09-13", "10.0.17763.3406"),
];

/// A machine whose registry claims the newest update, with a kernel of some revision.
fn with_kernel(kernel: &str) -> Machine {
    let mut facts = Memory::default();
    facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\Windows");
    let version = Collected::Known(kernel.parse().expect("a version"));
    let path = r"C:\Windows\System32\ntoskrnl.exe".parse().expect("a path");
    facts.add_file(path, FileFacts { version, ..FileFacts::default() });
    let claims = with_build(machine(WINDOWS_10, &[5_000_030]), "10.0.17763.3406");
    Machine { seen: Some(Arc::new(facts)), ..claims }
}

#[test]
fn what_a_far_older_kernel_denies_is_open_and_a_little_older_one_denies_nothing() {
    let updates = UPDATES.map(|(kb, date, build)| Update {
        kb,
        product: WINDOWS_10,
        class: "Security Update",
        date,
        cve: kb % 1_000,
        build: Some(build),
        ..Update::default()
    });
    for (kernel, expected) in [
        ("10.0.17763.1", [Verdict::Undetermined; 3]),
        ("10.0.17763.2061", [Verdict::Installed, Verdict::Undetermined, Verdict::Undetermined]),
        ("10.0.17763.2114", [Verdict::Installed; 3]),
        ("10.0.17763.3406", [Verdict::Installed; 3]),
        // Of another build than the registry says, which a warning tells of.
        ("10.0.14393.1", [Verdict::Installed; 3]),
    ] {
        let found = everything(&updates, &with_kernel(kernel));
        let verdicts = UPDATES.map(|(kb, ..)| verdict(&found, kb));
        assert_eq!(verdicts, expected, "{kernel}");
    }
    let found = everything(&updates, &with_kernel("10.0.17763.1"));
    let finding = found.findings.iter().find(|finding| finding.kb == kb(5_000_010));
    let evidence = &finding.expect("a finding").evidence[0];
    let says = "the registry says build 10.0.17763.3406, but the kernel is of revision 1, from \
                before 2021-07-13";
    assert_eq!(evidence.kind, EvidenceKind::File);
    assert_eq!(evidence.says, format!("{says}; the versions of other system files decide"));
    assert!(found.warnings.iter().any(|warning| warning.message == says));
}
