//! NTFS volumes: folders, streams, links, compressed and overlay files.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::ntfs::Ntfs;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match Ntfs::open(bytes) {
        Ok(volume) => {
            staunch_fuzz::explore(&volume);
            Corpus::Keep
        }
        Err(_) => Corpus::Reject,
    }
});
