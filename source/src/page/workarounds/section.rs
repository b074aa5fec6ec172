//! Walk over the blocks of a page by vulnerability.

use staunch_model::{CveId, PageVulnerability, PageWorkaround};

use super::Found;
use super::answers::{Part, Question, Remark, Words};
use super::names::Names;
use super::objects::Content;
use super::text::{
    LONGEST_TITLE, MOST, cut, ends_with_colon, identifiers, join, links_to_entry, list, one_line,
    title,
};
use crate::page::block::{BlockKind, Line, Row, Table};
use crate::page::line::plain;
use crate::page::{Page, warning};

/// Most mitigating factors of a vulnerability.
const MOST_FACTORS: usize = 40;
/// Longest factor, in bytes.
const LONGEST_FACTOR: usize = 1_500;
/// Longest paragraph, in bytes, that can be the name of a vulnerability.
const LONGEST_NAME: usize = 240;
/// Longest question, in bytes.
const LONGEST_QUESTION: usize = 600;
/// Most lines of a workaround that are looked at.
const MOST_LINES: usize = 400;

/// A workaround that is being read.
#[derive(Debug)]
struct Open {
    content: Content,
    line: u32,
    /// Whether the title is a bold paragraph, so that items below it are its steps.
    is_paragraph: bool,
    /// Whether the title ends with a colon.
    has_colon: bool,
    /// What is being told that is no part of what to do: the impact, or how to undo it.
    aside: Option<Remark>,
}

/// State of the walk.
pub(super) struct Reader<'p, 'w> {
    page: &'w Page<'p>,
    words: &'static Words,
    found: Found,
    /// Identifiers of the vulnerability that the walk is in.
    cves: Vec<CveId>,
    /// Title of a vulnerability whose heading has no identifier.
    title: Option<String>,
    /// The only identifier of the page, when it has one.
    only: Option<CveId>,
    part: Option<Part>,
    open: Option<Open>,
    /// Factors of the present section; paragraphs count only where there is no list.
    factors: Vec<String>,
    has_items: bool,
    question: Option<Question>,
    /// Vulnerabilities of the last heading that names some and is not that of a part.
    section: Vec<CveId>,
    /// Names that lists and tables give to identifiers.
    names: Names,
    /// Whether a paragraph has divided the present mitigating factors by vulnerability.
    is_divided: bool,
    /// Whether a paragraph of the open workaround has just announced a list.
    announces: bool,
}

impl<'p, 'w> Reader<'p, 'w> {
    pub(super) fn new(page: &'w Page<'p>, cves: &[CveId]) -> Self {
        let mut all: Vec<CveId> = cves.to_vec();
        if all.is_empty() {
            let marks = memchr::memmem::find_iter(page.text.as_bytes(), b"CVE")
                .chain(memchr::memmem::find_iter(page.text.as_bytes(), b"CAN"));
            for at in marks {
                let end = page.text.floor_char_boundary(at + 24);
                all.extend(identifiers(&page.text[at..end]));
                if all.len() >= MOST {
                    break;
                }
            }
            all.sort_unstable();
            all.dedup();
        }
        let words = Words::of(page);
        let only = match all.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        Self {
            page,
            words,
            found: Found::default(),
            cves: Vec::new(),
            title: None,
            only,
            part: None,
            open: None,
            factors: Vec::new(),
            has_items: false,
            question: None,
            section: Vec::new(),
            names: Names::new(page, words),
            is_divided: false,
            announces: false,
        }
    }

    pub(super) fn read(mut self) -> Found {
        let page = self.page;
        for block in &page.blocks {
            match &block.kind {
                BlockKind::Heading { text, .. } => self.heading(text, block.line),
                BlockKind::Paragraph(lines) => self.paragraph(lines),
                BlockKind::Item { depth, lines } => self.item(*depth, lines),
                BlockKind::Code(lines) => self.code(lines),
                BlockKind::Table(table) => self.table(table),
            }
        }
        self.end_part();
        for id in self.names.unheaded() {
            self.vulnerability(id);
        }
        for vulnerability in &mut self.found.vulnerabilities {
            if vulnerability.title.is_empty()
                && let Some(name) = self.names.of(vulnerability.cve)
            {
                name.clone_into(&mut vulnerability.title);
            }
        }
        self.found
    }

