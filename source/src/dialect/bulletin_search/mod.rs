//! The workbooks of the bulletin search: one row for each bulletin, product and component, with
//! the vulnerabilities in one cell.
//!
//! The first sheet that has the heads is read, and lines are its rows. A row without an article
//! for the component is about the article of the bulletin. Formulas, styles and everything else
//! in the workbook are passed over.
//!
//! Source: `BulletinSearch.xlsx` (2008 to 2017) and `BulletinSearch2001-2008.xlsx`.

mod columns;
mod day;
mod element;
mod sheet;
mod workbook;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::Date;
use staunch_model::{
    BulletinId, Fix, FixKind, Impact, KbNumber, ProductMention, Publication, PublicationId,
    Restart, Severity, SupersededRef, VulnerabilityId, WarningCode,
};

use self::columns::{Cells, Columns, HEAD_ROWS};
use self::sheet::{Cell, Row};
use self::workbook::Workbook;
use super::Dialect;
use crate::document::excerpt;
use crate::intern::Interner;
use crate::output::Output;
use crate::{Counts, Document, ReadError, Sink, supersedence};

/// The dialect of the workbooks.
pub(super) struct BulletinSearch;

/// First bytes of a package of parts.
const PACKAGE: &[u8] = b"PK\x03\x04";
/// Most fixes that one workbook may state.
const FIX_LIMIT: u64 = 2_000_000;
/// Words that say that a cell has nothing.
const NOTHING: &[&str] = &["none", "n/a", "na", "-"];

impl Dialect for BulletinSearch {
    fn name(&self) -> &'static str {
        "bulletin-search"
    }

    fn description(&self) -> &'static str {
        "a workbook (.xlsx) with the columns Bulletin Id, Affected Product and so on"
    }

    fn recognises(&self, file_name: &str, head: &[u8]) -> bool {
        let extension = file_name.rsplit_once('.').map(|(_, extension)| extension);
        head.starts_with(PACKAGE) && extension.is_some_and(|end| end.eq_ignore_ascii_case("xlsx"))
    }

    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        let bytes = document.hold()?;
        let name = document.name();
        let mut workbook = Workbook::open(name, &bytes)?;
        for at in 0..workbook.sheet_count() {
            let part = workbook.sheet_part(at)?;
            let mut sheet = workbook.sheet(&part);
            let mut columns = None;
            while let Some(row) = sheet.next_row()? {
                columns = Columns::of(row);
                if columns.is_some() || row.number >= HEAD_ROWS {
                    break;
                }
            }
            let Some(columns) = columns else { continue };
            let counts_from_1904 = workbook.counts_from_1904();
            let output = Output::new(publication(document.file_name()), sink);
            let mut reader = RowReader {
                columns,
                counts_from_1904,
                output,
                texts: Interner::default(),
                seen: HashSet::new(),
            };
            while let Some(row) = sheet.next_row()? {
                reader.row(name, row)?;
            }
            return Ok(reader.output.counts);
        }
        let expected = "a sheet with the columns Bulletin Id and Affected Product";
        let found = format!("{} sheets without them", workbook.sheet_count());
        Err(ReadError::malformed(name, 1, expected, found))
    }
}

/// Names the publication after its file.
fn publication(file_name: &str) -> Publication {
    Publication {
        id: PublicationId::new("bulletin-search", file_name),
        title: "Workbook of the bulletin search".to_owned(),
        revision: None,
        released: None,
        revised: None,
    }
}

struct RowReader<'s> {
    columns: Columns,
    counts_from_1904: bool,
    output: Output<'s>,
    texts: Interner,
    /// Hashes of the rows so far, for telling repetitions.
    seen: HashSet<u64>,
}

