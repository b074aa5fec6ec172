//! Publications in any dialect to catalog records with a provenance and warnings.
//!
//! A publication is untrusted text. Size, nesting and expansion are bounded, entities are not
//! expanded, and names inside archives are labels that never become paths. What cannot be read at
//! all is one [`ReadError`] with document, line, what was expected and what was found; a fault that
//! leaves the rest readable is a [`SourceWarning`]. Products, series and dates are not interpreted
//! here: a [`Record`] holds what the publication says, in its words.
//!
//! [`read_path`] reads everything under a path in order. A caller with several threads takes the
//! documents one by one from [`documents`], holds the small ones with [`Document::hold`], and calls
//! [`read_document`] for them on any thread.

mod bounded;
mod container;
mod counts;
mod dialect;
mod document;
mod encoding;
mod intern;
mod output;
mod page;
mod supersedence;

use std::path::Path;

pub use container::documents;
pub use counts::Counts;
pub use dialect::{DIALECTS, Dialect};
pub use document::{Document, HELD_LIMIT, ReadError};
pub use page::{PAGE_LIMIT, read_page};
use staunch_model::{Record, SourceWarning};

/// Receives what a publication says.
pub trait Sink {
    /// Takes one statement.
    fn record(&mut self, record: Record);
    /// Takes one fault with its place.
    fn warning(&mut self, warning: SourceWarning);
}

/// Everything that publications said, kept in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Statements {
    pub records: Vec<Record>,
    pub warnings: Vec<SourceWarning>,
}

/// What [`read_path`] has come to.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A document of a known dialect is about to be read; the size in bytes is a claim.
    Reading { document: &'a str, dialect: &'static str, size: Option<u64> },
    /// A document was read to its end.
    Read { document: &'a str, counts: &'a Counts },
    /// A document is in no known dialect and was passed over.
    Skipped { document: &'a str },
}

impl Sink for Statements {
    fn record(&mut self, record: Record) {
        self.records.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        self.warnings.push(warning);
    }
}

/// Reads one document that is held in memory.
///
/// The name is a label, and the last part of it names the publication where the document does not
/// name itself.
///
/// # Errors
///
/// [`ReadError::Unrecognised`] when no dialect takes the document; otherwise the first fault that
/// makes the rest unreadable.
pub fn read_document(name: &str, bytes: &[u8], sink: &mut dyn Sink) -> Result<Counts, ReadError> {
    let mut input = bytes;
    Document::new(name, Some(bytes.len() as u64), &mut input)?.read(sink)
}

/// Reads every publication under a path: a file, a folder with all below it, or an archive.
///
/// Documents that no dialect recognises are passed over and counted, as archives of publications
/// hold read-me files too.
///
/// # Errors
///
/// [`ReadError::Unrecognised`] or [`ReadError::NoPublication`] when there is no publication at all;
/// otherwise the first fault in any document, after which nothing more is read.
pub fn read_path(
    path: &Path,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> Result<Counts, ReadError> {
    let mut total = Counts::default();
    let mut unrecognised = None;
    documents(path, &mut |mut document| {
        let name = document.name().to_owned();
        let Some(dialect) = document.dialect() else {
            unrecognised.get_or_insert_with(|| document.unrecognised());
            total.skipped += 1;
            progress(&Progress::Skipped { document: &name });
            return Ok(());
        };
        let size = document.size();
        progress(&Progress::Reading { document: &name, dialect: dialect.name(), size });
        let counts = document.read(sink)?;
        progress(&Progress::Read { document: &name, counts: &counts });
        total += counts;
        Ok(())
    })?;
    if total.documents > 0 {
        return Ok(total);
    }
    Err(unrecognised.unwrap_or_else(|| ReadError::NoPublication { path: path.to_owned() }))
}
