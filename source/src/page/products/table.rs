//! Tables of products: what is affected, how gravely, and what is replaced there.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::super::block::{Cell, Row, Table};
use super::super::inline::{Inline, Link};
use super::application;
use super::cell::tidy;
use super::columns::{Columns, Role, one_line};
use super::name::{is_product_like, systems};
use super::notes::plain;
use super::scan::{family, kb};
use super::words::{QUALIFIERS, SEVERITY, Words, spellings};
use staunch_model::KbNumber;

/// A row of a table that names a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Name as the row gives it, with the component before its system.
    pub(super) name: String,
    /// What of the name is looked up in the vocabulary, where that is less.
    pub(super) looked_up: Option<String>,
    /// Component that no vocabulary has: a file, or one that the page names in its own script.
    pub(super) component: Option<String>,
    pub(super) download: Option<String>,
    pub(super) kb: Option<KbNumber>,
}

impl Named {
    pub(super) fn new(name: String) -> Self {
        Self { name, looked_up: None, component: None, download: None, kb: None }
    }
}

/// A row of a table with the cells in the columns that they cover.
pub(super) struct Placed<'t> {
    pub(super) line: u32,
    /// The cell of each column.
    pub(super) cells: Vec<&'t Cell>,
    /// Plain text of the cells, without marks of footnotes.
    pub(super) texts: Vec<Cow<'t, str>>,
    /// Products of the row; a row may name several, or one for several packages.
    pub(super) names: Vec<Named>,
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
        let texts: Vec<Cow<'_, str>> = cells.iter().map(|cell| plain(&cell.text)).collect();
        let names = named(&cells, &texts, columns, &group);
        rows.push(Placed { line: row.line, cells, texts, names });
    }
    rows
}

impl Placed<'_> {
    /// Lists the names of the products, each once.
    pub(super) fn products(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for named in &self.names {
            if !found.contains(&named.name.as_str()) {
                found.push(&named.name);
            }
        }
        found
    }
}

fn grid(row: &Row, width: usize) -> Vec<&Cell> {
    row.cells
        .iter()
        .flat_map(|cell| std::iter::repeat_n(cell, usize::from(cell.columns.max(1))))
        .take(width)
        .collect()
}

/// Puts the names of a row's products together from the columns that name them.
fn named(cells: &[&Cell], texts: &[Cow<'_, str>], columns: &Columns, group: &str) -> Vec<Named> {
    let naming = cells.iter().zip(texts).zip(&columns.columns);
    let naming = naming.filter(|(_, column)| column.role == Role::Product);
    products(naming.map(|((cell, text), _)| (*cell, &**text)), group)
}

/// Puts the products together that cells name: a system with what is on it in the cells beside.
pub(super) fn products<'c>(
    cells: impl Iterator<Item = (&'c Cell, &'c str)>,
    group: &str,
) -> Vec<Named> {
    let mut rows: Vec<Vec<Entry>> = vec![Vec::new()];
    let mut again: Vec<Entry> = Vec::new();
    let mut download = None;
    for (cell, text) in cells {
        let entries = entries(&cell.text, text);
        download = download.or_else(|| Inline::new(&cell.text).links().iter().find_map(family_of));
        let fitting = entries.into_iter().filter(|e| e.name.chars().any(char::is_alphanumeric));
        let mut fitting: Vec<Entry> = fitting.collect();
        // A second column may name the same product with the package of another branch.
        fitting.retain(|entry| {
            let known = rows[0].iter().find(|known| known.name == entry.name);
            let is_other = known.is_some_and(|known| entry.kb.is_some() && known.kb != entry.kb);
            if is_other {
                again.push(entry.clone());
            }
            known.is_none()
        });
        if !fitting.is_empty() && rows.len() * fitting.len() <= MOST_NAMES {
            let with = |row: &Vec<Entry>| {
                let longer = |entry: &Entry| [row.as_slice(), std::slice::from_ref(entry)].concat();
                fitting.iter().map(longer).collect::<Vec<_>>()
            };
            rows = rows.iter().flat_map(with).collect();
        }
    }
    rows.extend(again.into_iter().map(|entry| vec![entry]));
    let join = |row: Vec<Entry>| {
        let kb = row.iter().rev().find_map(|entry| entry.kb);
        let own = row.iter().find_map(|entry| entry.download.clone());
        let names: Vec<&str> = row.iter().map(|entry| entry.name.as_str()).collect();
        let named = match names.as_slice() {
            [] => return None,
            [name] if needs_group(name, group) => Named::new(format!("{group} - {name}")),
            names => composed(names),
        };
        Some(Named { download: own.or_else(|| download.clone()), kb, ..named })
    };
    rows.into_iter().filter_map(join).collect()
}

/// Most products of one row.
const MOST_NAMES: usize = 40;

/// One product of a cell.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    kb: Option<KbNumber>,
    download: Option<String>,
}

fn family_of(link: &Link) -> Option<String> {
    family(&link.target)
}