impl RowReader<'_> {
    fn row(&mut self, document: &str, row: &Row) -> Result<(), ReadError> {
        self.output.counts.rows += 1;
        let line = row.number;
        if self.is_repeated(row) {
            self.output.warn(WarningCode::Duplicate, line, "the row repeats an earlier one");
            return Ok(());
        }
        let cells = self.columns.cells(row);
        self.output.counts.superseding += u64::from(!cells.supersedes.is_empty());
        let Some(fix) = self.fix(&cells, line) else { return Ok(()) };
        let vulnerabilities = self.vulnerabilities(cells.vulnerabilities, line);
        if self.output.counts.records + vulnerabilities.len() as u64 > FIX_LIMIT {
            let document = document.to_owned();
            let (what, unit) = ("a workbook", "fixes");
            return Err(ReadError::Limit { document, line, what, limit: FIX_LIMIT, unit });
        }
        if vulnerabilities.is_empty() {
            self.output.fix(fix);
            return Ok(());
        }
        for id in vulnerabilities {
            self.output.fix(Fix { vulnerability: Some(id), ..fix.clone() });
        }
        Ok(())
    }

    fn is_repeated(&mut self, row: &Row) -> bool {
        let mut hasher = DefaultHasher::new();
        for (column, cell) in row.cells() {
            (column, &cell.text).hash(&mut hasher);
        }
        !self.seen.insert(hasher.finish())
    }

    /// Reads what a row says of every vulnerability in it.
    fn fix(&mut self, cells: &Cells<'_>, line: u32) -> Option<Fix> {
        let Some(name) = cells.product.clone() else {
            self.output.warn(WarningCode::UnknownProduct, line, "expected a product, found none");
            return None;
        };
        let bulletin = self.bulletin(cells.bulletin, line);
        let named =
            if cells.component_kb.is_empty() { cells.bulletin_kb } else { cells.component_kb };
        let update = self.update(named, line);
        let kind = match update {
            Some(update) => FixKind::Update(update),
            None => FixKind::Other(self.texts.intern(named)),
        };
        Some(Fix {
            vulnerability: None,
            kind,
            product: ProductMention { name, component: cells.component.clone() },
            severity: self.severity(cells.severity, line),
            impact: self.impact(cells.impact, line),
            supersedes: self.supersedes(cells.supersedes, update, line),
            restart: self.restart(cells.restart, line),
            sub_type: None,
            fixed_build: None,
            payload: None,
            title: cells.title.clone(),
            bulletin,
            posted: cells.posted.and_then(|cell| self.posted(cell, line)),
            provenance: self.output.provenance(line),
        })
    }

    fn bulletin(&mut self, text: &str, line: u32) -> Option<BulletinId> {
        text.parse()
            .map_err(|error: staunch_model::BulletinIdError| {
                self.output.warn(WarningCode::BadBulletinId, line, error.to_string());
            })
            .ok()
    }

    fn update(&mut self, text: &str, line: u32) -> Option<KbNumber> {
        if text.is_empty() {
            let message = "expected a knowledge base number, found none";
            self.output.warn(WarningCode::MissingKbNumber, line, message);
            return None;
        }
        text.parse()
            .map_err(|error: staunch_model::KbNumberError| {
                self.output.warn(WarningCode::BadKbNumber, line, error.to_string());
            })
            .ok()
    }

    fn severity(&mut self, text: &str, line: u32) -> Option<Severity> {
        let severity = (!is_nothing(text)).then(|| text.parse().ok())?;
        if severity.is_none() {
            let message = format!("expected a severity, found {}", excerpt(text));
            self.output.warn(WarningCode::BadSeverity, line, message);
        }
        severity
    }

    fn impact(&mut self, text: &str, line: u32) -> Option<Impact> {
        let impact = (!is_nothing(text)).then(|| text.parse().ok())?;
        if impact.is_none() {
            let message = format!("expected an impact, found {}", excerpt(text));
            self.output.warn(WarningCode::BadImpact, line, message);
        }
        impact
    }

    fn restart(&mut self, text: &str, line: u32) -> Option<Restart> {
        let words = [("yes", Restart::Yes), ("no", Restart::No), ("maybe", Restart::Maybe)];
        let restart = words.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
        if restart.is_none() && !is_nothing(text) {
            let message = format!("expected Yes, No or Maybe, found {}", excerpt(text));
            self.output.warn(WarningCode::BadRestart, line, message);
        }
        restart.map(|(_, restart)| *restart)
    }

    fn supersedes(
        &mut self,
        text: &str,
        update: Option<KbNumber>,
        line: u32,
    ) -> Vec<SupersededRef> {
        let list = supersedence::read(&without_brackets(text), update);
        self.output.supersedence_faults(&list, line);
        list.updates
    }

    fn posted(&mut self, cell: &Cell, line: u32) -> Option<Date> {
        let posted = day::read(cell, self.counts_from_1904);
        if posted.is_none() {
            let message = format!("expected a day, found {}", excerpt(&cell.text));
            self.output.warn(WarningCode::BadDate, line, message);
        }
        posted
    }

    /// Reads a list of vulnerabilities; the first part that names none is reported.
    fn vulnerabilities(&mut self, text: &str, line: u32) -> Vec<VulnerabilityId> {
        let mut ids = Vec::new();
        let mut known = HashSet::new();
        let mut unread = None;
        for part in text.split([',', ';', ' ']).filter(|part| !is_nothing(part)) {
            // Candidates kept their numbers when they entered the list.
            let named = match part.get(..4) {
                Some(mark) if mark.eq_ignore_ascii_case("CAN-") => format!("CVE-{}", &part[4..]),
                _ => part.to_owned(),
            };
            match named.parse() {
                Ok(id) if known.insert(id) => ids.push(id),
                Ok(_) => {}
                Err(error) => {
                    let error: staunch_model::VulnerabilityIdError = error;
                    unread.get_or_insert(error);
                }
            }
        }
        if let Some(error) = unread {
            self.output.warn(WarningCode::BadVulnerabilityId, line, error.to_string());
        }
        ids
    }
}

fn is_nothing(text: &str) -> bool {
    text.is_empty() || NOTHING.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Writes `MS07-042[936021, 936181]` as `MS07-042,936021;MS07-042,936181;`, the form that other
/// publications have.
fn without_brackets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for group in text.split(']') {
        let Some((before, numbers)) = group.split_once('[') else {
            plain.push_str(group);
            continue;
        };
        let bulletin = before.trim_end().rsplit([',', ';', ' ']).next().unwrap_or("");
        let Ok(bulletin) = bulletin.parse::<BulletinId>() else {
            plain.push_str(group);
            continue;
        };
        let before = before.trim_end();
        plain.push_str(&before[..before.len() - bulletin.to_string().len()]);
        for number in numbers.split([',', ';']) {
            plain.push_str(&format!("{bulletin},{number};"));
        }
    }
    plain
}

#[cfg(test)]
mod tests;
