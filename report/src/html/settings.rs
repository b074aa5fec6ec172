//! The checks of settings.

use std::io::{self, Write};

use staunch_model::{Assessment, CheckFinding, CheckVerdict};

use super::escape::Escaped;
use super::updates::severity_class;
use crate::settings::{detail, setting_heading, settings};
use crate::words::{counted, sentence};

/// Writes the weak settings as a table, and each other verdict behind a switch.
pub(super) fn write(out: &mut dyn Write, assessment: &Assessment, h: usize) -> io::Result<()> {
    if assessment.checks.is_empty() {
        return Ok(());
    }
    let weak = settings(assessment, CheckVerdict::Weak);
    if weak.is_empty() {
        writeln!(out, "<h{h}>Settings</h{h}>")?;
    } else {
        writeln!(out, "<h{h}>{}</h{h}>", setting_heading(CheckVerdict::Weak))?;
        table(out, &weak, true)?;
    }
    for verdict in [CheckVerdict::Undetermined, CheckVerdict::Sound, CheckVerdict::NotApplicable] {
        let checks = settings(assessment, verdict);
        if checks.is_empty() {
            continue;
        }
        writeln!(
            out,
            "<details class=\"group\"><summary><strong>{}</strong>: {}</summary>",
            setting_heading(verdict),
            counted(checks.len(), "setting")
        )?;
        table(out, &checks, false)?;
        writeln!(out, "</details>")?;
    }
    Ok(())
}

fn table(out: &mut dyn Write, checks: &[&CheckFinding], has_remedy: bool) -> io::Result<()> {
    write!(
        out,
        "<table class=\"stack\">\n<thead><tr><th scope=\"col\">Severity</th>\
         <th scope=\"col\">Expected</th><th scope=\"col\">Found</th>"
    )?;
    if has_remedy {
        write!(out, "<th scope=\"col\">Remedy</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for check in checks {
        let rating = Some(check.severity);
        write!(
            out,
            "<tr><td data-label=\"Severity\"><span class=\"tag {}\">{}</span></td>\
             <th scope=\"row\" data-label=\"Expected\">{}<br><small>{}</small></th>\
             <td class=\"set\" data-label=\"Found\">{}",
            severity_class(rating),
            check.severity,
            Escaped(&sentence(&check.title)),
            Escaped(&check.source),
            Escaped(&sentence(&check.found))
        )?;
        details(out, check)?;
        write!(out, "</td>")?;
        if has_remedy {
            let remedy = Escaped(&check.remedy);
            write!(out, "<td class=\"set\" data-label=\"Remedy\">{remedy}</td>")?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn details(out: &mut dyn Write, check: &CheckFinding) -> io::Result<()> {
    if check.details.is_empty() {
        return Ok(());
    }
    let count = counted(check.details.len(), "object");
    write!(out, "<details><summary>{count}</summary><ul>")?;
    for one in &check.details {
        let class = if one.verdict == CheckVerdict::Weak { " class=\"bad\"" } else { "" };
        write!(out, "<li{class}>{}</li>", Escaped(&detail(one)))?;
    }
    write!(out, "</ul></details>")
}
