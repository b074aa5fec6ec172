//! Two scans beside each other.

use std::slice::from_ref;

use staunch_assess::Options;
use staunch_model::{
    Assessment, Change, CheckFinding, CheckVerdict, Severity, SupportState, Verdict,
};

use crate::verdicts::rollups;
use crate::world::{WINDOWS_7, assessor, machine};

fn scan(installed: &[u32], all: bool) -> Assessment {
    let options = Options { all, ..Options::default() };
    assessor(&rollups()).assess(&machine(WINDOWS_7, installed), &options).expect("an assessment")
}

fn named(mut assessment: Assessment, name: Option<&str>, file: Option<&str>) -> Assessment {
    assessment.machine.name = name.map(Into::into);
    assessment.machine.file = file.map(Into::into);
    assessment
}

fn check(verdict: CheckVerdict) -> CheckFinding {
    CheckFinding {
        id: "smb1".into(),
        title: "t".into(),
        severity: Severity::Critical,
        verdict,
        found: "f".into(),
        details: Vec::new(),
        remedy: "r".into(),
        source: "s".into(),
    }
}

#[test]
fn a_scan_and_itself_do_not_differ() {
    for all in [true, false] {
        let same = scan(&[4_100_010], all);
        let comparison = staunch_assess::compare(from_ref(&same), from_ref(&same));
        assert!(comparison.machines[0].is_unchanged() && !comparison.worse);
        assert_eq!(comparison.machines[0].basis, None);
    }
}

#[test]
fn installing_closes_and_removing_opens() {
    for all in [true, false] {
        let (before, after) = (scan(&[], all), scan(&[4_100_020], all));
        let better = staunch_assess::compare(from_ref(&before), from_ref(&after));
        let machine = &better.machines[0];
        assert!(!machine.worse, "{machine:?}");
        let gone = machine.updates.iter().filter(|update| update.change == Change::Gone);
        assert!(gone.clone().count() > 0);
        assert!(gone.clone().all(|update| update.old == Some(Verdict::Missing)));
        assert!(!machine.closed.is_empty() && machine.newly_exposed.is_empty());
        let worse = staunch_assess::compare(&[after], &[before]);
        assert!(worse.worse);
        assert_eq!(worse.machines[0].newly_exposed, machine.closed);
        let new = worse.machines[0].updates.iter().filter(|update| update.change == Change::New);
        assert_eq!(new.count(), gone.count());
    }
}

#[test]
fn a_scan_with_everything_and_a_short_one_differ_in_nothing_good() {
    let short = scan(&[4_100_010], false);
    let full = scan(&[4_100_010], true);
    let comparison = staunch_assess::compare(&[short], &[full]);
    assert!(comparison.machines[0].is_unchanged(), "{comparison:?}");
}

#[test]
fn another_update_for_what_was_open_before_is_not_worse() {
    let before = scan(&[], false);
    let mut after = before.clone();
    let listed = after.findings.iter_mut().find(|finding| finding.offered).expect("one");
    listed.kb = crate::world::kb(4_100_099);
    let comparison = staunch_assess::compare(from_ref(&before), from_ref(&after));
    let changes: Vec<Change> =
        comparison.machines[0].updates.iter().map(|update| update.change).collect();
    assert_eq!(changes, [Change::New, Change::Gone]);
    assert!(!comparison.worse);
    let listed = after.findings.iter_mut().find(|finding| finding.offered).expect("one");
    listed.cves.clear();
    assert!(staunch_assess::compare(&[before], &[after]).worse);
}

#[test]
fn settings_and_support_count() {
    let plain = scan(&[], true);
    let with = |verdict: CheckVerdict| {
        let mut scan = plain.clone();
        scan.checks.push(check(verdict));
        scan
    };
    use CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};
    for (old, new, change, worse) in [
        (Sound, Weak, Change::New, true),
        (Weak, Sound, Change::Gone, false),
        (Undetermined, Weak, Change::New, true),
        (Weak, Undetermined, Change::Gone, false),
        (Sound, Undetermined, Change::Other, true),
        (NotApplicable, Sound, Change::Other, false),
    ] {
        let comparison = staunch_assess::compare(&[with(old)], &[with(new)]);
        let found = &comparison.machines[0];
        assert_eq!((found.checks[0].change, found.worse), (change, worse), "{old:?} {new:?}");
    }
    let first = staunch_assess::compare(from_ref(&plain), &[with(Weak)]);
    assert!(first.worse && first.machines[0].checks[0].old.is_none());
    let silent = staunch_assess::compare(from_ref(&plain), &[with(Sound)]);
    assert!(silent.machines[0].is_unchanged());
    let mut ended = plain.clone();
    ended.support.state = SupportState::Ended;
    let mut supported = plain;
    supported.support.state = SupportState::Supported;
    let comparison = staunch_assess::compare(&[supported], &[ended]);
    assert!(comparison.worse);
    assert_eq!(comparison.machines[0].identity[0].fact, "support");
}

#[test]
fn machines_are_known_again() {
    let one = |name, file| named(scan(&[], false), name, file);
    let old = [
        one(Some("PC-1"), Some("a/1.txt")),
        one(Some("PC-2"), Some("a/2.txt")),
        one(None, Some("a/3.txt")),
        one(Some("GONE"), Some("a/4.txt")),
    ];
    let new = [
        one(Some("pc-2"), Some("b/2.txt")),
        one(Some("PC-1"), Some("a/1.txt")),
        one(Some("PC-1"), Some("b/clone.txt")),
        one(None, Some("a/3.txt")),
    ];
    let comparison = staunch_assess::compare(&old, &new);
    let files: Vec<_> = comparison.machines.iter().map(|m| m.machine.file.as_deref()).collect();
    assert_eq!(files, [Some("b/2.txt"), Some("a/1.txt"), Some("a/3.txt")]);
    assert_eq!(comparison.only_old[0].name.as_deref(), Some("GONE"));
    assert_eq!(comparison.only_new[0].file.as_deref(), Some("b/clone.txt"));
    let single = [one(None, Some("x.txt"))];
    assert_eq!(staunch_assess::compare(&old[..1], &single).machines.len(), 1);
    let other = [one(Some("OTHER"), None)];
    assert_eq!(staunch_assess::compare(&old[..1], &other).machines.len(), 0);
}
