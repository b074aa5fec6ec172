//! The XML reports of the Microsoft Baseline Security Analyzer: one document for one machine.
//!
//! What the numbers mean here stands in `docs/output.md`, "MBSA".
//!
//! Source: names of elements and attributes as in the reports of MBSA 2.x.

mod check;
mod grade;
mod identifier;
mod update;
mod xml;

use std::io::{self, Write};

use staunch_model::{Assessment, DateTime};

use crate::words::machine_name;
use grade::Grade;
use xml::Xml;

/// Writes the report of one machine; `scanned` is the time of the scan.
pub(crate) fn write(
    out: &mut dyn Write,
    assessment: &Assessment,
    scanned: DateTime,
) -> io::Result<()> {
    let mut checks = vec![check::updates(assessment)];
    checks.extend(check::undetermined_updates(assessment));
    checks.push(check::windows_version(assessment));
    checks.extend(assessment.checks.iter().map(check::setting));
    checks.extend(check::notes(assessment));
    let grades: Vec<Grade> = checks.iter().map(|check| check.grade).collect();
    let mut xml = Xml::new(out)?;
    open_root(&mut xml, assessment, Grade::overall(&grades), scanned)?;
    for check in &checks {
        check.write(&mut xml)?;
    }
    xml.close()
}

fn open_root(
    xml: &mut Xml<'_>,
    assessment: &Assessment,
    grade: Grade,
    scanned: DateTime,
) -> io::Result<()> {
    let name = machine_name(&assessment.machine);
    let date = scanned.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let short_date = scanned.strftime("%Y-%m-%d %H:%M").to_string();
    let catalog = assessment.catalog.date.map(|date| date.to_string()).unwrap_or_default();
    let source = format!("staunch catalog {catalog}");
    let version = concat!("2.0 (staunch ", env!("CARGO_PKG_VERSION"), ")");
    xml.open(
        "SecScan",
        &[
            ("ID", "0"),
            ("DisplayName", &name),
            ("Machine", &name),
            ("Date", &date),
            ("LDate", &short_date),
            ("Domain", ""),
            ("IP", ""),
            ("Grade", grade.number()),
            ("HotfixDataVersion", &catalog),
            ("MbsaToolVersion", version),
            ("SUSServer", ""),
            ("SecurityUpdatesScanDone", "True"),
            ("WUSSource", source.trim_end()),
        ],
    )
}
