//! Catalogs built from a few statements written here.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use staunch_catalog::{BuildError, BuildReport, Builder, Catalog, CatalogError, SearchHit, diff};
use staunch_model::{
    Date, Fix, FixKind, Impact, KbNumber, ProductMention, Provenance, Publication, PublicationId,
    Record, Restart, Series, Severity, SourceWarning, SupersededRef, VulnerabilityId,
    VulnerabilityRecord, WarningCode,
};

const SYSTEM: &str = "Windows 10 Version 1809 for x64-based Systems";
const OLD_SYSTEM: &str = "Windows 7 for x64-based Systems Service Pack 1";

fn kb(number: u32) -> KbNumber {
    KbNumber::new(number).expect("a number in range")
}

fn cve(number: u32) -> VulnerabilityId {
    format!("CVE-2019-{number:04}").parse().expect("an identifier")
}

fn place(publication: &str) -> Provenance {
    let (source, name) = publication.split_once('/').expect("source and name");
    Provenance { publication: PublicationId::new(source, name), line: 1 }
}

fn publication(id: &str, revised: Date) -> Record {
    Record::Publication(Publication {
        id: place(id).publication,
        title: format!("Publication {id}"),
        revision: Some("1.0".to_owned()),
        released: Some(revised),
        revised: Some(revised),
    })
}

fn vulnerability(number: u32, published: Date) -> Record {
    Record::Vulnerability(VulnerabilityRecord {
        id: cve(number),
        title: format!("Win32k Elevation of Privilege Vulnerability {number}"),
        published: Some(published),
        revised: Some(published),
        exploited: Some(number == 803),
        disclosed: Some(false),
        provenance: place("cvrf/2019-Mar"),
    })
}

fn fix(publication: &str, update: u32, product: &str, vulnerability: u32) -> Fix {
    Fix {
        vulnerability: Some(cve(vulnerability)),
        kind: FixKind::Update(kb(update)),
        product: ProductMention { name: product.into(), component: None },
        severity: Some(Severity::Important),
        impact: Some(Impact::ElevationOfPrivilege),
        supersedes: Vec::new(),
        restart: None,
        sub_type: None,
        fixed_build: None,
        payload: None,
        title: None,
        bulletin: None,
        posted: None,
        provenance: place(publication),
    }
}

fn superseded(number: u32) -> SupersededRef {
    SupersededRef { kb: Some(kb(number)), bulletin: None }
}

/// March 2019 as the publisher and the table tell it, with everything that can go wrong.
fn march() -> Vec<Record> {
    let (official, table) = ("cvrf/2019-Mar", "table/CVEs.csv");
    let monthly = |product: &str, vulnerability: u32| Fix {
        sub_type: Some("Security Update".into()),
        restart: Some(Restart::Yes),
        supersedes: vec![superseded(4_487_044)],
        fixed_build: Some("10.0.17763.379".into()),
        ..fix(official, 4_489_899, product, vulnerability)
    };
    let by_table = |vulnerability: u32| Fix {
        severity: Some(Severity::Critical),
        posted: Some(Date::constant(2019, 4, 20)),
        title: Some("Win32k Elevation of Privilege".into()),
        ..fix(table, 4_489_899, SYSTEM, vulnerability)
    };
    let circle = |update: u32, other: u32| Fix {
        supersedes: vec![superseded(other), superseded(update)],
        posted: Some(Date::constant(2016, 1, if update > other { 12 } else { 5 })),
        title: Some("Security Update for Windows Journal".into()),
        ..fix(table, update, OLD_SYSTEM, 700)
    };
    let wrong_branch = Fix {
        fixed_build: Some("10.0.14393.2848".into()),
        ..monthly("Windows 10 Version 1809 for 32-bit Systems", 803)
    };
    let elsewhere = Fix {
        kind: FixKind::Other("Click to Run".into()),
        ..fix(official, 4_489_899, "Microsoft Office 2019", 900)
    };
    let linux = fix(official, 5_000_000, "CBL Mariner 1.0 x64", 901);
    let bundle = Fix {
        payload: Some(kb(4_483_458)),
        sub_type: Some("Monthly Rollup".into()),
        ..fix(
            official,
            4_489_873,
            "Microsoft .NET Framework 4.7.2 on Windows 7 for x64-based Systems Service Pack 1",
            804,
        )
    };
    let browser = Fix {
        product: ProductMention {
            name: OLD_SYSTEM.into(),
            component: Some("Windows Internet Explorer 8".into()),
        },
        title: Some("Cumulative Security Update for Internet Explorer (MS16-001)".into()),
        posted: Some(Date::constant(2016, 1, 12)),
        ..fix(table, 3_124_275, OLD_SYSTEM, 701)
    };
    let mut records = vec![
        publication(official, Date::constant(2019, 6, 1)),
        publication(table, Date::constant(2026, 6, 28)),
        vulnerability(803, Date::constant(2019, 3, 12)),
        vulnerability(804, Date::constant(2019, 3, 12)),
        vulnerability(805, Date::constant(2018, 12, 11)),
        vulnerability(999, Date::constant(2019, 3, 12)),
    ];
    records.extend(
        [
            monthly(SYSTEM, 803),
            monthly(SYSTEM, 804),
            monthly(SYSTEM, 805),
            monthly("Internet Explorer 11 on Windows 10 Version 1809 for x64-based Systems", 804),
            wrong_branch,
            by_table(803),
            by_table(803),
            circle(3_124_000, 3_124_001),
            circle(3_124_001, 3_124_000),
            elsewhere,
            linux,
            bundle,
            browser,
        ]
        .map(Record::Fix),
    );
    records
}

