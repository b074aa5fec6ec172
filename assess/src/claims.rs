//! What lists of installed updates claim.

use std::collections::{BTreeMap, BTreeSet};

use staunch_machine::{ComponentPackage, PackageState, component_packages};
use staunch_model::{
    Collected, Date, EvidenceKind, Family, HotfixId, HotfixList, KbNumber, MachineFacts,
};

use crate::assessor::Machine;
use crate::truth::Truth;

/// The hotfix list of a machine, as it stood at a day.
#[derive(Debug, Clone)]
pub(crate) struct Claims {
    installed: BTreeMap<KbNumber, Option<Date>>,
    pending: BTreeSet<KbNumber>,
    denied: BTreeSet<KbNumber>,
    pub(crate) gap: Gap,
    /// Kind of evidence that the list as a whole is.
    pub(crate) kind: EvidenceKind,
    /// States of the updates in the component store, where it could be seen.
    states: BTreeMap<KbNumber, PackageState>,
    /// Revision that the newest cumulative update brings with the next restart.
    pub(crate) pending_revision: Option<u32>,
}

/// Why an update that is not in the list may be installed all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The list is complete.
    None,
    /// No list was collected.
    NotCollected,
    /// The tool named more entries than it listed.
    Truncated { stated: u32, listed: usize },
    /// The list tells only of the updates that its tool looked for.
    Selective,
    /// Something that may name further updates could not be read.
    Unread,
}

impl Claims {
    /// Reads the claims, without entries that were installed after the day.
    ///
    /// Entries without a day of installation are taken as installed from the start, unless the
    /// list is rewound: then only what is known to have been there counts.
    pub(crate) fn of(machine: &Machine, installed_until: Option<Date>) -> Self {
        let empty = HotfixList::default();
        let list = machine.facts.hotfixes.known().unwrap_or(&empty);
        let installed = list
            .entries
            .iter()
            .filter(|entry| match installed_until {
                Some(until) => entry.installed_on.is_some_and(|day| day <= until),
                None => true,
            })
            .filter_map(|entry| match entry.id {
                HotfixId::Kb(kb) => Some((kb, entry.installed_on)),
                HotfixId::Other(_) => None,
            })
            .collect();
        let kind = match machine.seen {
            Some(_) if machine.system.family >= Family::WindowsVista => EvidenceKind::Component,
            Some(_) => EvidenceKind::Registry,
            None => EvidenceKind::List,
        };
        // States tell of today only.
        let packages = match &machine.seen {
            Some(seen) if installed_until.is_none() => component_packages(seen.as_ref()),
            _ => Collected::NotCollected,
        };
        let packages = packages.known().map(Vec::as_slice).unwrap_or_default();
        Self {
            installed,
            pending: list.pending.iter().copied().collect(),
            denied: list.not_installed.iter().copied().collect(),
            gap: Gap::of(&machine.facts),
            kind,
            states: states(packages),
            pending_revision: pending_revision(packages),
        }
    }

    /// Tells whether an update is in the list.
    pub(crate) fn has(&self, kb: KbNumber) -> Truth {
        match self.gap {
            _ if self.installed.contains_key(&kb) => Truth::True,
            _ if self.denied.contains(&kb) => Truth::False,
            Gap::None => Truth::False,
            Gap::NotCollected | Gap::Truncated { .. } | Gap::Selective | Gap::Unread => {
                Truth::Unknown
            }
        }
    }

    /// Tells whether a tool looked for an update and did not find it.
    pub(crate) fn is_denied(&self, kb: KbNumber) -> bool {
        self.denied.contains(&kb)
    }

    /// Lists the updates that the next restart installs.
    pub(crate) fn pending(&self) -> impl Iterator<Item = KbNumber> {
        self.pending.iter().copied()
    }

    /// Tells whether an update waits for a restart.
    pub(crate) fn is_pending(&self, kb: KbNumber) -> bool {
        self.pending.contains(&kb)
    }

    /// Tells the state of an update in the component store.
    pub(crate) fn state(&self, kb: KbNumber) -> Option<PackageState> {
        self.states.get(&kb).copied()
    }

    /// Returns the kind of evidence that the entry of an update is: on Windows with a component
    /// store some updates are noted beside it.
    pub(crate) fn kind_of(&self, kb: KbNumber) -> EvidenceKind {
        let is_stored = self.state(kb).is_some_and(PackageState::is_installed);
        match self.kind {
            EvidenceKind::Component if !is_stored => EvidenceKind::Registry,
            kind => kind,
        }
    }

    /// Lists the updates in the list, in the order of their numbers.
    pub(crate) fn installed(&self) -> impl Iterator<Item = KbNumber> {
        self.installed.keys().copied()
    }
}

impl Gap {
    /// Tells what the list of a machine leaves open.
    pub(crate) fn of(facts: &MachineFacts) -> Self {
        match &facts.hotfixes {
            Collected::Known(list) if list.is_truncated() => {
                let stated = list.stated.unwrap_or_default();
                Self::Truncated { stated, listed: list.entries.len() }
            }
            Collected::Known(list) if list.selective => Self::Selective,
            Collected::Known(list) if list.unread => Self::Unread,
            Collected::Known(_) | Collected::Absent => Self::None,
            Collected::NotCollected => Self::NotCollected,
        }
    }
}

/// Names what makes a claim of a kind.
pub(crate) fn place(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Component => "the component store's list of installed updates",
        EvidenceKind::Registry => "the registry's list of installed updates",
        _ => "the list of installed updates",
    }
}

/// Finds the state of each update; of several versions the one that is furthest counts, and the
/// package of a whole update speaks for its parts.
fn states(packages: &[ComponentPackage]) -> BTreeMap<KbNumber, PackageState> {
    let mut found: BTreeMap<KbNumber, (bool, u8, PackageState)> = BTreeMap::new();
    for package in packages {
        let (Some(kb), Some(state)) = (package.kb(), package.state.known()) else { continue };
        let order = match state {
            PackageState::Staged => 1,
            PackageState::Superseded => 2,
            PackageState::InstallPending => 3,
            state if state.is_installed() => 4,
            _ => 0,
        };
        let new = (package.is_whole(), order, *state);
        let known = found.entry(kb).or_insert(new);
        if (known.0, known.1) < (new.0, new.1) {
            *known = new;
        }
    }
    found.into_iter().map(|(kb, (_, _, state))| (kb, state)).collect()
}

/// Returns the revision of the newest cumulative update that waits for a restart.
fn pending_revision(packages: &[ComponentPackage]) -> Option<u32> {
    packages
        .iter()
        .filter(|package| package.name() == "Package_for_RollupFix")
        .filter(|package| package.state.known() == Some(&PackageState::InstallPending))
        .filter_map(|package| package.version()?.split('.').nth(1)?.parse().ok())
        .max()
}
