//! The sheet of a workbook of the bulletin search, in a package whose other parts are sound, or a
//! whole package.

#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::{Corpus, fuzz_target};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const WORKBOOK: &[u8] = br#"<workbook xmlns:r="r"><sheets><sheet r:id="s"/></sheets></workbook>"#;
const RELATIONSHIPS: &[u8] = br#"<Relationships><Relationship Id="s" Target="sheet.xml"/><Relationship Id="t" Type="/sharedStrings" Target="texts.xml"/></Relationships>"#;
const TEXTS: &[u8] = b"<sst><si><t>MS08-010</t></si><si><t>Windows XP</t></si></sst>";

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if bytes.starts_with(b"PK") {
        return staunch_fuzz::workbook(bytes);
    }
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONSHIPS),
        ("xl/texts.xml", TEXTS),
        ("xl/sheet.xml", bytes),
    ] {
        package.start_file(name, SimpleFileOptions::default()).expect("a part");
        package.write_all(content).expect("room for the part");
    }
    staunch_fuzz::workbook(package.finish().expect("a package").get_ref())
});
