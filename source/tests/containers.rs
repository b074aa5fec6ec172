//! Files, folders and archives, well-meant and hostile.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use staunch_source::{
    Counts, Document, Progress, ReadError, Statements, documents, read_document, read_path,
};
use tempfile::TempDir;

const TABLE: &str = "DatePosted,CVE,BulletinKB,Title,AffectedProduct,AffectedComponent,Severity,Impact,Supersedes\n20190312,CVE-2019-0808,4489878,T,Windows 7,,Low,Spoofing,\n";

fn month(id: &str) -> String {
    format!(
        "<cvrfdoc><DocumentTracking><Identification><ID>{id}</ID></Identification></DocumentTracking></cvrfdoc>"
    )
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn place(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, bytes).expect("a file");
    path
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        // The builder refuses hostile names, so that they are written past it.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        tar.append(&header, *bytes).expect("an entry");
    }
    tar.into_inner().expect("an archive")
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("compressed bytes")
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// Reads a path and returns the names of what was read and of what was passed over.
fn read(path: &Path) -> Result<(Counts, Vec<String>, Vec<String>), ReadError> {
    let (mut read, mut skipped) = (Vec::new(), Vec::new());
    let counts = read_path(path, &mut Statements::default(), &mut |progress| match progress {
        Progress::Read { document, .. } => read.push((*document).to_owned()),
        Progress::Skipped { document } => skipped.push((*document).to_owned()),
        Progress::Reading { .. } => {}
    })?;
    Ok((counts, read, skipped))
}

/// Returns the whole chain of an error's messages.
fn refusal(path: &Path) -> String {
    let error = read(path).expect_err("an unreadable path");
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    let mut messages = Vec::new();
    while let Some(error) = source {
        messages.push(error.to_string());
        source = error.source();
    }
    messages.join(": ")
}

#[test]
fn every_container_gives_the_same_documents() {
    let folder = folder();
    let month = month("2019-Mar");
    let files: [(&str, &[u8]); 3] = [
        ("a/CVEs_20260628.csv", TABLE.as_bytes()),
        ("a/read-me.txt", b"text"),
        ("m.xml", month.as_bytes()),
    ];
    for (name, bytes) in files {
        place(&folder, &format!("plain/{name}"), bytes);
    }
    let paths = [
        folder.path().join("plain"),
        place(&folder, "x.zip", &zip(&files)),
        place(&folder, "x.tar", &tar(&files)),
        place(&folder, "x.tar.zst", &zst(&tar(&files))),
    ];
    for path in paths {
        let (counts, read, skipped) = read(&path).expect("a readable path");
        assert_eq!(
            (counts.documents, counts.skipped, counts.rows),
            (2, 1, 1),
            "{}",
            path.display()
        );
        assert_eq!(read, ["a/CVEs_20260628.csv", "m.xml"]);
        assert_eq!(skipped, ["a/read-me.txt"]);
    }
    let single = place(&folder, "m.xml.zst", &zst(month.as_bytes()));
    assert_eq!(read(&single).expect("a readable path").1, ["m.xml"]);
}

#[test]
fn a_folder_is_read_in_the_order_of_names_with_its_archives() {
    let folder = folder();
    place(&folder, "c.xml", month("c").as_bytes());
    place(&folder, "b/d.xml", month("d").as_bytes());
    place(&folder, "a.zip", &zip(&[("z.xml", month("z").as_bytes())]));
    assert_eq!(read(folder.path()).expect("a readable folder").1, ["z.xml", "b/d.xml", "c.xml"]);
}

#[test]
fn held_documents_can_be_read_later() {
    let folder = folder();
    let path = place(&folder, "x.zip", &zip(&[("m.xml", month("2019-Mar").as_bytes())]));
    let mut held = Vec::new();
    documents(&path, &mut |mut document: Document<'_>| {
        held.push((document.name().to_owned(), document.hold()?));
        Ok(())
    })
    .expect("a readable archive");
    let [(name, bytes)] = held.as_slice() else { panic!("one document: {held:?}") };
    let mut statements = Statements::default();
    assert_eq!(
        read_document(name, bytes, &mut statements).map(|counts| counts.documents).ok(),
        Some(1)
    );
}

#[test]
fn a_workbook_is_one_document_by_itself_and_within_an_archive() {
    let workbook =
        include_bytes!("../../fixtures/source/bulletin-search/input/BulletinSearch2001-2008.xlsx");
    let folder = folder();
    place(&folder, "both/a.xlsx", workbook);
    let path = place(&folder, "both/b.zip", &zip(&[("inner/b.xlsx", workbook)]));
    let path = path.parent().expect("a folder");
    let (counts, read, skipped) = read(path).expect("two workbooks");
    assert_eq!((counts.documents, counts.rows, skipped.len()), (2, 6, 0));
    assert_eq!(read, ["a.xlsx", "inner/b.xlsx"]);
}

