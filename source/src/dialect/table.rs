//! The table of vulnerabilities, updates and products: one row for each vulnerability, update and
//! product, with the update's predecessors.
//!
//! Titles are cut at 90 characters by the publisher and are kept as they are. Exploit links are
//! not read. A row that repeats an earlier one is reported as that alone and not passed on again.
//!
//! Source: `CVEs_*.csv` and `Custom_*.csv` of the definitions of WES-NG.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::Date;
use staunch_model::{
    BulletinId, Fix, FixKind, Impact, KbNumber, ProductMention, Publication, PublicationId,
    Severity, VulnerabilityId, WarningCode,
};

use super::Dialect;
use super::rows::{Fields, Row, Rows};
use crate::document::excerpt;
use crate::encoding::{Encoding, head_text};
use crate::intern::Interner;
use crate::output::Output;
use crate::{Counts, Document, ReadError, Sink, supersedence};

/// The dialect of the table.
pub(super) struct Table;

/// Most rows that are remembered for telling repetitions; later ones are all passed on.
const REMEMBERED_ROWS: usize = 4_000_000;
/// What the publisher's export leaves where a cell held a list.
const LOST_LIST: &str = "System.Object[]";

/// Columns that a table must have, in the order in which they are kept.
const COLUMNS: [&str; 9] = [
    "DatePosted",
    "CVE",
    "BulletinKB",
    "Title",
    "AffectedProduct",
    "AffectedComponent",
    "Severity",
    "Impact",
    "Supersedes",
];

impl Dialect for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn description(&self) -> &'static str {
        "a table with the columns DatePosted, CVE, BulletinKB and so on"
    }

    fn recognises(&self, _file_name: &str, head: &[u8]) -> bool {
        let text = head_text(head);
        let header = text.lines().next().unwrap_or("");
        header.contains("DatePosted") && header.contains("BulletinKB")
    }

    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        let name = document.name().to_owned();
        let (encoding, _) = Encoding::detect(document.head());
        if encoding != Encoding::Utf8 {
            let found = format!("{} text", encoding.name());
            return Err(ReadError::malformed(&name, 1, "UTF-8 text", found));
        }
        let publication = publication(document.file_name());
        let mut rows = Rows::new(&name, document.input());
        let columns = Columns::of(&name, rows.next()?)?;
        let mut reader = TableReader {
            columns,
            output: Output::new(publication, sink),
            texts: Interner::default(),
            seen: HashSet::new(),
        };
        while let Some(row) = rows.next()? {
            reader.row(&name, &row)?;
        }
        Ok(reader.output.counts)
    }
}

/// Names the publication after its file; a day at the end of the file name is its release.
fn publication(file_name: &str) -> Publication {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let released = stem.rsplit_once('_').and_then(|(_, day)| compact_date(day));
    Publication {
        id: PublicationId::new("table", file_name),
        title: "Table of vulnerabilities, updates and products".to_owned(),
        revision: None,
        released,
        revised: released,
    }
}

/// Reads a day such as `20190312`.
fn compact_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = text[..4].parse().ok()?;
    Date::new(year, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// Reads the class of updates that a section of the table is headed with.
fn class(section: &str) -> &'static str {
    let classes = [
        ("Preview of Monthly Rollup", "Preview Rollup"),
        ("Monthly Rollup", "Monthly Rollup"),
        ("Security Only Update", "Security Only"),
    ];
    classes.iter().find(|(words, _)| section.contains(words)).map_or("", |(_, class)| class)
}

/// Where the columns stand in the rows of one table.
struct Columns {
    positions: [usize; COLUMNS.len()],
    width: usize,
}

/// The cells of one row that are read.
struct Cells<'r> {
    posted: &'r str,
    vulnerability: &'r str,
    update: &'r str,
    title: &'r str,
    product: &'r str,
    component: &'r str,
    severity: &'r str,
    impact: &'r str,
    supersedes: &'r str,
}

impl Columns {
    fn of(document: &str, header: Option<Row<'_>>) -> Result<Self, ReadError> {
        let missing = |column: &str, found: String| {
            ReadError::malformed(document, 1, format!("a column named {column}"), found)
        };
        let Some(fields) = header.and_then(|row| row.fields) else {
            return Err(missing(COLUMNS[0], "no header".to_owned()));
        };
        let names: Vec<_> = (0..fields.len()).map(|at| fields.field(at)).collect();
        let mut positions = [0; COLUMNS.len()];
        for (position, column) in positions.iter_mut().zip(COLUMNS) {
            *position = names
                .iter()
                .position(|name| name.eq_ignore_ascii_case(column))
                .ok_or_else(|| missing(column, excerpt(&names.join(","))))?;
        }
        Ok(Self { positions, width: names.len() })
    }

    fn cells<'r>(&self, fields: &Fields<'r>) -> Cells<'r> {
        let [
            posted,
            vulnerability,
            update,
            title,
            product,
            component,
            severity,
            impact,
            supersedes,
        ] = self.positions.map(|at| fields.field(at));
        Cells {
            posted,
            vulnerability,
            update,
            title,
            product,
            component,
            severity,
            impact,
            supersedes,
        }
    }
}

struct TableReader<'s> {
    columns: Columns,
    output: Output<'s>,
    texts: Interner,
    seen: HashSet<u64>,
}

