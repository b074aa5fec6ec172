//! Each rule of ARCHITECTURE.md, "Verdicts", on the smallest catalog that shows it.

use crate::world::{
    Update, WINDOWS_7, WINDOWS_10, assessor, everything, kb, machine, verdict, with_build,
};
use staunch_assess::Options;
use staunch_model::{Collected, HotfixList, NetFramework, Verdict};

/// An update of Windows 7.
fn of(kb: u32, class: &'static str, date: &'static str, cve: u32) -> Update {
    Update { kb, product: WINDOWS_7, class, date, cve, ..Update::default() }
}

pub(crate) fn rollups() -> Vec<Update> {
    vec![
        of(3_100_001, "", "2016-03-08", 1),
        of(4_100_010, "Monthly Rollup", "2018-01-09", 2),
        of(4_100_011, "Security Only", "2018-01-09", 2),
        of(4_100_020, "Monthly Rollup", "2018-02-13", 3),
        of(4_100_021, "Security Only", "2018-02-13", 3),
    ]
}

#[test]
fn a_later_rollup_contains_earlier_rollups_and_security_only_updates() {
    let found = everything(&rollups(), &machine(WINDOWS_7, &[4_100_020]));
    assert_eq!(verdict(&found, 4_100_020), Verdict::Installed);
    for contained in [4_100_010, 4_100_011, 4_100_021] {
        assert_eq!(verdict(&found, contained), Verdict::Superseded, "KB{contained}");
    }
}

#[test]
fn an_update_from_before_the_rollups_stays_open_under_one() {
    let without = everything(&rollups(), &machine(WINDOWS_7, &[]));
    assert_eq!(verdict(&without, 3_100_001), Verdict::Missing);
    let under = everything(&rollups(), &machine(WINDOWS_7, &[4_100_020]));
    assert_eq!(verdict(&under, 3_100_001), Verdict::Undetermined);
}

#[test]
fn a_security_only_update_stands_in_for_the_rollup_of_its_month() {
    let found = everything(&rollups(), &machine(WINDOWS_7, &[4_100_011, 4_100_021]));
    assert_eq!(verdict(&found, 4_100_010), Verdict::Superseded);
    assert_eq!(verdict(&found, 4_100_020), Verdict::Superseded);
}

#[test]
fn a_vulnerability_that_an_alternative_closes_is_not_exposed() {
    let mut updates = rollups();
    updates.push(Update { cve: 9, ..updates[3].clone() });
    let found = everything(&updates, &machine(WINDOWS_7, &[4_100_011, 4_100_021]));
    assert_eq!(verdict(&found, 4_100_020), Verdict::Missing, "the ninth is closed by it alone");
    let exposed: Vec<u32> = vec![1, 9];
    assert_eq!(found.summary.exposed_cves, exposed.len());
}

#[test]
fn only_what_nothing_missing_replaces_is_offered() {
    let found = everything(&rollups(), &machine(WINDOWS_7, &[]));
    let offered: Vec<_> = found.findings.iter().filter(|f| f.offered).map(|f| f.kb).collect();
    assert_eq!(offered, [kb(4_100_020), kb(3_100_001)]);
    let rollup = &found.findings[0];
    assert_eq!(rollup.cves.len(), 2, "it closes what the replaced rollup would have closed");
    assert_eq!(found.summary.exposed_cves, 3);
}

fn chain() -> Vec<Update> {
    let of = |kb, date, cve, supersedes, build| Update {
        kb,
        product: WINDOWS_10,
        class: "Security Update",
        date,
        cve,
        supersedes,
        build,
        ..Update::default()
    };
    vec![
        of(5_000_010, "2021-07-13", 1, &[], Some("10.0.17763.2061")),
        of(5_000_020, "2021-08-10", 2, &[5_000_010], Some("10.0.17763.2114")),
    ]
}

#[test]
fn superseding_reaches_through_installed_updates() {
    let found = everything(&chain(), &machine(WINDOWS_10, &[5_000_020]));
    assert_eq!(verdict(&found, 5_000_010), Verdict::Superseded);
    assert_eq!(
        found.findings.iter().find(|f| f.kb == kb(5_000_010)).map(|f| f.superseded_by.clone()),
        Some(vec![kb(5_000_020)])
    );
}

