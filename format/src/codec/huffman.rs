use crate::Fault;

/// Bits of the longest code.
const LONGEST: usize = 16;
/// Bits that are looked up at once; longer codes take a second step.
const FAST: u32 = 10;

/// A canonical Huffman code, read from the highest bit on.
pub(super) struct Huffman {
    /// Symbol and length of the code that the next [`FAST`] bits begin with; length 0: longer.
    fast: Vec<(u16, u8)>,
    /// First code of each length.
    first: [u32; LONGEST + 1],
    /// Number of codes of each length.
    count: [u32; LONGEST + 1],
    /// Place of the first code of each length in `symbols`.
    start: [u32; LONGEST + 1],
    /// Symbols by length and value.
    symbols: Vec<u16>,
}

impl Huffman {
    /// Makes the code from the length of each symbol in bits; 0 means that it does not occur.
    ///
    /// A code may leave bit patterns unassigned; they are refused when they are met.
    pub(super) fn new(object: &'static str, offset: usize, lengths: &[u8]) -> Result<Self, Fault> {
        let mut count = [0; LONGEST + 1];
        for &length in lengths {
            count[usize::from(length)] += 1;
        }
        count[0] = 0;
        let mut first = [0; LONGEST + 1];
        let mut start = [0; LONGEST + 1];
        let mut code = 0_u32;
        for length in 1..=LONGEST {
            code = (code + count[length - 1]) << 1;
            first[length] = code;
            start[length] = start[length - 1] + count[length - 1];
            if code + count[length] > 1 << length {
                let found = format_args!("{} codes of {length} bits too many", {
                    code + count[length] - (1 << length)
                });
                return Err(Fault::new(object, offset as u64, "a prefix code", found));
            }
        }
        let mut symbols = vec![0; lengths.len()];
        let mut fast = vec![(0, 0); 1 << FAST];
        let mut next = start;
        for (symbol, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let length = usize::from(length);
            let code = first[length] + next[length] - start[length];
            // Alphabets have at most 512 symbols.
            symbols[next[length] as usize] = symbol as u16;
            next[length] += 1;
            if length as u32 <= FAST {
                let low = FAST - length as u32;
                let from = (code << low) as usize;
                fast[from..from + (1 << low)].fill((symbol as u16, length as u8));
            }
        }
        Ok(Self { fast, first, count, start, symbols })
    }

    /// Returns the symbol and the length of the code that 16 bits begin with, if it is assigned.
    pub(super) fn decode(&self, bits: u16) -> Option<(u16, u32)> {
        let bits = u32::from(bits);
        let (symbol, length) = self.fast[(bits >> (16 - FAST)) as usize];
        if length > 0 {
            return Some((symbol, u32::from(length)));
        }
        (FAST as usize + 1..=LONGEST).find_map(|length| {
            let place = (bits >> (LONGEST - length)).checked_sub(self.first[length])?;
            let at = self.start[length] + place;
            (place < self.count[length]).then(|| (self.symbols[at as usize], length as u32))
        })
    }
}
