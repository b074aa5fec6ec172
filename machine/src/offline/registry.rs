//! Keys and values of hives as the registry shows them.

use staunch_format::Fault;
use staunch_format::hive::{Key, Value, ValueKind};
use staunch_model::Collected;

use super::Warnings;
use super::hive_file::HiveFile;
use crate::facts::{RegistryData, RegistryKey, RegistryValue};

/// Flag of a key that stands for another.
const LINK: u16 = 0x10;

/// Offset in bytes of the bins of a hive, from which those of cells are counted.
const BINS: u64 = 4096;

/// Where a path leads in a hive.
pub(crate) enum Found<'h> {
    Key(Key<'h>),
    Absent,
    /// It is in a damaged part, which was told.
    Damaged,
    /// A key on the way stands for another: the path of that, with the rest of the way.
    Link(String),
}

/// Follows the names of a path from the root of a hive.
pub(crate) fn find<'h>(file: &'h HiveFile, names: &[&str], warnings: &Warnings) -> Found<'h> {
    match follow(file, names) {
        Ok(found) => found,
        Err(fault) => {
            warnings.add(&file.name, fault);
            Found::Damaged
        }
    }
}

fn follow<'h>(file: &'h HiveFile, names: &[&str]) -> Result<Found<'h>, Fault> {
    let mut key = file.hive().root()?;
    for (at, name) in names.iter().enumerate() {
        let Some(below) = key.subkey(name)? else { return Ok(Found::Absent) };
        key = below;
        if key.flags() & LINK != 0
            && let Some(target) = key.value("SymbolicLinkValue")?
            && target.kind() == ValueKind::Link
        {
            let target = wide_text(&target.data()?);
            let rest = names[at + 1..].join("\\");
            return Ok(match target.get(..MACHINE.len()) {
                Some(start) if start.eq_ignore_ascii_case(MACHINE) => {
                    Found::Link(format!("HKLM\\{}\\{rest}", &target[MACHINE.len()..]))
                }
                // Links to the parts of other people, which are not told apart here.
                _ => Found::Link(target),
            });
        }
    }
    Ok(Found::Key(key))
}

const MACHINE: &str = "\\Registry\\Machine\\";

/// Text of a link, which has no NUL at its end.
fn wide_text(data: &[u8]) -> String {
    let units: Vec<u16> =
        data.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
}

/// Reads a key; one with a damaged value or subkey is not known as a whole.
pub(crate) fn key(file: &HiveFile, key: &Key<'_>, warnings: &Warnings) -> Collected<RegistryKey> {
    // Names and data of a sound key stand in cells of their own. Lists that name one cell again
    // and again would fill the memory.
    let mut room = file.length();
    let mut take = |length: usize| match room.checked_sub(length) {
        Some(left) => {
            room = left;
            Ok(())
        }
        None => {
            let at = BINS + u64::from(key.offset());
            Err(Fault::new("nk cell", at, "no more content than the hive has room for", "more"))
        }
    };
    let mut read = || -> Result<RegistryKey, Fault> {
        let (mut values, mut subkeys) = (Vec::new(), Vec::new());
        for value in key.values() {
            let value = value?;
            take(value.size() as usize + value.name().units().count())?;
            values.push(RegistryValue { name: value.name().to_string(), data: data(&value)? });
        }
        for subkey in key.subkeys() {
            let name = subkey?.name();
            take(name.units().count())?;
            subkeys.push(name.to_string());
        }
        Ok(RegistryKey { values, subkeys })
    };
    told(file, read(), warnings).map_or(Collected::NotCollected, Collected::Known)
}

/// Reads a value of a key, whatever is wrong with the others.
pub(crate) fn value(
    file: &HiveFile,
    key: &Key<'_>,
    name: &str,
    warnings: &Warnings,
) -> Collected<RegistryData> {
    let read = || key.value(name)?.map(|value| data(&value)).transpose();
    match told(file, read(), warnings) {
        Some(Some(data)) => Collected::Known(data),
        Some(None) => Collected::Absent,
        None => Collected::NotCollected,
    }
}

fn told<T>(file: &HiveFile, read: Result<T, Fault>, warnings: &Warnings) -> Option<T> {
    read.map_err(|fault| warnings.add(&file.name, fault)).ok()
}

fn data(value: &Value<'_>) -> Result<RegistryData, Fault> {
    Ok(RegistryData::of(value.kind(), value.data()?))
}
