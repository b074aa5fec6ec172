//! What the fuzz targets share: the properties that hold for any input of one kind.

use libfuzzer_sys::Corpus;
use staunch_machine::{InventoryError, facts_json, read_inventory};
use staunch_model::Record;
use staunch_source::{ReadError, Statements, read_document};

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
        let provenance = match record {
            Record::Publication(_) => continue,
            Record::Vulnerability(vulnerability) => &vulnerability.provenance,
            Record::Fix(fix) => &fix.provenance,
        };
        assert!((1..=lines).contains(&(provenance.line as usize)), "{record:?} of {lines} lines");
    }
    let mut again = Statements::default();
    let second = read_document(name, bytes, &mut again);
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
    let written = facts_json(&inventory.facts);
    let again = read_inventory("written", written.as_bytes()).expect("a facts file is read");
    assert_eq!(again.facts, inventory.facts, "{written}");
    Corpus::Keep
}
