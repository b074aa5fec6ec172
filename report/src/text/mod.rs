//! Text for people, from 72 columns on.

mod comparison;
mod explanation;
mod fleet;
mod ink;
mod page;
mod plan;
mod scan;
mod seen;
mod settings;
mod table;
mod verification;

pub(crate) use comparison::write_comparison;
pub(crate) use explanation::write_explanation;
pub(crate) use plan::write_plan;
pub(crate) use verification::write_verification;

use std::io::{self, Write};

use staunch_model::Assessment;

use page::Page;

/// How text is to look; the caller knows the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether terminal colours are written.
    pub colour: bool,
    /// Columns that a line may take; at least 72 are used, which the tables need.
    pub width: usize,
    /// Whether everything is listed: every verdict on updates and settings, and what was seen.
    pub all: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { colour: false, width: 80, all: false }
    }
}

/// Writes a table of the machines when there are several, and a section for each.
pub(crate) fn write_scan(
    out: &mut dyn Write,
    assessments: &[Assessment],
    style: &TextStyle,
) -> io::Result<()> {
    let mut page = Page::new(out, style);
    if assessments.len() > 1 {
        fleet::write(&mut page, assessments)?;
    }
    for (at, assessment) in assessments.iter().enumerate() {
        if at > 0 || assessments.len() > 1 {
            page.rule()?;
        }
        scan::write(&mut page, assessment)?;
    }
    Ok(())
}
