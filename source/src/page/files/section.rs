//! The heading or label that a file table stands under.

use super::words::Words;
use crate::page::block::{Block, BlockKind};
use crate::page::inline::Inline;

/// Blocks above a table that are looked at for a label; a heading is looked for further up.
const NEAR: usize = 8;
const FAR: usize = 400;

/// Longest label in bytes; lists of editions are long.
const LONGEST: usize = 900;

/// Finds what the table at a block stands under, as plain text.
///
/// Blocks that hold file rows themselves, given in order, are passed over.
pub(super) fn above(
    blocks: &[Block<'_>],
    at: usize,
    with_rows: &[usize],
    words: Words,
) -> Option<String> {
    let above = || (0..at).rev().map(|at| (at, &blocks[at]));
    let near = above()
        .take(FAR)
        .filter(|(at, _)| with_rows.binary_search(at).is_err())
        .take(NEAR)
        .map(|(_, block)| block)
        .take_while(|block| match block.kind {
            // A line of column heads over a rule of dashes looks like a heading.
            BlockKind::Heading { text, .. } => is_heads(&Inline::new(text).plain(), words),
            _ => true,
        })
        .find_map(|block| match &block.kind {
            BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. } => {
                label(lines.last()?.text, words)
            }
            _ => None,
        });
    near.or_else(|| {
        above().take(FAR).find_map(|(_, block)| match block.kind {
            BlockKind::Heading { text, .. } => label(text, words),
            _ => None,
        })
    })
}

/// Returns a text as a label, unless it is prose or says only that files follow.
pub(super) fn label(text: &str, words: Words) -> Option<String> {
    if text.len() > 4 * LONGEST {
        return None;
    }
    let plain = Inline::new(text).plain();
    let label = plain.trim_matches([' ', '-', '\u{3000}']);
    let is_closed = label.ends_with(['.', '\u{3002}', '!', '?', ';']);
    let label = label.trim_end_matches([' ', ':', '\u{ff1a}']);
    let is_label = !is_closed
        && label.len() <= LONGEST
        && label.contains(char::is_alphabetic)
        && !is_prose(label)
        && !words.is_general_label(label)
        && !is_heads(label, words);
    is_label.then(|| label.to_owned())
}

/// Prose has a sentence that ends within it.
fn is_prose(text: &str) -> bool {
    if text.contains('\u{3002}') {
        return true;
    }
    text.match_indices(". ").any(|(at, _)| {
        let word = text[..at].rsplit(' ').next().unwrap_or_default();
        let begins = text[at + 2..].chars().next().is_some_and(char::is_uppercase);
        begins && word.chars().count() > 3
    })
}

/// Tells whether a line is the heads of columns: `Date Time Version Size File name`.
fn is_heads(text: &str, words: Words) -> bool {
    let mut count = 0;
    let mut total = 0;
    for word in text.split_whitespace().take(16) {
        total += 1;
        count += usize::from(words.is_head(word));
    }
    count >= 2 && count * 2 >= total
}
