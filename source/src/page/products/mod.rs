//! Products of a page: which are affected, how gravely, and what is replaced on them.
//!
//! Lists stand under labels; tables are told by their heads and by what their cells hold, so that
//! most of them are read in any language.

mod application;
mod cell;
mod columns;
mod list;
mod matrix;
mod name;
mod notes;
mod parts;
mod scan;
mod supersedes;
mod system;
mod table;
mod token;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::block::{Block, BlockKind, Cell, Line, Row, Table};
use super::inline::Inline;
use super::{Page, warning};
use columns::{Columns, Role};
use list::{Label, label};
use matrix::Matrix;
use staunch_model::{BulletinPage, CveId, PageProduct, PageSupersedence};
use table::{Named, placed};
use words::Words;

/// Reads the affected and unaffected products, the severities and the replaced updates.
pub(crate) fn read(page: &Page<'_>, out: &mut BulletinPage) {
    let words = Words::new(page.lexicon);
    let mut reader = Reader {
        words,
        out,
        matrix: Matrix::new(words),
        only: only_cve(page.text),
        side: None,
        is_open: false,
        fresh: 0,
        component: None,
        caption: String::new(),
        question: None,
        supersedes: Vec::new(),
        from_prose: Vec::new(),
        unaffected_lines: HashMap::new(),
        rated: Vec::new(),
    };
    for block in &page.blocks {
        reader.block(block);
    }
    reader.finish();
}

/// Lists the canonical names of the products that a text names, as far as the vocabulary has them.
pub(super) fn canonical_names(text: &str) -> Vec<String> {
    name::readings(text).iter().filter_map(|reading| reading.canonical.clone()).collect()
}

/// Lists the canonical names of the systems that a heading names, beside whatever else it names.
pub(super) fn canonical_systems(heading: &str) -> Vec<String> {
    name::system_names(heading)
}

/// Returns the vulnerability of a page that names one only.
fn only_cve(text: &str) -> Option<CveId> {
    match scan::cves(text).as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Side of the list of products that a label opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Affected,
    Unaffected,
    /// Under the head of both, before a label of one.
    Both,
}

/// Most products of one side; the largest pages have some hundred.
const MOST_PRODUCTS: usize = 5_000;

