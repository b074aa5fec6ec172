//! Walk over the blocks of a page by vulnerability.

use staunch_model::{CveId, PageVulnerability, PageWorkaround};

use super::answers::{Part, Question, Remark, Words};
use super::objects::Content;
use crate::page::Page;
use crate::page::block::{BlockKind, Line, Row, Table};
use crate::page::inline::one_line;
use crate::page::platforms::{labelled, plain};

/// Most vulnerabilities, and most workarounds, of a page.
const MOST: usize = 500;
/// Most mitigating factors of a vulnerability.
const MOST_FACTORS: usize = 40;
/// Longest title and longest factor, in bytes.
const LONGEST_TITLE: usize = 300;
const LONGEST_FACTOR: usize = 1_500;
/// Longest question, in bytes.
const LONGEST_QUESTION: usize = 600;
/// Most lines of a workaround that are looked at.
const MOST_LINES: usize = 400;

/// What a page says about its vulnerabilities.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) vulnerabilities: Vec<PageVulnerability>,
    pub(super) workarounds: Vec<PageWorkaround>,
}

/// A workaround that is being read.
#[derive(Debug)]
struct Open {
    content: Content,
    line: u32,
    /// Whether the title is a bold paragraph, so that items below it are its steps.
    is_paragraph: bool,
    /// Whether the impact is being told, which is no part of what to do.
    is_aside: bool,
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
        let only = match all.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        Self {
            page,
            words: Words::of(page),
            found: Found::default(),
            cves: Vec::new(),
            title: None,
            only,
            part: None,
            open: None,
            factors: Vec::new(),
            has_items: false,
            question: None,
        }
    }

    pub(super) fn read(mut self) -> Found {
        let page = self.page;
        for block in &page.blocks {
            match &block.kind {
                BlockKind::Heading { text, .. } => self.heading(text),
                BlockKind::Paragraph(lines) => self.paragraph(lines),
                BlockKind::Item { depth, lines } => self.item(*depth, lines),
                BlockKind::Code(lines) => self.code(lines),
                BlockKind::Table(table) => self.table(table),
            }
        }
        self.end_part();
        self.found
    }

    fn heading(&mut self, raw: &str) {
        let text = plain(raw);
        let ids = identifiers(&text);
        self.end_part();
        self.question = None;
        let part = (text.len() < 600).then(|| self.words.parts.within(&text)).flatten();
        if !ids.is_empty() {
            self.enter(&ids, &text, part.is_none());
        } else if part.is_none() {
            self.cves.clear();
            self.title = Some(cut(&text, LONGEST_TITLE));
        }
        self.part = part;
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

    fn paragraph(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            if let Some(begin) = labelled(line.text)
                && self.label(&begin.label, &begin.rest, line)
            {
                continue;
            }
            let has_entry = line.text.contains("cvename");
            let may_ask = line.text.trim_end().ends_with(['?', '？', '*']);
            if self.part.is_none() && self.question.is_none() && !has_entry && !may_ask {
                continue;
            }
            let text = plain(line.text);
            // Only the link to the list of entries tells the vulnerability that a section is about.
            if has_entry {
                self.adopt(&text);
            }
            self.text(&text, line.number);
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
        }
        let part = self.words.parts.exact(label);
        if part.is_some() && !self.is_indented(line.number) {
            self.end_part();
            self.part = part;
            self.text(rest, line.number);
            return true;
        }
        if self.part != Some(Part::Workarounds) {
            return false;
        }
        if let Some(remark) = self.words.remarks.label(label) {
            if let Some(open) = self.open.as_mut().filter(|_| remark != Remark::Note) {
                open.is_aside = true;
            }
            return true;
        }
        if rest.is_empty() && !self.is_indented(line.number) && label.len() > 8 {
            self.begin(label, line.number, true);
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

    fn step(&mut self, text: &str) {
        let Some(open) = &mut self.open else { return };
        if !open.is_aside && open.content.lines.len() < MOST_LINES {
            open.content.lines.push(text.to_owned());
        }
    }

    fn item(&mut self, depth: usize, lines: &[Line<'_>]) {
        let Some(first) = lines.first() else { return };
        if self.part.is_none() && self.question.is_none() {
            return;
        }
        let text = plain(&join(lines));
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

    fn workaround_item(&mut self, depth: usize, lines: &[Line<'_>], text: &str) {
        let Some(first) = lines.first() else { return };
        let bold = labelled(first.text).filter(|begin| begin.label.len() > 8);
        let is_step = self.is_numbered(first.number)
            || self.open.as_ref().is_some_and(|open| open.is_paragraph && bold.is_none());
        if depth > 0 || is_step || text.is_empty() {
            for line in text.lines() {
                self.step(line);
            }
            return;
        }
        let title = match &bold {
            Some(begin) => format!("{} {}", begin.label, begin.rest),
            None => plain(first.text),
        };
        self.begin(&title, first.number, false);
        for line in text.lines().skip(1) {
            self.step(line);
        }
    }

    fn begin(&mut self, title: &str, line: u32, is_paragraph: bool) {
        self.end_workaround();
        let title = cut(one_line(title).trim_end_matches([':', '：', ' ']), LONGEST_TITLE);
        let content = Content { title, lines: Vec::new() };
        self.open = Some(Open { content, line, is_paragraph, is_aside: false });
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
            let mut factors = std::mem::take(&mut self.factors);
            if !self.has_items {
                factors.retain(|factor| !self.words.says_none(factor));
            }
            for cve in self.subjects() {
                if let Some(vulnerability) = self.vulnerability(cve)
                    && vulnerability.mitigations.is_empty()
                {
                    vulnerability.mitigations.clone_from(&factors);
                }
            }
        }
        self.factors.clear();
        self.has_items = false;
        self.part = None;
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

/// Lists the identifiers in a text, once each, with candidates as entries.
pub(super) fn identifiers(text: &str) -> Vec<CveId> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'C', b'c', bytes) {
        let Some(rest) = bytes.get(at + 1..(at + 24).min(bytes.len())) else { continue };
        let is_kind = [b"VE", b"ve", b"AN", b"an"].iter().any(|kind| rest.starts_with(*kind));
        if !is_kind {
            continue;
        }
        if let Some(id) = numbers(&rest[2..])
            && !found.contains(&id)
            && found.len() < MOST
        {
            found.push(id);
        }
    }
    found
}

/// Reads year and number after `CVE`, through dashes and spaces of any width.
fn numbers(rest: &[u8]) -> Option<CveId> {
    let text = String::from_utf8_lossy(rest);
    let is_gap = |c: char| matches!(c, '-' | ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}');
    let text = text.strip_prefix(is_gap)?.trim_start_matches(is_gap);
    let year = text.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    let after = text.get(4..)?.strip_prefix(is_gap)?.trim_start_matches(is_gap);
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let number = after.get(..digits).filter(|_| (4..=7).contains(&digits))?;
    CveId::new(year.parse().ok()?, number.parse().ok()?)
}

/// Returns the heading of a vulnerability without its identifiers.
fn title(text: &str) -> String {
    let end = ["CVE", "CAN", "cve", "can"]
        .iter()
        .filter_map(|mark| text.find(mark).filter(|at| !identifiers(&text[*at..]).is_empty()))
        .filter(|at| *at > 0)
        .min()
        .unwrap_or(text.len());
    let name = text[..end]
        .trim_end_matches(|c: char| c.is_whitespace() || "-–—:：(（[,、「\"“".contains(c));
    cut(&one_line(name), LONGEST_TITLE)
}

fn join(lines: &[Line<'_>]) -> String {
    lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}

fn cut(text: &str, longest: usize) -> String {
    text[..text.floor_char_boundary(longest)].to_owned()
}
