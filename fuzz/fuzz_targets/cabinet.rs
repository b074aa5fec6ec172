//! Headers of cabinets.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::cabinet::CabinetHeader;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(header) = CabinetHeader::read(&bytes) else { return Corpus::Reject };
    assert!(u64::from(header.size) <= bytes.len() as u64);
    Corpus::Keep
});
