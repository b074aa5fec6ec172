//! Identifiers of bulletins, vulnerabilities and articles wherever they stand in a text.

use staunch_model::{BulletinId, CveId, KbNumber};

/// An identifier of a vulnerability as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CveMention {
    /// Identifier, or the text where the list of vulnerabilities can have no such entry.
    pub(super) cve: Result<CveId, String>,
}

/// Tells whether a text has a digit, as every identifier has.
pub(super) fn has_digit(text: &str) -> bool {
    // Without an early end the bytes are looked at many at a time.
    text.bytes().fold(false, |any, byte| any | byte.is_ascii_digit())
}

/// Finds the bulletins that a text names: `MS04-015`, `ms04-015`, `MS16--025`.
pub(super) fn bulletins(text: &str) -> impl Iterator<Item = (usize, BulletinId)> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'M', b'm', bytes).filter_map(|at| {
        let rest = &bytes[at..];
        if !rest.get(1)?.eq_ignore_ascii_case(&b's') || is_inside(bytes, at) {
            return None;
        }
        let (year, after_year) = number(&rest[2..])?;
        let dashes = dash_bytes(after_year).filter(|length| *length > 0)?;
        let (number, after) = number(&after_year[dashes..])?;
        let lengths = (rest.len() - 2 - after_year.len(), after_year.len() - dashes - after.len());
        if lengths != (2, 3) {
            return None;
        }
        let year = if year >= 90 { 1900 + year } else { 2000 + year };
        let id = BulletinId::new(u16::try_from(year).ok()?, u16::try_from(number).ok()?)?;
        Some((at, id))
    })
}

/// Returns the bulletin that a text names first, with the bytes before and after it.
pub(super) fn first_bulletin(text: &str) -> Option<(BulletinId, &str)> {
    let (at, id) = bulletins(text).next()?;
    let rest = &text[at..];
    let digits_end = rest
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .nth(4)
        .map_or(rest.len(), |(at, _)| at + 1);
    Some((id, &rest[digits_end..]))
}

/// Finds the vulnerabilities that a text names; candidate numbers (`CAN-`) are the same entries.
pub(super) fn vulnerabilities(text: &str) -> impl Iterator<Item = CveMention> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'C', b'c', bytes).filter_map(|at| {
        let rest = &bytes[at..];
        let name = rest.get(1..3)?;
        let is_name = name.eq_ignore_ascii_case(b"VE") || name.eq_ignore_ascii_case(b"AN");
        if !is_name || is_inside(bytes, at) {
            return None;
        }
        let rest = &rest[3..];
        let is_joined = rest.first().is_some_and(u8::is_ascii_digit);
        let dashes = if is_joined { 0 } else { dash_bytes(rest).or_else(|| blank(rest))? };
        let (year, after_year) = number(&rest[dashes..])?;
        let (entry, after) = number(&after_year[dash_bytes(after_year)?..])?;
        let written = String::from_utf8_lossy(&bytes[at..bytes.len() - after.len()]).into_owned();
        let entry_digits = written.bytes().rev().take_while(u8::is_ascii_digit).count();
        let cve = u16::try_from(year).ok().and_then(|year| CveId::new(year, entry));
        Some(CveMention { cve: cve.filter(|_| entry_digits >= 4).ok_or(written) })
    })
}

/// Returns the article that an address leads to.
pub(super) fn article_of(target: &str) -> Option<KbNumber> {
    let lower = target.to_ascii_lowercase();
    if !lower.contains("support.microsoft.com") && !lower.contains("kbid=") {
        return None;
    }
    if let Some(at) = lower.find("/articles/q") {
        // `Q316/3/33.asp`: the slashes only spread the number over folders.
        let digits: String = lower[at..].chars().filter(char::is_ascii_digit).take(6).collect();
        return digits.parse().ok().and_then(KbNumber::new);
    }
    let mark = ["kbid=", "/kb/", "/help/", "?kb=", "/kb;", "kb;"].iter().find_map(|mark| {
        let at = lower.find(mark)? + mark.len();
        Some(lower[at..].trim_start_matches("kb"))
    });
    // `kb;en-us;840374` and `/kb/840374/ja`: the number is the first run of digits.
    let rest = mark?;
    let from = rest.find(|c: char| c.is_ascii_digit())?;
    let (number, _) = number(&rest.as_bytes()[from..])?;
    KbNumber::new(number)
}

/// Finds numbers of six or seven digits that can be articles: `840374`, `Q316333`, `KB840374`.
pub(super) fn articles(text: &str) -> Vec<KbNumber> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let digits = &text[at..at + length];
        let is_part = at > 0 && matches!(bytes[at - 1], b'-' | b'.' | b',')
            || matches!(bytes.get(at + length), Some(b'-' | b'.'))
                && is_digit(bytes, at + length + 1);
        if (6..=7).contains(&length) && !is_part {
            found.extend(digits.parse().ok().and_then(KbNumber::new));
        }
        at += length;
    }
    found
}

