use std::io;

use staunch_model::{Assessment, CheckFinding, CheckVerdict, Finding, Severity, Verdict};

use super::grade::Grade;
use super::identifier::{check_number, guid};
use super::update;
use super::xml::Xml;
use crate::words::{counted, grouped, reasons, support_sentence};

/// Number that MBSA 2.x gives to its check for updates of Windows.
const WINDOWS_UPDATES: &str = "500";

/// What the checks are about, in the numbers of the attribute `Cat`.
const UPDATES: &str = "1";
const WINDOWS: &str = "2";
const SYSTEM: &str = "3";

/// Groups of checks of settings by the beginning of their names.
const GROUPS: &[(&str, &str)] =
    &[("iis", "4"), ("sql", "5"), ("ie", "6"), ("internet-explorer", "6"), ("office", "6")];

/// One check with its details.
pub(super) struct Check<'a> {
    pub(super) grade: Grade,
    id: String,
    category: &'static str,
    rank: u8,
    name: String,
    group: &'static str,
    advice: String,
    details: Details<'a>,
}

enum Details<'a> {
    Updates(Vec<&'a Finding>),
    Table { heads: &'static [&'static str], rows: Vec<(Grade, Vec<String>)> },
}

impl Check<'_> {
    /// Writes the check.
    pub(super) fn write(&self, xml: &mut Xml<'_>) -> io::Result<()> {
        let group = if self.group.is_empty() { String::new() } else { guid(self.group) };
        let kind = match self.details {
            Details::Updates(_) => "5",
            Details::Table { .. } => "1",
        };
        xml.open(
            "Check",
            &[
                ("ID", &self.id),
                ("Grade", self.grade.number()),
                ("Type", kind),
                ("Cat", self.category),
                ("Rank", &self.rank.to_string()),
                ("Name", &self.name),
                ("URL1", ""),
                ("URL2", ""),
                ("GroupID", &group),
                ("GroupName", self.group),
            ],
        )?;
        xml.text("Advice", &self.advice)?;
        match &self.details {
            Details::Updates(findings) if !findings.is_empty() => {
                xml.open("Detail", &[])?;
                for finding in findings {
                    update::write(xml, finding)?;
                }
                xml.close()?;
            }
            Details::Table { heads, rows } if !rows.is_empty() => table(xml, heads, rows)?,
            Details::Updates(_) | Details::Table { .. } => {}
        }
        xml.close()
    }
}

fn table(xml: &mut Xml<'_>, heads: &[&str], rows: &[(Grade, Vec<String>)]) -> io::Result<()> {
    xml.open("Detail", &[])?;
    xml.open("Head", &[])?;
    for head in heads {
        xml.text("Col", head)?;
    }
    xml.close()?;
    for (grade, cells) in rows {
        xml.open("Row", &[("Grade", grade.number())])?;
        for cell in cells {
            xml.text("Col", cell)?;
        }
        xml.close()?;
    }
    xml.close()
}

/// The check for missing updates.
pub(super) fn updates(assessment: &Assessment) -> Check<'_> {
    let listed: Vec<&Finding> =
        assessment.findings.iter().filter(|finding| update::is_listed(finding)).collect();
    let grade = Grade::of_updates(assessment);
    let missing = || listed.iter().filter(|finding| finding.verdict == Verdict::Missing);
    let needed = missing().filter(|finding| finding.is_listed()).count();
    let mut advice = match (missing().count(), needed) {
        (0, _) if grade == Grade::Passed => "No security updates are missing.".to_owned(),
        (0, _) => "No security update is known to be missing.".to_owned(),
        (_, 1) => "1 security update is missing.".to_owned(),
        (_, needed) => format!("{} are missing.", counted(needed, "security update")),
    };
    let replaced = missing().count() - needed;
    if replaced > 0 {
        advice
            .push_str(&format!(" {} more are replaced by others or optional.", grouped(replaced)));
    }
    Check {
        grade,
        id: WINDOWS_UPDATES.to_owned(),
        category: UPDATES,
        rank: 1,
        name: "Windows Security Updates".to_owned(),
        group: "Windows",
        advice,
        details: Details::Updates(listed),
    }
}

/// The updates that cannot be judged, when there are any.
pub(super) fn undetermined_updates(assessment: &Assessment) -> Option<Check<'_>> {
    let rows: Vec<(Grade, Vec<String>)> = assessment
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Undetermined)
        .map(|finding| {
            let bulletin = finding.bulletin.map(|id| id.to_string()).unwrap_or_default();
            let cells =
                vec![bulletin, finding.kb.to_string(), finding.title.clone(), reasons(finding)];
            (Grade::UnableToScan, cells)
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    Some(Check {
        grade: Grade::UnableToScan,
        id: check_number("undetermined updates"),
        category: UPDATES,
        rank: 2,
        name: "Undetermined Security Updates".to_owned(),
        group: "",
        advice: format!("{} cannot be judged.", counted(rows.len(), "security update")),
        details: Details::Table { heads: &["Bulletin", "Update", "Description", "Reason"], rows },
    })
}

/// The operating system, and how long it is supported.
pub(super) fn windows_version(assessment: &Assessment) -> Check<'_> {
    let machine = &assessment.machine;
    let grade = Grade::of_support(&assessment.support);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let cells = vec![
        machine.product.clone(),
        machine.architecture.to_string(),
        machine.service_pack.to_string(),
        text(&machine.build),
        text(&machine.edition),
        text(&machine.language),
    ];
    Check {
        grade,
        id: check_number("operating system"),
        category: SYSTEM,
        rank: 1,
        name: "Windows Version".to_owned(),
        group: "",
        advice: support_sentence(&assessment.support),
        details: Details::Table {
            heads: &["System", "Architecture", "Service Pack", "Build", "Edition", "Language"],
            rows: vec![(grade, cells)],
        },
    }
}

/// A check of a setting.
pub(super) fn setting(check: &CheckFinding) -> Check<'_> {
    let group = GROUPS.iter().find(|(name, _)| {
        check.id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    let rows = check
        .details
        .iter()
        .map(|detail| {
            let grade = Grade::of_verdict(detail.verdict, check.severity);
            (grade, vec![detail.object.clone(), detail.found.clone()])
        })
        .collect();
    let found = crate::words::sentence(&check.found);
    let advice = match check.verdict {
        CheckVerdict::Weak => format!("{found} {}", check.remedy),
        _ => found,
    };
    Check {
        grade: Grade::of_setting(check),
        id: check_number(&check.id),
        category: group.map_or(WINDOWS, |(_, category)| category),
        rank: rank(check.severity),
        name: check.title.clone(),
        group: "",
        advice,
        details: Details::Table { heads: &["Object", "Found"], rows },
    }
}

/// What is worth telling of the inputs, when there is anything.
pub(super) fn notes(assessment: &Assessment) -> Option<Check<'_>> {
    if assessment.warnings.is_empty() {
        return None;
    }
    let row = |warning: &staunch_model::Warning| {
        (Grade::Note, vec![warning.object.clone(), warning.message.clone()])
    };
    Some(Check {
        grade: Grade::Note,
        id: check_number("notes"),
        category: SYSTEM,
        rank: 5,
        name: "Notes on the Scan".to_owned(),
        group: "",
        advice: "Something in the inputs is worth knowing.".to_owned(),
        details: Details::Table {
            heads: &["Object", "Note"],
            rows: assessment.warnings.iter().map(row).collect(),
        },
    })
}

/// Ranks a check by how grave it is, from 1 for the gravest to 4.
fn rank(severity: Severity) -> u8 {
    5 - severity as u8
}
