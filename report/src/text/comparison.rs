use std::fmt::Display;
use std::io::{self, Write};

use staunch_model::{
    BasisChange, Change, CheckVerdict, Comparison, MachineComparison, UpdateChange, Verdict,
    VulnerabilityId,
};

use super::TextStyle;
use super::ink::Ink;
use super::page::Page;
use crate::neutral::neutral;
use crate::settings::setting_phrase;
use crate::words::{
    counted, grouped, joined, machine_name, sentence, severity_word, verdict_phrase,
};

/// Writes what changed on each machine.
pub(crate) fn write_comparison(
    out: &mut dyn Write,
    comparison: &Comparison,
    style: &TextStyle,
) -> io::Result<()> {
    let mut page = Page::new(out, style);
    let ink = if comparison.worse { Ink::BoldRed } else { Ink::Strong };
    page.paragraph(0, ink, &lead(comparison))?;
    for (heading, machines) in [
        ("Only in the older scan", &comparison.only_old),
        ("Only in the newer scan", &comparison.only_new),
    ] {
        if !machines.is_empty() {
            page.heading(heading)?;
        }
        for machine in machines {
            let about = format!("{}, {}", machine_name(machine), neutral(&machine.product));
            page.paragraph(2, Ink::Plain, &about)?;
        }
    }
    for machine in comparison.machines.iter().filter(|machine| !machine.is_unchanged()) {
        page.rule()?;
        write(&mut page, machine)?;
    }
    Ok(())
}

fn lead(comparison: &Comparison) -> String {
    let machines = &comparison.machines;
    let worse = machines.iter().filter(|machine| machine.worse).count();
    let same = machines.iter().filter(|machine| machine.is_unchanged()).count();
    let answer = match (machines.len(), worse, same) {
        (0, ..) => "no machine is in both scans".to_owned(),
        (1, 1, _) => "the machine is worse than before".to_owned(),
        (1, _, 1) => "nothing changed".to_owned(),
        (1, ..) => "something changed, and nothing is worse than before".to_owned(),
        (all, ..) => format!(
            "{} in both scans: {} worse, {} unchanged, {} changed without being worse",
            counted(all, "machine"),
            grouped(worse),
            grouped(same),
            grouped(all - worse - same)
        ),
    };
    sentence(&answer)
}

fn write(page: &mut Page<'_>, machine: &MachineComparison) -> io::Result<()> {
    let name = page.ink(Ink::Strong, &machine_name(&machine.machine));
    page.line(&name)?;
    page.paragraph(2, Ink::Plain, &neutral(&machine.machine.product))?;
    if let Some(basis) = &machine.basis {
        page.parts(2, Ink::Faint, &basis_parts(basis))?;
    }
    if !machine.identity.is_empty() {
        page.heading("The machine itself")?;
    }
    for change in &machine.identity {
        let old = change.old.as_deref().map(neutral);
        let new = change.new.as_deref().map(neutral);
        let fact = change.fact.replace('_', " ");
        page.hanging(&format!("  {fact}: "), Ink::Faint, Ink::Plain, &from_to(old, new))?;
    }
    for (change, is_listed, heading) in [
        (Change::New, true, "Newly missing"),
        (Change::Gone, true, "No longer missing"),
        (Change::Gone, false, "Missing before and not listed now: installed or replaced"),
        (Change::Other, true, "Other verdicts on updates"),
        (Change::Other, false, "Open before and not listed now"),
    ] {
        let of =
            |update: &&UpdateChange| update.change == change && update.new.is_some() == is_listed;
        updates(page, heading, machine.updates.iter().filter(of))?;
    }
    for (change, heading) in [
        (Change::New, "Newly weak settings"),
        (Change::Gone, "Settings that are no longer weak"),
        (Change::Other, "Other verdicts on settings"),
    ] {
        checks(page, machine, change, heading)?;
    }
    vulnerabilities(page, "Newly open", Ink::Red, &machine.newly_exposed)?;
    vulnerabilities(page, "Closed", Ink::Green, &machine.closed)
}

fn basis_parts(basis: &BasisChange) -> Vec<String> {
    let mut parts = Vec::new();
    let (old, new) = (&basis.old_catalog, &basis.new_catalog);
    if old.date != new.date {
        parts.push(format!("catalog of {}", from_to(old.date, new.date)));
    } else if old.digest != new.digest {
        parts.push("another catalog of the same day".to_owned());
    }
    if basis.old_as_of != basis.new_as_of {
        parts.push(format!("as of {}", from_to(basis.old_as_of, basis.new_as_of)));
    }
    parts
}

fn from_to<T: Display>(old: Option<T>, new: Option<T>) -> String {
    let text = |value: Option<T>| value.map_or_else(|| "none".to_owned(), |v| v.to_string());
    format!("{} → {}", text(old), text(new))
}

fn updates<'u>(
    page: &mut Page<'_>,
    heading: &str,
    changes: impl Iterator<Item = &'u UpdateChange>,
) -> io::Result<()> {
    let mut changes = changes.peekable();
    if changes.peek().is_some() {
        page.heading(heading)?;
    }
    for update in changes {
        let word = |verdict: Option<Verdict>| verdict.map_or("not listed", verdict_phrase);
        let head = [
            update.kb.to_string(),
            severity_word(update.severity).to_owned(),
            format!("{} → {}", word(update.old), word(update.new)),
        ];
        let ink = update.new.map_or(Ink::Plain, Ink::of_verdict);
        page.parts(2, ink, &head)?;
        page.paragraph(4, Ink::Faint, &neutral(&update.title))?;
    }
    Ok(())
}

fn checks(
    page: &mut Page<'_>,
    machine: &MachineComparison,
    change: Change,
    heading: &str,
) -> io::Result<()> {
    let mut changes = machine.checks.iter().filter(|check| check.change == change).peekable();
    if changes.peek().is_some() {
        page.heading(heading)?;
    }
    for check in changes {
        let word = |verdict: Option<CheckVerdict>| verdict.map_or("not listed", setting_phrase);
        let head = [
            neutral(&check.id).into_owned(),
            check.severity.to_string(),
            format!("{} → {}", word(check.old), word(check.new)),
        ];
        page.parts(2, if change == Change::New { Ink::Red } else { Ink::Plain }, &head)?;
        page.paragraph(4, Ink::Plain, &format!("Expected: {}", sentence(&check.title)))?;
        page.paragraph(4, Ink::Faint, &format!("Found: {}", sentence(&check.found)))?;
    }
    Ok(())
}

fn vulnerabilities(
    page: &mut Page<'_>,
    heading: &str,
    ink: Ink,
    ids: &[VulnerabilityId],
) -> io::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    page.heading(&format!("{heading}: {}", counted(ids.len(), "vulnerability")))?;
    page.paragraph(2, ink, &joined(ids, " "))
}
