//! Words of the page's language, of English, and of all languages where those have none.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::super::lexicon::{Lexicon, normalise};

pub(super) const LABELS: &str = "products_labels";
pub(super) const COLUMNS: &str = "products_columns";
pub(super) const SEVERITY: &str = "products_severity";
pub(super) const IMPACT: &str = "products_impact";
pub(super) const REPLACED: &str = "products_replaced";
pub(super) const QUALIFIERS: &str = "products_qualifiers";

/// Labels without their spaces, among the spellings of all languages.
const GLUED: &str = "glued";

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
];

/// Lexicons in the order in which they are asked.
#[derive(Clone, Copy)]
pub(super) struct Words {
    own: Option<&'static Lexicon>,
    english: Option<&'static Lexicon>,
}

impl Words {
    pub(super) fn new(own: Option<&'static Lexicon>) -> Self {
        Self { own, english: Lexicon::of("en-us") }
    }

    /// Returns the key whose spelling is the whole text. A page may be in another language than
    /// it says, so that the other lexicons are asked last, where they agree.
    pub(super) fn key(self, section: &'static str, text: &str) -> Option<&'static str> {
        if text.len() > 300 {
            return None;
        }
        let asked = [self.own, self.english];
        let found = asked.iter().flatten().find_map(|lexicon| lexicon.section(section).key(text));
        found.or_else(|| *merged().get(&(section, normalise(text)))?)
    }

    /// Lists the keys with a spelling somewhere in the text. Spellings of a few letters are no
    /// evidence within a longer text.
    pub(super) fn within(self, section: &'static str, text: &str) -> Vec<&'static str> {
        let text = normalise(text);
        let keys = KEYS.iter().filter(|(name, _)| *name == section).flat_map(|(_, keys)| *keys);
        let found = keys.filter(|key| {
            [self.own, self.english].iter().flatten().any(|lexicon| {
                let mut spellings = lexicon.section(section).spellings(key);
                spellings.any(|spelling| spelling.len() >= 6 && text.contains(spelling))
            })
        });
        found.copied().collect()
    }

    /// Tells whether a text has one of the spellings of a key as a word.
    pub(super) fn has_word(self, section: &'static str, key: &'static str, text: &str) -> bool {
        let text = normalise(text);
        let is_word = |spelling: &str| {
            text.split(|c: char| !c.is_alphanumeric()).any(|word| word == spelling)
                || !spelling.is_ascii()
                    && spelling.chars().all(|c| c as u32 >= 0x2e80)
                    && text.contains(spelling)
        };
        [self.own, self.english]
            .iter()
            .flatten()
            .any(|lexicon| lexicon.section(section).spellings(key).any(is_word))
    }

    /// Returns the label whose spelling is the whole text, where the page has lost its spaces.
    pub(super) fn glued_label(self, text: &str) -> Option<&'static str> {
        if text.len() > 200 {
            return None;
        }
        let text: String = normalise(text).split_whitespace().collect();
        *merged().get(&(GLUED, text))?
    }

    /// Returns the key whose spelling begins the text, with the characters that it takes.
    pub(super) fn prefix(self, section: &'static str, text: &str) -> Option<(&'static str, usize)> {
        let asked = [self.own, self.english];
        asked.iter().flatten().find_map(|lexicon| lexicon.section(section).prefix(text))
    }
}

type Merged = HashMap<(&'static str, String), Option<&'static str>>;

/// Spellings of all languages; one that means different things in two of them means nothing.
fn merged() -> &'static Merged {
    static MERGED: OnceLock<Merged> = OnceLock::new();
    MERGED.get_or_init(|| {
        let mut merged = Merged::new();
        for lexicon in Lexicon::all() {
            for (section, key) in
                KEYS.iter().flat_map(|(s, keys)| keys.iter().map(move |k| (*s, *k)))
            {
                for spelling in lexicon.section(section).spellings(key) {
                    let mut learn = |section, spelling| {
                        merged
                            .entry((section, spelling))
                            .and_modify(|known: &mut Option<&str>| {
                                *known = known.filter(|known| *known == key);
                            })
                            .or_insert(Some(key));
                    };
                    learn(section, spelling.to_owned());
                    if section == LABELS {
                        learn(GLUED, spelling.split_whitespace().collect());
                    }
                }
            }
        }
        merged
    })
}

/// Lists the spellings of a key in every language.
pub(super) fn spellings(section: &str, key: &'static str) -> Vec<&'static str> {
    let mut found: Vec<&str> =
        Lexicon::all().iter().flat_map(|lexicon| lexicon.section(section).spellings(key)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
