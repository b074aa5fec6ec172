//! Known dates, as the publication that the default catalog is built from has them.

use staunch_assess::{Assessor, Machine, Options};
use staunch_catalog::Builder;
use staunch_model::{
    Collected, Date, DayOrigin, Installation, Record, ServicePack, SourceWarning, Support,
    SupportState, Verdict,
};
use staunch_source::{Sink, read_document};

use crate::world::{self, Update, WINDOWS_7, machine};

/// Passes statements on; a fault in the file fails the tests.
struct Feed<'b>(&'b mut Builder);

impl Sink for Feed<'_> {
    fn record(&mut self, record: Record) {
        self.0.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        panic!("{warning:?}");
    }
}

fn add_support_dates(builder: &mut Builder) {
    let file = include_bytes!("../../../catalog/data/lifecycle.toml");
    read_document("lifecycle.toml", file, &mut Feed(builder)).expect("support dates");
}

fn assessor() -> Assessor {
    world::assessor_of(add_support_dates)
}

fn on(text: &str) -> Option<Date> {
    Some(text.parse().expect("a day"))
}

fn of_edition(system: &str, edition: &str) -> Machine {
    let mut machine = machine(system, &[]);
    if !edition.is_empty() {
        machine.facts.edition = Collected::Known(edition.to_owned());
    }
    machine
}

#[test]
fn known_dates_of_products_and_service_packs() {
    use SupportState::{Ended, NotKnown, PaidUpdatesOnly, Supported};
    let assessor = assessor();
    let none = None;
    for (system, edition, day, state, pack, says) in [
        (
            "Windows XP",
            "Professional",
            "2005-08-30",
            Supported,
            Some(Supported),
            "mainstream support lasts until 2009-04-14 and extended support until 2014-04-08; the \
             release without a service pack is supported until 2005-08-30: install service pack 2 \
             before",
        ),
        (
            "Windows XP Service Pack 1",
            "",
            "2006-10-11",
            Supported,
            Some(Ended),
            "mainstream support lasts until 2009-04-14 and extended support until 2014-04-08; \
             service pack 1 lost support on 2006-10-10: install service pack 2",
        ),
        (
            "Windows XP Service Pack 2",
            "",
            "2010-07-13",
            Supported,
            Some(Supported),
            "extended support lasts until 2014-04-08; mainstream support ended on 2009-04-14; \
             service pack 2 is supported until 2010-07-13: install service pack 3 before",
        ),
        (
            "Windows XP Service Pack 2",
            "",
            "2017-03-14",
            Ended,
            Some(Ended),
            "support ended on 2014-04-08; service pack 2 lost support on 2010-07-13: install \
             service pack 3",
        ),
        (
            "Windows XP Service Pack 3",
            "",
            "2014-04-08",
            Supported,
            Some(Supported),
            "extended support lasts until 2014-04-08; mainstream support ended on 2009-04-14; \
             service pack 3 is the newest",
        ),
        (
            "Windows XP Service Pack 3",
            "",
            "2014-04-09",
            Ended,
            Some(Ended),
            "support ended on 2014-04-08; service pack 3 is the newest",
        ),
        (
            "Windows XP Media Center Edition 2005 Service Pack 3",
            "",
            "2014-04-09",
            Ended,
            Some(Ended),
            "support ended on 2014-04-08; service pack 3 is the newest",
        ),
        (
            "Windows XP 64-Bit Edition Version 2003",
            "",
            "2014-04-09",
            NotKnown,
            none,
            "how long Windows XP 64-Bit Edition Version 2003 is supported is not known: the \
             catalog does not say",
        ),
        (
            "Windows 2000 Service Pack 2",
            "Server",
            "2006-01-01",
            Supported,
            Some(Ended),
            "extended support lasts until 2010-07-13; mainstream support ended on 2005-06-30; \
             service pack 2 lost support by 2005-06-30 at the latest: install service pack 4",
        ),
        (
            "Windows 2000 Service Pack 4",
            "",
            "2010-07-14",
            Ended,
            Some(Ended),
            "support ended on 2010-07-13; service pack 4 is the newest",
        ),
        (
            "Windows Server 2003 R2 x64 Edition Service Pack 1",
            "",
            "2009-04-15",
            Supported,
            Some(Ended),
            "mainstream support lasts until 2010-07-13 and extended support until 2015-07-14; \
             service pack 1 lost support on 2009-04-14: install service pack 2",
        ),
        (
            "Windows 7 for x64-based Systems",
            "Ultimate",
            "2013-04-10",
            Supported,
            Some(Ended),
            "mainstream support lasts until 2015-01-13 and extended support until 2020-01-14; the \
             release without a service pack lost support on 2013-04-09: install service pack 1",
        ),
        (
            WINDOWS_7,
            "Professional",
            "2020-01-15",
            PaidUpdatesOnly,
            Some(PaidUpdatesOnly),
            "support ended on 2020-01-14, and only those who pay get updates until 2023-01-10; \
             service pack 1 is the newest",
        ),
        (
            WINDOWS_7,
            "Home Premium",
            "2020-01-15",
            Ended,
            Some(Ended),
            "support ended on 2020-01-14; service pack 1 is the newest",
        ),
        (
            "Windows Server 2012 R2",
            "Standard",
            "2023-10-11",
            PaidUpdatesOnly,
            none,
            "support ended on 2023-10-10, and only those who pay get updates until 2026-10-13",
        ),
        (
            "Windows Server 2012 R2 (Server Core installation)",
            "Standard",
            "2026-10-14",
            Ended,
            none,
            "support ended on 2023-10-10, and updates for those who pay on 2026-10-13",
        ),
        (
            "Windows 10 Version 1803 for x64-based Systems",
            "Home Single Language",
            "2019-11-13",
            Ended,
            none,
            "support ended on 2019-11-12",
        ),
        (
            "Windows 10 Version 1803 for x64-based Systems",
            "Enterprise",
            "2019-11-13",
            Supported,
            none,
            "support lasts until 2021-05-11",
        ),
        (
            "Windows 10 Version 1607 for x64-based Systems",
            "Enterprise 2016 LTSB",
            "2023-01-01",
            Supported,
            none,
            "extended support lasts until 2026-10-13; mainstream support ended on 2021-10-12",
        ),
        (
            "Windows 10 Version 22H2 for x64-based Systems",
            "Pro",
            "2025-10-14",
            Supported,
            none,
            "support lasts until 2025-10-14",
        ),
        (
            "Windows 10 Version 22H2 for x64-based Systems",
            "Home",
            "2026-10-14",
            Ended,
            none,
            "support ended on 2025-10-14, and updates for those who pay on 2026-10-13",
        ),
        (
            "Windows 10 Version 22H2 for x64-based Systems",
            "Education",
            "2026-10-14",
            PaidUpdatesOnly,
            none,
            "support ended on 2025-10-14, and only those who pay get updates until 2028-10-10",
        ),
        (
            "Windows 10 Version 1809 for HoloLens",
            "",
            "2026-10-14",
            NotKnown,
            none,
            "how long Windows 10 Version 1809 for HoloLens is supported is not known: the catalog \
             does not say",
        ),
    ] {
        let machine = of_edition(system, edition);
        let support = assessor.support(&machine, on(day)).expect("an answer");
        let found_pack = support.service_pack.as_ref().map(|pack| pack.state);
        let found = (support.state, found_pack, support.says.as_str());
        assert_eq!(found, (state, pack, says), "{system} {edition} on {day}");
    }
}

