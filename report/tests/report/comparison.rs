//! What changed between two scans.

use staunch_model::{Change, CheckVerdict, Comparison, Verdict};
use staunch_report::{Format, TextStyle, write_comparison};

use crate::{assessment, read, seen};

fn written(comparison: &Comparison, format: Format) -> String {
    let mut out = Vec::new();
    write_comparison(&mut out, comparison, format, &TextStyle::default())
        .expect("memory takes everything");
    String::from_utf8(out).expect("documents are UTF-8")
}

/// The machine before its update was installed and its firewall was switched off.
fn compared() -> Comparison {
    let (mut old, mut new) = (seen(), seen());
    let kb = new.findings[0].kb;
    new.findings[0].verdict = Verdict::Installed;
    new.findings[2].verdict = Verdict::Missing;
    old.findings[3].verdict = Verdict::Superseded;
    new.checks[0].verdict = CheckVerdict::Sound;
    new.checks[3].verdict = CheckVerdict::Weak;
    new.checks[3].found = "the firewall is off".into();
    old.machine.build = Some("5.1.2599".into());
    new.catalog.date = Some("2026-08-02".parse().expect("a day"));
    new.as_of = None;
    let comparison = staunch_assess::compare(&[old, assessment()], &[assessment(), new]);
    assert_eq!(comparison.machines[1].updates.iter().filter(|u| u.kb == kb).count(), 1);
    comparison
}

#[test]
fn a_comparison_reads_as_expected() {
    let text = written(&compared(), Format::Text);
    assert_eq!(text, read("../windows-xp/expected/comparison.txt"));
}

#[test]
fn comparisons_follow_the_schema() {
    let mut comparison = compared();
    comparison.only_old.push(seen().machine);
    let document = written(&comparison, Format::Json);
    assert_eq!(crate::json_schema::check("comparison", &document), Ok(()));
    assert_eq!(serde_json::from_str::<Comparison>(&document).expect("it is read"), comparison);
    let schema = crate::json_schema::enumeration("change");
    assert_eq!(schema, serde_json::json!(Change::ALL));
}

#[test]
fn hostile_names_stay_harmless() {
    let mut comparison = compared();
    let attack = "\u{1b}]0;owned\u{7}\u{202e}";
    comparison.only_new.push(seen().machine);
    comparison.only_new[0].name = Some(attack.into());
    let machine = &mut comparison.machines[1];
    machine.machine.product = attack.into();
    machine.identity[0].new = Some(attack.into());
    machine.updates[0].title = attack.into();
    machine.checks[0].title = attack.into();
    machine.checks[0].found = attack.into();
    let text = written(&comparison, Format::Text);
    let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(obeyed), "{text}");
}

#[test]
fn other_forms_are_refused() {
    let refused =
        write_comparison(&mut Vec::new(), &compared(), Format::Csv, &TextStyle::default());
    assert_eq!(
        refused.expect_err("no such form").to_string(),
        "comparisons are written as text, json, not as csv"
    );
}
