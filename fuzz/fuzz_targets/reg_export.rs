//! Exports of the registry, and what the collector for Windows NT 4.0 writes.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus { staunch_fuzz::inventory("registry export", bytes) });
