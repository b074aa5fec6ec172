//! Registry hives: whatever the bytes, all that can be read is read, in bounded time, and a hive
//! that is sound is written again as the same.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::hive::{Hive, Tree, Visit};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(hive) = Hive::new(bytes) else { return Corpus::Reject };
    let _ = hive.faults().count();
    let mut visits = 0;
    for visit in hive.walk() {
        visits += 1;
        match visit {
            Ok(Visit::Key(key)) => {
                let _ = (key.class(), key.security(), key.name().to_string());
            }
            Ok(Visit::Value(value)) => {
                let _ = (value.data(), value.text(), value.texts(), value.name().to_string());
            }
            Err(_) => {}
        }
    }
    assert!(visits <= bytes.len(), "{visits} visits of {} bytes", bytes.len());
    if let Ok(tree) = Tree::load(&hive) {
        let Ok(written) = tree.to_bytes() else { return Corpus::Keep };
        let again = Hive::new(&written).and_then(|hive| Tree::load(&hive));
        assert_eq!(again.as_ref().map(Tree::root), Ok(tree.root()));
    }
    Corpus::Keep
});
