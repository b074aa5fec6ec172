//! Pipe tables.

use super::{Cell, Line, MOST_CELLS, MOST_ROWS, Row, Table};
use crate::page::inline::trim;

/// Tells whether a line has the shape of a row: it begins with a pipe and has another.
pub(super) fn is_row(line: &str) -> bool {
    let text = line.trim_start();
    text.starts_with('|') && text[1..].contains('|')
}

/// Reads the rows that follow each other, and says how many lines they take.
pub(super) fn table(lines: &[Line<'_>]) -> (Table, usize) {
    let taken = lines.iter().take(MOST_ROWS).take_while(|line| is_row(line.text)).count();
    let mut rows: Vec<Row> = Vec::with_capacity(taken);
    for line in &lines[..taken] {
        let cells = cells(line.text);
        if cells.iter().all(|cell| is_delimiter(&cell.text)) && !cells.is_empty() {
            if let [head] = rows.as_mut_slice() {
                head.is_head = true;
            }
            continue;
        }
        rows.push(Row { line: line.number, is_head: false, cells });
    }
    (Table { rows }, taken)
}

fn is_delimiter(cell: &str) -> bool {
    cell.len() >= 3 && cell.bytes().all(|b| matches!(b, b'-' | b':'))
}

/// Splits a row at its pipes; an escaped pipe is text.
fn cells(line: &str) -> Vec<Cell> {
    let body = line.trim();
    let body = body.strip_prefix('|').unwrap_or(body);
    let pipes = memchr::memchr_iter(b'|', body.as_bytes()).count();
    let mut cells = Vec::with_capacity(pipes.min(MOST_CELLS) + 1);
    let mut start = 0;
    for at in memchr::memchr_iter(b'|', body.as_bytes()) {
        if !body[..at].ends_with('\\') && cells.len() < MOST_CELLS {
            cells.push(cell(&body[start..at]));
            start = at + 1;
        }
    }
    let rest = &body[start..];
    if !rest.trim().is_empty() {
        cells.push(cell(rest));
    }
    cells
}

fn cell(raw: &str) -> Cell {
    let text = trim(raw);
    let text = if text.contains('|') { text.replace("\\|", "|") } else { text.to_owned() };
    Cell { text, columns: 1, is_continued: false }
}
