use std::io::{self, BufRead, Cursor, Read};
use std::path::PathBuf;

use crate::bounded::{DOCUMENT_LIMIT, ExpansionError};
use crate::encoding::{NotText, head_text};
use crate::{Counts, DIALECTS, Dialect, Sink};

/// Most bytes of a document that is read as a whole.
pub const HELD_LIMIT: u64 = 128 << 20;
/// Bytes from which the dialect of a document is told.
const HEAD_LENGTH: u64 = 4096;
/// Most characters of a document's name that are kept.
const NAME_LENGTH: usize = 255;

/// Reason why a publication cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{}: cannot be opened", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error("{archive}: damaged archive")]
    Archive { archive: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("{}: expected at least one publication, found none", path.display())]
    NoPublication { path: PathBuf },
    #[error("{document}: no dialect recognises it: expected {expected}, found {found}")]
    Unrecognised { document: String, expected: String, found: String },
    #[error("{document}, line {line}: expected {expected}, found {found}")]
    Malformed { document: String, line: u32, expected: String, found: String },
    #[error("{document}, line {line}: expected {what} of at most {limit} {unit}, found more")]
    Limit { document: String, line: u32, what: &'static str, limit: u64, unit: &'static str },
    #[error("{document}, line {line}: reading failed")]
    Input { document: String, line: u32, source: io::Error },
}

/// One document on its way in, with its beginning already known.
pub struct Document<'r> {
    name: String,
    size: Option<u64>,
    input: io::Chain<Cursor<Vec<u8>>, &'r mut dyn BufRead>,
}

impl<'r> Document<'r> {
    /// Begins to read a document. The name is a label; control characters in it are replaced.
    ///
    /// # Errors
    ///
    /// [`ReadError::Input`] or [`ReadError::Limit`] when its beginning cannot be read.
    pub fn new(
        name: &str,
        size: Option<u64>,
        input: &'r mut dyn BufRead,
    ) -> Result<Self, ReadError> {
        let name = label(name);
        let mut head = Vec::new();
        if let Err(error) = (&mut *input).take(HEAD_LENGTH).read_to_end(&mut head) {
            return Err(ReadError::input(&name, 1, error));
        }
        Ok(Self { name, size, input: Cursor::new(head).chain(input) })
    }

    /// Returns the name of the document within the path that it was found in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the last part of the name.
    pub fn file_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// Returns the size in bytes that its container claims.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Returns the first bytes.
    pub fn head(&self) -> &[u8] {
        self.input.get_ref().0.get_ref()
    }

    /// Returns the dialect that recognises the document.
    pub fn dialect(&self) -> Option<&'static dyn Dialect> {
        DIALECTS.iter().copied().find(|dialect| dialect.recognises(self.file_name(), self.head()))
    }

    /// Reads the document in the dialect that recognises it.
    ///
    /// # Errors
    ///
    /// [`ReadError::Unrecognised`] when there is none; otherwise the first fault that makes the
    /// rest unreadable.
    pub fn read(&mut self, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        match self.dialect() {
            Some(dialect) => dialect.read(self, sink),
            None => Err(self.unrecognised()),
        }
    }

    /// Reads the rest of the document into memory.
    ///
    /// # Errors
    ///
    /// [`ReadError::Limit`] when it is longer than [`HELD_LIMIT`]; [`ReadError::Input`] when it
    /// cannot be read.
    pub fn hold(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        if let Err(error) = (&mut self.input).take(HELD_LIMIT + 1).read_to_end(&mut bytes) {
            let line = crate::encoding::line_after(&bytes);
            return Err(ReadError::input(&self.name, line, error));
        }
        if bytes.len() as u64 > HELD_LIMIT {
            let line = crate::encoding::line_after(&bytes);
            return Err(ReadError::limit(&self.name, line, "a document", HELD_LIMIT));
        }
        Ok(bytes)
    }

    /// Returns the error that says that no dialect recognises the document.
    pub fn unrecognised(&self) -> ReadError {
        let dialects: Vec<_> = DIALECTS.iter().map(|dialect| dialect.description()).collect();
        ReadError::Unrecognised {
            document: self.name.clone(),
            expected: dialects.join(" or "),
            found: describe(self.head()),
        }
    }

    /// Returns the input after what was read of it.
    pub(crate) fn input(&mut self) -> &mut dyn BufRead {
        &mut self.input
    }
}

impl ReadError {
    pub(crate) fn malformed(
        document: &str,
        line: u32,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        let (expected, found) = (expected.into(), found.into());
        Self::Malformed { document: document.to_owned(), line, expected, found }
    }

    /// Says that something has too many bytes.
    pub(crate) fn limit(document: &str, line: u32, what: &'static str, limit: u64) -> Self {
        Self::Limit { document: document.to_owned(), line, what, limit, unit: "bytes" }
    }

    pub(crate) fn not_text(document: &str, fault: NotText) -> Self {
        Self::malformed(document, fault.line, fault.expected, fault.found)
    }

    pub(crate) fn input(document: &str, line: u32, error: io::Error) -> Self {
        let expansion = error.get_ref().and_then(|inner| inner.downcast_ref::<ExpansionError>());
        match expansion {
            Some(ExpansionError::Document { .. }) => {
                Self::limit(document, line, "a document", DOCUMENT_LIMIT)
            }
            Some(ExpansionError::Archive | ExpansionError::Ratio) | None => {
                Self::Input { document: document.to_owned(), line, source: error }
            }
        }
    }
}

/// Returns a short quotation of a text, safe to print.
pub(crate) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 60;
    let short: String = text.chars().take(LENGTH).collect();
    if short.len() == text.len() { format!("{short:?}") } else { format!("{short:?}…") }
}

/// Makes a name from outside printable.
pub(crate) fn label(name: &str) -> String {
    name.chars().take(NAME_LENGTH).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn describe(head: &[u8]) -> String {
    if head.is_empty() {
        return "an empty document".to_owned();
    }
    let text = head_text(head);
    let strange = |c: char| c == '\u{fffd}' || (c.is_control() && !c.is_ascii_whitespace());
    if text.chars().take(64).any(strange) {
        let bytes: Vec<_> = head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        return format!("binary data that begins with {}", bytes.join(" "));
    }
    format!("text that begins with {}", excerpt(text.trim_start()))
}
