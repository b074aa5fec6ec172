use staunch_model::{Fix, FixKind, Record};

use crate::{Counts, ReadError, Statements, read_document};

const HEADER: &str = "\"DatePosted\",\"CVE\",\"BulletinKB\",\"Title\",\"AffectedProduct\",\"AffectedComponent\",\"Severity\",\"Impact\",\"Supersedes\",\"Exploits\"\r\n";

fn read(rows: &str) -> Result<(Counts, Statements), ReadError> {
    let mut statements = Statements::default();
    let text = format!("{HEADER}{rows}");
    let counts = read_document("x/CVEs_20260628.csv", text.as_bytes(), &mut statements)?;
    Ok((counts, statements))
}

fn fixes(statements: &Statements) -> Vec<&Fix> {
    let mut fixes = Vec::new();
    for record in &statements.records {
        if let Record::Fix(fix) = record {
            fixes.push(fix);
        }
    }
    fixes
}

/// Returns the codes of the warnings, with the number of fixes, for one row of cells.
fn one(cells: [&str; 9]) -> (usize, Vec<&'static str>) {
    let row: Vec<_> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
    let (_, statements) = read(&format!("{},\r\n", row.join(","))).expect("a readable table");
    let codes = statements.warnings.iter().map(|warning| warning.code.as_str()).collect();
    (fixes(&statements).len(), codes)
}

#[test]
fn a_row_is_one_fix() {
    let row = "\"20170314\",\"cve-2017-0022\",\"3216916\",\"MS17-022: Security, Update\",\"Windows Vista Service Pack 2\",\"XML Core 3.0\",\"Important\",\"Remote code execution\",\"3146963;3146964\",\r\n";
    let (counts, statements) = read(row).expect("a readable table");
    assert_eq!((counts.rows, counts.superseding, counts.records), (1, 1, 2));
    let Record::Publication(publication) = &statements.records[0] else {
        panic!("the publication first: {statements:?}");
    };
    assert_eq!(publication.id.as_str(), "table/CVEs_20260628.csv");
    assert_eq!(publication.released.map(|day| day.to_string()).as_deref(), Some("2026-06-28"));
    let fix = fixes(&statements)[0];
    assert_eq!(fix.vulnerability.map(|id| id.to_string()).as_deref(), Some("CVE-2017-0022"));
    assert_eq!(fix.kind, FixKind::Update("KB3216916".parse().expect("a number")));
    assert_eq!(&*fix.product.name, "Windows Vista Service Pack 2");
    assert_eq!(fix.product.component.as_deref(), Some("XML Core 3.0"));
    assert_eq!(fix.impact, Some(staunch_model::Impact::RemoteCodeExecution));
    assert_eq!(fix.supersedes.len(), 2);
    assert_eq!(fix.bulletin.map(|id| id.to_string()).as_deref(), Some("MS17-022"));
    assert_eq!(fix.posted.map(|day| day.to_string()).as_deref(), Some("2017-03-14"));
    assert_eq!(fix.provenance.line, 2);
    assert_eq!(statements.warnings, vec![]);
}

#[test]
fn each_kind_of_dirt_has_its_code_and_keeps_the_row() {
    let clean = ["20170314", "CVE-2017-0022", "3216916", "T", "P", "", "Low", "Spoofing", ""];
    assert_eq!(one(clean), (1, vec![]));
    let cases: [(usize, &str, &[&str]); 11] = [
        (0, "20171340", &["bad-date"]),
        (1, "", &[]),
        (1, "CVE20190803", &["bad-vulnerability-id"]),
        (2, "", &["missing-kb-number"]),
        (2, "Release Notes", &["bad-kb-number"]),
        (6, "System.Object[]", &["bad-severity"]),
        (6, "None", &[]),
        (7, "No more updates", &["bad-impact"]),
        (8, "SP81X86", &["bad-supersedence"]),
        (8, "None", &[]),
        (8, "3216916", &["self-reference"]),
    ];
    for (column, value, codes) in cases {
        let mut cells = clean;
        cells[column] = value;
        assert_eq!(one(cells), (1, codes.to_vec()), "{value:?} in column {column}");
    }
    let mut cells = clean;
    cells[4] = "";
    assert_eq!(one(cells), (0, vec!["unknown-product"]));
}

#[test]
fn a_repeated_row_is_passed_on_once() {
    let row = "20170314,CVE-2017-0022,3216916,T,P,,Low,Spoofing,,\r\n";
    let (counts, statements) = read(&row.repeat(3)).expect("a readable table");
    assert_eq!((counts.rows, fixes(&statements).len(), counts.warnings), (3, 1, 2));
    assert!(statements.warnings.iter().all(|warning| warning.code.as_str() == "duplicate"));
}

#[test]
fn a_row_of_another_width_is_left_out() {
    let (counts, statements) = read("a,b\r\n20170314,,1,T,P,,,,,\r\n").expect("a readable table");
    assert_eq!((counts.rows, fixes(&statements).len()), (2, 1));
    assert_eq!(statements.warnings[0].code.as_str(), "unreadable");
    assert_eq!(statements.warnings[0].message, "expected 10 fields, found 2 fields");
}

#[test]
fn columns_are_found_by_name() {
    let text = "CVE,BulletinKB,DatePosted,Title,AffectedProduct,AffectedComponent,Severity,Impact,Supersedes\nCVE-2017-0022,3216916,20170314,T,P,C,Low,Spoofing,\n";
    let mut statements = Statements::default();
    read_document("t.csv", text.as_bytes(), &mut statements).expect("a readable table");
    assert_eq!(statements.warnings, vec![]);
    assert_eq!(fixes(&statements)[0].product.component.as_deref(), Some("C"));
}

#[test]
fn broken_tables_are_refused_with_line_expectation_and_finding() {
    let refusal = |rows| read(rows).expect_err("an unreadable table").to_string();
    assert_eq!(
        refusal("a,b,c"),
        "x/CVEs_20260628.csv, line 2: expected 10 fields, found 3 fields at the end of the document"
    );
    assert_eq!(
        refusal("\"2017"),
        "x/CVEs_20260628.csv, line 2: expected a closing quote, found the end of the document"
    );
    let other = "DatePosted,BulletinKB,Title\n";
    let error = read_document("t.csv", other.as_bytes(), &mut Statements::default());
    assert_eq!(
        error.expect_err("an unreadable table").to_string(),
        "t.csv, line 1: expected a column named CVE, found \"DatePosted,BulletinKB,Title\""
    );
}

#[test]
fn another_encoding_is_refused() {
    let bytes: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(HEADER.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let error = read_document("t.csv", &bytes, &mut Statements::default());
    assert_eq!(
        error.expect_err("an unreadable table").to_string(),
        "t.csv, line 1: expected UTF-8 text, found UTF-16LE text"
    );
}
