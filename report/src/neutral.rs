//! Untrusted text made safe to print: nothing in it moves a cursor, changes a colour, breaks a
//! line or turns the direction of reading.

use std::borrow::Cow;

/// What stands in the place of a character that was taken out.
const REPLACEMENT: char = '\u{fffd}';

/// Returns the text on one line, without characters that a terminal or a browser would obey.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| substitute(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(substitute).collect())
}

/// Returns the character itself, or what is printed instead.
pub(crate) fn substitute(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        _ if c.is_control() => REPLACEMENT,
        // Marks of direction, invisible separators and tags can make a text read as another one.
        '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => REPLACEMENT,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_become_harmless_text() {
        assert_eq!(neutral("\u{1b}[31mred\u{1b}[0m"), "\u{fffd}[31mred\u{fffd}[0m");
        assert_eq!(neutral("\u{9b}2J"), "\u{fffd}2J");
        assert_eq!(neutral("a\r\nb\tc"), "a  b c");
        assert_eq!(neutral("exe\u{202e}txt"), "exe\u{fffd}txt");
    }

    #[test]
    fn names_in_any_script_stay() {
        for name in ["PC-07", "会議室-壱", "Büro", "مكتب", "👩\u{200d}💻"] {
            assert_eq!(neutral(name), name);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_controls_is_left(text: String) {
            prop_assert!(!neutral(&text).chars().any(char::is_control));
        }
    }
}
