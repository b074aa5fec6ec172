//! Verdicts on real machines whose answers are known, from the lists in the shared data.
//!
//! Source of the answers: what Windows Update itself offered on the day of the lists, and, for the
//! replays, which security updates were installed next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::command::scan;
use staunch_model::{Assessment, Collected, Date, HotfixId, KbNumber, Verdict};

const WINDOWS_7: [&str; 2] = [
    "7_sp1_x64_enterprise_en-us_20190305_systeminfo.txt",
    "7_sp1_x64_enterprise_en-us_20190305_qfe.txt",
];

/// Finds the files of a host, or says that the test is skipped.
fn host(names: &[&str]) -> Option<Vec<PathBuf>> {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: the shared data is not beside the workspace");
        return None;
    };
    Some(names.iter().map(|name| data.join("wesng/validation").join(name)).collect())
}

fn kb(number: u32) -> KbNumber {
    KbNumber::new(number).expect("a knowledge base number")
}

fn with(assessment: &Assessment, verdict: Verdict) -> BTreeSet<KbNumber> {
    assessment.findings.iter().filter(|f| f.verdict == verdict).map(|f| f.kb).collect()
}

#[test]
fn windows_10_that_windows_update_calls_complete_misses_nothing() {
    let names = [
        "10_1803_x64_proforworkstations_en-us_A_20190305_systeminfo.txt",
        "10_1803_x64_proforworkstations_en-us_A_20190305_qfe.txt",
    ];
    let Some(files) = host(&names) else { return };
    let found = scan(&["--as-of", "2019-03-05"], &files);
    assert_eq!(with(&found, Verdict::Missing), BTreeSet::new());
}

#[test]
fn windows_7_misses_what_windows_update_offered() {
    let Some(files) = host(&WINDOWS_7) else { return };
    // Three updates were installed on the day after Windows Update was asked.
    let found = scan(&["--as-of", "2019-03-05", "--installed-until", "2019-03-05"], &files);
    assert_eq!(with(&found, Verdict::Missing), BTreeSet::from([kb(4_486_563), kb(4_487_078)]));
    let open = with(&found, Verdict::Undetermined);
    assert!(open.contains(&kb(3_109_560)), "the update that Windows Update offered stays open");
    println!("Windows 7, 2019-03-05: {} undetermined", open.len());
    assert!(open.len() <= 75, "{} undetermined", open.len());
}

/// A rewound host: what was installed after `until`, and how much of it the scan names.
struct Replay {
    installed_next: BTreeSet<KbNumber>,
    missing: BTreeSet<KbNumber>,
    offered: BTreeSet<KbNumber>,
}

fn replay(files: &[PathBuf], list: &Path, until: &str, as_of: &str) -> Replay {
    let found = scan(&["--all", "--installed-until", until, "--as-of", as_of], files);
    let bytes = std::fs::read(list).expect("the host's list");
    let inventory =
        staunch_machine::read_inventory(&list.display().to_string(), &bytes).expect("an inventory");
    let Collected::Known(hotfixes) = inventory.facts.hotfixes else { panic!("no hotfix list") };
    let until: Date = until.parse().expect("a date");
    let later: BTreeSet<KbNumber> = hotfixes
        .entries
        .iter()
        .filter(|entry| entry.installed_on.is_none_or(|day| day > until))
        .filter_map(|entry| match entry.id {
            HotfixId::Kb(kb) => Some(kb),
            HotfixId::Other(_) => None,
        })
        .collect();
    let judged: BTreeSet<KbNumber> = found.findings.iter().map(|f| f.kb).collect();
    let installed_next: BTreeSet<KbNumber> = later.intersection(&judged).copied().collect();
    let missing = with(&found, Verdict::Missing).intersection(&installed_next).copied().collect();
    let offered = found.findings.iter().filter(|f| f.offered).map(|f| f.kb).collect();
    Replay { installed_next, missing, offered }
}

#[test]
fn what_was_installed_next_was_missing_before() {
    let windows_7: &[&str] =
        &["7_sp1_x64_enterprise_en-us_B_systeminfo.txt", "7_sp1_x64_enterprise_en-us_B_qfe.txt"];
    let vista: &[&str] = &["vista_x64_sp2_systeminfo.txt", "vista_x64_sp2_qfe.txt"];
    let xp: &[&str] =
        &["xp_sp3_x86_professional_en-us_systeminfo.txt", "xp_sp3_x86_professional_en-us_qfe.txt"];
    for (names, until, as_of, at_least) in [
        (windows_7, "2015-05-21", "2015-05-22", 116),
        (windows_7, "2018-11-13", "2018-11-14", 30),
        (vista, "2011-07-01", "2011-07-31", 61),
        (xp, "2014-04-01", "2014-04-30", 112),
    ] {
        let Some(files) = host(names) else { return };
        let replay = replay(&files, &files[1], until, as_of);
        println!(
            "{} at {as_of}: {} of {} installed next were missing, {} of them offered",
            names[1],
            replay.missing.len(),
            replay.installed_next.len(),
            replay.offered.intersection(&replay.installed_next).count()
        );
        assert!(replay.missing.len() >= at_least, "{}: {} missing", names[1], replay.missing.len());
    }
}

#[test]
fn a_rollup_alone_calls_no_older_update_installed() {
    let names: [&str; 2] =
        ["7_sp1_x64_enterprise_en-us_B_systeminfo.txt", "7_sp1_x64_enterprise_en-us_B_qfe.txt"];
    let Some(files) = host(&names) else { return };
    // What was installed in November 2018 beside the monthly rollup of that month.
    let before = replay(&files, &files[1], "2018-11-13", "2018-11-14");
    let older: BTreeSet<KbNumber> = before.installed_next;
    let bytes = std::fs::read(&files[1]).expect("the host's list");
    let inventory = staunch_machine::read_inventory("list", &bytes).expect("an inventory");
    let Collected::Known(mut list) = inventory.facts.hotfixes.clone() else { panic!("no list") };
    let rollup = kb(4_467_107);
    list.entries.retain(|entry| match entry.id {
        HotfixId::Kb(id) => id == rollup || !older.contains(&id),
        HotfixId::Other(_) => true,
    });
    let system = std::fs::read(&files[0]).expect("the host's systeminfo");
    let mut facts = staunch_machine::read_inventory("system", &system).expect("an inventory").facts;
    facts.hotfixes = Collected::Known(list);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts.json");
    std::fs::write(&path, staunch_machine::facts_json(&facts, None))
        .expect("the facts are written");
    let found = scan(&["--all", "--as-of", "2018-11-14"], &[path]);
    let rollups_begin: Date = "2016-10-11".parse().expect("a date");
    let judged: Vec<_> = found
        .findings
        .iter()
        .filter(|f| older.contains(&f.kb) && f.date.is_some_and(|date| date < rollups_begin))
        .collect();
    println!("{} older updates under the rollup alone", judged.len());
    assert!(judged.len() >= 28, "{} older updates", judged.len());
    for finding in judged {
        assert!(
            matches!(finding.verdict, Verdict::Missing | Verdict::Undetermined),
            "{} is {:?}",
            finding.kb,
            finding.verdict
        );
    }
}
