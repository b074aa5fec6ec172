//! The published JSON forms: exactly the serialised vocabulary.

use std::io::{self, Write};

use serde::Serialize;

/// Writes one document indented; several as an array with one document on each line, so that
/// tools for lines can cut it; none as an empty array.
pub(crate) fn write<T: Serialize>(out: &mut dyn Write, documents: &[T]) -> io::Result<()> {
    if let [document] = documents {
        serde_json::to_writer_pretty(&mut *out, document)?;
        return out.write_all(b"\n");
    }
    out.write_all(b"[")?;
    for (at, document) in documents.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, document)?;
    }
    out.write_all(if documents.is_empty() { b"]\n" } else { b"\n]\n" })
}
