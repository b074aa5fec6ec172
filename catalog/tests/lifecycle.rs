//! Support dates in catalogs: the ones that the default catalog is built from, and others.

use std::path::Path;

use staunch_catalog::{BuildReport, Builder, Catalog, CatalogError};
use staunch_model::{Date, Family, OperatingSystem, Record, Release, ServicePack, SourceWarning};
use staunch_source::{Sink, read_document};

const SHIPPED: &[u8] = include_bytes!("../data/lifecycle.toml");
const WINDOWS_7: &str = "Windows 7 for x64-based Systems Service Pack 1";

/// Passes statements on; a fault in the publication fails the tests.
struct Feed(Builder);

impl Sink for Feed {
    fn record(&mut self, record: Record) {
        self.0.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        panic!("{warning:?}");
    }
}

fn build(publications: &[&[u8]], path: &Path) -> BuildReport {
    let mut feed = Feed(Builder::new());
    for publication in publications {
        read_document("dates.toml", publication, &mut feed).expect("a publication");
    }
    feed.0.write(path).expect("the catalog is written")
}

/// A publication that says one end of support for Windows 7.
fn publication(name: &str, revised: &str, end: &str) -> Vec<u8> {
    format!(
        "[lifecycle]\nname = \"{name}\"\nrevised = {revised}\n[[product]]\n\
         family = \"Windows 7\"\nsupport_end = {end}\n"
    )
    .into_bytes()
}

fn system(name: &str) -> OperatingSystem {
    name.parse().expect("an operating system")
}

#[test]
fn the_shipped_dates_read_without_a_warning_and_cover_the_vocabulary() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    let report = build(&[SHIPPED], &path);
    assert_eq!(report.date, None, "support dates are no day of updates");
    let catalog = Catalog::open(&path).expect("a catalog");
    let mut without = Vec::new();
    for family in Family::ALL {
        let releases: Vec<Option<Release>> = match family {
            Family::Windows10 | Family::Windows11 | Family::ServerSemiAnnual => {
                let of_build = |build| Release::of_build(*family, build);
                (10_000..30_000).filter_map(of_build).map(Some).collect()
            }
            _ => vec![None],
        };
        for release in releases {
            let some = system(WINDOWS_7);
            let asked =
                OperatingSystem { family: *family, release, service_pack: ServicePack(0), ..some };
            let found = catalog.lifecycles(&asked).expect("an answer");
            let ends = found.iter().filter(|one| one.dates.support_end.is_some()).count();
            if ends < found.len() || found.is_empty() {
                without.push(format!("{family} {}", release.map_or("-".into(), |r| r.to_string())));
            }
        }
    }
    assert_eq!(without, ["Windows 10 1511", "Windows 11 26H1"]);
}

#[test]
fn the_newer_of_two_publications_answers_in_any_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = publication("b", "2019-01-01", "2020-01-14");
    let new = publication("a", "2021-01-01", "2021-01-14");
    let mut digests = Vec::new();
    for publications in [[&*old, &*new], [&*new, &*old]] {
        let path = folder.path().join("catalog.sqlite");
        let report = build(&publications, &path);
        assert_eq!(report.rows["lifecycle"], 2);
        digests.push(report.digest);
        let catalog = Catalog::open(&path).expect("a catalog");
        let found = catalog.lifecycles(&system(WINDOWS_7)).expect("an answer");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].dates.support_end, Some(Date::constant(2021, 1, 14)));
        assert_eq!(found[0].publication, "lifecycle/a");
    }
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn a_catalog_from_before_the_tables_opens_and_knows_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    build(&[SHIPPED], &path);
    let known = |path: &Path| {
        Catalog::open(path).expect("a catalog").lifecycles(&system(WINDOWS_7)).expect("an answer")
    };
    assert!(!known(&path).is_empty());
    let file = rusqlite::Connection::open(&path).expect("a file");
    file.execute_batch("DROP TABLE lifecycle_service_pack; DROP TABLE lifecycle;").expect("gone");
    drop(file);
    assert_eq!(known(&path), []);
}

#[test]
fn values_that_no_catalog_has_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    for damage in [
        "UPDATE lifecycle SET support_end = 20201341",
        "UPDATE lifecycle SET editions = 99",
        "UPDATE lifecycle SET installation = 0",
        "UPDATE lifecycle_service_pack SET number = number + 300",
    ] {
        build(&[SHIPPED], &path);
        rusqlite::Connection::open(&path).expect("a file").execute_batch(damage).expect("damage");
        let answer = Catalog::open(&path).expect("a catalog").lifecycles(&system(WINDOWS_7));
        assert!(matches!(answer, Err(CatalogError::Corrupt { .. })), "{damage}: {answer:?}");
    }
}
