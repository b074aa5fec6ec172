//! Findings to documents for people and programs.
//!
//! Assessments, plans and explanations come in as the vocabulary of `staunch-model`, already
//! filtered, and go out as text, JSON, CSV, SARIF, one HTML page or XML as MBSA wrote it. Nothing is decided here, and
//! neither clock nor terminal is asked: colour and width are the caller's. Text from machines and
//! publications is untrusted; whatever a terminal, a spreadsheet or a browser would obey is
//! taken out of it. The formats are described in `docs/output.md`, the JSON forms by
//! `docs/scan-schema.json`.

mod columns;
mod csv;
mod format;
mod html;
mod json;
mod mbsa;
mod neutral;
mod outline;
mod sarif;
mod settings;
mod text;
mod words;

pub use format::{Format, FormatError};
pub use neutral::neutral;
pub use text::TextStyle;

use std::io::{self, Write};

use staunch_model::{Assessment, Comparison, DateTime, Explanation, Plan, Verification};

/// Writes what an assessment found for each machine, in one of [`Format::SCAN`].
///
/// # Errors
/// `Unsupported` for MBSA's form, which [`write_mbsa`] writes; otherwise those of `out`.
pub fn write_scan(
    out: &mut dyn Write,
    assessments: &[Assessment],
    format: Format,
    style: &TextStyle,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_scan(out, assessments, style),
        Format::Json => json::write(out, assessments),
        Format::Csv => csv::write_scan(out, assessments),
        Format::Sarif => sarif::write(out, assessments),
        Format::Html => html::write(out, assessments),
        Format::Mbsa => Err(format.unsupported("several machines", Format::SCAN)),
    }
}

/// Writes what an assessment found as MBSA's XML; `scanned` is the time of the scan in UTC.
///
/// # Errors
/// Only those of `out`.
pub fn write_mbsa(
    out: &mut dyn Write,
    assessment: &Assessment,
    scanned: DateTime,
) -> io::Result<()> {
    mbsa::write(out, assessment, scanned)
}

/// Writes the plan for each machine in one of [`Format::PLAN`].
///
/// # Errors
/// `Unsupported` when plans have no such format, otherwise those of `out`.
pub fn write_plan(
    out: &mut dyn Write,
    plans: &[Plan],
    format: Format,
    style: &TextStyle,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_plan(out, plans, style),
        Format::Json => json::write(out, plans),
        Format::Csv => csv::write_plan(out, plans),
        Format::Sarif | Format::Html | Format::Mbsa => {
            Err(format.unsupported("plans", Format::PLAN))
        }
    }
}

/// Writes what changed between two scans in one of [`Format::COMPARISON`].
///
/// # Errors
/// `Unsupported` when comparisons have no such format, otherwise those of `out`.
pub fn write_comparison(
    out: &mut dyn Write,
    comparison: &Comparison,
    format: Format,
    style: &TextStyle,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_comparison(out, comparison, style),
        Format::Json => json::write(out, std::slice::from_ref(comparison)),
        Format::Csv | Format::Sarif | Format::Html | Format::Mbsa => {
            Err(format.unsupported("comparisons", Format::COMPARISON))
        }
    }
}

/// Writes what each machine shows of one update, in one of [`Format::EXPLANATION`].
///
/// # Errors
/// `Unsupported` when verifications have no such format, otherwise those of `out`.
pub fn write_verification(
    out: &mut dyn Write,
    verifications: &[Verification],
    format: Format,
    style: &TextStyle,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_verification(out, verifications, style),
        Format::Json => json::write(out, verifications),
        Format::Csv | Format::Sarif | Format::Html | Format::Mbsa => {
            Err(format.unsupported("verifications", Format::EXPLANATION))
        }
    }
}

/// Writes the explanation for each machine in one of [`Format::EXPLANATION`].
///
/// # Errors
/// `Unsupported` when explanations have no such format, otherwise those of `out`.
pub fn write_explanation(
    out: &mut dyn Write,
    explanations: &[Explanation],
    format: Format,
    style: &TextStyle,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_explanation(out, explanations, style),
        Format::Json => json::write(out, explanations),
        Format::Csv | Format::Sarif | Format::Html | Format::Mbsa => {
            Err(format.unsupported("explanations", Format::EXPLANATION))
        }
    }
}
