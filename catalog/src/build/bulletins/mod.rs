//! Brings the pages of a bulletin together: what they agree on once, what they dispute beside it.
//!
//! A bulletin has a page in each language, and a page can be of an older version, have a fault of
//! its own, or be misread. So a fact counts when most of the pages that could state it do.

mod fixes;
mod packages;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(in crate::build) use fixes::{Context, fixes, service_packs};
use jiff::civil::Date;
pub(in crate::build) use packages::{NumberedPackage, add};
use staunch_model::{BulletinFact, BulletinId, BulletinVersion, CveId, PageFacts, Product};
pub(in crate::build) use store::{fill, origin_sets};

use crate::fact::kind;

/// One bulletin after its pages were brought together. Publications are in order.
#[derive(Debug, Default)]
pub(in crate::build) struct Bulletin {
    /// Newest version of its pages.
    pub(in crate::build) version: Option<BulletinVersion>,
    pub(in crate::build) pages: Vec<u32>,
    pub(in crate::build) facts: Vec<(BulletinFact, Vec<u32>)>,
    /// Statements that other pages contradict, or that most pages do not make.
    pub(in crate::build) disputed: Vec<(BulletinFact, Vec<u32>)>,
    /// Publications of such statements that are not kept: about the deployment of a product that
    /// each language names in its own way.
    pub(in crate::build) left_out: Vec<u32>,
}

impl Bulletin {
    /// Takes the day of publication that a database lists, where no page states one.
    pub(in crate::build) fn add_published(&mut self, date: Date, publication: u32) {
        let same = BulletinFact::Published(date);
        let mut stated = self.facts.iter_mut();
        match stated.find(|(fact, _)| matches!(fact, BulletinFact::Published(_))) {
            Some((fact, by)) if *fact == same => by.push(publication),
            Some(_) => {}
            None => {
                self.facts.push((same, vec![publication]));
                self.facts.sort();
            }
        }
    }

    /// Gives publications other numbers.
    pub(in crate::build) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        let facts = self.facts.iter_mut().chain(&mut self.disputed);
        let sets = facts.map(|(_, publications)| publications).chain([&mut self.pages]);
        for publications in sets {
            publications.iter_mut().for_each(|publication| *publication = number(*publication));
            publications.sort_unstable();
            publications.dedup();
        }
    }
}

/// One page with the number of its publication.
pub(in crate::build) type NumberedPage = (u32, PageFacts);

/// What only one statement can be right about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    kind: u8,
    product: Option<Arc<str>>,
    cve: Option<CveId>,
    version: Option<BulletinVersion>,
}

/// Brings pages together, whatever order they come in.
pub(in crate::build) fn merge(pages: &[NumberedPage]) -> BTreeMap<BulletinId, Bulletin> {
    let mut by_bulletin: BTreeMap<BulletinId, Vec<&NumberedPage>> = BTreeMap::new();
    for page in pages {
        by_bulletin.entry(page.1.bulletin).or_default().push(page);
    }
    by_bulletin
        .into_iter()
        .map(|(id, mut pages)| {
            // A page that comes twice counts once, in its newest form.
            pages.sort_by_key(|(publication, page)| {
                (*publication, std::cmp::Reverse((page.version, &page.facts)))
            });
            pages.dedup_by_key(|(publication, _)| *publication);
            (id, Merger::new(&pages).merge())
        })
        .collect()
}

/// The statements of one bulletin's pages.
struct Merger<'p> {
    pages: &'p [&'p NumberedPage],
    said: BTreeMap<&'p BulletinFact, BTreeSet<usize>>,
    /// Pages that state anything of a kind, in a language of their own for files.
    of_kind: BTreeMap<(u8, Option<&'p str>), BTreeSet<usize>>,
}

