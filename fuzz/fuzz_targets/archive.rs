//! Archives of publications, read in place: zip, tar, zstd and tar within zstd.

#![no_main]

use std::io::{Seek, Write};
use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_source::{ReadError, Statements, read_path};
use tempfile::NamedTempFile;

/// The one file that every input is written to.
static FILE: LazyLock<Mutex<NamedTempFile>> =
    LazyLock::new(|| Mutex::new(NamedTempFile::new().expect("a temporary file")));

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let mut file = FILE.lock().expect("one thread");
    file.rewind().expect("the start of the file");
    file.write_all(bytes).expect("room for the input");
    file.as_file().set_len(bytes.len() as u64).expect("the length of the input");
    let mut statements = Statements::default();
    match read_path(file.path(), &mut statements, &mut |_| {}) {
        Err(ReadError::Unrecognised { .. } | ReadError::NoPublication { .. }) => Corpus::Reject,
        _ => Corpus::Keep,
    }
});
