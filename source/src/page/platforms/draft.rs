//! One platform as it is gathered.

use staunch_model::{PagePlatform, PageSwitch};

use super::Label;
use super::product::names_product;

/// Longest statement, in bytes.
const LONGEST_STATEMENT: usize = 1_500;
/// Longest statement on removal, in bytes; it names a folder for each package.
const LONGEST_REMOVAL: usize = 6_000;

/// One platform with what its section showed.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) line: u32,
    /// Line of the label of the service pack that will hold the update.
    pub(super) included_line: u32,
    pub(super) platform: PagePlatform,
    /// Labels that the section has, even when nothing follows them.
    pub(super) seen: Vec<Label>,
    /// Statements that take no further paragraph.
    closed: Vec<Label>,
    /// Paragraph before the first label: prerequisites whose label the page lost.
    lead: String,
}

impl Draft {
    pub(super) fn new(product: String, line: u32) -> Self {
        let platform = PagePlatform { product, ..PagePlatform::default() };
        Self {
            line,
            included_line: line,
            platform,
            seen: Vec::new(),
            closed: Vec::new(),
            lead: String::new(),
        }
    }

    /// Keeps a line before the first label.
    pub(super) fn lead(&mut self, text: &str) {
        if self.lead.len() + text.len() < LONGEST_STATEMENT {
            if !self.lead.is_empty() {
                self.lead.push(' ');
            }
            self.lead.push_str(text);
        }
    }

    /// Takes the paragraph before the first label for the prerequisites, when the section goes on
    /// with what follows them.
    pub(super) fn adopt_lead(&mut self) {
        let is_lost = self.seen.first() == Some(&Label::IncludedIn)
            && !self.seen.contains(&Label::Prerequisites)
            && names_product(&self.lead);
        if is_lost {
            self.platform.prerequisites = Some(std::mem::take(&mut self.lead));
        }
    }

    /// Tells whether the section states anything at all.
    pub(super) fn has_facts(&self) -> bool {
        let PagePlatform {
            product: _,
            prerequisites,
            included_in,
            switches,
            commands,
            restart,
            removal,
            registry_keys,
        } = &self.platform;
        let statements = [prerequisites, included_in, restart, removal];
        statements.iter().any(|statement| statement.is_some())
            || !(switches.is_empty() && commands.is_empty() && registry_keys.is_empty())
    }

    /// Tells whether a section without a product's heading is about deployment after all.
    pub(super) fn is_certain(&self) -> bool {
        let marks = [Label::Restart, Label::Removal, Label::IncludedIn, Label::Registry];
        marks.iter().filter(|mark| self.seen.contains(mark)).count() > 1
            || !self.platform.commands.is_empty()
            || !self.platform.registry_keys.is_empty()
    }

    pub(super) fn statement(&mut self, label: Label) -> Option<&mut Option<String>> {
        match label {
            Label::Prerequisites => Some(&mut self.platform.prerequisites),
            Label::IncludedIn => Some(&mut self.platform.included_in),
            Label::Restart => Some(&mut self.platform.restart),
            Label::Removal => Some(&mut self.platform.removal),
            _ => None,
        }
    }

    pub(super) fn open(&mut self, label: Label) {
        if !self.seen.contains(&label) {
            self.seen.push(label);
        }
        if self.statement(label).is_some_and(|text| text.is_some()) {
            self.close(label);
        }
    }

    /// Adds a switch of the uninstaller, also when the statement on removal has ended.
    pub(super) fn removal_switch(&mut self, switch: &PageSwitch) {
        let removal = self.platform.removal.get_or_insert_default();
        let line = format!("{} {}", switch.switch, switch.meaning);
        let is_known = removal.lines().any(|known| known == line);
        if is_known || removal.len() + line.len() > LONGEST_REMOVAL {
            return;
        }
        if !removal.is_empty() && !removal.ends_with('\n') {
            removal.push('\n');
        }
        removal.push_str(&line);
    }

    pub(super) fn close(&mut self, label: Label) {
        if !self.closed.contains(&label) {
            self.closed.push(label);
        }
    }

    pub(super) fn append(&mut self, label: Label, text: &str, separator: char) {
        if text.is_empty() || self.closed.contains(&label) {
            return;
        }
        let longest = if label == Label::Removal { LONGEST_REMOVAL } else { LONGEST_STATEMENT };
        let Some(statement) = self.statement(label) else { return };
        let statement = statement.get_or_insert_default();
        let separator = Some(separator).filter(|_| !statement.ends_with('\n'));
        if statement.len() + text.len() > longest {
            if statement.is_empty() {
                statement.push_str(&text[..text.floor_char_boundary(longest)]);
            }
            self.close(label);
            return;
        }
        if !statement.is_empty() {
            statement.extend(separator);
        }
        statement.push_str(text);
    }
}
