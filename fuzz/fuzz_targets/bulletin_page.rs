//! Bulletin pages in any language and layout.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus { staunch_fuzz::page(bytes) });
