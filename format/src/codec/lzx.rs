//! LZX with a window of 32 KiB, as files that are compressed with it use it: every chunk stands
//! alone, block lengths are written in 16 bits or implied, and the translation of calls is always
//! on, with a fixed length of file.
//!
//! Source: \[MS-PATCH\] 2 for the blocks, the published format of Windows images for what differs.

use super::{copy, huffman::Huffman};
use crate::Fault;

const OBJECT: &str = "LZX chunk";
/// Largest chunk in bytes.
pub const CHUNK: usize = 32768;
/// Pairs of position slot and length header: 30 slots for a window of 32 KiB, 8 headers.
const MAIN: usize = 256 + 30 * 8;
const LENGTHS: usize = 249;
/// Length of file that calls are translated for.
const TRANSLATION: i32 = 12_000_000;

/// Decompresses one chunk into a buffer of exactly its length.
///
/// # Errors
///
/// The first place that is not as the format says.
pub fn decompress(input: &[u8], output: &mut [u8]) -> Result<(), Fault> {
    if output.len() > CHUNK {
        let expected = format_args!("at most {CHUNK} bytes");
        return Err(Fault::new(OBJECT, 0, expected, output.len()));
    }
    let mut bits = Bits { input, at: 0, next: 0, loaded: 0 };
    let mut chunk =
        Chunk { main: [0; MAIN], lengths: [0; LENGTHS], recent: [1; 3], output, written: 0 };
    while chunk.written < chunk.output.len() {
        chunk.block(&mut bits)?;
    }
    bits.check_end()?;
    untranslate(output);
    Ok(())
}

struct Chunk<'a> {
    /// Code lengths of the previous block, which the next one changes.
    main: [u8; MAIN],
    lengths: [u8; LENGTHS],
    recent: [u32; 3],
    output: &'a mut [u8],
    written: usize,
}

impl Chunk<'_> {
    fn block(&mut self, bits: &mut Bits) -> Result<(), Fault> {
        let start = bits.at as u64;
        let kind = bits.take(3);
        let length = if bits.take(1) == 1 { CHUNK } else { bits.take(16) as usize };
        let left = self.output.len() - self.written;
        if length == 0 || length > left {
            let expected = format_args!("a block of 1 to {left} bytes");
            return Err(Fault::new(OBJECT, start, expected, length));
        }
        let end = self.written + length;
        match kind {
            1 => self.compressed(bits, end, None),
            2 => {
                let lengths: [u8; 8] = std::array::from_fn(|_| bits.take(3) as u8);
                let aligned = Huffman::new(OBJECT, bits.at, &lengths)?;
                self.compressed(bits, end, Some(&aligned))
            }
            3 => self.stored(bits, end),
            other => Err(Fault::new(OBJECT, start, "a block of kind 1, 2 or 3", other)),
        }
    }

    fn stored(&mut self, bits: &mut Bits, end: usize) -> Result<(), Fault> {
        bits.align();
        for recent in &mut self.recent {
            *recent = u32::from_le_bytes(bits.bytes(4)?.try_into().expect("four bytes"));
        }
        let length = end - self.written;
        self.output[self.written..end].copy_from_slice(bits.bytes(length)?);
        self.written = end;
        if length % 2 == 1 && end < self.output.len() {
            bits.bytes(1)?;
        }
        Ok(())
    }

    fn compressed(
        &mut self,
        bits: &mut Bits,
        end: usize,
        aligned: Option<&Huffman>,
    ) -> Result<(), Fault> {
        read_lengths(bits, &mut self.main[..256])?;
        read_lengths(bits, &mut self.main[256..])?;
        read_lengths(bits, &mut self.lengths)?;
        let main = Huffman::new(OBJECT, bits.at, &self.main)?;
        let lengths = Huffman::new(OBJECT, bits.at, &self.lengths)?;
        while self.written < end {
            let symbol = bits.symbol(&main)?;
            if symbol < 256 {
                self.output[self.written] = symbol as u8;
                self.written += 1;
                continue;
            }
            let header = usize::from(symbol & 7);
            let slot = (symbol - 256) >> 3;
            let more = if header == 7 { usize::from(bits.symbol(&lengths)?) } else { 0 };
            let distance = self.distance(bits, slot, aligned)?;
            self.written = copy::repeat(
                OBJECT,
                bits.at,
                &mut self.output[..end],
                self.written,
                distance as usize,
                header + more + 2,
            )?;
        }
        Ok(())
    }

    fn distance(
        &mut self,
        bits: &mut Bits,
        slot: u16,
        aligned: Option<&Huffman>,
    ) -> Result<u32, Fault> {
        if slot < 3 {
            self.recent.swap(0, usize::from(slot));
            return Ok(self.recent[0]);
        }
        let (base, width) = position(slot);
        let formatted = match aligned {
            Some(code) if width >= 3 => {
                base + (bits.take(width - 3) << 3) + u32::from(bits.symbol(code)?)
            }
            _ => base + bits.take(width),
        };
        self.recent = [formatted - 2, self.recent[0], self.recent[1]];
        Ok(self.recent[0])
    }
}

