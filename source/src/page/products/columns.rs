//! What the columns of a table stand for.

use std::borrow::Cow;

use super::super::block::{Row, Table};
use super::super::inline::Inline;
pub(super) use super::super::inline::one_line;
use super::cell::tidy;
use super::name::is_product_like;
use super::notes::plain;
use super::scan::{bulletins, cves};
use super::words::{COLUMNS, SEVERITY, Words};
use staunch_model::CveId;

/// Meaning of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Product,
    /// Gravest impact of all vulnerabilities on a product.
    MaximumImpact,
    /// Gravest severity of all vulnerabilities on a product.
    AggregateSeverity,
    /// Updates that this one replaces.
    Replaced,
    /// Severity of these vulnerabilities.
    Cves(Vec<CveId>),
    /// Names of vulnerabilities, one to a row.
    Vulnerability,
    VulnerabilityImpact,
    /// Identifiers of bulletins, one to a row.
    Bulletin,
    Other,
}

/// One column of a table with its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) role: Role,
    /// Head as plain text on one line.
    pub(super) head: String,
}

/// The columns of a table, and the row that heads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) columns: Vec<Column>,
    /// Number of the first row after the head.
    pub(super) first_row: usize,
}

impl Columns {
    /// Reads the head of a table.
    pub(super) fn of(table: &Table, words: Words) -> Option<Self> {
        // A row of one cell above the head is the table's title.
        let head = table.rows.iter().take(4).position(|row| row.cells.len() > 1);
        let at = head.or_else(|| (table.rows.len() > 1).then_some(0))?;
        let row = &table.rows[at];
        let below = table.rows.get(at + 1).filter(|below| continues(row, below));
        let mut columns = Vec::new();
        for (number, cell) in row.cells.iter().enumerate() {
            let head = one_line(&plain(&cell.text));
            let role = match below.and_then(|below| below.cells.get(number)) {
                Some(below) if !cves(&below.text).is_empty() => Role::Cves(cves(&below.text)),
                _ => role(&head, &cell.text, words),
            };
            for _ in 0..cell.columns.max(1) {
                columns.push(Column { role: role.clone(), head: head.clone() });
            }
        }
        if columns.iter().any(|column| matches!(column.role, Role::Cves(_))) {
            for column in columns.iter_mut().filter(|column| column.role == Role::Other) {
                let ids = bare_cves(&column.head);
                if !ids.is_empty() {
                    column.role = Role::Cves(ids);
                }
            }
        }
        let first_row = at + 1 + usize::from(below.is_some());
        let mut found = Self { columns, first_row };
        found.infer(table, words);
        Some(found)
    }

    /// Tells whether a row heads the table once more.
    pub(super) fn is_head(&self, row: &Row) -> bool {
        row.cells.len() > 1
            && row.cells.len() <= self.columns.len()
            && row
                .cells
                .iter()
                .zip(&self.columns)
                .all(|(cell, column)| one_line(&plain(&cell.text)) == column.head)
    }

    pub(super) fn has(&self, role: &Role) -> bool {
        self.columns.iter().any(|column| column.role == *role)
    }

    pub(super) fn has_cves(&self) -> bool {
        self.columns.iter().any(|column| matches!(column.role, Role::Cves(_)))
    }

