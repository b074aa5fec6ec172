//! The build that an update brings an operating system to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use staunch_model::{KbNumber, OsBuild, Product};

use super::Statement;
use super::choice::most_stated;

/// Build numbers that share one line of updates, under the lowest of them.
///
/// Source: Microsoft, "Windows 10 release information" and "Windows 11 release information": an
/// enablement package raises the number and nothing else.
const BRANCHES: &[(u32, &[u32])] = &[
    (18362, &[18362, 18363]),
    (19041, &[19041, 19042, 19043, 19044, 19045]),
    (22621, &[22621, 22631]),
    (26100, &[26100, 26200]),
];

/// Returns the branch that a build number belongs to.
pub(super) fn branch(build: u32) -> u32 {
    BRANCHES.iter().find(|(_, builds)| builds.contains(&build)).map_or(build, |(branch, _)| *branch)
}

/// A fixed build with those who state it and those who state another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FixedBuild {
    pub(super) revision: u32,
    pub(super) publications: Vec<u32>,
    pub(super) others: Vec<(u32, Vec<u32>)>,
}

/// Fixed builds by update and branch, and how many statements were of no use.
#[derive(Default)]
pub(super) struct FixedBuilds {
    by_branch: HashMap<(KbNumber, u32), FixedBuild>,
    pub(super) unread: u64,
    pub(super) other_branch: u64,
    pub(super) not_serviced_by_build: u64,
}

/// How many statements give each revision, and which publications make them.
type Said = BTreeMap<u32, (u32, BTreeSet<u32>)>;

/// Returns the build number that updates for a product carry, where the build tells what is
/// installed.
fn own_build(product: &Product) -> Option<u32> {
    let system = product.platform()?;
    system.build().filter(|_| system.family.is_serviced_cumulatively())
}

/// Reads a build; invisible characters around it, which publications have, do not count.
fn build_in(text: &str) -> Option<OsBuild> {
    text.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}

impl FixedBuilds {
    /// Reads all statements: within the product's own branch the majority per update decides.
    pub(super) fn new(
        statements: &[Statement],
        products: &[Product],
        texts: &[std::sync::Arc<str>],
    ) -> Self {
        let mut result = Self::default();
        let mut said: BTreeMap<(KbNumber, u32), Said> = BTreeMap::new();
        let parsed: Vec<Option<OsBuild>> = texts.iter().map(|text| build_in(text)).collect();
        for statement in statements {
            let Some(text) = statement.fixed_build else { continue };
            let Some(own) = own_build(&products[statement.product as usize]) else {
                result.not_serviced_by_build += 1;
                continue;
            };
            let Some((build, revision)) =
                parsed[text as usize].and_then(|build| Some((build, build.revision()?)))
            else {
                result.unread += 1;
                continue;
            };
            if build.version() != (10, 0) || branch(build.build()) != branch(own) {
                result.other_branch += 1;
                continue;
            }
            let (count, publications) =
                said.entry((statement.kb, branch(own))).or_default().entry(revision).or_default();
            *count += 1;
            publications.insert(statement.publication);
        }
        for (key, values) in said {
            let counts = values.iter().map(|(revision, (count, _))| (*revision, *count)).collect();
            let Some(revision) = most_stated(counts) else { continue };
            let mut publications = Vec::new();
            let mut others = Vec::new();
            for (value, (_, named)) in values {
                let named = named.into_iter().collect();
                if value == revision {
                    publications = named;
                } else {
                    others.push((value, named));
                }
            }
            result.by_branch.insert(key, FixedBuild { revision, publications, others });
        }
        result
    }

    /// Returns the build that an update brings a product to: that of its branch, with the product's
    /// own number.
    pub(super) fn of(&self, kb: KbNumber, product: &Product) -> Option<(OsBuild, &FixedBuild)> {
        let own = own_build(product)?;
        let fixed = self.by_branch.get(&(kb, branch(own)))?;
        Some((OsBuild::new(10, 0, own, Some(fixed.revision)), fixed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_that_an_enablement_package_makes_share_a_branch() {
        for (build, expected) in
            [(19045, 19041), (18363, 18362), (22631, 22621), (26200, 26100), (17763, 17763)]
        {
            assert_eq!(branch(build), expected);
        }
    }

    #[test]
    fn invisible_characters_around_a_build_do_not_count() {
        let expected = Some(OsBuild::new(10, 0, 22000, Some(3250)));
        assert_eq!(build_in("10.0.22000.3250\u{200b}\u{200b}"), expected);
        assert_eq!(build_in("2.0.50727.9181 & 3.0.30729.9165"), None);
    }
}
