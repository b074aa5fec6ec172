//! Spellings with what they mean, found as a whole text, at its beginning or anywhere in it.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Spellings with their meanings. Texts must be brought to the form that the spellings are in.
#[derive(Debug, Default)]
pub(crate) struct Spellings<K> {
    /// Each spelling once, in the order in which they were given.
    list: Vec<(String, K)>,
    /// Heads and numbers of the spellings in the order of their bytes.
    sorted: Vec<(u64, usize)>,
    beginnings: Beginnings,
    /// Finds spellings within a text; made when it is first asked for.
    automaton: OnceLock<AhoCorasick>,
}

impl<K> Spellings<K> {
    /// Makes a table without spellings.
    pub(crate) const fn empty() -> Self {
        Self {
            list: Vec::new(),
            sorted: Vec::new(),
            beginnings: Beginnings([0; 8]),
            automaton: OnceLock::new(),
        }
    }

    /// Makes a table; of equal spellings the first counts.
    pub(crate) fn new(spellings: impl IntoIterator<Item = (String, K)>) -> Self {
        let mut table = Self::empty();
        for (spelling, meaning) in spellings {
            if let Err(place) = table.place(&spelling) {
                table.sorted.insert(place, (head(&spelling), table.list.len()));
                table.beginnings.add(&spelling);
                table.list.push((spelling, meaning));
            }
        }
        table
    }

    /// Lists the spellings in the order in which they were given.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &K)> {
        self.list.iter().map(|(spelling, meaning)| (spelling.as_str(), meaning))
    }

    /// Returns the meaning of a text that is a spelling.
    pub(crate) fn exact(&self, text: &str) -> Option<&K> {
        if !self.beginnings.may_have(text) {
            return None;
        }
        let place = self.place(text).ok()?;
        Some(&self.list[self.sorted[place].1].1)
    }

    /// Returns the longest spelling that a text begins with, and its meaning.
    pub(crate) fn prefix(&self, text: &str) -> Option<(&str, &K)> {
        if !self.beginnings.may_have(text) {
            return None;
        }
        // The greatest spelling up to the text is the one, or shows how much of the text any
        // spelling can share.
        let mut rest = text;
        loop {
            let place = match self.place(rest) {
                Ok(place) => place,
                Err(after) => after.checked_sub(1)?,
            };
            let (spelling, meaning) = &self.list[self.sorted[place].1];
            if rest.starts_with(spelling.as_str()) {
                return Some((spelling, meaning));
            }
            let shared = rest.bytes().zip(spelling.bytes()).take_while(|(a, b)| a == b).count();
            rest = &rest[..rest.floor_char_boundary(shared)];
        }
    }

    /// Tells by its first two letters whether a text that is not yet in the form of the spellings
    /// can be one or begin with one: most texts need not be brought to that form.
    pub(crate) fn may_start(&self, raw: &str) -> bool {
        let text = raw.trim_start_matches(['*', ' ']);
        let Some(first) = text.as_bytes().first_chunk::<2>() else { return true };
        let is_known = first.iter().all(u8::is_ascii_alphanumeric);
        !is_known || self.beginnings.may_have_bytes(first.map(|byte| byte.to_ascii_lowercase()))
    }

    /// Tells whether a text that begins in this way can be a spelling or begin with one.
    pub(crate) fn may_begin(&self, start: &str) -> bool {
        if !self.beginnings.may_have(start) {
            return false;
        }
        let Err(after) = self.place(start) else { return true };
        let next = self.sorted.get(after).map(|(_, at)| self.list[*at].0.as_str());
        next.is_some_and(|next| next.starts_with(start)) || self.prefix(start).is_some()
    }

    /// Lists the spellings that stand somewhere in a text, in the order in which they were given.
    pub(crate) fn within<'s>(&'s self, text: &str) -> impl Iterator<Item = (&'s str, &'s K)> {
        let automaton = self.automaton.get_or_init(|| {
            let spellings = self.list.iter().map(|(spelling, _)| spelling);
            AhoCorasick::new(spellings).expect("the spellings of a table are few and short")
        });
        let mut found: Vec<usize> =
            automaton.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| (self.list[at].0.as_str(), &self.list[at].1))
    }

    /// Finds the place of a spelling in the sorted ones, or the place where it would stand.
    fn place(&self, text: &str) -> Result<usize, usize> {
        let wanted = head(text);
        self.sorted.binary_search_by(|(head, at)| {
            head.cmp(&wanted).then_with(|| self.list[*at].0.as_str().cmp(text))
        })
    }
}

