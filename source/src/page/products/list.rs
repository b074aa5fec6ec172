//! Lists of products under a label.

use super::super::block::Line;
use super::super::inline::Inline;
use super::name::is_product_like;
use super::notes::plain;
use super::scan::{family, kb};
use super::table::{Named, name_of};
use super::words::{LABELS, Words};

/// What a label says that the products after it are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Affected,
    Unaffected,
    /// Both follow, each under a label of its own.
    Both,
    Replacement,
    ReplacedQuestion,
}

/// Longest label with its marks, in bytes.
const LONGEST_LABEL: usize = 400;

/// Reads a label, and returns what stands behind it on its line.
pub(super) fn label(text: &str, words: Words) -> Option<(Label, String)> {
    // Most lines are running text, which has neither marks nor a colon near its beginning.
    let near = head(text, 120);
    let has_colon = || near.contains(':') || near.contains('\u{ff1a}');
    if near.len() < text.len() && !text.trim_start().starts_with("**") && !has_colon() {
        return None;
    }
    // Most of the others begin as no label does; what is marked up is looked up as a whole.
    let first = head(text, 64);
    let is_bare = memchr::memchr3(b'<', b'&', b'\\', first.as_bytes()).is_none();
    if is_bare && !words.may_be_label(&Inline::new(first).plain()) {
        return None;
    }
    let start = head(text, LONGEST_LABEL).len();
    let plain = Inline::new(&text[..start]).plain();

    let (head, rest) = match plain.find([':', '\u{ff1a}']) {
        Some(colon) => {
            let width = plain[colon..].chars().next().map_or(1, char::len_utf8);
            (&plain[..colon], plain[colon + width..].trim())
        }
        None => (&*plain, ""),
    };
    let may_be = head.len() <= LONGEST_LABEL / 2;
    let key = may_be.then(|| words.label(head)).flatten().map(|key| {
        let whole = Inline::new(text).plain();
        let behind = whole.split_once([':', '\u{ff1a}']).map_or(rest, |(_, behind)| behind.trim());
        (key, behind.to_owned())
    });
    let found = key.or_else(|| {
        // Labels without a colon are told from running text by their marks.
        let bold = text.trim().strip_prefix("**")?;
        let end = bold.find("**").filter(|end| *end != head.len() && *end < LONGEST_LABEL)?;
        let key = words.label(&Inline::new(&bold[..end]).plain())?;
        Some((
            key,
            Inline::new(&bold[end + 2..]).plain().trim_matches([' ', ':', '\u{ff1a}']).to_owned(),
        ))
    });
    let (key, rest) = found.or_else(|| {
        let is_question = start == text.len()
            && head.len() < 300
            && plain.trim_end().ends_with(['?', '\u{ff1f}']);
        let (key, _) = is_question.then(|| words.prefix(LABELS, &plain)).flatten()?;
        (key == "replaced_question").then(|| (key, String::new()))
    })?;
    let label = match key {
        "affected" => Label::Affected,
        "unaffected" => Label::Unaffected,
        "affected_and_unaffected" => Label::Both,
        "replacement" => Label::Replacement,
        _ => Label::ReplacedQuestion,
    };
    Some((label, rest))
}

/// Longest name of a product, in bytes; longer items are sentences.
const LONGEST_NAME: usize = 420;

/// Reads one item of a list of products.
pub(super) fn item(lines: &[Line<'_>]) -> Option<Named> {
    let raw: Vec<&str> = lines.iter().map(|line| line.text.trim()).collect();
    named(&raw.join(" "))
}

/// Returns the text up to a number of bytes.
fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// Tells whether an item of a list is a product: sentences and notes stand there too.
pub(super) fn is_product(named: &Named, depth: usize) -> bool {
    let characters = named.name.chars().count();
    let is_known = is_product_like(&named.name) && characters <= 200;
    let has_number = named.name.bytes().any(|b| b.is_ascii_digit()) && characters <= 60;
    is_known || (depth == 0 && (has_number || named.download.is_some()))
}

/// Tells whether an item is a note of several sentences.
///
/// What links say is no part of it: `Windows XP - [Download the update\u{3002}](address)`.
pub(super) fn is_note(lines: &[Line<'_>]) -> bool {
    let raw: Vec<&str> = lines.iter().map(|line| line.text).collect();
    let raw = raw.join(" ");
    let mut text = Inline::new(&raw).plain().into_owned();
    for link in Inline::new(&raw).links() {
        text = text.replace(&link.text, "");
    }
    let within = text.trim().trim_end_matches(['.', '\u{3002}']);
    let sentences = within.matches('\u{3002}').count() + within.matches(". ").count();
    sentences > 0 && text.chars().count() > 40
}

/// Reads a product and its download from raw text.
pub(super) fn named(raw: &str) -> Option<Named> {
    let inline = Inline::new(raw);
    let links = inline.links();
    let whole = plain(raw);
    let download = links.iter().find_map(|link| family(&link.target));
    let is_download = |target: &str| target.contains("download") || family(target).is_some();
    let link = links.iter().find(|link| is_download(&link.target.to_ascii_lowercase()));
    let before = link.and_then(|link| whole.find(link.text.as_str())).map(|at| &whole[..at]);
    let name = match (before.map(clean), link) {
        (Some(before), _) if is_product_like(&before) => before,
        (Some(_), Some(link)) if is_product_like(&link.text) => clean(&link.text),
        _ => clean(&whole),
    };
    let fits = name.len() <= LONGEST_NAME && name.chars().any(char::is_alphabetic);
    fits.then(|| Named {
        download,
        kb: kb(&whole).filter(|_| whole.contains(['(', '\u{ff08}'])),
        ..Named::new(name)
    })
}

/// Takes what is said about the download off a name.
fn clean(text: &str) -> String {
    let mut text = text.trim();
    for dash in [" \u{2013} ", " \u{2014} ", " - ", " \u{2502} ", "\u{ff1a}", ": "] {
        if let Some((name, after)) = text.split_once(dash)
            && is_product_like(name)
            && !is_product_like_head(after)
        {
            text = name;
        }
    }
    let name = name_of(text);
    let ends = [
        ' ', '-', '\u{2013}', '\u{2014}', ':', '\u{ff1a}', '*', '|', '\u{2502}', ',', '.', ';',
        '\u{3002}',
    ];
    let name =
        name.trim_end_matches(ends).trim_start_matches(['*', ' ', '-', '\u{b7}', '\u{2022}']);
    name.trim_end_matches(['(', '\u{ff08}', ' ']).to_owned()
}

/// Tells whether a text begins with a product, so that a dash before it joins two.
fn is_product_like_head(text: &str) -> bool {
    let head: String = text.chars().take(24).collect();
    head.trim_start().starts_with("Microsoft W") || head.trim_start().starts_with("Windows ")
}

/// Tells whether a paragraph is a label of a part of the list: bold, short and about products.
pub(super) fn is_part_label(raw: &str) -> bool {
    let text = raw.trim();
    let plain = Inline::new(text).plain();
    text.starts_with("**")
        && text.trim_end_matches([' ', ':', '\u{ff1a}']).ends_with("**")
        && plain.len() < 160
        && !plain.ends_with(['?', '\u{ff1f}'])
        && is_product_like(&plain)
}
