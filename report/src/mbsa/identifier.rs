//! Identifiers that stay the same from scan to scan, made of names.

use sha2::{Digest, Sha256};

/// Returns a GUID made of a name: the first 128 bits of SHA-256 of `staunch:` and the name, marked
/// as version 8.
///
/// Source: RFC 9562, 5.8.
pub(super) fn guid(name: &str) -> String {
    let digest = Sha256::digest(format!("staunch:{name}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| &hexadecimal[from..to];
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Returns the number of a check of a setting, made of its name: the first 28 bits of SHA-256 of
/// the name, above those that MBSA gave to its own checks.
pub(super) fn check_number(name: &str) -> String {
    let digest = Sha256::digest(name);
    let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) >> 4;
    (number | 1 << 28).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_never_change() {
        assert_eq!(guid("KB840374"), "f5882d6c-db7d-8320-9c8a-ca8afd7f9b6a");
        assert_eq!(check_number("smb1"), "320738516");
    }
}
