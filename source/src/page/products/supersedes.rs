//! What the update replaces, product by product.

use super::cell::tidy;
use super::columns::{Columns, Role, one_line};
use super::name::{components, systems};
use super::scan::{self, Named};
use super::table::Placed;
use super::words::{DENIALS, REPLACED, SEVERITY, Words};
use staunch_model::{BulletinId, KbNumber, PageSupersedence};

/// Reads the column of replaced updates.
pub(super) fn column(
    columns: &Columns,
    rows: &[Placed<'_>],
    words: Words,
    out: &mut Vec<PageSupersedence>,
) {
    let Some(at) = columns.columns.iter().position(|column| column.role == Role::Replaced) else {
        return;
    };
    for row in rows {
        let Some(text) = row.texts.get(at) else { continue };
        // `Article 1 in a bulletin is replaced by article 2`: the second is the row's own package.
        let own = row.texts.iter().zip(&columns.columns).filter(|(_, c)| c.role == Role::Product);
        let own: Vec<Named> = own.flat_map(|(text, _)| scan::named(text)).collect();
        let names_own = |text: &str| scan::named(text).iter().any(|named| own.contains(named));
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let parts = if lines.iter().all(|line| names_own(line)) { lines } else { vec![&**text] };
        for part in parts {
            let kbs = scan::named(part);
            let is_of = |named: &&super::table::Named| {
                named.kb.is_some_and(|kb| kbs.contains(&Named::Kb(kb)))
            };
            let of: Vec<&str> = row.names.iter().filter(is_of).map(|n| n.name.as_str()).collect();
            let products = if of.is_empty() { row.products() } else { of };
            let replaced = replaced(part, &own);
            for product in products {
                for (bulletin, kb) in &replaced {
                    push(out, *bulletin, *kb, Some(product), true);
                }
                if replaced.is_empty() && (is_none(part, words) || names_own(part)) {
                    push(out, None, None, Some(product), false);
                }
            }
        }
    }
}

/// Reads a table with bulletins in rows and products in columns.
pub(super) fn table(
    columns: &Columns,
    rows: &[Placed<'_>],
    words: Words,
    out: &mut Vec<PageSupersedence>,
) {
    for row in rows {
        let first = row.texts.first().map_or("", AsRef::as_ref);
        for bulletin in scan::bulletins(first) {
            for (text, column) in row.texts.iter().zip(&columns.columns).skip(1) {
                let product = Some(column.head.as_str()).filter(|head| !head.is_empty());
                if let Some(replaced) = verdict(text, words) {
                    push(out, Some(bulletin), None, product, replaced);
                }
            }
        }
    }
}

/// Tells what a cell says about one bulletin on one product; nothing where it does not apply.
fn verdict(text: &str, words: Words) -> Option<bool> {
    match words.key(REPLACED, tidy(&one_line(text)))? {
        "replaced" => Some(true),
        "not_replaced" => Some(false),
        _ => None,
    }
}

/// Tells whether a table has bulletins in rows and says of each whether it is replaced.
pub(super) fn is_table(columns: &Columns, rows: &[Placed<'_>], words: Words) -> bool {
    columns.columns.first().is_some_and(|column| column.role == Role::Bulletin)
        && rows
            .iter()
            .any(|row| row.texts.iter().skip(1).any(|text| verdict(text, words).is_some()))
}

/// Reads the words after a label or a question: `None`, or bulletins with the systems they are
/// replaced on. Says whether that was an answer.
pub(super) fn prose(text: &str, words: Words, out: &mut Vec<PageSupersedence>) -> bool {
    if is_none(text, words) {
        push(out, None, None, None, false);
        return true;
    }
    let before = out.len();
    for sentence in text.split(['\n', '\u{3002}']).flat_map(|line| line.split(". ")) {
        let bulletins = scan::bulletins(sentence);
        // A sentence that denies something may deny that these are replaced.
        if bulletins.is_empty() || words.has_word(DENIALS, "negation", sentence) {
            continue;
        }
        let mut products = systems(sentence);
        if products.is_empty() {
            products = components(sentence);
        }
        for bulletin in bulletins {
            if products.is_empty() {
                push(out, Some(bulletin), None, None, true);
            }
            for product in &products {
                push(out, Some(bulletin), None, Some(product), true);
            }
        }
    }
    out.len() > before
}

/// Tells whether a text says that nothing is replaced.
fn is_none(text: &str, words: Words) -> bool {
    let text = one_line(text);
    words.key(SEVERITY, tidy(&text)) == Some("none")
}

fn push(
    out: &mut Vec<PageSupersedence>,
    bulletin: Option<BulletinId>,
    kb: Option<KbNumber>,
    product: Option<&str>,
    replaced: bool,
) {
    let entry = PageSupersedence { bulletin, kb, product: product.map(str::to_owned), replaced };
    // Tables repeat a row for each of its packages, one after the other.
    if !out.iter().rev().take(40).any(|known| *known == entry) {
        out.push(entry);
    }
}

/// Pairs the bulletins of a cell with the articles beside them: `3139852 in MS16-034` and
/// `MS13-028의 2817183`.
fn replaced(text: &str, own: &[Named]) -> Vec<(Option<BulletinId>, Option<KbNumber>)> {
    let mut named = scan::named(text);
    named.retain(|name| !own.contains(name));
    let has_kbs = named.iter().any(|name| matches!(name, Named::Kb(_)));
    let kb_leads = matches!(named.first(), Some(Named::Kb(_)));
    let mut pairs = Vec::new();
    let mut kbs: Vec<KbNumber> = Vec::new();
    let mut last: Option<BulletinId> = None;
    for name in named {
        match name {
            Named::Bulletin(bulletin) if !has_kbs => pairs.push((Some(bulletin), None)),
            Named::Bulletin(bulletin) if kb_leads => {
                if kbs.is_empty() {
                    pairs.push((Some(bulletin), None));
                }
                pairs.extend(kbs.drain(..).map(|kb| (Some(bulletin), Some(kb))));
            }
            Named::Bulletin(bulletin) => {
                if let Some(lone) = last.replace(bulletin) {
                    pairs.push((Some(lone), None));
                }
            }
            Named::Kb(kb) if kb_leads => kbs.push(kb),
            Named::Kb(kb) => {
                let known =
                    last.take().or_else(|| pairs.last().and_then(|(bulletin, _)| *bulletin));
                pairs.push((known, Some(kb)));
            }
        }
    }
    pairs.extend(last.map(|lone| (Some(lone), None)));
    pairs.extend(kbs.into_iter().map(|kb| (None, Some(kb))));
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_go_with_their_bulletins() {
        for (text, expected) in [
            ("3139852 in MS16-034", "MS16-034 KB3139852"),
            ("MS13-028의 2817183", "MS13-028 KB2817183"),
            ("2957689 in MS14-035\n2963950 in MS14-036", "MS14-035 KB2957689, MS14-036 KB2963950"),
            ("MS06-040, MS06-041", "MS06-040 -, MS06-041 -"),
            ("MS10-001", "MS10-001 -"),
            ("3139852", "- KB3139852"),
            ("MS15-010 和 MS15-011 中的 3000483", "MS15-010 -, MS15-011 KB3000483"),
            ("None", ""),
        ] {
            let pairs: Vec<String> = replaced(text, &[])
                .iter()
                .map(|(bulletin, kb)| {
                    let bulletin = bulletin.map_or("-".to_owned(), |b| b.to_string());
                    format!("{bulletin} {}", kb.map_or("-".to_owned(), |kb| kb.to_string()))
                })
                .collect();
            assert_eq!(pairs.join(", "), expected, "{text}");
        }
    }
}
