//! One pass over a page: its references with their places, its history, its acknowledgements.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{BulletinId, KbNumber, PageWarning};

use super::ids::{self, CveMention};
use super::links::{self, Part};
use super::revisions::History;
use super::words::{Words, is_bold, plain};
use crate::page::Page;
use crate::page::block::{BlockKind, Line};

/// Where a reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Heading,
    Table,
    /// Paragraph or item that begins in bold, as the headings of older pages do.
    Label,
    Prose,
    /// Acknowledgement or revision history.
    Aside,
}

/// A vulnerability with its place.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) place: Place,
    pub(super) line: u32,
    pub(super) cve: CveMention,
}

/// What one pass over a page finds.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) mentions: Vec<Mention>,
    /// Articles that links lead to and that their text names, with the first line of each.
    pub(super) linked: Vec<(KbNumber, u32)>,
    /// Articles in names of packages, with the first line of each.
    pub(super) packages: BTreeMap<KbNumber, u32>,
    pub(super) acknowledgements: Vec<String>,
    pub(super) revisions: History,
    bulletins: BTreeSet<BulletinId>,
}

/// Part of the page that a heading of the lexicon opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Acknowledgements,
    Revisions,
    Other,
}

impl Walk {
    pub(super) fn over(
        page: &Page<'_>,
        words: &Words,
        own: Option<BulletinId>,
        warnings: &mut Vec<PageWarning>,
    ) -> Self {
        let mut walk = Self::default();
        let mut section = Section::Other;
        for block in &page.blocks {
            match &block.kind {
                BlockKind::Heading { text, .. } => {
                    section = section_of(words, text).unwrap_or(Section::Other);
                    walk.text(text, Place::Heading, block.line, warnings);
                }
                BlockKind::Paragraph(lines) => {
                    let is_label = lines.first().is_some_and(|line| is_bold(line.text));
                    if is_label && let Some(line) = lines.first() {
                        section = section_of(words, line.text).unwrap_or(match section {
                            _ if is_all_bold(line.text) => Section::Other,
                            section => section,
                        });
                    }
                    walk.lines(lines, place(section, is_label), warnings);
                    walk.section_lines(lines, section, words, warnings);
                    if section == Section::Acknowledgements && !is_label {
                        walk.acknowledge(lines);
                    }
                }
                BlockKind::Item { lines, .. } => {
                    let is_label = lines.first().is_some_and(|line| is_bold(line.text));
                    walk.lines(lines, place(section, is_label), warnings);
                    walk.section_lines(lines, section, words, warnings);
                    if section == Section::Acknowledgements {
                        walk.acknowledge(lines);
                    }
                }
                BlockKind::Table(table) => {
                    for row in &table.rows {
                        for cell in row.cells.iter().filter(|cell| !cell.is_continued) {
                            walk.text(&cell.text, Place::Table, row.line, warnings);
                        }
                    }
                }
                BlockKind::Code(lines) => walk.lines(lines, place(section, false), warnings),
            }
        }
        if let Some(own) = own {
            walk.bulletins.remove(&own);
        }
        walk
    }

    /// Returns the other bulletins that the page names, in order.
    pub(super) fn related(&self) -> Vec<BulletinId> {
        self.bulletins.iter().copied().collect()
    }

    fn lines(&mut self, lines: &[Line<'_>], place: Place, warnings: &mut Vec<PageWarning>) {
        for line in lines {
            self.text(line.text, place, line.number, warnings);
        }
    }

    fn text(&mut self, raw: &str, place: Place, line: u32, warnings: &mut Vec<PageWarning>) {
        // Every reference has a dash or an address; 0xe2 begins the dashes that are not ASCII.
        if memchr::memchr3(b'-', b']', 0xe2, raw.as_bytes()).is_none() {
            return;
        }
        for part in links::parts(raw) {
            match part {
                // All of them have digits.
                Part::Visible(text) if !ids::has_digit(text) => {}
                Part::Visible(text) => {
                    self.bulletins.extend(ids::bulletins(text).map(|(_, id)| id));
                    let cves = ids::vulnerabilities(text);
                    self.mentions.extend(cves.map(|cve| Mention { place, line, cve }));
                    for kb in ids::packages(text) {
                        self.packages.entry(kb).or_insert(line);
                    }
                }
                Part::Link { text, target } => {
                    let article = ids::article_of(target);
                    links::compare(text, target, article, line, warnings);
                    if let Some(kb) = article
                        && ids::articles(text).contains(&kb)
                    {
                        self.linked.push((kb, line));
                    }
                }
            }
        }
    }

    fn section_lines(
        &mut self,
        lines: &[Line<'_>],
        section: Section,
        words: &Words,
        warnings: &mut Vec<PageWarning>,
    ) {
        let is_history = section == Section::Revisions;
        for line in lines {
            self.revisions.line(line.text, line.number, is_history, words.own, warnings);
        }
    }

    fn acknowledge(&mut self, lines: &[Line<'_>]) {
        let text: Vec<Cow<'_, str>> = lines.iter().map(|line| plain(line.text)).collect();
        let text = text.join(" ");
        if !text.is_empty() && !text.ends_with([':', '：']) {
            self.acknowledgements.push(text);
        }
    }
}

fn place(section: Section, is_label: bool) -> Place {
    match section {
        Section::Other if is_label => Place::Label,
        Section::Other => Place::Prose,
        Section::Acknowledgements | Section::Revisions => Place::Aside,
    }
}

/// Returns the section that a heading or bold label opens, when the lexicon knows it.
fn section_of(words: &Words, raw: &str) -> Option<Section> {
    if raw.len() > 200 {
        return None;
    }
    match words.headings.key(&plain(raw))? {
        "acknowledgements" => Some(Section::Acknowledgements),
        "revisions" => Some(Section::Revisions),
        _ => Some(Section::Other),
    }
}

/// Tells whether a line is a label and nothing else.
fn is_all_bold(raw: &str) -> bool {
    let text = raw.trim().trim_end_matches([':', '：', ' ']);
    text.len() > 4 && text.ends_with("**")
}