impl TableReader<'_> {
    fn row(&mut self, document: &str, row: &Row<'_>) -> Result<(), ReadError> {
        self.output.counts.rows += 1;
        let width = self.columns.width;
        let fields = row.fields.as_ref().filter(|fields| fields.len() == width);
        let Some(fields) = fields else {
            let found = match &row.fields {
                Some(fields) => format!("{} fields", fields.len()),
                None => "a text that is no row".to_owned(),
            };
            if row.unfinished {
                let found = format!("{found} at the end of the document");
                return Err(ReadError::malformed(
                    document,
                    row.line,
                    format!("{width} fields"),
                    found,
                ));
            }
            let message = format!("expected {width} fields, found {found}");
            self.output.warn(WarningCode::Unreadable, row.line, message);
            return Ok(());
        };
        let cells = self.columns.cells(fields);
        self.output.counts.superseding += u64::from(!cells.supersedes.is_empty());
        if self.is_repeated(row.raw) {
            self.output.warn(WarningCode::Duplicate, row.line, "the row repeats an earlier one");
            return Ok(());
        }
        self.fix(&cells, row.comment, row.line);
        Ok(())
    }

    fn is_repeated(&mut self, raw: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        raw.hash(&mut hasher);
        let hash = hasher.finish();
        if self.seen.len() >= REMEMBERED_ROWS {
            return self.seen.contains(&hash);
        }
        !self.seen.insert(hash)
    }

    fn fix(&mut self, cells: &Cells<'_>, section: &str, line: u32) {
        if cells.product.is_empty() {
            self.output.warn(WarningCode::UnknownProduct, line, "expected a product, found none");
            return;
        }
        let update = cells.update.parse::<KbNumber>();
        let kind = match update {
            // Service packs stand here as if they closed a vulnerability of their own name.
            _ if cells.vulnerability.starts_with("SP") => {
                FixKind::Other(self.texts.intern("service pack"))
            }
            Ok(update) => FixKind::Update(update),
            Err(_) => FixKind::Other(self.texts.intern(cells.update)),
        };
        match &update {
            Err(_) if cells.update.is_empty() => {
                let message = "expected a knowledge base number, found none";
                self.output.warn(WarningCode::MissingKbNumber, line, message);
            }
            Err(error) => self.output.warn(WarningCode::BadKbNumber, line, error.to_string()),
            Ok(_) => {}
        }
        let fix = Fix {
            vulnerability: self.vulnerability(cells.vulnerability, line),
            kind,
            product: ProductMention {
                name: self.texts.intern(cells.product),
                component: self.texts.intern_some(cells.component),
            },
            severity: self.severity(cells.severity, line),
            impact: self.impact(cells.impact, line),
            supersedes: self.supersedes(cells.supersedes, update.ok(), line),
            restart: None,
            sub_type: self.texts.intern_some(class(section)),
            fixed_build: None,
            payload: None,
            title: self.texts.intern_some(cells.title),
            bulletin: bulletin(cells.title),
            posted: self.posted(cells.posted, line),
            provenance: self.output.provenance(line),
        };
        self.output.fix(fix);
    }

    fn vulnerability(&mut self, text: &str, line: u32) -> Option<VulnerabilityId> {
        if text.is_empty() {
            return None;
        }
        text.parse()
            .map_err(|error: staunch_model::VulnerabilityIdError| {
                self.output.warn(WarningCode::BadVulnerabilityId, line, error.to_string());
            })
            .ok()
    }

    fn severity(&mut self, text: &str, line: u32) -> Option<Severity> {
        if text.is_empty() || text == "None" {
            return None;
        }
        let severity = text.parse();
        if severity.is_err() {
            self.bad_word(WarningCode::BadSeverity, "a severity", text, line);
        }
        severity.ok()
    }

    fn impact(&mut self, text: &str, line: u32) -> Option<Impact> {
        if text.is_empty() {
            return None;
        }
        let impact = text.parse();
        if impact.is_err() {
            self.bad_word(WarningCode::BadImpact, "an impact", text, line);
        }
        impact.ok()
    }

    fn bad_word(&mut self, code: WarningCode, expected: &str, text: &str, line: u32) {
        let found =
            if text == LOST_LIST { "the remains of a lost list".to_owned() } else { excerpt(text) };
        self.output.warn(code, line, format!("expected {expected}, found {found}"));
    }

    fn supersedes(
        &mut self,
        text: &str,
        update: Option<KbNumber>,
        line: u32,
    ) -> Vec<staunch_model::SupersededRef> {
        let list = supersedence::read(text, update);
        self.output.supersedence_faults(&list, line);
        list.updates
    }

    fn posted(&mut self, text: &str, line: u32) -> Option<Date> {
        let posted = compact_date(text);
        if posted.is_none() {
            let message = format!("expected a day such as 20190312, found {}", excerpt(text));
            self.output.warn(WarningCode::BadDate, line, message);
        }
        posted
    }
}

/// Finds a bulletin's identifier in a title.
fn bulletin(title: &str) -> Option<BulletinId> {
    title.match_indices("MS").find_map(|(at, _)| title.get(at..at + 8)?.parse().ok())
}

#[cfg(test)]
mod tests;
