use staunch_model::{Date, Family, Severity, SupportState};

use super::{Check, Outcome, Subject};

pub(super) const CHECK: Check = Check {
    id: "windows-version",
    title: "Security updates are still published for this Windows",
    severity: Severity::Critical,
    remedy: "Install the newest service pack or release, or a Windows that is supported; until \
             then cut the machine off from networks that it need not reach",
    source: "MBSA, check \"Windows Version\"; Microsoft Learn, \"Search Product and Services \
             Lifecycle Information\"",
    reads: &["support dates"],
    judge,
};

/// Last days of support, without what could be paid for, of families whose every edition has
/// lost it.
///
/// Source: Microsoft Learn, "Search Product and Services Lifecycle Information".
const ENDED: &[(Family, [i16; 3])] = &[
    (Family::WindowsNt4, [2004, 12, 31]),
    (Family::Windows2000, [2010, 7, 13]),
    (Family::WindowsXp, [2014, 4, 8]),
    (Family::Server2003, [2015, 7, 14]),
    (Family::Server2003R2, [2015, 7, 14]),
    (Family::WindowsVista, [2017, 4, 11]),
    (Family::Server2008, [2020, 1, 14]),
    (Family::Windows7, [2020, 1, 14]),
    (Family::Server2008R2, [2020, 1, 14]),
    (Family::Windows8, [2016, 1, 12]),
    (Family::WindowsRt, [2016, 1, 12]),
    (Family::Windows81, [2023, 1, 10]),
    (Family::WindowsRt81, [2023, 1, 10]),
    (Family::Server2012, [2023, 10, 10]),
    (Family::Server2012R2, [2023, 10, 10]),
];

fn judge(subject: &Subject<'_>) -> Outcome {
    let support = subject.support;
    match support.overall() {
        _ if support.is_lost() => Outcome::weak(&support.says),
        SupportState::Supported => Outcome::sound(&support.says),
        SupportState::NotKnown => by_family(subject),
        SupportState::DependsOnEdition | SupportState::PaidUpdatesOnly | SupportState::Ended => {
            Outcome::undetermined(&support.says)
        }
    }
}

/// Judges by the family where the catalog says nothing.
fn by_family(subject: &Subject<'_>) -> Outcome {
    let family = subject.system.family;
    let end = ENDED.iter().find(|(ended, _)| *ended == family).map(|(_, day)| *day);
    let end = end.and_then(|[year, month, day]| {
        Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
    });
    // Each of these days had passed before there was anybody who could ask.
    let is_over = |end| subject.support.day.is_none_or(|day| day.date > end);
    match end {
        Some(end) if is_over(end) => Outcome::weak(format!("support for {family} ended on {end}")),
        _ => Outcome::undetermined(format!(
            "how long {} is supported is not known: the catalog does not say",
            subject.system
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, judge_supported};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};
    use staunch_model::{AnswerDay, DayOrigin, ServicePack, ServicePackSupport, Support};

    fn state(state: SupportState) -> Support {
        Support { state, says: "the catalog says so".into(), ..Support::default() }
    }

    #[test]
    fn the_catalog_decides_and_then_the_family() {
        let old_pack = ServicePackSupport {
            level: ServicePack(1),
            state: SupportState::Ended,
            end: None,
            end_at_latest: None,
            newest: ServicePack(2),
            newest_released: None,
        };
        let pack = Support { service_pack: Some(old_pack), ..state(SupportState::Supported) };
        let early = AnswerDay { date: jiff::civil::date(2010, 1, 1), from: DayOrigin::AsOf };
        let early = Support { day: Some(early), ..Support::default() };
        for (system, support, verdict, found) in [
            (WINDOWS_10, state(SupportState::Supported), Sound, "the catalog says so"),
            (WINDOWS_10, state(SupportState::Ended), Weak, "the catalog says so"),
            (WINDOWS_10, state(SupportState::PaidUpdatesOnly), Weak, "the catalog says so"),
            (WINDOWS_10, pack, Weak, "the catalog says so"),
            (
                WINDOWS_10,
                state(SupportState::DependsOnEdition),
                Undetermined,
                "the catalog says so",
            ),
            (
                WINDOWS_10,
                Support::default(),
                Undetermined,
                "how long Windows 10 Version 22H2 for x64-based Systems is supported is not \
                 known: the catalog does not say",
            ),
            (XP, Support::default(), Weak, "support for Windows XP ended on 2014-04-08"),
            (
                XP,
                early,
                Undetermined,
                "how long Windows XP Service Pack 2 is supported is not known: the catalog does \
                 not say",
            ),
        ] {
            let outcome = judge_supported(&CHECK, system, &Memory::default(), &support);
            assert_eq!((outcome.verdict, outcome.found.as_str()), (verdict, found), "{system}");
        }
    }
}
