//! Words of the page's language, of English, and of all languages where those have none.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::super::lexicon::{Lexicon, normalise};
use super::super::spellings::Spellings;

pub(super) const LABELS: &str = "products_labels";
pub(super) const COLUMNS: &str = "products_columns";
pub(super) const SEVERITY: &str = "products_severity";
pub(super) const IMPACT: &str = "products_impact";
pub(super) const REPLACED: &str = "products_replaced";
pub(super) const DENIALS: &str = "products_denials";
pub(super) const QUALIFIERS: &str = "products_qualifiers";
pub(super) const WIDTHS: &str = "products_widths";
pub(super) const NAMES: &str = "products_names";

/// Sections with the keys that their readers know.
const KEYS: &[(&str, &[&str])] = &[
    (
        LABELS,
        &["affected", "unaffected", "affected_and_unaffected", "replacement", "replaced_question"],
    ),
    (
        COLUMNS,
        &[
            "product",
            "maximum_impact",
            "aggregate_severity",
            "replaced",
            "vulnerability",
            "vulnerability_impact",
            "bulletin",
        ],
    ),
    (SEVERITY, &["low", "moderate", "important", "critical", "none", "unrated", "not_applicable"]),
    (
        IMPACT,
        &[
            "remote_code_execution",
            "elevation_of_privilege",
            "information_disclosure",
            "denial_of_service",
            "spoofing",
            "tampering",
            "security_feature_bypass",
            "defense_in_depth",
        ],
    ),
    (REPLACED, &["replaced", "not_replaced", "not_applicable"]),
    (DENIALS, &["negation"]),
];

/// Longest text that may be a spelling, in bytes.
const LONGEST_SPELLING: usize = 300;

/// Characters at the beginning of a text that are looked up before the whole of it.
const START: usize = 16;