/// Returns the first formatted distance of a slot from 3 to 29 and the width of what is added.
fn position(slot: u16) -> (u32, u32) {
    let slot = u32::from(slot);
    let width = (slot / 2).saturating_sub(1);
    if slot < 4 { (slot, 0) } else { ((2 + slot % 2) << width, width) }
}

/// Reads lengths of codes as differences to those of the block before.
fn read_lengths(bits: &mut Bits, lengths: &mut [u8]) -> Result<(), Fault> {
    let code: [u8; 20] = std::array::from_fn(|_| bits.take(4) as u8);
    let code = Huffman::new(OBJECT, bits.at, &code)?;
    let mut at = 0;
    while at < lengths.len() {
        let offset = bits.at as u64;
        let changed = |old: u8, symbol: u16| (old + 17 - symbol as u8) % 17;
        let (run, length) = match bits.symbol(&code)? {
            17 => (4 + bits.take(4) as usize, 0),
            18 => (20 + bits.take(5) as usize, 0),
            19 => {
                let run = 4 + bits.take(1) as usize;
                match bits.symbol(&code)? {
                    symbol @ 0..=16 => (run, changed(lengths[at], symbol)),
                    other => return Err(Fault::new(OBJECT, offset, "a change of length", other)),
                }
            }
            symbol => (1, changed(lengths[at], symbol)),
        };
        let left = lengths.len() - at;
        if run > left {
            let expected = format_args!("at most {left} lengths");
            return Err(Fault::new(OBJECT, offset, expected, run));
        }
        lengths[at..at + run].fill(length);
        at += run;
    }
    Ok(())
}

/// Turns absolute targets of calls back into relative ones.
fn untranslate(output: &mut [u8]) {
    let Some(end) = output.len().checked_sub(10) else { return };
    let mut at = 0;
    while at < end {
        if output[at] != 0xE8 {
            at += 1;
            continue;
        }
        let target = output[at + 1..].first_chunk_mut().expect("ten bytes are left");
        // A chunk has at most 32,768 bytes.
        let here = at as i32;
        let absolute = i32::from_le_bytes(*target);
        if (0..TRANSLATION).contains(&absolute) {
            *target = (absolute - here).to_le_bytes();
        } else if (-here..0).contains(&absolute) {
            *target = (absolute + TRANSLATION).to_le_bytes();
        }
        at += 5;
    }
}

/// The bits of a chunk: 16-bit words, each from its highest bit on.
struct Bits<'a> {
    input: &'a [u8],
    /// Offset in bytes of the next word; beyond the end it counts words of zeros.
    at: usize,
    /// The next bits, from the highest on.
    next: u64,
    loaded: u32,
}

