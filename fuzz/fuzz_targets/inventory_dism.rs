//! The output of `dism /online /get-packages`.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus { staunch_fuzz::inventory("dism /get-packages", bytes) });
