//! Fields of fixed structures: integers of either byte order, identifiers, and bounded reads.

use crate::{Fault, ReadAt, ReadAtError};

/// Copies bytes out of a structure whose length is known to suffice.
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

pub(crate) fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

pub(crate) fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

pub(crate) fn le64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

pub(crate) fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(array(bytes, at))
}

pub(crate) fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(array(bytes, at))
}

/// Reads a structure of a fixed length in bytes.
pub(crate) fn read_array<const N: usize>(
    file: &dyn ReadAt,
    object: &'static str,
    offset: u64,
) -> Result<[u8; N], ReadAtError> {
    check(file, object, offset, N as u64)?;
    let mut array = [0; N];
    file.read_at(offset, &mut array)?;
    Ok(array)
}

/// Reads a structure whose length in bytes the caller has bounded; memory is asked for only when
/// the file is long enough.
pub(crate) fn read_vec(
    file: &dyn ReadAt,
    object: &'static str,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, ReadAtError> {
    check(file, object, offset, length as u64)?;
    let mut bytes = vec![0; length];
    file.read_at(offset, &mut bytes)?;
    Ok(bytes)
}

/// Refuses a structure that the file ends within.
pub(crate) fn check(
    file: &dyn ReadAt,
    object: &'static str,
    offset: u64,
    length: u64,
) -> Result<(), Fault> {
    let left = file.len().saturating_sub(offset);
    if length > left {
        return Err(Fault::truncated(object, offset, length, left));
    }
    Ok(())
}

/// Writes a GUID as it is written in text; the bytes are in the order of Windows structures.
pub(crate) fn guid_text(guid: &[u8; 16]) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:02x}{:02x}-{:02x}{:02x}{:02x}{:02x}{:02x}{:02x}",
        le32(guid, 0),
        le16(guid, 4),
        le16(guid, 6),
        guid[8],
        guid[9],
        guid[10],
        guid[11],
        guid[12],
        guid[13],
        guid[14],
        guid[15],
    )
}

/// Decodes UTF-16 in little-endian order up to a zero; what is no character becomes U+FFFD.
pub(crate) fn utf16_le(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    utf16(units)
}

/// Decodes UTF-16 units up to a zero; what is no character becomes U+FFFD.
pub(crate) fn utf16(units: impl Iterator<Item = u16>) -> String {
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_written_in_the_order_of_its_fields() {
        let bytes = [
            0xb7, 0xef, 0x4a, 0xb0, 0x9e, 0xd1, 0x81, 0x4a, 0xb7, 0x89, 0x25, 0xb8, 0xe9, 0x44,
            0x59, 0x13,
        ];
        assert_eq!(guid_text(&bytes), "b04aefb7-d19e-4a81-b789-25b8e9445913");
    }

    #[test]
    fn a_structure_beyond_the_end_is_refused_before_memory_is_asked_for() {
        let file: &[u8] = b"short";
        let error = read_vec(&file, "table", 3, usize::MAX).unwrap_err().to_string();
        assert_eq!(error, format!("table at offset 0x3: expected {} bytes, found 2", usize::MAX));
    }
}
