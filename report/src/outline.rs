//! The order in which people are told what was found.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{Assessment, Evidence, EvidenceKind, Finding, KbNumber, Series, Verdict};

use crate::neutral::neutral;
use crate::settings::weak;
use crate::words::sentence;

/// Reason of an optional update.
const OPTIONAL: &str = "left out as optional";

/// Updates about which the same thing is to be said.
pub(crate) struct Group<'a> {
    /// What there is to say, as a sentence.
    pub(crate) reason: String,
    /// What has to be collected for a verdict; empty when there is one.
    pub(crate) collect: Vec<String>,
    pub(crate) findings: Vec<&'a Finding>,
}

/// The findings of one machine, sorted into what people do with them.
pub(crate) struct Outline<'a> {
    /// What to install before anything else: servicing stacks and the like.
    pub(crate) first: Vec<&'a Finding>,
    /// The other updates to install, in the order of a plan.
    pub(crate) offered: Vec<&'a Finding>,
    /// Missing updates that the offered ones make unnecessary, and optional ones.
    pub(crate) not_offered: Vec<Group<'a>>,
    pub(crate) undetermined: Vec<Group<'a>>,
    /// Every other verdict that has findings, in the order of the verdicts.
    pub(crate) others: Vec<(Verdict, Vec<&'a Finding>)>,
}

impl<'a> Outline<'a> {
    /// Sorts the findings of an assessment.
    pub(crate) fn of(assessment: &'a Assessment) -> Self {
        let with = |verdict: Verdict| {
            assessment.findings.iter().filter(move |finding| finding.verdict == verdict)
        };
        let (mut offered, rest): (Vec<_>, Vec<_>) =
            with(Verdict::Missing).partition(|finding| finding.offered);
        offered.sort_by_key(|finding| finding.install_order());
        let (first, offered): (Vec<_>, Vec<_>) =
            offered.into_iter().partition(|finding| finding.prepares_others());
        let not_offered = {
            let order: Vec<KbNumber> =
                first.iter().chain(&offered).map(|finding| finding.kb).collect();
            groups(rest, |finding| (not_offered_reason(finding, &order), None))
        };
        let undetermined = groups(with(Verdict::Undetermined), |finding| {
            let decisive = finding.evidence.last();
            let reason = decisive.map_or_else(
                || "Nothing that would decide was collected.".to_owned(),
                |evidence| sentence(&without_own_number(&evidence.says, finding.kb)),
            );
            (reason, decisive.map(|evidence| what_decides(evidence, finding.kb)))
        });
        let others = Verdict::ALL
            .iter()
            .filter(|verdict| !matches!(verdict, Verdict::Missing | Verdict::Undetermined))
            .map(|&verdict| (verdict, with(verdict).collect::<Vec<_>>()))
            .filter(|(_, findings)| !findings.is_empty())
            .collect();
        Self { first, offered, not_offered, undetermined, others }
    }

    /// Returns everything to install, in order.
    pub(crate) fn to_install(&self) -> impl Iterator<Item = &'a Finding> + use<'_, 'a> {
        self.first.iter().chain(&self.offered).copied()
    }

    /// Returns the heading over the missing updates that need not be installed.
    pub(crate) fn not_offered_heading(&self) -> &'static str {
        let optional = self.not_offered.iter().any(|group| group.reason == OPTIONAL);
        match (self.to_install().next(), optional) {
            (Some(_), false) => "Missing, but replaced by the ones above",
            (Some(_), true) => "Missing, but replaced by the ones above or optional",
            (None, _) => "Missing",
        }
    }
}

/// Returns the machines with their places in the input, those first that need most: by attacked
/// vulnerabilities, missing updates, open vulnerabilities, weak settings, open questions.
pub(crate) fn worst_first(assessments: &[Assessment]) -> Vec<(usize, &Assessment)> {
    let mut machines: Vec<(usize, &Assessment)> = assessments.iter().enumerate().collect();
    machines.sort_by_key(|(_, assessment)| {
        let summary = &assessment.summary;
        Reverse((
            summary.exploited_cves,
            summary.missing,
            summary.exposed_cves,
            weak(assessment),
            summary.undetermined,
        ))
    });
    machines
}

/// Puts findings with the same reason together, the largest group first.
fn groups<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    explain: impl Fn(&Finding) -> (String, Option<String>),
) -> Vec<Group<'a>> {
    let mut by_reason: BTreeMap<String, (BTreeSet<String>, Vec<&Finding>)> = BTreeMap::new();
    for finding in findings {
        let (reason, collect) = explain(finding);
        let (needed, members) = by_reason.entry(reason).or_default();
        needed.extend(collect);
        members.push(finding);
    }
    let mut groups: Vec<Group<'a>> = by_reason
        .into_iter()
        .map(|(reason, (collect, findings))| Group {
            reason,
            collect: collect.into_iter().collect(),
            findings,
        })
        .collect();
    groups.sort_by_key(|group| Reverse(group.findings.len()));
    groups
}

fn not_offered_reason(finding: &Finding, offered: &[KbNumber]) -> String {
    let replaces =
        |kb: &&KbNumber| finding.represented_by == Some(**kb) || finding.superseded_by.contains(kb);
    if let Some(by) = offered.iter().find(replaces) {
        return format!("replaced by {by}");
    }
    match finding.series {
        Series::Preview => OPTIONAL.to_owned(),
        _ if offered.is_empty() => "not offered".to_owned(),
        _ => "not needed after the ones above".to_owned(),
    }
}

/// Replaces the update's own number, so that updates with the same reason have the same text.
fn without_own_number(says: &str, kb: KbNumber) -> String {
    let own = kb.to_string();
    let mut text = String::with_capacity(says.len());
    let mut rest = says;
    while let Some(at) = rest.find(&own) {
        let after = &rest[at + own.len()..];
        text.push_str(&rest[..at]);
        let longer = after.starts_with(|c: char| c.is_ascii_digit());
        text.push_str(if longer { &own } else { "this update" });
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Names the fact that would turn this evidence into a verdict.
fn what_decides(evidence: &Evidence, kb: KbNumber) -> String {
    let object = neutral(&evidence.object);
    match evidence.kind {
        EvidenceKind::File => format!("the version of {object}"),
        EvidenceKind::Build => "the full build with its revision (the registry value UBR)".into(),
        EvidenceKind::Component => format!("whether {object} is installed, and its version"),
        EvidenceKind::Registry => format!("the registry value {object}"),
        EvidenceKind::PendingRename => "the pending rename operations".into(),
        EvidenceKind::List if evidence.object == kb.to_string() => {
            "a complete list of installed updates (wmic qfe list, Get-HotFix)".into()
        }
        EvidenceKind::List => {
            "versions of the update's files, or the component store (dism /online /get-packages)"
                .into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_number_is_replaced() {
        let kb: KbNumber = "KB12345".parse().expect("a number");
        assert_eq!(
            without_own_number("KB12345 is covered by KB123456, says KB12345.", kb),
            "this update is covered by KB123456, says this update."
        );
    }
}
