use std::io::{self, Write};

use staunch_model::{FileState, KeyState, Verdict, Verification};

use super::TextStyle;
use super::ink::Ink;
use super::page::Page;
use super::table::{Cell, Table};
use crate::columns::Align;
use crate::neutral::neutral;
use crate::words::{machine_name, sentence, verdict_phrase};

/// Writes what each machine shows of an update.
pub(crate) fn write_verification(
    out: &mut dyn Write,
    verifications: &[Verification],
    style: &TextStyle,
) -> io::Result<()> {
    let mut page = Page::new(out, style);
    for (at, verification) in verifications.iter().enumerate() {
        if at > 0 {
            page.rule()?;
        }
        write(&mut page, verification)?;
    }
    Ok(())
}

fn write(page: &mut Page<'_>, verification: &Verification) -> io::Result<()> {
    let answer = format!("{} is {}", verification.kb, verdict_phrase(verification.verdict));
    page.paragraph(0, Ink::of_verdict(verification.verdict), &sentence(&answer))?;
    let machine = &verification.machine;
    let about = format!("{}, {}", machine_name(machine), neutral(&machine.product));
    page.paragraph(0, Ink::Faint, &about)?;
    if !verification.files.is_empty() {
        page.blank()?;
        files(verification).write(page)?;
    }
    if !verification.keys.is_empty() {
        page.blank()?;
        for key in &verification.keys {
            let (ink, word) = match key.state {
                KeyState::Present => (Ink::of_verdict(Verdict::Installed), "present"),
                KeyState::Absent => (Ink::Faint, "absent"),
                KeyState::NotCollected => (Ink::of_verdict(Verdict::Undetermined), "not collected"),
            };
            page.hanging(&format!("  {word:<13}  "), ink, Ink::Plain, &neutral(&key.path))?;
            if let Some(found) = &key.found {
                page.paragraph(17, Ink::Faint, &neutral(found))?;
            }
        }
    }
    if verification.files.is_empty() && verification.keys.is_empty() {
        for evidence in verification.findings.iter().flat_map(|finding| &finding.evidence) {
            page.paragraph(2, Ink::Plain, &sentence(&evidence.says))?;
        }
    }
    for warning in &verification.warnings {
        let text = format!("{}: {}", warning.object, warning.message);
        page.hanging("  warning: ", Ink::Faint, Ink::Plain, &neutral(&text))?;
    }
    Ok(())
}

fn files(verification: &Verification) -> Table {
    let heads = vec![
        ("VERDICT", Align::Left),
        ("FILE", Align::Left),
        ("BRANCH", Align::Left),
        ("FOUND", Align::Left),
        ("EXPECTED", Align::Left),
    ];
    let mut table = Table::new(heads, 1);
    for file in &verification.files {
        let (verdict, word) = match file.state {
            FileState::Fixed => (Some(Verdict::Installed), "fixed"),
            FileState::Older => (Some(Verdict::Missing), "older"),
            FileState::Pending => (Some(Verdict::PendingReboot), "pending"),
            FileState::Undone => (Some(Verdict::Missing), "undone"),
            FileState::Absent => (None, "absent"),
            FileState::Open => (Some(Verdict::Undetermined), "open"),
            FileState::NotCollected => (Some(Verdict::Undetermined), "not collected"),
        };
        table.row(vec![
            Cell::with(verdict.map_or(Ink::Faint, Ink::of_verdict), word),
            Cell::new(neutral(&file.path)),
            Cell::new(file.branch.as_deref().unwrap_or("-")),
            Cell::new(neutral(file.found.as_deref().unwrap_or("-"))),
            Cell::new(neutral(&file.expected)),
        ]);
    }
    table
}
