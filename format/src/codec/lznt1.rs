//! LZNT1, the compression of files with the compressed attribute.
//!
//! Source: \[MS-XCA\] 2.5.

use super::copy;
use crate::Fault;

const OBJECT: &str = "LZNT1 chunk";
/// Bytes that each chunk stands for.
const CHUNK: usize = 4096;

/// Decompresses a buffer of chunks; what they do not reach is filled with zeros.
///
/// # Errors
///
/// The first place that is not as the format says.
pub fn decompress(input: &[u8], output: &mut [u8]) -> Result<(), Fault> {
    let mut at = 0;
    let mut chunks = output.chunks_mut(CHUNK);
    while let Some(header) = input.get(at..at + 2) {
        let header = u16::from_le_bytes([header[0], header[1]]);
        // The end is marked only where there is room for the mark.
        if header == 0 {
            break;
        }
        let Some(chunk) = chunks.next() else { break };
        if header >> 12 & 7 != 3 {
            let found = format_args!("{}", header >> 12 & 7);
            return Err(Fault::new(OBJECT, at as u64, "signature 3", found));
        }
        let length = usize::from(header & 0xFFF) + 1;
        let Some(body) = input.get(at + 2..at + 2 + length) else {
            let left = input.len() - at - 2;
            return Err(Fault::truncated(OBJECT, at as u64 + 2, length as u64, left as u64));
        };
        let written = if header & 0x8000 == 0 {
            stored(body, chunk)
        } else {
            compressed(at + 2, body, chunk)?
        };
        chunk[written..].fill(0);
        at += 2 + length;
    }
    chunks.for_each(|chunk| chunk.fill(0));
    Ok(())
}

/// Copies a stored chunk; the last one of a buffer may stand for more than is asked for.
fn stored(body: &[u8], chunk: &mut [u8]) -> usize {
    let length = body.len().min(chunk.len());
    chunk[..length].copy_from_slice(&body[..length]);
    length
}

fn compressed(offset: usize, body: &[u8], chunk: &mut [u8]) -> Result<usize, Fault> {
    let (mut at, mut written) = (0, 0);
    while at < body.len() {
        let flags = body[at];
        at += 1;
        for bit in 0..8 {
            if at >= body.len() || written == chunk.len() {
                break;
            }
            if flags >> bit & 1 == 0 {
                chunk[written] = body[at];
                written += 1;
                at += 1;
                continue;
            }
            let Some(word) = body.get(at..at + 2) else {
                return Err(Fault::truncated(OBJECT, (offset + at) as u64, 2, 1));
            };
            let word = usize::from(u16::from_le_bytes([word[0], word[1]]));
            let length_bits = length_bits(written);
            let distance = (word >> length_bits) + 1;
            let length = (word & ((1 << length_bits) - 1)) + 3;
            // The caller may want less than the whole of the last chunk.
            let length =
                if chunk.len() < CHUNK { length.min(chunk.len() - written) } else { length };
            written = copy::repeat(OBJECT, offset + at, chunk, written, distance, length)?;
            at += 2;
        }
        if written == chunk.len() {
            break;
        }
    }
    // One byte may be the flags of a group without elements.
    if chunk.len() == CHUNK && body.len() > at + 1 {
        let expected = format_args!("the end of the chunk after {CHUNK} bytes");
        let found = format_args!("{} more", body.len() - at);
        return Err(Fault::new(OBJECT, (offset + at) as u64, expected, found));
    }
    Ok(written)
}

/// Returns how many bits of a compressed word hold the length, after so many bytes of the chunk.
fn length_bits(written: usize) -> u32 {
    let distance_bits = written.saturating_sub(1).checked_ilog2().map_or(4, |high| high + 1);
    16 - distance_bits.clamp(4, 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of \[MS-XCA\] 3.3.
    #[test]
    fn the_published_example() {
        let input = [
            0x38, 0xB0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xA2,
            0x47, 0x01, 0xA0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xC0,
            0x45, 0x20, 0x05, 0x24, 0x13, 0x88, 0x05, 0xB4, 0x02, 0x4A, 0x44, 0xEF, 0x03, 0x58,
            0x02, 0x8C, 0x09, 0x16, 0x01, 0x48, 0x45, 0x00, 0xBE, 0x00, 0x9E, 0x00, 0x04, 0x01,
            0x18, 0x90, 0x00,
        ];
        let expected = "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E \
                        F# D E F# G F# D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D\0";
        let mut output = [0xAA; 142];
        decompress(&input, &mut output).unwrap();
        assert_eq!(output, expected.as_bytes());
    }

    #[test]
    fn width_of_lengths() {
        // (bytes written, bits): the largest M in 4..=12 with 2^(M-1) < U, or 4.
        for (written, bits) in [
            (0, 12),
            (8, 12),
            (9, 12),
            (16, 12),
            (17, 11),
            (32, 11),
            (33, 10),
            (2048, 5),
            (2049, 4),
            (4095, 4),
        ] {
            assert_eq!(length_bits(written), bits, "{written}");
        }
    }

    #[test]
    fn faults_say_where() {
        let mut output = [0; 4096];
        for (input, message) in [
            (&[0x03, 0x80, 0, 0][..], "LZNT1 chunk at offset 0x0: expected signature 3, found 0"),
            (&[0x03, 0xB0, 0][..], "LZNT1 chunk at offset 0x2: expected 4 bytes, found 1"),
            (
                &[0x02, 0xB0, 0x01, 0x00, 0x00][..],
                "LZNT1 chunk at offset 0x3: expected a match at most 0 bytes back, found 1",
            ),
            (&[0x01, 0xB0, 0x01, 0x00][..], "LZNT1 chunk at offset 0x3: expected 2 bytes, found 1"),
        ] {
            assert_eq!(decompress(input, &mut output).unwrap_err().to_string(), message);
        }
    }
}
