//! Catalog files: a whole small catalog with some of its bytes changed, and arbitrary files that
//! begin like one. Whatever is asked of it, an answer or an error comes back.
//!
//! An input that does not begin like a file of SQLite is a list of changes of three bytes: where,
//! as a share of the file, and the new value.

#![no_main]

use std::fs;
use std::io::{Seek, Write};
use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use staunch_catalog::{Builder, Catalog, CatalogError};
use staunch_model::KbNumber;
use staunch_source::{Statements, read_document};
use tempfile::{NamedTempFile, tempdir};

/// The one file that every input is written to.
static FILE: LazyLock<Mutex<NamedTempFile>> =
    LazyLock::new(|| Mutex::new(NamedTempFile::new().expect("a temporary file")));

/// A sound catalog with a few facts.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut statements = Statements::default();
    let document = include_bytes!("../corpus/cvrf/one-vulnerability");
    read_document("2024-Jan.xml", document, &mut statements).expect("a sound document");
    let mut builder = Builder::new();
    statements.records.into_iter().for_each(|record| builder.push(record));
    statements.warnings.iter().for_each(|warning| builder.warn(warning));
    let folder = tempdir().expect("a temporary folder");
    let path = folder.path().join("catalog.sqlite");
    builder.write(&path).expect("a written catalog");
    fs::read(&path).expect("the written catalog")
});

fuzz_target!(|bytes: &[u8]| {
    let image = if bytes.starts_with(b"SQLite format 3") { bytes.to_vec() } else { changed(bytes) };
    let mut file = FILE.lock().expect("one thread");
    file.rewind().expect("the start of the file");
    file.write_all(&image).expect("room for the input");
    file.as_file().set_len(image.len() as u64).expect("the length of the input");
    if let Ok(catalog) = Catalog::open(file.path()) {
        // An error ends the questions: it is one of the right answers.
        let _ = ask(&catalog);
    }
});

fn changed(changes: &[u8]) -> Vec<u8> {
    let mut image = SOUND.clone();
    for change in changes.chunks_exact(3) {
        let share = usize::from(u16::from_le_bytes([change[0], change[1]]));
        let at = share * image.len() / (usize::from(u16::MAX) + 1);
        image[at] = change[2];
    }
    image
}

fn ask(catalog: &Catalog) -> Result<(), CatalogError> {
    let kb = KbNumber::new(5_034_122).expect("a number");
    let systems = catalog.operating_systems()?;
    let mut updates = catalog.updates_for(&systems)?;
    updates.extend(catalog.updates_of_kb(kb)?);
    for update in &updates {
        catalog.publications(update.origin)?;
    }
    catalog.vulnerability("CVE-2024-10001".parse().expect("an identifier"))?;
    catalog.search("example", 10)?;
    catalog.stats()?;
    catalog.unmapped()?;
    catalog.export(&mut std::io::sink())
}
