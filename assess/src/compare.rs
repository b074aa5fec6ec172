//! What changed between two scans, from the scans alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{
    Assessment, BasisChange, Change, CheckChange, CheckFinding, CheckVerdict, Comparison, Finding,
    IdentityChange, KbNumber, MachineComparison, MachineIdentity, SupportState, UpdateChange,
    Verdict, VulnerabilityId,
};

/// Compares two scans of the same machines.
///
/// Machines are the same when name and file are, else when the name is, else, for those without a
/// name, when the file is, else when each scan has one machine and not both have a name.
pub fn compare(old: &[Assessment], new: &[Assessment]) -> Comparison {
    let pairs = pairs(old, new);
    let machines: Vec<MachineComparison> = pairs
        .iter()
        .enumerate()
        .filter_map(|(at, before)| Some(compare_machine(&old[(*before)?], &new[at])))
        .collect();
    let is_paired = |at: usize| pairs.contains(&Some(at));
    let only_old = old.iter().enumerate().filter(|(at, _)| !is_paired(*at));
    let only_new = new.iter().zip(&pairs).filter(|(_, before)| before.is_none());
    Comparison {
        schema: Comparison::SCHEMA,
        worse: machines.iter().any(|machine| machine.worse),
        machines,
        only_old: only_old.map(|(_, assessment)| assessment.machine.clone()).collect(),
        only_new: only_new.map(|(assessment, _)| assessment.machine.clone()).collect(),
    }
}

/// Ways to know a machine again, the surest first.
type Key = fn(&MachineIdentity) -> Option<(String, String)>;

const KEYS: [Key; 3] = [
    |machine| Some((name(machine)?, machine.file.clone()?)),
    |machine| Some((name(machine)?, String::new())),
    |machine| match name(machine) {
        None => Some((String::new(), machine.file.clone()?)),
        Some(_) => None,
    },
];

fn name(machine: &MachineIdentity) -> Option<String> {
    machine.name.as_deref().map(str::to_lowercase).filter(|name| !name.trim().is_empty())
}

/// Returns for each newer machine its place in the older scan.
fn pairs(old: &[Assessment], new: &[Assessment]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; new.len()];
    let mut is_taken = vec![false; old.len()];
    for key in KEYS {
        let mut places: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (at, assessment) in old.iter().enumerate().rev().filter(|(at, _)| !is_taken[*at]) {
            if let Some(key) = key(&assessment.machine) {
                places.entry(key).or_default().push(at);
            }
        }
        for (pair, assessment) in pairs.iter_mut().zip(new).filter(|(pair, _)| pair.is_none()) {
            let place = key(&assessment.machine).and_then(|key| places.get_mut(&key)?.pop());
            if let Some(at) = place {
                is_taken[at] = true;
                *pair = Some(at);
            }
        }
    }
    if let ([before], [after], [None]) = (old, new, &pairs[..])
        && (name(&before.machine).is_none() || name(&after.machine).is_none())
    {
        return vec![Some(0)];
    }
    pairs
}

fn compare_machine(old: &Assessment, new: &Assessment) -> MachineComparison {
    let updates = updates(old, new);
    let checks = checks(old, new);
    let (before, after) = (exposed(old), exposed(new));
    let newly_exposed: Vec<VulnerabilityId> = after.difference(&before).copied().collect();
    let basis = BasisChange {
        old_catalog: old.catalog.clone(),
        new_catalog: new.catalog.clone(),
        old_as_of: old.as_of,
        new_as_of: new.as_of,
    };
    let is_same_basis =
        basis.old_catalog == basis.new_catalog && basis.old_as_of == basis.new_as_of;
    let worse = updates.iter().any(|change| is_worse(change, new))
        || checks.iter().any(|change| check_rank(change.new) > check_rank(change.old))
        || !newly_exposed.is_empty()
        || (new.support.is_lost() && !old.support.is_lost());
    MachineComparison {
        machine: new.machine.clone(),
        worse,
        identity: identity(old, new),
        basis: (!is_same_basis).then_some(basis),
        updates,
        checks,
        newly_exposed,
        closed: before.difference(&after).copied().collect(),
    }
}

