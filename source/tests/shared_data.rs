//! What the real publications state, to the last element; run with `--nocapture` for the faults.

use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{
    BulletinId, PackageRecord, PageFile, Record, SourceWarning, StatedVersion, Unclaimed,
    WarningCode,
};
use staunch_source::{Counts, Sink, documents, read_page, read_path};

#[derive(Default)]
struct Tally {
    vulnerabilities: u64,
    fixes: u64,
    bulletins: u64,
    named: BTreeSet<BulletinId>,
    packages: Vec<PackageRecord>,
    unclaimed: Vec<Unclaimed>,
    warnings: BTreeMap<WarningCode, u64>,
}

impl Sink for Tally {
    fn record(&mut self, record: Record) {
        match record {
            Record::Publication(_) => {}
            Record::Vulnerability(_) => self.vulnerabilities += 1,
            Record::Fix(_) => self.fixes += 1,
            Record::Bulletin(bulletin) => {
                self.bulletins += 1;
                self.named.insert(bulletin.id);
            }
            Record::Package(package) => self.packages.push(package),
            Record::Unclaimed(unclaimed) => self.unclaimed.push(unclaimed),
            Record::Page(_) | Record::Lifecycle(_) => {}
        }
    }

    fn warning(&mut self, warning: SourceWarning) {
        *self.warnings.entry(warning.code).or_default() += 1;
    }
}

impl Tally {
    fn of(&self, code: WarningCode) -> u64 {
        self.warnings.get(&code).copied().unwrap_or(0)
    }
}

fn measure(file: &str) -> Option<(Counts, Tally)> {
    let Some(path) = staunch_testkit::shared_data().map(|data| data.join(file)) else {
        println!("skipped: ../shared/data is absent");
        return None;
    };
    let mut tally = Tally::default();
    let counts = read_path(&path, &mut tally, &mut |_| {}).expect("readable publications");
    for (code, count) in &tally.warnings {
        println!("{file:<40} {code:<22} {count:>8}");
    }
    Some((counts, tally))
}

#[test]
fn cvrf_states_what_the_data_says() {
    let Some((counts, tally)) = measure("cvrf/msrc-cvrf-20260702.tar.zst") else { return };
    assert_eq!((counts.documents, counts.skipped), (189, 1));
    assert_eq!(counts.vulnerabilities, 25_900);
    assert_eq!(counts.vendor_fixes, 134_052);
    assert_eq!(counts.other_remediations, 61_663 + 43_036 + 295 + 164);
    assert_eq!(counts.superseding, 81_939);
    assert_eq!(counts.fixed_builds, 75_711);
    assert_eq!(tally.vulnerabilities, 25_900 - tally.of(WarningCode::BadVulnerabilityId));
    // Every vendor fix names 1 to 8 products; two belong to a dropped vulnerability.
    assert_eq!(tally.fixes, 267_485 - 2);
    assert_eq!(tally.of(WarningCode::BadVulnerabilityId), 7);
    assert_eq!(tally.of(WarningCode::SelfReference), 3);
    assert_eq!(tally.of(WarningCode::BadSupersedence), 3);
    assert_eq!(counts.warnings, 13);
}

#[test]
fn the_table_states_what_the_data_says() {
    let Some((counts, tally)) = measure("wesng/definitions.zip") else { return };
    assert_eq!((counts.documents, counts.skipped), (2, 1));
    assert_eq!(counts.rows, 608_740 + CUSTOM_ROWS);
    assert_eq!(tally.of(WarningCode::Duplicate), 45_186);
    assert_eq!(tally.fixes, counts.rows - 45_186);
    assert_eq!(tally.of(WarningCode::Unreadable), 0);
    assert_eq!(tally.of(WarningCode::UnknownProduct), 0);
    assert_eq!(tally.of(WarningCode::BadDate), 0);
}

