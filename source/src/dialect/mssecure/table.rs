use std::collections::HashMap;

use staunch_model::WarningCode;

use super::draft::{Reference, Stated};
use crate::document::excerpt;
use crate::output::Output;

/// Entries of one kind by their numbers, which are kept as written.
pub(super) struct Table<T> {
    entries: Vec<T>,
    /// Place of each number's entry; nothing for a number that stands twice.
    places: HashMap<String, Option<usize>>,
    claimed: Vec<bool>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), places: HashMap::new(), claimed: Vec::new() }
    }
}

impl<T> Table<T> {
    /// Adds an entry with the number in this attribute.
    pub(super) fn add(
        &mut self,
        stated: &Stated<'_>,
        attribute: &'static str,
        entry: T,
        output: &mut Output<'_>,
    ) {
        let number = stated.number(attribute);
        let place = self.entries.len();
        self.entries.push(entry);
        self.claimed.push(false);
        if let Some(first) = self.places.get_mut(&number) {
            *first = None;
            let message = format!("expected another {attribute} than {}", excerpt(&number));
            output.warn(WarningCode::Duplicate, stated.line, message);
        } else {
            self.places.insert(number, Some(place));
        }
    }

    /// Returns the entry that was added last.
    pub(super) fn last_mut(&mut self) -> Option<&mut T> {
        self.entries.last_mut()
    }

    /// Calls `visit` for every entry, in order.
    pub(super) fn each(&mut self, visit: impl FnMut(&mut T)) {
        self.entries.iter_mut().for_each(visit);
    }

    /// Returns the entry that is referred to, and remembers that it was.
    pub(super) fn claim(&mut self, reference: &Reference, output: &mut Output<'_>) -> Option<&T> {
        let found = match self.places.get(&reference.number) {
            Some(&Some(place)) => {
                self.claimed[place] = true;
                return self.entries.get(place);
            }
            Some(None) => "that stands twice",
            None => "that stands nowhere",
        };
        let Reference { attribute, number, line } = reference;
        let message = format!("expected a {attribute}, found {} {found}", excerpt(number));
        output.warn(WarningCode::DanglingReference, *line, message);
        None
    }

    /// Returns every entry that nothing referred to, in order.
    pub(super) fn into_unclaimed(self) -> impl Iterator<Item = T> {
        let claimed = self.claimed.into_iter();
        self.entries
            .into_iter()
            .zip(claimed)
            .filter(|(_, claimed)| !claimed)
            .map(|(entry, _)| entry)
    }
}
