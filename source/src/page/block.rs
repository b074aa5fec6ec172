//! A page as a sequence of blocks, each with its line.
//!
//! The pages are Markdown that a converter made from HTML: headings of every level without order,
//! bold labels, lists, pipe tables, HTML tables with Markdown inside their cells, code fences. This
//! is no Markdown renderer: it keeps what carries facts, and every character of it.

mod html;
mod pipe;

use std::borrow::Cow;

use super::inline::{Inline, trim};

/// A part of a page that stands by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block<'p> {
    /// Line of the page at which it begins, counted from one.
    pub(crate) line: u32,
    pub(crate) kind: BlockKind<'p>,
}

/// Kind of a block with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BlockKind<'p> {
    /// Heading of level 1 to 6, as raw inline text.
    Heading { level: u8, text: &'p str },
    /// Lines of running text, each with its own number; a hard break ends a line.
    Paragraph(Vec<Line<'p>>),
    /// One item of a list without its marker; `depth` is the indentation in columns.
    Item { depth: usize, lines: Vec<Line<'p>> },
    /// A pipe or HTML table; cells hold raw inline text.
    Table(Table),
    /// Lines of a code fence or of indented code.
    Code(Vec<Line<'p>>),
}

/// One line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'p> {
    /// Number of the line, counted from one.
    pub(crate) number: u32,
    pub(crate) text: &'p str,
}

/// A table in which cells that cover several rows stand in each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
}

/// One row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: u32,
    pub(crate) is_head: bool,
    pub(crate) cells: Vec<Cell>,
}

/// One cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Raw inline text; hard breaks are line ends.
    pub(crate) text: String,
    /// Columns that the cell covers.
    pub(crate) columns: u16,
    /// Whether the cell repeats one above it that covers several rows.
    pub(crate) is_continued: bool,
}

impl Row {
    /// Returns the number of columns that the cells cover together.
    pub(crate) fn width(&self) -> usize {
        self.cells.iter().map(|cell| usize::from(cell.columns)).sum()
    }
}

impl Cell {
    /// Returns the text without marks.
    pub(crate) fn plain(&self) -> Cow<'_, str> {
        Inline::new(&self.text).plain()
    }
}

/// Most rows of a table and most cells of a row; a page has at most some thousand rows.
const MOST_ROWS: usize = 20_000;
const MOST_CELLS: usize = 200;

/// Splits a page into lines.
pub(crate) fn lines(page: &str) -> Vec<Line<'_>> {
    let ends = || memchr::memchr_iter(b'\n', page.as_bytes());
    let mut lines = Vec::with_capacity(ends().count() + 1);
    let mut start = 0;
    let mut push = |end: usize, number: u32| {
        let text = &page[start..end];
        start = end + 1;
        lines.push(Line { number, text: text.strip_suffix('\r').unwrap_or(text) });
    };
    let mut number = 1;
    for end in ends() {
        push(end, number);
        number += 1;
    }
    push(page.len(), number);
    lines
}

/// Splits the lines of a page into blocks.
pub(crate) fn blocks<'p>(lines: &[Line<'p>]) -> Vec<Block<'p>> {
    let mut reader = Reader { lines, at: front_matter(lines), blocks: Vec::new() };
    while reader.at < lines.len() {
        reader.step();
    }
    reader.blocks
}

/// Returns the number of lines that the front matter takes.
fn front_matter(lines: &[Line<'_>]) -> usize {
    let is_rule = |line: &Line<'_>| line.text.trim_start_matches('\u{feff}').trim_end() == "---";
    if !lines.first().is_some_and(is_rule) {
        return 0;
    }
    lines.iter().skip(1).take(40).position(is_rule).map_or(0, |at| at + 2)
}

struct Reader<'p, 'l> {
    lines: &'l [Line<'p>],
    at: usize,
    blocks: Vec<Block<'p>>,
}

