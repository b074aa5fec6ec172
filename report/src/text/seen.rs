use std::io;

use staunch_model::Assessment;

use super::ink::Ink;
use super::page::Page;
use crate::words::{is_seen, observed, verdict_phrase};

/// Writes the files, keys and components behind the verdicts.
pub(super) fn write(page: &mut Page<'_>, assessment: &Assessment) -> io::Result<()> {
    let seen = || assessment.findings.iter().filter(|f| f.evidence.iter().any(is_seen));
    if seen().next().is_none() {
        return Ok(());
    }
    page.heading("Files, keys and components behind the verdicts")?;
    for finding in seen() {
        let head = [finding.kb.to_string(), verdict_phrase(finding.verdict).to_owned()];
        page.parts(2, Ink::of_verdict(finding.verdict), &head)?;
        for evidence in finding.evidence.iter().filter(|evidence| is_seen(evidence)) {
            page.hanging("    - ", Ink::Faint, Ink::Plain, &observed(evidence))?;
        }
    }
    Ok(())
}
