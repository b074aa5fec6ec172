//! Comma-separated values: RFC 4180 with a header and line feeds, in UTF-8.

use std::io::{self, Write};

use csv::Writer;
use staunch_model::{Assessment, CheckFinding, Finding, MachineIdentity, Plan, PlanStep};

use crate::neutral::neutral;
use crate::settings::{detail, grave_details};
use crate::words::{joined, reasons, restart_word, sentence};

const SCAN_HEADER: [&str; 17] = [
    "machine",
    "product",
    "kb",
    "bulletin",
    "severity",
    "series",
    "date",
    "verdict",
    "offered",
    "restart",
    "cves",
    "superseded_by",
    "title",
    "reason",
    "kind",
    "check",
    "remedy",
];

const PLAN_HEADER: [&str; 10] = [
    "machine", "step", "kb", "severity", "series", "restart", "closes", "replaces", "title",
    "reason",
];

/// Writes one row for each finding on an update and for each check of a setting.
pub(crate) fn write_scan(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(SCAN_HEADER)?;
    for assessment in assessments {
        for finding in &assessment.findings {
            writer
                .write_record(finding_row(&assessment.machine, finding).map(|text| cell(&text)))?;
        }
        for check in &assessment.checks {
            writer.write_record(check_row(&assessment.machine, check).map(|text| cell(&text)))?;
        }
    }
    writer.flush()
}

/// Writes one row for each step.
pub(crate) fn write_plan(out: &mut dyn Write, plans: &[Plan]) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(PLAN_HEADER)?;
    for plan in plans {
        for (at, step) in plan.steps.iter().enumerate() {
            writer.write_record(step_row(&plan.machine, at + 1, step).map(|text| cell(&text)))?;
        }
    }
    writer.flush()
}

fn finding_row(machine: &MachineIdentity, finding: &Finding) -> [String; 17] {
    [
        machine.name.clone().unwrap_or_default(),
        finding.product.clone(),
        finding.kb.to_string(),
        finding.bulletin.map(|id| id.to_string()).unwrap_or_default(),
        finding.severity.map(|severity| severity.to_string()).unwrap_or_default(),
        finding.series.to_string(),
        finding.date.map(|date| date.to_string()).unwrap_or_default(),
        finding.verdict.as_str().to_owned(),
        yes_or_no(finding.offered),
        finding.restart.map(|_| restart_word(finding.restart)).unwrap_or_default().to_owned(),
        joined(&finding.cves, " "),
        joined(&finding.superseded_by, " "),
        finding.title.clone(),
        reasons(finding),
        "update".to_owned(),
        String::new(),
        String::new(),
    ]
}

/// A check has no number, series, day or restart of its own; these columns are empty.
fn check_row(machine: &MachineIdentity, check: &CheckFinding) -> [String; 17] {
    let mut row: [String; 17] = Default::default();
    row[0] = machine.name.clone().unwrap_or_default();
    row[1] = machine.product.clone();
    row[4] = check.severity.to_string();
    row[7] = check.verdict.as_str().to_owned();
    row[12] = check.title.clone();
    row[13] = found(check);
    row[14] = "setting".to_owned();
    row[15] = check.id.clone();
    row[16] = check.remedy.clone();
    row
}

/// Returns what a check found, with the objects that ask for something.
fn found(check: &CheckFinding) -> String {
    let details = grave_details(check).map(detail);
    std::iter::once(check.found.clone())
        .chain(details)
        .map(|text| sentence(&text))
        .collect::<Vec<_>>()
        .join(" ")
}

fn step_row(machine: &MachineIdentity, number: usize, step: &PlanStep) -> [String; 10] {
    [
        machine.name.clone().unwrap_or_default(),
        number.to_string(),
        step.kb.to_string(),
        step.severity.map(|severity| severity.to_string()).unwrap_or_default(),
        step.series.to_string(),
        step.restart.map(|_| restart_word(step.restart)).unwrap_or_default().to_owned(),
        joined(&step.closes, " "),
        joined(&step.replaces, " "),
        step.title.clone(),
        step.reason.clone(),
    ]
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// Returns a cell that no spreadsheet takes for a formula.
///
/// Source: OWASP, "CSV Injection".
fn cell(text: &str) -> String {
    let text = neutral(text);
    let first = text.trim_start().chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ if text.len() != text.trim_start().len() => format!("'{text}"),
        _ => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "＝1"] {
            assert!(cell(hostile).starts_with('\''), "{hostile:?}");
        }
        assert_eq!(cell("a=1"), "a=1");
        assert_eq!(cell(""), "");
    }
}
