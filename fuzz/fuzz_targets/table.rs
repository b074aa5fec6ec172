//! The table of vulnerabilities, updates and products.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus { staunch_fuzz::document("CVEs_20240131.csv", bytes) });
