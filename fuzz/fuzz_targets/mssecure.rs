//! The database of HFNetChk: bulletins, patches and what they change.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus { staunch_fuzz::document("mssecure.xml", bytes) });
