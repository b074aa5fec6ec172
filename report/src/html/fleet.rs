use std::io::{self, Write};

use staunch_model::Assessment;

use super::charts;
use super::escape::Escaped;
use super::machine::support_class;
use crate::outline::worst_first;
use crate::settings::{settings_clause, weak};
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
    sentence.push_str(&settings_clause(assessments));
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

/// Writes one row for each machine, the worst first.
fn table(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    let has_settings = assessments.iter().any(|assessment| !assessment.checks.is_empty());
    write!(
        out,
        "<table class=\"stack\">\n<thead><tr><th scope=\"col\">Machine</th>\
         <th scope=\"col\">System</th><th scope=\"col\">Support</th><th scope=\"col\" class=\"n\">Missing</th>\
         <th scope=\"col\" class=\"n\">Undetermined</th>\
         <th scope=\"col\" class=\"n\">Open CVEs</th>\
         <th scope=\"col\" class=\"n\">Exploited</th>"
    )?;
    if has_settings {
        write!(out, "<th scope=\"col\" class=\"n\">Weak settings</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for (at, assessment) in worst_first(assessments) {
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
        let mut counts = vec![
            ("Missing", summary.missing),
            ("Undetermined", summary.undetermined),
            ("Open CVEs", summary.exposed_cves),
            ("Exploited", summary.exploited_cves),
        ];
        if has_settings {
            counts.push(("Weak settings", weak(assessment)));
        }
        for (label, count) in counts {
            let class = if count == 0 { "n zero" } else { "n" };
            write!(out, "<td data-label=\"{label}\" class=\"{class}\">{}</td>", grouped(count))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}
