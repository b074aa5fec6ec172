use std::io;

use staunch_model::{Assessment, Evidence, EvidenceKind, Finding};

use super::ink::Ink;
use super::page::Page;
use super::seen;
use super::settings;
use super::table::{Cell, Table};
use crate::columns::Align;
use crate::neutral::neutral;
use crate::outline::{Group, Outline};
use crate::settings::{settings_sentence, weak};
use crate::words::{
    basis, counted, grouped, machine_details, machine_name, restart_word, severity_word,
    short_series, support_sentence, verdict_heading, verdict_sentence,
};

/// From this width on a title stands in the row of its update, before under it.
const WIDE: usize = 132;

/// Writes the section of one machine.
pub(super) fn write(page: &mut Page<'_>, assessment: &Assessment) -> io::Result<()> {
    let outline = Outline::of(assessment);
    header(page, assessment)?;
    offered(page, assessment, &outline)?;
    not_offered(page, &outline)?;
    undetermined(page, &outline)?;
    settings::write(page, assessment)?;
    if page.all() {
        for (verdict, findings) in &outline.others {
            page.heading(&format!(
                "{}: {}",
                verdict_heading(*verdict),
                counted(findings.len(), "update")
            ))?;
            numbers(page, findings)?;
        }
        seen::write(page, assessment)?;
    }
    warnings(page, assessment)
}

fn header(page: &mut Page<'_>, assessment: &Assessment) -> io::Result<()> {
    let machine = &assessment.machine;
    let name = page.ink(Ink::Strong, &machine_name(machine));
    page.line(&name)?;
    let mut identity = vec![neutral(&machine.product).into_owned()];
    identity.extend(machine_details(machine));
    page.parts(2, Ink::Plain, &identity)?;
    page.parts(2, Ink::Faint, &basis(assessment))?;
    page.blank()?;
    let summary = &assessment.summary;
    let ink = match (summary.missing, summary.undetermined) {
        (0, 0) if !assessment.support.is_lost() => Ink::Green,
        (0, _) => Ink::Yellow,
        _ => Ink::BoldRed,
    };
    page.paragraph(0, ink, &verdict_sentence(summary, &assessment.support))?;
    let support = &assessment.support;
    page.paragraph(0, Ink::of_support(support), &support_sentence(support))?;
    if let Some(sentence) = settings_sentence(assessment) {
        let ink = if weak(assessment) > 0 { Ink::Red } else { Ink::Yellow };
        page.paragraph(0, ink, &sentence)?;
    }
    Ok(())
}

fn offered(page: &mut Page<'_>, assessment: &Assessment, outline: &Outline<'_>) -> io::Result<()> {
    if outline.to_install().next().is_none() {
        return Ok(());
    }
    page.heading("Install these, in this order")?;
    let wide = page.width() >= WIDE;
    let mut heads = vec![
        ("#", Align::Right),
        ("Update", Align::Left),
        ("Date", Align::Left),
        ("Severity", Align::Left),
        ("Series", Align::Left),
        ("Restart", Align::Left),
        ("CVEs", Align::Right),
        ("Exploited", Align::Right),
    ];
    if wide {
        heads.push(("Title", Align::Left));
    }
    let mut table = Table::new(heads, if wide { 8 } else { 4 });
    for (at, finding) in outline.to_install().enumerate() {
        let mut cells = offered_cells(assessment, at + 1, finding);
        let title = neutral(&finding.title);
        let mut below: Vec<String> = contradiction(finding).into_iter().collect();
        if wide {
            cells.push(Cell::new(title));
        } else {
            below.insert(0, title.into_owned());
        }
        table.row_above(cells, 1, below);
    }
    table.write(page)?;
    if !outline.first.is_empty() && !outline.offered.is_empty() {
        let note = match outline.first.len() {
            1 => "Number 1 comes first: the others may fail without it.".to_owned(),
            count => format!("Numbers 1 to {count} come first: the others may fail without them."),
        };
        page.paragraph(2, Ink::Faint, &note)?;
    }
    Ok(())
}

