use std::borrow::Cow;

use super::base_block::{self, BaseBlock, FileType, SECTOR};
use super::bin::Bin;
use super::{new_log, old_log};
use crate::Fault;

/// What [`replay`] found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayReport {
    /// Whether the last write to the hive did not end.
    pub was_dirty: bool,
    /// Whether the base block was damaged and was taken from a log.
    pub base_block_recovered: bool,
    /// One for each log, in the order in which they were given.
    pub logs: Vec<LogOutcome>,
}

/// What was done with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogOutcome {
    /// Pages of an old log were written.
    PagesApplied {
        sequence: u32,
        /// Pages of 512 bytes.
        pages: usize,
        /// Where recovery stopped.
        stopped: Option<Fault>,
    },
    /// Entries of a new log were written.
    EntriesApplied {
        first_sequence: u32,
        last_sequence: u32,
        pages: usize,
        /// Why the entry after the last was not applied, unless the log simply ends.
        stopped: Option<Fault>,
    },
    Unused(Unused),
}

/// Reason why a log was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unused {
    #[error("the log is empty")]
    Empty,
    #[error("the hive is not dirty")]
    HiveClean,
    #[error("the log is damaged: {0}")]
    Damaged(Fault),
    #[error("the log was not written to its end: sequence numbers {primary} and {secondary}")]
    Unfinished { primary: u32, secondary: u32 },
    #[error("the log is of another hive: {0}")]
    OtherHive(Fault),
    #[error(
        "the log is older than the hive: its sequence number is {log}, that of the hive {hive}"
    )]
    Outdated { log: u32, hive: u32 },
    #[error(
        "the log does not follow what was applied: expected sequence number {expected}, found {found}"
    )]
    Gap { expected: u32, found: u32 },
    #[error("another log is used")]
    OtherLog,
}

impl ReplayReport {
    /// Tells whether the hive is still without what was written last.
    pub fn is_incomplete(&self) -> bool {
        self.was_dirty && !self.logs.iter().any(|log| !matches!(log, LogOutcome::Unused(_)))
    }
}

/// A log whose base block is sound.
pub(super) struct Log<'b> {
    /// Place among the logs that were given.
    pub(super) index: usize,
    pub(super) bytes: &'b [u8],
    pub(super) base: BaseBlock<'b>,
}

/// The hive as the logs find it.
pub(super) struct Primary<'b> {
    pub(super) bytes: &'b [u8],
    /// The base block, unless it is damaged.
    pub(super) base: Option<BaseBlock<'b>>,
}

impl Primary<'_> {
    /// Returns the time that an old log must have, from the first bin where the base block is
    /// damaged.
    pub(super) fn last_written(&self) -> Option<u64> {
        match &self.base {
            Some(base) => Some(base.last_written),
            None => {
                let bins = self.bytes.get(base_block::LENGTH..)?;
                Some(Bin::parse(bins, 0).ok()?.last_written)
            }
        }
    }
}

