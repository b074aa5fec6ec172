//! How Microsoft services Windows: which line of updates contains which.

use staunch_model::{Date, Family, OperatingSystem, Series};

use crate::candidate::Candidate;

/// Day from which Windows 7 to 8.1 and the servers of their age are serviced by rollups.
///
/// Source: Microsoft, "Further simplifying servicing models for Windows 7 and Windows 8.1".
pub(crate) const ROLLUPS_BEGIN: Date = Date::constant(2016, 10, 11);

/// Day from which a cumulative update of Windows 10 version 2004 and later carries the servicing
/// stack with it.
///
/// Source: Microsoft, "Servicing stack updates", simplified deployment.
const STACK_COMBINED: Date = Date::constant(2021, 3, 9);
const STACK_COMBINED_FROM_BUILD: u32 = 19041;

/// Tells whether an update of this line and day contains the candidate.
pub(crate) fn covers(
    by: Series,
    on: Date,
    candidate: &Candidate,
    system: &OperatingSystem,
) -> bool {
    let Some(day) = candidate.date else { return false };
    if on < day {
        return false;
    }
    let since_rollups = day >= ROLLUPS_BEGIN;
    match (by, candidate.series) {
        (Series::Cumulative, Series::Cumulative | Series::Preview | Series::Hotpatch) => true,
        (Series::Cumulative, Series::ServicingStack) => {
            on >= STACK_COMBINED
                && system.build().is_some_and(|build| build >= STACK_COMBINED_FROM_BUILD)
        }
        (Series::MonthlyRollup, Series::MonthlyRollup | Series::Preview) => true,
        (Series::MonthlyRollup, Series::SecurityOnly) => since_rollups,
        (Series::MonthlyRollup | Series::IeCumulative, Series::IeCumulative) => true,
        (Series::MonthlyRollup | Series::IeCumulative, Series::Individual) => {
            candidate.is_only_internet_explorer()
        }
        (Series::Preview, Series::MonthlyRollup | Series::SecurityOnly | Series::IeCumulative) => {
            since_rollups && !system.family.is_serviced_cumulatively()
        }
        (Series::NetRollup, Series::NetSecurityOnly) => since_rollups,
        (by, series) => by == series && (by.is_cumulative() || by == Series::Hotpatch),
    }
}

/// Tells whether absence from the lists that Windows prints says nothing about the candidate.
///
/// Until Windows 7 and Server 2008 R2 the .NET Framework 4 and XML Core Services 4.0 are serviced
/// through Windows Installer, whose patches `systeminfo`, `wmic qfe` and `Get-HotFix` leave out.
pub(crate) fn is_invisible_in_lists(candidate: &Candidate, system: &OperatingSystem) -> bool {
    system.family <= Family::Server2008R2
        && !candidate.components.is_empty()
        && candidate.components.iter().all(|component| {
            let four = |version: &String| version == "4" || version.starts_with("4.");
            matches!(component.name(), ".NET Framework" | "XML Core Services")
                && !component.versions().is_empty()
                && component.versions().iter().all(four)
        })
}

/// Updates that bring a version of Internet Explorer.
///
/// Source: Microsoft Knowledge Base articles of these numbers.
pub(crate) const EXPLORER_INSTALLERS: &[(u32, u8)] =
    &[(944_036, 8), (982_861, 9), (2_718_695, 10), (2_841_134, 11)];
