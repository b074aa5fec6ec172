//! One page that needs nothing else: no script, no request, no font.
//!
//! A content security policy forbids whatever the page does not need, so that a slip in escaping
//! stays without effect.

mod charts;
mod escape;
mod fleet;
mod machine;
mod settings;
mod updates;

use std::io::{self, Write};

use staunch_model::Assessment;

use crate::words::{counted, machine_name};
use escape::Escaped;

const STYLE: &str = include_str!("style.css");

/// Sources of content that a browser may use: the page's own style and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the page: an overview when there are several machines, then a section for each.
pub(crate) fn write(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    let subject = match assessments {
        [assessment] => machine_name(&assessment.machine),
        _ => counted(assessments.len(), "machine"),
    };
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Missing updates: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        Escaped(&subject)
    )?;
    let single = assessments.len() == 1;
    if !single {
        fleet::write(out, assessments)?;
    }
    writeln!(out, "<main>")?;
    for (at, assessment) in assessments.iter().enumerate() {
        machine::write(out, assessment, at + 1, single)?;
    }
    writeln!(out, "</main>")?;
    footer(out, assessments)?;
    writeln!(out, "</body>\n</html>")
}

fn footer(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    write!(out, "<footer><p>Written by staunch {}", env!("CARGO_PKG_VERSION"))?;
    if let Some(first) = assessments.first() {
        if let Some(date) = first.catalog.date {
            write!(out, " from the catalog of {date}")?;
        }
        write!(out, ", SHA-256 <code>{}</code>", Escaped(&first.catalog.digest))?;
    }
    writeln!(out, ".</p></footer>")
}
