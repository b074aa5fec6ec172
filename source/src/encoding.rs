//! Bytes of a document to text.

use std::borrow::Cow;

/// How the text of a document is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// First byte or unit that is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotText {
    /// Line, counted from one, where it stands.
    pub(crate) line: u32,
    pub(crate) expected: &'static str,
    pub(crate) found: String,
}

impl Encoding {
    /// Tells the encoding from a byte order mark or the first bracket of markup, and how long the
    /// mark is.
    pub(crate) fn detect(head: &[u8]) -> (Self, usize) {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => (Self::Utf8, 3),
            [0xFF, 0xFE, ..] => (Self::Utf16Le, 2),
            [0xFE, 0xFF, ..] => (Self::Utf16Be, 2),
            [b'<', 0, ..] => (Self::Utf16Le, 0),
            [0, b'<', ..] => (Self::Utf16Be, 0),
            _ => (Self::Utf8, 0),
        }
    }

    /// Returns the name of the encoding.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        bytes.chunks_exact(2).map(move |pair| match self {
            Self::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
            Self::Utf16Le | Self::Utf8 => u16::from_le_bytes([pair[0], pair[1]]),
        })
    }
}

/// Returns the beginning of a document as text, for telling what it is.
pub(crate) fn head_text(head: &[u8]) -> Cow<'_, str> {
    let (encoding, mark) = Encoding::detect(head);
    let body = &head[mark..];
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(body),
        Encoding::Utf16Le | Encoding::Utf16Be => Cow::Owned(
            char::decode_utf16(encoding.units(body)).map(|c| c.unwrap_or('\u{fffd}')).collect(),
        ),
    }
}

/// Decodes a whole document.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), NotText> {
    let (encoding, mark) = Encoding::detect(bytes);
    let body = &bytes[mark..];
    if encoding == Encoding::Utf8 {
        return match str::from_utf8(body) {
            Ok(text) => Ok((Cow::Borrowed(text), encoding)),
            Err(error) => Err(not_utf8(body, error)),
        };
    }
    let mut text = String::with_capacity(body.len() / 2);
    let not_text = |text: &str, expected, found| NotText {
        line: line_after(text.as_bytes()),
        expected,
        found,
    };
    for unit in char::decode_utf16(encoding.units(body)) {
        match unit {
            Ok(character) => text.push(character),
            Err(lone) => {
                let found = format!("the lone surrogate {:#06x}", lone.unpaired_surrogate());
                return Err(not_text(&text, "UTF-16 text", found));
            }
        }
    }
    if body.len() % 2 == 1 {
        return Err(not_text(&text, "UTF-16 text", "an odd number of bytes".to_owned()));
    }
    Ok((Cow::Owned(text), encoding))
}

/// Describes the first byte that is no UTF-8.
pub(crate) fn not_utf8(bytes: &[u8], error: std::str::Utf8Error) -> NotText {
    let good = error.valid_up_to();
    let found = bytes
        .get(good)
        .map_or_else(|| "the end of the document".to_owned(), |byte| format!("byte {byte:#04x}"));
    NotText { line: line_after(&bytes[..good]), expected: "UTF-8 text", found }
}

/// Returns the line, counted from one, that the byte after these stands on.
pub(crate) fn line_after(bytes: &[u8]) -> u32 {
    let newlines = memchr::memchr_iter(b'\n', bytes).count();
    u32::try_from(newlines).unwrap_or(u32::MAX - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_understood() {
        let text = "<a>é\n</a>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let documents = [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            little.clone(),
            [b"\xFF\xFE".to_vec(), little].concat(),
            [b"\xFE\xFF".to_vec(), big].concat(),
        ];
        for bytes in documents {
            assert_eq!(decode(&bytes).map(|(text, _)| text.into_owned()), Ok(text.to_owned()));
            assert_eq!(head_text(&bytes), text);
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let latin = decode(b"<a>\n\xE9t\xE9</a>").expect_err("no text");
        assert_eq!((latin.line, latin.found.as_str()), (2, "byte 0xe9"));
        let lone = decode(b"\xFF\xFEa\0\n\0\x00\xD8a\0").expect_err("no text");
        assert_eq!((lone.line, lone.found.as_str()), (2, "the lone surrogate 0xd800"));
        assert!(decode(b"\xFF\xFEa").is_err());
    }
}
