//! Compressed chunks: the first byte chooses the method, the next two the length when plain.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::codec::{lznt1, lzx, xpress_huffman};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(([method, low, high], input)) = bytes.split_first_chunk() else {
        return Corpus::Reject;
    };
    let mut output = vec![0; usize::from(u16::from_le_bytes([*low, *high])) + 1];
    let done = match method % 3 {
        0 => lznt1::decompress(input, &mut output),
        1 => xpress_huffman::decompress(input, &mut output),
        _ => lzx::decompress(input, &mut output),
    };
    if done.is_ok() { Corpus::Keep } else { Corpus::Reject }
});
