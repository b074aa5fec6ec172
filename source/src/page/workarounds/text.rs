//! Identifiers, names and lines of the sections on vulnerabilities.

use staunch_model::CveId;

use crate::page::block::Line;
pub(super) use crate::page::inline::one_line;

/// Most vulnerabilities, and most workarounds, of a page.
pub(super) const MOST: usize = 500;
/// Longest title, in bytes.
pub(super) const LONGEST_TITLE: usize = 300;

/// Lists the identifiers in a text, once each, with candidates as entries.
pub(super) fn identifiers(text: &str) -> Vec<CveId> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'C', b'c', bytes) {
        let Some(rest) = bytes.get(at + 1..(at + 24).min(bytes.len())) else { continue };
        let is_kind = [b"VE", b"ve", b"AN", b"an"].iter().any(|kind| rest.starts_with(*kind));
        if !is_kind {
            continue;
        }
        if let Some(id) = numbers(&rest[2..])
            && !found.contains(&id)
            && found.len() < MOST
        {
            found.push(id);
        }
    }
    found
}

/// Reads year and number after `CVE`, through dashes and spaces of any width.
fn numbers(rest: &[u8]) -> Option<CveId> {
    let text = String::from_utf8_lossy(rest);
    let is_gap = |c: char| matches!(c, '-' | ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}');
    let text = text.strip_prefix(is_gap)?.trim_start_matches(is_gap);
    let year = text.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    let after = text.get(4..)?.strip_prefix(is_gap)?.trim_start_matches(is_gap);
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let number = after.get(..digits).filter(|_| (4..=7).contains(&digits))?;
    CveId::new(year.parse().ok()?, number.parse().ok()?)
}

/// Returns the heading of a vulnerability without its identifiers.
pub(super) fn title(text: &str) -> String {
    let end = ["CVE", "CAN", "cve", "can"]
        .iter()
        .filter_map(|mark| text.find(mark).filter(|at| !identifiers(&text[*at..]).is_empty()))
        .filter(|at| *at > 0)
        .min()
        .unwrap_or(text.len());
    let name = text[..end]
        .trim_end_matches(|c: char| c.is_whitespace() || "-–—:：(（[,、「\"“".contains(c));
    cut(&one_line(name), LONGEST_TITLE)
}

/// Tells whether a line links to an entry of the list of vulnerabilities: `cvename.cgi?name=`.
pub(super) fn links_to_entry(raw: &str) -> bool {
    memchr::memchr(b'?', raw.as_bytes()).is_some() && raw.contains("cvename")
}

pub(super) fn ends_with_colon(raw: &str) -> bool {
    raw.trim_end().trim_end_matches('*').trim_end().ends_with([':', '：'])
}

pub(super) fn list(ids: &[CveId]) -> String {
    ids.iter().map(CveId::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn join(lines: &[Line<'_>]) -> String {
    lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}

pub(super) fn cut(text: &str, longest: usize) -> String {
    text[..text.floor_char_boundary(longest)].to_owned()
}
