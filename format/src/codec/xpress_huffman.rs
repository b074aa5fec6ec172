//! LZ77 with a Huffman code, as files that are compressed with XPRESS4K, XPRESS8K or XPRESS16K
//! use it: every chunk is one block with a code of its own.
//!
//! Source: \[MS-XCA\] 2.2.

use super::{copy, huffman::Huffman};
use crate::Fault;

const OBJECT: &str = "XPRESS chunk";
/// Bytes of the lengths of the 512 codes.
const CODE: usize = 256;
/// Largest chunk in bytes; a longer output would need a second block.
const LARGEST: usize = 65536;

/// Decompresses one chunk into a buffer of exactly its length.
///
/// # Errors
///
/// The first place that is not as the format says.
pub fn decompress(input: &[u8], output: &mut [u8]) -> Result<(), Fault> {
    if output.len() > LARGEST {
        let expected = format_args!("at most {LARGEST} bytes");
        return Err(Fault::new(OBJECT, 0, expected, output.len()));
    }
    let Some((lengths, _)) = input.split_at_checked(CODE) else {
        return Err(Fault::truncated(OBJECT, 0, CODE as u64, input.len() as u64));
    };
    let lengths: Vec<u8> = lengths.iter().flat_map(|pair| [pair & 15, pair >> 4]).collect();
    let code = Huffman::new(OBJECT, 0, &lengths)?;
    let mut bits = Bits::new(input);
    let mut written = 0;
    while written < output.len() {
        let Some((symbol, length)) = code.decode((bits.next >> 16) as u16) else {
            return Err(Fault::new(OBJECT, bits.at as u64, "an assigned code", "none"));
        };
        bits.take(length);
        if symbol < 256 {
            output[written] = symbol as u8;
            written += 1;
            continue;
        }
        let length = match usize::from(symbol & 15) {
            15 => bits.long_length()?,
            short => short,
        } + 3;
        let width = u32::from(symbol - 256) >> 4;
        let distance = (1 << width) + bits.take(width) as usize;
        written = copy::repeat(OBJECT, bits.at, output, written, distance, length)?;
    }
    bits.check_end()
}

/// The bits of a chunk: 16-bit words, read ahead by the rules of the format, since bytes of long
/// lengths stand between them.
struct Bits<'a> {
    input: &'a [u8],
    at: usize,
    /// The next bits, from the highest on.
    next: u32,
    /// How many bits of `next` are loaded beyond 16.
    extra: i32,
    /// Words that were loaded from beyond the end.
    missing: i32,
}

impl<'a> Bits<'a> {
    fn new(input: &'a [u8]) -> Self {
        let mut bits = Self { input, at: CODE, next: 0, extra: 16, missing: 0 };
        bits.next = u32::from(bits.word()) << 16;
        bits.next |= u32::from(bits.word());
        bits
    }

    fn word(&mut self) -> u16 {
        let word = match self.input.get(self.at..self.at + 2) {
            Some(word) => u16::from_le_bytes([word[0], word[1]]),
            None => {
                self.missing += 1;
                return 0;
            }
        };
        self.at += 2;
        word
    }

    /// Takes at most 15 bits.
    fn take(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        let value = self.next >> (32 - count);
        self.next <<= count;
        self.extra -= count as i32;
        if self.extra < 0 {
            self.next |= u32::from(self.word()) << -self.extra;
            self.extra += 16;
        }
        value
    }

    fn long_length(&mut self) -> Result<usize, Fault> {
        match self.bytes::<1>()?[0] {
            255 => match usize::from(u16::from_le_bytes(self.bytes()?)) {
                short @ 0..15 => {
                    Err(Fault::new(OBJECT, self.at as u64, "a length of 15 or more", short))
                }
                long => Ok(long),
            },
            more => Ok(usize::from(more) + 15),
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let Some(bytes) = self.input[self.at..].first_chunk() else {
            let left = (self.input.len() - self.at) as u64;
            return Err(Fault::truncated(OBJECT, self.at as u64, N as u64, left));
        };
        self.at += N;
        Ok(*bytes)
    }

    /// Refuses a chunk whose bits ended before its output was complete.
    fn check_end(&self) -> Result<(), Fault> {
        let short = 16 * self.missing - (16 + self.extra);
        if short > 0 {
            let expected = format_args!("{short} more bits");
            return Err(Fault::new(OBJECT, self.input.len() as u64, expected, "the end"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds a chunk from the few symbols whose lengths are not zero and from its bit stream.
    fn chunk(lengths: &[(usize, u8)], stream: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; CODE];
        for &(symbol, length) in lengths {
            bytes[symbol / 2] |= length << (symbol % 2 * 4);
        }
        bytes.extend_from_slice(stream);
        bytes
    }

    /// The examples of \[MS-XCA\] 3.2.
    #[test]
    fn the_published_examples() {
        let lengths: Vec<(usize, u8)> = (b'a'..=b'z')
            .map(|letter| (letter.into(), if letter < b'w' { 5 } else { 4 }))
            .chain([(256, 4)])
            .collect();
        let stream = [
            0xD8, 0x52, 0x3E, 0xD7, 0x94, 0x11, 0x5B, 0xE9, 0x19, 0x5F, 0xF9, 0xD6, 0x7C, 0xDF,
            0x8D, 0x04, 0, 0, 0, 0,
        ];
        let mut output = [0; 26];
        decompress(&chunk(&lengths, &stream), &mut output).unwrap();
        assert_eq!(&output, b"abcdefghijklmnopqrstuvwxyz");

        let lengths = [(97, 3), (98, 3), (99, 2), (256, 2), (287, 2)];
        let stream = [0xA8, 0xDC, 0x00, 0x00, 0xFF, 0x26, 0x01];
        let mut output = [0; 300];
        decompress(&chunk(&lengths, &stream), &mut output).unwrap();
        assert_eq!(&output[..], b"abc".repeat(100));
    }

    #[test]
    fn faults_say_where() {
        let lengths = [(97, 1), (98, 1)];
        let mut output = [0; 40];
        for (input, message) in [
            (vec![0; 255], "XPRESS chunk at offset 0x0: expected 256 bytes, found 255"),
            (vec![0; 270], "XPRESS chunk at offset 0x104: expected an assigned code, found none"),
            (
                chunk(&lengths, &[0; 4]),
                "XPRESS chunk at offset 0x104: expected 8 more bits, found the end",
            ),
            (
                vec![0x11; 300],
                "XPRESS chunk at offset 0x0: expected a prefix code, \
                 found 510 codes of 1 bits too many",
            ),
        ] {
            assert_eq!(decompress(&input, &mut output).unwrap_err().to_string(), message);
        }
    }
}
