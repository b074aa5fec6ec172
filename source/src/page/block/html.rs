//! HTML tables: the tags of tables and links are read, everything else stays as text for the inline reader.

use super::{Cell, Line, MOST_CELLS, MOST_ROWS, Row, Table};

/// Widest span that is believed.
const WIDEST_SPAN: u16 = 60;
/// Longest target of a link that is kept, in bytes.
const LONGEST_TARGET: usize = 1_000;

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
    cell: Option<(Cell, u16)>,
    /// Target of the anchor that the cell has open.
    link: Option<String>,
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
        if let Some((cell, _)) = &mut self.cell {
            cell.text.push_str(text);
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
                let columns = tag.span("colspan");
                let cell = Cell { text: String::new(), columns, is_continued: false };
                self.cell = Some((cell, tag.span("rowspan")));
            }
            (Kind::Cell | Kind::Head, true) => self.end_cell(),
            (Kind::Break, _) => {}
            (Kind::Anchor, false) => self.open_link(tag, raw),
            (Kind::Anchor, true) => self.close_link(raw),
            (Kind::Other, _) => self.text(raw),
        }
    }

    /// Begins a link as Markdown writes one; an anchor without a target stays a tag.
    fn open_link(&mut self, tag: &Tag<'_>, raw: &str) {
        match tag.target() {
            Some(target) if self.link.is_none() && self.cell.is_some() => {
                self.text("[");
                self.link = Some(target);
            }
            _ => self.text(raw),
        }
    }

    fn close_link(&mut self, raw: &str) {
        match self.link.take() {
            Some(target) => {
                self.text("](");
                self.text(&target);
                self.text(")");
            }
            None => self.text(raw),
        }
    }

    fn end_cell(&mut self) {
        if self.link.is_some() {
            self.close_link("");
        }
        let Some((mut cell, down)) = self.cell.take() else { return };
        cell.text = tidy(&cell.text);
        self.fill_hanging();
        let Some(row) = &mut self.row else { return };
        if row.cells.len() >= MOST_CELLS {
            return;
        }
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
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
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
    Anchor,
    Other,
}

const KINDS: &[(&str, Kind)] = &[
    ("td", Kind::Cell),
    ("th", Kind::Head),
    ("tr", Kind::Row),
    ("br", Kind::Break),
    ("a", Kind::Anchor),
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

    fn span(&self, attribute: &str) -> u16 {
        self.value(attribute)
            .and_then(|value| {
                let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
                value[..digits].parse().ok()
            })
            .map_or(1, |span: u16| span.clamp(1, WIDEST_SPAN))
    }

    /// Returns where an anchor leads, in a form that can stand between round brackets.
    fn target(&self) -> Option<String> {
        let value = self.value("href")?;
        let end = value.find(|c: char| "\"'<> \t".contains(c)).unwrap_or(value.len());
        let target = value[..end].replace("&amp;", "&").replace('(', "%28").replace(')', "%29");
        (!target.is_empty() && target.len() <= LONGEST_TARGET).then_some(target)
    }

    /// Returns the attributes from the value of one on, without the quote before it.
    fn value(&self, attribute: &str) -> Option<&'t str> {
        let bytes = self.attributes.as_bytes();
        let at = bytes
            .windows(attribute.len())
            .position(|name| name.eq_ignore_ascii_case(attribute.as_bytes()))?;
        let rest = self.attributes[at + attribute.len()..].trim_start().strip_prefix('=')?;
        Some(rest.trim_start_matches([' ', '"', '\'']))
    }
}
