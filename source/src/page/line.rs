//! Lines of a page as text, with the label that begins them.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::block::Line;
use super::inline::Inline;

/// What the lines of a page say, for the readers that ask one after the other.
///
/// Room is made for some lines together, when the first of them is asked for.
#[derive(Debug, Default)]
pub(crate) struct Texts<'p>(Vec<OnceCell<Box<[Text<'p>]>>>);

/// Lines that room is made for together.
const TOGETHER: usize = 64;

#[derive(Debug, Clone, Default)]
struct Text<'p> {
    plain: OnceCell<Cow<'p, str>>,
    labelled: OnceCell<Option<Box<Labelled<'p>>>>,
}

impl<'p> Texts<'p> {
    /// Prepares for so many lines.
    pub(crate) fn of(lines: usize) -> Self {
        Self(vec![OnceCell::new(); lines.div_ceil(TOGETHER)])
    }

    /// Returns what [`plain`] makes of a line of a block.
    pub(crate) fn plain(&self, line: Line<'p>) -> &str {
        self.of_line(line).plain.get_or_init(|| plain(line.text))
    }

    /// Returns what [`labelled`] makes of a line of a block.
    pub(crate) fn labelled(&self, line: Line<'p>) -> Option<&Labelled<'p>> {
        let labelled = || labelled(line.text).map(Box::new);
        self.of_line(line).labelled.get_or_init(labelled).as_deref()
    }

    fn of_line(&self, line: Line<'p>) -> &Text<'p> {
        let at = line.number as usize - 1;
        let room = || vec![Text::default(); TOGETHER].into_boxed_slice();
        &self.0[at / TOGETHER].get_or_init(room)[at % TOGETHER]
    }
}

/// A line split into its bold beginning and the rest, as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Labelled<'t> {
    pub(crate) label: String,
    pub(crate) rest: Cow<'t, str>,
    /// Whether a colon ends the label.
    pub(crate) ends_with_colon: bool,
}

/// Splits a line that begins with bold text: `**Restart** **required:** no`.
pub(crate) fn labelled(raw: &str) -> Option<Labelled<'_>> {
    let mut rest = raw.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{200b}');
    let mut label = String::new();
    loop {
        let (bold, after) = if let Some(body) = rest.strip_prefix("**") {
            split_bold(body)?
        } else if let Some(body) = rest.strip_prefix("<strong>") {
            body.split_once("</strong>")?
        } else {
            break;
        };
        label.push_str(bold);
        label.push(' ');
        let next = after.trim_start();
        let goes_on = next.starts_with("**") || next.starts_with("<strong>");
        let has_end = bold.trim_end().ends_with([':', '：', '?', '？']);
        rest = after;
        if !goes_on || has_end {
            break;
        }
        rest = next;
    }
    if label.is_empty() {
        return None;
    }
    let rest = Inline::new(rest).plain();
    let label = Inline::new(&label).plain();
    let ends_with_colon = label.trim_end().ends_with([':', '：']) || rest.starts_with([':', '：']);
    let rest = match rest {
        Cow::Borrowed(rest) => Cow::Borrowed(behind_label(rest)),
        Cow::Owned(rest) => Cow::Owned(behind_label(&rest).to_owned()),
    };
    let label = label.trim_end_matches([' ', ':', '：']).to_owned();
    Some(Labelled { label, rest, ends_with_colon })
}

/// Splits a text at the end of what is bold.
fn split_bold(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let end = memchr::memchr_iter(b'*', bytes).find(|at| bytes.get(at + 1) == Some(&b'*'))?;
    Some((&text[..end], &text[end + 2..]))
}

fn behind_label(text: &str) -> &str {
    text.trim_start_matches([' ', ':', '：', '*', '.']).trim()
}

/// Returns the plain text of a line, with the backslash of folders that an escape took away.
pub(crate) fn plain(raw: &str) -> Cow<'_, str> {
    let text = Inline::new(raw).plain();
    if memchr::memchr(b'%', text.as_bytes()).is_some() {
        Cow::Owned(text.replace("%$", "%\\$"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_beginnings_are_labels() {
        for (raw, label, rest) in [
            ("**Restart requirement**", "Restart requirement", ""),
            ("**Necessario riavvio**: no", "Necessario riavvio", "no"),
            ("**Neustart** **anforderung:** ja", "Neustart anforderung", "ja"),
            ("**注意：**安装", "注意", "安装"),
            ("<strong>HotPatching</strong>", "HotPatching", ""),
        ] {
            let read = labelled(raw).unwrap();
            assert_eq!((read.label.as_str(), &*read.rest), (label, rest));
        }
        assert!(labelled("plain **bold**").is_none());
    }
}
