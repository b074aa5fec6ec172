//! Transaction logs: two of them, of which the first ends where its length says, for a hive whose
//! last write did not end.
//!
//! An input is the length of the first log in two bytes, and the logs. The hashes of entries and
//! the checksums of base blocks are the input's own.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use staunch_format::hive::{Hive, Tree, Version, replay};

/// 2004-10-12 00:00 UTC, the time in the hive and in the logs of the corpus.
const TIME: u64 = 127_420_128_000_000_000;

/// A small hive with the sequence numbers 8 and 7.
static DIRTY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut tree = Tree::new(Version::V1_5, TIME);
    tree.root_mut().create("Microsoft").set_text("State", "before");
    let mut bytes = tree.to_bytes().expect("a hive that fits");
    bytes[4] = 8;
    bytes[8] = 7;
    let words = bytes[..508].as_chunks::<4>().0;
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    bytes[508..512].copy_from_slice(&sum.to_le_bytes());
    bytes
});

fuzz_target!(|bytes: &[u8]| {
    let Some((length, logs)) = bytes.split_first_chunk() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(logs.len());
    let (first, second) = logs.split_at(length);
    let (recovered, report) = replay(&DIRTY, &[first, second]).expect("a sound base block");
    assert!(recovered.len() <= DIRTY.len() + bytes.len() + (1 << 20));
    let hive = Hive::new(&recovered).expect("a sound base block");
    assert_eq!(hive.is_dirty(), report.is_incomplete());
    let _ = hive.walk().count();
});
