//! What the component store says of updates, on a machine that can be seen.

use std::sync::Arc;

use staunch_assess::Machine;
use staunch_machine::Memory;
use staunch_model::{Assessment, EvidenceKind, Verdict};

use crate::world::{Update, WINDOWS_7, WINDOWS_10, everything, kb, machine, verdict, with_build};

const PACKAGES: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";

fn seen(machine: Machine, packages: &[(&str, u32)]) -> Machine {
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SOFTWARE");
    for (name, state) in packages {
        let (name, version) = name.split_once(' ').expect("a name and a version");
        let key = format!(r"{PACKAGES}\{name}~31bf3856ad364e35~amd64~~{version}");
        facts.set_u32(&key, "CurrentState", *state);
    }
    Machine { seen: Some(Arc::new(facts)), ..machine }
}

fn update(number: u32) -> Update {
    let (product, date) = (WINDOWS_7, "2015-07-14");
    Update { kb: number, product, date, cve: number, ..Update::default() }
}

fn proof(found: &Assessment, number: u32) -> (EvidenceKind, String) {
    let finding = found.findings.iter().find(|finding| finding.kb == kb(number));
    let first = &finding.expect("a finding").evidence[0];
    (first.kind, first.says.clone())
}

#[test]
fn claims_are_of_the_kind_of_the_place_that_makes_them() {
    let updates = [update(3_000_001), update(3_000_002), update(3_000_003)];
    let claimed = machine(WINDOWS_7, &[3_000_001, 3_000_002]);
    let found = everything(&updates, &seen(claimed, &[("Package_for_KB3000001 6.1.1.0", 0x70)]));
    let of = |number| proof(&found, number);
    let says = "KB3000001 is in the component store's list of installed updates";
    assert_eq!(of(3_000_001), (EvidenceKind::Component, says.into()));
    let says = "KB3000002 is in the registry's list of installed updates";
    assert_eq!(of(3_000_002), (EvidenceKind::Registry, says.into()));
    let says = "KB3000003 is not in the component store's list of installed updates, \
                and nothing installed contains it";
    assert_eq!(of(3_000_003), (EvidenceKind::Component, says.into()));
}

#[test]
fn a_superseded_package_is_not_missing_and_a_staged_one_is() {
    let updates = [update(3_000_001), update(3_000_002)];
    let packages =
        [("Package_for_KB3000001 6.1.1.0", 0x50), ("Package_for_KB3000002 6.1.1.0", 0x40)];
    let found = everything(&updates, &seen(machine(WINDOWS_7, &[]), &packages));
    assert_eq!(verdict(&found, 3_000_001), Verdict::Superseded);
    let says = "a newer version of what KB3000001 brings is in the component store";
    assert_eq!(proof(&found, 3_000_001), (EvidenceKind::Component, says.into()));
    assert_eq!(verdict(&found, 3_000_002), Verdict::Missing);
    let says = "KB3000002 is staged in the component store and not installed, \
                and nothing installed contains it";
    assert_eq!(proof(&found, 3_000_002), (EvidenceKind::Component, says.into()));
}

#[test]
fn a_cumulative_update_that_waits_for_the_restart_is_not_missing() {
    let of = |kb, date, build| Update {
        kb,
        product: WINDOWS_10,
        class: "Security Update",
        date,
        cve: kb,
        build: Some(build),
        ..Update::default()
    };
    let updates = [
        of(5_000_001, "2022-01-11", "10.0.17763.2452"),
        of(5_000_002, "2022-02-08", "10.0.17763.2565"),
        of(5_000_003, "2022-03-08", "10.0.17763.2686"),
    ];
    let waiting = with_build(machine(WINDOWS_10, &[]), "10.0.17763.2452");
    let packages = [("Package_for_RollupFix 17763.2565.1.5", 0x60)];
    let found = everything(&updates, &seen(waiting, &packages));
    let verdicts = [5_000_001, 5_000_002, 5_000_003].map(|number| verdict(&found, number));
    assert_eq!(verdicts, [Verdict::Installed, Verdict::PendingReboot, Verdict::Missing]);
}
