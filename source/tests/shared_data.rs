//! What the real publications state, to the last element; run with `--nocapture` for the faults.

use std::collections::BTreeMap;

use staunch_model::{Record, SourceWarning, WarningCode};
use staunch_source::{Counts, Sink, read_path};

#[derive(Default)]
struct Tally {
    vulnerabilities: u64,
    fixes: u64,
    warnings: BTreeMap<WarningCode, u64>,
}

impl Sink for Tally {
    fn record(&mut self, record: Record) {
        match record {
            Record::Publication(_) => {}
            Record::Vulnerability(_) => self.vulnerabilities += 1,
            Record::Fix(_) => self.fixes += 1,
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

/// Rows of `Custom_20190321.csv`.
const CUSTOM_ROWS: u64 = 160;
