//! What the fuzz targets share: the properties that hold for any input of one kind.

use std::ops::ControlFlow;

use libfuzzer_sys::Corpus;
use staunch_format::volume::{Volume, resolve::resolve};
use staunch_machine::{InventoryError, facts_json, read_inventory};
use staunch_source::{ReadError, Statements, read_document, read_page};

/// Reads a document by a name that one dialect recognises.
///
/// Reading is deterministic, and every statement stands on a line of the document.
pub fn document(name: &str, bytes: &[u8]) -> Corpus {
    let mut statements = Statements::default();
    let result = read_document(name, bytes, &mut statements);
    if matches!(result, Err(ReadError::Unrecognised { .. })) {
        return Corpus::Reject;
    }
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    for record in &statements.records {
        let Some(provenance) = record.provenance() else { continue };
        assert!((1..=lines).contains(&(provenance.line as usize)), "{record:?} of {lines} lines");
    }
    let mut again = Statements::default();
    let second = read_document(name, bytes, &mut again);
    assert_eq!(statements, again);
    assert_eq!(result.is_ok(), second.is_ok());
    Corpus::Keep
}

/// Reads a bulletin page; the first byte chooses the language, the rest is the page.
///
/// Reading is deterministic, and every fact with a line stands on a line of the page.
pub fn page(bytes: &[u8]) -> Corpus {
    const LOCALES: [&str; 16] = [
        "cs-cz", "de-de", "en-us", "es-es", "hu-hu", "it-it", "ja-jp", "ko-kr", "nl-nl", "pl-pl",
        "pt-br", "pt-pt", "ru-ru", "tr-tr", "zh-cn", "zh-tw",
    ];
    let Some((choice, text)) = bytes.split_first() else { return Corpus::Reject };
    let path = format!("{}/ms04-015.md", LOCALES[usize::from(*choice) % LOCALES.len()]);
    let Ok(page) = read_page(&path, text) else { return Corpus::Reject };
    let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
    for line in page.files.iter().map(|file| file.line) {
        assert!((1..=lines).contains(&(line as usize)), "line {line} of {lines}");
    }
    assert_eq!(read_page(&path, text).ok(), Some(page));
    Corpus::Keep
}

/// Reads a workbook; reading is deterministic, and every statement stands on a row.
pub fn workbook(bytes: &[u8]) -> Corpus {
    const ROWS: u32 = 1 << 20;
    let mut statements = Statements::default();
    let result = read_document("BulletinSearch.xlsx", bytes, &mut statements);
    if matches!(result, Err(ReadError::Unrecognised { .. })) {
        return Corpus::Reject;
    }
    for provenance in statements.records.iter().filter_map(|record| record.provenance()) {
        assert!((1..=ROWS).contains(&provenance.line), "{provenance:?}");
    }
    let mut again = Statements::default();
    let second = read_document("BulletinSearch.xlsx", bytes, &mut again);
    assert_eq!(statements, again);
    assert_eq!(result.is_ok(), second.is_ok());
    Corpus::Keep
}

/// Reads an inventory that is in one format, or damaged.
///
/// What was read is written as a facts file that says the same.
pub fn inventory(format: &str, bytes: &[u8]) -> Corpus {
    let inventory = match read_inventory("input", bytes) {
        Ok(inventory) if inventory.format == format => inventory,
        Err(InventoryError::Read { format: found, .. }) if found == format => return Corpus::Keep,
        Err(InventoryError::NoText { .. }) => return Corpus::Keep,
        Ok(_) | Err(_) => return Corpus::Reject,
    };
    let written = facts_json(&inventory.facts, inventory.seen.as_deref());
    let again = read_inventory("written", written.as_bytes()).expect("a facts file is read");
    assert_eq!(again.facts, inventory.facts, "{written}");
    assert_eq!(again.seen, inventory.seen, "{written}");
    Corpus::Keep
}

/// Reads all of a volume that can be read with bounded effort.
pub fn explore(volume: &dyn Volume) {
    let mut folders = vec![(0, volume.root())];
    let mut left = 500;
    while let Some((depth, folder)) = folders.pop() {
        let mut entries = vec![];
        // A fault is a fine answer here; what counts is that there is one.
        let _ = volume.list(folder, &mut |entry| {
            entries.extend(entry);
            if entries.len() < left { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        left -= entries.len().min(left);
        for entry in entries {
            let _ = volume.lookup(folder, &entry.name.to_string());
            let _ = volume.metadata(entry.file);
            if let Ok(content) = volume.open(entry.file, "") {
                let mut bytes = vec![0; content.len().min(70_000) as usize];
                let _ = content.read_at(0, &mut bytes);
                let _ = content.read_at(content.len() - bytes.len() as u64, &mut bytes);
            }
            if entry.is_directory && depth < 8 {
                folders.push((depth + 1, entry.file));
            }
        }
    }
    let _ = resolve(volume, 'C', &["d", "d", "f"]);
}
