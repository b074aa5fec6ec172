//! Exports of the registry, alone or with the lists of folders that the batch file for Windows NT
//! 4.0 puts behind them.
//!
//! An export holds a key with everything below it. So what is not in it is not there, and what is
//! in no export was not collected. A file that changes a registry is refused.

use std::iter::Peekable;

use staunch_model::{Collected, MachineFacts, WinPath};

use super::folder_list::FolderList;
use super::reg_value::{Damage, hex, quoted};
use super::text::{Line, Text};
use super::{InventoryFormat, ReadError, excerpt};
use crate::collect::WITHHELD;
use crate::{CURRENT_VERSION, FileFacts, Memory, RegistryData, RegistryValue};

/// First lines of an export, of Windows NT 4.0 and since Windows 2000.
const HEADS: [&str; 2] = ["REGEDIT4", "Windows Registry Editor Version 5.00"];

/// First line of a file that the batch file writes.
const EVIDENCE: &str = "; staunch evidence 1";

pub(super) struct RegExport;

impl InventoryFormat for RegExport {
    fn name(&self) -> &'static str {
        "registry export"
    }

    fn recognises(&self, text: &Text) -> bool {
        let first = text.lines().map(|line| line.text.trim()).find(|line| !line.is_empty());
        first.is_some_and(|line| line == EVIDENCE || HEADS.contains(&line))
    }

    fn is_long(&self) -> bool {
        true
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        self.read_seen(text, warnings).map(|(facts, _)| facts)
    }

    fn read_seen(
        &self,
        text: &Text,
        warnings: &mut Vec<String>,
    ) -> Result<(MachineFacts, Option<Memory>), ReadError> {
        let mut reader = Reader::default();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            reader.line(line, &mut lines)?;
        }
        reader.end(warnings);
        Ok((MachineFacts::default(), Some(reader.memory)))
    }
}

/// What the next line belongs to.
#[derive(Default)]
enum Place {
    #[default]
    Nothing,
    /// An export before its first key.
    Export,
    Key(String),
    /// A key that could not be read, or that lies where nobody asks.
    Skipped,
    Folder(FolderList),
}

#[derive(Default)]
struct Reader {
    memory: Memory,
    place: Place,
    /// Key that the export is of.
    root: Option<String>,
    /// Whether texts that are written in bytes are of 8 bits.
    is_old: bool,
    is_evidence: bool,
    is_complete: bool,
    damaged: Troubles,
    foreign: Troubles,
    unlisted: Troubles,
}

/// How often something was found, and where it was first.
#[derive(Default)]
struct Troubles {
    count: usize,
    first: String,
}

impl Troubles {
    fn add(&mut self, what: impl FnOnce() -> String) {
        if self.count == 0 {
            self.first = what();
        }
        self.count += 1;
    }

    fn tell(&self, what: &str, warnings: &mut Vec<String>) {
        if self.count > 0 {
            warnings.push(format!("{} {what}; {} is one", self.count, self.first));
        }
    }
}

