//! The words that a page is read with.

use std::borrow::Cow;

use staunch_model::{Impact, PageWarning, Severity};

use crate::page::block::{Block, BlockKind};
use crate::page::inline::Inline;
use crate::page::lexicon::{Lexicon, Section, normalise};
use crate::page::{Page, warning};

/// Most bytes of a line that can be a label, heading or date.
const LABEL_BYTES: usize = 1_500;

/// Bytes at the beginning of a text that are looked up before the whole of it.
const START_BYTES: usize = 24;

/// Blocks after the title in which every page has labels.
const LABEL_BLOCKS: usize = 12;

/// Words of the page's language, and of English where that has none.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Words of the language that the page is written in.
    pub(super) own: Option<&'static Lexicon>,
    pub(super) labels: Sections,
    pub(super) headings: Sections,
    severities: Sections,
    impacts: Sections,
}

/// One section of the lexicons, in the order in which they are asked.
#[derive(Debug, Default)]
pub(super) struct Sections(Vec<&'static Section>);

impl Sections {
    fn iter(&self) -> impl Iterator<Item = &'static Section> {
        self.0.iter().copied()
    }

    /// Returns the key of a text that is one spelling.
    pub(super) fn key(&self, text: &str) -> Option<&'static str> {
        // Most texts show by how they begin that they are none.
        if !self.iter().any(|section| section.may_start(text)) {
            return None;
        }
        let start = normalise(beginning(text, START_BYTES));
        if !self.iter().any(|section| section.may_begin(&start)) {
            return None;
        }
        let text = normalise(text);
        self.iter().find_map(|section| section.key(&text))
    }
}

/// A label with the normalised text after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) key: String,
    pub(super) value: String,
}

impl Words {
    /// Chooses by the labels after the title: a page may be in another language than its address.
    pub(super) fn choose(page: &Page<'_>, after: usize, warnings: &mut Vec<PageWarning>) -> Self {
        let labels = labels(page.blocks.get(after..).unwrap_or_default());
        let known = |lexicon: &Lexicon| {
            let section = lexicon.section("header_labels");
            labels.iter().filter(|label| section.key(&normalise(label)).is_some()).count()
        };
        let Some(own) = page.lexicon else {
            let message = "no words of this language: labels and ratings were not read";
            warnings.push(warning("no-lexicon", 1, message));
            return Self::of(None);
        };
        if labels.is_empty() || known(own) > 0 {
            return Self::of(Some(own));
        }
        let other = Lexicon::all().iter().max_by_key(|lexicon| known(lexicon));
        let other = other.filter(|lexicon| known(lexicon) > 0);
        let line = page.blocks.get(after).map_or(1, |block| block.line);
        let found = other.map_or("an unknown language", |lexicon| lexicon.locale);
        let message = format!("the address says {}, the labels are in {found}", own.locale);
        warnings.push(warning("other-language", line, message));
        Self::of(other)
    }

    fn of(own: Option<&'static Lexicon>) -> Self {
        let sections = |name: &str| {
            let asked = own.into_iter().chain(Lexicon::of("en-us"));
            Sections(asked.map(|lexicon| lexicon.section(name)).collect())
        };
        Self {
            own,
            labels: sections("header_labels"),
            headings: sections("header_sections"),
            severities: sections("header_severities"),
            impacts: sections("header_impacts"),
        }
    }

    /// Reads a label that begins a line, and what follows its colon.
    pub(super) fn label(&self, line: &str) -> Option<Label> {
        let line = normalise(line);
        self.labels.iter().find_map(|section| {
            let (key, from) = section.prefix(&line)?;
            let rest = line[from..].trim_start();
            let value = rest.trim_start_matches([':', ' ', '*', '_']);
            let is_end = value.len() < rest.len()
                || rest.is_empty()
                || rest.starts_with(|c: char| c.is_ascii_digit())
                || matches!(key, "published" | "updated") && line[from..].starts_with([' ', ',']);
            is_end.then(|| Label { key: key.to_owned(), value: value.to_owned() })
        })
    }

    /// Returns the severity that a short text states; the gravest of several.
    pub(super) fn severity(&self, text: &str) -> Option<Severity> {
        let text = normalise(text);
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        self.exact_severity(text).or_else(|| {
            let parts = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != ' ');
            parts.filter_map(|part| self.exact_severity(part)).max()
        })
    }

    /// Returns the severity whose word is the whole text.
    pub(super) fn exact_severity(&self, text: &str) -> Option<Severity> {
        match self.severities.key(text)? {
            "critical" => Some(Severity::Critical),
            "important" => Some(Severity::Important),
            "moderate" => Some(Severity::Moderate),
            "low" => Some(Severity::Low),
            _ => None,
        }
    }

    /// Returns the gravest impact that a text names.
    pub(super) fn impact(&self, text: &str) -> Option<Impact> {
        let of = |key: &str| match key {
            "remote_code_execution" => Some(Impact::RemoteCodeExecution),
            "elevation_of_privilege" => Some(Impact::ElevationOfPrivilege),
            "denial_of_service" => Some(Impact::DenialOfService),
            "information_disclosure" => Some(Impact::InformationDisclosure),
            "security_feature_bypass" => Some(Impact::SecurityFeatureBypass),
            "spoofing" => Some(Impact::Spoofing),
            "tampering" => Some(Impact::Tampering),
            "defense_in_depth" => Some(Impact::DefenseInDepth),
            _ => None,
        };
        let text = normalise(text);
        self.impacts.iter().find_map(|section| section.within(&text).filter_map(of).max())
    }
}

/// Returns a line without marks; of a line too long for what the header states, its beginning.
pub(super) fn plain(raw: &str) -> Cow<'_, str> {
    Inline::new(beginning(raw, LABEL_BYTES)).plain()
}

/// Cuts a text at a character boundary.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// Tells whether a raw line begins in bold.
pub(super) fn is_bold(raw: &str) -> bool {
    raw.trim_start().starts_with("**") || raw.trim_start().starts_with("__")
}

/// Lists the labels of the first blocks, without what follows them.
fn labels(blocks: &[Block<'_>]) -> Vec<String> {
    let mut labels = Vec::new();
    for block in blocks.iter().take(LABEL_BLOCKS) {
        let BlockKind::Paragraph(lines) = &block.kind else { continue };
        for line in lines.iter().take(4) {
            let text = plain(line.text);
            for part in text.split(['|', '│']) {
                let Some((label, _)) = part.split_once([':', '：']) else { continue };
                let is_label = label.chars().count() < 60;
                if is_label && (is_bold(line.text) || part.bytes().any(|b| b.is_ascii_digit())) {
                    labels.push(label.trim().to_owned());
                }
            }
        }
    }
    labels
}
