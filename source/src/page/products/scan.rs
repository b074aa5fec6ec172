//! Identifiers in text: vulnerabilities, bulletins, articles and download families.

use staunch_model::{BulletinId, CveId, KbNumber};

/// Lists the vulnerabilities that a text names, each once; `CAN-` ids are the later `CVE-` ids.
pub(super) fn cves(text: &str) -> Vec<CveId> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    // Every identifier has a dash; 0xe2 begins those that are not ASCII.
    for at in memchr::memchr2_iter(b'-', 0xe2, bytes) {
        let before = bytes[..at].strip_suffix(b" ").unwrap_or(&bytes[..at]);
        // The year may stand before it: `CVE2009-3675`.
        let digits = before.iter().rev().take(8).take_while(|b| b.is_ascii_digit()).count();
        let year_at = if digits > 0 { before.len() - digits } else { at };
        let Some(head) = before[..before.len() - digits].last_chunk::<3>() else { continue };
        if !head.eq_ignore_ascii_case(b"CVE") && !head.eq_ignore_ascii_case(b"CAN") {
            continue;
        }
        let Some((year, rest)) = number(dash(&bytes[year_at..])) else { continue };
        let Some((id, _)) = number(dash(rest)) else { continue };
        let id = u16::try_from(year).ok().and_then(|year| CveId::new(year, id));
        if let Some(id) = id.filter(|id| !found.contains(id)) {
            found.push(id);
        }
    }
    found
}

/// Something that a replaced update is named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Bulletin(BulletinId),
    Kb(KbNumber),
}

/// Lists the bulletins and article numbers of a text, in order.
pub(super) fn named(text: &str) -> Vec<Named> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| begins_name(*byte)) {
        at += next;
        let before = at.checked_sub(1).map(|before| bytes[before]);
        if before.is_some_and(|b| b.is_ascii_digit() || b == b'.') {
            at += 1;
            continue;
        }
        if let Some((bulletin, length)) = bulletin_at(&bytes[at..]) {
            found.push(Named::Bulletin(bulletin));
            at += length;
            continue;
        }
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if matches!(digits, 6 | 7) {
            let kb = text[at..at + digits].parse().ok().and_then(KbNumber::new);
            found.extend(kb.map(Named::Kb));
        }
        at += digits.max(1);
    }
    found
}

fn begins_name(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'M' | b'm')
}

/// Lists the bulletins of a text, each once, in order.
pub(super) fn bulletins(text: &str) -> Vec<BulletinId> {
    let mut found = Vec::new();
    for name in named(text) {
        match name {
            Named::Bulletin(bulletin) if !found.contains(&bulletin) => found.push(bulletin),
            Named::Bulletin(_) | Named::Kb(_) => {}
        }
    }
    found
}

/// Returns the first article number of a text: `(3139914)`, `KB840374`.
pub(super) fn kb(text: &str) -> Option<KbNumber> {
    named(text).into_iter().find_map(|name| match name {
        Named::Kb(kb) => Some(kb),
        Named::Bulletin(_) => None,
    })
}

/// Returns the identifier of the download family in an address.
pub(super) fn family(target: &str) -> Option<String> {
    let lower = target.to_ascii_lowercase();
    let (_, value) = lower.split_once("familyid=")?;
    let value = value.strip_prefix("%7b").or_else(|| value.strip_prefix('{')).unwrap_or(value);
    value.get(..36).filter(|value| is_guid(value)).map(str::to_owned)
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn bulletin_at(bytes: &[u8]) -> Option<(BulletinId, usize)> {
    let head = bytes.get(..2)?;
    if !head.eq_ignore_ascii_case(b"MS") {
        return None;
    }
    let rest = &bytes[2..];
    let year = rest.get(..2).filter(|year| year.iter().all(u8::is_ascii_digit))?;
    let after = dash(&rest[2..]);
    let skipped = rest.len() - 2 - after.len();
    let number = after.get(..3).filter(|n| skipped > 0 && n.iter().all(u8::is_ascii_digit))?;
    if after.get(3).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let digit = |b: u8| u16::from(b - b'0');
    let short = digit(year[0]) * 10 + digit(year[1]);
    let year = if short >= 90 { 1900 + short } else { 2000 + short };
    let number = number.iter().fold(0, |number, b| number * 10 + digit(*b));
    Some((BulletinId::new(year, number)?, 2 + 2 + skipped + 3))
}

/// Skips one dash of any kind, with a space around it.
fn dash(bytes: &[u8]) -> &[u8] {
    let trimmed = bytes.strip_prefix(b" ").unwrap_or(bytes);
    let rest = [&b"-"[..], "\u{2010}".as_bytes(), "\u{2011}".as_bytes(), "\u{2013}".as_bytes()]
        .iter()
        .find_map(|dash| trimmed.strip_prefix(*dash));
    match rest {
        Some(rest) => rest.strip_prefix(b" ").unwrap_or(rest),
        None => bytes,
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let digits = bytes.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
    if !(4..=8).contains(&digits) {
        return None;
    }
    let value = bytes[..digits].iter().fold(0, |value, b| value * 10 + u32::from(b - b'0'));
    Some((value, &bytes[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_any_surrounding() {
        let text = "RPC – CAN-2004-0569 und cve-2005-1234, CVE–2006–0001; CAN-2004-0569 Can -2007-0002 CVE2009-3675";
        let found: Vec<_> = cves(text).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["CVE-2004-0569", "CVE-2005-1234", "CVE-2006-0001", "CVE-2007-0002", "CVE-2009-3675"]
        );
        assert!(cves("CVE- CAN-04 cancel").is_empty());
        assert_eq!(named("MS15-078 中的 3079904").len(), 2);
        assert_eq!(named("MS15-0781, 12345678, 1.234567").len(), 0);
    }

    #[test]
    fn the_family_of_a_download_is_a_guid() {
        let guid = "ae32474a-cb72-4044-b97f-a2bad2cd5d97";
        for target in [
            format!("http://x/details.aspx?displaylang=en&FamilyID={guid}"),
            format!("http://x/details.aspx?familyid=%7b{guid}%7d"),
        ] {
            assert_eq!(family(&target).as_deref(), Some(guid), "{target}");
        }
        assert_eq!(family("http://x/details.aspx?id=44664"), None);
        assert_eq!(family("familyid=é"), None);
    }
}
