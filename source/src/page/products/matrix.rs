//! The severity of each vulnerability on each product.

use std::collections::HashMap;

use super::super::block::Line;
use super::super::inline::Inline;
use super::super::warning;
use super::cell::{Reading, read, tidy};
use super::columns::{Column, Columns, Role, one_line};
use super::name::is_product_like;
use super::scan::cves;
use super::table::Placed;
use super::words::{COLUMNS, SEVERITY, Words};
use staunch_model::{CveId, Impact, PageRating, PageWarning};

/// Reader of severity tables; cells repeat, so that each text is read once.
pub(super) struct Matrix {
    words: Words,
    known: HashMap<String, Reading>,
    pub(super) ratings: Vec<PageRating>,
    pub(super) warnings: Vec<PageWarning>,
    /// Ratings of a vulnerability that is only titled, with the number of its title.
    pending: Vec<(usize, usize)>,
    titles: Vec<String>,
    /// Titles that the page gives identifiers to, after its ratings.
    identified: Vec<(String, CveId)>,
    /// First line of a table that rates something without saying what.
    lost: Option<u32>,
}

/// Most cells that are warned about.
const MOST_WARNINGS: usize = 20;
/// Most titles that are given identifiers.
const MOST_TITLES: usize = 200;
/// Most ratings of a page; the largest pages have some thousand.
const MOST_RATINGS: usize = 50_000;

impl Matrix {
    pub(super) fn new(words: Words) -> Self {
        Self {
            words,
            known: HashMap::new(),
            ratings: Vec::new(),
            warnings: Vec::new(),
            pending: Vec::new(),
            titles: Vec::new(),
            identified: Vec::new(),
            lost: None,
        }
    }