    /// Finds what the words left open from what the cells hold.
    fn infer(&mut self, table: &Table, words: Words) {
        let body = &table.rows[self.first_row.min(table.rows.len())..];
        let sample: Vec<&Row> = body.iter().filter(|row| row.cells.len() > 1).take(24).collect();
        if sample.is_empty() {
            return;
        }
        let first = self.columns.first().map(|column| column.role.clone());
        if matches!(first, Some(Role::Other | Role::Product | Role::Vulnerability)) {
            let firsts: Vec<(&str, Cow<'_, str>)> = sample
                .iter()
                .filter_map(|row| row.cells.first())
                .map(|cell| (cell.text.as_str(), plain(&cell.text)))
                .collect();
            let count = |test: &dyn Fn(&str, &str) -> bool| {
                firsts.iter().filter(|(raw, text)| test(raw, text)).count()
            };
            let names_cves = count(&|raw, _| !cves(raw).is_empty()) * 2 > sample.len();
            let names_bulletin = |text: &str| text.len() < 40 && bulletins(text).len() == 1;
            let has_bulletins = count(&|_, text| names_bulletin(text)) * 2 > sample.len();
            // Rows may refer to the one above or below for the product.
            let has_products = count(&|_, text| is_product_like(text)) * 3 >= sample.len();
            let role = match (names_cves, has_bulletins, has_products) {
                (true, ..) => Role::Vulnerability,
                (_, true, _) => Role::Bulletin,
                (.., true) if first != Some(Role::Vulnerability) => Role::Product,
                _ if first == Some(Role::Vulnerability) => Role::Vulnerability,
                _ => first.unwrap_or(Role::Other),
            };
            if names_cves {
                // Heads that name a product and a vulnerability are those of products here.
                for column in &mut self.columns {
                    if matches!(column.role, Role::Cves(_)) {
                        column.role = Role::Other;
                    }
                }
            }
            self.columns[0].role = role;
        }
        // Columns between the first and the first rating name components.
        if self.columns.first().is_some_and(|column| column.role == Role::Product) {
            let is_rating = |column: &Column| !matches!(column.role, Role::Product | Role::Other);
            let end = self.columns.iter().position(is_rating).unwrap_or(0);
            let rates = |at: usize| {
                sample.iter().filter_map(|row| row.cells.get(at)).any(|cell| {
                    let text = plain(&cell.text);
                    let first = tidy(text.lines().next().unwrap_or_default()).to_owned();
                    let key = words.key(SEVERITY, &first);
                    matches!(key, Some("low" | "moderate" | "important" | "critical"))
                })
            };
            for (at, column) in self.columns.iter_mut().enumerate().take(end) {
                if at == 0 || !rates(at) {
                    column.role = Role::Product;
                }
            }
            self.infer_replaced(&sample);
        }
    }

    /// A last column that names bulletins is the one of replaced updates, in any language.
    fn infer_replaced(&mut self, sample: &[&Row]) {
        let Some(last) = self.columns.last_mut() else { return };
        if last.role != Role::Other {
            return;
        }
        let names = sample
            .iter()
            .filter(|row| {
                row.cells.last().is_some_and(|cell| !bulletins(&plain(&cell.text)).is_empty())
            })
            .count();
        if names * 3 > sample.len() {
            last.role = Role::Replaced;
        }
    }
}

/// Reads an identifier that has lost its letters, `(2013-1278)`, beside heads that have theirs.
fn bare_cves(head: &str) -> Vec<CveId> {
    let last = head.rsplit([' ', '(']).next().unwrap_or_default().trim_end_matches(')');
    let is_id = last.len() >= 9 && last.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_id { cves(&format!("CVE-{last}")) } else { Vec::new() }
}

/// Tells whether a row goes on with the head above it: it begins blank and names vulnerabilities.
fn continues(head: &Row, row: &Row) -> bool {
    let names_cves = |row: &Row| row.cells.iter().any(|cell| !cves(&cell.text).is_empty());
    row.cells.len() == head.cells.len()
        && row.cells.first().is_some_and(|cell| plain(&cell.text).is_empty())
        && names_cves(row)
        && !names_cves(head)
}

fn role(head: &str, raw: &str, words: Words) -> Role {
    let named = cves(head);
    let named = if named.is_empty() {
        Inline::new(raw).links().iter().flat_map(|link| cves(&link.target)).collect()
    } else {
        named
    };
    if !named.is_empty() {
        return Role::Cves(named);
    }
    match words.key(COLUMNS, tidy(head)) {
        Some("product") => Role::Product,
        Some("maximum_impact") => Role::MaximumImpact,
        Some("aggregate_severity") => Role::AggregateSeverity,
        Some("replaced") => Role::Replaced,
        Some("vulnerability") => Role::Vulnerability,
        Some("vulnerability_impact") => Role::VulnerabilityImpact,
        Some("bulletin") => Role::Bulletin,
        _ => Role::Other,
    }
}
