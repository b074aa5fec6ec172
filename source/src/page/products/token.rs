//! Words of a product's name.

use std::iter::Peekable;
use std::str::CharIndices;

/// A word of a name with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The word in lower case.
    pub(super) word: String,
    /// Bytes of the name that it takes.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) script: Script,
    /// Whether it begins with an upper-case letter.
    pub(super) is_upper: bool,
    /// Whether a comma or the like parts it from the word before.
    pub(super) is_parted: bool,
}

/// Kind of characters that a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Number,
    Other,
}

/// Longest name that is looked into, in words.
const MOST_WORDS: usize = 160;

/// Splits a name into words; a change of script parts two words as a space does.
pub(super) fn tokens(name: &str) -> Vec<Token> {
    Tokens::of(name).collect()
}

/// The words of a name, one after the other.
pub(super) struct Tokens<'n> {
    name: &'n str,
    characters: Peekable<CharIndices<'n>>,
    /// Words that may still be looked into.
    left: usize,
}

impl<'n> Tokens<'n> {
    pub(super) fn of(name: &'n str) -> Self {
        Self { name, characters: name.char_indices().peekable(), left: MOST_WORDS }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.left = self.left.checked_sub(1)?;
        let (name, characters) = (self.name, &mut self.characters);
        let mut is_parted = false;
        let (start, first) = loop {
            let (start, first) = characters.next()?;
            if begins_word(first, characters.peek().map(|(_, c)| *c)) {
                break (start, first);
            }
            is_parted |= matches!(first, ',' | ';' | '/' | '\u{3001}' | '\u{ff0c}' | '|' | '+');
        };
        let is_other = is_other(first);
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = characters.peek().copied() {
            let next = name[at + c.len_utf8()..].chars().next();
            let goes_on = match c {
                // A comma within a number stands for a point in some languages.
                '.' | ',' => {
                    name[start..at].ends_with(|c: char| c.is_ascii_digit())
                        && next.is_some_and(|c| c.is_ascii_digit())
                }
                _ => c.is_alphanumeric() && is_other_kind(c) == is_other,
            };
            if !goes_on {
                break;
            }
            end = at + c.len_utf8();
            characters.next();
        }
        let text = &name[start..end];
        let is_number = text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
        Some(Token {
            word: lower(text),
            start,
            end,
            script: match (is_other, is_number) {
                (true, _) => Script::Other,
                (false, true) => Script::Number,
                (false, false) => Script::Latin,
            },
            is_upper: text.trim_start_matches('.').starts_with(char::is_uppercase),
            is_parted,
        })
    }
}

/// Returns a word in lower case, with points for commas.
fn lower(text: &str) -> String {
    let lower = text.to_lowercase();
    if lower.contains(',') { lower.replace(',', ".") } else { lower }
}

fn begins_word(c: char, next: Option<char>) -> bool {
    c.is_alphanumeric() || (c == '.' && next.is_some_and(|next| next.is_ascii_uppercase()))
}

/// Tells whether a character belongs to a script other than Latin.
fn is_other(c: char) -> bool {
    c.is_alphanumeric() && is_other_kind(c)
}

fn is_other_kind(c: char) -> bool {
    c as u32 >= 0x370 && !(0x1e00..0x1f00).contains(&(c as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_hyphens_part_words() {
        let words = |name: &str| {
            tokens(name).into_iter().map(|token| token.word).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("Windows XP용 32-Bit-Systeme"), "windows xp 용 32 bit systeme");
        assert_eq!(words("SP2(Itanium 기반 시스템용)"), "sp2 itanium 기반 시스템용");
        assert_eq!(words(".NET Framework 1.1, 5,01"), ".net framework 1.1 5.01");
        assert_eq!(words("с пакетом обновления 2"), "с пакетом обновления 2");
        assert!(tokens("、…  ").is_empty());
    }
}