#[test]
fn an_unknown_edition_has_every_date_and_none_is_chosen() {
    let assessor = assessor();
    let ask = |system, edition, day| {
        assessor.support(&of_edition(system, edition), on(day)).expect("an answer")
    };
    let windows_10 = "Windows 10 Version 1803 for x64-based Systems";
    for edition in ["", "Team"] {
        let support = ask(windows_10, edition, "2020-01-01");
        assert_eq!(support.state, SupportState::DependsOnEdition);
        assert_eq!(support.lines.len(), 2);
        assert_eq!(
            support.says,
            "for Home and Pro, support ended on 2019-11-12; for Enterprise and Education, support \
             lasts until 2021-05-11; which of these the machine is, is not known"
        );
        assert!(!support.is_lost());
    }
    let later = ask(windows_10, "", "2021-05-12");
    assert_eq!(later.state, SupportState::Ended);
    assert!(later.says.contains("2019-11-12") && later.says.contains("2021-05-11"));
}

#[test]
fn windows_nt_ends_by_its_kind() {
    let assessor = assessor();
    let mut machine = machine("Windows NT 4.0 Service Pack 5", &[]);
    let says =
        |machine: &Machine| assessor.support(machine, on("2010-01-01")).expect("answer").says;
    assert_eq!(
        says(&machine),
        "for a client, support ended on 2004-06-30; for a server, support ended on 2004-12-31; \
         which of these the machine is, is not known; service pack 5 is not the newest, and when \
         it lost support is not known: install service pack 6"
    );
    machine.facts.installation = Collected::Known(Installation::Server);
    assert!(says(&machine).starts_with("support ended on 2004-12-31; service pack 5 is not"));
}

#[test]
fn the_day_is_the_one_that_is_asked_for_else_the_catalogs() {
    let update = Update {
        kb: 4_000_001,
        product: WINDOWS_7,
        date: "2019-03-12",
        cve: 1,
        ..Update::default()
    };
    let assessor = world::assessor_of(|builder| {
        update.records().into_iter().for_each(|record| builder.push(record));
        add_support_dates(builder);
    });
    let windows_7 = of_edition(WINDOWS_7, "Enterprise");
    let day = |as_of| {
        let day = assessor.support(&windows_7, as_of).expect("an answer").day.expect("a day");
        (day.date.to_string(), day.from)
    };
    assert_eq!(day(None), ("2019-03-12".to_owned(), DayOrigin::Catalog));
    assert_eq!(day(on("2020-02-01")), ("2020-02-01".to_owned(), DayOrigin::AsOf));
}

