//! Ratings in the tables of affected software.

use std::collections::HashSet;

use staunch_model::{Impact, Severity};

use super::words::Words;
use crate::page::Page;
use crate::page::block::{BlockKind, Row, Table};
use crate::page::inline::Inline;

/// Rows of a table among which its head is.
const HEAD_ROWS: usize = 3;

/// Most bytes of a cell that holds a rating.
const RATING_BYTES: usize = 200;

/// Returns the gravest impact of the columns that a label names as the greatest one, or of the
/// cells that state severity and impact together.
pub(super) fn maximum_impact(page: &Page<'_>, words: &Words) -> Option<Impact> {
    let columns = tables(page).filter_map(|table| column_impact(table, words)).max();
    columns.or_else(|| {
        let cells = cells(page).into_iter().filter(|cell| cell.contains('\n'));
        cells.filter_map(|cell| Some(rating(cell, words)?.1)).flatten().max()
    })
}

/// Returns the gravest severity that a cell states by itself or beside an impact.
pub(super) fn maximum_severity(page: &Page<'_>, words: &Words) -> Option<Severity> {
    cells(page).into_iter().filter_map(|cell| Some(rating(cell, words)?.0)).max()
}

/// Reads a cell whose first line is a severity.
fn rating(cell: &str, words: &Words) -> Option<(Severity, Option<Impact>)> {
    let text = Inline::new(cell).plain();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    // A footnote sign or a remark in parentheses may follow.
    let word = first.split(['(', '（']).next().unwrap_or(first).trim_end_matches(['º', 'ª', '*']);
    let severity = words.exact_severity(word)?;
    Some((severity, (!rest.is_empty()).then(|| words.impact(rest)).flatten()))
}

fn tables<'t>(page: &'t Page<'_>) -> impl Iterator<Item = &'t Table> {
    page.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    })
}

/// Lists the raw texts of the cells that may hold a rating, each once.
fn cells<'t>(page: &'t Page<'_>) -> HashSet<&'t str> {
    let rows = tables(page).flat_map(|table| &table.rows);
    let cells = rows.flat_map(|row| &row.cells).filter(|cell| {
        // Ratings are words; what has digits or belongs to a path or an address is none.
        let is_other = |b: u8| b.is_ascii_digit() || b"./\\[:|_".contains(&b);
        (1..RATING_BYTES).contains(&cell.text.len())
            && !cell.is_continued
            && !cell.text.bytes().any(is_other)
    });
    cells.map(|cell| cell.text.as_str()).collect()
}

fn column_impact(table: &Table, words: &Words) -> Option<Impact> {
    let heads = table.rows.iter().take(HEAD_ROWS).enumerate();
    let (head, column) = heads.filter_map(|(at, row)| Some((at, column(row, words)?))).next()?;
    table.rows[head + 1..]
        .iter()
        .filter_map(|row| {
            let text = cell_at(row, column)?;
            (text.len() < RATING_BYTES).then(|| words.impact(text)).flatten()
        })
        .max()
}

fn column(row: &Row, words: &Words) -> Option<usize> {
    let mut column = 0;
    for cell in &row.cells {
        let is_label = cell.text.len() < RATING_BYTES
            && words.labels.key(&cell.plain()) == Some("maximum_impact");
        if is_label {
            return Some(column);
        }
        column += usize::from(cell.columns);
    }
    None
}

fn cell_at(row: &Row, column: usize) -> Option<&str> {
    let mut at = 0;
    for cell in &row.cells {
        if at == column {
            return Some(&cell.text);
        }
        at += usize::from(cell.columns);
    }
    None
}
