//! Figures of the catalog of all real publications, where they are at hand.

use std::path::Path;

use staunch_catalog::{BuildReport, Builder, Catalog};
use staunch_model::{Date, KbNumber, Record, Series, SourceWarning};
use staunch_source::{Sink, read_path};
use staunch_testkit::shared_data;

struct Push(Builder);

impl Sink for Push {
    fn record(&mut self, record: Record) {
        self.0.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        self.0.warn(&warning);
    }
}

fn build(sources: &[&Path], path: &Path) -> BuildReport {
    let mut push = Push(Builder::new());
    for source in sources {
        let counts =
            read_path(source, &mut push, &mut |_| {}).expect("the real publications are readable");
        for (name, count) in counts.entries() {
            push.0.read_totals(name, count);
        }
    }
    push.0.write(path).expect("the catalog is written")
}

#[test]
fn the_catalog_of_all_publications_has_the_known_figures() {
    let Some(data) = shared_data() else {
        println!("skipped: no ../shared/data beside the workspace");
        return;
    };
    let cvrf = data.join("cvrf/msrc-cvrf-20260702.tar.zst");
    let table = data.join("wesng/definitions.zip");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (first, second) = (folder.path().join("1.db"), folder.path().join("2.db"));
    let report = build(&[&cvrf, &table], &first);
    println!("{report:#?}");
    let again = build(&[&table, &cvrf], &second);
    assert_eq!(again.digest, report.digest, "the order of the publications does not matter");

    let catalog = Catalog::open(&first).expect("the catalog opens");
    assert_eq!(catalog.identity().digest, report.digest);
    assert!(report.size <= 10_000_000, "{} bytes", report.size);
    let systems = catalog.operating_systems().expect("operating systems");
    println!("{} operating systems", systems.len());
    // The sources name one more, Windows 10 Mobile, without any update that has a number.
    assert!(systems.len() >= 128, "{} systems", systems.len());

    let table = [
        (4_486_563, Series::MonthlyRollup, Date::constant(2019, 2, 12), Some(4_480_970)),
        (4_487_017, Series::Cumulative, Date::constant(2019, 2, 12), Some(4_480_966)),
        (4_474_419, Series::Individual, Date::constant(2019, 3, 12), Some(3_212_642)),
        (4_487_078, Series::NetRollup, Date::constant(2019, 2, 12), Some(4_481_481)),
        (2_538_242, Series::Individual, Date::constant(2011, 4, 12), Some(973_544)),
        (5_012_170, Series::Individual, Date::constant(2022, 8, 9), None),
    ];
    for (number, series, date, superseded) in table {
        let kb = KbNumber::new(number).expect("a number");
        let updates = catalog.updates_of_kb(kb).expect("updates");
        assert!(!updates.is_empty(), "{kb}");
        for update in updates {
            assert_eq!((update.series, update.date), (series, Some(date)), "{kb}");
            let named = |kb: u32| update.supersedes.iter().any(|other| other.number() == kb);
            assert!(superseded.is_none_or(named), "{kb} for {}", update.product);
        }
    }
    let unmapped = catalog.unmapped().expect("names");
    assert!(unmapped.iter().all(|name| name.name.contains("Windows")));
    for name in &unmapped {
        println!("{:>4} {}", name.statements, name.name);
    }
}
