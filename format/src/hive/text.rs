//! Texts of values as the registry stores them, in a hive or handed out by Windows.

/// Decodes UTF-16 text up to its first NUL.
///
/// Half a surrogate pair becomes U+FFFD, half a character at the end is left out.
pub fn single(data: &[u8]) -> String {
    let mut units = units(data);
    if let Some(end) = units.iter().position(|unit| *unit == 0) {
        units.truncate(end);
    }
    String::from_utf16_lossy(&units)
}

/// Decodes texts that each end with a NUL, with one more NUL behind the last.
///
/// Empty texts between others count, as `PendingFileRenameOperations` needs them.
pub fn multiple(data: &[u8]) -> Vec<String> {
    let units = units(data);
    let listed = units.strip_suffix(&[0]).unwrap_or(&units);
    if listed.is_empty() {
        return Vec::new();
    }
    // The last text has its own NUL unless the writer left out the one behind the list.
    let listed = listed.strip_suffix(&[0]).unwrap_or(listed);
    listed.split(|unit| *unit == 0).map(String::from_utf16_lossy).collect()
}

fn units(data: &[u8]) -> Vec<u16> {
    data.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_where_windows_ends_them() {
        for (stored, single_text, texts) in [
            ("", "", &[][..]),
            ("\0", "", &[]),
            ("a", "a", &["a"]),
            ("a\0", "a", &["a"]),
            ("a\0\0", "a", &["a"]),
            ("a\0b\0\0", "a", &["a", "b"]),
            ("a\0b\0", "a", &["a", "b"]),
            ("a\0\0b\0c\0\0", "a", &["a", "", "b", "c"]),
            // A file to be deleted at the next start: its path, then no new name.
            ("a\0\0\0", "a", &["a", ""]),
        ] {
            let data: Vec<u8> = stored.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(single(&data), single_text, "{stored:?}");
            assert_eq!(multiple(&data), texts, "{stored:?}");
        }
    }

    #[test]
    fn half_characters_do_no_harm() {
        assert_eq!(single(b"a\0b"), "a");
        assert_eq!(single(&[0x00, 0xD8, b'a', 0]), "\u{FFFD}a");
    }
}
