//! The articles of the bulletin.

use std::collections::BTreeSet;

use staunch_model::{KbNumber, PageWarning};

use super::ids;
use super::title::Title;
use super::walk::Walk;
use super::words::plain;
use crate::page::block::{Block, BlockKind};
use crate::page::inline::Inline;
use crate::page::{Page, warning};

/// Blocks after the title in which a page without a number in its title names its article.
const SUMMARY_BLOCKS: usize = 30;

/// Returns the articles of the subject, or else the one that the page names as its own.
pub(super) fn read(
    page: &Page<'_>,
    title: &Title,
    walk: &Walk,
    warnings: &mut Vec<PageWarning>,
) -> Vec<KbNumber> {
    let mut stated: BTreeSet<KbNumber> = title.kbs().into_iter().collect();
    if stated.is_empty() {
        return fallback(page, title, walk);
    }
    for kb in stated.clone() {
        let Some(meant) = slip(page, kb, walk) else { continue };
        let message = format!("the title says {kb}, the rest of the page {meant}");
        warnings.push(warning("kb-differs", title.line, message));
        stated.remove(&kb);
        stated.insert(meant);
    }
    let mut packages = walk.packages.iter();
    if let (Some((package, line)), None) = (packages.next(), packages.next())
        && !stated.contains(package)
        && !walk.linked.iter().any(|(kb, _)| stated.contains(kb))
    {
        let named: Vec<String> = stated.iter().map(KbNumber::to_string).collect();
        let message = format!("the title says {}, the packages {package}", named.join(", "));
        warnings.push(warning("kb-differs", *line, message));
    }
    stated.into_iter().collect()
}

/// Finds what a number of the title is a slip of: it stands nowhere else, and the page has a
/// package whose number differs by one digit, or by two that changed places.
fn slip(page: &Page<'_>, stated: KbNumber, walk: &Walk) -> Option<KbNumber> {
    let digits = stated.number().to_string();
    if memchr::memmem::find_iter(page.text.as_bytes(), &digits).nth(1).is_some() {
        return None;
    }
    let mut near = walk.packages.keys().copied().filter(|kb| {
        let other = kb.number().to_string();
        digits.len() == other.len() && is_near(digits.as_bytes(), other.as_bytes())
    });
    let first = near.next()?;
    near.all(|kb| kb == first).then_some(first)
}

/// Tells whether two numbers differ by one digit, or by two digits that changed places.
pub(super) fn is_near(a: &[u8], b: &[u8]) -> bool {
    let pairs = a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b);
    match pairs.map(|(at, _)| at).take(3).collect::<Vec<_>>().as_slice() {
        [_] => true,
        [one, two] => a[*one] == b[*two] && a[*two] == b[*one],
        _ => false,
    }
}

fn fallback(page: &Page<'_>, title: &Title, walk: &Walk) -> Vec<KbNumber> {
    let summary = page.blocks.get(title.after..).unwrap_or_default();
    labelled(&page.blocks)
        .or_else(|| labelled_link(summary))
        .or_else(|| named_in_summary(summary))
        .or_else(|| {
            let last = page.blocks.get(title.after + SUMMARY_BLOCKS).map(|block| block.line);
            let mut linked = walk.linked.iter().filter(|(_, line)| last.is_none_or(|l| *line < l));
            linked.next().map(|(kb, _)| *kb)
        })
        .or_else(|| {
            let mut packages = walk.packages.keys();
            packages.next().filter(|_| packages.next().is_none()).copied()
        })
        .into_iter()
        .collect()
}

/// Finds the reference `… (KB) …: 316056` that stands among the sources of older pages.
fn labelled(blocks: &[Block<'_>]) -> Option<KbNumber> {
    blocks.iter().find_map(|block| {
        let (BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. }) = &block.kind else {
            return None;
        };
        lines.iter().filter(|line| line.text.contains("KB")).find_map(|line| {
            let text = plain(line.text);
            let (before, after) = text.split_once([':', '：'])?;
            let is_label = ["(KB)", "（KB）"].iter().any(|mark| before.contains(mark));
            let after = after.trim_start_matches(|c: char| !c.is_ascii_digit());
            let numbers = ids::articles(after);
            numbers.first().copied().filter(|_| is_label && before.chars().count() < 40)
        })
    })
}

/// Finds the one item among the first blocks that is a label and a link to an article: `Knowledge
/// Base article: [2975681](…)`.
fn labelled_link(blocks: &[Block<'_>]) -> Option<KbNumber> {
    let mut found = blocks.iter().take(SUMMARY_BLOCKS).filter_map(|block| {
        let BlockKind::Item { lines, .. } = &block.kind else { return None };
        let [line] = lines.as_slice() else { return None };
        let text = plain(line.text);
        let (label, number) = text.split_once([':', '：'])?;
        let kb = number.trim().parse().ok().and_then(KbNumber::new)?;
        let links = Inline::new(line.text).links();
        let is_linked = links.iter().any(|link| ids::article_of(&link.target) == Some(kb));
        (is_linked && label.chars().count() < 40).then_some(kb)
    });
    let first = found.next()?;
    found.all(|kb| kb == first).then_some(first)
}

/// Returns the one article that the first blocks name as `KB873352`.
fn named_in_summary(blocks: &[Block<'_>]) -> Option<KbNumber> {
    let mut found = BTreeSet::new();
    for block in blocks.iter().take(SUMMARY_BLOCKS) {
        let (BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. }) = &block.kind else {
            continue;
        };
        for line in lines {
            let text = plain(line.text);
            found.extend(text.match_indices("KB").filter_map(|(at, _)| {
                let rest = text[at + 2..].trim_start();
                let length = rest.bytes().take_while(u8::is_ascii_digit).count();
                let digits = &rest[..length];
                digits.parse().ok().filter(|_| (6..=7).contains(&length)).and_then(KbNumber::new)
            }));
        }
    }
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}