/// Says that an update is listed as installed although a file is older than its fix, or that the
/// next start undoes it.
fn contradiction(finding: &Finding) -> Option<String> {
    let is_rename = |evidence: &&Evidence| evidence.kind == EvidenceKind::PendingRename;
    if let Some(file) = finding.evidence.iter().find(is_rename) {
        return Some(neutral(&file.says).into_owned());
    }
    let is_claim = |evidence: &&Evidence| {
        use EvidenceKind::{Component, List, Registry};
        matches!(evidence.kind, Component | Registry | List)
            && evidence.found.as_deref() == Some("installed")
    };
    finding.evidence.iter().find(is_claim)?;
    let file = finding.evidence.iter().find(|evidence| evidence.kind == EvidenceKind::File)?;
    let name = file.object.rsplit('\\').next().unwrap_or_default();
    let text = format!(
        "listed as installed, but {name} is {} and has to be {}",
        file.found.as_deref().unwrap_or("of no version"),
        file.expected.as_deref()?
    );
    Some(neutral(&text).into_owned())
}

fn offered_cells(assessment: &Assessment, number: usize, finding: &Finding) -> Vec<Cell> {
    let exploited =
        finding.cves.iter().filter(|id| assessment.summary.exploited.contains(id)).count();
    vec![
        Cell::with(Ink::Faint, number.to_string()),
        Cell::with(Ink::Strong, finding.kb.to_string()),
        Cell::new(finding.date.map(|date| date.to_string()).unwrap_or_default()),
        Cell::with(Ink::of_severity(finding.severity), severity_word(finding.severity)),
        Cell::new(short_series(finding.series)),
        Cell::new(restart_word(finding.restart)),
        Cell::new(grouped(finding.cves.len())),
        match exploited {
            0 => Cell::new(""),
            _ => Cell::with(Ink::BoldRed, grouped(exploited)),
        },
    ]
}

fn not_offered(page: &mut Page<'_>, outline: &Outline<'_>) -> io::Result<()> {
    if outline.not_offered.is_empty() {
        return Ok(());
    }
    page.heading(outline.not_offered_heading())?;
    for group in &outline.not_offered {
        let lead = format!("{} {}:", counted(group.findings.len(), "update"), group.reason);
        page.paragraph(2, Ink::Plain, &lead)?;
        numbers(page, &group.findings)?;
    }
    Ok(())
}

fn undetermined(page: &mut Page<'_>, outline: &Outline<'_>) -> io::Result<()> {
    if outline.undetermined.is_empty() {
        return Ok(());
    }
    page.heading("Undetermined")?;
    for (at, group) in outline.undetermined.iter().enumerate() {
        if at > 0 {
            page.blank()?;
        }
        undetermined_group(page, group)?;
    }
    Ok(())
}

fn undetermined_group(page: &mut Page<'_>, group: &Group<'_>) -> io::Result<()> {
    let lead = format!("{}: {}", counted(group.findings.len(), "update"), group.reason);
    page.paragraph(2, Ink::Yellow, &lead)?;
    if !group.collect.is_empty() {
        page.hanging("    Collect: ", Ink::Strong, Ink::Plain, &shortened(&group.collect))?;
    }
    numbers(page, &group.findings)
}

/// Names the first few things and counts the others.
fn shortened(things: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text = things[..things.len().min(SHOWN)].join("; ");
    if things.len() > SHOWN {
        text.push_str(&format!("; and {} more", grouped(things.len() - SHOWN)));
    }
    text
}

/// Writes the updates' numbers, one after the other; a number that belongs to several products
/// stands once.
fn numbers(page: &mut Page<'_>, findings: &[&Finding]) -> io::Result<()> {
    let mut kbs: Vec<_> = findings.iter().map(|finding| finding.kb).collect();
    kbs.sort_unstable();
    kbs.dedup();
    page.paragraph(4, Ink::Faint, &crate::words::joined(&kbs, " "))
}

fn warnings(page: &mut Page<'_>, assessment: &Assessment) -> io::Result<()> {
    if assessment.warnings.is_empty() {
        return Ok(());
    }
    page.heading("Warnings")?;
    for warning in &assessment.warnings {
        let text = format!("{}: {}", neutral(&warning.object), neutral(&warning.message));
        page.hanging("  ! ", Ink::Yellow, Ink::Plain, &text)?;
    }
    Ok(())
}
