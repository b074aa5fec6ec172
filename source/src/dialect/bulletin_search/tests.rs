use std::io::{Cursor, Write};

use proptest::prelude::*;
use staunch_model::{Fix, FixKind, Record, Restart, Severity, WarningCode};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{ReadError, Statements, read_document};

const HEADS: [&str; 14] = [
    "Date Posted",
    "Bulletin Id",
    "Bulletin KB",
    "Severity",
    "Impact",
    "Title",
    "Affected Product",
    "Component KB",
    "Affected Component",
    "Impact",
    "Severity",
    "Supersedes",
    "Reboot",
    "CVEs",
];
const ROW: [&str; 14] = [
    "3/14/2008",
    "MS08-010",
    "944533",
    "Critical",
    "Remote Code Execution",
    "Cumulative update",
    "Windows XP",
    "944533",
    "Internet Explorer 6",
    "Spoofing",
    "Important",
    "MS07-069[942615]",
    "Yes",
    "CVE-2008-0076,CVE-2008-0077",
];
const WORKBOOK: &str = r#"<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Bulletins" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONSHIPS: &str = r#"<Relationships><Relationship Id="rId1" Type="t/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="t/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>"#;
const SHARED: &str = r#"<sst count="9999999999" uniqueCount="18446744073709551615"><si><t>MS08-010</t></si><si><r><t>Windows </t></r><r><t>XP</t></r><rPh><t>x</t></rPh></si></sst>"#;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a part");
        writer.write_all(content.as_bytes()).expect("room for the part");
    }
    writer.finish().expect("a package").into_inner()
}

