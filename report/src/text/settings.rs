use std::io;

use staunch_model::{Assessment, CheckFinding, CheckVerdict};

use super::ink::Ink;
use super::page::Page;
use crate::columns::{Align, pad};
use crate::neutral::neutral;
use crate::settings::{detail, grave_details, remedy, setting_heading, settings};
use crate::words::{counted, grouped, sentence};

/// Objects of a check that are named; the others are counted unless everything is listed.
const NAMED: usize = 8;

/// Columns of the longest rating.
const RATING: usize = 9;

/// Writes the weak settings; the others too when everything is to be listed.
pub(super) fn write(page: &mut Page<'_>, assessment: &Assessment) -> io::Result<()> {
    let weak = settings(assessment, CheckVerdict::Weak);
    let undetermined = settings(assessment, CheckVerdict::Undetermined);
    if !weak.is_empty() {
        page.heading(setting_heading(CheckVerdict::Weak))?;
        for check in weak {
            weak_setting(page, check)?;
        }
    }
    if !page.all() {
        return summed(page, &undetermined);
    }
    for verdict in [CheckVerdict::Undetermined, CheckVerdict::Sound, CheckVerdict::NotApplicable] {
        let checks = settings(assessment, verdict);
        if !checks.is_empty() {
            page.heading(setting_heading(verdict))?;
        }
        for check in checks {
            other_setting(page, check)?;
        }
    }
    Ok(())
}

fn weak_setting(page: &mut Page<'_>, check: &CheckFinding) -> io::Result<()> {
    let lead = format!("  {}  ", pad(check.severity.as_str(), RATING, Align::Left));
    let indent = lead.len();
    let expected = format!("Expected: {}", sentence(&check.title));
    page.hanging(&lead, Ink::of_severity(Some(check.severity)), Ink::Strong, &expected)?;
    page.paragraph(indent, Ink::Plain, &format!("Found: {}", sentence(&check.found)))?;
    let bullet = format!("{}- ", " ".repeat(indent));
    if page.all() {
        for one in &check.details {
            page.hanging(&bullet, Ink::Faint, Ink::Plain, &detail(one))?;
        }
    } else {
        for one in grave_details(check).take(NAMED) {
            page.hanging(&bullet, Ink::Faint, Ink::Plain, &detail(one))?;
        }
        let more = grave_details(check).count().saturating_sub(NAMED);
        if more > 0 {
            page.paragraph(indent, Ink::Faint, &format!("- and {} more", grouped(more)))?;
        }
    }
    page.paragraph(indent, Ink::Plain, &format!("Remedy: {}", remedy(check)))
}

fn other_setting(page: &mut Page<'_>, check: &CheckFinding) -> io::Result<()> {
    let (title, found) = (sentence(&check.title), sentence(&check.found));
    page.hanging("  - ", Ink::Faint, Ink::Plain, &title)?;
    page.paragraph(4, Ink::Faint, &found)?;
    for one in &check.details {
        page.hanging("    - ", Ink::Faint, Ink::Faint, &detail(one))?;
    }
    Ok(())
}

/// Writes the settings that nothing can be said of as one paragraph.
fn summed(page: &mut Page<'_>, undetermined: &[&CheckFinding]) -> io::Result<()> {
    if undetermined.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = undetermined.iter().map(|check| neutral(&check.id)).collect();
    let count = counted(undetermined.len(), "setting");
    page.blank()?;
    page.paragraph(0, Ink::Yellow, &format!("{count} undetermined: {}.", ids.join(", ")))
}
