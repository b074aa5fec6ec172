//! Cyclic redundancy checks in their reflected form.

/// A check of 32 bits by one polynomial.
pub(crate) struct Crc32([u32; 256]);

/// CRC-32 of GPT, zip and Ethernet.
pub(crate) static CRC32: Crc32 = Crc32::new(0xedb8_8320);

/// CRC-32C (Castagnoli) of VHDX.
pub(crate) static CRC32C: Crc32 = Crc32::new(0x82f6_3b78);

/// A check over bytes that come in parts.
pub(crate) struct Digest<'a> {
    crc: &'a Crc32,
    state: u32,
}

impl Crc32 {
    const fn new(reflected_polynomial: u32) -> Self {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let mut value = index as u32;
            let mut bit = 0;
            while bit < 8 {
                let carry = value & 1;
                value >>= 1;
                if carry == 1 {
                    value ^= reflected_polynomial;
                }
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        Self(table)
    }

    pub(crate) fn digest(&self) -> Digest<'_> {
        Digest { crc: self, state: u32::MAX }
    }

    /// Computes the check of a structure whose own field of four bytes counts as zero.
    pub(crate) fn without_field(&self, bytes: &[u8], field: usize) -> u32 {
        let mut digest = self.digest();
        digest.update(&bytes[..field]);
        digest.update(&[0; 4]);
        digest.update(&bytes[field + 4..]);
        digest.finish()
    }
}

impl Digest<'_> {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let index = (self.state as u8) ^ byte;
            self.state = self.crc.0[usize::from(index)] ^ (self.state >> 8);
        }
    }

    pub(crate) fn finish(self) -> u32 {
        !self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_values_of_both_polynomials_are_the_published_ones() {
        for (crc, expected) in [(&CRC32, 0xcbf4_3926), (&CRC32C, 0xe306_9283)] {
            let mut digest = crc.digest();
            digest.update(b"12345");
            digest.update(b"6789");
            assert_eq!(digest.finish(), expected);
        }
        let mut whole = CRC32.digest();
        whole.update(b"ab\0\0\0\0c");
        assert_eq!(CRC32.without_field(b"ab1234c", 2), whole.finish());
    }
}
