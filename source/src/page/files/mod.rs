//! The rows of every file table of a page, in every layout.
//!
//! Cells are known by what stands in them, not by the heads of their columns, which are translated,
//! mixed or missing. What a row cannot mean becomes a warning, and the row stays.

mod cell;
mod date;
mod field;
mod glue;
mod row;
mod run;
mod section;
mod table;
mod words;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

use staunch_model::BulletinPage;

use super::Page;
use super::block::{self, BlockKind, Line, Table};
use date::Order;
use row::Rows;
use words::Words;

/// Adds the file rows of a page, with warnings for what is impossible or doubtful in them.
pub(crate) fn read(page: &Page<'_>, out: &mut BulletinPage) {
    let words = Words::new(page.lexicon);
    let mut rows = Rows::new(&mut out.warnings, Order::of(page.lexicon));
    let mut with_rows = Vec::new();
    for (at, block) in page.blocks.iter().enumerate() {
        let before = rows.len();
        match &block.kind {
            BlockKind::Table(table) => table::read(table, words, &mut rows),
            BlockKind::Code(lines) | BlockKind::Paragraph(lines) => {
                text(lines, words, &mut rows);
            }
            BlockKind::Item { lines, .. } => text(lines, words, &mut rows),
            BlockKind::Heading { .. } => {}
        }
        let has_rows = rows.len() > before;
        rows.end_table(|| section::above(&page.blocks, at, &with_rows, words));
        if has_rows {
            with_rows.push(at);
        }
    }
    out.files.extend(rows.finish());
}

/// Reads the rows of lines; a label between them is the section of those below it.
fn text(lines: &[Line<'_>], words: Words, rows: &mut Rows<'_>) {
    if !lines.iter().any(|line| run::may_hold_rows(line.text)) {
        return;
    }
    let before = rows.len();
    for line in lines {
        let found = rows.len();
        if run::may_hold_rows(line.text) {
            run::read(line.text, line.number, words, rows);
        }
        let is_label = || line.text.trim_end().ends_with([':', '\u{ff1a}']);
        if rows.len() == found
            && is_label()
            && let Some(label) = section::label(line.text, words)
        {
            rows.heading(&label);
        }
    }
    if rows.len() == before {
        table::read(&columns(lines), words, rows);
    }
}

/// Takes lines whose columns are set apart by tabs or several spaces as a table.
fn columns(lines: &[Line<'_>]) -> Table {
    let rows = lines.iter().filter_map(|line| {
        let text = line.text.trim().trim_matches('`').replace('\t', "  ");
        let cells: Vec<block::Cell> = text
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .map(|cell| block::Cell { text: cell.to_owned(), columns: 1, is_continued: false })
            .collect();
        (cells.len() >= 3).then_some(block::Row { line: line.number, is_head: false, cells })
    });
    Table { rows: rows.collect() }
}
