//! What publications say of vulnerabilities, brought together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use staunch_model::VulnerabilityRecord;

use super::assemble::{Conflict, ConflictKind, ConflictValue};
use super::choice::{Choice, choose};
use super::dates::Revisions;

/// A vulnerability with the chosen value of each of its facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) title: String,
    pub(super) published: Option<Date>,
    pub(super) revised: Option<Date>,
    pub(super) exploited: Option<bool>,
    pub(super) disclosed: Option<bool>,
    pub(super) publications: Vec<u32>,
    pub(super) conflicts: Vec<Conflict>,
}

/// Descriptions by the number of the vulnerability.
pub(super) fn describe(
    records: &[(u32, u32, VulnerabilityRecord)],
    count: usize,
    rank: &[u32],
) -> Vec<Described> {
    let mut grouped: BTreeMap<u32, Vec<(u32, &VulnerabilityRecord)>> = BTreeMap::new();
    for (number, publication, record) in records {
        grouped.entry(*number).or_default().push((*publication, record));
    }
    let mut described = vec![Described::default(); count];
    for (number, records) in grouped {
        described[number as usize] = describe_one(number, &records, rank);
    }
    described
}

fn describe_one(number: u32, records: &[(u32, &VulnerabilityRecord)], rank: &[u32]) -> Described {
    let mut conflicts = Vec::new();
    let mut note = |kind, others: Vec<(ConflictValue, Vec<u32>)>| {
        for (value, publications) in others {
            conflicts.push(Conflict {
                kind,
                update: None,
                vulnerability: Some(number),
                value,
                publications,
            });
        }
    };
    let title = said(records, rank, |record| {
        Some(record.title.trim().to_owned()).filter(|title| !title.is_empty())
    });
    let published = said(records, rank, |record| record.published);
    let revised = said(records, rank, |record| record.revised);
    let exploited = said(records, rank, |record| record.exploited);
    let disclosed = said(records, rank, |record| record.disclosed);
    note(
        ConflictKind::VulnerabilityTitle,
        others(&title, |title| ConflictValue::Text(title.clone())),
    );
    note(
        ConflictKind::VulnerabilityPublished,
        others(&published, |day| ConflictValue::Number(crate::value::day_number(*day))),
    );
    let flag = |flag: &bool| ConflictValue::Number(i64::from(*flag));
    note(ConflictKind::VulnerabilityExploited, others(&exploited, flag));
    note(ConflictKind::VulnerabilityDisclosed, others(&disclosed, flag));
    let mut publications: Vec<u32> = records.iter().map(|(publication, _)| *publication).collect();
    publications.sort_unstable();
    publications.dedup();
    Described {
        title: title.map(|choice| choice.value).unwrap_or_default(),
        published: published.map(|choice| choice.value),
        revised: revised.map(|choice| choice.value),
        exploited: exploited.map(|choice| choice.value),
        disclosed: disclosed.map(|choice| choice.value),
        publications,
        conflicts,
    }
}

fn said<V: Ord + Clone>(
    records: &[(u32, &VulnerabilityRecord)],
    rank: &[u32],
    value: impl Fn(&VulnerabilityRecord) -> Option<V>,
) -> Option<Choice<V>> {
    choose(
        records.iter().filter_map(|(publication, record)| Some((*publication, value(record)?))),
        rank,
    )
}

fn others<V>(
    choice: &Option<Choice<V>>,
    value: impl Fn(&V) -> ConflictValue,
) -> Vec<(ConflictValue, Vec<u32>)> {
    let others = choice.iter().flat_map(|choice| &choice.others);
    others.map(|(other, publications)| (value(other), publications.clone())).collect()
}

/// Returns the revision days alone.
pub(super) fn revisions(described: &[Described]) -> Vec<Revisions> {
    described
        .iter()
        .map(|one| Revisions { published: one.published, revised: one.revised })
        .collect()
}