#[test]
fn a_known_revision_overrides_the_list_both_ways() {
    let claims_too_much = with_build(machine(WINDOWS_10, &[5_000_020]), "10.0.17763.2061");
    let found = everything(&chain(), &claims_too_much);
    assert_eq!(verdict(&found, 5_000_020), Verdict::Missing);
    assert_eq!(verdict(&found, 5_000_010), Verdict::Installed);
    let claims_too_little = with_build(machine(WINDOWS_10, &[]), "10.0.17763.2114");
    let found = everything(&chain(), &claims_too_little);
    assert_eq!(verdict(&found, 5_000_020), Verdict::Installed);
}

#[test]
fn a_sibling_architecture_lends_its_cumulative_updates() {
    let mut updates = chain();
    updates[1].product = "Windows 10 Version 1809 for 32-bit Systems";
    let found = everything(&updates, &machine(WINDOWS_10, &[]));
    assert_eq!(verdict(&found, 5_000_020), Verdict::Missing);
}

#[test]
fn the_payload_of_a_bundle_counts_as_the_bundle() {
    let mut updates = rollups();
    updates[3].payload = Some(4_100_099);
    let found = everything(&updates, &machine(WINDOWS_7, &[4_100_099]));
    assert_eq!(verdict(&found, 4_100_020), Verdict::Installed);
}

#[test]
fn an_unpublished_update_leaves_its_line_open() {
    let found = everything(&chain(), &machine(WINDOWS_10, &[5_000_015]));
    assert_eq!(verdict(&found, 5_000_010), Verdict::Undetermined);
    let nothing_unknown = everything(&chain(), &machine(WINDOWS_10, &[]));
    assert_eq!(verdict(&nothing_unknown, 5_000_010), Verdict::Missing);
}

fn framework(versions: &'static str, number: u32) -> Update {
    let product = match versions {
        "3.5.1" => {
            "Microsoft .NET Framework 3.5.1 on Windows 7 for x64-based Systems Service Pack 1"
        }
        _ => "Microsoft .NET Framework 4.5.2 on Windows 7 for x64-based Systems Service Pack 1",
    };
    Update { kb: number, product, date: "2016-05-10", cve: number % 1000 + 1, ..Update::default() }
}

#[test]
fn components_gate_by_what_is_known() {
    let updates = [framework("3.5.1", 3_100_351), framework("4.5.2", 3_100_452)];
    let unknown = everything(&updates, &machine(WINDOWS_7, &[]));
    assert_eq!(verdict(&unknown, 3_100_351), Verdict::Missing);
    assert_eq!(verdict(&unknown, 3_100_452), Verdict::Undetermined, "lists do not show it");
    let mut known = machine(WINDOWS_7, &[]);
    let versions = vec!["3.5".to_owned()];
    known.facts.components.net_framework = Collected::Known(NetFramework { versions });
    let gated = everything(&updates, &known);
    assert_eq!(verdict(&gated, 3_100_351), Verdict::Missing);
    assert_eq!(verdict(&gated, 3_100_452), Verdict::NotApplicable);
}

#[test]
fn an_update_for_what_not_every_machine_has_is_open_until_that_is_known() {
    let update = |product, number| Update {
        kb: number,
        product,
        date: "2012-11-13",
        cve: number % 1000 + 1,
        ..Update::default()
    };
    let updates = [
        update(
            "Internet Information Services 7.5 on Windows 7 for x64-based Systems Service Pack 1",
            2_719_033,
        ),
        update(
            "Windows Media Player 12 on Windows 7 for x64-based Systems Service Pack 1",
            2_378_111,
        ),
    ];
    let unknown = everything(&updates, &machine(WINDOWS_7, &[]));
    assert_eq!(verdict(&unknown, 2_719_033), Verdict::Undetermined);
    assert_eq!(verdict(&unknown, 2_378_111), Verdict::Missing, "a part of Windows 7");
    let says = &unknown.findings.iter().find(|f| f.kb == kb(2_719_033)).expect("it").evidence[0];
    assert!(says.says.starts_with("whether Internet Information Services 7.5 is installed"));

    let mut with_features = machine(WINDOWS_7, &[]);
    for (features, expected) in [
        (vec!["TelnetClient".to_owned()], Verdict::NotApplicable),
        (vec!["IIS-WebServer".to_owned()], Verdict::Missing),
    ] {
        with_features.facts.components.features = Collected::Known(features);
        let found = everything(&updates, &with_features);
        assert_eq!(verdict(&found, 2_719_033), expected);
    }

    let mut looked_for = machine(WINDOWS_7, &[]);
    if let Collected::Known(list) = &mut looked_for.facts.hotfixes {
        list.not_installed.push(kb(2_719_033));
    }
    let found = everything(&updates, &looked_for);
    assert_eq!(verdict(&found, 2_719_033), Verdict::Missing, "its tool knows that it applies");
}

