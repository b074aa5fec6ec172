//! Walk over the blocks of a page that gathers the statements of each platform.

use std::borrow::Cow;
use std::cell::OnceCell;

use staunch_model::PageSwitch;

use super::commands::{commands, one_line, program, switch};
use super::draft::Draft;
use super::product::{OwnProducts, names_product, names_vulnerability};
use super::{Label, Terms, keys};
use crate::page::Page;
use crate::page::block::{Block, BlockKind, Line, Row, Table};
use crate::page::line::plain;

/// Blocks after a heading within which a platform shows its first label.
const LOOKAHEAD: usize = 14;
/// Lines of a block that are looked at for it.
const MOST_LINES: usize = 20;
/// Longest line, in bytes, that is a label without being bold.
const LONGEST_LABEL: usize = 160;
/// Longest cell, in bytes, that is a switch as a whole.
const LONGEST_SWITCH: usize = 90;
/// Most commands, switches or keys of one platform.
const MOST_ITEMS: usize = 200;
/// Most columns of a reference table; lists of files have more.
pub(super) const MOST_COLUMNS: usize = 3;

/// State of the walk.
pub(super) struct Reader<'p, 'w> {
    page: &'w Page<'p>,
    words: &'static Terms<Label>,
    products: OwnProducts<'w>,
    drafts: Vec<Draft>,
    /// Platform that the walk is in; none outside of any.
    current: Option<usize>,
    /// Section for pages that have one for all platforms.
    general: Option<usize>,
    label: Option<Label>,
    /// Whether the rest of the block is a note within a statement.
    is_note: bool,
    /// First label of each block, as far as it was asked for.
    first_labels: Vec<OnceCell<Option<Label>>>,
    /// Whether headings, not bold lines, begin the platforms of the page.
    has_headings: bool,
}

impl<'p, 'w> Reader<'p, 'w> {
    pub(super) fn new(
        page: &'w Page<'p>,
        words: &'static Terms<Label>,
        products: OwnProducts<'w>,
    ) -> Self {
        Self {
            page,
            words,
            products,
            drafts: Vec::new(),
            current: None,
            general: None,
            label: None,
            is_note: false,
            first_labels: vec![OnceCell::new(); page.blocks.len()],
            has_headings: false,
        }
    }

    pub(super) fn read(mut self) -> Vec<Draft> {
        for at in 0..self.page.blocks.len() {
            self.block(at);
        }
        let general = self.general;
        let mut at = 0;
        self.drafts.retain(|draft| {
            at += 1;
            draft.has_facts() && (general != Some(at - 1) || draft.is_certain())
        });
        for draft in &mut self.drafts {
            draft.adopt_lead();
            if let Some(removal) = &mut draft.platform.removal {
                removal.truncate(removal.trim_end().len());
            }
        }
        self.drafts
    }

    fn block(&mut self, at: usize) {
        let page = self.page;
        let block = &page.blocks[at];
        match &block.kind {
            BlockKind::Heading { text, level } => self.heading(at, block.line, *level, text),
            BlockKind::Paragraph(lines) => self.lines(at, lines, true),
            BlockKind::Item { lines, .. } => self.lines(at, lines, false),
            BlockKind::Code(lines) => self.lines(at, lines, true),
            BlockKind::Table(table) => self.table(table),
        }
    }

    fn heading(&mut self, at: usize, line: u32, level: u8, raw: &str) {
        let text = plain(raw);
        match self.words.label(&text) {
            Some(Label::End) => self.leave(),
            Some(label) => self.open(label, line),
            None if names_vulnerability(&text) => self.leave(),
            None if level > 2 && self.begins_platform(at, &text) => {
                self.has_headings = true;
                self.enter(&text, line);
            }
            None => self.label = None,
        }
    }

    fn leave(&mut self) {
        self.current = None;
        self.label = None;
    }

    fn enter(&mut self, product: &str, line: u32) {
        self.current = Some(self.drafts.len());
        self.drafts.push(Draft::new(one_line(product.trim_end_matches([' ', ':', '：'])), line));
        self.label = None;
    }

