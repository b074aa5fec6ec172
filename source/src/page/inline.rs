//! Text within a block: marks, links, entities.

use std::borrow::Cow;

use super::lexicon::trim_in_place;

/// Raw inline text of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inline<'t>(&'t str);

/// A link with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) target: String,
}

impl<'t> Inline<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// Returns the text without marks, tags and link targets; no-break spaces become spaces and
    /// zero-width characters go.
    pub(crate) fn plain(self) -> Cow<'t, str> {
        let bytes = self.0.as_bytes();
        let mut first = first_special(self.0);
        let mut has_lines = false;
        while bytes.get(first) == Some(&b'\n') {
            has_lines = true;
            first += 1 + first_special(&self.0[first + 1..]);
        }
        let text = trim(self.0);
        if first == bytes.len() && (!has_lines || has_trim_lines(text)) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(self.unmarked(first))
    }

    /// Does the work of [`Self::plain`] on a text; before `first` it has no mark.
    fn unmarked(self, first: usize) -> String {
        let mut out = String::with_capacity(self.0.len());
        let (mut rest, mut run) = (self.0, first);
        loop {
            // Most of a text is ordinary characters, which are taken over together.
            out.push_str(&rest[..run]);
            let Some(c) = rest[run..].chars().next() else { break };
            let tail = &rest[run + c.len_utf8()..];
            rest = match c {
                '\\' if tail.starts_with(|c: char| c.is_ascii_punctuation()) => {
                    out.extend(tail.chars().next());
                    &tail[1..]
                }
                '*' | '`' => tail,
                '!' if tail.starts_with('[') => tail,
                '[' => tail,
                ']' if tail.starts_with('(') => after_target(tail),
                ']' => tail,
                '<' => match after_tag(tail) {
                    Some(after) => after,
                    None => {
                        out.push('<');
                        tail
                    }
                },
                '&' => match entity(tail) {
                    Some((decoded, length)) => {
                        push(&mut out, decoded);
                        &tail[length..]
                    }
                    None => {
                        out.push('&');
                        tail
                    }
                },
                _ => {
                    push(&mut out, c);
                    tail
                }
            };
            run = first_special(rest);
        }
        if !has_trim_lines(&out) {
            let lines: Vec<&str> = out.lines().map(str::trim).collect();
            out = lines.join("\n");
        }
        if trim(&out).len() < out.len() {
            trim_in_place(&mut out, char::is_whitespace);
        }
        out
    }

    /// Lists the links, in order.
    pub(crate) fn links(self) -> Vec<Link> {
        let mut links = Vec::new();
        let mut from = 0;
        while let Some(found) = link_middle(&self.0[from..]) {
            let middle = from + found;
            let target_text = &self.0[middle + 1..];
            let after = after_target(target_text);
            let target = &target_text[1..target_text.len() - after.len()];
            let target = target.strip_suffix(')').unwrap_or(target);
            let open = opening(&self.0[..middle]);
            links.push(Link {
                text: Inline(&self.0[open..middle]).plain().into_owned(),
                target: target.split(' ').next().unwrap_or(target).to_owned(),
            });
            from = self.0.len() - after.len();
        }
        links
    }
}

/// Farthest that a bracket, in characters, and a link target or tag, in bytes, reach; what is longer
/// is text. Without a bound, a hostile line of brackets would cost the square of its length.
const REACH: usize = 2_000;

/// Trims a text, most of which have nothing to trim.
pub(crate) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    if is_visible(bytes.first()) && is_visible(bytes.last()) { text } else { text.trim() }
}

fn is_visible(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_graphic)
}

/// Joins the words of a text with one space between them.
pub(crate) fn one_line(text: &str) -> String {
    let text = trim(text);
    // Bytes below the space are ends of lines and tabs; the others begin wider spaces.
    let may_part = |byte: u8| {
        (byte < b' ') | (byte == 0xc2) | (byte == 0xe1) | (byte == 0xe2) | (byte == 0xe3)
    };
    let is_joined = !text.bytes().fold(false, |any, byte| any | may_part(byte));
    if is_joined && memchr::memmem::find(text.as_bytes(), b"  ").is_none() {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Tells whether no line within a text begins or ends with a space.
fn has_trim_lines(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\n', bytes).all(|at| {
        if is_visible(bytes[..at].last()) && is_visible(bytes.get(at + 1)) {
            return true;
        }
        !text[..at].ends_with(char::is_whitespace)
            && !text[at + 1..].starts_with(char::is_whitespace)
    })
}

