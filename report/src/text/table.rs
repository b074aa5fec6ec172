use std::io;

use super::ink::Ink;
use super::page::Page;
use crate::columns::{Align, fit, pad, width};

const INDENT: usize = 2;
const GAP: usize = 2;

/// One field of a table.
pub(super) struct Cell {
    text: String,
    ink: Ink,
}

/// Rows aligned by columns; one column gives way when the page is too narrow.
pub(super) struct Table {
    heads: Vec<(&'static str, Align)>,
    rows: Vec<Row>,
    flexible: usize,
}

struct Row {
    cells: Vec<Cell>,
    /// Lines under the row, from the given column on.
    below: Option<(usize, Vec<String>)>,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ink: Ink::Plain }
    }

    pub(super) fn with(ink: Ink, text: impl Into<String>) -> Self {
        Self { text: text.into(), ink }
    }
}

impl Table {
    /// Makes a table; `flexible` is the column that is cut when the page is too narrow.
    pub(super) fn new(heads: Vec<(&'static str, Align)>, flexible: usize) -> Self {
        Self { heads, rows: Vec::new(), flexible }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells, below: None });
    }

    /// Adds a row with lines under it that begin at a column.
    pub(super) fn row_above(&mut self, cells: Vec<Cell>, column: usize, below: Vec<String>) {
        self.rows.push(Row { cells, below: Some((column, below)) });
    }

    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        let widths = self.widths(page.width());
        let heads = self.heads.iter().map(|(head, _)| (Ink::Faint, *head));
        self.write_line(page, &widths, heads)?;
        for row in &self.rows {
            self.write_line(page, &widths, row.cells.iter().map(|c| (c.ink, c.text.as_str())))?;
            if let Some((column, lines)) = &row.below {
                let indent = INDENT + widths[..*column].iter().map(|w| w + GAP).sum::<usize>();
                for line in lines {
                    let text = fit(line, page.width().saturating_sub(indent));
                    page.line(&format!("{}{text}", " ".repeat(indent)))?;
                }
            }
        }
        Ok(())
    }

    /// Returns the columns' widths; what is too much is taken from the flexible one.
    fn widths(&self, page: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|(head, _)| width(head)).collect();
        for row in &self.rows {
            for (column, cell) in widths.iter_mut().zip(&row.cells) {
                *column = (*column).max(width(&cell.text));
            }
        }
        let total = INDENT + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let head = width(self.heads[self.flexible].0);
        let flexible = &mut widths[self.flexible];
        *flexible = flexible.saturating_sub(total.saturating_sub(page)).max(head);
        widths
    }

    fn write_line<'c>(
        &self,
        page: &mut Page<'_>,
        widths: &[usize],
        cells: impl Iterator<Item = (Ink, &'c str)>,
    ) -> io::Result<()> {
        let mut line = " ".repeat(INDENT);
        for (at, (ink, text)) in cells.enumerate() {
            let text = fit(text, widths[at]);
            let (before, after) = match self.heads[at].1 {
                Align::Left => (0, widths[at] - width(&text)),
                Align::Right => (widths[at] - width(&text), 0),
            };
            if at > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            line.push_str(&pad("", before, Align::Left));
            line.push_str(&page.ink(ink, &text));
            line.push_str(&pad("", after, Align::Left));
        }
        page.line(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextStyle;

    fn written(table: &Table, width: usize) -> String {
        let mut out = Vec::new();
        let style = TextStyle { width, ..TextStyle::default() };
        table.write(&mut Page::new(&mut out, &style)).expect("memory takes everything");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn columns_align_under_wide_characters() {
        let mut table = Table::new(vec![("Machine", Align::Left), ("Missing", Align::Right)], 0);
        table.row(vec![Cell::new("会議室サーバー"), Cell::new("3")]);
        table.row(vec![Cell::new("PC-07"), Cell::new("12")]);
        assert_eq!(
            written(&table, 80),
            "  Machine         Missing\n  会議室サーバー        3\n  PC-07                12\n"
        );
    }

    #[test]
    fn the_flexible_column_gives_way() {
        let mut table = Table::new(vec![("Machine", Align::Left), ("Missing", Align::Right)], 0);
        table.row(vec![Cell::new("a-name-that-takes-more-than-".repeat(4)), Cell::new("3")]);
        let text = written(&table, 72);
        assert!(text.lines().all(|line| width(line) <= 72), "{text}");
        assert!(text.contains('…'));
    }
}
