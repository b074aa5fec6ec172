//! Words of a language looked up without regard to spacing.
//!
//! The converter lost and added spaces inside labels (`Neustart anforderung`, `删 除信息`), so texts
//! and spellings are compared with every space taken out.

use crate::page::lexicon::{Lexicon, folded, normalise, trim_in_place};
use crate::page::spellings::Spellings;

/// Longest text, in bytes, that is looked up as a label.
const LONGEST_LABEL: usize = 240;
/// Characters at the beginning of a text that are looked up before the whole of it.
const START: usize = 12;
/// Shortest spelling, in bytes, that may begin a longer label.
const SHORTEST_PREFIX: usize = 6;
/// Longest abbreviation, in bytes: it stands in a text as a word of its own only.
const LONGEST_ABBREVIATION: usize = 3;

/// The spellings of one section of a lexicon with what they mean, without spaces: those of the
/// language first, then the English ones.
#[derive(Debug, Default)]
pub(crate) struct Terms<K>(Spellings<K>);

impl<K: Copy> Terms<K> {
    /// Collects the spellings of a section from the page's language and from English.
    pub(crate) fn new(own: Option<&Lexicon>, section: &str, keys: &[(&str, K)]) -> Self {
        let mut spellings = Vec::new();
        for lexicon in own.into_iter().chain(Lexicon::of("en-us")) {
            let section = lexicon.section(section);
            for (name, key) in keys {
                spellings.extend(section.spellings(name).map(|text| (squeeze(text), *key)));
            }
        }
        spellings.retain(|(spelling, _)| !spelling.is_empty());
        Self(Spellings::new(spellings))
    }

    /// Returns the meaning of a text that is a spelling as a whole.
    pub(crate) fn exact(&self, text: &str) -> Option<K> {
        self.0.exact(&self.bounded(text)?).copied()
    }

    /// Returns the meaning of a text that is a spelling or begins with one; the longest wins.
    pub(crate) fn label(&self, text: &str) -> Option<K> {
        let text = self.bounded(text)?;
        let (spelling, key) = self.0.prefix(&text)?;
        (spelling.len() == text.len() || spelling.len() >= SHORTEST_PREFIX).then_some(*key)
    }

    /// Returns the meaning of the longest spelling that stands in a text.
    pub(crate) fn within(&self, text: &str) -> Option<K> {
        self.0
            .within(&squeeze(text))
            .filter(|(spelling, _)| {
                spelling.len() > LONGEST_ABBREVIATION || has_word(text, spelling)
            })
            .max_by_key(|(spelling, _)| spelling.len())
            .map(|(_, key)| *key)
    }

    /// Lists the spellings, without their spaces.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(spelling, _)| spelling)
    }

    /// Returns the meaning of the longest spelling that begins a text and ends with a word.
    pub(crate) fn first_word(&self, text: &str) -> Option<K> {
        let start: String = text.chars().take(24).collect();
        let text = normalise(&start);
        self.0
            .iter()
            .filter(|(spelling, _)| {
                text.strip_prefix(spelling).is_some_and(|rest| {
                    let next = rest.chars().next();
                    !spelling.is_ascii() || !next.is_some_and(|c| c.is_alphanumeric())
                })
            })
            .max_by_key(|(spelling, _)| spelling.len())
            .map(|(_, key)| *key)
    }

    /// Squeezes a text that may be a label, which most texts show not to be by how they begin.
    fn bounded(&self, text: &str) -> Option<String> {
        if text.len() > LONGEST_LABEL || !self.0.may_start(text) {
            return None;
        }
        let start = text.char_indices().nth(START).map_or(text.len(), |(at, _)| at);
        if !self.0.may_begin(&squeeze(&text[..start])) {
            return None;
        }
        Some(squeeze(text)).filter(|text| !text.is_empty())
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Folds a text as [`normalise`] does, without its spaces, marks and final punctuation.
fn squeeze(text: &str) -> String {
    let mut squeezed = folded(text, "");
    trim_in_place(&mut squeezed, |c| {
        matches!(c, ':' | '?' | '¿' | '.' | ',' | '"' | ';' | '。' | '*' | '_' | '#')
    });
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_marks_and_width_do_not_matter() {
        for text in
            ["**Neustart anforderung：**", "NEUSTARTANFORDERUNG", "¿Neustart\u{a0}anforderung?"]
        {
            assert_eq!(squeeze(text), "neustartanforderung");
        }
    }

    #[test]
    fn the_longest_spelling_wins() {
        let own = Lexicon::of("de-de").unwrap();
        let keys = [("restart", 1), ("switches", 2)];
        let terms = Terms::new(Some(own), "platform_labels", &keys);
        assert_eq!(terms.label("Neustartoptionen"), Some(2));
        assert_eq!(terms.label("Neustartanforderung für XP"), Some(1));
        assert_eq!(terms.label("Etwas anderes"), None);
    }
}
