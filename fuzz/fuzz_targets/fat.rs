//! FAT volumes: folders, long names, chains of clusters.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::fat::{CodePage, Fat};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match Fat::open(bytes, CodePage::Cp932) {
        Ok(volume) => {
            staunch_fuzz::explore(&volume);
            Corpus::Keep
        }
        Err(_) => Corpus::Reject,
    }
});
