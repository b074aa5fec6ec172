//! Tables of products: what is affected, how gravely, and what is replaced there.

use super::super::block::{Cell, Row, Table};
use super::super::inline::Inline;
use super::cell::tidy;
use super::columns::{Columns, Role, one_line};
use super::name::is_product_like;
use super::notes::plain;
use super::scan::{family, kb};
use staunch_model::KbNumber;

/// A row of a table that names a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Name as the row gives it, with the component before its system.
    pub(super) name: String,
    pub(super) download: Option<String>,
    pub(super) kb: Option<KbNumber>,
}

/// A row of a table with the cells in the columns that they cover.
pub(super) struct Placed<'t> {
    pub(super) line: u32,
    /// The cell of each column.
    pub(super) cells: Vec<&'t Cell>,
    /// Plain text of the cells, without marks of footnotes.
    pub(super) texts: Vec<String>,
    /// Name of the product, where the row has one.
    pub(super) named: Option<Named>,
}

/// Lists the rows below the head; a row of one cell names the group of those after it.
pub(super) fn placed<'t>(table: &'t Table, columns: &Columns) -> Vec<Placed<'t>> {
    let mut group = String::new();
    let mut rows = Vec::new();
    for row in table.rows.iter().skip(columns.first_row) {
        if row.cells.len() == 1 && columns.columns.len() > 1 {
            group = name_of(&plain(&row.cells[0].text));
            continue;
        }
        if columns.is_head(row) {
            continue;
        }
        let cells = grid(row, columns.columns.len());
        let texts: Vec<String> = cells.iter().map(|cell| plain(&cell.text)).collect();
        let named = named(&cells, &texts, columns, &group);
        rows.push(Placed { line: row.line, cells, texts, named });
    }
    rows
}

fn grid(row: &Row, width: usize) -> Vec<&Cell> {
    row.cells
        .iter()
        .flat_map(|cell| std::iter::repeat_n(cell, usize::from(cell.columns.max(1))))
        .take(width)
        .collect()
}

/// Puts the name of a row's product together from the columns that name it.
fn named(cells: &[&Cell], texts: &[String], columns: &Columns, group: &str) -> Option<Named> {
    let mut found: Vec<(String, (&Cell, &str))> = Vec::new();
    for ((cell, text), column) in cells.iter().zip(texts).zip(&columns.columns) {
        if column.role != Role::Product {
            continue;
        }
        let name = name_of(text);
        let is_repeated = found.iter().any(|(known, _)| *known == name);
        if name.chars().any(char::is_alphanumeric) && !is_repeated {
            found.push((name, (*cell, text.as_str())));
        }
    }
    let links = || found.iter().flat_map(|(_, (cell, _))| Inline::new(&cell.text).links());
    let download = links().find_map(|link| family(&link.target));
    let kb = found.iter().rev().find_map(|(_, (_, text))| kb(text));
    let name = match found.as_slice() {
        [] => return None,
        [(name, _)] if needs_group(name, group) => format!("{group} - {name}"),
        [(name, _)] => name.clone(),
        [(system, _), rest @ ..] => {
            let parts: Vec<&str> = rest
                .iter()
                .map(|(name, _)| name.as_str())
                .filter(|name| names_something(name))
                .collect();
            if parts.is_empty() {
                system.clone()
            } else {
                format!("{} - {system}", parts.join(" - "))
            }
        }
    };
    Some(Named { name, download, kb })
}

/// A system in a group of a component is where the component sits.
fn needs_group(name: &str, group: &str) -> bool {
    let system_in =
        |text: &str| super::name::readings(text).iter().any(|reading| reading.is_system);
    !group.is_empty()
        && group.len() < 80
        && group.contains("Explorer")
        && !name.contains("Explorer")
        && !system_in(group)
        && system_in(name)
}

/// `Not applicable` and dashes stand where no component is named.
fn names_something(name: &str) -> bool {
    is_product_like(name) || name.bytes().any(|b| b.is_ascii_digit())
}

/// Returns the name in a cell: without article numbers in brackets, marks and footnotes.
pub(super) fn name_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['(', '\u{ff08}', '[']) {
        let (before, tail) = rest.split_at(open);
        out.push_str(before);
        let bracket = tail.chars().next().map_or(1, char::len_utf8);
        match tail.find([')', '\u{ff09}', ']']) {
            Some(close) if is_mark(&tail[bracket..close]) => {
                out.push(' ');
                rest = &tail[close + tail[close..].chars().next().map_or(1, char::len_utf8)..];
            }
            _ => {
                out.push_str(&tail[..bracket]);
                rest = &tail[bracket..];
            }
        }
    }
    out.push_str(rest);
    let lines: Vec<&str> = out
        .lines()
        .filter(|line| !line.trim().bytes().all(|b| b.is_ascii_digit() || b"()[]* ".contains(&b)))
        .collect();
    one_line(&lines.join(" "))
        .trim_matches([' ', '*', '-', '\u{2013}', '\u{2014}', ':', '^', ';'])
        .to_owned()
}

/// Article numbers and numbers of footnotes.
fn is_mark(text: &str) -> bool {
    let text = tidy(text.trim());
    let digits = text.strip_prefix("KB").or_else(|| text.strip_prefix("kb")).unwrap_or(text).trim();
    digits.bytes().all(|b| b.is_ascii_digit()) && matches!(digits.len(), 0..=2 | 6 | 7)
}
