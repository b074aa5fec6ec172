use std::cmp::Ordering;
use std::fmt::{self, Write};

/// Name of a key or value, or the class of a key, as it is stored.
///
/// Equality with text follows Windows: character by character, upper case and lower case alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'b> {
    /// One byte a character, with its code below 256.
    Latin1(&'b [u8]),
    /// Two bytes a character, little-endian; not always well-formed.
    Utf16(&'b [u8]),
}

impl<'b> Name<'b> {
    /// Returns the UTF-16 code units.
    pub fn units(self) -> impl Iterator<Item = u16> + Clone + 'b {
        let (narrow, wide) = match self {
            Self::Latin1(bytes) => (bytes, &[][..]),
            Self::Utf16(bytes) => (&[][..], bytes.as_chunks::<2>().0),
        };
        let narrow = narrow.iter().map(|byte| u16::from(*byte));
        narrow.chain(wide.iter().map(|unit| u16::from_le_bytes(*unit)))
    }

    /// Tells whether there is no character; the default value of a key has such a name.
    pub fn is_empty(self) -> bool {
        match self {
            Self::Latin1(bytes) => bytes.is_empty(),
            Self::Utf16(bytes) => bytes.len() < 2,
        }
    }

    /// Tells whether Windows takes the name and the text for the same.
    pub fn matches(self, text: &str) -> bool {
        if let Self::Latin1(bytes) = self
            && bytes.is_ascii()
            && text.is_ascii()
        {
            return bytes.eq_ignore_ascii_case(text.as_bytes());
        }
        self.units().map(upcase).eq(text.encode_utf16().map(upcase))
    }

    /// Orders names as Windows does: by the codes of their upper-case characters.
    pub fn order(self, other: Name<'_>) -> Ordering {
        self.units().map(upcase).cmp(other.units().map(upcase))
    }
}

impl fmt::Display for Name<'_> {
    /// Writes the name as text; half a surrogate pair becomes U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in char::decode_utf16(self.units()) {
            f.write_char(character.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }
}

/// Returns the hash that a hash leaf keeps of a name.
///
/// Source: regf, "Hash leaf".
pub(super) fn hash(units: impl Iterator<Item = u16>) -> u32 {
    units.fold(0u32, |hash, unit| hash.wrapping_mul(37).wrapping_add(u32::from(upcase(unit))))
}

/// Returns the upper-case form of a UTF-16 code unit, one unit for one, as Windows compares names.
///
/// Windows leaves some characters alone that Unicode maps: those whose upper case is a character
/// of another script or has a lower-case form of its own, and those that came later.
pub(super) fn upcase(unit: u16) -> u16 {
    match unit {
        0..0x80 => u16::from((unit as u8).to_ascii_uppercase()),
        0xB5
        | 0x0131
        | 0x017F
        | 0x0345
        | 0x03D0..=0x03D6
        | 0x03F0..=0x03F5
        | 0x10D0..=0x10FF
        | 0x1C80..=0x1C8F
        | 0x1E9B
        | 0x1FBE => unit,
        _ => {
            let Some(character) = char::from_u32(u32::from(unit)) else { return unit };
            let mut upper = character.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => u16::try_from(u32::from(one)).unwrap_or(unit),
                _ => unit,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_windows_compares_them() {
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        for (stored, asked, same) in [
            ("CurrentVersion", "currentversion", true),
            ("CurrentVersion", "CurrentVersio", false),
            ("Ärger", "äRGER", true),
            ("ΣΊΣΥΦΟΣ", "σίσυφος", true),
            ("Журнал", "журнал", true),
            ("straße", "STRASSE", false),
            ("ß", "ß", true),
            ("ı", "I", false),
            ("ſ", "S", false),
            ("µ", "Μ", false),
            ("ÿ", "Ÿ", true),
            ("", "", true),
        ] {
            let bytes = wide(stored);
            assert_eq!(Name::Utf16(&bytes).matches(asked), same, "{stored} {asked}");
        }
        assert!(Name::Latin1(b"\xC4rger").matches("ärger"));
        assert_eq!(Name::Latin1(b"\xE4").to_string(), "ä");
        assert_eq!(Name::Utf16(&[0, 0xD8, b'x', 0]).to_string(), "\u{FFFD}x");
    }

    #[test]
    fn the_hash_is_that_of_the_upper_case_name() {
        // H = 37 · H + C over "A", "B".
        assert_eq!(hash("ab".encode_utf16()), 37 * 0x41 + 0x42);
        assert_eq!(hash("AB".encode_utf16()), hash("aB".encode_utf16()));
    }

    #[test]
    fn the_order_is_that_of_upper_case_codes() {
        let order = |a: &'static str, b: &'static str| {
            Name::Latin1(a.as_bytes()).order(Name::Latin1(b.as_bytes()))
        };
        assert_eq!(order("b", "A"), Ordering::Greater);
        assert_eq!(order("a_", "AB"), Ordering::Greater);
        assert_eq!(order("run", "RunOnce"), Ordering::Less);
        assert_eq!(order("Run", "rUN"), Ordering::Equal);
    }
}
