//! Texts and bytes as exports of the registry write them, over one or several lines.

use std::iter::Peekable;

use encoding_rs::WINDOWS_1252;

use super::reg_export::mark;
use super::text::Line;
use crate::RegistryData;

/// Why a value cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// It is no value in the form of an export.
    Unreadable,
    /// It says that a value is to be deleted.
    Deletes,
}

/// Reads a text in quotation marks and returns what stands behind it. Line ends within the text
/// stand for themselves.
pub(super) fn quoted<'t>(
    start: &str,
    lines: &mut Peekable<impl Iterator<Item = Line<'t>>>,
) -> Result<(String, String), Damage> {
    let mut rest = start.strip_prefix('"').ok_or(Damage::Unreadable)?;
    let mut text = String::new();
    loop {
        let mut characters = rest.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => return Ok((text, rest[at + 1..].to_owned())),
                '\\' => match characters.next() {
                    Some((_, escaped @ ('\\' | '"'))) => text.push(escaped),
                    Some((_, other)) => text.extend(['\\', other]),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        let following = lines.next_if(|line| !begins_anew(line.text)).ok_or(Damage::Unreadable)?;
        text.push('\n');
        rest = following.text;
    }
}

/// Tells whether a line begins another key or part, so that a text before it has no end.
fn begins_anew(line: &str) -> bool {
    line.starts_with("[HKEY_") || mark(line).is_some() || line.starts_with("REGEDIT4")
}

/// Reads bytes: `hex:01,02,\` with further lines behind it, and a type in parentheses after `hex`.
pub(super) fn hex<'t>(
    start: &str,
    is_old: bool,
    lines: &mut Peekable<impl Iterator<Item = Line<'t>>>,
) -> Result<RegistryData, Damage> {
    let rest = start.strip_prefix("hex").ok_or(Damage::Unreadable)?;
    let (kind, digits) = rest.split_once(':').ok_or(Damage::Unreadable)?;
    let kind = match kind {
        "" => 3,
        _ => {
            let kind = kind.strip_prefix('(').and_then(|kind| kind.strip_suffix(')'));
            let kind = kind.ok_or(Damage::Unreadable)?;
            u32::from_str_radix(kind, 16).map_err(|_| Damage::Unreadable)?
        }
    };
    let mut bytes = Vec::new();
    let mut line = digits.trim();
    loop {
        let (digits, goes_on) = match line.strip_suffix('\\') {
            Some(digits) => (digits, true),
            None => (line, false),
        };
        for byte in digits.split(',').map(str::trim).filter(|byte| !byte.is_empty()) {
            bytes.push(u8::from_str_radix(byte, 16).map_err(|_| Damage::Unreadable)?);
        }
        if !goes_on {
            return Ok(data(kind, bytes, is_old));
        }
        let following = lines.next_if(|line| !begins_anew(line.text)).ok_or(Damage::Unreadable)?;
        line = following.text.trim();
    }
}

fn data(kind: u32, bytes: Vec<u8>, is_old: bool) -> RegistryData {
    let text = |bytes: &[u8]| {
        let text = characters(bytes, is_old);
        text.split('\0').next().unwrap_or_default().to_owned()
    };
    match (kind, bytes.len()) {
        (1, _) => RegistryData::Text(text(&bytes)),
        (2, _) => RegistryData::ExpandableText(text(&bytes)),
        (4, 4) => RegistryData::U32(number(bytes.iter().rev())),
        (5, 4) => RegistryData::U32(number(bytes.iter())),
        (7, _) => {
            let text = characters(&bytes, is_old);
            // Every text has an end of its own, and the list one more.
            let text = text.strip_suffix('\0').unwrap_or(&text);
            let text = text.strip_suffix('\0').unwrap_or(text);
            let texts = text.split('\0').map(str::to_owned);
            RegistryData::Texts(if text.is_empty() { Vec::new() } else { texts.collect() })
        }
        (0xb, 8) => {
            let (low, high) = bytes.split_at(4);
            let half = |bytes: &[u8]| u64::from(number(bytes.iter().rev()));
            RegistryData::U64(half(high) << 32 | half(low))
        }
        _ => RegistryData::Binary(bytes),
    }
}

fn number<'b>(bytes: impl Iterator<Item = &'b u8>) -> u32 {
    bytes.fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Decodes bytes of a text. Old exports have 8 bits for a character, unless the bytes show that
/// they were written with 16.
fn characters(bytes: &[u8], is_old: bool) -> String {
    let is_wide = |pair: &[u8]| pair.len() == 2 && pair[0] != 0 && pair[1] == 0;
    let looks_wide = bytes.len().is_multiple_of(2)
        && bytes.len() >= 4
        && bytes[..4].chunks(2).all(|pair| is_wide(pair) || pair == [0, 0]);
    if is_old && !looks_wide {
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        };
    }
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
