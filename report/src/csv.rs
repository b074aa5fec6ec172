//! Comma-separated values: RFC 4180 with a header and line feeds, in UTF-8.

use std::io::{self, Write};

use csv::Writer;
use staunch_model::{Assessment, Finding, MachineIdentity, Plan, PlanStep};

use crate::neutral::neutral;
use crate::words::{joined, reasons, restart_word};

const SCAN_HEADER: [&str; 14] = [
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
];

const PLAN_HEADER: [&str; 10] = [
    "machine", "step", "kb", "severity", "series", "restart", "closes", "replaces", "title",
    "reason",
];

/// Writes one row for each finding.
pub(crate) fn write_scan(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(SCAN_HEADER)?;
    for assessment in assessments {
        for finding in &assessment.findings {
            writer
                .write_record(finding_row(&assessment.machine, finding).map(|text| cell(&text)))?;
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

fn finding_row(machine: &MachineIdentity, finding: &Finding) -> [String; 14] {
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
    ]
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
