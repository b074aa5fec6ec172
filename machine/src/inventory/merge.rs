//! Several files of one machine to one set of facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use staunch_model::{
    Collected, ComponentFacts, HotfixId, HotfixList, KbNumber, MachineFacts, NetFramework, OsBuild,
    Warning,
};

use crate::{Memory, observe};

use super::Inventory;
use super::dism::ROLLUP;
use super::group::same_host;
use super::quick_fix::sorted;
use super::under::put_under;
use super::windows_name::{release, servicing_branch};

/// Reason why files do not describe one machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("expected at least one file of a machine, found none")]
    Nothing,
    #[error("{fact}: expected {first_value:?} as in {first}, found {second_value:?} in {second}")]
    Contradiction {
        fact: &'static str,
        first: String,
        first_value: String,
        second: String,
        second_value: String,
    },
    #[error("{object}: expected one answer, found different ones in {first} and {second}")]
    Disagreement { object: String, first: String, second: String },
}

/// Returns the installation itself as files of a machine carry it, each a part of it.
///
/// # Errors
/// [`MergeError::Disagreement`] when two disagree: they may be of different days, and nothing tells
/// which of their answers belong together.
pub fn seen_in(parts: &[Inventory]) -> Result<Option<Arc<Memory>>, MergeError> {
    let mut carrying = parts.iter().filter_map(|part| Some((part, part.seen.as_ref()?)));
    let Some((first, seen)) = carrying.next() else { return Ok(None) };
    let mut seen = Arc::clone(seen);
    for (second, other) in carrying {
        Arc::make_mut(&mut seen).unite(other).map_err(|object| MergeError::Disagreement {
            object,
            first: first.name.clone(),
            second: second.name.clone(),
        })?;
    }
    Ok(Some(seen))
}

/// Puts together what several files say about one machine; their order does not matter.
///
/// Lists of hotfixes are united. A list that states more entries than it has is taken as complete
/// when another list that was not cut has every one of its entries.
///
/// # Errors
/// [`MergeError::Contradiction`] when two files name another host, operating system, service pack,
/// architecture, kind of installation, build or component version, and as [`seen_in`].
pub fn merge(mut parts: Vec<Inventory>) -> Result<(MachineFacts, Vec<Warning>), MergeError> {
    parts.sort_by(|a, b| (&a.name, a.format).cmp(&(&b.name, b.format)));
    if parts.is_empty() {
        return Err(MergeError::Nothing);
    }
    let mut warnings: Vec<Warning> =
        parts.iter().flat_map(|part| part.warnings.iter().cloned()).collect();
    let parts = &parts[..];
    let build = one(parts, "build", |facts| &facts.build, same_build, finer_build)?;
    let mut facts = MachineFacts {
        name: one(parts, "host name", |f| &f.name, |a, b| same_host(a, b), fuller_name)?,
        family: exact(parts, "family", |f| &f.family)?,
        release: exact(parts, "release", |f| &f.release)?,
        service_pack: exact(parts, "service pack", |f| &f.service_pack)?,
        architecture: exact(parts, "architecture", |f| &f.architecture)?,
        installation: exact(parts, "kind of installation", |f| &f.installation)?,
        edition: either(parts, "edition", |f| &f.edition, &mut warnings),
        language: either(parts, "language", |f| &f.language, &mut warnings),
        build: with_rollup(build, parts),
        hotfixes: hotfixes(parts, &mut warnings),
        components: components(parts)?,
        other: other(parts, &mut warnings),
    };
    // Parts of a registry tell more together than each alone.
    if parts.iter().filter(|part| part.seen.is_some()).count() > 1
        && let Some(seen) = seen_in(parts)?
    {
        let (observed, told) = observe(&*seen);
        facts = put_under(facts, observed);
        warnings.extend(told);
    }
    if let (Some(family), false) = (facts.family.known(), facts.release.is_collected()) {
        facts.release = release(*family, facts.build.known().copied());
    }
    warnings.sort();
    warnings.dedup();
    Ok((facts, warnings))
}