impl Bits<'_> {
    fn fill(&mut self) {
        while self.loaded <= 32 {
            let word = match self.input.get(self.at..self.at + 2) {
                Some(word) => u16::from_le_bytes([word[0], word[1]]),
                None => 0,
            };
            self.at += 2;
            self.next |= u64::from(word) << (48 - self.loaded);
            self.loaded += 16;
        }
    }

    /// Takes at most 16 bits.
    fn take(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        self.fill();
        let value = (self.next >> (64 - count)) as u32;
        self.next <<= count;
        self.loaded -= count;
        value
    }

    fn symbol(&mut self, code: &Huffman) -> Result<u16, Fault> {
        self.fill();
        let Some((symbol, length)) = code.decode((self.next >> 48) as u16) else {
            return Err(Fault::new(OBJECT, self.at as u64, "an assigned code", "none"));
        };
        self.take(length);
        Ok(symbol)
    }

    /// Goes on at the next word; where bits and words already end together, one word is skipped.
    fn align(&mut self) {
        self.take(1);
        let whole = self.loaded / 16;
        self.at -= whole as usize * 2;
        (self.next, self.loaded) = (0, 0);
    }

    /// Takes bytes; stands after [`Self::align`].
    fn bytes(&mut self, count: usize) -> Result<&[u8], Fault> {
        let Some(bytes) = self.input.get(self.at..).and_then(|rest| rest.get(..count)) else {
            let left = self.input.len().saturating_sub(self.at);
            return Err(Fault::truncated(OBJECT, self.at as u64, count as u64, left as u64));
        };
        self.at += count;
        Ok(bytes)
    }

    /// Refuses a chunk whose bits ended before its output was complete.
    fn check_end(&self) -> Result<(), Fault> {
        let consumed = self.at as u64 * 8 - u64::from(self.loaded);
        let short = consumed.saturating_sub(self.input.len() as u64 * 8);
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

    #[test]
    fn slots_of_positions() {
        for (slot, expected) in
            [(3, (3, 0)), (4, (4, 1)), (5, (6, 1)), (6, (8, 2)), (7, (12, 2)), (29, (24576, 13))]
        {
            assert_eq!(position(slot), expected);
        }
    }

    #[test]
    fn a_stored_block_and_a_call() {
        // Kind 3, an explicit length of 20, then the padding to the next word.
        let mut input = vec![];
        let header: u32 = 3 << 29 | 20 << 12;
        input.extend_from_slice(&((header >> 16) as u16).to_le_bytes());
        input.extend_from_slice(&(header as u16).to_le_bytes());
        input.extend_from_slice(&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        let mut plain = [0x90; 20];
        plain[2..7].copy_from_slice(&[0xE8, 0x10, 0x00, 0x00, 0x00]);
        input.extend_from_slice(&plain);
        let mut output = [0; 20];
        decompress(&input, &mut output).unwrap();
        plain[3] = 0x0E;
        assert_eq!(output, plain);
        let error = decompress(&input[..30], &mut output).unwrap_err().to_string();
        assert_eq!(error, "LZX chunk at offset 0x10: expected 20 bytes, found 14");
    }

    #[test]
    fn faults_say_where() {
        let mut output = [0; 100];
        for (input, message) in [
            (
                &[0, 0, 0, 0][..],
                "LZX chunk at offset 0x0: expected a block of 1 to 100 bytes, found 0",
            ),
            (
                &[0, 0x10, 0, 0][..],
                "LZX chunk at offset 0x0: expected a block of 1 to 100 bytes, found 32768",
            ),
            (
                &[0, 0x00, 0, 0x10][..],
                "LZX chunk at offset 0x0: expected a block of kind 1, 2 or 3, found 0",
            ),
        ] {
            assert_eq!(decompress(input, &mut output).unwrap_err().to_string(), message);
        }
    }
}
