//! Everything the catalog knows for one operating system, put together by update.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use staunch_catalog::{CatalogFix, CatalogUpdate, OriginId};
use staunch_model::{
    BulletinId, Component, Date, KbNumber, OperatingSystem, OsBuild, Product, Restart, Series,
    Severity, VulnerabilityId,
};

/// One update with everything that is published about it for one operating system.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) kb: KbNumber,
    pub(crate) series: Series,
    pub(crate) date: Option<Date>,
    pub(crate) restart: Option<Restart>,
    pub(crate) severity: Option<Severity>,
    pub(crate) title: String,
    pub(crate) bulletin: Option<BulletinId>,
    /// Product of the row that speaks of the machine most directly.
    pub(crate) product: Arc<Product>,
    /// Components that the update is for; empty when it is for the operating system itself.
    pub(crate) components: Vec<Component>,
    pub(crate) fixes: Vec<CatalogFix>,
    pub(crate) supersedes: BTreeSet<KbNumber>,
    pub(crate) fixed_build: Option<OsBuild>,
    pub(crate) payloads: BTreeSet<KbNumber>,
    pub(crate) origins: BTreeSet<OriginId>,
}

/// The candidates for one operating system, with the graph of superseding among them.
#[derive(Debug)]
pub struct Candidates {
    pub(crate) system: OperatingSystem,
    pub(crate) all: Vec<Candidate>,
    /// Updates of the same family that were published for earlier service packs only.
    pub(crate) earlier: Vec<Candidate>,
    superseders: HashMap<KbNumber, Vec<KbNumber>>,
    index: HashMap<KbNumber, usize>,
}

impl Candidate {
    /// Lists the vulnerabilities that the update closes, in order.
    pub(crate) fn vulnerabilities(&self) -> impl Iterator<Item = VulnerabilityId> {
        self.fixes.iter().map(|fix| fix.vulnerability)
    }

    pub(crate) fn is_only_internet_explorer(&self) -> bool {
        !self.components.is_empty()
            && self.components.iter().all(|c| c.name() == Component::INTERNET_EXPLORER)
    }

    pub(crate) fn is_only_net_framework(&self) -> bool {
        !self.components.is_empty()
            && self.components.iter().all(|c| c.name() == Component::NET_FRAMEWORK)
    }
}

impl Candidates {
    /// Puts the rows of the catalog together.
    ///
    /// `own` are the rows for the system, `siblings` those for the same release on other
    /// architectures, `earlier` those for earlier service packs. Siblings add cumulative lines
    /// only: publications list some of those for one architecture and mean all of them.
    pub(crate) fn new(
        system: OperatingSystem,
        own: Vec<CatalogUpdate>,
        siblings: Vec<CatalogUpdate>,
        earlier: Vec<CatalogUpdate>,
    ) -> Self {
        let own_kbs: BTreeSet<KbNumber> = own.iter().map(|row| row.kb).collect();
        let mut rows = own;
        rows.extend(siblings.into_iter().filter(|row| {
            !own_kbs.contains(&row.kb)
                && (row.series.is_cumulative() || row.series == Series::Hotpatch)
        }));
        let all = merge(rows);
        let index: HashMap<KbNumber, usize> =
            all.iter().enumerate().map(|(at, candidate)| (candidate.kb, at)).collect();
        let earlier =
            merge(earlier.into_iter().filter(|row| !index.contains_key(&row.kb)).collect());
        let mut superseders: HashMap<KbNumber, Vec<KbNumber>> = HashMap::new();
        for candidate in &all {
            for older in &candidate.supersedes {
                superseders.entry(*older).or_default().push(candidate.kb);
            }
        }
        Self { system, all, earlier, superseders, index }
    }

    /// Returns the candidate for an update.
    pub(crate) fn find(&self, kb: KbNumber) -> Option<&Candidate> {
        self.index.get(&kb).map(|at| &self.all[*at])
    }

    /// Lists the updates that name this one as their predecessor.
    pub(crate) fn named_by(&self, kb: KbNumber) -> impl Iterator<Item = KbNumber> {
        self.superseders.get(&kb).into_iter().flatten().copied()
    }

    /// Groups the updates by the bulletins that published them.
    pub(crate) fn by_bulletin(&self) -> BTreeMap<BulletinId, Vec<&Candidate>> {
        let mut groups: BTreeMap<BulletinId, Vec<&Candidate>> = BTreeMap::new();
        for candidate in &self.all {
            if let Some(bulletin) = candidate.bulletin {
                groups.entry(bulletin).or_default().push(candidate);
            }
        }
        groups
    }

    /// Lists every update that supersedes this one, directly or through others.
    pub(crate) fn superseders(&self, kb: KbNumber) -> BTreeSet<KbNumber> {
        let mut found = BTreeSet::new();
        let mut open = vec![kb];
        while let Some(older) = open.pop() {
            for newer in self.named_by(older) {
                if newer != kb && found.insert(newer) {
                    open.push(newer);
                }
            }
        }
        found
    }
}

/// Joins the rows of each update into one candidate, in the order of their numbers.
fn merge(rows: Vec<CatalogUpdate>) -> Vec<Candidate> {
    let mut by_kb: BTreeMap<KbNumber, Vec<CatalogUpdate>> = BTreeMap::new();
    for row in rows {
        by_kb.entry(row.kb).or_default().push(row);
    }
    by_kb.into_values().filter_map(join).collect()
}

fn join(mut rows: Vec<CatalogUpdate>) -> Option<Candidate> {
    // The row for the operating system itself speaks first, then by name.
    rows.sort_by(|a, b| {
        let key =
            |row: &CatalogUpdate| (row.product.component().is_some(), row.product.to_string());
        key(a).cmp(&key(b))
    });
    let mut rows = rows.into_iter();
    let first = rows.next()?;
    let mut components: BTreeSet<Component> =
        first.product.component().cloned().into_iter().collect();
    let for_system = components.is_empty();
    let mut joined = Candidate {
        kb: first.kb,
        series: first.series,
        date: first.date,
        restart: first.restart,
        severity: first.severity,
        title: first.title,
        bulletin: first.bulletin,
        product: first.product,
        components: Vec::new(),
        fixes: first.fixes,
        supersedes: first.supersedes.into_iter().collect(),
        fixed_build: first.fixed_build,
        payloads: first.payloads.into_iter().collect(),
        origins: BTreeSet::from([first.origin]),
    };
    for row in rows {
        components.extend(row.product.component().cloned());
        joined.date = joined.date.max(row.date);
        joined.restart = joined.restart.max(row.restart);
        joined.severity = joined.severity.max(row.severity);
        joined.bulletin = joined.bulletin.or(row.bulletin);
        joined.fixed_build = joined.fixed_build.or(row.fixed_build);
        joined.fixes.extend(row.fixes);
        joined.supersedes.extend(row.supersedes);
        joined.payloads.extend(row.payloads);
        joined.origins.insert(row.origin);
    }
    if !for_system {
        joined.components = components.into_iter().collect();
    }
    joined.supersedes.remove(&joined.kb);
    joined.fixes.sort_by_key(|fix| (fix.vulnerability, std::cmp::Reverse(fix.severity)));
    joined.fixes.dedup_by_key(|fix| fix.vulnerability);
    Some(joined)
}