impl<'p> Merger<'p> {
    fn new(pages: &'p [&'p NumberedPage]) -> Self {
        let mut said: BTreeMap<&BulletinFact, BTreeSet<usize>> = BTreeMap::new();
        let mut of_kind: BTreeMap<(u8, Option<&str>), BTreeSet<usize>> = BTreeMap::new();
        for (at, (_, page)) in pages.iter().enumerate() {
            for fact in &page.facts {
                said.entry(fact).or_default().insert(at);
                of_kind.entry((kind(fact), language(fact))).or_default().insert(at);
            }
        }
        Self { pages, said, of_kind }
    }

    fn merge(self) -> Bulletin {
        let mut merged = Bulletin {
            version: self.pages.iter().filter_map(|(_, page)| page.version).max(),
            pages: self.publications(0..self.pages.len()),
            ..Bulletin::default()
        };
        let mut single: BTreeMap<Subject, Vec<&BulletinFact>> = BTreeMap::new();
        for (fact, by) in &self.said {
            if let Some(subject) = subject(fact) {
                single.entry(subject).or_default().push(fact);
                continue;
            }
            let row = ((*fact).clone(), self.publications(by.iter().copied()));
            if self.most_agree(fact, by) {
                merged.facts.push(row);
            } else if is_comparable(fact) {
                merged.disputed.push(row);
            } else {
                merged.left_out.extend(row.1);
            }
        }
        for facts in single.values() {
            let chosen = self.chosen(facts);
            for fact in facts {
                let row = ((*fact).clone(), self.publications(self.said[fact].iter().copied()));
                if chosen == Some(*fact) { &mut merged.facts } else { &mut merged.disputed }
                    .push(row);
            }
        }
        merged.facts.sort();
        merged.disputed.sort();
        merged
    }

    /// Tells whether at least half of the pages that could state a fact do: those that state
    /// something of its kind and are not older than the oldest that states it.
    fn most_agree(&self, fact: &BulletinFact, by: &BTreeSet<usize>) -> bool {
        let since = by.iter().map(|at| self.version(*at)).min().flatten();
        let could = self.of_kind[&(kind(fact), language(fact))]
            .iter()
            .filter(|at| self.version(**at) >= since)
            .count();
        by.len() * 2 >= could
    }

    /// Chooses what most pages of the newest version say, where two of these speak, or else what
    /// most of all pages say; the newer one of several such.
    fn chosen(&self, facts: &[&'p BulletinFact]) -> Option<&'p BulletinFact> {
        let newest = self.pages.iter().filter_map(|(_, page)| page.version).max();
        let is_newest = |at: &&usize| self.version(**at) == newest;
        let of_newest = |fact: &BulletinFact| self.said[fact].iter().filter(is_newest).count();
        let enough = facts.iter().map(|fact| of_newest(fact)).sum::<usize>() >= 2;
        facts.iter().copied().max_by_key(|fact| {
            let by = &self.said[*fact];
            let count = if enough { of_newest(fact) } else { by.len() };
            (count, by.len(), by.iter().map(|at| self.version(*at)).max(), *fact)
        })
    }

    fn version(&self, at: usize) -> Option<BulletinVersion> {
        self.pages[at].1.version
    }

    fn publications(&self, pages: impl IntoIterator<Item = usize>) -> Vec<u32> {
        let mut found: Vec<u32> = pages.into_iter().map(|at| self.pages[at].0).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Tells whether the statements of several languages about one thing have the same name for it:
/// systems always do, and what else is deployed does where the vocabulary has it.
fn is_comparable(fact: &BulletinFact) -> bool {
    match fact {
        BulletinFact::Switch { platform, .. }
        | BulletinFact::Command { platform, .. }
        | BulletinFact::RemovalTool { platform, .. }
        | BulletinFact::RegistryKey { platform, .. }
        | BulletinFact::Download { product: platform, .. } => {
            Product::from_published_name(platform).platform().is_some()
        }
        _ => true,
    }
}

/// Returns the language whose pages alone can state a fact.
fn language(fact: &BulletinFact) -> Option<&str> {
    match fact {
        BulletinFact::File(file) => file.language.as_deref(),
        _ => None,
    }
}

/// Returns what a fact is about, where only one such statement can be right.
fn subject(fact: &BulletinFact) -> Option<Subject> {
    let of = |product: Option<&Arc<str>>, cve, version| {
        Some(Subject { kind: kind(fact), product: product.cloned(), cve, version })
    };
    match fact {
        BulletinFact::Severity(_) | BulletinFact::Impact(_) | BulletinFact::Published(_) => {
            of(None, None, None)
        }
        BulletinFact::Revision { version, .. } => of(None, None, Some(*version)),
        BulletinFact::Disclosed { cve, .. } | BulletinFact::Exploited { cve, .. } => {
            of(None, Some(*cve), None)
        }
        BulletinFact::Rating { product, cve, .. }
        | BulletinFact::RatedImpact { product, cve, .. } => of(Some(product), *cve, None),
        BulletinFact::NeedsRestart { platform, .. } | BulletinFact::Removable { platform, .. } => {
            of(Some(platform), None, None)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use staunch_model::{KbNumber, Provenance, PublicationId, Severity};

    fn page(number: u32, version: (u16, u16), facts: &[BulletinFact]) -> NumberedPage {
        let publication = PublicationId::new("bulletin", &number.to_string());
        let facts = PageFacts {
            bulletin: "MS04-015".parse().unwrap(),
            locale: None,
            version: Some(BulletinVersion::new(version.0, version.1)),
            facts: facts.to_vec(),
            provenance: Provenance { publication, line: 1 },
        };
        (number, facts)
    }

    fn kb(number: u32) -> BulletinFact {
        BulletinFact::Kb(KbNumber::new(number).unwrap())
    }

    fn merged(pages: &[NumberedPage]) -> Bulletin {
        merge(pages).into_values().next().unwrap()
    }

    #[test]
    fn what_most_pages_state_is_kept_with_those_that_state_it() {
        let found = merged(&[
            page(1, (1, 0), &[kb(840374)]),
            page(2, (1, 0), &[kb(840374), kb(840347)]),
            page(3, (1, 0), &[kb(840374)]),
        ]);
        assert_eq!(found.facts, [(kb(840374), vec![1, 2, 3])]);
        assert_eq!(found.disputed, [(kb(840347), vec![2])]);
    }

    #[test]
    fn a_newer_version_adds_what_older_pages_cannot_know() {
        let found = merged(&[
            page(1, (1, 0), &[kb(840374)]),
            page(2, (1, 0), &[kb(840374)]),
            page(3, (2, 0), &[kb(840374), kb(885881)]),
        ]);
        assert_eq!(found.facts.len(), 2);
        assert_eq!(found.version, Some(BulletinVersion::new(2, 0)));
    }

    #[test]
    fn the_newest_version_rates_when_two_pages_of_it_speak() {
        let is = |severity| BulletinFact::Severity(severity);
        let old = [1, 2, 3].map(|number| page(number, (1, 0), &[is(Severity::Critical)]));
        let one = page(4, (2, 0), &[is(Severity::Important)]);
        let two = page(5, (2, 0), &[is(Severity::Important)]);
        let with_one = merged(&[&old[..], std::slice::from_ref(&one)].concat());
        assert_eq!(with_one.facts[0].0, is(Severity::Critical));
        let with_two = merged(&[&old[..], &[one, two]].concat());
        assert_eq!(with_two.facts, [(is(Severity::Important), vec![4, 5])]);
        assert_eq!(with_two.disputed, [(is(Severity::Critical), vec![1, 2, 3])]);
    }
}
