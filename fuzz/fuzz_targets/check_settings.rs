//! What the checks of settings parse themselves: permissions of shares, the audit policy and the
//! configuration files of IIS.
//!
//! The first byte chooses the system and which of them the rest is.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus { staunch_fuzz::settings(bytes) });