    fn heading(&mut self, raw: &str, line: u32) {
        let text = plain(raw);
        let ids = identifiers(&text);
        self.end_part();
        self.question = None;
        let mut part = (text.len() < 600).then(|| self.words.parts.within(&text)).flatten();
        if ids.is_empty() {
            if part.is_none() {
                self.cves.clear();
                self.section.clear();
                self.title = Some(cut(&text, LONGEST_TITLE));
            }
        } else if part.is_some() && self.is_misnamed(&ids) {
            let message = format!("{text:?} in the section of {}", list(&self.section));
            self.found.warnings.push(warning("cve-differs", line, message));
            self.cves = self.section.clone();
        } else if part.is_none() && self.section == ids && self.cves == ids {
            // The heading of the vulnerability stands where that of its mitigating factors should.
            part = Some(Part::Mitigations);
        } else {
            self.enter(&ids, &text, part.is_none());
            if part.is_none() {
                self.section = ids;
            }
        }
        self.part = part;
    }

    /// Tells whether the heading of a part has the identifier of another vulnerability than its
    /// section by mistake: it has a section of its own, or the page does not know it otherwise.
    fn is_misnamed(&self, ids: &[CveId]) -> bool {
        !self.section.is_empty()
            && ids.iter().all(|id| {
                !self.section.contains(id)
                    && (self.names.is_headed(*id) || !self.names.is_stated(*id))
            })
    }

    /// Begins vulnerabilities; only the heading of one itself gives it its title.
    fn enter(&mut self, ids: &[CveId], text: &str, is_title: bool) {
        self.cves = ids.to_vec();
        self.title = None;
        let title = if is_title { title(text) } else { String::new() };
        for id in ids {
            if let Some(vulnerability) = self.vulnerability(*id)
                && vulnerability.title.is_empty()
            {
                vulnerability.title.clone_from(&title);
            }
        }
    }

    fn vulnerability(&mut self, cve: CveId) -> Option<&mut PageVulnerability> {
        let list = &mut self.found.vulnerabilities;
        let at = list.iter().position(|known| known.cve == cve);
        let at = match at {
            Some(at) => at,
            None if list.len() < MOST => {
                list.push(PageVulnerability {
                    cve,
                    title: String::new(),
                    mitigations: Vec::new(),
                    disclosed: None,
                    exploited: None,
                });
                list.len() - 1
            }
            None => return None,
        };
        list.get_mut(at)
    }

    /// Returns the vulnerabilities that a statement is about.
    fn subjects(&self) -> Vec<CveId> {
        if self.cves.is_empty() { self.only.into_iter().collect() } else { self.cves.clone() }
    }

    /// Returns the vulnerabilities that mitigating factors are about: all, where no heading names any.
    fn holders(&self) -> Vec<CveId> {
        let subjects = self.subjects();
        if subjects.is_empty() && !self.is_divided { self.names.unheaded() } else { subjects }
    }

    /// Takes the identifier of a vulnerability whose heading has none from the text below.
    fn adopt(&mut self, text: &str) {
        if self.part.is_some() || !self.cves.is_empty() {
            return;
        }
        let Some(title) = self.title.clone() else { return };
        if let [id] = identifiers(text).as_slice() {
            self.enter(&[*id], &title, true);
        }
    }

