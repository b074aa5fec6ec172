//! What holds for every catalog and every machine.

use std::collections::BTreeMap;

use crate::world::{Update, WINDOWS_7, everything, machine, with_build};
use proptest::prelude::*;
use staunch_model::{Collected, KbNumber, NetFramework, Verdict};

const CLASSES: [&str; 4] = ["", "Monthly Rollup", "Security Only", "IE Cumulative"];
const DATES: [&str; 5] = ["2012-05-08", "2016-09-13", "2017-01-10", "2018-02-13", "2019-03-12"];
const PRODUCTS: [&str; 3] = [
    WINDOWS_7,
    "Internet Explorer 11 on Windows 7 for x64-based Systems Service Pack 1",
    "Microsoft .NET Framework 4.5.2 on Windows 7 for x64-based Systems Service Pack 1",
];
const NUMBERS: [u32; 8] =
    [4_000_000, 4_000_001, 4_000_002, 4_000_003, 4_000_004, 4_000_005, 4_000_006, 4_000_007];

fn update() -> impl Strategy<Value = Update> {
    (0..8_usize, 0..3_usize, 0..4_usize, 0..5_usize, 1..20_u32, 0..8_usize).prop_map(
        |(number, product, class, date, cve, older)| Update {
            kb: NUMBERS[number],
            product: PRODUCTS[product],
            class: CLASSES[class],
            date: DATES[date],
            cve,
            supersedes: &NUMBERS[older..=older],
            ..Update::default()
        },
    )
}

fn updates() -> impl Strategy<Value = Vec<Update>> {
    let mut first = Update {
        kb: 4_000_000,
        product: WINDOWS_7,
        date: "2012-05-08",
        cve: 1,
        ..Update::default()
    };
    first.supersedes = &[];
    proptest::collection::vec(update(), 1..12).prop_map(move |mut all| {
        all.push(first.clone());
        all
    })
}

fn verdicts(updates: &[Update], machine: &staunch_assess::Machine) -> BTreeMap<KbNumber, Verdict> {
    everything(updates, machine).findings.iter().map(|f| (f.kb, f.verdict)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_publications_and_lists_changes_nothing(
        updates in updates(),
        installed in proptest::collection::vec(0..8_usize, 0..4),
    ) {
        let installed: Vec<u32> = installed.into_iter().map(|at| NUMBERS[at]).collect();
        let forward = everything(&updates, &machine(WINDOWS_7, &installed));
        let reversed: Vec<Update> = updates.iter().rev().cloned().collect();
        let backward: Vec<u32> = installed.iter().rev().copied().collect();
        let again = everything(&reversed, &machine(WINDOWS_7, &backward));
        prop_assert_eq!(forward.findings, again.findings);
        prop_assert_eq!(forward.summary, again.summary);
    }

    #[test]
    fn more_facts_never_turn_missing_into_undetermined(
        updates in updates(),
        installed in proptest::collection::vec(0..8_usize, 0..4),
        framework in proptest::option::of(Just("4.5.2")),
        explorer in proptest::option::of(9..12_u8),
        build in any::<bool>(),
    ) {
        let installed: Vec<u32> = installed.into_iter().map(|at| NUMBERS[at]).collect();
        let full_list = machine(WINDOWS_7, &installed);
        let mut fewer = full_list.clone();
        fewer.facts.hotfixes = Collected::NotCollected;
        let mut more = full_list.clone();
        if let Some(version) = framework {
            let versions = vec![version.to_owned()];
            more.facts.components.net_framework = Collected::Known(NetFramework { versions });
        }
        if let Some(major) = explorer {
            more.facts.components.internet_explorer = Collected::Known(major);
        }
        if build {
            more = with_build(more, "6.1.7601.24000");
        }
        for (poorer, richer) in [(&fewer, &full_list), (&full_list, &more)] {
            let (before, after) = (verdicts(&updates, poorer), verdicts(&updates, richer));
            for (kb, verdict) in before.iter().filter(|(_, v)| **v == Verdict::Missing) {
                prop_assert_ne!(after[kb], Verdict::Undetermined, "{} was {:?}", kb, verdict);
            }
        }
    }

    #[test]
    fn whatever_is_replaced_is_replaced_by_something_listed(updates in updates()) {
        let found = everything(&updates, &machine(WINDOWS_7, &[]));
        let listed: Vec<KbNumber> =
            found.findings.iter().filter(|f| f.is_listed()).map(|f| f.kb).collect();
        for finding in &found.findings {
            if let Some(by) = finding.represented_by {
                prop_assert!(listed.contains(&by), "{} stands for {}", by, finding.kb);
            }
        }
    }
}
