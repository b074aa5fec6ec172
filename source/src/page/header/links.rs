//! Links whose text and address name different things.

use staunch_model::{KbNumber, PageWarning};

use super::ids;
use crate::page::inline::link_middle;
use crate::page::warning;

/// Longest address that is read, in bytes.
const TARGET_BYTES: usize = 2_048;

/// A stretch of raw inline text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// What a reader of the page sees, with its marks.
    Visible(&'t str),
    /// Text and address of a link; the text is visible too and comes before.
    Link { text: &'t str, target: &'t str },
}

/// Splits raw inline text into what is seen and where it leads.
pub(super) fn parts(raw: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = Some(raw);
    let mut link = None;
    std::iter::from_fn(move || {
        if let Some(link) = link.take() {
            return Some(link);
        }
        let text = rest.take()?;
        let Some(middle) = link_middle(text) else { return Some(Part::Visible(text)) };
        let (seen, after) = (&text[..middle], &text[middle + 2..]);
        let length = target_length(after);
        let text = seen.rfind('[').map_or(seen, |open| &seen[open + 1..]);
        link = Some(Part::Link { text, target: &after[..length] });
        rest = Some(&after[length..]);
        Some(Part::Visible(seen))
    })
}

/// Returns the bytes up to the parenthesis that ends an address; those within it are counted.
fn target_length(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return at,
            ')' => depth -= 1,
            '\n' => return at,
            _ if at >= TARGET_BYTES => return at,
            _ => {}
        }
    }
    text.len()
}

/// Compares the one article, vulnerability or bulletin of a link's text with that of its address;
/// `article` is the one that the address leads to.
pub(super) fn compare(
    text: &str,
    target: &str,
    article: Option<KbNumber>,
    line: u32,
    warnings: &mut Vec<PageWarning>,
) {
    if !ids::has_digit(text) {
        return;
    }
    let mut differ = |shown: String, meant: String| {
        let message = format!("the text of a link says {shown}, its address {meant}");
        warnings.push(warning("link-differs", line, message));
    };
    if let Some(meant) = article
        && let Some(shown) = only(article_text(text))
        && shown != meant
    {
        differ(shown.to_string(), meant.to_string());
    }
    let cves = |text| only(ids::vulnerabilities(text).filter_map(|mention| mention.cve.ok()));
    if let (Some(shown), Some(meant)) = (cves(text), cves(target))
        && shown != meant
    {
        differ(shown.to_string(), meant.to_string());
    }
    let bulletins = |text| only(ids::bulletins(text).map(|(_, id)| id));
    if let (Some(shown), Some(meant)) = (bulletins(text), bulletins(target))
        && shown != meant
    {
        differ(shown.to_string(), meant.to_string());
    }
}

fn article_text(text: &str) -> impl Iterator<Item = KbNumber> {
    ids::articles(text).into_iter()
}

/// Returns the value of an iterator that gives one value, however often.
fn only<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_may_hold_parentheses() {
        let found: Vec<Part<'_>> = parts("see [A](http://x/(v=S.10)) and [B](y").collect();
        assert_eq!(
            found,
            [
                Part::Visible("see [A"),
                Part::Link { text: "A", target: "http://x/(v=S.10)" },
                Part::Visible(") and [B"),
                Part::Link { text: "B", target: "y" },
                Part::Visible(""),
            ]
        );
    }

    #[test]
    fn what_differs_is_told_once_for_each_kind() {
        for (text, target, count) in [
            ("841356", "https://support.microsoft.com/kb/841365", 1),
            ("KB 841356", "https://support.microsoft.com/kb/841356", 0),
            ("CAN-2004-0199", "http://cve.mitre.org/cvename.cgi?name=CVE-2004-0199", 0),
            ("CVE-2004-0199", "http://cve.mitre.org/cvename.cgi?name=CVE-2004-0198", 1),
            ("MS03-025", "https://technet.microsoft.com/security/bulletin/ms03-026", 1),
            ("here", "https://technet.microsoft.com/security/bulletin/ms03-026", 0),
        ] {
            let mut warnings = Vec::new();
            compare(text, target, ids::article_of(target), 1, &mut warnings);
            assert_eq!(warnings.len(), count, "{text}");
        }
    }
}
