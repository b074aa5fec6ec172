//! Headings that name the product of a platform.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Names of products that a platform's heading contains at least one of.
const PRODUCTS: &[&str] = &[
    "windows",
    "internet explorer",
    "office",
    "word",
    "excel",
    "powerpoint",
    "outlook",
    "exchange",
    "sql server",
    "visual",
    "isa server",
    "sharepoint",
    ".net framework",
    "silverlight",
    "forefront",
    "biztalk",
    "commerce server",
    "content management server",
    "media player",
    "directx",
    "msn",
    "messenger",
    "project",
    "publisher",
    "access",
    "visio",
    "works",
    "frontpage",
    "onenote",
    "virtual",
    "services for unix",
    "host integration",
    "lync",
    "live meeting",
    "dynamics",
    "msxml",
    "xml core services",
    "mdac",
    "data access components",
    "remote desktop",
    "skype",
    "iis",
    "internet information",
    "systems management server",
    "small business",
    "infopath",
    "groove",
    "expression",
    "antigen",
    "java",
    "jscript",
    "vbscript",
    "netmeeting",
    "step-by-step",
    "front page",
    "proofing",
    "converter",
    "viewer",
    "compatibility pack",
    "for mac",
    "malware",
    "defender",
    "system center",
    "unified access",
    "search server",
    "data engine",
    "msde",
    "virtual pc",
    "producer",
    "journal",
    "interactive training",
    "agent",
    "snapshot",
];

/// Tells whether a heading is one of a vulnerability.
pub(super) fn names_vulnerability(text: &str) -> bool {
    ["CVE-", "CAN-", "CVE ", "CVE–"].iter().any(|mark| text.contains(mark))
}

/// Tells whether a short text names a product.
pub(super) fn names_product(text: &str) -> bool {
    if text.len() > 600 || text.contains(['?', '？']) || names_vulnerability(text) {
        return false;
    }
    static NAMES: OnceLock<AhoCorasick> = OnceLock::new();
    let found = NAMES.get_or_init(|| AhoCorasick::new(PRODUCTS).expect("the names are few"));
    let lower = text.to_lowercase();
    found.find_overlapping_iter(&lower).any(|name| is_word(&lower, name.range()))
        || names_version(text)
}

/// Tells whether a name with the number of a version stands in a text, of whatever product:
/// `ASP.NET MVC 2.0`.
fn names_version(text: &str) -> bool {
    let mut before = "";
    text.split_whitespace().any(|word| {
        let name = std::mem::replace(&mut before, word);
        let parts = word.split('.').map(|part| part.trim_end_matches([':', '：', ',', ')']));
        let is_version = word.contains('.')
            && parts.clone().count() <= 3
            && parts
                .into_iter()
                .all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
            && name.len() > 2
            && !name.eq_ignore_ascii_case("version");
        is_version && is_name
    })
}

/// Tells whether a name stands in lower-case text as words of its own.
pub(super) fn names(lower: &str, name: &str) -> bool {
    lower.match_indices(name).any(|(at, _)| is_word(lower, at..at + name.len()))
}

/// Tells whether no letter of a script with spaces stands on either side.
fn is_word(text: &str, place: Range<usize>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && c < '\u{2e80}');
    let before = text[..place.start].chars().next_back();
    let after = text[place.end..].chars().next();
    !is_letter(before) && !is_letter(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_version_is_a_product_in_any_language() {
        for (text, is_product) in [
            ("Example Web Pages 2.0", true),
            ("Beispielwerkzeug Toolset 6.0 für Verwalter", true),
            ("Sample Suite 6.0 中的工具", true),
            ("Windows XP", true),
            ("Version 2.0 (14.10.2003)", false),
            ("V1.0", false),
            ("Revisions", false),
            ("Installation", false),
            ("Toolset 2003", false),
            ("see 1.0", false),
        ] {
            assert_eq!(names_product(text), is_product, "{text}");
        }
    }
}
