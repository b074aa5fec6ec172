//! Texts that administrators collect, read into facts.
//!
//! The format is detected by content, never by name. A new format is one file with an
//! [`InventoryFormat`] and one line in [`FORMATS`].

mod code_page;
mod date;
mod dism;
mod facts;
mod folder_list;
mod get_hotfix;
mod group;
mod lines;
mod mbsa;
mod merge;
mod osquery;
mod property;
mod quick_fix;
mod reg_export;
mod reg_value;
mod systeminfo;
mod text;
mod under;
mod windows_name;
mod wmic;
mod xml;

pub use facts::facts_json;
pub use group::group;
pub use mbsa::MbsaReport;
pub use merge::{MergeError, merge, seen_in};
pub use text::TextError;

use std::sync::Arc;

use staunch_model::{MachineFacts, Warning};

use text::Text;

use crate::{Memory, observe};

pub(crate) use date::{day_order, read_day};
pub(crate) use quick_fix::{hotfix_id, sorted};
pub(crate) use windows_name::{
    WindowsName, family_of_version, is_serviced_by_version, release, service_pack_of_build,
    servicing_branch,
};

/// Largest inventory that is read, in bytes.
pub const MAX_SIZE: usize = 64 << 20;

/// Longest line that is read, in bytes of its UTF-8 form.
pub const MAX_LINE: usize = 1 << 20;

/// Most lines that are read; the longest real inventories have some ten thousand.
pub const MAX_LINES: usize = 200_000;

/// What one file says about one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// Name of the file.
    pub name: String,
    /// Name of the format that the file was read as.
    pub format: &'static str,
    pub facts: MachineFacts,
    /// The installation itself, as far as the file carries what it answered.
    pub seen: Option<Arc<Memory>>,
    pub warnings: Vec<Warning>,
}

/// Reason why a file is no inventory.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    #[error("{name}: expected an inventory, found an empty file")]
    Empty { name: String },
    #[error("{name}: expected at most {MAX_SIZE} bytes, found {size}")]
    TooLarge { name: String, size: usize },
    #[error("{name}: line {line}: expected at most {MAX_LINE} bytes, found {size}")]
    LongLine { name: String, line: usize, size: usize },
    #[error("{name}: expected at most {MAX_LINES} lines, found {lines}")]
    TooManyLines { name: String, lines: usize },
    #[error("{name}")]
    NoText { name: String, source: TextError },
    #[error(
        "{name}: line {line}: expected {}, found {found:?} (read as {encoding})",
        expected_formats()
    )]
    Unrecognised { name: String, line: usize, found: String, encoding: &'static str },
    #[error("{name} as {format}")]
    Read { name: String, format: &'static str, source: ReadError },
}

/// Reason why a text of a known format cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("line {line}: expected {expected}, found {found:?}")]
    Unexpected { line: usize, expected: &'static str, found: String },
    #[error("line {line}: expected one machine, found {second:?} after {first:?}")]
    SeveralMachines { line: usize, first: String, second: String },
    #[error("expected at most {limit} JSON values, found {found}")]
    TooManyValues { limit: usize, found: usize },
    #[error("expected {expected}")]
    Json { expected: &'static str, source: serde_json::Error },
    #[error("expected separated values")]
    Csv(#[from] csv::Error),
}

/// One format of inventory texts.
trait InventoryFormat: Sync {
    /// Returns the name of the format: the command or tool that writes it.
    fn name(&self) -> &'static str;

    /// Tells whether a text has the structure of this format.
    fn recognises(&self, text: &Text) -> bool;

    /// Reads what a recognised text says.
    ///
    /// # Errors
    /// [`ReadError`] when the text is damaged where a fact stands, or speaks of two machines.
    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError>;

    /// Tells whether texts of this format are long for a good reason, so that only their size in
    /// bytes is bounded.
    fn is_long(&self) -> bool {
        false
    }

    /// Reads what a recognised text carries of the installation itself beside the facts.
    ///
    /// # Errors
    /// As [`InventoryFormat::read`].
    fn read_seen(
        &self,
        text: &Text,
        warnings: &mut Vec<String>,
    ) -> Result<(MachineFacts, Option<Memory>), ReadError> {
        Ok((self.read(text, warnings)?, None))
    }
}

/// Every format, in the order in which they are tried.
const FORMATS: &[&dyn InventoryFormat] = &[
    &facts::Facts,
    &reg_export::RegExport,
    &osquery::Osquery,
    &mbsa::Mbsa,
    &get_hotfix::GetHotfix,
    &wmic::Wmic,
    &dism::Dism,
    &systeminfo::Systeminfo,
];

fn expected_formats() -> String {
    let names: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
    format!("the output of {}", names.join(", "))
}

/// Reads one collected text; `name` is used in messages only.
///
/// # Errors
/// [`InventoryError`] naming the file, the place, what was expected and what was found.
pub fn read_inventory(name: &str, bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let file = || name.to_owned();
    let text = decode(name, bytes)?;
    let long = FORMATS.iter().find(|format| format.is_long() && format.recognises(&text));
    if long.is_none() {
        check_lines(name, &text)?;
    }
    let found = long.or_else(|| FORMATS.iter().find(|format| format.recognises(&text)));
    let Some(format) = found else { return Err(unrecognised(name, &text)) };
    let mut messages = Vec::new();
    let (mut facts, seen) = format
        .read_seen(&text, &mut messages)
        .map_err(|source| InventoryError::Read { name: file(), format: format.name(), source })?;
    if text.is_cut() {
        messages.push("the file ends within a character; it is probably cut off".to_owned());
    }
    let mut warnings: Vec<Warning> =
        messages.into_iter().map(|message| Warning { object: file(), message }).collect();
    if let Some(seen) = &seen {
        let (observed, told) = observe(seen);
        facts = under::put_under(facts, observed);
        warnings.extend(told);
    }
    Ok(Inventory { name: file(), format: format.name(), facts, seen: seen.map(Arc::new), warnings })
}

/// Decodes a collected text of at most [`MAX_SIZE`] bytes.
fn decode(name: &str, bytes: &[u8]) -> Result<Text, InventoryError> {
    let file = || name.to_owned();
    if bytes.is_empty() {
        return Err(InventoryError::Empty { name: file() });
    }
    if bytes.len() > MAX_SIZE {
        return Err(InventoryError::TooLarge { name: file(), size: bytes.len() });
    }
    Text::decode(bytes).map_err(|source| InventoryError::NoText { name: file(), source })
}

fn check_lines(name: &str, text: &Text) -> Result<(), InventoryError> {
    let file = || name.to_owned();
    if let Some(line) = text.lines().find(|line| line.text.len() > MAX_LINE) {
        let size = line.text.len();
        return Err(InventoryError::LongLine { name: file(), line: line.number, size });
    }
    let lines = text.lines().count();
    if lines > MAX_LINES {
        return Err(InventoryError::TooManyLines { name: file(), lines });
    }
    Ok(())
}

fn unrecognised(name: &str, text: &Text) -> InventoryError {
    match text.lines().find(|line| !line.text.trim().is_empty()) {
        None => InventoryError::Empty { name: name.to_owned() },
        Some(line) => InventoryError::Unrecognised {
            name: name.to_owned(),
            line: line.number,
            found: excerpt(line.text),
            encoding: text.encoding(),
        },
    }
}

/// Returns the beginning of a text for a message.
fn excerpt(text: &str) -> String {
    text.trim().chars().take(60).collect()
}

#[cfg(test)]
mod tests;
