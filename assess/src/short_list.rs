//! From all missing and open updates to the ones that stand for the others.

use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{KbNumber, OperatingSystem, Series, Verdict};

use crate::candidate::{Candidate, Candidates};
use crate::servicing::covers;
use crate::verdict::Judgement;

/// Finds, for each missing or undetermined update, the one that stands for it.
///
/// A missing update is represented by a missing one that supersedes or contains it; an undetermined
/// one also by another undetermined one, or by the newest of those that hang on the same question.
pub(crate) fn representatives(
    candidates: &Candidates,
    judged: &BTreeMap<KbNumber, Judgement>,
) -> BTreeMap<KbNumber, KbNumber> {
    let of = |verdict: Verdict| -> BTreeSet<KbNumber> {
        judged.iter().filter(|(_, j)| j.verdict == verdict).map(|(kb, _)| *kb).collect()
    };
    let missing = of(Verdict::Missing);
    let open = of(Verdict::Undetermined);
    let actionable = |kb: &KbNumber| {
        missing.contains(kb) && candidates.find(*kb).is_some_and(|c| !is_optional(c))
    };
    let offers: Vec<&Candidate> = candidates.all.iter().filter(|c| actionable(&c.kb)).collect();
    let mut chosen = BTreeMap::new();
    for candidate in &candidates.all {
        let kb = candidate.kb;
        let (is_missing, is_open) = (missing.contains(&kb), open.contains(&kb));
        if !is_missing && !is_open {
            continue;
        }
        let newest = |set: &dyn Fn(&KbNumber) -> bool| {
            let superseders = candidates.superseders(kb);
            superseders.into_iter().rfind(|newer| set(newer))
        };
        let by = newest(&actionable)
            .or_else(|| container(candidate, &offers, &candidates.system))
            .or_else(|| if is_open { newest(&|newer| open.contains(newer)) } else { None });
        chosen.extend(by.map(|by| (kb, by)));
    }
    for (kb, by) in same_question(candidates, judged, &chosen) {
        chosen.insert(kb, by);
    }
    resolve(chosen)
}

/// Updates that Windows Update does not press on anybody.
pub(crate) fn is_optional(candidate: &Candidate) -> bool {
    matches!(candidate.series, Series::Preview | Series::Hotpatch)
}

/// Finds the newest missing update whose line contains the candidate.
fn container(
    candidate: &Candidate,
    offers: &[&Candidate],
    system: &OperatingSystem,
) -> Option<KbNumber> {
    offers
        .iter()
        .filter(|offer| offer.kb != candidate.kb)
        .filter(|offer| {
            (offer.date, offer.kb) > (candidate.date, candidate.kb)
                || offer.series != candidate.series
        })
        .filter(|offer| {
            offer.date.is_some_and(|date| covers(offer.series, date, candidate, system))
        })
        .max_by_key(|offer| (offer.date, offer.kb))
        .map(|offer| offer.kb)
}

/// Groups what hangs on one question behind its newest update.
fn same_question(
    candidates: &Candidates,
    judged: &BTreeMap<KbNumber, Judgement>,
    chosen: &BTreeMap<KbNumber, KbNumber>,
) -> Vec<(KbNumber, KbNumber)> {
    let mut groups: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates.all.iter().filter(|c| !chosen.contains_key(&c.kb)) {
        let question = judged.get(&candidate.kb).and_then(|j| j.question.as_deref());
        if let Some(question) = question {
            groups.entry(question).or_default().push(candidate);
        }
    }
    groups
        .into_values()
        .filter_map(|group| {
            let newest = group.iter().max_by_key(|c| (c.date, c.kb))?.kb;
            Some(
                group
                    .into_iter()
                    .map(|c| c.kb)
                    .filter(move |kb| *kb != newest)
                    .map(move |kb| (kb, newest)),
            )
        })
        .flatten()
        .collect()
}

/// Follows representatives to their own, so that each points at a listed update.
///
/// Two updates that contain each other keep the newer one listed.
fn resolve(chosen: BTreeMap<KbNumber, KbNumber>) -> BTreeMap<KbNumber, KbNumber> {
    let follow = |start: KbNumber| {
        let mut at = start;
        let mut seen = BTreeSet::from([start]);
        while let Some(next) = chosen.get(&at) {
            if !seen.insert(*next) {
                return seen.into_iter().next_back().unwrap_or(start);
            }
            at = *next;
        }
        at
    };
    chosen.keys().map(|kb| (*kb, follow(*kb))).filter(|(kb, by)| kb != by).collect()
}
