//! Makes the statements of one product about superseding free of cycles.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use staunch_model::KbNumber;

/// What one product's statements became.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Acyclic {
    pub(super) kept: Vec<(KbNumber, KbNumber)>,
    pub(super) dropped: Vec<(KbNumber, KbNumber)>,
}

/// Splits the statements "the first supersedes the second" of one product into those that stay
/// and those that close a cycle.
///
/// Inside a group of updates that all supersede each other, a statement is dropped when its
/// superseder is the older one by date or, on the same day, by number. What stays leads from newer
/// to older within every group, so it has no cycle, whatever the order of the statements.
pub(super) fn break_cycles(
    edges: &BTreeSet<(KbNumber, KbNumber)>,
    date: impl Fn(KbNumber) -> Option<Date>,
) -> Acyclic {
    let group = groups(edges);
    let age = |kb: KbNumber| (date(kb), kb);
    let mut result = Acyclic::default();
    for &(from, to) in edges {
        let in_cycle = group[&from] == group[&to];
        let list =
            if in_cycle && age(from) <= age(to) { &mut result.dropped } else { &mut result.kept };
        list.push((from, to));
    }
    result
}

/// Numbers the strongly connected components (Tarjan's algorithm, with an explicit stack because
/// the depth is the publisher's choice).
fn groups(edges: &BTreeSet<(KbNumber, KbNumber)>) -> BTreeMap<KbNumber, usize> {
    let nodes: Vec<KbNumber> =
        edges.iter().flat_map(|&(a, b)| [a, b]).collect::<BTreeSet<_>>().into_iter().collect();
    let index = |kb: KbNumber| nodes.binary_search(&kb).expect("every end of an edge is a node");
    let mut targets = vec![Vec::new(); nodes.len()];
    for &(from, to) in edges {
        targets[index(from)].push(index(to));
    }
    let mut search = Search {
        visited: vec![None; nodes.len()],
        lowest: vec![0; nodes.len()],
        group: vec![None; nodes.len()],
        open: Vec::new(),
        counter: 0,
    };
    for root in 0..nodes.len() {
        if search.visited[root].is_none() {
            search.run(root, &targets);
        }
    }
    let group = search.group;
    nodes
        .iter()
        .enumerate()
        .map(|(at, &kb)| (kb, group[at].expect("the search reaches every node")))
        .collect()
}

struct Search {
    visited: Vec<Option<usize>>,
    lowest: Vec<usize>,
    group: Vec<Option<usize>>,
    open: Vec<usize>,
    counter: usize,
}

impl Search {
    fn enter(&mut self, node: usize) {
        self.visited[node] = Some(self.counter);
        self.lowest[node] = self.counter;
        self.counter += 1;
        self.open.push(node);
    }

    fn run(&mut self, root: usize, targets: &[Vec<usize>]) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some(&target) = targets[node].get(*next) {
                *next += 1;
                match self.visited[target] {
                    None => {
                        self.enter(target);
                        path.push((target, 0));
                    }
                    Some(at) if self.group[target].is_none() => {
                        self.lowest[node] = self.lowest[node].min(at);
                    }
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                self.lowest[parent] = self.lowest[parent].min(self.lowest[node]);
            }
            if self.visited[node] == Some(self.lowest[node]) {
                self.close(node);
            }
        }
    }

    fn close(&mut self, root: usize) {
        while let Some(node) = self.open.pop() {
            self.group[node] = Some(root);
            if node == root {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kb(number: u32) -> KbNumber {
        KbNumber::new(4_000_000 + number).expect("a number in range")
    }

    fn day(number: u32) -> Option<Date> {
        // Every third update has no day at all.
        (!number.is_multiple_of(3)).then(|| Date::constant(2019, 1, 1 + (number * 7 % 28) as i8))
    }

    fn number(kb: KbNumber) -> u32 {
        kb.number() - 4_000_000
    }

    #[test]
    fn the_older_superseder_of_a_pair_loses() {
        let edges = BTreeSet::from([(kb(1), kb(2)), (kb(2), kb(1)), (kb(2), kb(5))]);
        let newer_first = |of: KbNumber| Some(Date::constant(2019, 3 - number(of).min(2) as i8, 1));
        let found = break_cycles(&edges, newer_first);
        assert_eq!(found.kept, [(kb(1), kb(2)), (kb(2), kb(5))]);
        assert_eq!(found.dropped, [(kb(2), kb(1))]);
    }

    #[test]
    fn a_chain_that_runs_against_the_dates_stays() {
        let edges = BTreeSet::from([(kb(1), kb(2)), (kb(2), kb(3))]);
        assert_eq!(break_cycles(&edges, |of| day(number(of))).dropped, []);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let edges: BTreeSet<_> = (0..200_000).map(|n| (kb(n + 1), kb(n))).collect();
        assert_eq!(break_cycles(&edges, |_| None).dropped, []);
    }

    fn is_acyclic(edges: &[(KbNumber, KbNumber)]) -> bool {
        let mut left: Vec<_> = edges.to_vec();
        loop {
            let sources: BTreeSet<_> = left.iter().map(|edge| edge.0).collect();
            let before = left.len();
            left.retain(|edge| sources.contains(&edge.1));
            if left.len() == before {
                return left.is_empty();
            }
        }
    }

    proptest! {
        #[test]
        fn what_stays_is_acyclic_and_needs_everything_that_was_dropped(
            pairs in proptest::collection::vec((0u32..12, 0u32..12), 0..60),
        ) {
            let edges: BTreeSet<_> =
                pairs.into_iter().filter(|(a, b)| a != b).map(|(a, b)| (kb(a), kb(b))).collect();
            let found = break_cycles(&edges, |of| day(number(of)));
            prop_assert!(is_acyclic(&found.kept));
            prop_assert_eq!(found.kept.len() + found.dropped.len(), edges.len());
            prop_assert_eq!(found.dropped.is_empty(), is_acyclic(&edges.iter().copied().collect::<Vec<_>>()));
        }
    }
}