    fn paragraph(&mut self, lines: &[Line<'p>]) {
        let page = self.page;
        self.announces = self.open.is_some()
            && lines
                .last()
                .is_some_and(|last| ends_with_colon(last.text) && !self.is_indented(last.number));
        for line in lines {
            if let Some(begin) = page.texts.labelled(*line)
                && self.label(&begin.label, &begin.rest, line)
            {
                continue;
            }
            let has_entry = links_to_entry(line.text);
            let may_ask = line.text.trim_end().ends_with(['?', '？', '*']);
            if self.part.is_none() && self.question.is_none() && !has_entry && !may_ask {
                continue;
            }
            let text = page.texts.plain(*line);
            // Only the link to the list of entries tells the vulnerability that a section is about.
            if has_entry {
                self.adopt(text);
            }
            self.text(text, line.number);
        }
    }

    /// Reads a line that begins bold; tells whether nothing is left of it.
    fn label(&mut self, label: &str, rest: &str, line: &Line<'_>) -> bool {
        if label.ends_with(['?', '？']) || rest.starts_with(['?', '？']) {
            self.question = self.words.question(label);
            if self.question.is_some() || self.part == Some(Part::Questions) {
                self.answer(rest.trim_start_matches(['?', '？', ' ']));
                return true;
            }
            if self.part == Some(Part::Workarounds) {
                return true;
            }
        }
        let part = self.words.parts.exact(label);
        if part.is_some() && !self.is_indented(line.number) {
            self.end_part();
            self.part = part;
            self.text(rest, line.number);
            return true;
        }
        // Bulletins without sections end the mitigating factors with the next bold label.
        let ends = self.part == Some(Part::Mitigations)
            && self.names.are_listed()
            && ends_with_colon(line.text)
            && self.words.remarks.label(label).is_none()
            && self.names.find(label).is_none();
        if ends {
            self.end_part();
            return false;
        }
        if self.part != Some(Part::Workarounds) {
            return false;
        }
        if let Some(remark) = self.words.remarks.label(label) {
            if let Some(open) = self.open.as_mut().filter(|_| remark != Remark::Note) {
                open.aside = Some(remark);
            }
            return true;
        }
        let has_colon = ends_with_colon(line.text);
        // A bold line with a colon announces steps, unless that is how titles end here.
        let is_step = has_colon && self.open.as_ref().is_some_and(|open| !open.has_colon);
        if rest.is_empty() && !is_step && !self.is_indented(line.number) && label.len() > 8 {
            self.begin(label, line, true);
            return true;
        }
        false
    }

    fn text(&mut self, text: &str, number: u32) {
        if text.is_empty() {
            return;
        }
        let is_answer = self.question.is_some() && self.words.answer(text).is_some();
        if !is_answer
            && text.len() < LONGEST_QUESTION
            && text.ends_with(['?', '？'])
            && let Some(question) = self.words.question(text)
        {
            self.question = Some(question);
            return;
        }
        if self.question.is_some() {
            self.answer(text);
            return;
        }
        match self.part {
            Some(Part::Mitigations) => self.factor(text, number),
            Some(Part::Workarounds) => self.step(text),
            _ => {}
        }
    }

    fn answer(&mut self, text: &str) {
        let (Some(question), Some(answer)) = (self.question, self.words.answer(text)) else {
            return;
        };
        self.question = None;
        for cve in self.subjects() {
            self.state(cve, question, answer);
        }
    }

    fn state(&mut self, cve: CveId, question: Question, answer: bool) {
        let Some(vulnerability) = self.vulnerability(cve) else { return };
        let slot = match question {
            Question::Disclosed => &mut vulnerability.disclosed,
            Question::Exploited => &mut vulnerability.exploited,
        };
        slot.get_or_insert(answer);
    }

    /// A paragraph among the mitigating factors: one goes on an item when it is indented.
    fn factor(&mut self, text: &str, number: u32) {
        if self.divides(text) {
            return;
        }
        if self.has_items {
            let is_indented = self.is_indented(number);
            if let Some(last) = self.factors.last_mut().filter(|_| is_indented)
                && last.len() + text.len() < LONGEST_FACTOR
            {
                last.push(' ');
                last.push_str(text);
            }
        } else if !text.ends_with([':', '：']) && self.factors.len() < MOST_FACTORS {
            self.factors.push(cut(text, LONGEST_FACTOR));
        }
    }

    /// Takes a paragraph that is the name of a vulnerability, in a section about several.
    fn divides(&mut self, text: &str) -> bool {
        if self.only.is_some() || !self.section.is_empty() || text.len() > LONGEST_NAME {
            return false;
        }
        let named = self.names.find(text);
        if named.is_none() && !self.is_divided {
            return false;
        }
        self.end_factors();
        self.is_divided = true;
        self.cves = named.into_iter().collect();
        true
    }

    fn step(&mut self, text: &str) {
        let Some(open) = &mut self.open else { return };
        if open.aside.is_none() && open.content.lines.len() < MOST_LINES {
            open.content.lines.push(text.to_owned());
        }
    }

    fn item(&mut self, depth: usize, lines: &[Line<'p>]) {
        let Some(first) = lines.first() else { return };
        if self.part.is_none() && self.question.is_none() {
            return;
        }
        let text = join(lines);
        let text = plain(&text);
        match self.part {
            Some(Part::Mitigations) if depth == 0 => {
                if !self.has_items {
                    self.factors.clear();
                    self.has_items = true;
                }
                if !text.is_empty() && self.factors.len() < MOST_FACTORS {
                    self.factors.push(cut(&one_line(&text), LONGEST_FACTOR));
                }
            }
            Some(Part::Mitigations) => self.factor(&one_line(&text), first.number),
            Some(Part::Workarounds) => self.workaround_item(depth, lines, &text),
            _ => self.answer(&text),
        }
    }

    fn workaround_item(&mut self, depth: usize, lines: &[Line<'p>], text: &str) {
        let Some(first) = lines.first() else { return };
        let page = self.page;
        let bold = page.texts.labelled(*first).filter(|begin| begin.label.len() > 8);
        if let Some(open) = &mut self.open
            && depth > 0
            && bold.is_some()
            && open.aside == Some(Remark::Impact)
        {
            open.aside = None;
        }
        let is_step = self.is_numbered(first.number)
            || bold.is_none()
                && self.open.as_ref().is_some_and(|open| {
                    let is_undone = open.aside == Some(Remark::Undo) && ends_with_colon(first.text);
                    open.is_paragraph || self.announces || is_undone
                });
        if depth > 0 || is_step || text.is_empty() {
            for line in text.lines() {
                self.step(line);
            }
            return;
        }
        let title = match bold {
            Some(begin) => format!("{} {}", begin.label, begin.rest),
            None => plain(first.text).into_owned(),
        };
        self.begin(&title, first, false);
        for line in text.lines().skip(1) {
            self.step(line);
        }
    }

    fn begin(&mut self, title: &str, line: &Line<'_>, is_paragraph: bool) {
        self.end_workaround();
        let has_colon = ends_with_colon(line.text);
        let title = cut(one_line(title).trim_end_matches([':', '：', ' ']), LONGEST_TITLE);
        let content = Content { title, lines: Vec::new() };
        let line = line.number;
        self.open = Some(Open { content, line, is_paragraph, has_colon, aside: None });
    }

    fn code(&mut self, lines: &[Line<'_>]) {
        if self.part == Some(Part::Workarounds) {
            for line in lines {
                self.step(&line.text.replace("\\\\", "\\").replace("\\_", "_"));
            }
        }
    }

    fn end_part(&mut self) {
        self.end_workaround();
        if self.part == Some(Part::Mitigations) {
            self.end_factors();
            if self.is_divided {
                self.cves.clear();
            }
        }
        self.factors.clear();
        self.has_items = false;
        self.is_divided = false;
        self.announces = false;
        self.part = None;
    }

    /// Gives the factors that were gathered to their vulnerabilities.
    fn end_factors(&mut self) {
        let mut factors = std::mem::take(&mut self.factors);
        if !self.has_items {
            factors.retain(|factor| !self.words.says_none(factor));
        }
        self.has_items = false;
        if factors.is_empty() {
            return;
        }
        for cve in self.holders() {
            if let Some(vulnerability) = self.vulnerability(cve)
                && vulnerability.mitigations.is_empty()
            {
                vulnerability.mitigations.clone_from(&factors);
            }
        }
    }

    fn end_workaround(&mut self) {
        let Some(open) = self.open.take() else { return };
        let is_none = open.content.lines.is_empty() && self.words.says_none(&open.content.title);
        if is_none || self.found.workarounds.len() >= MOST {
            return;
        }
        let (kind, objects) = open.content.kind(self.words);
        let subjects = self.subjects();
        let all: Vec<Option<CveId>> = match subjects.as_slice() {
            [] => vec![None],
            [..] if subjects.len() <= 3 => subjects.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        for cve in all {
            self.found.workarounds.push(PageWorkaround {
                cve,
                title: open.content.title.clone(),
                kind,
                objects: objects.clone(),
                line: open.line,
            });
        }
    }

    /// Reads a table: answers by identifier, or text of a workaround.
    fn table(&mut self, table: &Table) {
        let rows = table.rows.iter().take(20);
        let has_ids = rows.flat_map(|row| &row.cells).any(|cell| cell.text.contains("CVE-"));
        let heads = table.rows.iter().take(if has_ids { 3 } else { 0 });
        let columns = heads.map(|row| self.columns(row)).find(|columns| !columns.is_empty());
        match columns {
            Some(columns) => self.answers(table, &columns),
            None if self.question.is_some() => {
                if let Some(question) = self.question.take() {
                    let last = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
                    self.answers(table, &[(last.saturating_sub(1), question)]);
                }
            }
            None if has_ids && self.part.is_none() && self.cves.is_empty() => {
                self.cves = self.names.read(table);
            }
            None if self.part == Some(Part::Workarounds) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    for line in cell.text.lines() {
                        self.step(&plain(line));
                    }
                }
            }
            None => {}
        }
        self.question = None;
    }

    fn columns(&self, row: &Row) -> Vec<(usize, Question)> {
        row.cells
            .iter()
            .enumerate()
            .filter_map(|(at, cell)| Some((at, self.words.column(&cell.plain())?)))
            .collect()
    }

    fn answers(&mut self, table: &Table, columns: &[(usize, Question)]) {
        let mut ids: Vec<CveId> = Vec::new();
        for row in &table.rows {
            let Some(cve) = row.cells.iter().find_map(|cell| match identifiers(&cell.text) {
                list if list.is_empty() => None,
                list => list.first().copied(),
            }) else {
                continue;
            };
            for (at, question) in columns {
                let answer = row.cells.get(*at).and_then(|cell| self.words.answer(&cell.plain()));
                if let Some(answer) = answer {
                    self.state(cve, *question, answer);
                }
            }
            if let Some(cell) = row.cells.first().filter(|cell| identifiers(&cell.text).is_empty())
            {
                let name = cut(&one_line(&cell.plain()), LONGEST_TITLE);
                if let Some(vulnerability) = self.vulnerability(cve)
                    && vulnerability.title.is_empty()
                {
                    vulnerability.title = name;
                }
            }
            if !ids.contains(&cve) {
                ids.push(cve);
            }
        }
        if self.part.is_none() && !ids.is_empty() {
            self.cves = ids;
        }
    }

    fn raw(&self, number: u32) -> &str {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        self.page.lines.get(at.saturating_sub(1)).map_or("", |line| line.text)
    }

    fn is_indented(&self, number: u32) -> bool {
        self.raw(number).starts_with([' ', '\t'])
    }

    fn is_numbered(&self, number: u32) -> bool {
        self.raw(number).trim_start().starts_with(|c: char| c.is_ascii_digit())
    }
}