struct Reader<'o> {
    words: Words,
    out: &'o mut BulletinPage,
    matrix: Matrix,
    only: Option<CveId>,
    /// Side that tables after the label belong to.
    side: Option<Side>,
    /// Whether list items that follow are products.
    is_open: bool,
    /// Paragraphs that may still stand between the label and the list.
    fresh: u8,
    /// Component that the text before the list names: its items are the systems below it.
    component: Option<String>,
    /// Last line of running text, which may title the table after it.
    caption: String,
    /// Blocks that may still answer the question for replaced updates.
    question: Option<u8>,
    supersedes: Vec<PageSupersedence>,
    from_prose: Vec<PageSupersedence>,
    /// Canonical names that are unaffected, with the line and the name as written.
    unaffected_lines: HashMap<String, (u32, String)>,
    /// Products of severity tables, for pages that list them nowhere else.
    rated: Vec<(Named, u32)>,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block<'_>) {
        match &block.kind {
            BlockKind::Heading { text, .. } => {
                self.heading(text);
                self.caption.clear();
            }
            BlockKind::Paragraph(lines) => {
                self.paragraph(lines);
                self.caption = lines.last().map_or("", |line| line.text).to_owned();
                self.matrix.name_vulnerabilities(lines);
            }
            BlockKind::Item { depth, lines } => {
                self.item(*depth, lines);
                self.matrix.name_vulnerabilities(lines);
            }
            BlockKind::Table(table) => self.table(table),
            BlockKind::Code(_) => self.is_open = false,
        }
    }

    fn heading(&mut self, text: &str) {
        self.question = None;
        if let Some((label, _)) = label(text, self.words) {
            return self.label(label, "", 0);
        }
        self.is_open = false;
        self.fresh = 0;
        if !name::is_product_like(text) {
            self.side = None;
        }
    }

    fn label(&mut self, label: Label, rest: &str, line: u32) {
        self.question = None;
        let is_list = matches!(label, Label::Affected | Label::Unaffected | Label::Both);
        if is_list && !rest.is_empty() && !name::is_product_like(rest) {
            // Running text that begins with the words of a label.
            self.is_open = false;
            self.side = None;
            return;
        }
        self.is_open = is_list;
        // A second list of a side is one of packages, with text of its own before it.
        let list = match label {
            Label::Unaffected => &self.out.products.unaffected,
            _ => &self.out.products.affected,
        };
        self.fresh = if is_list && list.is_empty() { 3 } else { 0 };
        self.component = None;
        match label {
            Label::Affected => self.side = Some(Side::Affected),
            Label::Unaffected => self.side = Some(Side::Unaffected),
            Label::Both => self.side = Some(Side::Both),
            Label::Replacement => {
                self.answer(rest);
                self.question = rest.is_empty().then_some(2);
                return;
            }
            Label::ReplacedQuestion => {
                self.question = Some(8);
                return;
            }
        }
        if name::is_product_like(rest) && rest.len() < 300 {
            self.list_product(rest, line);
        }
    }

    fn paragraph(&mut self, lines: &[Line<'_>]) {
        let Some(first) = lines.first() else { return };
        let mut rest = lines;
        let mut has_label = false;
        // A paragraph may hold several labels, one to a line.
        while let Some((line, after)) = rest.split_first() {
            let Some((found, behind)) = label(line.text, self.words) else { break };
            has_label = true;
            rest = after;
            let until = rest.iter().position(|line| {
                line.text.starts_with("**") || label(line.text, self.words).is_some()
            });
            let (own, next) = rest.split_at(until.unwrap_or(rest.len()));
            if found == Label::Replacement {
                let mut text = behind;
                for line in own {
                    text.push('\n');
                    text.push_str(&Inline::new(line.text).plain());
                }
                self.label(found, &text, line.number);
                rest = next;
            } else {
                self.label(found, &behind, line.number);
            }
        }
        if let Some(left) = self.question {
            return self.ask(first, rest, left);
        }
        if has_label || !self.is_open {
            if self.is_open {
                let is_list = rest
                    .iter()
                    .all(|line| line.text.len() < 300 && name::is_product_like(line.text));
                if !is_list {
                    self.is_open = false;
                    self.side = None;
                    return;
                }
                for line in rest {
                    self.list_product(line.text, line.number);
                }
            }
            return;
        }
        let text: Vec<&str> = lines.iter().map(|line| line.text).collect();
        let is_blank = Inline::new(&text.join(" ")).plain().is_empty();
        // Labels of parts go on with what is affected; after the unaffected they begin the list of
        // what was tested.
        let goes_on = self.side != Some(Side::Unaffected) && list::is_part_label(&text.join(" "));
        if is_blank || goes_on {
            return;
        }
        if self.fresh > 0 && text.concat().len() < 1_000 {
            self.fresh -= 1;
            self.component = introduced(&text.join(" "));
            return;
        }
        // Running text ends the list; the tables of deployment come after such text.
        self.is_open = false;
        self.side = None;
    }

    /// Looks for the answer to the question for replaced updates.
    fn ask(&mut self, first: &Line<'_>, lines: &[Line<'_>], left: u8) {
        let is_next = lines
            .first()
            .is_some_and(|line| line.number == first.number && line.text.starts_with("**"));
        self.question = left.checked_sub(1).filter(|left| *left > 0 && !is_next);
        if is_next {
            return;
        }
        let text: Vec<Cow<'_, str>> =
            lines.iter().map(|line| Inline::new(line.text).plain()).collect();
        self.answer(&text.join("\n"));
    }

    fn answer(&mut self, text: &str) {
        let mut found = Vec::new();
        supersedes::prose(text, self.words, &mut found);
        for entry in found {
            if !self.from_prose.contains(&entry) {
                self.from_prose.push(entry);
            }
        }
    }

    fn item(&mut self, depth: usize, lines: &[Line<'_>]) {
        let Some(first) = lines.first() else { return };
        let may_be_label = first.text.starts_with("**") || first.text.contains([':', '\u{ff1a}']);
        let found = may_be_label.then(|| label(first.text, self.words)).flatten();
        if let Some((found, rest)) = found {
            return self.label(found, &rest, first.number);
        }
        if self.question.is_some() {
            let text: Vec<Cow<'_, str>> =
                lines.iter().map(|line| Inline::new(line.text).plain()).collect();
            return self.answer(&text.join(" "));
        }
        if !self.is_open {
            return;
        }
        let Some(mut named) = list::item(lines) else { return };
        if list::is_product(&named, depth) && (self.fresh > 0 || !list::is_note(lines)) {
            if let Some(component) = &self.component {
                let on_system = table::composed(&[&named.name, component]);
                named = Named { download: named.download, kb: named.kb, ..on_system };
            }
            self.product(named, first.number);
        }
    }

    fn list_product(&mut self, raw: &str, line: u32) {
        if let Some(named) = list::named(raw) {
            self.product(named, line);
        }
    }

    /// Adds a product to the side that is open.
    fn product(&mut self, named: Named, line: u32) {
        self.fresh = 0;
        let side = self.side.unwrap_or(Side::Affected);
        self.add(named, line, side);
    }

    fn add(&mut self, named: Named, line: u32, side: Side) {
        let looked_up = named.looked_up.as_ref().unwrap_or(&named.name);
        for mut reading in name::readings(looked_up).iter().cloned() {
            if named.looked_up.is_some() {
                reading.name.clone_from(&named.name);
            }
            if let Some(component) = &named.component {
                reading.canonical = reading.canonical.map(|on| format!("{component} on {on}"));
            }

            if let Some(pack) = reading.impossible_pack {
                let message = format!("{:.120} never had a service pack {pack}", reading.name);
                self.out.warnings.push(warning("impossible-service-pack", line, message));
            }
            let product = PageProduct {
                name: reading.name,
                canonical: reading.canonical,
                download: named.download.clone(),
                kb: named.kb,
            };
            if let (Side::Unaffected, Some(name)) = (side, &product.canonical) {
                let written = (line, product.name.clone());
                self.unaffected_lines.entry(name.clone()).or_insert(written);
            }
            let list = match side {
                Side::Unaffected => &mut self.out.products.unaffected,
                Side::Affected | Side::Both => &mut self.out.products.affected,
            };
            if list.len() < MOST_PRODUCTS && !list.iter().rev().take(400).any(|p| *p == product) {
                list.push(product);
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.is_open = false;
        self.fresh = 0;
        let caption = std::mem::take(&mut self.caption);
        let caption = Inline::new(&caption).plain();
        let Some(columns) = Columns::of(table, self.words) else {
            return self.list_table(table);
        };
        if !self.concerns_products(table, &columns) {
            return;
        }
        let rows = placed(table, &columns);
        if supersedes::is_table(&columns, &rows, self.words) {
            supersedes::table(&columns, &rows, self.words, &mut self.supersedes);
            self.question = None;
            return;
        }
        let is_reference = columns.has(&Role::Product)
            && (columns.has(&Role::Replaced)
                || columns.has(&Role::AggregateSeverity) && !columns.has_cves()
                || columns.has(&Role::MaximumImpact) && !columns.has_cves());
        if is_reference {
            let side = self.side.filter(|side| *side == Side::Unaffected).unwrap_or(Side::Affected);
            for row in &rows {
                for named in row.names.clone() {
                    self.add(named, row.line, side);
                }
            }
            supersedes::column(&columns, &rows, self.words, &mut self.supersedes);
        }
        let before = self.matrix.ratings.len();
        self.matrix.table(&columns, &rows, self.only, &caption);
        if self.matrix.ratings.len() > before {
            let named = rows
                .into_iter()
                .flat_map(|row| row.names.into_iter().map(move |named| (named, row.line)));
            self.rated.extend(named.take(MOST_PRODUCTS));
        } else if !is_reference {
            self.list_table(table);
        }
    }

    /// Tells apart the tables of files, switches and tools, which may be long.
    fn concerns_products(&mut self, table: &Table, columns: &Columns) -> bool {
        let has_role = columns
            .columns
            .iter()
            .any(|column| !matches!(column.role, Role::Other | Role::Product));
        let body = || table.rows.iter().skip(columns.first_row).take(6);
        has_role
            || self.side.is_some()
            || body().any(|row| {
                row.cells
                    .iter()
                    .skip(1)
                    .any(|cell| self.matrix.is_severity(&notes::plain(&cell.text)))
            })
    }

    /// Reads a table that only lists products, under a label that says which.
    fn list_table(&mut self, table: &Table) {
        let Some(side @ (Side::Affected | Side::Unaffected)) = self.side else { return };
        let widest = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let words = self.words;
        let all_products = |row: &Row| {
            row.cells.iter().all(|cell| {
                let text = notes::plain(&cell.text);
                // Marks and pictures beside the products link to the downloads.
                let is_blank = !text.chars().any(char::is_alphabetic)
                    || words.key(words::SEVERITY, &text) == Some("not_applicable");
                let is_download = || {
                    let links = Inline::new(&cell.text).links();
                    links.iter().any(|link| link.target.to_ascii_lowercase().contains("download"))
                };
                is_blank
                    || text.chars().count() < 200 && name::is_product_like(&text)
                    || is_download()
            })
        };
        let fitting = table.rows.iter().skip(1).filter(|row| all_products(row)).count();
        if widest > 4 || fitting * 2 < table.rows.len().saturating_sub(1) {
            return;
        }
        for (at, row) in table.rows.iter().enumerate() {
            let is_group = row.cells.len() == 1 && widest > 1;
            if at == 0 && !all_products(row) || is_group || row.is_head {
                continue;
            }
            self.list_row(row, side);
        }
    }

    /// Adds the products of a row: a system, with what is on it in the cells beside.
    fn list_row(&mut self, row: &Row, side: Side) {
        let cells: Vec<(&Cell, Cow<'_, str>)> =
            row.cells.iter().map(|cell| (cell, notes::plain(&cell.text))).collect();
        let naming = || {
            let like = |text: &str| text.lines().any(name::is_product_like);
            cells.iter().filter(move |(_, text)| like(text))
        };
        let links = row.cells.iter().flat_map(|cell| Inline::new(&cell.text).links());
        let download = links.into_iter().find_map(|link| scan::family(&link.target));
        let are_systems = |text: &str| name::readings(text).iter().any(|reading| reading.is_system);
        if naming().count() > 1 && naming().all(|(_, text)| are_systems(text)) {
            for (cell, _) in naming() {
                if let Some(named) = list::named(&cell.text.replace('\n', " ")) {
                    self.add(named, row.line, side);
                }
            }
            return;
        }
        let names = match naming().collect::<Vec<_>>().as_slice() {
            [(cell, _)] if !cell.text.trim().contains('\n') => {
                list::named(&cell.text).into_iter().collect()
            }
            _ => table::products(naming().map(|(cell, text)| (*cell, &**text)), ""),
        };
        for named in names {
            let download = named.download.clone().or_else(|| download.clone());
            self.add(Named { download, ..named }, row.line, side);
        }
    }

    fn finish(mut self) {
        if self.out.products.affected.is_empty() {
            for (named, line) in std::mem::take(&mut self.rated) {
                self.add(named, line, Side::Affected);
            }
        }
        self.out.matrix = self.matrix.named_ratings();
        self.out.warnings.append(&mut self.matrix.warnings);
        self.out.supersedes = self.replaced();
        self.warn_of_both();
    }

    /// Returns what tables say of each product, and what prose says where no table does.
    fn replaced(&mut self) -> Vec<PageSupersedence> {
        let mut found = std::mem::take(&mut self.supersedes);
        let prose = std::mem::take(&mut self.from_prose);
        let in_tables: BTreeSet<_> = found.iter().filter_map(|entry| entry.bulletin).collect();
        let has_tables = !found.is_empty();
        let replaces_some = prose.iter().any(|entry| entry.replaced);
        for entry in prose {
            let is_told = match entry.bulletin {
                Some(bulletin) => in_tables.contains(&bulletin),
                None => has_tables || replaces_some,
            };
            if !is_told {
                found.push(entry);
            }
        }
        found
    }

    /// Warns of systems that stand among the affected and the unaffected.
    fn warn_of_both(&mut self) {
        let affected = self.out.products.affected.iter();
        let mut both: Vec<(u32, &str)> = affected
            .filter_map(|product| {
                let name = product.canonical.as_deref()?;
                let (line, unaffected) = self.unaffected_lines.get(name)?;
                // Editions and conditions in brackets share a name in the vocabulary.
                let is_same = name::editions(&product.name) == name::editions(unaffected);
                is_same.then_some((*line, name))
            })
            .collect();
        both.sort_unstable();
        both.dedup();
        for (line, name) in both {
            let message = format!("{name} is listed as affected and as unaffected");
            self.out.warnings.push(warning("product-in-both", line, message));
        }
    }
}

/// Returns the one component that a text before a list of systems names.
fn introduced(text: &str) -> Option<String> {
    let plain = Inline::new(text).plain();
    let introduces = plain.contains([':', '\u{ff1a}']) && plain.len() < 300;
    match name::components(&plain).as_slice() {
        [one] if introduces && name::systems(&plain).is_empty() => Some(one.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod independent;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