    /// Reads a table, when it is one of severities. The caption is the text before it.
    pub(super) fn table(
        &mut self,
        columns: &Columns,
        rows: &[Placed<'_>],
        only: Option<CveId>,
        caption: &str,
    ) {
        let before = (self.ratings.len(), self.warnings.len());
        let first = columns.columns.first().map(|column| &column.role);
        if columns.has_cves() && first != Some(&Role::Vulnerability) {
            self.by_column(columns, rows);
        } else if self.is_rated(columns, rows) {
            if first == Some(&Role::Vulnerability) || !self.rows_are_products(columns, rows) {
                self.by_row(columns, rows, only);
            } else if only.is_some() || !self.is_total(caption) {
                self.title(caption);
                self.by_place(columns, rows, only);
            }
        }
        if self.ratings.len() == before.0 {
            self.warnings.truncate(before.1);
        }
        if let Some(line) = self.lost.take().filter(|_| self.ratings.len() == before.0) {
            let message = "expected the product of each rating, found none".to_owned();
            self.warnings.push(warning("severity-without-product", line, message));
        }
    }

    /// Sets the title of the vulnerability that the next ratings are of.
    fn title(&mut self, text: &str) {
        self.titles.push(bare(text));
    }

    /// Reads lines that give an identifier to a title: `- Title: CVE-2003-0817`.
    pub(super) fn name_vulnerabilities(&mut self, lines: &[Line<'_>]) {
        if self.pending.is_empty() || self.identified.len() >= MOST_TITLES {
            return;
        }
        for line in lines.iter().filter(|line| line.text.len() < 600) {
            let plain = Inline::new(line.text).plain();
            if let ([id], Some(at)) = (cves(&plain).as_slice(), plain.find(['C', 'c'])) {
                let start = plain.find("CAN").or_else(|| plain.find("CVE")).unwrap_or(at);
                self.identified.push((bare(&plain[..start]), *id));
            }
        }
    }

    /// Returns the ratings, those of titled vulnerabilities with their identifiers.
    pub(super) fn named_ratings(&mut self) -> Vec<PageRating> {
        let mut ratings = std::mem::take(&mut self.ratings);
        for (at, title) in std::mem::take(&mut self.pending) {
            let Some(rating) = ratings.get_mut(at) else { continue };
            rating.cve = self.titles.get(title).and_then(|title| self.identify(title));
        }
        ratings
    }

    /// Finds the one identifier whose title is this one, or has it as a part.
    fn identify(&self, title: &str) -> Option<CveId> {
        let one = |test: &dyn Fn(&str) -> bool| {
            let mut ids: Vec<CveId> =
                self.identified.iter().filter(|(name, _)| test(name)).map(|(_, id)| *id).collect();
            ids.sort_unstable();
            ids.dedup();
            <[CveId; 1]>::try_from(ids).ok().map(|[id]| id)
        };
        let is_long = |text: &str| text.chars().count() >= 6;
        one(&|name| name == title).or_else(|| {
            one(&|name| {
                is_long(name) && title.contains(name) || is_long(title) && name.contains(title)
            })
        })
    }

    fn reading(&mut self, text: &str) -> Reading {
        if let Some(reading) = self.known.get(text) {
            return reading.clone();
        }
        let reading = read(text, self.words);
        self.known.insert(text.to_owned(), reading.clone());
        reading
    }

    /// Tells whether a cell rates something.
    pub(super) fn is_severity(&self, text: &str) -> bool {
        let first = text.lines().next().unwrap_or_default();
        let word = tidy(first.split(['/', ':']).next().unwrap_or_default());
        let key = (word.len() < 80).then(|| self.words.key(SEVERITY, word)).flatten();
        matches!(key, Some("low" | "moderate" | "important" | "critical"))
    }

    /// Products in rows and vulnerabilities in columns.
    fn by_column(&mut self, columns: &Columns, rows: &[Placed<'_>]) {
        // Where there is one vulnerability its severity may stand in the column of all.
        let is_one = |column: &&Column| matches!(&column.role, Role::Cves(ids) if ids.len() == 1);
        let aggregate_at = (columns.columns.iter().filter(is_one).count() == 1)
            .then(|| columns.columns.iter().position(|c| c.role == Role::AggregateSeverity))
            .flatten();
        for row in rows {
            let aggregate = aggregate_at.and_then(|at| row.texts.get(at)).map(AsRef::as_ref);
            for (at, text) in row.texts.iter().enumerate() {
                let Role::Cves(ids) = &columns.columns[at].role else { continue };
                let ids: Vec<Option<CveId>> = ids.iter().copied().map(Some).collect();
                for product in row.products() {
                    self.cell(text, product, &ids, None, row.line, aggregate);
                }
                if row.names.is_empty() && matches!(self.reading(text), Reading::Rated(_)) {
                    self.lost.get_or_insert(row.line);
                }
            }
        }
    }

    /// Vulnerabilities in rows and products in columns.
    fn by_row(&mut self, columns: &Columns, rows: &[Placed<'_>], only: Option<CveId>) {
        let has_ids = rows.iter().any(|row| !ids_of(row).is_empty());
        let plain: Vec<&Placed<'_>> =
            rows.iter().filter(|row| has_ids || !self.is_aggregate(row)).collect();
        for row in &plain {
            let ids = ids_of(row);
            let ids: Vec<Option<CveId>> = match (ids.is_empty(), has_ids) {
                (true, true) => continue,
                (true, false) => vec![only.filter(|_| plain.len() == 1)],
                (false, _) => ids.into_iter().map(Some).collect(),
            };
            let impact = self.impact_of(columns, row);
            self.title(row.texts.first().map_or("", AsRef::as_ref));
            for (at, text) in row.texts.iter().enumerate().skip(1) {
                let column = &columns.columns[at];
                // A cell below a head of several columns is one rating.
                let is_wide = std::ptr::eq(row.cells[at], row.cells[at - 1])
                    && columns.columns[at - 1].head == column.head;
                if is_wide {
                    continue;
                }
                if matches!(
                    column.role,
                    Role::Vulnerability | Role::VulnerabilityImpact | Role::Cves(_)
                ) {
                    continue;
                }
                // Titles of vulnerabilities have a column of their own in some tables.
                if column.role == Role::Other
                    && !is_product_like(&column.head)
                    && matches!(self.reading(text), Reading::Unknown | Reading::Impact(_))
                {
                    continue;
                }
                self.cell(text, &column.head, &ids, impact, row.line, None);
            }
        }
    }

    /// Products in rows and places of use in columns: servers on the internet, within, clients.
    fn by_place(&mut self, columns: &Columns, rows: &[Placed<'_>], only: Option<CveId>) {
        for row in rows {
            if self.is_aggregate(row) {
                continue;
            }
            let Some(first) = row.texts.first() else { continue };
            let product = super::table::name_of(first);
            for (at, text) in row.texts.iter().enumerate().skip(1) {
                let head = &columns.columns[at].head;
                let product = if head.is_empty() || self.is_severity(head) {
                    product.clone()
                } else {
                    format!("{product} ({head})")
                };
                self.cell(text, &product, &[only], None, row.line, None);
            }
        }
    }

    fn cell(
        &mut self,
        text: &str,
        product: &str,
        ids: &[Option<CveId>],
        impact: Option<Impact>,
        line: u32,
        aggregate: Option<&str>,
    ) {
        let mut reading = self.reading(text);
        if let (Reading::Impact(impact), Some(aggregate)) = (&reading, aggregate)
            && let Reading::Rated(mut ratings) = self.reading(aggregate)
            && ratings.len() == 1
        {
            ratings[0].impact = Some(*impact);
            reading = Reading::Rated(ratings);
        }
        match reading {
            Reading::Rated(ratings) => {
                for rating in ratings {
                    let product = match &rating.machines {
                        Some(machines) => format!("{product} ({machines})"),
                        None => product.to_owned(),
                    };
                    for cve in ids {
                        if self.ratings.len() < MOST_RATINGS {
                            if cve.is_none() && !self.titles.is_empty() {
                                self.pending.push((self.ratings.len(), self.titles.len() - 1));
                            }
                            self.ratings.push(PageRating {
                                cve: *cve,
                                product: product.clone(),
                                impact: rating.impact.or(impact),
                                severity: rating.severity,
                            });
                        }
                    }
                }
            }
            Reading::Unknown | Reading::Impact(_) if self.warnings.len() < MOST_WARNINGS => {
                let text: String = one_line(text).chars().take(60).collect();
                let message = format!("expected a severity for {product:.80}, found {text:?}");
                self.warnings.push(warning("bad-severity", line, message));
            }
            Reading::Unknown | Reading::Impact(_) | Reading::Empty | Reading::Unaffected => {}
        }
    }

    /// Returns the gravest impact that a row's own column names.
    fn impact_of(&self, columns: &Columns, row: &Placed<'_>) -> Option<Impact> {
        let at =
            columns.columns.iter().position(|column| column.role == Role::VulnerabilityImpact)?;
        match read(row.texts.get(at)?, self.words) {
            Reading::Impact(impact) => Some(impact),
            _ => None,
        }
    }

    /// Tells whether most cells beside the first column are words of severity.
    fn is_rated(&mut self, columns: &Columns, rows: &[Placed<'_>]) -> bool {
        let (mut words, mut rated, mut all) = (0, 0, 0);
        for row in rows.iter().take(80) {
            for (at, text) in row.texts.iter().enumerate().skip(1) {
                if columns.columns[at].role == Role::VulnerabilityImpact {
                    continue;
                }
                match self.reading(text) {
                    Reading::Rated(_) => {
                        words += 1;
                        rated += 1;
                    }
                    Reading::Unaffected => words += 1,
                    Reading::Empty => continue,
                    Reading::Impact(_) | Reading::Unknown => {}
                }
                all += 1;
            }
        }
        let is_reference = columns.columns.iter().any(|column| {
            matches!(column.role, Role::AggregateSeverity | Role::MaximumImpact | Role::Replaced)
        });
        let has_ids = rows.iter().any(|row| !ids_of(row).is_empty());
        rated > 0 && !is_reference && words * if has_ids { 5 } else { 2 } >= all
    }

    /// Tells whether the rows name products rather than the columns.
    fn rows_are_products(&self, columns: &Columns, rows: &[Placed<'_>]) -> bool {
        let in_rows = rows
            .iter()
            .filter(|row| row.texts.first().is_some_and(|text| is_product_like(text)))
            .count();
        let in_head = columns.columns.iter().skip(1).filter(|c| is_product_like(&c.head)).count();
        in_rows > 0 && in_head * rows.len().max(1) < in_rows * columns.columns.len()
    }

    /// Tells whether a text speaks of the severity of all vulnerabilities together.
    pub(super) fn is_total(&self, text: &str) -> bool {
        text.len() < 300
            && (self.words.key(COLUMNS, text) == Some("aggregate_severity")
                || matches!(self.words.prefix(COLUMNS, text), Some(("aggregate_severity", _)))
                || self.words.within(COLUMNS, text).contains(&"aggregate_severity"))
    }

    fn is_aggregate(&self, row: &Placed<'_>) -> bool {
        let text = row.texts.first().map(|text| one_line(text)).unwrap_or_default();
        self.is_total(&text)
    }
}

/// Letters and digits of a title, so that its spaces and marks do not matter.
fn bare(text: &str) -> String {
    Inline::new(text).plain().to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Vulnerabilities that the first cells of a row name, in text or else in links.
fn ids_of(row: &Placed<'_>) -> Vec<CveId> {
    for (cell, text) in row.cells.iter().zip(&row.texts).take(2) {
        let named = cves(text);
        if !named.is_empty() {
            return named;
        }
        let linked = cves(&cell.text);
        if !linked.is_empty() {
            return linked;
        }
    }
    Vec::new()
}