    /// Opens a statement, in the section for all platforms when no platform has begun.
    fn open(&mut self, label: Label, line: u32) {
        let within = matches!(self.label, Some(Label::Removal));
        match label {
            Label::End => return self.leave(),
            Label::Note => {
                self.is_note = true;
                return;
            }
            Label::Switches if within => return,
            _ => self.label = Some(label),
        }
        if self.current.is_none() && self.drafts.len() == usize::from(self.general.is_some()) {
            let drafts = &mut self.drafts;
            self.general.get_or_insert_with(|| {
                drafts.push(Draft::new(String::new(), line));
                drafts.len() - 1
            });
            self.current = self.general;
        }
        if let Some(draft) = self.draft() {
            if label == Label::IncludedIn {
                draft.included_line = line;
            }
            draft.open(label);
        }
    }

    fn draft(&mut self) -> Option<&mut Draft> {
        self.drafts.get_mut(self.current?)
    }

    /// Tells whether a text names a product and a deployment section follows it.
    fn begins_platform(&self, at: usize, text: &str) -> bool {
        self.names_product(text) && self.first_label(at).is_some_and(is_beginning)
    }

    fn names_product(&self, text: &str) -> bool {
        names_product(text) || self.products.has(text)
    }

    /// Returns the first label of a deployment in the next blocks, up to the next platform.
    fn first_label(&self, at: usize) -> Option<Label> {
        for (at, block) in self.page.blocks.iter().enumerate().skip(at + 1).take(LOOKAHEAD) {
            let BlockKind::Heading { text, level } = &block.kind else {
                match self.first_label_in(at) {
                    Some(label) => return Some(label),
                    None => continue,
                }
            };
            let text = plain(text);
            match self.words.label(&text) {
                Some(label) if is_mark(label) => return Some(label),
                None if *level > 2 && self.names_product(&text) => return None,
                _ => {}
            }
        }
        None
    }

    /// Returns the first label in a block; the blocks before several headings are looked at once.
    fn first_label_in(&self, at: usize) -> Option<Label> {
        *self.first_labels[at].get_or_init(|| self.label_of(&self.page.blocks[at]))
    }