fn build(records: Vec<Record>, path: &Path) -> BuildReport {
    let mut builder = Builder::new();
    for record in records {
        builder.push(record);
    }
    builder.warn(&SourceWarning {
        code: WarningCode::BadDate,
        provenance: place("table/CVEs.csv"),
        message: "row 7: expected a day, found \"x\"".to_owned(),
    });
    builder.read_totals("rows", 3);
    builder.write(path).expect("the catalog is written")
}

fn opened(records: Vec<Record>) -> (Catalog, BuildReport) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("catalog.db");
    let report = build(records, &path);
    let bytes: &'static [u8] = Box::leak(fs::read(&path).expect("the file").into_boxed_slice());
    let catalog = Catalog::from_static(bytes, "digest").expect("the catalog opens in place");
    (catalog, report)
}

#[test]
fn an_update_is_put_together_from_all_publications() {
    let (catalog, report) = opened(march());
    let updates = catalog.updates_for(&[SYSTEM.parse().expect("a system")]).expect("updates");
    assert_eq!(updates.len(), 2, "the system's own and the browser's");
    let update = &updates[0];
    assert_eq!(update.product.to_string(), SYSTEM);
    assert_eq!(update.series, Series::Cumulative);
    assert_eq!(updates[1].series, Series::Cumulative);
    assert_eq!(update.date, Some(Date::constant(2019, 3, 12)), "the mode, not the older one");
    assert_eq!(update.restart, Some(Restart::Yes));
    assert_eq!(update.title, format!("2019-03 cumulative update for {SYSTEM}"));
    assert_eq!(update.supersedes, [kb(4_487_044)]);
    assert_eq!(
        update.fixed_build.map(|build| build.to_string()).as_deref(),
        Some("10.0.17763.379")
    );
    let exploited: Vec<_> =
        update.fixes.iter().map(|fix| (fix.vulnerability, fix.exploited)).collect();
    assert_eq!(exploited, [(cve(803), true), (cve(804), false), (cve(805), false)]);
    assert_eq!(update.fixes[0].severity, Some(Severity::Important), "the publisher's word");
    assert_eq!(report.conflicts["fix severity"], 1);
    let named = |origin| -> Vec<String> {
        let found = catalog.publications(origin).expect("publications");
        found.into_iter().map(|reference| reference.publication).collect()
    };
    assert_eq!(named(update.fixes[0].origin), ["cvrf/2019-Mar", "table/CVEs.csv"]);
    assert_eq!(named(update.fixes[1].origin), ["cvrf/2019-Mar"]);
}

#[test]
fn what_has_no_update_number_is_counted_only() {
    let (catalog, report) = opened(march());
    assert_eq!(report.left_out["Click to Run"], 1);
    assert_eq!(report.left_out["Azure Linux package"], 1);
    assert_eq!(report.builds_dropped["build of another branch"], 1);
    assert_eq!(report.vulnerabilities_without_fix, 3);
    assert_eq!(report.warnings["bad-date"], 1);
    assert_eq!(catalog.vulnerability(cve(999)).expect("an answer"), None);
    assert!(catalog.vulnerability(cve(803)).expect("an answer").is_some());
    let stats = catalog.stats().expect("stats");
    assert_eq!(stats.counts["read.rows"], 3);
    assert_eq!(stats.left_out.iter().map(|kind| kind.statements).sum::<u64>(), 2);
}

