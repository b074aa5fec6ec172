//! What one catalog has and another has not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use staunch_model::{KbNumber, VulnerabilityId};

use crate::open::{Catalog, CatalogError};
use crate::query::{CatalogUpdate, CatalogVulnerability};

/// An update on a product, by names that hold across catalogs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UpdateKey {
    pub kb: KbNumber,
    pub product: String,
}

/// The statement that an update supersedes another on a product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SupersedenceKey {
    pub kb: KbNumber,
    pub superseded: KbNumber,
    pub product: String,
}

/// Things that came, went and became different, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes<K> {
    pub added: Vec<K>,
    pub removed: Vec<K>,
    pub changed: Vec<K>,
}

/// Difference between two catalogs. Publications behind a fact are not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    pub updates: Changes<UpdateKey>,
    pub vulnerabilities: Changes<VulnerabilityId>,
    pub supersedences: Changes<SupersedenceKey>,
}

impl<K> Changes<K> {
    /// Tells whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl Diff {
    /// Tells whether the catalogs say the same.
    pub fn is_empty(&self) -> bool {
        self.updates.is_empty() && self.vulnerabilities.is_empty() && self.supersedences.is_empty()
    }
}

/// Compares two catalogs.
///
/// # Errors
///
/// As for [`Catalog::updates_for`].
pub fn diff(old: &Catalog, new: &Catalog) -> Result<Diff, CatalogError> {
    let (old, new) = (Content::read(old)?, Content::read(new)?);
    let supersedences = |content: Content| {
        content.supersedences.into_iter().map(|key| (key, ())).collect::<BTreeMap<_, _>>()
    };
    Ok(Diff {
        updates: compare(&old.updates, &new.updates),
        vulnerabilities: compare(&old.vulnerabilities, &new.vulnerabilities),
        supersedences: compare(&supersedences(old), &supersedences(new)),
    })
}

#[derive(Default)]
struct Content {
    updates: BTreeMap<UpdateKey, CatalogUpdate>,
    vulnerabilities: BTreeMap<VulnerabilityId, CatalogVulnerability>,
    supersedences: BTreeSet<SupersedenceKey>,
}

impl Content {
    fn read(catalog: &Catalog) -> Result<Self, CatalogError> {
        let mut content = Self::default();
        catalog.for_each_update(&mut |update| {
            content.take_update(update);
            Ok(())
        })?;
        catalog.for_each_vulnerability(None, &mut |mut vulnerability| {
            vulnerability.origin = None;
            content.vulnerabilities.insert(vulnerability.id, vulnerability);
            Ok(())
        })?;
        Ok(content)
    }

    /// Keeps an update without the numbers that mean nothing in another catalog.
    fn take_update(&mut self, mut update: CatalogUpdate) {
        let product = update.product.to_string();
        for superseded in std::mem::take(&mut update.supersedes) {
            let key = SupersedenceKey { kb: update.kb, superseded, product: product.clone() };
            self.supersedences.insert(key);
        }
        let nowhere = crate::query::OriginId(0);
        update.origin = nowhere;
        for fix in &mut update.fixes {
            fix.origin = nowhere;
        }
        self.updates.insert(UpdateKey { kb: update.kb, product }, update);
    }
}

fn compare<K: Ord + Clone, V: PartialEq>(old: &BTreeMap<K, V>, new: &BTreeMap<K, V>) -> Changes<K> {
    let only = |a: &BTreeMap<K, V>, b: &BTreeMap<K, V>| {
        a.keys().filter(|key| !b.contains_key(*key)).cloned().collect()
    };
    let changed = old
        .iter()
        .filter(|(key, value)| new.get(key).is_some_and(|other| other != *value))
        .map(|(key, _)| key.clone())
        .collect();
    Changes { added: only(new, old), removed: only(old, new), changed }
}
