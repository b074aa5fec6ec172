//! What publications say of vulnerabilities, brought together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use staunch_model::{BulletinFact, VulnerabilityId, VulnerabilityRecord};

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

/// Adds what only bulletins say: whether a vulnerability was known or exploited when its bulletin was
/// published. Of several bulletins about one, a single `yes` counts. The identifiers are in order.
pub(super) fn complete<'f>(
    described: &mut [Described],
    ids: &[VulnerabilityId],
    facts: impl Iterator<Item = &'f BulletinFact>,
) {
    let mut said = vec![(None, None); described.len()];
    for fact in facts {
        let (cve, disclosed, exploited) = match fact {
            BulletinFact::Disclosed { cve, is_so } => (*cve, Some(*is_so), None),
            BulletinFact::Exploited { cve, is_so } => (*cve, None, Some(*is_so)),
            _ => continue,
        };
        if let Ok(number) = ids.binary_search(&VulnerabilityId::Cve(cve)) {
            said[number].0 = said[number].0.max(disclosed);
            said[number].1 = said[number].1.max(exploited);
        }
    }
    for (one, (disclosed, exploited)) in described.iter_mut().zip(said) {
        one.disclosed = one.disclosed.or(disclosed);
        one.exploited = one.exploited.or(exploited);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulletins_tell_what_no_document_does() {
        let ids: Vec<VulnerabilityId> =
            ["CVE-2003-0352", "CVE-2004-0199"].map(|id| id.parse().expect("an identifier")).into();
        let fact = |at: usize, is_so| {
            let VulnerabilityId::Cve(cve) = ids[at] else { panic!("a CVE") };
            BulletinFact::Exploited { cve, is_so }
        };
        let mut described = vec![Described::default(); 2];
        described[1].exploited = Some(false);
        let facts = [fact(0, true), fact(0, false), fact(1, true)];
        complete(&mut described, &ids, facts.iter());
        let exploited: Vec<_> = described.iter().map(|one| one.exploited).collect();
        assert_eq!(exploited, [Some(true), Some(false)]);
        assert_eq!(described[0].disclosed, None);
    }
}
