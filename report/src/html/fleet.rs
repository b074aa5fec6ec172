use std::io::{self, Write};

use staunch_model::Assessment;

use super::charts;
use super::escape::Escaped;
use super::machine::support_class;
use crate::words::{counted, grouped, machine_name, support_clause, support_word};

/// Writes the overview of several machines.
pub(super) fn write(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    let lacking = assessments.iter().filter(|a| a.summary.missing > 0).count();
    let exploited = assessments.iter().filter(|a| a.summary.exploited_cves > 0).count();
    writeln!(out, "<header>\n<h1>Missing updates</h1>")?;
    let mut sentence = match lacking {
        0 => format!("None of {} is known to lack an update", grouped(assessments.len())),
        1 => format!("1 of {} lacks updates", counted(assessments.len(), "machine")),
        _ => format!(
            "{} of {} lack updates",
            grouped(lacking),
            counted(assessments.len(), "machine")
        ),
    };
    sentence.push_str(&support_clause(assessments));
    if exploited > 0 {
        sentence.push_str(&format!(
            "; on {} a vulnerability is open that is known to be exploited",
            grouped(exploited)
        ));
    }
    writeln!(out, "<p class=\"verdict\">{}.</p>", Escaped(&sentence))?;
    writeln!(out, "<section aria-labelledby=\"machines\">\n<h2 id=\"machines\">Machines</h2>")?;
    charts::machines(out, assessments)?;
    table(out, assessments)?;
    writeln!(out, "</section>\n</header>")
}

fn table(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    writeln!(
        out,
        "<table class=\"stack\">\n<thead><tr><th scope=\"col\">Machine</th>\
         <th scope=\"col\">System</th><th scope=\"col\">Support</th><th scope=\"col\" class=\"n\">Missing</th>\
         <th scope=\"col\" class=\"n\">To install</th>\
         <th scope=\"col\" class=\"n\">Undetermined</th>\
         <th scope=\"col\" class=\"n\">Open CVEs</th>\
         <th scope=\"col\" class=\"n\">Exploited</th></tr></thead>\n<tbody>"
    )?;
    for (at, assessment) in assessments.iter().enumerate() {
        let summary = &assessment.summary;
        write!(
            out,
            "<tr><th scope=\"row\"><a href=\"#m{}\">{}</a></th><td data-label=\"System\">{}</td>",
            at + 1,
            Escaped(&machine_name(&assessment.machine)),
            Escaped(&assessment.machine.product)
        )?;
        write!(
            out,
            "<td data-label=\"Support\" class=\"{}\">{}</td>",
            support_class(&assessment.support),
            support_word(assessment.support.overall())
        )?;
        for (label, count) in [
            ("Missing", summary.missing),
            ("Undetermined", summary.undetermined),
            ("Open CVEs", summary.exposed_cves),
            ("Exploited", summary.exploited_cves),
        ] {
            let class = if count == 0 { "n zero" } else { "n" };
            write!(out, "<td data-label=\"{label}\" class=\"{class}\">{}</td>", grouped(count))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}