#[test]
fn script_engines_are_those_of_internet_explorer() {
    let server = "Windows Server 2003 Service Pack 2";
    let engine = |product, number| Update {
        kb: number,
        product,
        date: "2010-04-13",
        cve: number % 1000 + 1,
        ..Update::default()
    };
    let updates = [
        engine("VBScript 5.6 on Windows Server 2003 Service Pack 2", 981_350),
        engine("VBScript 5.7 on Windows Server 2003 Service Pack 2", 981_349),
        engine("VBScript 5.8 on Windows Server 2003 Service Pack 2", 981_332),
    ];
    use Verdict::{Missing, NotApplicable, Undetermined};
    for (explorer, expected) in [
        (Collected::NotCollected, [Missing, Undetermined, Undetermined]),
        (Collected::Known(6), [Missing, Undetermined, Undetermined]),
        (Collected::Known(7), [NotApplicable, Missing, NotApplicable]),
        (Collected::Known(8), [NotApplicable, NotApplicable, Missing]),
    ] {
        let mut machine = machine(server, &[]);
        machine.facts.components.internet_explorer = explorer;
        let found = everything(&updates, &machine);
        let verdicts = [981_350, 981_349, 981_332].map(|number| verdict(&found, number));
        assert_eq!(verdicts, expected);
    }
}

#[test]
fn what_was_never_collected_decides_nothing() {
    let mut without_list = machine(WINDOWS_7, &[]);
    without_list.facts.hotfixes = Collected::NotCollected;
    let found = everything(&rollups(), &without_list);
    assert!(found.findings.iter().all(|f| f.verdict == Verdict::Undetermined));

    let mut cut = machine(WINDOWS_7, &[4_100_010]);
    if let Collected::Known(list) = &mut cut.facts.hotfixes {
        *list = HotfixList { stated: Some(9), ..list.clone() };
    }
    let found = everything(&rollups(), &cut);
    assert_eq!(verdict(&found, 4_100_010), Verdict::Installed);
    assert_eq!(verdict(&found, 4_100_020), Verdict::Undetermined);

    let mut unread = machine(WINDOWS_7, &[4_100_010]);
    if let Collected::Known(list) = &mut unread.facts.hotfixes {
        list.unread = true;
    }
    let found = everything(&rollups(), &unread);
    assert_eq!(verdict(&found, 4_100_010), Verdict::Installed);
    assert_eq!(verdict(&found, 4_100_020), Verdict::Undetermined);
}

#[test]
fn a_list_of_what_was_looked_for_decides_about_that_only() {
    let mut selective = machine(WINDOWS_7, &[4_100_010]);
    if let Collected::Known(list) = &mut selective.facts.hotfixes {
        list.selective = true;
    }
    let found = everything(&rollups(), &selective);
    assert_eq!(verdict(&found, 4_100_010), Verdict::Installed);
    assert_eq!(verdict(&found, 4_100_020), Verdict::Undetermined);
    if let Collected::Known(list) = &mut selective.facts.hotfixes {
        list.not_installed.push(kb(4_100_020));
    }
    let found = everything(&rollups(), &selective);
    assert_eq!(verdict(&found, 4_100_020), Verdict::Missing);
}

#[test]
fn an_update_waits_for_the_restart() {
    let mut pending = machine(WINDOWS_7, &[]);
    if let Collected::Known(list) = &mut pending.facts.hotfixes {
        list.pending.push(kb(4_100_020));
    }
    let found = everything(&rollups(), &pending);
    assert_eq!(verdict(&found, 4_100_020), Verdict::PendingReboot);
    // The rollup of the month before is in it.
    assert_eq!(verdict(&found, 4_100_010), Verdict::PendingReboot);
}

