//! Version and size with nothing between them: `5.1.2600.1561257,536`.
//!
//! Where one ends and the other begins, only other rows of the page can tell.

use staunch_model::{FileVersion, PageFile};

/// Greatest size that is believed while there is a smaller one, in bytes.
const LARGEST: u64 = 40_000_000;

/// The versions and sizes that a text can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glued(Vec<(FileVersion, u64)>);

impl Glued {
    /// Reads four numbers with dots, whose last runs into a grouped size.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut from = 0;
        for _ in 0..3 {
            from += text[from..].find('.')? + 1;
        }
        let (head, tail) = text.split_at(from);
        let run = tail.find([',', '.']).filter(|run| *run >= 2)?;
        if !tail.is_ascii() {
            return None;
        }
        let candidates: Vec<_> = (run.saturating_sub(3).max(1)..run)
            .filter_map(|at| {
                let (revision, size) = tail.split_at(at);
                let is_natural = |number: &str| !number.starts_with('0') || number.len() == 1;
                if !is_natural(revision) || size.starts_with('0') {
                    return None;
                }
                let version = format!("{head}{revision}").parse().ok()?;
                Some((version, super::field::size(size)?))
            })
            .collect();
        (!candidates.is_empty()).then_some(Self(candidates))
    }

    /// Chooses by the versions that stand elsewhere on the page; nothing where they do not tell.
    pub(super) fn settle(&self, known: &[FileVersion]) -> Option<(FileVersion, u64)> {
        let mut left = self.0.clone();
        narrow(&mut left, |(_, size)| *size <= LARGEST);
        narrow(&mut left, |(version, _)| known.contains(version));
        narrow(&mut left, |(version, _)| known.iter().any(|known| is_alike(*version, *known)));
        match left.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Lists the versions of the rows that say them plainly.
    pub(super) fn known<'f>(files: impl Iterator<Item = &'f PageFile>) -> Vec<FileVersion> {
        let mut known: Vec<FileVersion> = files.filter_map(|file| file.version).collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}

fn narrow<T: Clone>(left: &mut Vec<T>, fits: impl Fn(&T) -> bool) {
    if left.iter().any(&fits) {
        left.retain(fits);
    }
}

/// Versions of one build whose revisions have as many digits.
fn is_alike(one: FileVersion, other: FileVersion) -> bool {
    let text = |version: FileVersion| {
        let text = version.to_string();
        let (head, revision) = text.rsplit_once('.').unwrap_or_default();
        (head.to_owned(), revision.len())
    };
    text(one) == text(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(text: &str, known: &[&str]) -> Option<(String, u64)> {
        let known: Vec<FileVersion> = known.iter().map(|text| text.parse().unwrap()).collect();
        let (version, size) = Glued::read(text)?.settle(&known)?;
        Some((version.to_string(), size))
    }

    #[test]
    fn only_what_the_page_tells_is_split() {
        let at = |version: &str, size| Some((version.to_owned(), size));
        assert_eq!(settle("4.0.1381.33559196,368", &[]), at("4.0.1381.33559", 196_368));
        assert_eq!(settle("5.2.3790.1752,405,888", &[]), at("5.2.3790.175", 2_405_888));
        let known = ["5.1.2600.1566"];
        assert_eq!(settle("5.1.2600.1561257,536", &known), at("5.1.2600.1561", 257_536));
        assert_eq!(settle("3.10.0.10392,224", &known), None);
        assert_eq!(Glued::read("5.1.2600.1561"), None);
    }
}
