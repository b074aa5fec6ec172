//! What a page in a language without a lexicon says about deployment: commands and registry keys.

use std::borrow::Cow;

use staunch_model::PagePlatform;

use super::commands::{commands, one_line};
use super::keys::keys;
use super::product::names_product;
use super::reader::{MOST_COLUMNS, add, names_update};
use crate::page::Page;
use crate::page::block::BlockKind;
use crate::page::line::plain;

/// Gathers commands and the keys that updates write under each heading that names a product.
pub(super) fn read(page: &Page<'_>) -> Vec<PagePlatform> {
    let mut platforms = Vec::new();
    let mut open = PagePlatform::default();
    for block in &page.blocks {
        match &block.kind {
            BlockKind::Heading { text, level } => {
                let text = plain(text);
                if *level > 2 && names_product(&text) {
                    let product = one_line(text.trim_end_matches([' ', ':', '：']));
                    let next = PagePlatform { product, ..PagePlatform::default() };
                    platforms.push(std::mem::replace(&mut open, next));
                }
            }
            BlockKind::Paragraph(lines)
            | BlockKind::Item { lines, .. }
            | BlockKind::Code(lines) => {
                gather(&mut open, lines.iter().map(|line| plain(line.text)).collect());
            }
            BlockKind::Table(table) => {
                for row in table.rows.iter().filter(|row| row.width() <= MOST_COLUMNS) {
                    for cell in row.cells.iter().filter(|cell| !cell.is_continued) {
                        gather(&mut open, cell.text.lines().map(plain).collect());
                    }
                }
            }
        }
    }
    platforms.push(open);
    platforms
        .retain(|platform| !platform.commands.is_empty() || !platform.registry_keys.is_empty());
    platforms
}

fn gather(platform: &mut PagePlatform, texts: Vec<Cow<'_, str>>) {
    for command in texts.iter().flat_map(|text| commands(text, true)) {
        add(&mut platform.commands, command);
    }
    for key in keys(texts.iter().map(AsRef::as_ref)).into_iter().filter(|key| names_update(key)) {
        add(&mut platform.registry_keys, key);
    }
}
