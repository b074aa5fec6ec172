//! What lists of installed updates claim.

use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{Collected, Date, EvidenceKind, HotfixId, HotfixList, KbNumber};

use crate::assessor::Machine;
use crate::truth::Truth;

/// The hotfix list of a machine, as it stood at a day.
#[derive(Debug, Clone)]
pub(crate) struct Claims {
    installed: BTreeMap<KbNumber, Option<Date>>,
    pending: BTreeSet<KbNumber>,
    denied: BTreeSet<KbNumber>,
    pub(crate) gap: Gap,
    /// Kind of evidence that a claim is.
    pub(crate) kind: EvidenceKind,
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
}

impl Claims {
    /// Reads the claims, without entries that were installed after the day.
    ///
    /// Entries without a day of installation are taken as installed from the start, unless the
    /// list is rewound: then only what is known to have been there counts.
    pub(crate) fn of(machine: &Machine, installed_until: Option<Date>) -> Self {
        let facts = &machine.facts;
        let empty = HotfixList::default();
        let (list, gap) = match &facts.hotfixes {
            Collected::Known(list) if list.is_truncated() => {
                let stated = list.stated.unwrap_or_default();
                (list, Gap::Truncated { stated, listed: list.entries.len() })
            }
            Collected::Known(list) if list.selective => (list, Gap::Selective),
            Collected::Known(list) => (list, Gap::None),
            Collected::Absent => (&empty, Gap::None),
            Collected::NotCollected => (&empty, Gap::NotCollected),
        };
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
            Some(_) => EvidenceKind::Registry,
            None => EvidenceKind::List,
        };
        Self {
            installed,
            pending: list.pending.iter().copied().collect(),
            denied: list.not_installed.iter().copied().collect(),
            gap,
            kind,
        }
    }

    /// Tells whether an update is in the list.
    pub(crate) fn has(&self, kb: KbNumber) -> Truth {
        match self.gap {
            _ if self.installed.contains_key(&kb) => Truth::True,
            _ if self.denied.contains(&kb) => Truth::False,
            Gap::None => Truth::False,
            Gap::NotCollected | Gap::Truncated { .. } | Gap::Selective => Truth::Unknown,
        }
    }

    /// Tells whether a tool looked for an update and did not find it.
    pub(crate) fn is_denied(&self, kb: KbNumber) -> bool {
        self.denied.contains(&kb)
    }

    /// Tells whether an update waits for a restart.
    pub(crate) fn is_pending(&self, kb: KbNumber) -> bool {
        self.pending.contains(&kb)
    }

    /// Names what makes the claims.
    pub(crate) fn place(&self) -> &'static str {
        match self.kind {
            EvidenceKind::Registry => "the registry's list of installed updates",
            _ => "the list of installed updates",
        }
    }

    /// Lists the updates in the list, in the order of their numbers.
    pub(crate) fn installed(&self) -> impl Iterator<Item = KbNumber> {
        self.installed.keys().copied()
    }
}
