use proptest::prelude::*;
use staunch_model::{
    Assessment, Evidence, EvidenceKind, Finding, KbNumber, Series, Severity, Verdict,
};
use staunch_report::{Format, TextStyle};
use unicode_width::UnicodeWidthStr;

use crate::{assessment, scan_as};

prop_compose! {
    fn finding()(
        number in 10_000u32..9_999_999,
        title in ".{0,120}",
        product in "[A-Za-z会議 .]{0,40}",
        series in proptest::sample::select(Series::ALL),
        severity in proptest::option::of(proptest::sample::select(Severity::ALL)),
        day in proptest::option::of((1999i16..2030, 1i8..13, 1i8..29)),
        verdict in proptest::sample::select(Verdict::ALL),
        offered: bool,
        says in proptest::collection::vec(".{0,60}", 0..3),
    ) -> Finding {
        let kb = KbNumber::new(number).expect("a number in range");
        Finding {
            kb,
            bulletin: None,
            title,
            product,
            series,
            date: day.map(|(year, month, day)| staunch_model::Date::constant(year, month, day)),
            severity,
            restart: None,
            cves: Vec::new(),
            verdict,
            offered: offered && verdict == Verdict::Missing,
            evidence: says
                .into_iter()
                .map(|says| Evidence {
                    kind: EvidenceKind::List,
                    object: kb.to_string(),
                    expected: None,
                    found: None,
                    says,
                })
                .collect(),
            superseded_by: Vec::new(),
            represented_by: None,
        }
    }
}

prop_compose! {
    fn machine()(
        name in proptest::option::of(".{0,40}"),
        findings in proptest::collection::vec(finding(), 0..12),
    ) -> Assessment {
        let mut assessment = assessment();
        assessment.machine.name = name;
        assessment.summary = Default::default();
        findings.iter().for_each(|finding| assessment.summary.count(finding));
        assessment.findings = findings;
        assessment
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_update_is_in_every_format(machines in proptest::collection::vec(machine(), 1..4)) {
        let style = TextStyle { all: true, ..TextStyle::default() };
        for &format in Format::SCAN {
            let document = scan_as(&machines, format, style);
            for finding in machines.iter().flat_map(|machine| &machine.findings) {
                prop_assert!(document.contains(&finding.kb.to_string()), "{format}: {}", finding.kb);
            }
        }
    }

    #[test]
    fn no_line_is_wider_than_the_page(
        machines in proptest::collection::vec(machine(), 1..4),
        width in 80usize..200,
    ) {
        let text = scan_as(&machines, Format::Text, TextStyle { all: true, colour: false, width });
        for line in text.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
        }
    }

    #[test]
    fn columns_of_machines_end_at_the_same_place(machines in proptest::collection::vec(machine(), 2..6)) {
        let text = scan_as(&machines, Format::Text, TextStyle::default());
        let rows: Vec<&str> = text.lines().skip(2).take(machines.len() + 1).collect();
        let end = rows[0].width();
        for row in rows {
            prop_assert_eq!(row.width(), end, "{:?}", row);
        }
    }
}
