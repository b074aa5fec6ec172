//! Marks of footnotes, which are no part of what they stand behind.

use std::borrow::Cow;

use super::super::inline::Inline;

/// Returns raw inline text as plain text without marks of footnotes.
///
/// A mark without its brackets would read as a digit of the word before it.
pub(super) fn plain(raw: &str) -> Cow<'_, str> {
    match without_notes(raw) {
        Cow::Borrowed(raw) => Inline::new(raw).plain(),
        Cow::Owned(text) => Cow::Owned(Inline::new(&text).plain().into_owned()),
    }
}

/// Takes `<sup>1</sup>`, `[1]` and `\[1\]` out.
fn without_notes(raw: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'[', b'<', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'[', b'<', &raw.as_bytes()[at..]) {
        let open = at + found;
        let start = if raw[..open].ends_with('\\') { open - 1 } else { open };
        match mark(&raw[open..]) {
            Some(length) => {
                out.push_str(&raw[from..start.max(from)]);
                out.push(' ');
                at = open + length;
                from = at;
            }
            None => at = open + 1,
        }
    }
    if from == 0 {
        return Cow::Borrowed(raw);
    }
    out.push_str(&raw[from..]);
    Cow::Owned(out)
}

/// Returns the length of the mark that begins here, when one does.
fn mark(text: &str) -> Option<usize> {
    let head = text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("<sup>"));
    if head {
        let bytes = &text.as_bytes()[5..text.len().min(64)];
        let end = 5 + bytes.windows(2).position(|two| two == b"</")?;
        let is_mark = text.as_bytes()[5..end]
            .iter()
            .all(|b| b.is_ascii_digit() || b"[]\\()*, &#;".contains(b));
        let close = text.as_bytes()[end..].iter().take(8).position(|b| *b == b'>')?;
        return is_mark.then_some(end + close + 1);
    }
    let bytes = text.strip_prefix('[')?.as_bytes();
    let digits = bytes.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let close = usize::from(bytes.get(digits) == Some(&b'\\'));
    let is_mark = matches!(digits, 1 | 2)
        && bytes.get(digits + close) == Some(&b']')
        && bytes.get(digits + close + 1) != Some(&b'(');
    is_mark.then_some(1 + digits + close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_never_reads_as_a_digit() {
        for (raw, expected) in [
            ("Windows Vista Service Pack 2<sup>[1]</sup>", "Windows Vista Service Pack 2"),
            (
                "[Windows 10](http://x)<sup>[3]</sup><sup>[4]</sup>\n(3124266)",
                "Windows 10\n(3124266)",
            ),
            ("Windows 8\\[1\\]", "Windows 8"),
            ("None[2]", "None"),
            ("[12](http://x) and [a]", "12 and a"),
            ("Windows<sup>TM</sup>", "WindowsTM"),
            ("<sup>1", "1"),
            ("[1", "1"),
        ] {
            assert_eq!(plain(raw), expected, "{raw}");
        }
    }
}