/// Finds where the text of a link ends and its target begins: `](`.
pub(crate) fn link_middle(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b']', bytes).find(|at| bytes.get(at + 1) == Some(&b'('))
}

/// Finds the first byte that is a mark, or begins a character that is written in another way.
fn first_special(text: &str) -> usize {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().position(|byte| IS_SPECIAL[usize::from(*byte)]).unwrap_or(bytes.len());
    };
    let (blocks, _) = bytes.as_chunks();
    let mut found =
        blocks.iter().zip(0..).filter_map(|(block, at)| Some(at * BLOCK + special_in(block)?));
    found.next().or_else(|| Some(bytes.len() - BLOCK + special_in(last)?)).unwrap_or(bytes.len())
}

/// Marks, ends of lines, and the bytes that begin U+00A0, U+2007 to U+202F, U+2060 and U+FEFF.
const SPECIAL: &[u8] = b"\\*`![]<&\t\n\xc2\xe2\xef";

const IS_SPECIAL: [bool; 256] = {
    let mut is_special = [false; 256];
    let mut at = 0;
    while at < SPECIAL.len() {
        is_special[SPECIAL[at] as usize] = true;
        at += 1;
    }
    is_special
};

/// Bytes that are looked at together.
const BLOCK: usize = 16;

/// Finds the first special byte of a block: one comparison of all its bytes with each of them.
fn special_in(block: &[u8; BLOCK]) -> Option<usize> {
    let mut are_special = [0; BLOCK];
    for special in SPECIAL {
        for (is_special, byte) in are_special.iter_mut().zip(block) {
            *is_special |= if byte == special { u8::MAX } else { 0 };
        }
    }
    let found = u128::from_le_bytes(are_special);
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
}

/// Finds the bracket that the one at the end closes; the text after it begins the link.
fn opening(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().rev().take(REACH) {
        match c {
            ']' => depth += 1,
            '[' if depth == 0 => return at + 1,
            '[' => depth -= 1,
            _ => {}
        }
    }
    text.char_indices().rev().take(REACH).last().map_or(0, |(at, _)| at)
}

/// Returns what follows a parenthesised link target; parentheses within it are counted.
fn after_target(text: &str) -> &str {
    let near = text.floor_char_boundary(REACH);
    let mut depth = 0_usize;
    for at in memchr::memchr3_iter(b'(', b')', b'\n', &text.as_bytes()[..near]) {
        match text.as_bytes()[at] {
            b'(' => depth += 1,
            b')' if depth == 1 => return &text[at + 1..],
            b')' => depth -= 1,
            _ => return &text[at..],
        }
    }
    &text[near..]
}

/// Returns what follows the tag whose text begins here, when one does.
fn after_tag(text: &str) -> Option<&str> {
    let name = text.strip_prefix('/').unwrap_or(text);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let near = &text.as_bytes()[..text.len().min(REACH)];
    let end = memchr::memchr2(b'<', b'>', near).filter(|end| near[*end] == b'>')?;
    Some(&text[end + 1..])
}

fn push(out: &mut String, c: char) {
    match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\t' => out.push(' '),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => {}
        _ => out.push(c),
    }
}

/// Decodes the entity after an ampersand, and says how long it is.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(10).position(|b| b == b';')?;
    let decoded = match &text[..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((decoded, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_text_stays() {
        for (raw, plain) in [
            ("**Published:** May&nbsp;11", "Published: May 11"),
            ("[**MS04-011**](http://x/(v=Security.10))\\*", "MS04-011*"),
            ("a < b and <strong>c</strong><br />", "a < b and c"),
            ("`Windowsxp-kb840374.exe /quiet`", "Windowsxp-kb840374.exe /quiet"),
            ("\u{200b}x\u{a0}y", "x y"),
            ("Aus\u{ad}wir\u{ad}kung", "Auswirkung"),
        ] {
            assert_eq!(Inline::new(raw).plain(), plain);
        }
    }

    #[test]
    fn links_know_text_and_target() {
        let links = Inline::new("see [**KB**1](http://a/b(c)d) and [two](http://e)").links();
        let pairs: Vec<_> = links.iter().map(|l| (l.text.as_str(), l.target.as_str())).collect();
        assert_eq!(pairs, [("KB1", "http://a/b(c)d"), ("two", "http://e")]);
    }
}