#[test]
fn old_products_keep_components_series_bundles_and_broken_circles() {
    let (catalog, report) = opened(march());
    let one = |number| -> Vec<_> { catalog.updates_of_kb(kb(number)).expect("updates") };
    let newer = one(3_124_001);
    assert_eq!(newer[0].supersedes, [kb(3_124_000)]);
    assert_eq!(newer[0].title, "Security Update for Windows Journal");
    assert_eq!(one(3_124_000)[0].supersedes, []);
    assert_eq!(report.supersedence_dropped["closes a cycle"], 1);
    assert_eq!(report.supersedence_dropped["names itself"], 2);
    let browser = &one(3_124_275)[0];
    assert_eq!(browser.product.to_string(), format!("Internet Explorer 8 on {OLD_SYSTEM}"));
    assert_eq!(browser.series, Series::IeCumulative);
    let bundle = &one(4_489_873)[0];
    assert_eq!((bundle.series, &bundle.payloads[..]), (Series::NetRollup, &[kb(4_483_458)][..]));
}

#[test]
fn a_cumulative_update_listed_for_another_branch_is_left_out() {
    let mut records = march();
    let official = "cvrf/2019-Mar";
    records.push(Record::Fix(fix(official, 4_489_899, OLD_SYSTEM, 803)));
    let (catalog, report) = opened(records);
    assert_eq!(report.left_out["cumulative update of another build branch"], 1);
    let updates = catalog.updates_for(&[OLD_SYSTEM.parse().expect("a system")]).expect("updates");
    assert!(updates.iter().all(|update| update.kb != kb(4_489_899)));
}

#[test]
fn searching_takes_signs_literally() {
    let (catalog, _) = opened(march());
    let kinds = |text: &str| -> Vec<&str> {
        let hits = catalog.search(text, 10).expect("hits");
        hits.iter()
            .map(|hit| match hit {
                SearchHit::Update { .. } => "update",
                SearchHit::Vulnerability { .. } => "vulnerability",
                SearchHit::Product { .. } => "product",
            })
            .collect()
    };
    assert_eq!(kinds("KB4489899"), ["update"]);
    assert_eq!(kinds("journal"), ["update", "update"]);
    assert_eq!(kinds("CVE-2019-0803"), ["vulnerability"]);
    assert_eq!(kinds("explorer 8"), ["product"]);
    assert_eq!(kinds("%"), Vec::<&str>::new());
}

#[test]
fn a_diff_names_what_came_went_and_changed() {
    let (old, _) = opened(march());
    assert!(diff(&old, &old).expect("a diff").is_empty());
    let mut records = march();
    records.retain(
        |record| !matches!(record, Record::Fix(fix) if fix.kind == FixKind::Update(kb(4_489_873))),
    );
    records.push(Record::Fix(fix("cvrf/2019-Mar", 4_489_899, SYSTEM, 806)));
    let (new, _) = opened(records);
    let found = diff(&old, &new).expect("a diff");
    assert_eq!(found.updates.removed[0].kb, kb(4_489_873));
    assert_eq!(found.updates.changed[0].product, SYSTEM);
    assert_eq!(found.vulnerabilities.added, [cve(806)]);
    assert!(found.updates.added.is_empty() && found.supersedences.is_empty());
}

#[test]
fn the_export_is_one_object_a_line() {
    let (catalog, _) = opened(march());
    let mut output = Vec::new();
    catalog.export(&mut output).expect("the export");
    let text = String::from_utf8(output).expect("JSON is UTF-8");
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[0]["record"], "catalog");
    let update = lines
        .iter()
        .find(|line| line["kb"] == "KB4489899" && line["product"] == SYSTEM)
        .expect("the update is exported");
    assert_eq!(update["fixes"][0]["vulnerability"], "CVE-2019-0803");
    assert_eq!(update["publications"][1], "table/CVEs.csv");
}

#[test]
fn nothing_to_build_from_leaves_the_old_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("catalog.db");
    fs::write(&path, b"old").expect("the old file");
    assert!(matches!(Builder::new().write(&path), Err(BuildError::Empty)));
    assert_eq!(fs::read(&path).expect("the old file"), b"old");
    let nowhere = folder.path().join("absent/catalog.db");
    let mut builder = Builder::new();
    march().into_iter().for_each(|record| builder.push(record));
    assert!(matches!(builder.write(&nowhere), Err(BuildError::Io { .. })));
    build(march(), &path);
    let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").collect();
    assert_eq!(left.len(), 1, "nothing is left beside the catalog");
}