fn identity(old: &Assessment, new: &Assessment) -> Vec<IdentityChange> {
    type Fact = (&'static str, fn(&Assessment) -> Option<String>);
    const FACTS: [Fact; 8] = [
        ("product", |a| Some(a.machine.product.clone())),
        ("version", |a| a.machine.version.clone()),
        ("service_pack", |a| Some(a.machine.service_pack.to_string())),
        ("architecture", |a| Some(a.machine.architecture.to_string())),
        ("edition", |a| a.machine.edition.clone()),
        ("language", |a| a.machine.language.clone()),
        ("build", |a| a.machine.build.clone()),
        ("support", |a| support(a.support.overall())),
    ];
    FACTS
        .iter()
        .map(|(fact, of)| IdentityChange { fact: (*fact).into(), old: of(old), new: of(new) })
        .filter(|change| change.old != change.new)
        .collect()
}

fn support(state: SupportState) -> Option<String> {
    Some(match state {
        SupportState::Supported => "supported".to_owned(),
        SupportState::PaidUpdatesOnly => "paid updates only".to_owned(),
        SupportState::Ended => "ended".to_owned(),
        SupportState::DependsOnEdition => "depends on the edition".to_owned(),
        SupportState::NotKnown => return None,
    })
}

/// Returns the vulnerabilities that are open. Documents of earlier versions only count them; the
/// missing updates name them.
fn exposed(assessment: &Assessment) -> BTreeSet<VulnerabilityId> {
    let summary = &assessment.summary;
    if summary.exposed.len() == summary.exposed_cves {
        return summary.exposed.iter().copied().collect();
    }
    let missing = assessment.findings.iter().filter(|f| f.verdict == Verdict::Missing);
    missing.flat_map(|finding| finding.cves.iter().copied()).collect()
}

/// Tells whether an update asks for more than before. One that the older scan does not list as
/// missing may have been replaced by another; then what is newly open tells.
fn is_worse(change: &UpdateChange, new: &Assessment) -> bool {
    if change.old.is_none() && change.new == Some(Verdict::Missing) {
        return new
            .findings
            .iter()
            .any(|f| f.kb == change.kb && f.product == change.product && f.cves.is_empty());
    }
    rank(change.new) > rank(change.old)
}

/// Orders verdicts by how much they ask for. An update that a scan does not list asks for nothing.
fn rank(verdict: Option<Verdict>) -> u8 {
    match verdict {
        None => 0,
        Some(
            Verdict::Installed
            | Verdict::Superseded
            | Verdict::IncludedInServicePack
            | Verdict::NotApplicable,
        ) => 0,
        Some(Verdict::PendingReboot) => 1,
        Some(Verdict::Undetermined) => 2,
        Some(Verdict::Missing) => 3,
    }
}

fn check_rank(verdict: Option<CheckVerdict>) -> u8 {
    match verdict {
        None | Some(CheckVerdict::Sound | CheckVerdict::NotApplicable) => 0,
        Some(CheckVerdict::Undetermined) => 1,
        Some(CheckVerdict::Weak) => 2,
    }
}

/// Sorts a pair of verdicts.
fn change<V: PartialEq + Copy>(old: Option<V>, new: Option<V>, bad: V) -> Option<Change> {
    if old == new {
        return None;
    }
    Some(match (old == Some(bad), new == Some(bad)) {
        (false, true) => Change::New,
        (true, false) => Change::Gone,
        _ => Change::Other,
    })
}

fn updates(old: &Assessment, new: &Assessment) -> Vec<UpdateChange> {
    let (before, after) = (by_product(old), by_product(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let mut changes: Vec<UpdateChange> = keys
        .into_iter()
        .filter_map(|key| {
            let (one, other) = (before.get(&key), after.get(&key));
            let (old, new) = (one.map(|f| f.verdict), other.map(|f| f.verdict));
            let shown = other.or(one)?;
            // A scan that lists everything has more than one that does not; that is no change.
            if (old.is_none() || new.is_none()) && !shown.is_listed() {
                return None;
            }
            let change = change(old, new, Verdict::Missing)?;
            Some(UpdateChange {
                change,
                kb: shown.kb,
                title: shown.title.clone(),
                product: shown.product.clone(),
                severity: shown.severity,
                old,
                new,
            })
        })
        .collect();
    changes.sort_by_key(|change| (change.change, Reverse(change.severity)));
    changes
}

/// An update may stand for several products, each with a verdict of its own.
fn by_product(assessment: &Assessment) -> BTreeMap<(KbNumber, &str), &Finding> {
    assessment.findings.iter().map(|f| ((f.kb, f.product.as_str()), f)).collect()
}

fn checks(old: &Assessment, new: &Assessment) -> Vec<CheckChange> {
    let (before, after) = (by_id(old), by_id(new));
    let ids: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let mut changes: Vec<CheckChange> = ids
        .into_iter()
        .filter_map(|id| {
            let (one, other) = (before.get(id), after.get(id));
            let (old, new) = (one.map(|c| c.verdict), other.map(|c| c.verdict));
            let shown = other.or(one)?;
            if (old.is_none() || new.is_none()) && check_rank(Some(shown.verdict)) == 0 {
                return None;
            }
            let change = change(old, new, CheckVerdict::Weak)?;
            Some(CheckChange {
                change,
                id: shown.id.clone(),
                title: shown.title.clone(),
                severity: shown.severity,
                old,
                new,
                found: shown.found.clone(),
            })
        })
        .collect();
    changes.sort_by_key(|change| (change.change, Reverse(change.severity)));
    changes
}

fn by_id(assessment: &Assessment) -> BTreeMap<&str, &CheckFinding> {
    assessment.checks.iter().map(|check| (check.id.as_str(), check)).collect()
}
