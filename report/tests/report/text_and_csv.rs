use std::io;

use staunch_report::{Format, TextStyle, write_explanation, write_plan, write_scan};

use crate::{assessment, explanation, explanations, plan, plans, read, scan, scan_as};

#[test]
fn a_machine_reads_as_expected() {
    assert_eq!(scan(&[assessment()], Format::Text), read("expected/scan.txt"));
    assert_eq!(scan(&[assessment()], Format::Csv), read("expected/scan.csv"));
}

#[test]
fn all_adds_the_other_verdicts() {
    let style = TextStyle { all: true, ..TextStyle::default() };
    let text = scan_as(&[assessment()], Format::Text, style);
    assert!(text.contains("\nInstalled: 1 update\n    KB4474419\n"), "{text}");
    assert!(text.contains("\nIncluded in the service pack: 1 update\n    KB976932\n"), "{text}");
}

#[test]
fn a_plan_reads_as_expected() {
    assert_eq!(plans(&[plan()], Format::Text), read("expected/plan.txt"));
    assert_eq!(plans(&[plan()], Format::Csv), read("expected/plan.csv"));
}

#[test]
fn an_explanation_reads_as_expected() {
    assert_eq!(explanations(&[explanation()], Format::Text), read("expected/explanation.txt"));
}

#[test]
fn an_empty_plan_says_so() {
    let mut empty = plan();
    empty.steps.clear();
    empty.left_open.clear();
    let text = plans(&[empty], Format::Text);
    assert!(text.ends_with("\nNothing has to be installed.\n"), "{text}");
}

#[test]
fn several_machines_begin_with_an_aligned_table() {
    let mut wide = assessment();
    wide.machine.name = Some("会議室サーバー".into());
    wide.summary.exposed_cves = 1_204;
    let mut unnamed = assessment();
    unnamed.machine.name = None;
    unnamed.findings.clear();
    unnamed.summary = Default::default();
    let text = scan(&[assessment(), wide, unnamed], Format::Text);
    let table: String = text.lines().take(6).map(|line| format!("{line}\n")).collect();
    let expected = "\
3 machines; 2 lack updates.

  Machine          System             Missing  Undet.   CVEs  Exploited
  会議室サーバー   Windows 7 x64 SP1        3       4  1,204          2
  FRONTDESK-07     Windows 7 x64 SP1        3       4      8          2
  unnamed machine  Windows 7 x64 SP1        0       0      0          0
";
    assert_eq!(table, expected);
    assert_eq!(text.matches("Install these, in this order").count(), 2);
    assert!(text.contains("Nothing is missing."));
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let style = TextStyle { colour: true, ..TextStyle::default() };
    let coloured = scan_as(&[assessment()], Format::Text, style);
    assert!(coloured.contains("\u{1b}[1;31mCritical\u{1b}[0m"));
    assert_eq!(without_colours(&coloured), scan(&[assessment()], Format::Text));
}

fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[test]
fn a_wide_page_has_the_title_in_the_row() {
    let style = TextStyle { width: 150, ..TextStyle::default() };
    let text = scan_as(&[assessment()], Format::Text, style);
    let row = text.lines().find(|line| line.contains("  KB4487078  ")).expect("a row");
    assert!(row.ends_with("Rollup for the .NET Framework 3.5.1, 2019-02"), "{row}");
}

#[test]
fn formats_that_do_not_exist_are_refused() {
    let style = TextStyle::default();
    for format in [Format::Sarif, Format::Html, Format::Mbsa] {
        let error = write_plan(&mut io::sink(), &[plan()], format, &style).expect_err("no plan");
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert_eq!(
            error.to_string(),
            format!("plans are written as text, json, csv, not as {format}")
        );
    }
    let several = [assessment(), assessment()];
    let refused = write_scan(&mut io::sink(), &several, Format::Mbsa, &style);
    assert_eq!(
        refused.expect_err("no document for several").to_string(),
        "several machines are written as text, json, csv, sarif, html, not as mbsa"
    );
    let refused = write_explanation(&mut io::sink(), &[explanation()], Format::Csv, &style);
    assert_eq!(
        refused.expect_err("no explanation").to_string(),
        "explanations are written as text, json, not as csv"
    );
}
