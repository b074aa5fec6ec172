//! Lists of superseded updates, as publications write them.

use staunch_model::{KbNumber, SupersededRef};

/// Most predecessors that one statement may name; publications reach 26.
const LIST_LIMIT: usize = 100;
/// Words that say that nothing is superseded.
const NOTHING: &[&str] = &["none", "n/a", "na", "-"];

/// A list of superseded updates with its faults.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Supersedence {
    pub(crate) updates: Vec<SupersededRef>,
    /// Whether the update names itself; that entry is left out.
    pub(crate) names_itself: bool,
    /// First part that names no update.
    pub(crate) unread: Option<String>,
}

/// Reads `4487020`, `a; b`, `a, b`, `a<br>b`, `MS16-123, 3182203; MS16-124, 3182204` and `None`.
///
/// A bulletin and the number after it in the same group are one update.
pub(crate) fn read(text: &str, update: Option<KbNumber>) -> Supersedence {
    let mut list = Supersedence::default();
    for group in text.split([';', '\n', '\r', '<', '>']).map(str::trim) {
        if !matches!(group, "br" | "br/" | "br /") {
            list.read_group(group, update);
        }
    }
    list
}

impl Supersedence {
    fn read_group(&mut self, group: &str, update: Option<KbNumber>) {
        let mut bulletin = None;
        for part in group.split(',').flat_map(words) {
            if let Ok(kb) = part.parse() {
                self.add(SupersededRef { kb: Some(kb), bulletin: bulletin.take() }, update);
            } else if let Ok(named) = part.parse() {
                if let Some(before) = bulletin.replace(named) {
                    self.add(SupersededRef { kb: None, bulletin: Some(before) }, update);
                }
            } else if !NOTHING.iter().any(|word| word.eq_ignore_ascii_case(part)) {
                self.unread.get_or_insert_with(|| part.to_owned());
            }
        }
        if bulletin.is_some() {
            self.add(SupersededRef { kb: None, bulletin }, update);
        }
    }

    fn add(&mut self, superseded: SupersededRef, update: Option<KbNumber>) {
        if superseded.kb.is_some() && superseded.kb == update {
            self.names_itself = true;
        } else if self.updates.len() == LIST_LIMIT {
            self.unread.get_or_insert_with(|| format!("more than {LIST_LIMIT} updates"));
        } else if !self.updates.contains(&superseded) {
            self.updates.push(superseded);
        }
    }
}

/// Splits at white space, except between `KB` and its number.
fn words(part: &str) -> impl Iterator<Item = &str> {
    let part = part.trim();
    let whole = part.parse::<KbNumber>().is_ok();
    let (whole, split) = if whole { (Some(part), "") } else { (None, part) };
    whole.into_iter().chain(split.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, update: Option<u32>) -> (String, bool, Option<String>) {
        let list = read(text, update.and_then(KbNumber::new));
        let shown: Vec<_> = list
            .updates
            .iter()
            .map(|superseded| match (superseded.bulletin, superseded.kb) {
                (Some(bulletin), Some(kb)) => format!("{bulletin}/{kb}"),
                (Some(bulletin), None) => bulletin.to_string(),
                (None, Some(kb)) => kb.to_string(),
                (None, None) => "?".to_owned(),
            })
            .collect();
        (shown.join(" "), list.names_itself, list.unread)
    }

    #[test]
    fn every_published_form_is_read() {
        for (text, expected) in [
            ("", ""),
            ("4487020", "KB4487020"),
            ("KB 4487020", "KB4487020"),
            ("4487020\n", "KB4487020"),
            ("4487020; 4487021", "KB4487020 KB4487021"),
            ("4487020, 4487021 ", "KB4487020 KB4487021"),
            ("4487020 4487021", "KB4487020 KB4487021"),
            ("3118389<br><br>4022173", "KB3118389 KB4022173"),
            ("4011586<br/>4011586", "KB4011586"),
            ("MS16-123", "MS16-123"),
            ("MS16-123, 3182203; MS16-124, 3182204", "MS16-123/KB3182203 MS16-124/KB3182204"),
            ("MS16-123, MS16-124", "MS16-123 MS16-124"),
            ("None", ""),
        ] {
            assert_eq!(printed(text, None), (expected.to_owned(), false, None), "{text}");
        }
    }

    #[test]
    fn an_update_does_not_supersede_itself() {
        assert_eq!(
            printed("5002191; 5002190", Some(5_002_191)),
            ("KB5002190".to_owned(), true, None)
        );
    }

    #[test]
    fn what_names_no_update_is_reported_once() {
        for (text, unread) in [("20.0.1", "20.0.1"), ("4487020; SP81X86; x", "SP81X86")] {
            assert_eq!(printed(text, None).2.as_deref(), Some(unread));
        }
    }

    #[test]
    fn an_endless_list_is_cut() {
        let text: String = (0..500).map(|n| format!("{};", 4_000_000 + n)).collect();
        let list = read(&text, None);
        assert_eq!((list.updates.len(), list.unread.is_some()), (LIST_LIMIT, true));
    }
}
