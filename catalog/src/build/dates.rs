//! The day of an update.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use staunch_model::{AdvisoryId, KbNumber, VulnerabilityId};

use super::Statement;

/// First and last revision day of a vulnerability.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Revisions {
    pub(super) published: Option<Date>,
    pub(super) revised: Option<Date>,
}

/// Days that speak for one update.
#[derive(Default)]
struct Candidates {
    published: BTreeMap<Date, u32>,
    rolling: Option<Date>,
    posted: BTreeMap<Date, u32>,
}

/// Gives every update its day.
///
/// That is the day on which most of the vulnerabilities that an authority says it closes were first
/// published, the earliest of several such. An update that closes only the rolling advisory of the
/// servicing stack goes by the advisory's last revision. An update that no authority names goes by
/// the day that most statements post it under, which on the table agrees better with the
/// authority's days than the earliest one does.
pub(super) fn of_updates(
    statements: &[Statement],
    vulnerabilities: &[VulnerabilityId],
    revisions: &[Revisions],
    is_authority: &[bool],
) -> HashMap<KbNumber, Date> {
    let mut pairs: Vec<(KbNumber, u32)> = Vec::new();
    let mut candidates: HashMap<KbNumber, Candidates> = HashMap::new();
    for statement in statements {
        if is_authority[statement.publication as usize] {
            pairs.extend(statement.vulnerability.map(|number| (statement.kb, number)));
        }
        if let Some(posted) = statement.posted {
            let posts = &mut candidates.entry(statement.kb).or_default().posted;
            *posts.entry(posted).or_default() += 1;
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    for (kb, number) in pairs {
        let Revisions { published, revised } = revisions[number as usize];
        let found = candidates.entry(kb).or_default();
        if is_rolling(vulnerabilities[number as usize]) {
            found.rolling = found.rolling.max(revised);
        } else if let Some(published) = published {
            *found.published.entry(published).or_default() += 1;
        }
    }
    candidates
        .into_iter()
        .filter_map(|(kb, found)| {
            let day = mode(&found.published).or(found.rolling).or_else(|| mode(&found.posted))?;
            Some((kb, day))
        })
        .collect()
}

/// Tells whether an advisory is revised for every new update instead of being followed by another.
pub(super) fn is_rolling(id: VulnerabilityId) -> bool {
    id == VulnerabilityId::Advisory(AdvisoryId::SERVICING_STACK)
}

fn mode(days: &BTreeMap<Date, u32>) -> Option<Date> {
    let most = days.values().max()?;
    days.iter().find(|(_, count)| *count == most).map(|(day, _)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_day_wins_and_the_earliest_of_several() {
        let day = |n: i8| Date::constant(2019, 3, n);
        assert_eq!(mode(&BTreeMap::from([(day(1), 1), (day(12), 9), (day(30), 2)])), Some(day(12)));
        assert_eq!(mode(&BTreeMap::from([(day(1), 2), (day(12), 2)])), Some(day(1)));
        assert_eq!(mode(&BTreeMap::new()), None);
    }
}
