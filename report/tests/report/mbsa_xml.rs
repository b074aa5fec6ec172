//! The XML reports of MBSA.

use staunch_machine::{operating_system, read_inventory};
use staunch_model::{CheckVerdict, KbNumber, Verdict};

use crate::{assessment, mbsa, read, seen};

/// Returns the value of an attribute in the first element that begins so.
fn attribute<'d>(document: &'d str, element: &str, name: &str) -> &'d str {
    let start = document.find(element).unwrap_or_else(|| panic!("no {element} in {document}"));
    let end = document[start..].find('>').expect("an end");
    let tag = &document[start..start + end];
    let value = tag.split(&format!(" {name}=\"")).nth(1).expect("the attribute");
    value.split('"').next().expect("a value")
}

fn grade_of(document: &str, name: &str) -> String {
    let at = document.find(&format!("Name=\"{name}\"")).unwrap_or_else(|| panic!("{name}"));
    let start = document[..at].rfind("<Check ").expect("a check");
    attribute(&document[start..], "<Check ", "Grade").to_owned()
}

#[test]
fn a_machine_reads_as_expected() {
    assert_eq!(mbsa(&seen()), read("../windows-xp/expected/report.mba"));
}

#[test]
fn every_verdict_on_a_setting_has_its_grade() {
    let document = mbsa(&seen());
    for (name, grade) in [
        ("The server does not speak SMB version 1", "2"),
        ("The guest account is disabled", "2"),
        ("Passwords of local accounts expire", "3"),
        ("Windows Firewall is on for every profile", "1"),
        ("Every fixed volume is NTFS", "5"),
        ("No site of IIS allows parent paths", "8"),
        ("Notes on the Scan", "6"),
        ("Windows Security Updates", "2"),
        ("Undetermined Security Updates", "1"),
    ] {
        assert_eq!(grade_of(&document, name), grade, "{name}");
    }
    assert_eq!(attribute(&document, "<SecScan", "Grade"), "2");
}

#[test]
fn what_is_open_never_passes() {
    let mut machine = seen();
    machine.checks.retain(|check| check.verdict == CheckVerdict::Sound);
    machine.warnings.clear();
    machine.findings.retain(|finding| finding.verdict == Verdict::Undetermined);
    let document = mbsa(&machine);
    assert_eq!(grade_of(&document, "Windows Security Updates"), "1");
    assert_eq!(attribute(&document, "<SecScan", "Grade"), "1");
    assert!(document.contains("No security update is known to be missing."));
    machine.findings.clear();
    let document = mbsa(&machine);
    assert_eq!(grade_of(&document, "Windows Security Updates"), "5");
    assert_eq!(attribute(&document, "<SecScan", "Grade"), "5");
    assert!(!document.contains("Undetermined Security Updates"));
}

#[test]
fn only_updates_with_a_yes_or_no_are_listed() {
    let document = mbsa(&assessment());
    let listed = |verdict: Verdict| {
        let machine = assessment();
        let findings = machine.findings.into_iter().filter(move |f| f.verdict == verdict);
        findings.map(|finding| format!("KBID=\"{}\"", finding.kb.number())).collect::<Vec<_>>()
    };
    for verdict in [Verdict::Missing, Verdict::Installed] {
        let flag = format!("IsInstalled=\"{}\"", verdict == Verdict::Installed);
        let all = listed(verdict);
        assert!(!all.is_empty());
        for kb in all {
            let line = document.lines().find(|line| line.contains(&kb)).expect("the update");
            assert!(line.contains(&flag), "{line}");
        }
    }
    for verdict in [Verdict::Undetermined, Verdict::IncludedInServicePack, Verdict::Superseded] {
        for kb in listed(verdict) {
            assert!(!document.contains(&kb), "{kb}");
        }
    }
}

#[test]
fn what_is_written_is_read_again() {
    for machine in [seen(), assessment()] {
        let inventory = read_inventory("report.mba", mbsa(&machine).as_bytes()).expect("a report");
        let facts = &inventory.facts;
        assert_eq!(inventory.format, "MBSA");
        assert_eq!(facts.name.known(), machine.machine.name.as_ref());
        assert_eq!(facts.edition.known(), machine.machine.edition.as_ref());
        assert_eq!(facts.language.known(), machine.machine.language.as_ref());
        assert_eq!(facts.build.known().map(ToString::to_string), machine.machine.build);
        let system = operating_system(facts).expect("a system");
        assert_eq!(system.to_string(), machine.machine.product);
        let with = |verdict: Verdict| -> Vec<KbNumber> {
            let findings = machine.findings.iter().filter(|finding| finding.verdict == verdict);
            let mut numbers: Vec<KbNumber> = findings.map(|finding| finding.kb).collect();
            numbers.sort_unstable();
            numbers
        };
        let list = facts.hotfixes.known().expect("a list");
        let installed: Vec<String> = list.entries.iter().map(|e| e.id.to_string()).collect();
        let expected = with(Verdict::Installed);
        assert_eq!(installed, expected.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(list.not_installed, with(Verdict::Missing));
        assert_eq!(list.pending, with(Verdict::PendingReboot));
        assert!(list.selective);
        assert!(inventory.warnings.is_empty(), "{:?}", inventory.warnings);
    }
}