/// Splits a cell that lists several products, one to a line.
fn entries(raw: &str, text: &str) -> Vec<Entry> {
    let entry = |raw: &str, text: &str| Entry {
        name: name_of(text),
        kb: kb(text),
        download: Inline::new(raw).links().iter().find_map(family_of),
    };
    let whole = || vec![entry(raw, text)];
    if !raw.trim().contains('\n') {
        return whole();
    }
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in raw.lines() {
        let text = plain(line);
        let is_apart = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
        match parts.last_mut() {
            Some((raw, known)) if !is_apart => {
                raw.push('\n');
                raw.push_str(line);
                known.push('\n');
                known.push_str(&text);
            }
            _ if text.is_empty() => {}
            _ => parts.push((line.to_owned(), text.into_owned())),
        }
    }
    let are_names = parts.len() > 1 && parts.iter().all(|(_, text)| is_whole_name(text));
    if !are_names {
        return whole();
    }
    let first_word = |text: &str| {
        let text = text.strip_prefix("Microsoft ").unwrap_or(text);
        text.split_whitespace().next().map(str::to_owned)
    };
    let is_system = |text: &str| super::name::readings(text).iter().any(|r| r.is_system);
    let [(_, first), rest @ ..] = parts.as_slice() else { return whole() };
    let (first, is_first_system) = (first_word(first), is_system(first));
    let is_like = |(_, text): &(String, String)| {
        is_system(text) == is_first_system && (!is_first_system || first_word(text) == first)
    };
    if !rest.iter().all(is_like) {
        return whole();
    }
    let mut found: Vec<Entry> = Vec::new();
    for entry in parts.iter().map(|(raw, text)| entry(raw, text)) {
        // Downloads in two languages are one product.
        if !found.iter().any(|known| known.name == entry.name && known.kb == entry.kb) {
            found.push(entry);
        }
    }
    found
}

/// Tells whether a line is the whole name of a product: one that the line before may stand without.
fn is_whole_name(text: &str) -> bool {
    let name = name_of(text);
    let name = name.split(['(', '\u{ff08}']).next().unwrap_or_default().trim_end();
    let last = name.rsplit(' ').next().unwrap_or_default();
    is_product_like(name) && last.starts_with(|c: char| c.is_ascii_digit() || c.is_uppercase())
}

/// Puts the names in the columns of a row together: the system first, then what is on it.
pub(super) fn composed(names: &[&str]) -> Named {
    let first = names.first().copied().unwrap_or_default();
    // `See the row above` and the like stand in some columns.
    let naming: Vec<&str> = names.iter().copied().filter(|name| names_something(name)).collect();
    let (system, rest) = match naming.as_slice() {
        [] => return Named::new(first.to_owned()),
        [only] => return Named::new((*only).to_owned()),
        [system, rest @ ..] => (system, rest),
    };

    let component = rest.join(" - ");
    let name = format!("{component} - {system}");
    // Conditions in brackets name systems that the row is not about.
    let bare = without_brackets(&component);
    let mut words = bare.split([' ', ',', '-']);
    let is_capital = |c: char| c.is_ascii_uppercase() || c == '.';
    let has_name = words.any(|word| word.starts_with(is_capital));
    if !systems(system).is_empty() {
        // The comma keeps what is said of the system off the component.
        let looked_up = format!("{bare}, {system}");
        return match has_name {
            true => {
                Named { looked_up: (looked_up != name).then_some(looked_up), ..Named::new(name) }
            }
            false => on_it(bare, system, name),
        };
    }
    match part_of_suite(&bare, system) {
        Some(part) => on_it(part, system, name),
        None if !has_name => on_it(bare, system, name),
        None => {
            let looked_up = match application::bits_bracket(&component) {
                Some((from, to, _)) => format!("{bare} {}", component[from..to].trim_start()),
                None => bare,
            };
            Named { looked_up: (looked_up != name).then_some(looked_up), ..Named::new(name) }
        }
    }
}

/// Names a component that has no name without what it is on.
fn on_it(component: String, system: &str, name: String) -> Named {
    Named { looked_up: Some(system.to_owned()), component: Some(component), ..Named::new(name) }
}

/// Names a component without a version of its own, which only its suite tells apart: `Excel Services`
/// of several SharePoint Servers. Nothing where one of the two names is not understood.
fn part_of_suite(component: &str, suite: &str) -> Option<String> {
    if component.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_read = application::products(suite).iter().all(|(_, canonical)| canonical.is_some());
    is_read.then(|| application::canonical(component)).flatten()
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

/// `Not applicable` and dashes stand where no component is named, and rows may refer to others.
fn names_something(name: &str) -> bool {
    let is_known = is_product_like(name) || name.bytes().any(|b| b.is_ascii_digit());
    is_known || (is_title(name) && Words::new(None).key(SEVERITY, name).is_none())
}

/// Tells whether a short text is a name by its capitals: `Active Directory`, `Hyper-V`.
fn is_title(name: &str) -> bool {
    let mut words = name.split([' ', '-']).filter(|word| !word.is_empty());
    let has_capital = |word: &str| word.starts_with(char::is_uppercase);
    name.chars().count() <= 60
        && words.clone().count() <= 6
        && words.next().is_some_and(has_capital)
        && !name.ends_with(['.', ':'])
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
    let mut name = String::with_capacity(out.len());
    for word in out.lines().filter(|line| !is_number(line)).flat_map(str::split_whitespace) {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    name.trim_matches([' ', '*', '-', '\u{2013}', '\u{2014}', ':', '^', ';']).to_owned()
}

/// Tells whether a line has nothing but numbers, in brackets or not.
fn is_number(line: &str) -> bool {
    line.trim().bytes().all(|b| b.is_ascii_digit() || b"()[]* ".contains(&b))
}

/// Article numbers, numbers of footnotes and words for the download.
fn is_mark(text: &str) -> bool {
    static DOWNLOADS: OnceLock<Vec<&str>> = OnceLock::new();
    if DOWNLOADS.get_or_init(|| spellings(QUALIFIERS, "download")).contains(&text.trim()) {
        return true;
    }
    let text = tidy(text.trim());
    let digits = text.strip_prefix("KB").or_else(|| text.strip_prefix("kb")).unwrap_or(text).trim();
    digits.bytes().all(|b| b.is_ascii_digit()) && matches!(digits.len(), 0..=2 | 6 | 7)
}
