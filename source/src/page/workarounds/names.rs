//! Names that a page gives to the identifiers of vulnerabilities, and where it states them.

use staunch_model::CveId;

use super::answers::Words;
use super::text::{identifiers, links_to_entry, title};
use crate::page::Page;
use crate::page::block::{Block, BlockKind, Table};
use crate::page::line::plain;

/// Longest name, in bytes.
const LONGEST: usize = 300;
/// Shortest name, in characters, that is looked for in a paragraph.
const SHORTEST: usize = 5;

/// Identifiers of a page with what is known of them.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Identifiers in headings of vulnerabilities.
    headed: Vec<CveId>,
    /// Identifiers before the first of these headings.
    stated: Vec<CveId>,
    /// Identifiers that lines link to the list of entries, where no heading names any.
    listed: Vec<CveId>,
    named: Vec<(CveId, String)>,
}

impl Names {
    /// Looks through the headings of a page, and through its lists when no heading names any.
    pub(super) fn new(page: &Page<'_>, words: &Words) -> Self {
        let mut names = Self::default();
        let mut first = None;
        for block in &page.blocks {
            let BlockKind::Heading { text, .. } = &block.kind else { continue };
            let ids = identifiers(text);
            if !ids.is_empty() && words.parts.within(&plain(text)).is_none() {
                first.get_or_insert(block.line);
                names.headed.extend(ids);
            }
        }
        match first {
            Some(first) => {
                let before = usize::try_from(first).unwrap_or(usize::MAX).saturating_sub(1);
                let mut ends = memchr::memchr_iter(b'\n', page.text.as_bytes());
                let end = before.checked_sub(1).and_then(|last| ends.nth(last)).unwrap_or(0);
                names.stated = identifiers(&page.text[..end]);
            }
            None if !page.blocks.iter().any(|block| has_answers(block, words)) => names.lists(page),
            None => {}
        }
        names
    }

    /// Reads `name: identifier` from the lines of paragraphs and lists.
    fn lists(&mut self, page: &Page<'_>) {
        for block in &page.blocks {
            let (BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. }) = &block.kind else {
                continue;
            };
            for line in lines.iter().filter(|line| links_to_entry(line.text)) {
                let text = plain(line.text);
                if let [id] = identifiers(&text).as_slice() {
                    if matches!(block.kind, BlockKind::Item { .. }) || lines.len() > 1 {
                        self.add(*id, &title(&text));
                    }
                    if !self.listed.contains(id) {
                        self.listed.push(*id);
                    }
                }
            }
        }
    }

    /// Reads a table of names and identifiers, and returns the identifiers.
    pub(super) fn read(&mut self, table: &Table) -> Vec<CveId> {
        if table.rows.iter().any(|row| row.cells.len() > 2) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for row in &table.rows {
            let [name, cell] = row.cells.as_slice() else { continue };
            if let [id] = identifiers(&cell.text).as_slice()
                && identifiers(&name.text).is_empty()
            {
                self.add(*id, &name.plain());
                found.push(*id);
            }
        }
        found
    }

    fn add(&mut self, id: CveId, name: &str) {
        let name = name.trim().trim_end_matches([':', '：', ' ']);
        let is_known = self.named.iter().any(|(known, _)| *known == id);
        let is_name = !name.is_empty() && name.len() <= LONGEST && identifiers(name).is_empty();
        if !is_known && is_name {
            self.named.push((id, name.to_owned()));
        }
    }

    /// Tells whether lists, not headings, name the vulnerabilities of the page.
    pub(super) fn are_listed(&self) -> bool {
        !self.listed.is_empty()
    }

    /// Returns the name of an identifier.
    pub(super) fn of(&self, id: CveId) -> Option<&str> {
        self.named.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
    }

    /// Finds the identifier whose name a paragraph begins with or is the beginning of.
    pub(super) fn find(&self, text: &str) -> Option<CveId> {
        let text = squeeze(text);
        let is_long = |name: &str| name.chars().count() >= SHORTEST;
        let mut found = self.named.iter().filter(|(_, name)| {
            let name = squeeze(name);
            is_long(&name) && is_long(&text) && (text.starts_with(&name) || name.starts_with(&text))
        });
        match (found.next(), found.next()) {
            (Some((id, _)), None) => Some(*id),
            _ => None,
        }
    }

    /// Tells whether a vulnerability has a heading of its own.
    pub(super) fn is_headed(&self, id: CveId) -> bool {
        self.headed.contains(&id)
    }

    /// Tells whether the page states an identifier before its first vulnerability.
    pub(super) fn is_stated(&self, id: CveId) -> bool {
        self.stated.contains(&id)
    }

    /// Lists the identifiers of a page none of whose headings names a vulnerability.
    pub(super) fn unheaded(&self) -> Vec<CveId> {
        self.listed.clone()
    }
}

/// Tells whether a block is a table that answers questions by identifier, as in later bulletins.
fn has_answers(block: &Block<'_>, words: &Words) -> bool {
    matches!(&block.kind, BlockKind::Table(table) if table
        .rows
        .iter()
        .take(3)
        .flat_map(|row| &row.cells)
        .any(|cell| words.column(&cell.plain()).is_some()))
}

/// Takes spaces and marks out of a name.
fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
