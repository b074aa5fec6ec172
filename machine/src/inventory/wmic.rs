//! `wmic qfe`: the table, `/format:list` (or `/value`) and `/format:csv`.
//!
//! The names of the properties are those of WMI in every language of Windows.

use staunch_model::MachineFacts;

use super::property::{csv_header, csv_rows, header_of, list_rows, table_rows};
use super::quick_fix::{KEY, PROPERTIES, facts, unaligned};
use super::text::Text;
use super::{InventoryFormat, ReadError};

pub(super) struct Wmic;

impl InventoryFormat for Wmic {
    fn name(&self) -> &'static str {
        "wmic qfe"
    }

    fn recognises(&self, text: &Text) -> bool {
        header_of(text, KEY, PROPERTIES).is_some() || is_list(text) || is_csv(text)
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        let rows = match (csv_header(text, KEY), header_of(text, KEY, PROPERTIES)) {
            (Some((header, separator)), _) => csv_rows(text, header, separator)?,
            (None, Some((header, columns))) => table_rows(text, header, &columns, unaligned),
            (None, None) => list_rows(text, '='),
        };
        facts(&rows, warnings)
    }
}

fn is_list(text: &Text) -> bool {
    text.lines().any(|line| {
        line.text.trim_start().strip_prefix(KEY).is_some_and(|rest| rest.starts_with('='))
    })
}

fn is_csv(text: &Text) -> bool {
    csv_header(text, KEY).is_some_and(|(header, _)| header.text.starts_with("Node"))
}
