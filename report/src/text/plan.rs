use std::io::{self, Write};

use staunch_model::{Plan, PlanStep, VulnerabilityId};

use super::TextStyle;
use super::ink::Ink;
use super::page::Page;
use crate::neutral::neutral;
use crate::words::{
    counted, grouped, joined, machine_name, plan_sentence, restart_phrase, sentence, severity_word,
    support_sentence,
};

/// How many vulnerabilities a step names; the others are counted.
const NAMED: usize = 3;

/// Writes the steps for each machine.
pub(crate) fn write_plan(out: &mut dyn Write, plans: &[Plan], style: &TextStyle) -> io::Result<()> {
    let mut page = Page::new(out, style);
    for (at, plan) in plans.iter().enumerate() {
        if at > 0 {
            page.rule()?;
        }
        write(&mut page, plan)?;
    }
    Ok(())
}

fn write(page: &mut Page<'_>, plan: &Plan) -> io::Result<()> {
    let name = page.ink(Ink::Strong, &machine_name(&plan.machine));
    page.line(&name)?;
    page.paragraph(2, Ink::Plain, &neutral(&plan.machine.product))?;
    page.paragraph(2, Ink::of_support(&plan.support), &support_sentence(&plan.support))?;
    page.blank()?;
    page.paragraph(0, Ink::Strong, &plan_sentence(plan))?;
    let digits = plan.steps.len().to_string().len();
    for (at, number) in plan.steps.iter().zip(1..) {
        page.blank()?;
        step(page, &format!("{number:>digits$}. "), at, &plan.exploited)?;
    }
    left_open(page, plan)
}

fn step(
    page: &mut Page<'_>,
    lead: &str,
    step: &PlanStep,
    exploited: &[VulnerabilityId],
) -> io::Result<()> {
    let head = format!(
        "{} · {} · {} · {}",
        step.kb,
        severity_word(step.severity),
        step.series,
        restart_phrase(step.restart)
    );
    page.hanging(lead, Ink::Strong, Ink::of_severity(step.severity), &head)?;
    let indent = lead.len();
    page.paragraph(indent, Ink::Plain, &neutral(&step.title))?;
    if !step.reason.is_empty() {
        page.paragraph(indent, Ink::Faint, &sentence(&step.reason))?;
    }
    let blank = " ".repeat(indent);
    if !step.closes.is_empty() {
        let closes = named(&step.closes, exploited);
        page.hanging(&format!("{blank}Closes   "), Ink::Plain, Ink::Plain, &closes)?;
    }
    if !step.replaces.is_empty() {
        let replaced = counted(step.replaces.len(), "missing update");
        let replaces = format!("{replaced}: {}", joined(&step.replaces, " "));
        page.hanging(&format!("{blank}Replaces "), Ink::Plain, Ink::Plain, &replaces)?;
    }
    Ok(())
}

/// Names the exploited vulnerabilities, then the newest, and counts the others.
fn named(ids: &[VulnerabilityId], exploited: &[VulnerabilityId]) -> String {
    let attacked: Vec<_> = ids.iter().filter(|id| exploited.contains(id)).collect();
    let mut quiet: Vec<_> = ids.iter().filter(|id| !exploited.contains(id)).collect();
    quiet.sort_unstable_by(|a, b| b.cmp(a));
    let shown = quiet.len().min(NAMED.saturating_sub(attacked.len()).max(1));
    let mut parts = Vec::new();
    if !attacked.is_empty() {
        parts.push(format!("exploited {}", joined(&attacked, ", ")));
    }
    if shown > 0 {
        parts.push(joined(&quiet[..shown], ", "));
    }
    if quiet.len() > shown {
        parts.push(format!("{} more", grouped(quiet.len() - shown)));
    }
    format!("{}: {}", counted(ids.len(), "vulnerability"), parts.join("; "))
}

fn left_open(page: &mut Page<'_>, plan: &Plan) -> io::Result<()> {
    if plan.left_open.is_empty() {
        return Ok(());
    }
    page.heading("Left open: no update in the catalog closes them on this machine")?;
    page.paragraph(2, Ink::Yellow, &joined(&plan.left_open, " "))
}
