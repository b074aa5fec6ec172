//! Where documents lie: files, folders and archives. Archives are read in place; nothing is
//! written, and the names inside them never become paths.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use crate::bounded::{Compressed, DOCUMENT_LIMIT, Expanded, Meter};
use crate::document::label;
use crate::{Document, ReadError};

/// Bytes of a file or stream from which its kind is told: one block of a tar archive.
const HEAD_LENGTH: u64 = 512;
/// Bytes that all headers before one file of a tar archive may take.
const HEADERS_LIMIT: u64 = 1 << 20;
/// Base-two logarithm of the largest window of a zstd frame: 128 MiB.
const WINDOW_LOG_LIMIT: u32 = 27;
const BUFFER_LENGTH: usize = 256 << 10;
/// Part that tells a workbook, which is one document, from an archive of documents.
const WORKBOOK_PART: &str = "xl/workbook.xml";

type Visit<'v> = dyn FnMut(Document<'_>) -> Result<(), ReadError> + 'v;

/// Calls `visit` for each document of a path, in order: a plain file; a folder with all below it,
/// sorted by name; a `.tar`, `.tar.zst`, `.zst` or `.zip` archive, told by content. A workbook is a
/// document, though it is a zip archive.
///
/// A document can be read only within the call. Links to folders are not followed.
///
/// # Errors
///
/// [`ReadError::Open`] and [`ReadError::Archive`] for the path itself; whatever `visit` returns.
pub fn documents(
    path: &Path,
    visit: &mut dyn FnMut(Document<'_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let metadata = fs::metadata(path).map_err(|error| cannot_open(path, error))?;
    if metadata.is_dir() {
        return folder(path, "", visit);
    }
    file(path, &file_name(path), visit)
}

fn folder(path: &Path, prefix: &str, visit: &mut Visit<'_>) -> Result<(), ReadError> {
    let mut entries = fs::read_dir(path)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| cannot_open(path, error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = format!("{prefix}{}", file_name(&path));
        let kind = entry.file_type().map_err(|error| cannot_open(&path, error))?;
        if kind.is_dir() {
            folder(&path, &format!("{name}/"), visit)?;
        } else if kind.is_file() || path.is_file() {
            file(&path, &name, visit)?;
        }
    }
    Ok(())
}

fn file(path: &Path, name: &str, visit: &mut Visit<'_>) -> Result<(), ReadError> {
    let mut file = File::open(path).map_err(|error| cannot_open(path, error))?;
    let size = file.metadata().map(|metadata| metadata.len()).ok();
    let head = head(&mut file).map_err(|error| cannot_open(path, error))?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return zip(name, file, size.unwrap_or(0), visit);
    }
    let meter = Meter::new(0);
    let input = Compressed(Cursor::new(head.clone()).chain(file), &meter);
    if !head.starts_with(b"\x28\xB5\x2F\xFD") {
        return stream(name, size, Expanded(input, &meter), &meter, visit);
    }
    let damaged = |error: io::Error| damaged(name, error);
    let mut decoder = zstd::Decoder::new(input).map_err(damaged)?;
    decoder.window_log_max(WINDOW_LOG_LIMIT).map_err(damaged)?;
    let inner = name.strip_suffix(".zst").unwrap_or(name);
    stream(inner, None, Expanded(decoder, &meter), &meter, visit)
}

/// Reads a tar archive or a single document, told by content.
fn stream(
    name: &str,
    size: Option<u64>,
    mut input: impl Read,
    meter: &Meter,
    visit: &mut Visit<'_>,
) -> Result<(), ReadError> {
    let head = head(&mut input).map_err(|error| damaged(name, error))?;
    let is_tar = head.get(257..262) == Some(b"ustar");
    let input = Cursor::new(head).chain(input);
    if is_tar {
        return tar(name, input, meter, visit);
    }
    let mut input = BufReader::with_capacity(BUFFER_LENGTH, input);
    visit(Document::new(name, size, &mut input)?)
}

fn tar(
    archive: &str,
    input: impl Read,
    meter: &Meter,
    visit: &mut Visit<'_>,
) -> Result<(), ReadError> {
    let mut tar = tar::Archive::new(BufReader::with_capacity(BUFFER_LENGTH, input));
    let mut entries = tar.entries().map_err(|error| damaged(archive, error))?;
    loop {
        meter.allow(HEADERS_LIMIT);
        let Some(entry) = entries.next() else { return Ok(()) };
        let entry = entry.map_err(|error| damaged(archive, error))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        meter.allow(DOCUMENT_LIMIT);
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = Some(entry.size());
        let mut input = BufReader::with_capacity(BUFFER_LENGTH, entry);
        visit(Document::new(&name, size, &mut input)?)?;
        io::copy(&mut input, &mut io::sink()).map_err(|error| damaged(archive, error))?;
    }
}

fn zip(archive: &str, mut file: File, size: u64, visit: &mut Visit<'_>) -> Result<(), ReadError> {
    let meter = Meter::new(size);
    file.rewind().map_err(|error| damaged(archive, error))?;
    let input = BufReader::with_capacity(BUFFER_LENGTH, file);
    let mut zip = zip::ZipArchive::new(input).map_err(|error| damaged(archive, error))?;
    if zip.index_for_name(WORKBOOK_PART).is_some() {
        let mut input = zip.into_inner();
        input.rewind().map_err(|error| damaged(archive, error))?;
        return visit(Document::new(archive, Some(size), &mut input)?);
    }
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|error| damaged(archive, error))?;
        if !entry.is_file() {
            continue;
        }
        meter.allow(DOCUMENT_LIMIT);
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let size = Some(entry.size());
        let mut input = BufReader::with_capacity(BUFFER_LENGTH, Expanded(entry, &meter));
        visit(Document::new(&name, size, &mut input)?)?;
    }
    Ok(())
}

fn head(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_LENGTH).read_to_end(&mut head)?;
    Ok(head)
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    label(&name.to_string_lossy())
}

fn cannot_open(path: &Path, source: io::Error) -> ReadError {
    ReadError::Open { path: path.to_owned(), source }
}

fn damaged(
    archive: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ReadError {
    ReadError::Archive { archive: label(archive), source: source.into() }
}