/// The first two bytes of spellings, as bits of a hash: most texts begin as none of them does.
#[derive(Debug, Default)]
struct Beginnings([u64; 8]);

impl Beginnings {
    fn add(&mut self, spelling: &str) {
        match spelling.as_bytes().first_chunk() {
            Some(first) => {
                let (word, bit) = place(*first);
                self.0[word] |= bit;
            }
            // Any text may begin with a spelling of one byte.
            None => self.0 = [u64::MAX; 8],
        }
    }

    fn may_have(&self, text: &str) -> bool {
        text.as_bytes().first_chunk().is_none_or(|first| self.may_have_bytes(*first))
    }

    fn may_have_bytes(&self, first: [u8; 2]) -> bool {
        let (word, bit) = place(first);
        self.0[word] & bit != 0
    }
}

/// Returns the word and the bit of [`Beginnings`] for the first two bytes of a text.
fn place([first, second]: [u8; 2]) -> (usize, u64) {
    let hash = usize::from(first) * 31 + usize::from(second) * 7;
    (hash / 64 % 8, 1 << (hash % 64))
}

/// Returns the first eight bytes of a text as a number that compares as they do.
fn head(text: &str) -> u64 {
    let mut head = [0; 8];
    let length = text.len().min(head.len());
    head[..length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(head)
}

/// Words that are looked for anywhere in a text, without regard to the case of ASCII letters.
#[derive(Debug)]
pub(crate) struct Marks {
    words: &'static [&'static str],
    automaton: OnceLock<AhoCorasick>,
}

impl Marks {
    pub(crate) const fn new(words: &'static [&'static str]) -> Self {
        Self { words, automaton: OnceLock::new() }
    }

    /// Tells whether one of the words stands in a text.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        let automaton = self.automaton.get_or_init(|| {
            let mut builder = AhoCorasick::builder();
            let automaton = builder.ascii_case_insensitive(true).build(self.words);
            automaton.expect("the words are few and short")
        });
        automaton.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_of_equal_spellings_counts() {
        let table = Spellings::new([("a".to_owned(), 1), ("a".to_owned(), 2)]);
        assert_eq!(table.exact("a"), Some(&1));
        assert_eq!(table.prefix("ab"), Some(("a", &1)));
        assert_eq!(table.exact("ab"), None);
        assert_eq!(Spellings::<u8>::empty().prefix("a"), None);
    }

    proptest! {
        #[test]
        fn spellings_are_found_as_by_trying_each(
            spellings in proptest::collection::vec("[abé]{1,4}([abé]{8})?", 0..12),
            text in "[abéc]{0,16}",
        ) {
            let table = Spellings::new(spellings.iter().cloned().zip(0..));
            let all = || table.iter().map(|(spelling, _)| spelling);
            let longest = all().filter(|s| text.starts_with(s)).max_by_key(|s| s.len());
            prop_assert_eq!(table.prefix(&text).map(|(spelling, _)| spelling), longest);
            let standing: Vec<&str> = all().filter(|s| text.contains(s)).collect();
            let found: Vec<&str> = table.within(&text).map(|(spelling, _)| spelling).collect();
            prop_assert_eq!(found, standing);
            prop_assert_eq!(table.exact(&text).is_some(), all().any(|s| s == text));
            let begins = all().any(|s| s.starts_with(&text) || text.starts_with(s));
            prop_assert_eq!(table.may_begin(&text), begins);
            // What is not in the form of the spellings yet is passed over only where none begins.
            let raw = format!("** {}", text.to_uppercase());
            prop_assert!(table.may_start(&raw) || !begins);
            prop_assert!(all().next().is_some() || !table.may_start("**ab"));
        }
    }
}
