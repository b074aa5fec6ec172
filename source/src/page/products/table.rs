//! Tables of products: what is affected, how gravely, and what is replaced there.

use super::super::block::{Cell, Row, Table};
use super::super::inline::Inline;
use super::cell::tidy;
use super::columns::{Columns, Role, one_line};
use super::name::{is_product_like, systems};
use super::notes::plain;
use super::scan::{family, kb};
use staunch_model::KbNumber;

/// A row of a table that names a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Name as the row gives it, with the component before its system.
    pub(super) name: String,
    /// What of the name is looked up in the vocabulary, where that is less.
    pub(super) looked_up: Option<String>,

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
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let (name, looked_up) = match names.as_slice() {
        [] => return None,
        [name] if needs_group(name, group) => (format!("{group} - {name}"), None),
        names => composed(names),
    };
    Some(Named { name, looked_up, download, kb })
}

/// Puts the names in the columns of a row together: the system first, then what is on it.
pub(super) fn composed(names: &[&str]) -> (String, Option<String>) {
    let first = names.first().copied().unwrap_or_default();
    // `See the row above` and the like stand in some columns.
    let naming: Vec<&str> = names.iter().copied().filter(|name| names_something(name)).collect();
    let (system, rest) = match naming.as_slice() {
        [] => return (first.to_owned(), None),
        [only] => return ((*only).to_owned(), None),
        [system, rest @ ..] => (system, rest),
    };

    let component = rest.join(" - ");
    let name = format!("{component} - {system}");
    // Conditions in brackets name systems that the row is not about.
    let bare = without_brackets(&component);
    let looked_up = if systems(system).is_empty() { bare } else { format!("{bare} - {system}") };
    let is_less = looked_up != name;
    (name, is_less.then_some(looked_up))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '\u{ff08}' => depth += 1,
            ')' | '\u{ff09}' => {
                depth = depth.saturating_sub(1);
                // What stood on the two sides of the brackets stays apart.
                kept.push_str(", ");
            }
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    one_line(&kept).trim_matches([',', ' ']).to_owned()
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
