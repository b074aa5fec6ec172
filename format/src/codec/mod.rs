//! Decompression of what NTFS stores compressed: whole chunks, into buffers of a known length.
//!
//! Offsets in faults count from the beginning of the compressed chunk.

mod copy;
mod huffman;
pub mod lznt1;
pub mod lzx;
pub mod xpress_huffman;
