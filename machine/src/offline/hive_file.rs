//! Hives of a volume: read whole, repaired from their logs, within a bound.

use std::sync::Mutex;
use std::sync::PoisonError;

use staunch_format::hive::{BaseBlock, Hive, LogOutcome, ReplayReport, replay};
use staunch_format::volume::{FileId, Volume, VolumeError};
use staunch_format::{Fault, ReadAt};

use super::Warnings;

/// Length of the base block in bytes.
const BASE_BLOCK: u64 = 4096;

/// Bytes that the hives of one installation and their logs may have together.
const MOST_BYTES: u64 = 1 << 30;

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

/// Faults of one hive that are told one by one.
const MOST_FAULTS: usize = 8;

/// What has become of a hive.
pub(crate) enum HiveState {
    Open(HiveFile),
    Absent,
    /// It is there and cannot be read, which was told.
    Unreadable,
}

/// A hive in memory.
pub(crate) struct HiveFile {
    /// Path that warnings name it by.
    pub(crate) name: String,
    /// Whether what was written last is neither in the hive nor in a log.
    pub(crate) lacks_last_writes: bool,
    bytes: Vec<u8>,
}

/// Bytes that may still be read.
pub(crate) struct Budget(Mutex<u64>);

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(MOST_BYTES))
    }
}

impl Budget {
    fn take(&self, object: &'static str, length: u64) -> Result<(), Fault> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rest) = left.checked_sub(length) else {
            let expected = format_args!("at most {} more bytes of hives", *left);
            return Err(Fault::new(object, 0, expected, format_args!("{length} bytes")));
        };
        *left = rest;
        Ok(())
    }
}

impl HiveFile {
    /// Returns the hive.
    pub(crate) fn hive(&self) -> Hive<'_> {
        Hive::new(&self.bytes).expect("the hive was opened before it was kept")
    }

    /// Returns the length in bytes.
    pub(crate) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Loads a hive out of a folder, with the logs beside it where it needs them.
    pub(crate) fn load(
        volume: &dyn Volume,
        folder: FileId,
        file: &str,
        name: String,
        budget: &Budget,
        warnings: &Warnings,
    ) -> HiveState {
        let found = match volume.lookup(folder, file) {
            Ok(Some(entry)) => entry.file,
            Ok(None) => return HiveState::Absent,
            Err(error) => {
                warnings.add_error(&name, &error);
                return HiveState::Unreadable;
            }
        };
        let bytes = match read_hive(volume, found, budget) {
            Ok(bytes) => bytes,
            Err(error) => {
                warnings.add_error(&name, &error);
                return HiveState::Unreadable;
            }
        };
        let mut logs = Vec::new();
        if needs_logs(&bytes) {
            for suffix in ["LOG1", "LOG2", "LOG"] {
                let log = format!("{file}.{suffix}");
                match read_log(volume, folder, &log, budget) {
                    Ok(Some(bytes)) => logs.push((log, bytes)),
                    Ok(None) => {}
                    Err(error) => warnings.add_error(&format_args!("{name}.{suffix}"), &error),
                }
            }
        }
        let parts: Vec<&[u8]> = logs.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let (recovered, lacks_last_writes) = match replay(&bytes, &parts) {
            Ok((recovered, report)) => {
                let names: Vec<&str> = logs.iter().map(|(name, _)| name.as_str()).collect();
                warn_of_replay(&name, &report, &names, warnings);
                let recovered = match recovered {
                    std::borrow::Cow::Owned(recovered) => Some(recovered),
                    std::borrow::Cow::Borrowed(_) => None,
                };
                (recovered, report.is_incomplete())
            }
            Err(fault) => {
                warnings.add(&name, fault);
                return HiveState::Unreadable;
            }
        };
        let bytes = recovered.unwrap_or(bytes);
        match Hive::new(&bytes) {
            Ok(hive) => warn_of_faults(&name, &hive, warnings),
            Err(fault) => {
                warnings.add(&name, fault);
                return HiveState::Unreadable;
            }
        }
        HiveState::Open(Self { name, lacks_last_writes, bytes })
    }
}

fn base_block(bytes: &[u8]) -> Option<BaseBlock<'_>> {
    BaseBlock::parse(bytes).ok().filter(|base| base.check_sum().is_ok())
}

fn needs_logs(bytes: &[u8]) -> bool {
    base_block(bytes).is_none_or(|base| base.is_dirty())
}

fn read_hive(volume: &dyn Volume, file: FileId, budget: &Budget) -> Result<Vec<u8>, VolumeError> {
    let content = volume.open(file, "")?;
    let mut head = vec![0; content.len().min(BASE_BLOCK) as usize];
    content.read_at(0, &mut head)?;
    // What follows the bins of a hive that is whole is no part of it.
    let length = match base_block(&head) {
        Some(base) if !base.is_dirty() => {
            content.len().min(BASE_BLOCK + u64::from(base.bins_length))
        }
        _ => content.len(),
    };
    read_whole(&*content, "hive", length, budget)
}

fn read_log(
    volume: &dyn Volume,
    folder: FileId,
    name: &str,
    budget: &Budget,
) -> Result<Option<Vec<u8>>, VolumeError> {
    let Some(entry) = volume.lookup(folder, name)? else { return Ok(None) };
    let content = volume.open(entry.file, "")?;
    let length = content.len();
    read_whole(&*content, "transaction log", length, budget).map(Some)
}

fn read_whole(
    content: &dyn ReadAt,
    object: &'static str,
    length: u64,
    budget: &Budget,
) -> Result<Vec<u8>, VolumeError> {
    budget.take(object, length)?;
    let mut bytes = vec![0; length as usize];
    for (piece, offset) in bytes.chunks_mut(PIECE).zip((0..).step_by(PIECE)) {
        content.read_at(offset, piece)?;
    }
    Ok(bytes)
}

/// Tells what the last write to a hive left undone, and what its logs made up for.
fn warn_of_replay(name: &str, report: &ReplayReport, logs: &[&str], warnings: &Warnings) {
    if !report.was_dirty {
        return;
    }
    if report.base_block_recovered {
        warnings.add(&name, "the base block is damaged and was taken from a log");
    }
    for (log, outcome) in logs.iter().zip(&report.logs) {
        match outcome {
            LogOutcome::PagesApplied { pages, stopped, .. }
            | LogOutcome::EntriesApplied { pages, stopped, .. } => {
                warnings.add(&name, format_args!("{pages} pages were replayed from {log}"));
                if let Some(fault) = stopped {
                    warnings.add(&name, format_args!("{log} was replayed in part: {fault}"));
                }
            }
            LogOutcome::Unused(_) => {}
        }
    }
    if report.is_incomplete() {
        let message = "the last write did not end, and no log makes up for it: \
                       what was written last may be missing";
        warnings.add(&name, message);
    }
}

fn warn_of_faults(name: &str, hive: &Hive<'_>, warnings: &Warnings) {
    let mut faults = hive.faults();
    for fault in faults.by_ref().take(MOST_FAULTS) {
        warnings.add(&name, fault);
    }
    match faults.count() {
        0 => {}
        more => warnings.add(&name, format_args!("{more} more faults")),
    }
}
