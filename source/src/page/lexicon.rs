//! Words of the pages, by language, as data.
//!
//! A section of a language's file is a table from a key to a list of spellings: the key is the
//! English word for a label, heading, rating, month or phrase, and its spellings are what pages of
//! that language write, in any case, without marks and final colons. A native speaker mends a
//! language by editing its file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::spellings::Spellings;

/// Words of one language.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Language tag of the pages: `de-de`.
    pub(crate) locale: &'static str,
    sections: BTreeMap<String, Section>,
}

/// One table of a language's file: normalised spellings, in order, with their keys.
#[derive(Debug)]
pub(crate) struct Section(Spellings<String>);

/// The file of each language. A new language is one file and one line here.
const FILES: &[(&str, &str)] = &[
    ("cs-cz", include_str!("lexicon/cs-cz.toml")),
    ("de-de", include_str!("lexicon/de-de.toml")),
    ("en-us", include_str!("lexicon/en-us.toml")),
    ("es-es", include_str!("lexicon/es-es.toml")),
    ("fr-fr", include_str!("lexicon/fr-fr.toml")),
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
        let section = |table: BTreeMap<String, Vec<String>>| {
            let mut keys: BTreeMap<String, String> = BTreeMap::new();
            for (key, spellings) in table {
                keys.extend(spellings.iter().map(|spelling| (normalise(spelling), key.clone())));
            }
            Section(Spellings::new(keys))
        };
        let sections = tables.into_iter().map(|(name, table)| (name, section(table))).collect();
        Self { locale, sections }
    }

    /// Returns a section; one that the language's file leaves out is empty.
    pub(crate) fn section(&self, name: &str) -> &Section {
        static EMPTY: Section = Section(Spellings::empty());
        self.sections.get(name).unwrap_or(&EMPTY)
    }
}

/// Texts that are looked up are normalised by the caller, once for all sections.
impl Section {
    /// Returns the key whose spelling is the whole text.
    pub(crate) fn key(&self, normalised: &str) -> Option<&str> {
        self.0.exact(normalised).map(String::as_str)
    }

    /// Tells whether a text that is not yet normalised can begin with a spelling.
    pub(crate) fn may_start(&self, raw: &str) -> bool {
        self.0.may_start(raw)
    }

    /// Tells whether a text that begins in this way can be a spelling.
    pub(crate) fn may_begin(&self, start: &str) -> bool {
        self.0.may_begin(start)
    }

    /// Returns the key whose spelling begins the text, with the bytes that the spelling takes; the
    /// longest spelling wins.
    pub(crate) fn prefix(&self, normalised: &str) -> Option<(&str, usize)> {
        let (spelling, key) = self.0.prefix(normalised)?;
        Some((key.as_str(), spelling.len()))
    }

    /// Lists the keys of the spellings that stand somewhere in the text.
    pub(crate) fn within(&self, normalised: &str) -> impl Iterator<Item = &str> {
        self.0.within(normalised).map(|(_, key)| key.as_str())
    }

    /// Lists the normalised spellings with their keys.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(spelling, key)| (spelling, key.as_str()))
    }

    /// Lists the normalised spellings of a key.
    pub(crate) fn spellings<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s str> {
        self.0.iter().filter(move |(_, of)| *of == key).map(|(spelling, _)| spelling)
    }
}

/// Brings a text to the form that spellings are compared in: lower case, one space between words,
/// no marks at the ends, full-width punctuation as ASCII.
pub(crate) fn normalise(text: &str) -> String {
    let mut normal = folded(text, " ");
    trim_in_place(&mut normal, |c| matches!(c, ' ' | ':' | '*' | '_' | '.' | '#' | '\u{3002}'));
    normal
}