#[test]
fn an_earlier_day_knows_no_later_updates() {
    let options = Options {
        as_of: Some("2018-01-31".parse().expect("a day")),
        all: true,
        ..Options::default()
    };
    let found =
        assessor(&rollups()).assess(&machine(WINDOWS_7, &[]), &options).expect("an assessment");
    assert!(found.findings.iter().all(|f| f.kb < kb(4_100_020)));
}

#[test]
fn a_plan_closes_everything_in_the_fewest_steps() {
    let plan =
        assessor(&rollups()).plan(&machine(WINDOWS_7, &[]), &Options::default()).expect("a plan");
    let steps: Vec<_> = plan.steps.iter().map(|step| step.kb).collect();
    assert_eq!(steps, [kb(4_100_020), kb(3_100_001)]);
    assert_eq!((plan.reboots, plan.left_open.len()), (1, 0));
    assert!(plan.steps[0].replaces.contains(&kb(4_100_010)));
}

#[test]
fn what_is_signed_with_sha_2_alone_comes_after_what_lets_windows_take_it() {
    let updates = [
        of(4_474_419, "Security Update", "2019-03-12", 1),
        of(4_565_354, "Servicing Stack Update", "2020-07-14", 2),
        of(5_022_338, "Monthly Rollup", "2023-01-10", 3),
        of(4_489_878, "Monthly Rollup", "2019-03-12", 4),
    ];
    let later = [kb(4_474_419), kb(4_565_354), kb(5_022_338)];
    for (as_of, expected, reboots) in
        [("2023-02-01", later.as_slice(), 2), ("2019-04-01", &[later[0], kb(4_489_878)], 1)]
    {
        let as_of = Some(as_of.parse().expect("a day"));
        let options = Options { as_of, ..Options::default() };
        let assessor = assessor(&updates);
        let plan = assessor.plan(&machine(WINDOWS_7, &[]), &options).expect("a plan");
        let steps: Vec<_> = plan.steps.iter().map(|step| step.kb).collect();
        assert_eq!((steps.as_slice(), plan.reboots), (expected, reboots));
    }
}

#[test]
fn a_system_that_publications_call_by_two_names_takes_the_updates_of_both() {
    let date = "2015-07-14";
    let update = |kb, product| Update { kb, product, date, cve: kb, ..Update::default() };
    for (system, names) in [
        (
            "Windows XP x64 Edition Service Pack 1",
            ["Windows XP x64 Edition", "Windows XP x64 Edition Service Pack 1"],
        ),
        (
            "Windows Server 2003 x64 Edition Service Pack 1",
            ["Windows Server 2003 x64 Edition", "Windows Server 2003 x64 Edition Service Pack 1"],
        ),
        (
            "Windows Server 2008 for 32-bit Systems",
            [
                "Windows Server 2008 for 32-bit Systems",
                "Windows Server 2008 for 32-bit Systems Service Pack 1",
            ],
        ),
        (
            "Windows Server 2003 R2 Service Pack 2",
            ["Windows Server 2003 Service Pack 2", "Windows Server 2003 R2 Service Pack 2"],
        ),
        (
            "Windows Server 2003 R2 x64 Edition Service Pack 1",
            [
                "Windows Server 2003 x64 Edition",
                "Windows Server 2003 R2 x64 Edition Service Pack 1",
            ],
        ),
    ] {
        let updates = [update(3_000_001, names[0]), update(3_000_002, names[1])];
        let found = everything(&updates, &machine(system, &[3_000_002]));
        let verdicts = [verdict(&found, 3_000_001), verdict(&found, 3_000_002)];
        assert_eq!(verdicts, [Verdict::Missing, Verdict::Installed], "{system}");
    }
}

#[test]
fn a_system_without_any_update_is_said_to_be_unknown() {
    let error = assessor(&rollups())
        .assess(&machine("Windows Vista Service Pack 2", &[]), &Options::default())
        .expect_err("nothing is published for it");
    assert!(error.to_string().contains("Windows Vista"), "{error}");
}
