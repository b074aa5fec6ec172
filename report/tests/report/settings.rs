//! Checks of settings, and what was seen on the installation itself.

use proptest::prelude::*;
use serde_json::Value;
use staunch_model::{CheckDetail, CheckFinding, CheckVerdict, Severity};
use staunch_report::{Format, TextStyle};
use unicode_width::UnicodeWidthStr;

use crate::{assessment, read, scan, scan_as, seen};

fn all() -> TextStyle {
    TextStyle { all: true, ..TextStyle::default() }
}

#[test]
fn a_machine_that_was_seen_reads_as_expected() {
    let machines = [seen()];
    let file = |name: &str| read(&format!("../windows-xp/expected/{name}"));
    assert_eq!(scan(&machines, Format::Text), file("scan.txt"));
    assert_eq!(scan_as(&machines, Format::Text, all()), file("scan-all.txt"));
    assert_eq!(scan(&machines, Format::Csv), file("scan.csv"));
}

#[test]
fn weak_settings_are_in_every_format() {
    for &format in Format::SCAN {
        let document = scan(&[seen()], format);
        for expected in ["The server does not speak SMB version 1", "The guest account Guest"] {
            let found = document.contains(expected)
                || document.contains(&expected.replacen("The guest", "the guest", 1));
            assert!(found, "{format} leaves out {expected}:\n{document}");
        }
    }
}

#[test]
fn files_and_keys_are_shown_with_what_was_expected_and_found() {
    let seen_file = r"helpctr.exe: expected 5.1.2600.1515, found 5.1.2600.1106";
    let key = r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB840374: found present";
    let text = scan_as(&[seen()], Format::Text, all());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = scan(&[seen()], Format::Html);
    let log: Value = serde_json::from_str(&scan(&[seen()], Format::Sarif)).expect("JSON");
    let message = log["runs"][0]["results"][0]["message"]["text"].as_str().expect("a message");
    for document in [text.as_str(), page.as_str(), message] {
        assert!(document.contains(seen_file), "{document}");
        assert!(document.contains(key), "{document}");
        assert!(document.contains("registry HKLM"), "{document}");
    }
    assert!(text.contains(r"pending rename C:\WINDOWS\system32\mstask.dll"), "{text}");
    assert!(text.contains("component Internet Explorer 6"), "{text}");
    assert!(!scan(&[seen()], Format::Text).contains("helpctr.exe: expected"));
}

#[test]
fn each_check_is_a_rule_with_a_result() {
    let log: Value = serde_json::from_str(&scan(&[seen()], Format::Sarif)).expect("JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let of = |id: &str| results.iter().find(|result| result["ruleId"] == id).expect(id);
    for (id, kind, level) in [
        ("smb1", "fail", "error"),
        ("password-expiry", "fail", "warning"),
        ("firewall", "review", "none"),
        ("file-system", "pass", "none"),
        ("iis-parent-paths", "notApplicable", "none"),
    ] {
        let result = of(id);
        assert_eq!((&result["kind"], &result["level"]), (&kind.into(), &level.into()), "{id}");
        let rule = &rules[result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], id);
    }
    let text = of("password-expiry")["message"]["text"].as_str().expect("a message").to_owned();
    assert!(text.contains("会議室: the password never expires"), "{text}");
    assert!(!text.contains("anna"), "{text}");
}

#[test]
fn the_overview_counts_weak_settings_and_has_the_worst_machine_first() {
    let machines = [seen(), assessment()];
    let text = scan(&machines, Format::Text);
    let expected = "\
2 machines; 2 lack updates; 1 has weak settings.

  Machine       System             Missing  Undet.  CVEs  Exploited  Weak
  FRONTDESK-07  Windows 7 x64 SP1        3       4     8          2     0
  LAB-XP        Windows XP SP1           1       1     1          0     3
";
    assert!(text.starts_with(expected), "{text}");
    let page = scan(&machines, Format::Html);
    let table = page.split("<table").nth(1).expect("the table of machines");
    let rows: Vec<&str> = table.split("<tr>").collect();
    assert_eq!(rows.len(), 4);
    assert!(rows[2].contains("<a href=\"#m2\">FRONTDESK-07</a>"), "{}", rows[2]);
    assert!(rows[3].contains("data-label=\"Weak settings\" class=\"n\">3<"), "{}", rows[3]);
    let columns = |row: &str| row.matches("<th").count() + row.matches("<td").count();
    let head = columns(rows[1]);
    assert!(rows[2..].iter().all(|row| columns(row) == head), "{table}");
}

#[test]
fn without_weak_settings_nothing_is_claimed() {
    let mut machine = seen();
    machine.checks.retain(|check| check.verdict == CheckVerdict::Undetermined);
    let text = scan(&[machine.clone()], Format::Text);
    assert!(text.contains("No setting is known to be weak; 1 undetermined."), "{text}");
    assert!(text.contains("\n1 setting undetermined: firewall.\n"), "{text}");
    assert!(!text.contains("Weak settings"), "{text}");
    machine.checks.clear();
    for &format in [Format::Text, Format::Html].iter() {
        assert!(!scan(&[machine.clone()], format).contains("eak settings"), "{format}");
    }
}

#[test]
fn many_objects_are_counted() {
    let mut machine = seen();
    let detail = |number: usize| CheckDetail {
        object: format!("account-{number}"),
        verdict: CheckVerdict::Weak,
        found: "blank".into(),
    };
    machine.checks[0].details = (0..20).map(detail).collect();
    let text = scan(&[machine.clone()], Format::Text);
    assert!(text.contains("account-7: blank") && !text.contains("account-8: blank"), "{text}");
    assert!(text.contains("- and 12 more"), "{text}");
    assert!(scan_as(&[machine], Format::Text, all()).contains("account-19: blank"));
}

prop_compose! {
    fn check()(
        id in "[a-z-]{1,30}",
        texts in proptest::collection::vec(".{0,90}", 4),
        severity in proptest::sample::select(Severity::ALL),
        verdict in proptest::sample::select(CheckVerdict::ALL),
        details in proptest::collection::vec((".{0,60}", ".{0,60}"), 0..4),
    ) -> CheckFinding {
        let text = |at: usize| texts[at].clone();
        CheckFinding {
            id,
            title: text(0),
            severity,
            verdict,
            found: text(1),
            details: details
                .into_iter()
                .map(|(object, found)| CheckDetail { object, verdict, found })
                .collect(),
            remedy: text(2),
            source: text(3),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_of_settings_keep_the_width_and_every_check_is_there(
        checks in proptest::collection::vec(check(), 0..8),
        width in 80usize..200,
        everything: bool,
    ) {
        let mut machine = seen();
        machine.checks = checks;
        let style = TextStyle { all: everything, colour: false, width };
        let text = scan_as(&[machine.clone()], Format::Text, style);
        for line in text.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
        }
        let log: Value = serde_json::from_str(&scan(&[machine.clone()], Format::Sarif)).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("results").len();
        prop_assert_eq!(results, machine.findings.len() + machine.checks.len());
        let rows = scan(&[machine.clone()], Format::Csv);
        let rows = csv::Reader::from_reader(rows.as_bytes()).into_records().count();
        prop_assert_eq!(rows, machine.findings.len() + machine.checks.len());
    }
}
