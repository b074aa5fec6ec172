//! Text measured in terminal columns, where a wide character takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Side of a column that its text stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Returns how many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Returns the text, cut with an ellipsis when it takes more than `limit` columns.
pub(crate) fn fit(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let (head, _) = split_at_width(text, limit.saturating_sub(1));
    format!("{}…", head.trim_end())
}

/// Returns the text filled with spaces to `columns` columns; a longer one stays as it is.
pub(crate) fn pad(text: &str, columns: usize, align: Align) -> String {
    let fill = " ".repeat(columns.saturating_sub(width(text)));
    match align {
        Align::Left => format!("{text}{fill}"),
        Align::Right => format!("{fill}{text}"),
    }
}

/// Breaks a text into lines of at most `limit` columns, between words where that is possible.
pub(crate) fn wrap(text: &str, limit: usize) -> Vec<String> {
    // A wide character always fits, so that every line takes something.
    let limit = limit.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word;
        if !line.is_empty() && width(&line) + 1 + width(word) <= limit {
            line.push(' ');
        } else if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while line.is_empty() && width(word) > limit {
            let (head, tail) = split_at_width(word, limit);
            lines.push(head.to_owned());
            word = tail;
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Splits before the first character that does not fit.
fn split_at_width(text: &str, limit: usize) -> (&str, &str) {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        // The selector of emoji makes the character before it wide.
        taken += if c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(0) };
        if taken > limit {
            return text.split_at(at);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(width("会議室"), 6);
        assert_eq!(fit("会議室のサーバー", 7), "会議室…");
        assert_eq!(fit("会議室", 6), "会議室");
        assert_eq!(fit("会a", 2), "…");
        assert_eq!(fit("☁\u{fe0f}☁\u{fe0f}☁\u{fe0f}", 5), "☁\u{fe0f}☁\u{fe0f}…");
        assert_eq!(pad("会", 4, Align::Left), "会  ");
        assert_eq!(pad("7", 3, Align::Right), "  7");
    }

    #[test]
    fn lines_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a abcdefgh b", 4), ["a", "abcd", "efgh", "b"]);
        assert_eq!(wrap("会議室", 4), ["会議", "室"]);
        assert!(wrap("  ", 10).is_empty());
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_character_and_keeps_the_limit(text in "[a-z会 ]{0,80}", limit in 2usize..30) {
            let lines = wrap(&text, limit);
            prop_assert!(lines.iter().all(|line| width(line) <= limit));
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }

        #[test]
        fn fitted_text_fits(text in "[a-z会 ]{0,40}", limit in 1usize..30) {
            prop_assert!(width(&fit(&text, limit)) <= limit);
        }
    }
}