/// Applies transaction logs to a dirty hive, in memory.
///
/// Logs of both formats may be given in any order: `.LOG`, `.LOG1`, `.LOG2`. Those that belong to
/// the hive and follow on its sequence numbers are applied as Windows does; the report says why
/// the others were not. A copy is made only when something is applied, and it is not dirty.
///
/// # Errors
///
/// When neither the hive nor a log that can be applied to it has a sound base block.
///
/// Source: regf, "Format of transaction log files", "Dirty state of a hive", "Multiple transaction
/// log files".
pub fn replay<'b>(hive: &'b [u8], logs: &[&[u8]]) -> Result<(Cow<'b, [u8]>, ReplayReport), Fault> {
    let parsed = BaseBlock::parse(hive);
    let sound = parsed.clone().ok().filter(|base| base.check_sum().is_ok());
    let primary = Primary { bytes: hive, base: sound };
    let was_dirty = sound.is_none_or(|base| base.is_dirty());
    let mut report = ReplayReport {
        was_dirty,
        base_block_recovered: false,
        logs: vec![LogOutcome::Unused(Unused::HiveClean); logs.len()],
    };
    if !was_dirty {
        return Ok((Cow::Borrowed(hive), report));
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for (index, bytes) in logs.iter().enumerate() {
        match open(index, bytes, &primary) {
            Ok(log) if log.base.file_type == FileType::NewLog => new.push(log),
            Ok(log) => old.push(log),
            Err(unused) => report.logs[index] = LogOutcome::Unused(unused),
        }
    }
    for log in old.iter().chain(&new) {
        report.logs[log.index] = LogOutcome::Unused(Unused::OtherLog);
    }
    // A hive has logs of the old format beside the new ones only as remnants.
    let recovered = match new_log::apply(&primary, new, &mut report.logs) {
        Some(recovered) => Some(recovered),
        None => old_log::apply(&primary, old, &mut report.logs),
    };
    if let Some(recovered) = recovered {
        report.base_block_recovered = primary.base.is_none();
        return Ok((Cow::Owned(recovered), report));
    }
    // Without a log, a damaged checksum alone does not keep the hive from being read.
    parsed.map(|_| (Cow::Borrowed(hive), report))
}

/// Reads the base block of a log and compares it with the hive.
fn open<'l>(index: usize, bytes: &'l [u8], primary: &Primary<'_>) -> Result<Log<'l>, Unused> {
    if bytes.iter().take(SECTOR).all(|byte| *byte == 0) {
        return Err(Unused::Empty);
    }
    let base = BaseBlock::parse(bytes).map_err(Unused::Damaged)?;
    base.check_sum().map_err(Unused::Damaged)?;
    if let FileType::Primary | FileType::Unknown(_) = base.file_type {
        let found = format_args!("{:?}", base.file_type).to_string();
        let fault = Fault::new("base block of a log", 28, "the file type of a log", found);
        return Err(Unused::Damaged(fault));
    }
    if base.primary_sequence != base.secondary_sequence {
        let (primary, secondary) = (base.primary_sequence, base.secondary_sequence);
        return Err(Unused::Unfinished { primary, secondary });
    }
    if let Some(hive) = &primary.base {
        let (hive, log) = (file_name(hive), file_name(&base));
        if !hive.is_empty() && !log.is_empty() && hive != log {
            return Err(Unused::OtherHive(Fault::new("base block of a log", 48, hive, log)));
        }
    }
    Ok(Log { index, bytes, base })
}

/// Returns the last part of the path in a base block, in lower case: the same file is noted under
/// several paths in the course of its life.
fn file_name(base: &BaseBlock<'_>) -> String {
    let path = base.name().to_string().to_lowercase();
    path.rsplit('\\').next().unwrap_or_default().to_owned()
}

/// The copy of a hive that pages are written to.
pub(super) struct Copy {
    pub(super) bytes: Vec<u8>,
}

impl Copy {
    /// Copies the hive, with the base block of the log in front where the hive's is damaged.
    pub(super) fn new(primary: &Primary<'_>, log: &Log<'_>) -> Self {
        let mut bytes = primary.bytes.to_vec();
        if bytes.len() < base_block::LENGTH {
            bytes.resize(base_block::LENGTH, 0);
        }
        if primary.base.is_none() {
            bytes[..SECTOR].copy_from_slice(&log.bytes[..SECTOR]);
        }
        Self { bytes }
    }

    /// Makes room for bins of a length; what a log does not write is empty.
    pub(super) fn grow(&mut self, bins_length: u32) {
        let needed = base_block::LENGTH + bins_length as usize;
        if self.bytes.len() < needed {
            self.bytes.resize(needed, 0);
        }
        self.put(40, bins_length);
    }

    /// Writes bytes at an offset from the beginning of the bins, for which there must be room.
    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        let at = base_block::LENGTH + offset;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Makes the base block that of a primary file which is not dirty.
    pub(super) fn finish(mut self, sequence: u32) -> Vec<u8> {
        self.put(4, sequence);
        self.put(8, sequence);
        self.put(28, 0);
        let sector = self.bytes.first_chunk().expect("the base block is there");
        let checksum = base_block::checksum(sector);
        self.put(508, checksum);
        self.bytes
    }

    pub(super) fn put(&mut self, at: usize, number: u32) {
        self.bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
}

/// Refuses bins that a log cannot have made so long: what a hive grows by is in its log.
pub(super) fn check_growth(
    primary: &Primary<'_>,
    log: &Log<'_>,
    at: u64,
    bins_length: u32,
) -> Result<(), Fault> {
    let most = primary.bytes.len() + log.bytes.len() + GROWTH_MARGIN;
    if base_block::LENGTH + bins_length as usize <= most {
        return Ok(());
    }
    let expected = format_args!("bins of at most {most} bytes").to_string();
    Err(Fault::new("transaction log", at, expected, bins_length))
}

/// Bytes by which a hive may grow beyond what its log holds.
const GROWTH_MARGIN: usize = 1 << 20;