#[test]
fn what_is_no_publication_is_refused_with_what_was_found() {
    let folder = folder();
    let expected = "no dialect recognises it: expected an XML document with the root element cvrfdoc or an XML document with the root element BulletinDatastore or a workbook (.xlsx) with the columns Bulletin Id, Affected Product and so on or a TOML document that begins with the table [lifecycle] or a table with the columns DatePosted, CVE, BulletinKB and so on or a security bulletin page in Markdown, found";
    let cases: [(&str, &[u8], &str); 4] = [
        ("empty.xml", b"", "an empty document"),
        (
            "x.bin",
            b"\x7fELF\x02\x01\x01\x00\x00",
            "binary data that begins with 7f 45 4c 46 02 01 01 00",
        ),
        ("feed.xml", b"<rss version=\"2\">", "text that begins with \"<rss version=\\\"2\\\">\""),
        ("utf16.csv", b"\xFF\xFEa\0,\0b\0", "text that begins with \"a,b\""),
    ];
    for (name, bytes, found) in cases {
        let path = place(&folder, name, bytes);
        assert_eq!(refusal(&path), format!("{name}: {expected} {found}"));
    }
    let path = place(&folder, "none/deeper/still.zip", &zip(&[]));
    assert!(
        refusal(path.parent().expect("a folder"))
            .ends_with("expected at least one publication, found none")
    );
    let absent = folder.path().join("absent");
    assert!(refusal(&absent).contains("absent: cannot be opened"));
}

#[test]
fn names_in_archives_are_labels_only() {
    let folder = folder();
    let month = month("2019-Mar");
    let names = ["../../escape.xml", "/etc/escape.xml", "C:\\escape.xml", "a\n\u{1b}[31m.xml"];
    let files: Vec<_> = names.iter().map(|name| (*name, month.as_bytes())).collect();
    let path = place(&folder, "in/x.tar.zst", &zst(&tar(&files)));
    let (_, read, _) = read(&path).expect("a readable archive");
    assert_eq!(
        read,
        ["../../escape.xml", "/etc/escape.xml", "C:\\escape.xml", "a\u{fffd}\u{fffd}[31m.xml"]
    );
    let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn damaged_archives_are_refused() {
    let folder = folder();
    let mut noise = 1_u32;
    let text: String = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("<!-- {noise} -->")
    })
    .take(50_000)
    .collect();
    let month = month("2019-Mar").replace("</cvrfdoc>", &format!("{text}</cvrfdoc>"));
    let zst = zst(&tar(&[("m.xml", month.as_bytes())]));
    let path = place(&folder, "cut.tar.zst", &zst[..zst.len() / 2]);
    assert!(refusal(&path).starts_with("m.xml, line 1: reading failed"), "{}", refusal(&path));
    let zip = zip(&[("m.xml", month.as_bytes())]);
    let path = place(&folder, "cut.zip", &zip[..zip.len() / 2]);
    assert!(refusal(&path).starts_with("cut.zip: damaged archive"), "{}", refusal(&path));
    let whole = tar(&[("CVEs.csv", TABLE.as_bytes()), ("m.xml", month.as_bytes())]);
    let path = place(&folder, "cut.tar", &whole[..whole.len() - 100_000]);
    assert!(read(&path).is_err());
}

#[test]
fn bombs_are_stopped_by_their_ratio() {
    let folder = folder();
    let bomb = [month("2019-Mar").into_bytes(), vec![b' '; 64 << 20]].concat();
    let expected = "expected at most 500 bytes out of each compressed byte, found more";
    for (name, bytes) in [
        ("bomb.zip", zip(&[("m.xml", &bomb)])),
        ("bomb.xml.zst", zst(&bomb)),
        ("bomb.tar.zst", zst(&tar(&[("m.xml", &bomb)]))),
    ] {
        let message = refusal(&place(&folder, name, &bytes));
        assert!(message.ends_with(expected), "{name}: {message}");
    }
}

#[test]
fn a_line_without_end_is_stopped_within_bounded_memory() {
    let endless = |head: &'static str| head.as_bytes().chain(std::io::repeat(b'a').take(1 << 30));
    let read = |name, input: &mut dyn std::io::BufRead| {
        Document::new(name, None, input)
            .and_then(|mut document| document.read(&mut Statements::default()))
            .expect_err("an unreadable document")
            .to_string()
    };
    let mut table = std::io::BufReader::new(endless(TABLE));
    assert_eq!(
        read("t.csv", &mut table),
        "t.csv, line 3: expected a row of at most 1048576 bytes, found more"
    );
    let mut month = std::io::BufReader::new(endless("<cvrfdoc>\n<DocumentTitle>"));
    assert_eq!(
        read("m.xml", &mut month),
        "m.xml, line 2: expected a document of at most 134217728 bytes, found more"
    );
}