#[test]
fn without_any_day_the_dates_stand_and_no_state_is_claimed() {
    let support = assessor().support(&machine(WINDOWS_7, &[]), None).expect("an answer");
    assert_eq!((support.day, support.state), (None, SupportState::NotKnown));
    assert!(support.says.starts_with("the last day of support is 2020-01-14"), "{}", support.says);
}

#[test]
fn a_catalog_without_support_dates_says_that_it_does_not_know() {
    let update = Update {
        kb: 4_000_001,
        product: WINDOWS_7,
        date: "2019-03-12",
        cve: 1,
        ..Update::default()
    };
    let assessment = world::everything(&[update], &machine(WINDOWS_7, &[]));
    let Support { state, lines, service_pack, says, .. } = assessment.support;
    assert_eq!((state, lines, service_pack), (SupportState::NotKnown, Vec::new(), None));
    assert!(says.ends_with("the catalog does not say"), "{says}");
}

#[test]
fn an_update_from_before_a_service_pack_is_inside_it() {
    let earlier = "Windows 7 for x64-based Systems";
    let (before, after) = ("2011-02-08", "2011-03-08");
    let updates = [
        Update { kb: 2_000_001, product: earlier, date: before, cve: 1, ..Update::default() },
        Update { kb: 2_000_002, product: earlier, date: after, cve: 2, ..Update::default() },
        Update { kb: 2_000_003, product: WINDOWS_7, date: after, cve: 3, ..Update::default() },
    ];
    let assessor = world::assessor_of(|builder| {
        let records = updates.iter().flat_map(Update::records);
        records.for_each(|record| builder.push(record));
        add_support_dates(builder);
    });
    let options = Options { all: true, ..Options::default() };
    let machine = machine(WINDOWS_7, &[]);
    let found = assessor.assess(&machine, &options).expect("an assessment");
    let verdict = |kb| found.findings.iter().find(|one| one.kb == world::kb(kb)).map(|f| f.verdict);
    assert_eq!(verdict(2_000_001), Some(Verdict::IncludedInServicePack));
    assert_eq!(verdict(2_000_002), Some(Verdict::NotApplicable));
    let pack = found.support.service_pack.expect("a service pack");
    assert_eq!((pack.level, pack.newest), (ServicePack(1), ServicePack(1)));
    let plan = assessor.plan(&machine, &options).expect("a plan");
    assert_eq!(plan.support.lines, found.support.lines);
}

#[test]
fn a_machine_without_support_is_not_told_again_that_its_updates_have_ended() {
    let xp = "Windows XP Service Pack 1";
    let updates = [
        Update { kb: 2_000_001, product: WINDOWS_7, date: "2011-02-08", cve: 1, ..<_>::default() },
        Update { kb: 900_001, product: xp, date: "2006-02-14", cve: 2, ..<_>::default() },
    ];
    let add_updates = |builder: &mut Builder| {
        let records = updates.iter().flat_map(Update::records);
        records.for_each(|record| builder.push(record));
    };
    let dated = world::assessor_of(|builder| {
        add_updates(builder);
        add_support_dates(builder);
    });
    let undated = world::assessor_of(add_updates);
    let windows_7 = of_edition(WINDOWS_7, "Enterprise");
    let xp = of_edition(xp, "Professional");
    for (assessor, machine, as_of, is_told) in [
        (&dated, &windows_7, "2011-03-08", false),
        (&dated, &windows_7, "2013-01-08", true),
        (&dated, &windows_7, "2024-01-09", false),
        (&undated, &windows_7, "2024-01-09", true),
        (&dated, &xp, "2006-09-01", true),
        // The product is supported, its service pack is not.
        (&dated, &xp, "2007-06-12", false),
    ] {
        let options = Options { as_of: on(as_of), ..Options::default() };
        let found = assessor.assess(machine, &options).expect("an assessment");
        let told = found.warnings.iter().filter(|w| w.message.starts_with("the catalog knows no"));
        assert_eq!(told.count(), usize::from(is_told), "{} on {as_of}", machine.system);
    }
}

#[test]
fn a_day_after_that_of_the_catalog_is_told() {
    let (kb, date) = (2_000_001, "2011-02-08");
    let update = Update { kb, product: WINDOWS_7, date, cve: 1, ..<_>::default() };
    let assessor = world::assessor(&[update]);
    let machine = world::machine(WINDOWS_7, &[]);
    for (as_of, is_told) in [("2011-02-07", false), ("2011-02-08", false), ("2011-02-09", true)] {
        let options = Options { as_of: on(as_of), ..Options::default() };
        let found = assessor.assess(&machine, &options).expect("an assessment");
        let told = found.warnings.iter().any(|warning| {
            warning.message == "it is of 2011-02-08, and knows nothing that came out later"
        });
        assert_eq!(told, is_told, "{as_of}");
    }
}
