//! HTML tables: the tags of tables are read, everything else stays as text for the inline reader.

use super::{Cell, Line, MOST_CELLS, MOST_ROWS, Row, Table};
use crate::page::inline::trim;

/// Widest span that is believed.
const WIDEST_SPAN: u16 = 60;

/// Tells whether a table begins at a line.
pub(super) fn opens_table(text: &str) -> bool {
    let mut text = text.trim_start();
    // An empty paragraph may stand before the table on its line.
    while let Some(rest) = ["<p>", "</p>"].iter().find_map(|tag| text.strip_prefix(tag)) {
        text = rest.trim_start();
    }
    text.len() >= 6 && text.as_bytes()[..6].eq_ignore_ascii_case(b"<table")
}

/// Reads a table to its end, and says how many lines it takes.
///
/// A table without an end goes on to the first text between its rows.
pub(super) fn table(lines: &[Line<'_>]) -> (Table, usize) {
    let mut builder = Builder::default();
    for (at, line) in lines.iter().enumerate() {
        let text = line.text.trim_start();
        if builder.is_between_rows() && !text.is_empty() && !text.starts_with('<') {
            return (builder.finish(), at);
        }
        builder.line(*line);
        if builder.is_closed {
            return (builder.finish(), at + 1);
        }
    }
    (builder.finish(), lines.len())
}

#[derive(Default)]
struct Builder {
    rows: Vec<Row>,
    /// Cells of earlier rows that reach down: column, cell, rows left.
    hanging: Vec<(usize, Cell, u16)>,
    row: Option<Row>,
    /// Columns and rows that the open cell covers.
    cell: Option<(u16, u16)>,
    /// Text of the open cell.
    text: String,
    depth: usize,
    is_closed: bool,
}

impl Builder {
    fn line(&mut self, line: Line<'_>) {
        let mut rest = line.text;
        while let Some(open) = rest.find('<') {
            let (before, tail) = rest.split_at(open);
            self.text(before);
            let Some(tag) = Tag::read(tail) else {
                self.text("<");
                rest = &tail[1..];
                continue;
            };
            rest = &tail[tag.length..];
            self.tag(&tag, &tail[..tag.length], line.number);
            if self.is_closed {
                return;
            }
        }
        self.text(rest);
        self.text("\n");
    }

    /// Tells whether a row has ended and no other has begun.
    fn is_between_rows(&self) -> bool {
        !self.rows.is_empty() && self.row.is_none() && self.cell.is_none()
    }

    fn text(&mut self, text: &str) {
        if self.cell.is_some() {
            self.text.push_str(text);
        }
    }

    fn tag(&mut self, tag: &Tag<'_>, raw: &str, line: u32) {
        match (tag.kind, tag.is_end) {
            (Kind::Table, false) => self.depth += 1,
            (Kind::Table, true) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.is_closed = true;
                }
            }
            (Kind::Row, false) => {
                self.end_row();
                self.row = Some(Row { line, ..Row::default() });
            }
            (Kind::Row, true) => self.end_row(),
            (Kind::Cell | Kind::Head, false) => {
                self.end_cell();
                let row = self.row.get_or_insert_with(|| Row { line, ..Row::default() });
                row.is_head |= tag.kind == Kind::Head;
                self.text.clear();
                self.cell = Some(tag.spans());
            }
            (Kind::Cell | Kind::Head, true) => self.end_cell(),
            (Kind::Break, _) => {}
            (Kind::Other, _) => self.text(raw),
        }
    }

    fn end_cell(&mut self) {
        let Some((columns, down)) = self.cell.take() else { return };
        self.fill_hanging();
        let Some(row) = &mut self.row else { return };
        if row.cells.len() >= MOST_CELLS {
            return;
        }
        let cell = Cell { text: tidy(&self.text), columns, is_continued: false };
        if down > 1 {
            let continued = Cell { is_continued: true, ..cell.clone() };
            self.hanging.push((row.width(), continued, down));
        }
        row.cells.push(cell);
    }

    /// Puts in the cells that reach down from above at the column where the row has got to.
    fn fill_hanging(&mut self) {
        let Some(row) = &mut self.row else { return };
        while row.cells.len() < MOST_CELLS {
            let at = row.width();
            let Some((_, cell, _)) = self.hanging.iter().find(|(column, ..)| *column == at) else {
                return;
            };
            row.cells.push(cell.clone());
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.fill_hanging();
        let Some(row) = self.row.take() else { return };
        for hanging in &mut self.hanging {
            hanging.2 -= 1;
        }
        self.hanging.retain(|(_, _, left)| *left > 0);
        if !row.cells.is_empty() && self.rows.len() < MOST_ROWS {
            self.rows.push(row);
        }
    }

    fn finish(mut self) -> Table {
        self.end_row();
        Table { rows: self.rows }
    }
}

/// Trims every line and drops the empty ones.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines().map(trim).filter(|line| !line.is_empty()) {
        if !tidy.is_empty() {
            tidy.push('\n');
        }
        tidy.push_str(line);
    }
    tidy
}

/// What a tag is to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Row,
    Cell,
    Head,
    Break,
    Other,
}

const KINDS: &[(&str, Kind)] = &[
    ("td", Kind::Cell),
    ("th", Kind::Head),
    ("tr", Kind::Row),
    ("br", Kind::Break),
    ("table", Kind::Table),
];

struct Tag<'t> {
    kind: Kind,
    attributes: &'t str,
    is_end: bool,
    /// Bytes from `<` to `>`.
    length: usize,
}

impl<'t> Tag<'t> {
    /// Reads the tag that begins here, when one does.
    fn read(text: &'t str) -> Option<Self> {
        let length = text.find('>')? + 1;
        let body = &text[1..length - 1];
        let (is_end, body) = match body.strip_prefix('/') {
            Some(body) => (true, body),
            None => (false, body),
        };
        let name_end = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len());
        let (name, attributes) = body.split_at(name_end);
        let kind = KINDS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        let kind = kind.map_or(Kind::Other, |(_, kind)| *kind);
        (!name.is_empty()).then_some(Self { kind, attributes, is_end, length })
    }

    /// Returns the columns and the rows that a cell covers.
    fn spans(&self) -> (u16, u16) {
        let (mut columns, mut rows) = (1, 1);
        let bytes = self.attributes.as_bytes();
        for at in memchr::memchr2_iter(b's', b'S', bytes) {
            let is_span =
                bytes.get(at..at + 4).is_some_and(|word| word.eq_ignore_ascii_case(b"span"));
            let Some(kind) = at.checked_sub(3).filter(|_| is_span).map(|from| &bytes[from..at])
            else {
                continue;
            };
            let value = value(&self.attributes[at + 4..]);
            if kind.eq_ignore_ascii_case(b"col") {
                columns = value;
            } else if kind.eq_ignore_ascii_case(b"row") {
                rows = value;
            }
        }
        (columns, rows)
    }
}

/// Reads the number that an attribute is set to.
fn value(rest: &str) -> u16 {
    let value = rest.trim_start().strip_prefix('=').unwrap_or_default();
    let value = value.trim_start_matches([' ', '"', '\'']);
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    value[..digits].parse().map_or(1, |span: u16| span.clamp(1, WIDEST_SPAN))
}
