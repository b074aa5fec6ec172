use std::io::{self, Write};

use staunch_model::{Assessment, Support, SupportState, Verdict};

use super::charts;
use super::escape::Escaped;
use super::settings;
use super::updates;
use crate::outline::{Group, Outline};
use crate::settings::{settings_sentence, weak};
use crate::words::{
    basis, counted, grouped, machine_details, machine_name, support_sentence, verdict_heading,
    verdict_sentence,
};

/// Writes the section of one machine; alone on the page its name is the page's heading.
pub(super) fn write(
    out: &mut dyn Write,
    assessment: &Assessment,
    number: usize,
    single: bool,
) -> io::Result<()> {
    let outline = Outline::of(assessment);
    let level = if single { 1 } else { 2 };
    writeln!(
        out,
        "<section class=\"machine\" id=\"m{number}\" aria-labelledby=\"m{number}-name\">"
    )?;
    header(out, assessment, number, level)?;
    if assessment.summary.missing > 0 {
        writeln!(out, "<div class=\"charts\">")?;
        charts::severities(out, assessment, number)?;
        charts::timeline(out, assessment, number)?;
        writeln!(out, "</div>")?;
    }
    let h = level + 1;
    if outline.to_install().next().is_some() {
        writeln!(out, "<h{h}>Install these, in this order</h{h}>")?;
        let findings: Vec<_> = outline.to_install().collect();
        updates::offered(out, assessment, &findings)?;
    }
    if !outline.not_offered.is_empty() {
        writeln!(out, "<h{h}>{}</h{h}>", outline.not_offered_heading())?;
        for group in &outline.not_offered {
            write_group(out, assessment, group)?;
        }
    }
    if !outline.undetermined.is_empty() {
        writeln!(out, "<h{h}>Undetermined</h{h}>")?;
        for group in &outline.undetermined {
            write_group(out, assessment, group)?;
        }
    }
    settings::write(out, assessment, h)?;
    others(out, assessment, &outline, h)?;
    warnings(out, assessment, h)?;
    writeln!(out, "</section>")
}

fn header(
    out: &mut dyn Write,
    assessment: &Assessment,
    number: usize,
    level: usize,
) -> io::Result<()> {
    let machine = &assessment.machine;
    writeln!(
        out,
        "<h{level} id=\"m{number}-name\" class=\"name\">{}</h{level}>",
        Escaped(&machine_name(machine))
    )?;
    let mut identity = vec![machine.product.clone()];
    identity.extend(machine_details(machine));
    writeln!(out, "<p class=\"system\">{}</p>", Escaped(&identity.join(" · ")))?;
    writeln!(out, "<p class=\"basis\">{}</p>", Escaped(&basis(assessment).join(" · ")))?;
    let summary = &assessment.summary;
    let support = &assessment.support;
    writeln!(out, "<p class=\"verdict\">{}</p>", Escaped(&verdict_sentence(summary, support)))?;
    if !support.says.is_empty() {
        let class = support_class(support);
        writeln!(out, "<p class=\"support {class}\">{}</p>", Escaped(&support_sentence(support)))?;
    }
    if let Some(sentence) = settings_sentence(assessment) {
        writeln!(out, "<p class=\"settings\">{}</p>", Escaped(&sentence))?;
    }
    writeln!(out, "<dl class=\"cards\">")?;
    let mut cards = vec![
        ("bad", "missing", summary.missing),
        ("unsure", "undetermined", summary.undetermined),
        ("plain", "open vulnerabilities", summary.exposed_cves),
        ("bad", "exploited", summary.exploited_cves),
    ];
    if !assessment.checks.is_empty() {
        cards.push(("bad", "weak settings", weak(assessment)));
    }
    for (class, label, count) in cards {
        let class = if count == 0 { "zero" } else { class };
        writeln!(
            out,
            "<div class=\"card {class}\"><dt>{label}</dt><dd>{}</dd></div>",
            grouped(count)
        )?;
    }
    writeln!(out, "</dl>")
}

/// Returns the class that colours a state of support.
pub(super) fn support_class(support: &Support) -> &'static str {
    match support.overall() {
        SupportState::Ended => "bad",
        SupportState::PaidUpdatesOnly | SupportState::DependsOnEdition => "unsure",
        SupportState::Supported | SupportState::NotKnown => "plain",
    }
}

fn write_group(out: &mut dyn Write, assessment: &Assessment, group: &Group<'_>) -> io::Result<()> {
    writeln!(
        out,
        "<details class=\"group\"><summary><strong>{}</strong>: {}</summary>",
        counted(group.findings.len(), "update"),
        Escaped(&group.reason)
    )?;
    if !group.collect.is_empty() {
        writeln!(out, "<p>To decide, collect:</p>\n<ul>")?;
        for thing in &group.collect {
            writeln!(out, "<li>{}</li>", Escaped(thing))?;
        }
        writeln!(out, "</ul>")?;
    }
    updates::listed(out, assessment, &group.findings)?;
    writeln!(out, "</details>")
}

fn others(
    out: &mut dyn Write,
    assessment: &Assessment,
    outline: &Outline<'_>,
    h: usize,
) -> io::Result<()> {
    if outline.others.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h{h}>Everything else</h{h}>")?;
    for (verdict, findings) in &outline.others {
        let open = if *verdict == Verdict::PendingReboot { " open" } else { "" };
        writeln!(
            out,
            "<details class=\"group\"{open}><summary><strong>{}</strong>: {}</summary>",
            verdict_heading(*verdict),
            counted(findings.len(), "update"),
        )?;
        updates::listed(out, assessment, findings)?;
        writeln!(out, "</details>")?;
    }
    Ok(())
}

fn warnings(out: &mut dyn Write, assessment: &Assessment, h: usize) -> io::Result<()> {
    if assessment.warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h{h}>Warnings</h{h}>\n<ul class=\"warnings\">")?;
    for warning in &assessment.warnings {
        writeln!(
            out,
            "<li><code>{}</code> {}</li>",
            Escaped(&warning.object),
            Escaped(&warning.message)
        )?;
    }
    writeln!(out, "</ul>")
}
