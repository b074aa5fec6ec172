//! Whatever the bytes, a dialect answers with counts or with an error.

use proptest::prelude::*;
use staunch_model::Record;
use staunch_source::{Statements, read_document};

const MONTH: &[u8] = include_bytes!("../../fixtures/source/month/input/2019-Mar.xml");
const ROWS: &[u8] = include_bytes!("../../fixtures/source/rows/input/CVEs_20260628.csv");
const WORKBOOK: &[u8] =
    include_bytes!("../../fixtures/source/bulletin-search/input/BulletinSearch.xlsx");

fn read(name: &str, bytes: &[u8]) {
    let mut statements = Statements::default();
    if let Ok(counts) = read_document(name, bytes, &mut statements) {
        assert_eq!(counts.records, statements.records.len() as u64);
        assert_eq!(counts.warnings, statements.warnings.len() as u64);
    }
}

fn without_line(record: &Record) -> Record {
    let mut record = record.clone();
    if let Record::Fix(fix) = &mut record {
        fix.provenance.line = 0;
    }
    record
}

/// Overwrites, cuts out and repeats parts of a document.
fn changed(document: &[u8], changes: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = document.to_vec();
    for (at, length, new) in changes {
        let start = at % (bytes.len() + 1);
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, new.iter().copied());
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(usize, usize, Vec<u8>)>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..8),
        prop::sample::select(vec![
            "<",
            "/>",
            "\"",
            "&#0;",
            "]]>",
            "<![CDATA[",
            "\n",
            "#",
            ",",
            "é"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop::collection::vec((any::<usize>(), 0..40_usize, piece), 1..6)
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read("x", &bytes);
        read("m.xml", &[b"<cvrfdoc>".as_slice(), &bytes].concat());
        let database = b"<BulletinDatastore DataVersion=\"1\">".as_slice();
        read("s.xml", &[database, &bytes].concat());
        read("b.xlsx", &[b"PK\x03\x04".as_slice(), &bytes].concat());
        let header = ROWS.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        read("t.csv", &[header, &bytes].concat());
    }

    #[test]
    fn a_changed_month_never_panics(changes in changes()) {
        read("m.xml", &changed(MONTH, &changes));
    }

    #[test]
    fn a_changed_workbook_never_panics(changes in changes()) {
        read("b.xlsx", &changed(WORKBOOK, &changes));
    }

    #[test]
    fn a_changed_table_never_panics(changes in changes()) {
        read("t.csv", &changed(ROWS, &changes));
    }

    #[test]
    fn a_cut_table_says_nothing_that_the_whole_does_not(at in 0..ROWS.len()) {
        let (mut part, mut whole) = (Statements::default(), Statements::default());
        read_document("t.csv", ROWS, &mut whole).expect("the whole table");
        if read_document("t.csv", &ROWS[..at], &mut part).is_ok() {
            // A repeated row that is cut in a cell that is not read no longer looks repeated.
            let whole: Vec<_> = whole.records.iter().map(without_line).collect();
            for record in &part.records {
                prop_assert!(whole.contains(&without_line(record)), "{record:?}");
            }
        }
    }

    #[test]
    fn a_cut_month_is_always_an_error(at in 0..MONTH.len() - 2) {
        prop_assert!(read_document("m.xml", &MONTH[..at], &mut Statements::default()).is_err());
    }
}
