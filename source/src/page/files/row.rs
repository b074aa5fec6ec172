//! Rows as they are found, and what only the whole table or page can tell of them.

use std::collections::HashSet;

use staunch_model::{PageFile, PageWarning};

use super::date::{Order, Written};
use super::field::{self, Time};
use super::glue::Glued;
use super::words::Words;
use crate::page::warning;

/// Longest text that is kept as folder, in bytes.
const LONGEST_FOLDER: usize = 300;

/// Most bytes of a cell that a warning quotes.
const LONGEST_QUOTE: usize = 60;

/// One row while it is read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) file: PageFile,
    /// Numbers of a date whose order is not known yet: first, second, year.
    numbers: Option<(i8, i8, i16)>,
    /// Whether the date is written with slashes.
    has_slashes: bool,
    /// Whether the name was put right.
    is_mended: bool,
    /// Version and size that have nothing between them.
    pub(super) glued: Option<Glued>,
}

impl Row {
    pub(super) fn new(line: u32) -> Self {
        Self {
            file: PageFile { line, ..PageFile::default() },
            numbers: None,
            has_slashes: false,
            is_mended: false,
            glued: None,
        }
    }

    /// Takes the name from its cell: a processor or branch may follow it, or a remark.
    pub(super) fn set_name(&mut self, text: &str, words: Words) {
        let text = text.lines().next().unwrap_or_default().trim();
        if field::is_name(text) {
            text.clone_into(&mut self.file.name);
            return;
        }
        if let Some(name) = field::mended_name(text) {
            self.file.name = name;
            self.is_mended = true;
            return;
        }
        let (first, rest) = text.split_once([' ', '(']).unwrap_or((text, ""));
        if !field::is_name(first) {
            text.clone_into(&mut self.file.name);
            return;
        }
        first.clone_into(&mut self.file.name);
        let rest = text[text.len() - rest.len()..].trim();
        let is_place = field::processor(rest).is_some() || field::is_branch(rest) || {
            let word = rest.trim_start_matches(['(', ' ']);
            word.len() <= 12 && !words.is_nothing(rest)
        };
        if is_place {
            self.add_places(&[rest]);
        }
    }

    /// Takes processor and folder from the cells or words that no other field has claimed.
    pub(super) fn add_places(&mut self, texts: &[&str]) {
        let mut folders: Vec<&str> = self.file.folder.as_deref().into_iter().collect();
        let mut processor = None;
        for text in texts {
            let mut text = text.trim();
            if self.file.platform.is_none()
                && processor.is_none()
                && let Some((found, length)) = field::processor(text)
                && is_processor_end(&text[length..])
            {
                processor = Some(found);
                text = text[length..].trim();
            }
            if !text.is_empty() && text.len() <= LONGEST_FOLDER {
                folders.push(text);
            }
        }
        let folder = folders.join(" ");
        if !folder.is_empty() {
            self.file.folder = Some(folder);
        }
        if let Some(processor) = processor {
            self.file.platform = Some(processor.to_owned());
        }
    }

    /// Returns the branch that the row's folder names: its first part, in capitals.
    fn branch(&self) -> Option<String> {
        let first = self.file.folder.as_deref()?.split(['\\', '/', ' ']).next()?;
        field::is_branch(first).then(|| first.to_ascii_uppercase())
    }
}

/// A processor ends at a space or where a branch begins; `x86_microsoft-…` is a component.
fn is_processor_end(after: &str) -> bool {
    after.is_empty() || after.starts_with([' ', '(', ',']) || field::is_branch(after)
}

/// The rows of a page.
pub(super) struct Rows<'o> {
    pub(super) warnings: &'o mut Vec<PageWarning>,
    rows: Vec<Row>,
    order: Order,
    /// Where the rows of the table at hand begin.
    table_start: usize,
    /// What the table stands under, and what a row of it says for those below.
    section: Option<String>,
    folder: Option<String>,
}

impl<'o> Rows<'o> {
    pub(super) fn new(warnings: &'o mut Vec<PageWarning>, order: Order) -> Self {
        Self { warnings, rows: Vec::new(), order, table_start: 0, section: None, folder: None }
    }

