//! The vulnerabilities that a bulletin is about.

use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{BulletinId, CveId, PageWarning};

use super::kbs;
use super::walk::{Place, Walk};
use crate::page::warning;

/// Identifiers with more than four digits exist since this year.
const LONG_NUMBERS_SINCE: u16 = 2014;

/// Mentions of the most named vulnerability from which one named once, and in a heading only, is
/// taken for a slip.
const MANY_MENTIONS: u32 = 5;

/// Most mentions of one identifier that are a slip: a link names it in its text and its address.
const MOST_SLIPS: u32 = 2;

/// Most vulnerabilities that are compared with each other; bulletins have some dozens.
const MOST_COMPARED: usize = 500;

/// How often and where a page names a vulnerability.
#[derive(Debug, Clone, Copy)]
struct Use {
    mentions: u32,
    line: u32,
    /// Whether it stands in a heading or a bold label.
    is_in_heading: bool,
    is_in_table: bool,
}

impl Use {
    fn is_subject(&self) -> bool {
        self.is_in_heading || self.is_in_table
    }
}

/// Chooses the vulnerabilities of the bulletin from those that the page names.
///
/// Headings, tables and bold labels name what the bulletin is about; running text names others too,
/// and counts only where nothing else does. A slip of the pen is not a vulnerability.
pub(super) fn read(
    walk: &Walk,
    own: Option<BulletinId>,
    warnings: &mut Vec<PageWarning>,
) -> Vec<CveId> {
    let uses = uses(walk, own, warnings);
    let has_subject = uses.values().any(Use::is_subject);
    let chosen = uses.iter().filter(|(_, used)| used.is_subject() || !has_subject);
    let chosen: BTreeMap<CveId, Use> = chosen.map(|(cve, used)| (*cve, *used)).collect();
    if uses.len() > MOST_COMPARED {
        return chosen.into_keys().collect();
    }
    let most = uses.values().map(|used| used.mentions).max().unwrap_or(0);
    let mut slips = BTreeSet::new();
    // What stands in the table and has a heading of its own is no slip, however rare, and no hand
    // slips in the same way again and again.
    let doubtful =
        |used: &Use| !(used.is_in_heading && used.is_in_table) && used.mentions <= MOST_SLIPS;
    for (cve, used) in chosen.iter().filter(|(_, used)| doubtful(used)) {
        let meant = uses
            .iter()
            .find(|(other, more)| more.mentions >= 2 * used.mentions && is_near(*cve, **other));
        let is_alone = used.mentions == 1 && !used.is_in_table && most >= MANY_MENTIONS;
        let message = match meant {
            Some((meant, _)) => format!("{cve} is taken for a slip of {meant}"),
            None if is_alone => format!("{cve} is named once and nowhere described"),
            None => continue,
        };
        warnings.push(warning("doubtful-cve", used.line, message));
        slips.insert(*cve);
    }
    chosen.into_keys().filter(|cve| !slips.contains(cve)).collect()
}

/// Counts the mentions of each identifier that the bulletin can speak of.
fn uses(
    walk: &Walk,
    own: Option<BulletinId>,
    warnings: &mut Vec<PageWarning>,
) -> BTreeMap<CveId, Use> {
    let mut uses: BTreeMap<CveId, Use> = BTreeMap::new();
    for mention in &walk.mentions {
        let line = mention.line;
        let fault = match &mention.cve.cve {
            Err(written) => format!("{written:?} names no vulnerability"),
            Ok(cve) if own.is_some_and(|own| cve.year() > own.year() + 1) => {
                format!("{cve} is younger than the bulletin")
            }
            Ok(cve) if cve.number() > 9_999 && cve.year() < LONG_NUMBERS_SINCE => {
                format!("{cve} has more digits than its year had")
            }
            Ok(cve) => {
                let fresh = Use { mentions: 0, line, is_in_heading: false, is_in_table: false };
                let used = uses.entry(*cve).or_insert(fresh);
                used.mentions += 1;
                used.is_in_table |= mention.place == Place::Table;
                used.is_in_heading |= matches!(mention.place, Place::Heading | Place::Label);
                continue;
            }
        };
        warnings.push(warning("bad-cve", line, fault));
    }
    uses
}

/// Tells whether two identifiers differ by one digit, by two digits that changed places, or by the
/// year only.
fn is_near(a: CveId, b: CveId) -> bool {
    if a == b {
        return false;
    }
    if a.number() == b.number() {
        return true;
    }
    if a.year() != b.year() {
        return false;
    }
    let (a, b) = (format!("{:04}", a.number()), format!("{:04}", b.number()));
    a.len() == b.len() && kbs::is_near(a.as_bytes(), b.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cve(text: &str) -> CveId {
        text.parse().expect("a vulnerability")
    }

    #[test]
    fn slips_are_near_what_was_meant() {
        for (a, b, near) in [
            ("CVE-2006-3637", "CVE-2006-3673", true),
            ("CVE-2005-2037", "CVE-2005-2077", true),
            ("CVE-2006-0942", "CVE-2007-0942", true),
            ("CVE-2003-0813", "CVE-2004-0569", false),
            ("CVE-2006-3637", "CVE-2006-3637", false),
            ("CVE-2014-1234", "CVE-2014-12345", false),
        ] {
            assert_eq!(is_near(cve(a), cve(b)), near, "{a} {b}");
        }
    }
}
