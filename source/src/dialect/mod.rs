//! The ways in which publications are written. A new one is one file here and one line in
//! [`DIALECTS`].

mod bulletin_page;
mod bulletin_search;
mod cvrf;
mod lifecycle;
mod mssecure;
mod rows;
mod table;
mod xml;

use crate::{Counts, Document, ReadError, Sink};

/// One way of publishing.
pub trait Dialect: Sync {
    /// Returns the name that begins the names of its publications.
    fn name(&self) -> &'static str;

    /// Returns what it reads, in a few words for a message.
    fn description(&self) -> &'static str;

    /// Tells from its file name and its first bytes whether a document is in this dialect.
    fn recognises(&self, file_name: &str, head: &[u8]) -> bool;

    /// Reads a document to its end.
    ///
    /// # Errors
    ///
    /// The first fault that makes the rest unreadable; what was passed on until then is incomplete
    /// and is to be thrown away.
    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError>;
}

/// Every dialect that is understood.
pub static DIALECTS: &[&dyn Dialect] = &[
    &cvrf::Cvrf,
    &mssecure::MsSecure,
    &bulletin_search::BulletinSearch,
    &lifecycle::Lifecycle,
    &table::Table,
    &bulletin_page::Page,
];
