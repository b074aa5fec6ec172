//! What a builder collected, in one order for any order of arrival.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use staunch_model::{
    BulletinId, KbNumber, Publication, PublicationId, VulnerabilityId, VulnerabilityRecord,
};

use super::bulletins::Bulletin;
use super::products::Products;
use super::series_of::SeriesOfUpdates;
use super::{Builder, Statement, SupersedenceStatement};

/// Kind under which cumulative updates that are listed for another build branch are counted.
const STRAY: &str = "cumulative update of another build branch";

/// A builder's content with every number in the values' own order.
pub(super) struct Sorted {
    pub(super) publications: Vec<Publication>,
    pub(super) products: Products,
    pub(super) vulnerability_ids: Vec<VulnerabilityId>,
    pub(super) records: Vec<(u32, u32, VulnerabilityRecord)>,
    pub(super) texts: Vec<Arc<str>>,
    pub(super) statements: Vec<Statement>,
    pub(super) supersedences: BTreeSet<SupersedenceStatement>,
    pub(super) payloads: BTreeSet<(KbNumber, KbNumber, u32)>,
    pub(super) left_out: BTreeMap<(String, u32), u64>,
    pub(super) warnings: BTreeMap<(&'static str, u32), u64>,
    pub(super) read: BTreeMap<String, u64>,
    pub(super) bulletins: BTreeMap<BulletinId, Bulletin>,
    pub(super) bulletin_titles: BTreeMap<BulletinId, Arc<str>>,
}

impl Sorted {
    /// Sorts what a builder collected.
    pub(super) fn new(mut builder: Builder) -> Self {
        let (publication_ids, publication) = builder.publication_ids.into_sorted();
        let (vulnerability_ids, vulnerability) = builder.vulnerability_ids.into_sorted();
        let (texts, text) = builder.texts.into_sorted();
        let (mentions, mention) = builder.mentions.into_sorted();
        let mut counts = builder.mention_counts.clone();
        for (old, &new) in mention.iter().enumerate() {
            counts[new as usize] = builder.mention_counts[old];
        }
        let products = Products::new(&mentions, &counts);
        let product = |old: u32| {
            products.of_mention[mention[old as usize] as usize]
                .expect("a mention with statements has a product")
        };
        let described = publication
            .iter()
            .enumerate()
            .filter_map(|(old, &new)| {
                let old = u32::try_from(old).ok()?;
                Some((new, builder.publications.remove(&old)?))
            })
            .collect::<HashMap<u32, Publication>>();
        let publications = described_in_order(publication_ids, described);
        let mut statements = builder.statements;
        for statement in &mut statements {
            statement.product = product(statement.product);
            statement.publication = publication[statement.publication as usize];
            statement.vulnerability =
                statement.vulnerability.map(|old| vulnerability[old as usize]);
            for number in
                [&mut statement.sub_type, &mut statement.title, &mut statement.fixed_build]
            {
                *number = number.map(|old| text[old as usize]);
            }
        }
        // A statement that a publication makes twice counts once.
        statements.sort_unstable();
        statements.dedup();
        let supersedences = builder
            .supersedences
            .into_iter()
            .map(|statement| SupersedenceStatement {
                product: product(statement.product),
                publication: publication[statement.publication as usize],
                ..statement
            })
            .collect();
        let payloads = builder
            .payloads
            .into_iter()
            .map(|(kb, payload, of)| (kb, payload, publication[of as usize]))
            .collect();
        let records = builder
            .vulnerabilities
            .into_iter()
            .map(|(id, of, record)| (vulnerability[id as usize], publication[of as usize], record))
            .collect();
        let renumber = |of: u32| publication[of as usize];
        let mut bulletins = builder.bulletins;
        bulletins.values_mut().for_each(|bulletin| bulletin.renumber(renumber));
        Self {
            publications,
            products,
            vulnerability_ids,
            records,
            texts,
            statements,
            supersedences,
            payloads,
            left_out: builder
                .left_out
                .into_iter()
                .map(|((kind, of), count)| ((kind, renumber(of)), count))
                .collect(),
            warnings: builder
                .warnings
                .into_iter()
                .map(|((code, of), count)| ((code, renumber(of)), count))
                .collect(),
            read: builder.read,
            bulletins,
            bulletin_titles: builder.bulletin_titles,
        }
    }
}

impl Sorted {
    /// Takes out the updates that cannot be for the product they are listed for, and counts them.
    pub(super) fn leave_out_strays(&mut self, series: &SeriesOfUpdates) {
        let products = &self.products.rows;
        let is_stray =
            |kb, product: u32| series.is_stray(kb, &products[product as usize], products);
        let left_out = &mut self.left_out;
        let mut kept = Vec::with_capacity(self.statements.len());
        for group in self.statements.chunk_by(|a, b| (a.product, a.kb) == (b.product, b.kb)) {
            if !is_stray(group[0].kb, group[0].product) {
                kept.extend_from_slice(group);
                continue;
            }
            for statement in group {
                let key = (STRAY.to_owned(), statement.publication);
                *left_out.entry(key).or_default() += 1;
            }
        }
        self.statements = kept;
        self.supersedences.retain(|statement| !is_stray(statement.kb, statement.product));
    }
}

/// Puts the publications in order; one that never described itself has its name for a title.
fn described_in_order(
    ids: Vec<PublicationId>,
    mut described: HashMap<u32, Publication>,
) -> Vec<Publication> {
    (0..)
        .zip(ids)
        .map(|(number, id)| {
            described.remove(&number).unwrap_or_else(|| Publication {
                title: id.to_string(),
                id,
                revision: None,
                released: None,
                revised: None,
            })
        })
        .collect()
}
