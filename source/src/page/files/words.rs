//! Words of file tables, from the page's language and from English.

use crate::page::lexicon::{Lexicon, Section, normalise};

/// Longest word of these sections in bytes, so that paths and prose are not looked up.
const LONGEST: usize = 60;

/// Words for the cells and labels of file tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    lexicons: [Option<&'static Lexicon>; 2],
}

impl Words {
    /// Takes the words of a page's language; English ones occur on every page.
    pub(super) fn new(lexicon: Option<&'static Lexicon>) -> Self {
        Self { lexicons: [lexicon, Lexicon::of("en-us")] }
    }

    fn sections(self, name: &str) -> impl Iterator<Item = &'static Section> {
        self.lexicons.into_iter().flatten().map(move |lexicon| lexicon.section(name))
    }

    fn is(self, section: &str, text: &str) -> bool {
        if text.len() > LONGEST {
            return false;
        }
        let text = normalise(text);
        self.sections(section).any(|words| words.key(&text).is_some())
    }

    /// Tells whether a cell says that it has nothing to say.
    pub(super) fn is_nothing(self, text: &str) -> bool {
        !text.contains(|c: char| c.is_alphanumeric()) || self.is("file_nothing", text)
    }

    /// Tells whether a label only says that a list of files follows.
    pub(super) fn is_general_label(self, text: &str) -> bool {
        self.is("file_labels", text)
    }

    /// Tells whether a text is the head of a column.
    pub(super) fn is_head(self, text: &str) -> bool {
        self.is("file_heads", text)
    }

    /// Returns whether a word before a time means the afternoon.
    pub(super) fn is_afternoon(self, word: &str) -> Option<bool> {
        if word.len() > LONGEST {
            return None;
        }
        let word = normalise(word);
        let key = self.sections("file_halves").find_map(|words| words.key(&word))?;
        Some(key == "afternoon")
    }
}