fn tampered(statement: &str) -> Result<Vec<KbNumber>, CatalogError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("catalog.db");
    build(march(), &path);
    let connection = rusqlite::Connection::open(&path).expect("the file opens");
    connection
        .execute_batch(&format!("PRAGMA foreign_keys = OFF; {statement}"))
        .expect("the file is changed");
    drop(connection);
    let catalog = Catalog::open(&path)?;
    let mut found = Vec::new();
    for system in catalog.operating_systems()? {
        found.extend(catalog.updates_for(&[system])?.iter().map(|update| update.kb));
    }
    catalog.export(&mut Vec::new())?;
    Ok(found)
}

#[test]
fn hostile_values_are_errors_that_name_table_and_row() {
    assert!(tampered("SELECT 1").is_ok());
    for (statement, expected) in [
        (
            "UPDATE product_update SET series = 77",
            "expected the number of a line of updates, found 77",
        ),
        ("UPDATE product_update SET kb = -1", "expected a knowledge base number, found -1"),
        ("UPDATE product_update SET date = 20190230", "expected a day as yyyymmdd, found 20190230"),
        ("UPDATE product_update SET restart = 9", "expected the number of a restart behaviour"),
        ("UPDATE fix SET severity = 300", "table fix, row "),
        ("UPDATE fix SET impact = 99", "expected the number of an impact, found 99"),
        ("UPDATE fix SET vulnerability_id = vulnerability_id + 9999", "row of a vulnerability"),
        (
            "UPDATE vulnerability SET name = 'CVE' || id",
            "expected the identifier of a vulnerability",
        ),
        ("UPDATE vulnerability SET exploited = 2", "expected 0 or 1, found 2"),
        ("UPDATE vulnerability SET id = id + 4000000000", "numbered from 1 without a gap"),
        ("UPDATE fixed_build SET revision = -4", "expected a number in range, found -4"),
        ("UPDATE product SET name = 'Solaris ' || id WHERE kind = 1", "an operating system"),
        ("UPDATE meta SET value = 'soon' WHERE key = 'date'", "expected a date"),
        ("PRAGMA application_id = 5", "expected application id 0x53544e43, found 0x00000005"),
        ("PRAGMA user_version = 9", "expected version 2 of the catalog's tables, found 9"),
        ("DROP TABLE fix", "cannot query the catalog"),
        ("UPDATE product_update SET kb = 'x'", "cannot query the catalog"),
    ] {
        let message = tampered(statement).expect_err(statement).to_string();
        assert!(message.contains(expected), "{statement}: {message}");
    }
}

#[test]
fn other_files_are_no_catalogs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("other.db");
    for content in [&b""[..], b"SQLite format 3\0", b"PK\x03\x04 not a database at all, just text"]
    {
        fs::write(&path, content).expect("the file");
        let message = Catalog::open(&path).expect_err("no catalog").to_string();
        assert!(message.contains("other.db: not a staunch catalog"), "{message}");
    }
    let absent = Catalog::open(&folder.path().join("absent.db")).expect_err("no file");
    assert!(matches!(absent, CatalogError::Io { .. }));
    let built_in = Catalog::from_static(b"garbage", "").expect_err("no catalog");
    assert!(built_in.to_string().contains("not a staunch catalog"), "{built_in}");
}

#[test]
fn a_catalog_can_be_asked_from_several_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&opened(march()).0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_same_statements_in_any_order_give_the_same_bytes(
        records in Just(march()).prop_shuffle(),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (first, second) = (folder.path().join("1"), folder.path().join("2"));
        build(march(), &first);
        build(records, &second);
        prop_assert_eq!(fs::read(first).expect("a file"), fs::read(second).expect("a file"));
    }

    #[test]
    fn bytes_that_are_almost_a_catalog_never_panic(at in 0usize..100_000, byte: u8) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("catalog.db");
        build(march(), &path);
        let mut bytes = fs::read(&path).expect("the file");
        let at = at % bytes.len();
        bytes[at] = byte;
        fs::write(&path, bytes).expect("the file");
        if let Ok(catalog) = Catalog::open(&path) {
            let _ = catalog.export(&mut Vec::new());
            let _ = catalog.stats();
            let _ = catalog.unmapped();
            let _ = catalog.updates_for(&[SYSTEM.parse().expect("a system")]);
        }
    }
}
