//! Pages that end too early: what stood before the end is still read.
//!
//! `STAUNCH_CUT_ONE_IN` sets how many of the pages are cut, `STAUNCH_CUT_STEP` at how many bytes.

use std::sync::Mutex;

use staunch_model::{BulletinPage, PageFile};
use staunch_source::read_page;

use crate::sample::{setting, visit};

#[test]
fn cut_pages_keep_the_rows_before_the_cut() {
    let step = setting("STAUNCH_CUT_STEP", 1024).max(1) as usize;
    let totals = Mutex::new((0_usize, 0_usize, 0_usize));
    let faults = Mutex::new(Vec::new());
    let pages = visit(setting("STAUNCH_CUT_ONE_IN", 160), |name, bytes| {
        let whole = read_page(name, bytes).expect("a page");
        let ends = row_ends(&whole, bytes);
        for at in (step..bytes.len()).step_by(step) {
            let rows = whole.files.iter().zip(&ends).filter(|(_, end)| **end <= at);
            let rows: Vec<&PageFile> = rows.map(|(row, _)| row).collect();
            let lost = lost(name, &bytes[..at], &rows);
            let mut totals = totals.lock().expect("no thread panics with it");
            *totals = (totals.0 + 1, totals.1 + at, totals.2 + rows.len());
            if let Some(lost) = lost {
                faults
                    .lock()
                    .expect("no thread panics with it")
                    .push(format!("{name} cut at {at}: {lost}"));
            }
        }
    });
    let Some(pages) = pages else { return };
    let (cuts, read, rows) = totals.into_inner().expect("no thread panicked");
    println!("{pages} pages, {cuts} cuts, {} MB read, {rows} rows compared", read / 1_000_000);
    let faults = faults.into_inner().expect("no thread panicked");
    assert!(
        faults.is_empty(),
        "{} cuts:\n{}",
        faults.len(),
        faults[..faults.len().min(40)].join("\n")
    );
    assert!(pages >= 15 && rows > 0);
}

/// Returns the first of the rows that the cut page lacks.
fn lost(name: &str, bytes: &[u8], rows: &[&PageFile]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            if read_page(name, bytes).is_ok() {
                return Some("half a character is read".to_owned());
            }
            std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("checked above")
        }
    };
    let cut = match read_page(name, text.as_bytes()) {
        Ok(page) => page,
        Err(error) => return Some(error.to_string()),
    };
    // Rows keep their order, and further ones may stand between: those the cut goes through.
    let mut found = cut.files.iter();
    let lost = rows.iter().find(|row| !found.any(|file| file == **row))?;
    let near: Vec<_> = cut.files.iter().filter(|file| file.line == lost.line).collect();
    Some(format!("{lost:?} is lost; there is {near:?}"))
}

/// Returns the byte after which each row is complete: the end of its line, or of its HTML row.
fn row_ends(page: &BulletinPage, bytes: &[u8]) -> Vec<usize> {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1))
        .collect();
    let end = |line: usize| {
        let (from, to) = (starts[line - 1], starts.get(line).copied().unwrap_or(bytes.len()));
        let is_html = bytes[from..to].windows(3).any(|text| text == b"<tr");
        let close = bytes[from..].windows(5).position(|text| text == b"</tr>");
        if is_html { close.map_or(bytes.len(), |at| (from + at + 5).max(to)) } else { to }
    };
    page.files.iter().map(|file| end(file.line as usize)).collect()
}