/// Takes the one value that the files agree on; they agree when `same` says so of every pair, and
/// the better of two is the one that `better` returns.
fn one<T: Clone + fmt::Display>(
    parts: &[Inventory],
    fact: &'static str,
    of: impl Fn(&MachineFacts) -> &Collected<T>,
    same: impl Fn(&T, &T) -> bool,
    better: impl Fn(T, T) -> T,
) -> Result<Collected<T>, MergeError> {
    let known = || parts.iter().filter_map(|part| Some((part, of(&part.facts).known()?)));
    for (index, (first, value)) in known().enumerate() {
        if let Some((second, other)) =
            known().skip(index + 1).find(|(_, other)| !same(value, other))
        {
            return Err(MergeError::Contradiction {
                fact,
                first: first.name.clone(),
                first_value: value.to_string(),
                second: second.name.clone(),
                second_value: other.to_string(),
            });
        }
    }
    let value = known().map(|(_, value)| value.clone()).reduce(better);
    let absent = parts.iter().any(|part| matches!(of(&part.facts), Collected::Absent));
    Ok(match value {
        Some(value) => Collected::Known(value),
        None if absent => Collected::Absent,
        None => Collected::NotCollected,
    })
}

fn exact<T: Clone + fmt::Display + PartialEq>(
    parts: &[Inventory],
    fact: &'static str,
    of: impl Fn(&MachineFacts) -> &Collected<T>,
) -> Result<Collected<T>, MergeError> {
    one(parts, fact, of, |a, b| a == b, |a, _| a)
}

/// Takes a value that files may word differently, and says so when they do.
fn either(
    parts: &[Inventory],
    fact: &'static str,
    of: impl Fn(&MachineFacts) -> &Collected<String>,
    warnings: &mut Vec<Warning>,
) -> Collected<String> {
    let mut values: Vec<(&str, &str)> = parts
        .iter()
        .filter_map(|part| Some((of(&part.facts).known()?.as_str(), part.name.as_str())))
        .collect();
    values.sort_unstable();
    let Some(((value, file), rest)) = values.split_first() else {
        let absent = parts.iter().any(|part| matches!(of(&part.facts), Collected::Absent));
        return if absent { Collected::Absent } else { Collected::NotCollected };
    };
    if let Some((other, in_file)) =
        rest.iter().find(|(other, _)| !other.eq_ignore_ascii_case(value))
    {
        warnings.push(Warning {
            object: (*file).to_owned(),
            message: format!("the {fact} is {value:?} here and {other:?} in {in_file}"),
        });
    }
    Collected::Known((*value).to_owned())
}

fn same_build(a: &OsBuild, b: &OsBuild) -> bool {
    a.with_revision(None) == b.with_revision(None)
        && (a.revision().is_none() || b.revision().is_none() || a == b)
}

fn finer_build(a: OsBuild, b: OsBuild) -> OsBuild {
    if a.revision().is_some() { a } else { b }
}

/// Prefers the longer of two names of one host; NetBIOS names are cut and in capitals.
fn fuller_name(a: String, b: String) -> String {
    if (b.len(), &a) <= (a.len(), &b) { a } else { b }
}

/// Adds the revision of a rollup whose own file does not show the build.
fn with_rollup(build: Collected<OsBuild>, parts: &[Inventory]) -> Collected<OsBuild> {
    let Collected::Known(build) = build else { return build };
    let rollup = parts.iter().find_map(|part| {
        let (base, revision) = part.facts.other.get(ROLLUP)?.split_once('.')?;
        let base: u32 = base.parse().ok()?;
        (base == servicing_branch(build.build())).then(|| revision.parse().ok()).flatten()
    });
    Collected::Known(build.with_revision(build.revision().or(rollup)))
}