    /// Returns the number of rows that were found so far.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn push(&mut self, mut row: Row) {
        if row.is_mended {
            let message = format!("the name of a file was put right: {}", row.file.name);
            self.warn("file-name-mended", row.file.line, message);
        }
        if row.file.folder.is_none() {
            row.file.folder.clone_from(&self.folder);
        }
        if row.file.section.is_none() {
            row.file.section.clone_from(&self.section);
        }
        self.rows.push(row);
    }

    /// Takes a heading within a table: a branch counts as folder, anything else as section.
    pub(super) fn heading(&mut self, text: &str) {
        let text = text.trim().trim_end_matches([':', '\u{ff1a}']).trim_end();
        if field::is_branch(text) && !text.contains(' ') {
            self.folder = Some(text.to_owned());
        } else if !text.is_empty() {
            self.section = Some(text.to_owned());
            self.folder = None;
        }
    }

    /// Ends a table: its rows that lack a section get the one that it stands under.
    pub(super) fn end_table(&mut self, section: impl FnOnce() -> Option<String>) {
        let table = self.table_start..self.rows.len();
        self.table_start = table.end;
        self.section = None;
        self.folder = None;
        if table.is_empty() {
            return;
        }
        self.check_branches(table.clone());
        if self.rows[table.clone()].iter().any(|row| row.file.section.is_none()) {
            let section = section();
            for row in &mut self.rows[table] {
                row.file.section = row.file.section.take().or_else(|| section.clone());
            }
        }
    }

    /// Reports runs of rows that repeat rows of an earlier branch within the group of another.
    fn check_branches(&mut self, table: std::ops::Range<usize>) {
        let mut seen = HashSet::new();
        let mut group: Option<String> = None;
        let mut runs: Vec<(u32, usize, String, String)> = Vec::new();
        let mut is_running = false;
        for row in &self.rows[table] {
            let Some(branch) = row.branch() else { continue };
            let file = &row.file;
            let key = (
                file.name.to_ascii_lowercase(),
                file.folder.as_deref().map(str::to_ascii_lowercase),
                file.platform.clone(),
                file.section.clone(),
            );
            let is_new = seen.insert(key);
            let differing = group.as_ref().filter(|group| !is_new && **group != branch);
            let Some(group_branch) = differing else {
                group = Some(branch);
                is_running = false;
                continue;
            };
            match runs.last_mut().filter(|_| is_running) {
                Some(run) if run.2 == branch => run.1 += 1,
                _ => runs.push((file.line, 1, branch, group_branch.clone())),
            }
            is_running = true;
        }
        for (line, count, branch, group) in runs {
            let message = format!("{count} rows of branch {branch} stand among those of {group}");
            self.warn("branch-differs", line, message);
        }
    }

    pub(super) fn date(&mut self, row: &mut Row, written: Written, text: &str) {
        match written {
            Written::Day(day) => row.file.date = Some(day),
            Written::Numbers(first, second, year) => row.numbers = Some((first, second, year)),
            Written::Impossible => self.bad("date", row.file.line, text),
        }
        row.has_slashes = text.contains('/');
        let is_numeric = !text.contains(|c: char| c.is_alphabetic());
        if is_numeric {
            self.order.notice(text, false);
        }
    }

    pub(super) fn time(&mut self, row: &mut Row, time: Time, text: &str) {
        if row.numbers.is_some() && row.has_slashes && time.is_american {
            self.order.notice("", true);
        }
        match time.text() {
            Some(text) => row.file.time = Some(text),
            None => self.bad("time", row.file.line, text),
        }
    }

    /// Reports a field that cannot be what it says.
    pub(super) fn bad(&mut self, field: &str, line: u32, text: &str) {
        let end = (0..=LONGEST_QUOTE.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let quote = text.get(..end.unwrap_or(0)).unwrap_or_default();
        self.warn(&format!("bad-{field}"), line, format!("impossible {field}: {quote:?}"));
    }

    pub(super) fn warn(&mut self, code: &str, line: u32, message: impl Into<String>) {
        self.warnings.push(warning(code, line, message));
    }

    /// Returns the rows with their dates in the order that the page writes them.
    pub(super) fn finish(mut self) -> Vec<PageFile> {
        let mut rows = std::mem::take(&mut self.rows);
        let known = Glued::known(rows.iter().map(|row| &row.file));
        for row in &mut rows {
            let Some(glued) = row.glued.take() else { continue };
            match glued.settle(&known) {
                Some((version, size)) => {
                    row.file.version = Some(version);
                    row.file.size = Some(size);
                }
                None => {
                    let message = "version and size have nothing between them";
                    self.warn("glued-fields", row.file.line, message);
                }
            }
        }
        for row in &mut rows {
            let Some((first, second, year)) = row.numbers else { continue };
            row.file.date = self.order.settle(first, second, year);
            if row.file.date.is_none() {
                let message = format!("day and month cannot be told apart: {first}, {second}");
                self.warn("ambiguous-date", row.file.line, message);
            }
        }
        rows.into_iter().map(|row| row.file).collect()
    }
}