    /// Finds the first label in a block; a package's command stands for one.
    fn label_of(&self, block: &Block<'p>) -> Option<Label> {
        let of_line = |line: Line<'p>| {
            let text = || self.page.texts.plain(line);
            let label = match self.page.texts.labelled(line) {
                Some(line) => self.words.label(&line.label),
                None => self.words.exact(text()),
            };
            let command = || (!commands(text(), true).is_empty()).then_some(Label::Command);
            label.filter(|label| is_mark(*label)).or_else(command)
        };
        match &block.kind {
            BlockKind::Paragraph(lines)
            | BlockKind::Item { lines, .. }
            | BlockKind::Code(lines) => {
                lines.iter().take(MOST_LINES).find_map(|line| of_line(*line))
            }
            BlockKind::Table(table) => table
                .rows
                .iter()
                .take(MOST_LINES)
                .filter(|row| row.width() <= MOST_COLUMNS)
                .filter_map(|row| self.words.label(&row.cells.first()?.plain()))
                .find(|label| is_mark(*label)),
            BlockKind::Heading { .. } => None,
        }
    }

    fn lines(&mut self, at: usize, lines: &[Line<'p>], is_block: bool) {
        self.is_note = false;
        let mut texts = Vec::with_capacity(lines.len());
        for line in lines {
            let text = self.line(at, *line, is_block, lines.len() == 1);
            texts.push(text);
        }
        self.keys(texts.iter().copied());
        if is_block || !matches!(self.label, Some(Label::Prerequisites | Label::IncludedIn)) {
            self.end_paragraph();
        }
    }

    /// Reads one line and returns its plain text.
    fn line(&mut self, at: usize, line: Line<'p>, is_block: bool, is_alone: bool) -> &'w str {
        let page = self.page;
        if let Some(begin) = page.texts.labelled(line) {
            let is_switch = begin.label.starts_with('/');
            let label = if is_switch { None } else { self.words.label(&begin.label) };
            if let Some(label) = label {
                self.open(label, line.number);
                self.content(&begin.rest, false);
                return &begin.rest;
            }
            let is_heading = is_block
                && is_alone
                && begin.rest.is_empty()
                && !line.text.trim().ends_with([':', '：']);
            if let Some(switch) = self.dashed(&begin.label, &begin.rest)
                && let Some(draft) = self.draft()
            {
                add_switch(&mut draft.platform.switches, switch);
                return "";
            }
            // In the section for all platforms, a label of no interest ends the statement before.
            let is_unknown = is_block && begin.ends_with_colon && !is_switch;
            if is_unknown && self.current.is_some() && self.current == self.general {
                self.label = None;
            }
            if is_heading && !self.has_headings && self.begins_platform(at, &begin.label) {
                self.enter(&begin.label, line.number);
                return "";
            }
        }
        if self.current.is_none() && line.text.len() > LONGEST_LABEL {
            return "";
        }
        let text = page.texts.plain(line);
        let label = (text.len() <= LONGEST_LABEL).then(|| self.words.exact(text)).flatten();
        match label {
            Some(label) if label != Label::Note => {
                self.open(label, line.number);
            }
            _ => {
                self.lead(text);
                self.content(text, true);
            }
        }
        text
    }

    /// Reads a switch that begins with a hyphen: a bold one in a section on installation.
    fn dashed(&self, label: &str, meaning: &str) -> Option<PageSwitch> {
        let name = label.strip_prefix('-')?;
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '?');
        let is_here = matches!(self.label, Some(Label::Installation | Label::Switches));
        (is_here && is_name && label.len() < 24)
            .then(|| PageSwitch { switch: label.to_owned(), meaning: one_line(meaning) })
    }

    /// Keeps a line before the first label of a platform.
    fn lead(&mut self, text: &str) {
        if self.is_note {
            return;
        }
        let Some(draft) = self.draft().filter(|draft| draft.seen.is_empty()) else { return };
        draft.lead(&one_line(text));
    }

    /// Takes a line of text for the open statement, and the commands and switches in it.
    fn content(&mut self, text: &str, is_whole: bool) {
        if text.is_empty() || self.is_note {
            return;
        }
        let label = self.label;
        let Some(draft) = self.draft() else { return };
        match label {
            Some(Label::Removal) => {
                let is_switch = text.starts_with('/');
                draft.append(Label::Removal, &one_line(text), if is_switch { '\n' } else { ' ' });
            }
            Some(label @ (Label::Prerequisites | Label::IncludedIn | Label::Restart)) => {
                draft.append(label, &one_line(text), ' ');
            }
            Some(Label::Files | Label::Registry | Label::Verification | Label::Skip) => {}
            Some(Label::Installation | Label::Deployment | Label::Command | Label::Package)
            | None
            | Some(Label::Switches | Label::Note | Label::End) => {
                if let Some(switch) = switch(text) {
                    add_switch(&mut draft.platform.switches, switch);
                    return;
                }
                let mut found = commands(text, is_whole);
                if found.is_empty() && is_whole && label.is_some() {
                    found.extend(program(text));
                }
                for command in found {
                    add(&mut draft.platform.commands, command);
                }
            }
        }
    }

    fn keys<'t>(&mut self, lines: impl Iterator<Item = &'t str>) {
        let label = self.label;
        let Some(draft) = self.draft() else { return };
        let is_verification = matches!(label, Some(Label::Registry | Label::Verification));
        for key in keys(lines) {
            if is_verification || names_update(&key) {
                add(&mut draft.platform.registry_keys, key);
            }
        }
    }

    /// Ends a paragraph: most statements are one paragraph, or a list that a colon announces.
    fn end_paragraph(&mut self) {
        let Some(label) = self.label else { return };
        let Some(draft) = self.draft() else { return };
        let ends = |text: &str| !text.trim_end().ends_with([':', '：']);
        let is_done = match draft.statement(label) {
            Some(Some(text)) if label == Label::Removal => {
                if !text.ends_with('\n') {
                    text.push('\n');
                }
                text.lines().count() > 16
            }
            Some(Some(text)) => ends(text),
            _ => false,
        };
        if is_done {
            draft.close(label);
        }
    }

    fn table(&mut self, table: &Table) {
        self.is_note = false;
        // Outside of a platform only a page without headings of platforms has a reference table.
        let is_wide = table.rows.first().is_some_and(|row| row.width() > 2);
        if self.current.is_none() && (is_wide || !self.drafts.is_empty()) {
            return;
        }
        for row in &table.rows {
            if row.width() <= MOST_COLUMNS {
                self.row(row);
            }
        }
    }

    fn row(&mut self, row: &Row) {
        let Some(first) = row.cells.first() else { return };
        let left = first.plain();
        if let Some(mut switch) = switch(&left)
            && let Some(meaning) = row.cells.get(1)
        {
            let whole = one_line(&left);
            if whole.len() <= LONGEST_SWITCH {
                switch.switch = whole;
            }
            switch.meaning = one_line(&plain(&meaning.text));
            self.switch_row(switch);
            return;
        }
        let label = self.words.label(&left).map(|label| match label {
            Label::End => Label::Skip,
            label => label,
        });
        if label == Some(Label::Switches) && self.label == Some(Label::Removal) {
            return;
        }
        if let Some(label) = label {
            self.open(label, row.line);
        }
        let is_continued = left.is_empty() || first.is_continued;
        if label.is_none() && !is_continued && row.cells.len() > 1 && !self.awaits_statement() {
            self.label = None;
        }
        let cells = match row.cells.as_slice() {
            [only] if label.is_none() => std::slice::from_ref(only),
            [_, rest @ ..] => rest,
            [] => &[],
        };
        for cell in cells {
            self.cell(&cell.text);
        }
    }

    /// Tells whether the open statement has no text yet: the question under a restart requirement,
    /// for one, stands in a row of its own.
    fn awaits_statement(&mut self) -> bool {
        let label = self.label;
        let Some(draft) = self.draft() else { return false };
        label.and_then(|label| draft.statement(label)).is_some_and(|text| text.is_none())
    }

    /// A switch of the package, or of the uninstaller.
    fn switch_row(&mut self, switch: PageSwitch) {
        let is_removal = self.label == Some(Label::Removal);
        let Some(draft) = self.draft() else { return };
        if is_removal {
            draft.removal_switch(&switch);
        } else {
            add_switch(&mut draft.platform.switches, switch);
        }
    }

    fn cell(&mut self, raw: &str) {
        let label = self.label;
        let texts: Vec<Cow<'_, str>> = raw.lines().map(plain).collect();
        self.keys(texts.iter().map(AsRef::as_ref));
        let is_statement = self
            .draft()
            .is_some_and(|draft| label.is_some_and(|label| draft.statement(label).is_some()));
        if is_statement {
            let text = one_line(&texts.join(" "));
            if let (Some(label), Some(draft)) = (label, self.draft()) {
                draft.append(label, &text, '\n');
            }
            return;
        }
        for text in &texts {
            self.content(text, true);
        }
    }
}

/// Tells whether a label belongs to a deployment section.
fn is_mark(label: Label) -> bool {
    !matches!(label, Label::Note | Label::Skip | Label::Switches)
}

/// Tells whether a label can be the first of a platform; a heading before another one divides the
/// lists of files or keys of a platform.
fn is_beginning(label: Label) -> bool {
    matches!(
        label,
        Label::Prerequisites
            | Label::IncludedIn
            | Label::Installation
            | Label::Deployment
            | Label::Command
            | Label::Package
            | Label::Restart
    )
}

/// Tells whether a key is one that an update writes.
pub(super) fn names_update(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    ["\\updates\\", "\\hotfix", "\\filelist", "\\uninstall\\", "installed components"]
        .iter()
        .any(|part| lower.contains(part))
        || super::commands::article(&lower).is_some()
}

pub(super) fn add(list: &mut Vec<String>, item: String) {
    if list.len() < MOST_ITEMS && !list.contains(&item) {
        list.push(item);
    }
}

fn add_switch(list: &mut Vec<PageSwitch>, switch: PageSwitch) {
    let is_known = list.iter().any(|known| known.switch.eq_ignore_ascii_case(&switch.switch));
    if list.len() < MOST_ITEMS && !is_known {
        list.push(switch);
    }
}