/// Returns a text in lower case, without the variants of a character and with `between` for every
/// run of spaces.
pub(crate) fn folded(text: &str, between: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut is_apart = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // Most of a text is taken over together.
        let kept = kept(rest, between == " ");
        let c = fold(first);
        let taken = if kept > 0 { kept } else { first.len_utf8() };
        let piece = &rest[..taken];
        rest = &rest[taken..];
        if kept == 0 && c.is_whitespace() {
            is_apart = true;
            continue;
        }
        if std::mem::take(&mut is_apart) {
            folded.push_str(between);
        }
        if kept > 0 {
            folded.push_str(piece);
        } else {
            folded.extend(c.to_lowercase());
        }
    }
    folded.make_ascii_lowercase();
    folded
}

/// Returns how much of a text folding leaves as it is, but for the case of ASCII letters. Single
/// spaces within are kept where asked.
fn kept(text: &str, keeps_spaces: bool) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut end) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'!'..=b'~' => at += 1,
            b' ' if keeps_spaces && end == at && at > 0 => {
                at += 1;
                continue;
            }
            0x80.. => match text[at..].chars().next() {
                Some(c) if is_folded(c) => at += c.len_utf8(),
                _ => break,
            },
            _ => break,
        }
        end = at;
    }
    end
}

/// Tells whether folding leaves a character beyond ASCII as it is: small letters of Latin and
/// Cyrillic; ideographs, kana and hangul have no case.
fn is_folded(c: char) -> bool {
    match c {
        'ß'..='ÿ'
        | 'а'..='џ'
        | '\u{2e80}'..='\u{2fff}'
        | '\u{3001}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => true,
        '\u{100}'..='\u{17e}' => is_small(c),
        _ => false,
    }
}

/// Tells whether a letter of Central European languages is a small one: they stand in pairs.
fn is_small(c: char) -> bool {
    let is_even = (c as u32).is_multiple_of(2);
    match c {
        '\u{100}'..='\u{137}' | '\u{14a}'..='\u{177}' => !is_even,
        '\u{139}'..='\u{148}' | '\u{179}'..='\u{17e}' => is_even,
        _ => false,
    }
}

/// Makes one character of those that the pages use for the same.
#[inline]
fn fold(c: char) -> char {
    match c {
        '\0'..='\u{9f}' => c,
        '\u{a0}' | '\u{3000}' | '\u{202f}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{2010}'..='\u{2015}' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Takes characters off both ends of a text.
pub(crate) fn trim_in_place(text: &mut String, is_trimmed: impl Fn(char) -> bool) {
    text.truncate(text.trim_end_matches(&is_trimmed).len());
    let start = text.len() - text.trim_start_matches(&is_trimmed).len();
    if start > 0 {
        text.drain(..start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_file_is_read() {
        assert_eq!(Lexicon::all().len(), FILES.len());
    }

    #[test]
    fn what_is_kept_is_folded_already() {
        for c in ('\0'..char::MAX).filter(|c| kept(&c.to_string(), true) > 0) {
            let lower: String = fold(c).to_ascii_lowercase().to_lowercase().collect();
            assert_eq!(lower, c.to_ascii_lowercase().to_string());
            assert!(!c.is_whitespace());
        }
        assert_eq!(kept("a b  c", true), "a b".len());
        assert_eq!(folded(" Übersicht  über\u{a0}Łódź ", " "), " übersicht über łódź");
        assert_eq!(folded("Übersicht  über\u{a0}Łódź ", ""), "übersichtüberłódź");
    }

    #[test]
    fn a_spelling_stands_under_one_key_of_a_section() {
        for (locale, file) in FILES {
            let tables: BTreeMap<String, BTreeMap<String, Vec<String>>> =
                toml::from_str(file).unwrap();
            for (section, table) in &tables {
                let mut seen: BTreeMap<String, &str> = BTreeMap::new();
                for (key, spellings) in table {
                    for spelling in spellings {
                        let other = *seen.entry(normalise(spelling)).or_insert(key);
                        assert_eq!(other, key, "{locale}, {section}: {spelling}");
                    }
                }
            }
        }
    }

    #[test]
    fn spellings_are_compared_without_case_marks_and_width() {
        assert_eq!(normalise("**Veröffentlicht：** "), "veröffentlicht");
        assert_eq!(normalise("L\u{2019}impact\u{a0}:"), "l'impact");
    }
}