/// Finds the articles that names of packages carry: `WindowsXP-KB840374-x86-DEU.exe`.
pub(super) fn packages(text: &str) -> impl Iterator<Item = KbNumber> {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"-").filter_map(|at| {
        let rest = bytes.get(at + 1..)?;
        let name = rest.get(..2)?;
        let (article, after) = number(rest.get(2..)?)?;
        let digits = rest.len() - 2 - after.len();
        let is_package = name.eq_ignore_ascii_case(b"kb")
            && (6..=7).contains(&digits)
            && matches!(after.first(), Some(b'-' | b'.' | b'_'));
        is_package.then(|| KbNumber::new(article)).flatten()
    })
}

/// Tells whether the byte before continues a word.
fn is_inside(bytes: &[u8], at: usize) -> bool {
    at > 0 && bytes[at - 1].is_ascii_alphanumeric()
}

fn is_digit(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_digit)
}

/// Reads up to eight digits, and says what follows them.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let length = bytes.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
    if !(1..=8).contains(&length) {
        return None;
    }
    let value = bytes[..length].iter().fold(0, |value, b| value * 10 + u32::from(b - b'0'));
    Some((value, &bytes[length..]))
}

/// Returns the length of a blank in place of the first dash, with a year and a dash behind it:
/// `CVE 2009-0089`.
fn blank(bytes: &[u8]) -> Option<usize> {
    let [b' ', behind @ ..] = bytes else { return None };
    let (year, after) = number(behind)?;
    let is_year = (1999..2100).contains(&year) && behind.len() - after.len() == 4;
    (is_year && after.first() == Some(&b'-')).then_some(1)
}

/// Returns the length of the dashes and spaces between the parts of an identifier: one or two
/// dashes of any kind, with spaces at most.
fn dash_bytes(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut dashes = 0;
    while at < 8 {
        match bytes.get(at..)? {
            [b'-', ..] => {
                dashes += 1;
                at += 1;
            }
            [b'\\' | b' ', ..] => at += 1,
            // U+2010 to U+2015, U+2212: dashes; U+00A0: space; U+200B, U+200C: nothing.
            [0xe2, 0x80, 0x90..=0x95, ..] | [0xe2, 0x88, 0x92, ..] => {
                dashes += 1;
                at += 3;
            }
            [0xe2, 0x80, 0x8b..=0x8f, ..] => at += 3,
            [0xc2, 0xa0, ..] => at += 2,
            _ => break,
        }
    }
    (1..=2).contains(&dashes).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cves(text: &str) -> Vec<String> {
        let show = |mention: CveMention| match mention.cve {
            Ok(cve) => cve.to_string(),
            Err(text) => format!("!{text}"),
        };
        vulnerabilities(text).map(show).collect()
    }

    #[test]
    fn bulletins_are_found_in_any_writing() {
        let text = "MS04-015, (ms03-026), MS16--025, MS05\u{2011}004; XMS04-015 MS04-0155 MS4-015";
        let found: Vec<String> = bulletins(text).map(|(_, id)| id.to_string()).collect();
        assert_eq!(found, ["MS04-015", "MS03-026", "MS16-025", "MS05-004"]);
        let (id, after) = first_bulletin("Bulletin MS16--025 - x").expect("a bulletin");
        assert_eq!((id.to_string().as_str(), after), ("MS16-025", " - x"));
    }

    #[test]
    fn candidates_are_vulnerabilities() {
        let text = "CAN-2004-0199 cve-2010-12345 CVE-2008- 0015 CVE-2004-199 CVE-0204-0199 CVE2004 CVE2009-3675 \
                    CVE 2009-0089 CVE 2009";
        assert_eq!(
            cves(text),
            [
                "CVE-2004-0199",
                "CVE-2010-12345",
                "CVE-2008-0015",
                "!CVE-2004-199",
                "!CVE-0204-0199",
                "CVE-2009-3675",
                "CVE-2009-0089",
            ]
        );
    }

    #[test]
    fn articles_stand_in_addresses_and_names() {
        for (target, article) in [
            ("https://support.microsoft.com/kb/840374", Some(840_374)),
            ("http://support.microsoft.com/default.aspx?scid=kb;en-us;840374", Some(840_374)),
            ("http://support.microsoft.com/?kbid=840374", Some(840_374)),
            ("https://support.microsoft.com/ko-kr/kb/3140709", Some(3_140_709)),
            ("http://support.microsoft.com/support/kb/articles/Q316/3/33.asp", Some(316_333)),
            ("https://www.microsoft.com/download/details.aspx?id=44724", None),
        ] {
            assert_eq!(article_of(target).map(KbNumber::number), article, "{target}");
        }
        let found: Vec<u32> =
            packages("WindowsXP-KB840374-x86-DEU.exe /q").map(KbNumber::number).collect();
        assert_eq!(found, [840_374]);
        let found: Vec<u32> = articles("(840374 e Q316333) 2004-123456 5.123456.7")
            .iter()
            .map(|kb| kb.number())
            .collect();
        assert_eq!(found, [840_374, 316_333]);
    }
}