impl<'p> Reader<'p, '_> {
    fn step(&mut self) {
        let line = self.lines[self.at];
        let text = trim(line.text);
        if text.is_empty() {
            self.at += 1;
        } else if text.starts_with("```") || text.starts_with("~~~") {
            self.fence(line);
        } else if let Some((level, text)) = atx_heading(text) {
            self.push(line.number, BlockKind::Heading { level, text });
            self.at += 1;
        } else if html::opens_table(text) {
            let (table, taken) = html::table(&self.lines[self.at..]);
            self.push(line.number, BlockKind::Table(table));
            self.at += taken.max(1);
        } else if pipe::is_row(line.text) && self.is_pipe_table() {
            let (table, taken) = pipe::table(&self.lines[self.at..]);
            self.push(line.number, BlockKind::Table(table));
            self.at += taken.max(1);
        } else if let Some(level) = self.setext_level() {
            self.push(line.number, BlockKind::Heading { level, text });
            self.at += 2;
        } else if let Some((depth, rest)) = item_marker(line.text) {
            self.item(Line { text: rest, ..line }, depth);
        } else {
            self.paragraph();
        }
    }

    fn push(&mut self, line: u32, kind: BlockKind<'p>) {
        self.blocks.push(Block { line, kind });
    }

    fn fence(&mut self, open: Line<'p>) {
        let mark = &open.text.trim()[..3];
        let body = &self.lines[self.at + 1..];
        let end = body.iter().position(|line| line.text.trim().starts_with(mark));
        let code = body[..end.unwrap_or(body.len())].to_vec();
        self.at += 1 + code.len() + usize::from(end.is_some());
        self.push(open.number, BlockKind::Code(code));
    }

    /// A pipe table has a delimiter row second, or at least two rows of three columns.
    fn is_pipe_table(&self) -> bool {
        self.lines.get(self.at + 1).is_some_and(|next| pipe::is_row(next.text))
    }

    fn setext_level(&self) -> Option<u8> {
        let under = self.lines.get(self.at + 1)?.text.trim_end();
        let all = |mark: char| under.len() >= 3 && under.chars().all(|c| c == mark);
        if all('=') {
            Some(1)
        } else if all('-') {
            Some(2)
        } else {
            None
        }
    }

    fn item(&mut self, first: Line<'p>, depth: usize) {
        let mut lines = vec![first];
        self.at += 1;
        while let Some(line) = self.lines.get(self.at) {
            if self.ends_text(*line) || item_marker(line.text).is_some() {
                break;
            }
            lines.push(Line { text: trim(line.text), ..*line });
            self.at += 1;
        }
        self.push(first.number, BlockKind::Item { depth, lines });
    }

    fn paragraph(&mut self) {
        let first = self.lines[self.at];
        let mut lines = Vec::new();
        while let Some(line) = self.lines.get(self.at) {
            let is_first = lines.is_empty();
            if !is_first
                && (self.ends_text(*line)
                    || item_marker(line.text).is_some()
                    || self.setext_level().is_some())
            {
                break;
            }
            lines.push(Line { text: trim(line.text), ..*line });
            self.at += 1;
        }
        self.push(first.number, BlockKind::Paragraph(lines));
    }

    /// Tells whether a line cannot continue running text.
    fn ends_text(&self, line: Line<'p>) -> bool {
        let text = trim(line.text);
        text.is_empty()
            || text.starts_with("```")
            || atx_heading(text).is_some()
            || html::opens_table(text)
            || (pipe::is_row(line.text) && self.is_pipe_table())
    }
}

fn atx_heading(text: &str) -> Option<(u8, &str)> {
    let level = text.bytes().take_while(|b| *b == b'#').count();
    let rest = text[level..].strip_prefix(' ')?;
    let level = u8::try_from(level).ok().filter(|level| (1..=6).contains(level))?;
    Some((level, rest.trim().trim_end_matches('#').trim_end()))
}

/// Returns the indentation and the text after the marker of a list item.
fn item_marker(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start();
    let depth = line.len() - rest.len();
    let after = match rest.bytes().next()? {
        b'-' | b'*' | b'+' => &rest[1..],
        b'0'..=b'9' => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest[digits..].strip_prefix(['.', ')']).filter(|_| digits <= 2)?
        }
        _ => return None,
    };
    after.starts_with([' ', '\t']).then(|| (depth, after.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(page: &str) -> Vec<String> {
        blocks(&lines(page))
            .into_iter()
            .map(|block| {
                let text = |lines: &[Line<'_>]| {
                    lines.iter().map(|line| line.text).collect::<Vec<_>>().join("/")
                };
                let kind = match &block.kind {
                    BlockKind::Heading { level, text } => format!("h{level} {text}"),
                    BlockKind::Paragraph(lines) => format!("p {}", text(lines)),
                    BlockKind::Item { depth, lines } => format!("li{depth} {}", text(lines)),
                    BlockKind::Table(table) => table
                        .rows
                        .iter()
                        .map(|row| {
                            row.cells.iter().map(Cell::plain).collect::<Vec<_>>().join(" | ")
                        })
                        .collect::<Vec<_>>()
                        .join(" // "),
                    BlockKind::Code(lines) => format!("code {}", text(lines)),
                };
                format!("{}: {kind}", block.line)
            })
            .collect()
    }

    #[test]
    fn every_shape_of_a_page_is_told_apart() {
        let page = "---\nTitle: 'x'\n---\n\nName\n====\n\n#### Part\n\n**Label:** one  \ntwo\n\n\
                    -   item\n    goes on\n-   next\n\n| a | b |\n|---|---|\n| 1 | 2\\|3 |\n\n\
                    ```\nrow 1\n```\n";
        assert_eq!(
            kinds(page),
            [
                "5: h1 Name",
                "8: h4 Part",
                "10: p **Label:** one/two",
                "13: li0 item/goes on",
                "15: li0 next",
                "17: a | b // 1 | 2|3",
                "21: code row 1",
            ]
        );
    }

    #[test]
    fn html_tables_keep_spans_and_markdown() {
        let page = "<table>\n<tr><th colspan=\"2\">**Head**</th></tr>\n<tr>\n<td rowspan=2>\n\
                    [A](http://x)\n</td>\n<td>1<br />\n2</td></tr>\n<tr><td>3</td></tr>\n</table>";
        assert_eq!(kinds(page), ["1: Head // A | 1\n2 // A | 3"]);
    }
}
