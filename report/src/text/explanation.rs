use std::io::{self, Write};

use staunch_model::{ExplainedUpdate, Explanation, Reference};

use super::TextStyle;
use super::ink::Ink;
use super::page::Page;
use crate::neutral::neutral;
use crate::words::{machine_name, observed, sentence, support_sentence, verdict_phrase};

/// Writes the explanation for each machine.
pub(crate) fn write_explanation(
    out: &mut dyn Write,
    explanations: &[Explanation],
    style: &TextStyle,
) -> io::Result<()> {
    let mut page = Page::new(out, style);
    for (at, explanation) in explanations.iter().enumerate() {
        if at > 0 {
            page.rule()?;
        }
        write(&mut page, explanation)?;
    }
    Ok(())
}

fn write(page: &mut Page<'_>, explanation: &Explanation) -> io::Result<()> {
    page.paragraph(0, Ink::Strong, &sentence(&explanation.answer))?;
    let about = format!(
        "{} on {}, {}",
        neutral(&explanation.subject),
        machine_name(&explanation.machine),
        neutral(&explanation.machine.product)
    );
    page.paragraph(0, Ink::Faint, &about)?;
    let support = &explanation.support;
    page.paragraph(0, Ink::of_support(support), &support_sentence(support))?;
    for update in &explanation.updates {
        page.blank()?;
        write_update(page, update)?;
    }
    Ok(())
}

fn write_update(page: &mut Page<'_>, update: &ExplainedUpdate) -> io::Result<()> {
    let mut head = vec![update.kb.to_string()];
    head.extend(update.bulletin.map(|bulletin| bulletin.to_string()));
    head.extend(update.date.map(|date| date.to_string()));
    head.push(verdict_phrase(update.verdict).to_owned());
    page.parts(0, Ink::of_verdict(update.verdict), &head)?;
    page.paragraph(2, Ink::Plain, &neutral(&update.title))?;
    page.paragraph(2, Ink::Faint, &neutral(&update.product))?;
    let digits = update.evidence.len().to_string().len();
    for (evidence, number) in update.evidence.iter().zip(1..) {
        let lead = format!("  {number:>digits$}. ");
        page.hanging(&lead, Ink::Faint, Ink::Plain, &sentence(&evidence.says))?;
        page.paragraph(lead.len(), Ink::Faint, &observed(evidence))?;
    }
    for (at, reference) in update.publications.iter().enumerate() {
        let lead = if at == 0 { "  Source: " } else { "          " };
        page.hanging(lead, Ink::Faint, Ink::Faint, &publication(reference))?;
    }
    Ok(())
}

fn publication(reference: &Reference) -> String {
    let mut text = neutral(&reference.publication).into_owned();
    if let Some(revision) = &reference.revision {
        text.push_str(&format!(", revision {}", neutral(revision)));
    }
    if let Some(date) = reference.revised {
        text.push_str(&format!(" of {date}"));
    }
    if !reference.title.is_empty() {
        text.push_str(&format!(": {}", neutral(&reference.title)));
    }
    text
}
