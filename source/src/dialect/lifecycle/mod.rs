//! Support dates of products and their service packs, as a TOML file that people mend by hand.
//!
//! The table `[lifecycle]` stands first and names the publication (`name`, `title`, `revised`).
//! Each `[[product]]` is one line of a product: `family`, then `release`, `architectures`,
//! `installation` and `editions` where it is narrower, `page` with the publisher's page that says
//! it, and the days `available`, `mainstream_end`, `support_end` and `paid_end`. Each
//! `[[product.service_pack]]` has a `number`, the day it was `released`, and `earlier_end`, the
//! last day of support without it. A day that is not known is left out.

mod entry;

use std::collections::BTreeSet;

use staunch_model::{Publication, PublicationId, WarningCode};
use toml::de::{DeTable, DeValue};

use self::entry::Fields;
use super::Dialect;
use crate::document::excerpt;
use crate::encoding::{decode, head_text};
use crate::output::Output;
use crate::{Counts, Document, ReadError, Sink};

/// The dialect of support dates.
pub(super) struct Lifecycle;

/// Most bytes of a file; all dates of Windows take less than a fiftieth of it.
const LIMIT: u64 = 1 << 20;

/// First line that is neither empty nor a comment.
const OPENING: &str = "[lifecycle]";

impl Dialect for Lifecycle {
    fn name(&self) -> &'static str {
        "lifecycle"
    }

    fn description(&self) -> &'static str {
        "a TOML document that begins with the table [lifecycle]"
    }

    fn recognises(&self, _file_name: &str, head: &[u8]) -> bool {
        head_text(head)
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .is_some_and(|line| line == OPENING)
    }

    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        let bytes = document.hold()?;
        let name = document.name();
        if bytes.len() as u64 > LIMIT {
            return Err(ReadError::limit(name, 1, "a file of support dates", LIMIT));
        }
        let (text, _) = decode(&bytes).map_err(|fault| ReadError::not_text(name, fault))?;
        let lines = Lines::of(&text);
        let root = DeTable::parse(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| lines.at(span.start));
            ReadError::malformed(name, line, "TOML", error.message().trim())
        })?;
        let mut output = begin(name, root.get_ref(), &lines, sink)?;
        read_products(root.get_ref(), &lines, &mut output);
        Ok(output.counts)
    }
}

/// Lines of a text by their place in it.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// Returns the line of a byte, counted from one.
    fn at(&self, byte: usize) -> u32 {
        let before = self.0.partition_point(|newline| *newline < byte);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }
}

/// Names the publication by the table that opens the file.
fn begin<'s>(
    document: &str,
    root: &DeTable<'_>,
    lines: &Lines,
    sink: &'s mut dyn Sink,
) -> Result<Output<'s>, ReadError> {
    let table = root.get("lifecycle").and_then(|value| Some((value.get_ref().as_table()?, value)));
    let Some((table, at)) = table else {
        return Err(ReadError::malformed(document, 1, "the table lifecycle", "none"));
    };
    let line = lines.at(at.span().start);
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    let name = text("name").unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !(1..=64).contains(&name.len()) || !name.chars().all(is_name) {
        return Err(ReadError::malformed(document, line, "a name such as windows", excerpt(name)));
    }
    let title = text("title").unwrap_or(name).chars().take(200).collect();
    let revised = table.get("revised").and_then(|value| entry::day(value.get_ref()));
    let publication = Publication {
        id: PublicationId::new("lifecycle", name),
        title,
        revision: None,
        released: None,
        revised,
    };
    let mut output = Output::new(publication, sink);
    if let Some(value) = table.get("revised").filter(|_| revised.is_none()) {
        let message =
            format!("expected a day such as 2024-10-08, found {}", entry::shown(value.get_ref()));
        output.warn(WarningCode::BadDate, lines.at(value.span().start), message);
    }
    Ok(output)
}

fn read_products(root: &DeTable<'_>, lines: &Lines, output: &mut Output<'_>) {
    for (key, value) in root {
        if !matches!(key.get_ref().as_ref(), "lifecycle" | "product") {
            let message =
                format!("expected lifecycle or product, found {}", excerpt(key.get_ref()));
            output.warn(WarningCode::Unreadable, lines.at(key.span().start), message);
        } else if key.get_ref() == "product" && value.get_ref().as_array().is_none() {
            let message = format!("expected [[product]], found {}", entry::shown(value.get_ref()));
            output.warn(WarningCode::Unreadable, lines.at(key.span().start), message);
        }
    }
    let mut seen = BTreeSet::new();
    for value in
        root.get("product").and_then(|value| value.get_ref().as_array()).into_iter().flatten()
    {
        let line = lines.at(value.span().start);
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("expected [[product]], found {}", entry::shown(value.get_ref()));
            output.warn(WarningCode::Unreadable, line, message);
            continue;
        };
        output.counts.products += 1;
        for record in Fields::new(table, line, lines, output).records() {
            let key = (
                record.family,
                record.release,
                record.architecture,
                record.installation,
                record.editions,
            );
            if seen.insert(key) {
                output.lifecycle(record);
            } else {
                let message = format!("{} is stated twice: the first one counts", record.page);
                output.warn(WarningCode::Duplicate, line, message);
            }
        }
    }
}

#[cfg(test)]
mod tests;