fn hotfixes(parts: &[Inventory], warnings: &mut Vec<Warning>) -> Collected<HotfixList> {
    let lists: Vec<(&Inventory, &HotfixList)> =
        parts.iter().filter_map(|part| Some((part, part.facts.hotfixes.known()?))).collect();
    if lists.is_empty() {
        let absent = parts.iter().any(|part| matches!(part.facts.hotfixes, Collected::Absent));
        return if absent { Collected::Absent } else { Collected::NotCollected };
    }
    let mut stated = None;
    for (part, list) in &lists {
        let Some(number) = list.stated else { continue };
        match lists.iter().find(|(other, full)| completes(other, full, list)) {
            Some((other, full)) => warnings.push(Warning {
                object: part.name.clone(),
                message: format!(
                    "states {number} hotfixes and lists fewer; {} has all of these and {} in \
                     total, and is taken as complete",
                    other.name,
                    full.entries.len()
                ),
            }),
            None => stated = stated.max(Some(number)),
        }
    }
    let united_numbers = |of: fn(&HotfixList) -> &Vec<KbNumber>| -> Vec<KbNumber> {
        let numbers: BTreeSet<KbNumber> =
            lists.iter().flat_map(|(_, list)| of(list).iter().copied()).collect();
        numbers.into_iter().collect()
    };
    let entries = sorted(lists.iter().flat_map(|(_, list)| list.entries.iter().cloned()));
    for (part, list) in &lists {
        let denied = |kb: &&KbNumber| entries.iter().any(|entry| entry.id == HotfixId::Kb(**kb));
        if let Some(kb) = list.not_installed.iter().find(denied) {
            let more = list.not_installed.iter().filter(denied).count() - 1;
            warnings.push(Warning {
                object: part.name.clone(),
                message: format!(
                    "says that {kb} is not installed, and another list has it ({more} more)"
                ),
            });
        }
    }
    let pending = united_numbers(|list| &list.pending);
    let not_installed = united_numbers(|list| &list.not_installed);
    let selective = lists.iter().all(|(_, list)| list.selective);
    let unread = lists.iter().all(|(_, list)| list.unread || list.selective) && !selective;
    Collected::Known(HotfixList { entries, stated, unread, pending, selective, not_installed })
}

/// Tells whether one list has everything that a cut one shows, and was not cut itself. Packages
/// of the component store are another list than hotfixes, and complete none.
fn completes(file: &Inventory, full: &HotfixList, cut: &HotfixList) -> bool {
    let numbers = |list: &HotfixList| -> BTreeSet<HotfixId> {
        let ids = list.entries.iter().map(|entry| entry.id.clone());
        ids.filter(|id| matches!(id, HotfixId::Kb(_))).collect()
    };
    full.stated.is_none()
        && !full.unread
        && !full.selective
        && file.format != super::dism::NAME
        && !full.entries.is_empty()
        && numbers(cut).is_subset(&numbers(full))
}

fn components(parts: &[Inventory]) -> Result<ComponentFacts, MergeError> {
    Ok(ComponentFacts {
        internet_explorer: exact(parts, "version of Internet Explorer", |facts| {
            &facts.components.internet_explorer
        })?,
        net_framework: united(
            parts.iter().map(|part| &part.facts.components.net_framework),
            |net| &net.versions,
            |versions| NetFramework { versions },
        ),
        flash_player: exact(parts, "version of the Flash Player", |facts| {
            &facts.components.flash_player
        })?,
        features: united(
            parts.iter().map(|part| &part.facts.components.features),
            |features| features,
            |features| features,
        ),
    })
}

/// Unites lists of names; a list that was collected anywhere is collected.
fn united<'p, T: 'p>(
    answers: impl Iterator<Item = &'p Collected<T>>,
    names: impl Fn(&T) -> &Vec<String>,
    made: impl Fn(Vec<String>) -> T,
) -> Collected<T> {
    let mut all: Option<BTreeSet<String>> = None;
    let mut absent = false;
    for answer in answers {
        absent |= matches!(answer, Collected::Absent);
        if let Some(list) = answer.known() {
            all.get_or_insert_default().extend(names(list).iter().cloned());
        }
    }
    match all {
        Some(all) => Collected::Known(made(all.into_iter().collect())),
        None if absent => Collected::Absent,
        None => Collected::NotCollected,
    }
}

fn other(parts: &[Inventory], warnings: &mut Vec<Warning>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for part in parts {
        for (name, value) in &part.facts.other {
            match all.get(name) {
                Some(known) if known != value => warnings.push(Warning {
                    object: part.name.clone(),
                    message: format!("{name} is {value:?} here and {known:?} in another file"),
                }),
                Some(_) => {}
                None => {
                    all.insert(name.clone(), value.clone());
                }
            }
        }
    }
    all
}
