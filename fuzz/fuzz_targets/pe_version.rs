//! Version resources of executables.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::pe;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(executable) = pe::read(&bytes) else { return Corpus::Reject };
    for version in &executable.versions {
        // Texts never hold more than the resources do.
        let strings = version.tables.iter().flat_map(|table| &table.strings);
        let length: usize = strings.map(|(name, value)| name.len() + value.len()).sum();
        assert!(length <= 3 * bytes.len(), "{length} bytes of text");
    }
    Corpus::Keep
});
