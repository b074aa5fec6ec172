//! Rows of a comma-separated table, read one at a time within a bounded space.
//!
//! Source: RFC 4180; lines that begin with `#` are comments.

use std::io::BufRead;

use csv_core::ReadRecordResult;

use crate::ReadError;
use crate::encoding::not_utf8;

/// Most bytes of one row.
const ROW_LIMIT: usize = 1 << 20;
/// Longest comment that is kept, in bytes.
const COMMENT_LIMIT: usize = 200;
/// Most fields of one row.
const FIELD_LIMIT: usize = 64;

/// Reads rows with the line that each begins on.
pub(super) struct Rows<'d> {
    document: &'d str,
    input: &'d mut dyn BufRead,
    row: Vec<u8>,
    line: u32,
    next_line: u32,
    ended: bool,
    comment: String,
    parser: csv_core::Reader,
    fields: Vec<u8>,
    ends: [usize; FIELD_LIMIT],
}

/// One row: its fields, and its bytes as they stand in the document without the line end.
pub(super) struct Row<'r> {
    pub(super) line: u32,
    pub(super) raw: &'r [u8],
    /// Whether the document ends right after the row, without a line end.
    pub(super) unfinished: bool,
    /// The last comment above the row, which heads a section of the document.
    pub(super) comment: &'r str,
    /// Nothing when the row cannot be split into fields.
    pub(super) fields: Option<Fields<'r>>,
}

/// The fields of one row without their quotes.
pub(super) struct Fields<'r> {
    text: &'r str,
    ends: &'r [usize],
}

impl<'r> Fields<'r> {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns one field without the space around it; a field that is not there is empty.
    pub(super) fn field(&self, at: usize) -> &'r str {
        let start = if at == 0 { Some(0) } else { self.ends.get(at - 1).copied() };
        let range = start.zip(self.ends.get(at).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or("").trim()
    }
}

impl<'d> Rows<'d> {
    pub(super) fn new(document: &'d str, input: &'d mut dyn BufRead) -> Self {
        Self {
            document,
            input,
            row: Vec::new(),
            line: 1,
            next_line: 1,
            ended: false,
            comment: String::new(),
            parser: csv_core::Reader::new(),
            fields: Vec::new(),
            ends: [0; FIELD_LIMIT],
        }
    }

    /// Returns the next row that is neither empty nor a comment.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, ReadError> {
        loop {
            self.assemble()?;
            if self.row.is_empty() && self.ended {
                return Ok(None);
            }
            let content = self.row.trim_ascii();
            if content.starts_with(b"#") {
                let kept = &content[..content.len().min(COMMENT_LIMIT)];
                self.comment = String::from_utf8_lossy(kept).into_owned();
            } else if !content.is_empty() {
                break;
            }
        }
        self.split().map(Some)
    }

    /// Takes the lines of one row: a line end between quotes belongs to the row.
    fn assemble(&mut self) -> Result<(), ReadError> {
        self.row.clear();
        self.line = self.next_line;
        let mut quotes = 0;
        loop {
            let start = self.row.len();
            let whole = self.take_line()?;
            let piece = &self.row[start..];
            if self.line == 1 && start == 0 && piece.starts_with(b"\xEF\xBB\xBF") {
                self.row.drain(..3);
            }
            if self.row.starts_with(b"#") {
                return Ok(());
            }
            quotes += memchr::memchr_iter(b'"', &self.row[start..]).count();
            if quotes % 2 == 0 {
                return Ok(());
            }
            if !whole {
                let found = "the end of the document";
                return Err(ReadError::malformed(
                    self.document,
                    self.line,
                    "a closing quote",
                    found,
                ));
            }
        }
    }

    /// Adds one line to the row; tells whether a line end was found.
    fn take_line(&mut self) -> Result<bool, ReadError> {
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadError::input(self.document, self.next_line, error)),
            };
            if buffer.is_empty() {
                self.ended = true;
                return Ok(false);
            }
            let end = memchr::memchr(b'\n', buffer);
            let taken = end.map_or(buffer.len(), |end| end + 1);
            if self.row.len() + taken > ROW_LIMIT {
                let what = "a row";
                return Err(ReadError::limit(self.document, self.line, what, ROW_LIMIT as u64));
            }
            self.row.extend_from_slice(&buffer[..taken]);
            self.input.consume(taken);
            if end.is_some() {
                self.next_line = self.next_line.saturating_add(1);
                return Ok(true);
            }
        }
    }

    fn split(&mut self) -> Result<Row<'_>, ReadError> {
        let unfinished = !self.row.ends_with(b"\n");
        while self.row.ends_with(b"\n") || self.row.ends_with(b"\r") {
            self.row.pop();
        }
        let length = self.row.len();
        self.row.push(b'\n');
        self.fields.resize(self.row.len(), 0);
        self.parser.reset();
        let (result, read, written, count) =
            self.parser.read_record(&self.row, &mut self.fields, &mut self.ends);
        let raw = &self.row[..length];
        let whole = matches!(result, ReadRecordResult::Record) && read == self.row.len();
        if !whole {
            let comment = &self.comment;
            return Ok(Row { line: self.line, raw, unfinished, comment, fields: None });
        }
        let written = &self.fields[..written];
        let text = str::from_utf8(written).map_err(|error| {
            let mut fault = not_utf8(written, error);
            fault.line = self.line.saturating_add(fault.line - 1);
            ReadError::not_text(self.document, fault)
        })?;
        let fields = Some(Fields { text, ends: &self.ends[..count] });
        Ok(Row { line: self.line, raw, unfinished, comment: &self.comment, fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Result<Vec<(u32, Vec<String>)>, String> {
        let mut input = text;
        let mut rows = Rows::new("t.csv", &mut input);
        let mut all = Vec::new();
        loop {
            match rows.next() {
                Ok(Some(row)) => all.push((
                    row.line,
                    row.fields.map_or(Vec::new(), |fields| {
                        (0..fields.len()).map(|at| fields.field(at).to_owned()).collect()
                    }),
                )),
                Ok(None) => return Ok(all),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    #[test]
    fn rows_keep_their_lines_through_comments_blanks_and_quoted_line_ends() {
        let text = b"\xEF\xBB\xBFa,b\r\n# it's \"one\r\n\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\r\nlast,";
        let expected = vec![
            (1, vec!["a".to_owned(), "b".to_owned()]),
            (4, vec!["x\r\ny".to_owned(), "say \"hi\"".to_owned()]),
            (6, vec!["last".to_owned(), String::new()]),
        ];
        assert_eq!(rows(text), Ok(expected));
    }

    #[test]
    fn what_has_no_end_is_refused() {
        assert_eq!(
            rows(b"a\n\"b"),
            Err("t.csv, line 2: expected a closing quote, found the end of the document".to_owned())
        );
        assert_eq!(
            rows(&vec![b'a'; ROW_LIMIT + 1]),
            Err("t.csv, line 1: expected a row of at most 1048576 bytes, found more".to_owned())
        );
    }

    #[test]
    fn other_encodings_are_refused_with_the_line() {
        assert_eq!(
            rows(b"a\n\"b\nc\xE9\"\n"),
            Err("t.csv, line 3: expected UTF-8 text, found byte 0xe9".to_owned())
        );
    }

    #[test]
    fn a_row_that_cannot_be_split_is_kept_apart() {
        assert_eq!(rows(&[b"x,".repeat(100), b"\n".to_vec()].concat()), Ok(vec![(1, vec![])]));
    }
}
