//! The line of every update, weighed over all statements.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use staunch_model::{KbNumber, Product, Series, VulnerabilityId};

use super::Statement;
use super::dates::is_rolling;
use super::fixed_builds::branch;
use super::products::Products;
use crate::series::{self, KbVotes, ProductKind, SeriesStatement, Servicing};

/// Votes for the line of every update.
pub(super) struct SeriesOfUpdates {
    votes: HashMap<(KbNumber, Servicing), KbVotes>,
    branches: HashMap<KbNumber, Branches>,
}

/// Build branches of the systems that an update is for, with the number of systems of each; older
/// systems are one branch without a number.
#[derive(Default)]
struct Branches {
    systems: BTreeSet<u32>,
    platforms: BTreeSet<u32>,
}

impl SeriesOfUpdates {
    /// Reads all statements.
    pub(super) fn new(
        statements: &[Statement],
        products: &Products,
        vulnerabilities: &[VulnerabilityId],
        texts: &[Arc<str>],
        dates: &HashMap<KbNumber, Date>,
    ) -> Self {
        let mut votes: HashMap<(KbNumber, Servicing), KbVotes> = HashMap::new();
        let mut branches: HashMap<KbNumber, Branches> = HashMap::new();
        for statement in statements {
            let product = &products.rows[statement.product as usize];
            let kind = ProductKind::of(product);
            let text = |number: Option<u32>| number.map(|number| &*texts[number as usize]);
            let classified = series::classify(&SeriesStatement {
                product,
                sub_type: text(statement.sub_type),
                title: text(statement.title),
                date: dates.get(&statement.kb).copied(),
                closes_servicing_stack_advisory: statement
                    .vulnerability
                    .is_some_and(|number| is_rolling(vulnerabilities[number as usize])),
            });
            let key = (statement.kb, Servicing::of(product));
            votes.entry(key).or_default().add(kind, classified);
            let of_update = branches.entry(statement.kb).or_default();
            if kind == ProductKind::OperatingSystem {
                of_update.systems.insert(statement.product);
            }
            of_update.platforms.extend(products.platform(product));
        }
        Self { votes, branches }
    }

    /// Returns the line of an update on a product.
    pub(super) fn of(&self, kb: KbNumber, product: &Product, products: &[Product]) -> Series {
        self.votes.get(&(kb, Servicing::of(product))).map_or(Series::Individual, |votes| {
            let is_spread = self.main_branch(kb, products).is_none();
            series::resolve(votes, ProductKind::of(product), is_spread)
        })
    }

    /// Tells whether a publication lists a cumulative update for a product of another build branch
    /// than the one that the update is made for.
    ///
    /// A neighbouring release, or Windows 7 in the update of Windows 10, is a fault of the
    /// publication: the update could never be installed there.
    pub(super) fn is_stray(&self, kb: KbNumber, product: &Product, products: &[Product]) -> bool {
        let Some(votes) = self.votes.get(&(kb, Servicing::Cumulative)) else { return false };
        let Some(main) = self.main_branch(kb, products) else { return false };
        product.platform().is_some()
            && branch_of(product) != Some(main)
            && series::resolve(votes, ProductKind::OperatingSystem, false) == Series::Cumulative
    }

    /// Returns the branch of systems with cumulative updates that more than half of the systems of
    /// an update belong to.
    fn main_branch(&self, kb: KbNumber, products: &[Product]) -> Option<u32> {
        let branches = self.branches.get(&kb)?;
        let platforms =
            if branches.systems.is_empty() { &branches.platforms } else { &branches.systems };
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for platform in platforms {
            if let Some(branch) = branch_of(&products[*platform as usize]) {
                *counts.entry(branch).or_default() += 1;
            }
        }
        counts.into_iter().find(|(_, count)| count * 2 > platforms.len()).map(|(branch, _)| branch)
    }
}

/// Returns the build branch of a product on a system with cumulative updates.
fn branch_of(product: &Product) -> Option<u32> {
    let system = product.platform()?;
    system.build().filter(|_| system.family.is_serviced_cumulatively()).map(branch)
}