impl Reader {
    fn line<'t>(
        &mut self,
        line: Line<'t>,
        lines: &mut Peekable<impl Iterator<Item = Line<'t>>>,
    ) -> Result<(), ReadError> {
        let text = line.text.trim();
        if let (true, Some((mark, object))) = (self.is_evidence, mark(text)) {
            return self.mark(line, mark, object);
        }
        if let Place::Folder(list) = &mut self.place {
            list.line(line.text);
            return Ok(());
        }
        if text.is_empty() || text.starts_with(';') {
            self.is_evidence |= text == EVIDENCE;
        } else if HEADS.contains(&text) {
            self.close();
            self.is_old = text == HEADS[0];
            self.place = Place::Export;
        } else if let Some(key) = text.strip_prefix('[').and_then(|key| key.strip_suffix(']')) {
            self.key(line, key)?;
        } else if matches!(self.place, Place::Nothing | Place::Export) {
            return Err(unexpected(line, "a key in brackets"));
        } else {
            self.value(line, lines)?;
        }
        Ok(())
    }

    /// Reads what the batch file says itself.
    fn mark(&mut self, line: Line<'_>, mark: &str, object: &str) -> Result<(), ReadError> {
        let path = || -> Result<WinPath, ReadError> {
            let path = object.trim().trim_matches('"');
            path.parse().map_err(|_| unexpected(line, "a folder such as \"C:\\WINNT\""))
        };
        self.close();
        match mark {
            "folder" => self.place = Place::Folder(FolderList::of(path()?)),
            "absent" => _ = self.memory.lack_folder(path()?),
            "password" => {
                let key = format!(r"{CURRENT_VERSION}\Winlogon");
                _ = self.memory.set_text(&key, "DefaultPassword", WITHHELD);
            }
            "complete" => self.is_complete = true,
            _ => {}
        }
        Ok(())
    }

    fn key(&mut self, line: Line<'_>, key: &str) -> Result<(), ReadError> {
        if key.starts_with('-') {
            return Err(unexpected(line, "an export, which deletes no key"));
        }
        let is_first = matches!(self.place, Place::Export);
        if matches!(self.place, Place::Nothing) {
            return Err(unexpected(line, "the first line of an export before its keys"));
        }
        let machine = "HKEY_LOCAL_MACHINE\\";
        let below = key.get(..machine.len()).filter(|root| root.eq_ignore_ascii_case(machine));
        let Some(path) = below.map(|_| format!("HKLM\\{}", &key[machine.len()..])) else {
            self.foreign.add(|| format!("[{}]", excerpt(key)));
            self.place = Place::Skipped;
            return Ok(());
        };
        if is_first {
            self.root = Some(path.clone());
        }
        self.memory.add_key(&path);
        self.place = Place::Key(path);
        Ok(())
    }

    fn value<'t>(
        &mut self,
        line: Line<'t>,
        lines: &mut Peekable<impl Iterator<Item = Line<'t>>>,
    ) -> Result<(), ReadError> {
        let read = value(line.text, self.is_old, lines);
        match (read, &self.place) {
            (Err(Damage::Deletes), _) => {
                return Err(unexpected(line, "an export, which deletes no value"));
            }
            (Ok(value), Place::Key(path)) => self.memory.put_key(path, vec![value]),
            (Err(Damage::Unreadable), Place::Key(path)) => {
                self.memory.forget_key(path);
                self.damaged.add(|| format!("line {}: {:?}", line.number, excerpt(line.text)));
                self.place = Place::Skipped;
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends the export or list that is open, which was written to its end.
    fn close(&mut self) {
        if let Some(root) = self.root.take() {
            self.memory.collect_key(&root);
        }
        if let Place::Folder(list) = std::mem::take(&mut self.place) {
            self.put(list);
        }
    }

    fn put(&mut self, list: FolderList) {
        let folder = list.folder();
        if list.is_whole() {
            self.memory.collect_folder(folder.clone(), false);
        } else {
            self.unlisted.add(|| folder.to_string());
        }
        for entry in list.entries() {
            let Ok(path) = folder.join(&entry.name) else { continue };
            if entry.is_folder {
                self.memory.name_folder(path);
            } else {
                let size = entry.size.map_or(Collected::NotCollected, Collected::Known);
                self.memory.add_file(path, FileFacts { size, ..FileFacts::default() });
            }
        }
    }

    fn end(&mut self, warnings: &mut Vec<String>) {
        if self.is_evidence && !self.is_complete {
            warnings.push(
                "the collector did not write this file to its end, so its last part counts as not \
                 collected"
                    .to_owned(),
            );
        } else {
            self.close();
        }
        self.damaged.tell("keys of the export cannot be read", warnings);
        self.foreign.tell("keys lie below no key that is asked for", warnings);
        self.unlisted.tell("lists of folders were not understood in full", warnings);
    }
}

/// Reads a value: `"name"=data` or, for the default one, `@=data`.
fn value<'t>(
    text: &str,
    is_old: bool,
    lines: &mut Peekable<impl Iterator<Item = Line<'t>>>,
) -> Result<RegistryValue, Damage> {
    let text = text.trim_start();
    let (name, data) = match text.strip_prefix("@=") {
        Some(data) => (String::new(), data.to_owned()),
        None => {
            let (name, rest) = quoted(text, lines)?;
            (name, rest.strip_prefix('=').ok_or(Damage::Unreadable)?.to_owned())
        }
    };
    let data = data.trim();
    let data = if data == "-" {
        return Err(Damage::Deletes);
    } else if data.starts_with('"') {
        let (text, rest) = quoted(data, lines)?;
        if !rest.trim().is_empty() {
            return Err(Damage::Unreadable);
        }
        RegistryData::Text(text)
    } else if let Some(number) = data.strip_prefix("dword:") {
        RegistryData::U32(u32::from_str_radix(number, 16).map_err(|_| Damage::Unreadable)?)
    } else {
        hex(data, is_old, lines)?
    };
    Ok(RegistryValue { name, data })
}

/// Lines by which the batch file parts what it writes, without the semicolon before them.
const MARKS: &[&str] = &["absent", "complete", "end", "export", "folder", "password"];

/// Reads a line of the batch file: its word, and what it is about.
pub(super) fn mark(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("; ")?.trim_end();
    let (word, object) = line.split_once(' ').unwrap_or((line, ""));
    MARKS.contains(&word).then_some((word, object))
}

fn unexpected(line: Line<'_>, expected: &'static str) -> ReadError {
    ReadError::Unexpected { line: line.number, expected, found: excerpt(line.text) }
}

#[cfg(test)]
mod tests;
