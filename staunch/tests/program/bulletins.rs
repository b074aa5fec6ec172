//! Bulletins of the built-in catalog, and scans that rest on them.

use staunch_model::{Assessment, Verdict};

use crate::command::{staunch, text};

#[test]
fn a_bulletin_is_shown_with_its_deployment_and_files() {
    let shown = text(&["bulletin", "show", "MS04-015"], 0);
    for line in [
        "updates   KB840374",
        "closes    CVE-2004-0199",
        "  part of   Windows XP Service Pack 2",
        "/norestart         do not restart when done",
        "helpctr.exe",
        "5.1.2600.1515",
    ] {
        assert!(shown.contains(line), "{line:?} is not in\n{shown}");
    }
}

#[test]
fn a_bulletin_as_json_names_the_pages_behind_each_fact() {
    let shown = text(&["bulletin", "show", "--json", "MS05-039"], 0);
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let facts = shown["facts"].as_array().expect("a list");
    let severity = facts.iter().find(|fact| fact["kind"] == "severity").expect("a severity");
    assert_eq!(severity["value"], "Critical");
    assert!(severity["publications"].as_array().is_some_and(|pages| pages.len() > 5));
}

#[test]
fn conflicts_say_which_page_differs() {
    let shown = text(&["bulletin", "conflicts", "MS05-039"], 0);
    assert!(shown.contains("published 2005-08-10  [ja-jp]"), "{shown}");
}

#[test]
fn an_unknown_bulletin_is_an_input_error() {
    let output = staunch(&["bulletin", "show", "MS17-999"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("MS17-999 is in no publication"));
}

/// What a machine of an old Windows without any update lacks.
fn old_machine(family: &str, service_pack: &str) -> Assessment {
    let facts = format!(
        "{{\"staunch_facts\": 1, \"name\": \"OLD\", \"family\": \"{family}\", \
         \"service_pack\": \"{service_pack}\", \"architecture\": \"x86\", \"hotfixes\": []}}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.json");
    std::fs::write(&path, facts).expect("the file is written");
    let printed = text(&["scan", "--json", "--all", path.to_str().expect("a path")], 1);
    serde_json::from_str(&printed).expect("JSON")
}

#[test]
fn old_systems_are_judged_by_their_bulletins() {
    // The update of MS04-011, which the Sasser worm came after; service pack 2 of XP contains it.
    for (family, service_pack, verdict) in [
        ("Windows NT 4.0", "SP6", Verdict::Missing),
        ("Windows 2000", "SP4", Verdict::Missing),
        ("Windows XP", "RTM", Verdict::Missing),
        ("Windows XP", "SP1", Verdict::Missing),
        ("Windows Server 2003", "RTM", Verdict::Missing),
        ("Windows XP", "SP2", Verdict::IncludedInServicePack),
        ("Windows Server 2003", "SP1", Verdict::IncludedInServicePack),
    ] {
        let found = old_machine(family, service_pack);
        let finding = found.findings.iter().find(|finding| finding.kb.number() == 835_732);
        assert_eq!(finding.map(|f| f.verdict), Some(verdict), "{family} {service_pack}");
    }
}
