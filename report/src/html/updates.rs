//! Tables of updates.

use std::io::{self, Write};

use staunch_model::{Assessment, Finding, Severity, VulnerabilityId};

use super::escape::Escaped;
use crate::words::{
    counted, grouped, observed, restart_word, sentence, severity_word, short_series,
};

/// Writes the updates to install, numbered.
pub(super) fn offered(
    out: &mut dyn Write,
    assessment: &Assessment,
    findings: &[&Finding],
) -> io::Result<()> {
    writeln!(
        out,
        "<table class=\"stack\">\n<thead><tr><th scope=\"col\" class=\"n\">Step</th>\
         <th scope=\"col\">Update</th><th scope=\"col\">What it is, and why</th>\
         <th scope=\"col\">Date</th><th scope=\"col\">Severity</th>\
         <th scope=\"col\">Restart</th><th scope=\"col\" class=\"n\">Closes</th></tr></thead>\n<tbody>"
    )?;
    for (finding, number) in findings.iter().zip(1..) {
        write!(out, "<tr><td class=\"n\" data-label=\"Step\">{number}</td>")?;
        row(out, assessment, finding)?;
    }
    writeln!(out, "</tbody>\n</table>")
}

/// Writes updates that need no order.
pub(super) fn listed(
    out: &mut dyn Write,
    assessment: &Assessment,
    findings: &[&Finding],
) -> io::Result<()> {
    writeln!(
        out,
        "<table class=\"stack\">\n<thead><tr><th scope=\"col\">Update</th>\
         <th scope=\"col\">What it is, and why</th><th scope=\"col\">Date</th>\
         <th scope=\"col\">Severity</th><th scope=\"col\">Restart</th>\
         <th scope=\"col\" class=\"n\">Closes</th></tr></thead>\n<tbody>"
    )?;
    for finding in findings {
        write!(out, "<tr>")?;
        row(out, assessment, finding)?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn row(out: &mut dyn Write, assessment: &Assessment, finding: &Finding) -> io::Result<()> {
    let kb = finding.kb;
    write!(
        out,
        "<th scope=\"row\" data-label=\"Update\">\
         <a href=\"https://support.microsoft.com/help/{}\">{kb}</a>",
        kb.number()
    )?;
    if let Some(bulletin) = finding.bulletin {
        write!(out, "<br><small>{bulletin}</small>")?;
    }
    write!(out, "</th><td class=\"what\" data-label=\"What it is\">{}", Escaped(&finding.title))?;
    write!(
        out,
        "<br><small>{} · {}</small>",
        short_series(finding.series),
        Escaped(&finding.product)
    )?;
    why(out, assessment, finding)?;
    let date = finding.date.map(|date| date.to_string()).unwrap_or_default();
    write!(
        out,
        "</td><td data-label=\"Date\" class=\"date\">{date}</td>\
         <td data-label=\"Severity\"><span class=\"tag {}\">{}</span></td>\
         <td data-label=\"Restart\">{}</td><td data-label=\"Closes\" class=\"n\">{}",
        severity_class(finding.severity),
        severity_word(finding.severity),
        restart_word(finding.restart),
        grouped(finding.cves.len())
    )?;
    let exploited = finding.cves.iter().filter(|id| is_exploited(assessment, id)).count();
    if exploited > 0 {
        write!(out, "<br> <small class=\"exploited\">{} exploited</small>", grouped(exploited))?;
    }
    writeln!(out, "</td></tr>")
}

fn is_exploited(assessment: &Assessment, id: &VulnerabilityId) -> bool {
    assessment.summary.exploited.contains(id)
}

/// Writes evidence and vulnerabilities behind a switch.
fn why(out: &mut dyn Write, assessment: &Assessment, finding: &Finding) -> io::Result<()> {
    if finding.evidence.is_empty() && finding.cves.is_empty() && finding.superseded_by.is_empty() {
        return Ok(());
    }
    write!(out, "<details><summary>Evidence")?;
    if !finding.cves.is_empty() {
        write!(out, " and {}", counted(finding.cves.len(), "vulnerability"))?;
    }
    write!(out, "</summary>")?;
    if !finding.evidence.is_empty() {
        write!(out, "<ol>")?;
        for evidence in &finding.evidence {
            write!(
                out,
                "<li>{}<br><small>{}</small></li>",
                Escaped(&sentence(&evidence.says)),
                Escaped(&observed(evidence))
            )?;
        }
        write!(out, "</ol>")?;
    }
    if !finding.superseded_by.is_empty() {
        let by = crate::words::joined(&finding.superseded_by, ", ");
        write!(out, "<p>Superseded by {by}.</p>")?;
    }
    if !finding.cves.is_empty() {
        write!(out, "<p class=\"cves\">")?;
        for id in &finding.cves {
            let mark = if is_exploited(assessment, id) { " class=\"exploited\"" } else { "" };
            write!(out, "<span{mark}>{id}</span> ")?;
        }
        write!(out, "</p>")?;
    }
    write!(out, "</details>")
}

/// Returns the style of a rating; text, charts and tables share it.
pub(super) fn severity_class(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "critical",
        Some(Severity::Important) => "important",
        Some(Severity::Moderate) => "moderate",
        Some(Severity::Low) => "low",
        None => "unrated",
    }
}
