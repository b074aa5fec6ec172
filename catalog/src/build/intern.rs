use std::collections::HashMap;
use std::hash::Hash;

/// Numbers values in the order in which they arrive, and renumbers them in their own order.
pub(super) struct Interner<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash + Ord> Interner<T> {
    /// Returns the number of a value, and whether it is new.
    pub(super) fn insert(&mut self, value: &T) -> (u32, bool) {
        if let Some(&number) = self.numbers.get(value) {
            return (number, false);
        }
        let number = u32::try_from(self.values.len()).expect("memory ends before the numbers do");
        self.numbers.insert(value.clone(), number);
        self.values.push(value.clone());
        (number, true)
    }

    /// Returns the number of a value.
    pub(super) fn number(&mut self, value: &T) -> u32 {
        self.insert(value).0
    }

    /// Returns the values in the order of their numbers.
    pub(super) fn values(&self) -> &[T] {
        &self.values
    }

    /// Returns the values in their own order, and the new number of each old one.
    pub(super) fn into_sorted(self) -> (Vec<T>, Vec<u32>) {
        let mut order: Vec<u32> = (0..).take(self.values.len()).collect();
        order.sort_by(|&a, &b| self.values[a as usize].cmp(&self.values[b as usize]));
        let mut renumbered = vec![0; order.len()];
        for (new, &old) in (0..).zip(&order) {
            renumbered[old as usize] = new;
        }
        let sorted = order.iter().map(|&old| self.values[old as usize].clone()).collect();
        (sorted, renumbered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_depend_on_arrival_after_sorting() {
        let mut interner = Interner::default();
        let numbers: Vec<u32> = ["c", "a", "c", "b"].iter().map(|v| interner.number(v)).collect();
        assert_eq!(numbers, [0, 1, 0, 2]);
        let (sorted, renumbered) = interner.into_sorted();
        assert_eq!(sorted, ["a", "b", "c"]);
        assert_eq!(renumbered, [2, 0, 1]);
    }
}
