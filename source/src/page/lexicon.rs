//! Words of the pages, by language, as data.
//!
//! A section of a language's file is a table from a key to a list of spellings: the key is the
//! English word for a label, heading, rating, month or phrase, and its spellings are what pages of
//! that language write, in any case, without marks and final colons. A native speaker mends a
//! language by editing its file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Words of one language.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Language tag of the pages: `de-de`.
    pub(crate) locale: &'static str,
    sections: BTreeMap<String, Section>,
}

/// One table of a language's file.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// Normalised spelling to key; the longest spelling that fits wins.
    by_spelling: BTreeMap<String, String>,
}

/// The file of each language. A new language is one file and one line here.
const FILES: &[(&str, &str)] = &[
    ("cs-cz", include_str!("lexicon/cs-cz.toml")),
    ("de-de", include_str!("lexicon/de-de.toml")),
    ("en-us", include_str!("lexicon/en-us.toml")),
    ("es-es", include_str!("lexicon/es-es.toml")),
    ("hu-hu", include_str!("lexicon/hu-hu.toml")),
    ("it-it", include_str!("lexicon/it-it.toml")),
    ("ja-jp", include_str!("lexicon/ja-jp.toml")),
    ("ko-kr", include_str!("lexicon/ko-kr.toml")),
    ("nl-nl", include_str!("lexicon/nl-nl.toml")),
    ("pl-pl", include_str!("lexicon/pl-pl.toml")),
    ("pt-br", include_str!("lexicon/pt-br.toml")),
    ("pt-pt", include_str!("lexicon/pt-pt.toml")),
    ("ru-ru", include_str!("lexicon/ru-ru.toml")),
    ("tr-tr", include_str!("lexicon/tr-tr.toml")),
    ("zh-cn", include_str!("lexicon/zh-cn.toml")),
    ("zh-tw", include_str!("lexicon/zh-tw.toml")),
];

impl Lexicon {
    /// Returns the words of a language, when it has a file.
    pub(crate) fn of(locale: &str) -> Option<&'static Self> {
        Self::all().iter().find(|lexicon| lexicon.locale.eq_ignore_ascii_case(locale))
    }

    /// Returns the words of every language, for pages that do not say which they are in.
    pub(crate) fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Lexicon>> = OnceLock::new();
        ALL.get_or_init(|| FILES.iter().map(|(locale, file)| Self::read(locale, file)).collect())
    }

    fn read(locale: &'static str, file: &str) -> Self {
        let tables: BTreeMap<String, BTreeMap<String, Vec<String>>> =
            toml::from_str(file).expect("the lexicon files are read by a test");
        let mut sections: BTreeMap<String, Section> = BTreeMap::new();
        for (name, table) in tables {
            let section = sections.entry(name).or_default();
            for (key, spellings) in table {
                for spelling in spellings {
                    section.by_spelling.insert(normalise(&spelling), key.clone());
                }
            }
        }
        Self { locale, sections }
    }

    /// Returns a section; one that the language's file leaves out is empty.
    pub(crate) fn section(&self, name: &str) -> &Section {
        static EMPTY: Section = Section { by_spelling: BTreeMap::new() };
        self.sections.get(name).unwrap_or(&EMPTY)
    }
}

impl Section {
    /// Returns the key whose spelling is the whole text.
    pub(crate) fn key(&self, text: &str) -> Option<&str> {
        self.by_spelling.get(&normalise(text)).map(String::as_str)
    }

    /// Returns the key whose spelling begins the text, with the number of characters of the
    /// normalised text that the spelling takes; the longest spelling wins.
    pub(crate) fn prefix(&self, text: &str) -> Option<(&str, usize)> {
        let text = normalise(text);
        self.by_spelling
            .iter()
            .filter(|(spelling, _)| text.starts_with(spelling.as_str()))
            .max_by_key(|(spelling, _)| spelling.len())
            .map(|(spelling, key)| (key.as_str(), spelling.chars().count()))
    }

    /// Returns the keys whose spellings stand somewhere in the text, longest spelling first.
    pub(crate) fn within(&self, text: &str) -> Vec<&str> {
        let text = normalise(text);
        let mut found: Vec<(&String, &String)> = self
            .by_spelling
            .iter()
            .filter(|(spelling, _)| text.contains(spelling.as_str()))
            .collect();
        found.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
        found.into_iter().map(|(_, key)| key.as_str()).collect()
    }

    /// Lists the normalised spellings of a key.
    pub(crate) fn spellings<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s str> {
        self.by_spelling
            .iter()
            .filter(move |(_, of)| *of == key)
            .map(|(spelling, _)| spelling.as_str())
    }
}

/// Brings a text to the form that spellings are compared in: lower case, one space between words,
/// no marks at the ends, full-width punctuation as ASCII.
pub(crate) fn normalise(text: &str) -> String {
    let folded: String = text
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{3000}' | '\u{202f}' => ' ',
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{2010}'..='\u{2015}' => '-',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect();
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    words.trim_matches([' ', ':', '*', '_', '.', '#', '\u{3002}']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_file_is_read() {
        assert_eq!(Lexicon::all().len(), FILES.len());
    }

    #[test]
    fn spellings_are_compared_without_case_marks_and_width() {
        assert_eq!(normalise("**Veröffentlicht：** "), "veröffentlicht");
        assert_eq!(normalise("L\u{2019}impact\u{a0}:"), "l'impact");
    }
}