fn workbook(sheet: &str) -> Vec<u8> {
    package(&[
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONSHIPS),
        ("xl/sharedStrings.xml", SHARED),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn row(cells: &[&str]) -> String {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
}

/// Returns a sheet with the heads and with rows that differ from the usual one in some cells.
fn sheet(rows: &[&[(usize, &str)]]) -> String {
    let mut text =
        format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{}", row(&HEADS));
    for changes in rows {
        let mut cells = ROW;
        for (at, cell) in *changes {
            cells[*at] = cell;
        }
        text.push_str(&row(&cells));
    }
    text + "</sheetData></worksheet>"
}

fn read(bytes: &[u8]) -> Result<Statements, ReadError> {
    let mut statements = Statements::default();
    read_document("BulletinSearch.xlsx", bytes, &mut statements).map(|_| statements)
}

fn fixes(rows: &[&[(usize, &str)]]) -> (Vec<Fix>, Vec<(WarningCode, u32)>) {
    let statements = read(&workbook(&sheet(rows))).expect("a readable workbook");
    let fixes = statements.records.into_iter().filter_map(|record| match record {
        Record::Fix(fix) => Some(fix),
        _ => None,
    });
    let warnings = statements.warnings.iter();
    (fixes.collect(), warnings.map(|warning| (warning.code, warning.provenance.line)).collect())
}

fn refusal(bytes: &[u8]) -> String {
    read(bytes).expect_err("an unreadable workbook").to_string()
}

#[test]
fn a_row_is_one_fix_for_each_vulnerability() {
    let (fixes, warnings) = fixes(&[&[]]);
    assert_eq!(warnings, []);
    let [first, second] = fixes.as_slice() else { panic!("two fixes") };
    assert_eq!(first.vulnerability.map(|id| id.to_string()).as_deref(), Some("CVE-2008-0076"));
    assert_eq!(second.vulnerability.map(|id| id.to_string()).as_deref(), Some("CVE-2008-0077"));
    assert_eq!(
        (first.kind.clone(), first.restart),
        (FixKind::Update(kb(944_533)), Some(Restart::Yes))
    );
    assert_eq!(first.bulletin.map(|id| id.to_string()).as_deref(), Some("MS08-010"));
    assert_eq!(&*first.product.name, "Windows XP");
    assert_eq!(first.product.component.as_deref(), Some("Internet Explorer 6"));
    assert_eq!(first.title.as_deref(), Some("Cumulative update"));
    assert_eq!(first.posted.map(|day| day.to_string()).as_deref(), Some("2008-03-14"));
    assert_eq!(first.provenance.line, 2);
}

#[test]
fn the_rating_of_the_component_is_the_one_of_the_row() {
    let (fixes, _) = fixes(&[&[]]);
    assert_eq!(fixes[0].severity, Some(Severity::Important));
    assert_eq!(fixes[0].impact.map(|impact| impact.to_string()).as_deref(), Some("Spoofing"));
}

#[test]
fn a_row_without_vulnerabilities_is_one_fix() {
    let (fixes, warnings) = fixes(&[&[(13, "")], &[(13, "None"), (12, "No")]]);
    assert_eq!(warnings, []);
    assert_eq!(fixes.iter().map(|fix| fix.vulnerability).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn candidates_are_vulnerabilities_and_repeated_ones_are_one() {
    let (fixes, warnings) = fixes(&[&[(13, "CAN-2002-0001; CVE-2002-0001\nCVE-2002-0002,x")]]);
    assert_eq!(fixes.len(), 2);
    assert_eq!(warnings, [(WarningCode::BadVulnerabilityId, 2)]);
}

#[test]
fn the_article_of_the_bulletin_stands_in_for_that_of_the_component() {
    let (fixes, warnings) = fixes(&[&[(7, ""), (11, "")], &[(7, ""), (2, ""), (11, "")]]);
    assert_eq!(fixes[0].kind, FixKind::Update(kb(944_533)));
    assert_eq!(fixes[2].kind, FixKind::Other("".into()));
    assert_eq!(warnings, [(WarningCode::MissingKbNumber, 3)]);
}

#[test]
fn superseded_updates_stand_in_brackets() {
    for (text, expected) in [
        ("MS07-042[936021]", "MS07-042/KB936021"),
        ("MS07-042[936021],MS06-061[924191]", "MS07-042/KB936021 MS06-061/KB924191"),
        ("MS07-042 [936021, 936181]", "MS07-042/KB936021 MS07-042/KB936181"),
        ("MS03-039,MS07-042[936021]", "MS03-039/- MS07-042/KB936021"),
        ("MS07-042", "MS07-042/-"),
        ("936021", "-/KB936021"),
        ("None", ""),
        ("", ""),
    ] {
        let (fixes, warnings) = fixes(&[&[(11, text)]]);
        let shown: Vec<_> = fixes[0]
            .supersedes
            .iter()
            .map(|superseded| {
                let bulletin = superseded.bulletin.map_or("-".to_owned(), |id| id.to_string());
                format!("{bulletin}/{}", superseded.kb.map_or("-".to_owned(), |kb| kb.to_string()))
            })
            .collect();
        assert_eq!((shown.join(" ").as_str(), warnings.len()), (expected, 0), "{text}");
    }
    assert_eq!(fixes(&[&[(11, "[1]x[")]]).1, [(WarningCode::BadSupersedence, 2)]);
}

#[test]
fn each_fault_is_named_and_the_rest_is_read() {
    let (fixes, warnings) = fixes(&[
        &[],
        &[],
        &[(0, "soon"), (1, "MS1"), (9, "Bad"), (10, "Grave"), (12, "Perhaps"), (13, "")],
        &[(6, "")],
        &[(7, "12"), (13, "")],
    ]);
    assert_eq!(fixes.len(), 4);
    let expected = [
        (WarningCode::Duplicate, 3),
        (WarningCode::BadBulletinId, 4),
        (WarningCode::BadSeverity, 4),
        (WarningCode::BadImpact, 4),
        (WarningCode::BadRestart, 4),
        (WarningCode::BadDate, 4),
        (WarningCode::UnknownProduct, 5),
        (WarningCode::BadKbNumber, 6),
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn cells_are_found_by_their_places_and_texts_by_their_numbers() {
    let heads = HEADS.map(|head| head.replace(' ', "\n"));
    let heads: Vec<_> = heads.iter().map(String::as_str).collect();
    let text = format!(
        "<x:worksheet><x:sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>Bulletins</t></is></c></row>\
         <x:row r=\"4\">{}</x:row><row r=\"9\"><c r=\"H9\"><f>1+1</f><v>9.44533E5</v></c>\
         <c r=\"A9\" s=\"3\"><v>39521</v></c><c r=\"B9\" t=\"s\"><v>0</v></c>\
         <c r=\"G9\" t=\"s\"><v>1</v></c><c r=\"K9\" t=\"e\"><v>#N/A</v></c>\
         <c r=\"L9\" t=\"str\"><v>MS07-069[942615]_x000D_</v></c><c r=\"XFD9\"><v>7</v></c>\
         </row></x:sheetData></x:worksheet>",
        row(&heads).trim_start_matches("<row>").trim_end_matches("</row>"),
    );
    let statements = read(&workbook(&text)).expect("a readable workbook");
    assert_eq!(statements.warnings, []);
    let Some(Record::Fix(fix)) = statements.records.get(1) else { panic!("no fix") };
    assert_eq!(
        (&*fix.product.name, fix.kind.clone()),
        ("Windows XP", FixKind::Update(kb(944_533)))
    );
    assert_eq!(fix.posted.map(|day| day.to_string()).as_deref(), Some("2008-03-14"));
    assert_eq!((fix.supersedes.len(), fix.severity, fix.provenance.line), (1, None, 9));
}

#[test]
fn what_is_no_workbook_of_bulletins_is_refused() {
    assert!(refusal(b"PK\x03\x04").starts_with("BulletinSearch.xlsx: damaged archive"));
    assert_eq!(
        refusal(&package(&[("a", "b")])),
        "BulletinSearch.xlsx/xl/workbook.xml, line 1: expected a part of a workbook, found none"
    );
    assert_eq!(
        refusal(&workbook("<worksheet><sheetData/></worksheet>")),
        "BulletinSearch.xlsx, line 1: expected a sheet with the columns Bulletin Id and Affected \
         Product, found 1 sheets without them"
    );
    assert_eq!(
        refusal(&workbook("<worksheet>\n<sheetData><row><c t=\"s\"><v>2</v></c></row>")),
        "BulletinSearch.xlsx/xl/worksheets/sheet1.xml, line 2: expected one of 2 shared texts, \
         found \"2\""
    );
    assert_eq!(
        refusal(&workbook("<worksheet>\n<sheetData><row r=\"1048577\"/>")),
        "BulletinSearch.xlsx/xl/worksheets/sheet1.xml, line 2: expected a sheet of at most 1048576 \
         rows, found more"
    );
    assert_eq!(
        refusal(&workbook("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet/>")),
        "BulletinSearch.xlsx/xl/worksheets/sheet1.xml, line 1: expected no entities, found a \
         document type declaration"
    );
}

#[test]
fn a_part_that_expands_without_end_is_not_expanded() {
    let error = refusal(&workbook(&" ".repeat((64 << 20) + 1)));
    assert!(error.starts_with("BulletinSearch.xlsx/xl/worksheets/sheet1.xml"), "{error}");
}

#[test]
fn a_text_longer_than_a_cell_is_refused() {
    let error = refusal(&workbook(&sheet(&[&[(5, &"x".repeat((128 << 10) + 1))]])));
    assert_eq!(
        error,
        "BulletinSearch.xlsx/xl/worksheets/sheet1.xml, line 1: expected a text in a cell of at \
         most 131072 bytes, found more"
    );
}

#[test]
fn a_long_text_that_every_row_shares_is_bounded() {
    let text = format!("<sst><si><t>{}</t></si></sst>", "x,".repeat(60_000));
    let shared = "<row><c t=\"s\"><v>0</v></c></row>";
    let sheet = format!("<worksheet><sheetData>{}{}", row(&HEADS), shared.repeat(3_000));
    let bytes = package(&[
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONSHIPS),
        ("xl/sharedStrings.xml", &text),
        ("xl/worksheets/sheet1.xml", &sheet),
    ]);
    assert!(refusal(&bytes).ends_with("a sheet of at most 268435456 bytes of text, found more"));
}

fn kb(number: u32) -> staunch_model::KbNumber {
    staunch_model::KbNumber::new(number).expect("a number of an article")
}

proptest! {
    #[test]
    fn a_changed_sheet_never_panics(
        at in any::<prop::sample::Index>(),
        length in 0..60_usize,
        new in "[<>/\"= a-zA-Z0-9&;\\[\\]]{0,12}",
    ) {
        let mut text = sheet(&[&[], &[(11, "MS07-042[936021]")]]);
        let at = at.index(text.len());
        text.replace_range(at..(at + length).min(text.len()), &new);
        let _ = read(&workbook(&text));
    }

    #[test]
    fn a_changed_package_never_panics(
        at in any::<prop::sample::Index>(),
        length in 0..40_usize,
        new in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut bytes = workbook(&sheet(&[&[]]));
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, new);
        let _ = read(&bytes);
    }

    #[test]
    fn arbitrary_cells_never_panic(cells in prop::collection::vec("[ -%'-;=?-~\u{e9}]{0,20}", 14)) {
        let cells: Vec<_> = cells.iter().map(String::as_str).enumerate().collect();
        let _ = read(&workbook(&sheet(&[&cells])));
    }

    #[test]
    fn arbitrary_bytes_after_the_mark_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let _ = read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }
}