#[test]
fn mssecure_states_what_the_data_says() {
    let Some((counts, tally)) = measure("mssecure/mssecure.xml") else { return };
    assert_eq!((counts.bulletins, counts.packages), (231, 393));
    assert_eq!((counts.file_changes, counts.registry_changes), (1_133, 350));
    assert_eq!((counts.supersedences, counts.products), (59, 104));
    assert_eq!((tally.bulletins, tally.packages.len()), (231, 393));
    let packages = || tally.packages.iter();
    // References in the database, of which several may be to one change.
    assert_eq!(packages().map(|package| package.files.len()).sum::<usize>(), 757);
    assert_eq!(packages().map(|package| package.registry.len()).sum::<usize>(), 187);
    assert_eq!(packages().map(|package| package.products.len()).sum::<usize>(), 815);
    let products = packages().flat_map(|package| &package.products);
    assert_eq!(products.map(|product| product.service_packs.len()).sum::<usize>(), 1_385);
    let superseded = packages().filter(|package| !package.superseded_by.is_empty());
    assert_eq!(superseded.count() as u64, 106 - tally.of(WarningCode::SelfReference));
    assert_eq!(packages().filter(|package| package.restart.is_some()).count(), 7);
    // Every change comes out, with a package or without one: no two stand on one line.
    let mut changes: BTreeSet<_> = packages()
        .flat_map(|package| {
            let files = package.files.iter().map(|file| file.provenance.line);
            files.chain(package.registry.iter().map(|value| value.provenance.line))
        })
        .collect();
    let successors = |unclaimed: &&Unclaimed| matches!(unclaimed, Unclaimed::Successors(_));
    assert_eq!(tally.unclaimed.iter().filter(successors).count(), 7);
    let single = tally.unclaimed.iter().filter(|unclaimed| !successors(unclaimed));
    changes.extend(single.map(|unclaimed| unclaimed.provenance().line));
    assert_eq!(changes.len(), 1_133 + 350);
    assert_eq!(tally.of(WarningCode::DanglingReference), 0);
    assert_eq!(tally.of(WarningCode::Duplicate), 1);
    assert_eq!(tally.of(WarningCode::BadNumber), 1);
    assert_eq!(tally.of(WarningCode::BadSupersedence), 1);
}

/// What the pages of one bulletin say about files.
#[derive(Default)]
struct Pages {
    rows: Vec<PageFile>,
    /// Texts of all pages in lower case.
    text: String,
}

#[test]
fn pages_and_the_database_agree_on_versions() {
    let Some((_, tally)) = measure("mssecure/mssecure.xml") else { return };
    let archive = staunch_testkit::shared_data().map(|data| data.join("bulletins/ja-jp.tar.zst"));
    let archive = archive.expect("the database was found");
    let mut pages: BTreeMap<BulletinId, Pages> = BTreeMap::new();
    documents(&archive, &mut |mut document| {
        let name = document.name().to_owned();
        let bytes = document.hold()?;
        let page = read_page(&name, &bytes)?;
        if let Some(id) = page.id.filter(|id| tally.named.contains(id)) {
            let of_bulletin = pages.entry(id).or_default();
            of_bulletin.rows.extend(page.files);
            of_bulletin.text.push_str(&String::from_utf8_lossy(&bytes).to_lowercase());
        }
        Ok(())
    })
    .expect("readable pages");

    // Versions by bulletin and file, as the database states them.
    let mut files: BTreeMap<(BulletinId, String), BTreeSet<String>> = BTreeMap::new();
    for package in tally.packages.iter().filter(|package| pages.contains_key(&package.bulletin)) {
        for file in &package.files {
            let key = (package.bulletin, file.name.to_ascii_lowercase());
            let versions = files.entry(key).or_default();
            if let Some(StatedVersion::Number(version)) = &file.version {
                versions.insert(version.to_string());
            }
        }
    }
    let with_files: BTreeSet<_> = files.keys().map(|(bulletin, _)| *bulletin).collect();
    let (mut in_rows, mut in_texts, mut agreeing) = (0, 0, 0);
    for ((bulletin, name), versions) in &files {
        let Pages { rows, text } = &pages[bulletin];
        let is_row = rows.iter().any(|row| row.name.eq_ignore_ascii_case(name));
        in_rows += usize::from(is_row);
        if text.contains(name.as_str()) {
            let is_agreed = versions.iter().any(|version| text.contains(version.as_str()));
            println!("{bulletin} {name} {versions:?}, agreed: {is_agreed}");
            in_texts += 1;
            agreeing += usize::from(is_agreed);
        }
    }
    println!(
        "{} bulletins in both, {} with files in the database; of {} files {in_rows} are rows of \
         a page, {in_texts} stand in its text, {agreeing} of them with the same version",
        pages.len(),
        with_files.len(),
        files.len()
    );
    assert_eq!((pages.len(), with_files.len(), files.len()), (127, 83, 398));
    // Pages have tables of files since 2003, and the database ends in 2001.
    assert_eq!(in_rows, 0);
    assert_eq!((in_texts, agreeing), (9, 1));
}

/// Rows of `Custom_20190321.csv`.
const CUSTOM_ROWS: u64 = 160;