/// Words of one language in the form in which they are looked up.
#[derive(Clone, Copy)]
pub(super) struct Words(&'static Table);

/// Spellings of a section with their keys.
#[derive(Default)]
struct Section {
    /// Every spelling: of the language, else of English, else of those that agree on it.
    all: Spellings<&'static str>,
    /// Spellings without their spaces.
    glued: Spellings<&'static str>,
    /// Spellings of the language and of English; the language's own word counts before an equal
    /// English one.
    own: Spellings<&'static str>,
}

struct Table {
    sections: Vec<(&'static str, Section)>,
}

impl Words {
    pub(super) fn new(own: Option<&'static Lexicon>) -> Self {
        static TABLES: OnceLock<Vec<(Option<&'static Lexicon>, OnceLock<Table>)>> = OnceLock::new();
        // The first table is for pages in no known language.
        let tables = TABLES.get_or_init(|| {
            let languages = std::iter::once(None).chain(Lexicon::all().iter().map(Some));
            languages.map(|own| (own, OnceLock::new())).collect()
        });
        let is_own = |other: &Option<&Lexicon>| {
            other.map(|lexicon| lexicon.locale) == own.map(|lexicon| lexicon.locale)
        };
        let (own, table) = tables.iter().find(|(other, _)| is_own(other)).unwrap_or(&tables[0]);
        Self(table.get_or_init(|| Table::new(*own)))
    }

    fn section(self, name: &str) -> &'static Section {
        let mut sections = self.0.sections.iter();
        let found = sections.find(|(known, _)| *known == name);
        &found.expect("every section is in every table").1
    }

    /// Returns the key whose spelling is the whole text. A page may be in another language than
    /// it says, so that the other lexicons are asked last, where they agree.
    pub(super) fn key(self, section: &'static str, text: &str) -> Option<&'static str> {
        let spellings = &self.section(section).all;
        if text.len() > LONGEST_SPELLING || !spellings.may_start(text) {
            return None;
        }
        spellings.exact(&normalise(text)).copied()
    }

    /// Returns the label whose spelling is the whole text, also where the page has lost the spaces
    /// of its labels.
    pub(super) fn label(self, text: &str) -> Option<&'static str> {
        if text.len() > LONGEST_SPELLING {
            return None;
        }
        if !self.may_be_label(text) {
            return None;
        }
        let labels = self.section(LABELS);
        let mut text = normalise(text);
        let whole = labels.all.exact(&text).copied();
        whole.or_else(|| {
            text.retain(|c| c != ' ');
            labels.glued.exact(&text).copied()
        })
    }

    /// Tells whether a text begins as a label does, which most texts do not.
    pub(super) fn may_be_label(self, text: &str) -> bool {
        let labels = &self.section(LABELS).glued;
        if !labels.may_start(text) {
            return false;
        }
        let start = text.char_indices().nth(START).map_or(text.len(), |(at, _)| at);
        let mut start = normalise(&text[..start]);
        start.retain(|c| c != ' ');
        labels.may_begin(&start)
    }

    /// Lists the keys with a spelling somewhere in the text. Spellings of a few letters are no
    /// evidence within a longer text.
    pub(super) fn within(self, section: &'static str, text: &str) -> Vec<&'static str> {
        let text = normalise(text);
        let own = self.section(section).own.within(&text);
        own.filter(|(spelling, _)| spelling.len() >= 6).map(|(_, key)| *key).collect()
    }

    /// Tells whether a text has one of the spellings of a key as a word.
    pub(super) fn has_word(self, section: &'static str, key: &str, text: &str) -> bool {
        let text = normalise(text);
        // Languages that are written without spaces have no ends of words to look for.
        let is_word = |spelling: &str| {
            text.split(|c: char| !c.is_alphanumeric()).any(|word| word == spelling)
                || spelling.chars().all(|c| c as u32 >= 0x2e80) && text.contains(spelling)
        };
        self.section(section).own.iter().any(|(spelling, of)| *of == key && is_word(spelling))
    }

    /// Returns the key whose spelling begins the text, with the characters that it takes; the
    /// longest spelling wins.
    pub(super) fn prefix(self, section: &'static str, text: &str) -> Option<(&'static str, usize)> {
        let text = normalise(text);
        let (spelling, key) = self.section(section).own.prefix(&text)?;
        Some((key, spelling.chars().count()))
    }
}

impl Table {
    fn new(own: Option<&'static Lexicon>) -> Self {
        let asked: Vec<&Lexicon> = own.into_iter().chain(Lexicon::of("en-us")).collect();
        let section = |(name, keys): &(&'static str, &[&'static str])| {
            let own = Spellings::new(asked.iter().flat_map(|lexicon| {
                keys.iter().flat_map(|key| {
                    let spellings = lexicon.section(name).spellings(key);
                    spellings.map(|spelling| (spelling.to_owned(), *key))
                })
            }));
            let known = own.iter().map(|(spelling, key)| (spelling.to_owned(), *key));
            let all = Spellings::new(known.chain(agreed(name, keys)));
            let glue = |(spelling, key): (&str, &&'static str)| {
                (spelling.split_whitespace().collect(), *key)
            };
            let glued = Spellings::new(all.iter().map(glue));
            (*name, Section { all, glued, own })
        };
        Self { sections: KEYS.iter().map(section).collect() }
    }
}

/// Spellings of all languages; one that means different things in two of them means nothing.
fn agreed(section: &str, keys: &[&'static str]) -> BTreeMap<String, &'static str> {
    let mut found: BTreeMap<String, Option<&'static str>> = BTreeMap::new();
    for lexicon in Lexicon::all() {
        for key in keys {
            for spelling in lexicon.section(section).spellings(key) {
                let known = found.entry(spelling.to_owned()).or_insert(Some(key));
                *known = known.filter(|known| known == key);
            }
        }
    }
    found.into_iter().filter_map(|(spelling, key)| Some((spelling, key?))).collect()
}

/// Lists the spellings of a key in every language.
pub(super) fn spellings(section: &str, key: &'static str) -> Vec<&'static str> {
    let mut found: Vec<&str> =
        Lexicon::all().iter().flat_map(|lexicon| lexicon.section(section).spellings(key)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
