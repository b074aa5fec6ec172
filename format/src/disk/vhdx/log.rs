//! The log of a VHDX: found, checked and laid over the file in memory.

use std::collections::BTreeMap;

use super::MIB;
use crate::crc::CRC32C;
use crate::disk::{DiskError, Image};
use crate::fields::{array, le32, le64, read_vec};
use crate::{Fault, ReadAt, ReadAtError, check_range};

const LOG: &str = "VHDX log";

/// Bytes that a log is written in.
const SECTOR: usize = 4096;

/// Log that is read at most, in bytes; writers use 1 MiB.
const LONGEST_LOG: u32 = 32 << 20;

/// How many times the length of the log is checked at most, in entries that overlap each other.
const MOST_CHECKS: usize = 8;

/// A file with the writes of its log laid over it.
pub(super) struct Replayed {
    file: Image,
    log: Vec<u8>,
    /// Writes by their offset in the file; they do not overlap.
    writes: BTreeMap<u64, Write>,
    length: u64,
}

#[derive(Clone, Copy)]
struct Write {
    /// Offset in the file in bytes at which the write ends.
    end: u64,
    content: Content,
}

#[derive(Clone, Copy)]
enum Content {
    Zeros,
    /// A sector of the log at an index, whose first eight and last four bytes were moved away.
    Sector {
        at: usize,
        leading: [u8; 8],
        trailing: [u8; 4],
    },
}

/// An entry that is valid by itself.
struct Entry {
    length: usize,
    tail: usize,
    sequence: u64,
    flushed_file_offset: u64,
    last_file_offset: u64,
    writes: Vec<(u64, Write)>,
}

/// A run of entries that were written one after the other.
#[derive(Default)]
struct Sequence {
    /// Indices of the entries in the log with the entries.
    entries: Vec<(usize, Entry)>,
    /// Index behind the last entry.
    next: usize,
}

/// Replays the log of a file.
pub(super) fn replay(
    file: Image,
    offset: u64,
    length: u32,
    guid: [u8; 16],
) -> Result<Replayed, DiskError> {
    if length > LONGEST_LOG || u64::from(length) % MIB != 0 || length == 0 {
        let expected = format!("a log of 1 to {} MiB", LONGEST_LOG >> 20);
        return Err(Fault::new(LOG, offset, expected, format_args!("{length} bytes")).into());
    }
    let log = read_vec(&file, LOG, offset, length as usize)?;
    let Some(active) = active_sequence(&log, offset, guid)? else {
        return Err(Fault::new(LOG, offset, "a valid sequence of entries", "none").into());
    };
    let mut length = file.len();
    let mut writes = BTreeMap::new();
    if let Some((index, head)) = active.entries.last() {
        if length < head.flushed_file_offset {
            let expected = format!("a file of {} bytes", head.flushed_file_offset);
            return Err(Fault::new(LOG, offset + *index as u64, expected, length).into());
        }
        length = length.max(head.last_file_offset);
    }
    for (at, write) in active.entries.iter().flat_map(|(_, entry)| &entry.writes) {
        overlay(&mut writes, *at, *write);
        length = length.max(write.end);
    }
    Ok(Replayed { file, log, writes, length })
}

/// Finds the newest sequence that is valid and complete.
fn active_sequence(log: &[u8], offset: u64, guid: [u8; 16]) -> Result<Option<Sequence>, DiskError> {
    let mut candidate: Option<Sequence> = None;
    let mut budget = log.len() * MOST_CHECKS;
    let mut tail = 0;
    while tail < log.len() {
        let mut current = Sequence { next: tail, ..Sequence::default() };
        while let Some(entry) = Entry::read(log, current.next, guid, &mut budget) {
            let at = current.next;
            let follows = current
                .entries
                .last()
                .is_none_or(|(_, last)| last.sequence.checked_add(1) == Some(entry.sequence));
            if !follows {
                break;
            }
            current.next = (at + entry.length) % log.len();
            current.entries.push((at, entry));
        }
        if budget == 0 {
            let expected = "entries that do not overlap each other";
            return Err(Fault::new(LOG, offset, expected, "a log full of them").into());
        }
        let next = current.next;
        let empty = current.entries.is_empty();
        if current.is_newer_than(candidate.as_ref()) {
            current.cut_to_tail();
            candidate = Some(current);
        }
        let old = tail;
        tail = if empty { tail + SECTOR } else { next };
        // The sequence went round the end of the log: all of it has been seen.
        if tail <= old {
            break;
        }
    }
    Ok(candidate)
}

impl Sequence {
    /// Tells whether the sequence is complete, its last entry's tail within it, and newer than
    /// another.
    fn is_newer_than(&self, other: Option<&Self>) -> bool {
        let Some((_, head)) = self.entries.last() else { return false };
        let complete = self.entries.iter().any(|(at, _)| *at == head.tail);
        let newest = other.and_then(|other| other.entries.last()).map_or(0, |(_, e)| e.sequence);
        complete && head.sequence > newest
    }

    /// Drops the entries before the one that the last one names as its tail.
    fn cut_to_tail(&mut self) {
        let Some(tail) = self.entries.last().map(|(_, head)| head.tail) else { return };
        if let Some(index) = self.entries.iter().position(|(at, _)| *at == tail) {
            self.entries.drain(..index);
        }
    }
}

impl Entry {
    /// Reads the entry at an index of the log, or nothing when there is no valid one.
    fn read(log: &[u8], at: usize, guid: [u8; 16], budget: &mut usize) -> Option<Self> {
        let header = log.get(at..at + 64)?;
        let length = le32(header, 8) as usize;
        let tail = le32(header, 12) as usize;
        let sequence = le64(header, 16);
        let count = le32(header, 24) as usize;
        if header[..4] != *b"loge"
            || header[32..48] != guid
            || length == 0
            || !length.is_multiple_of(SECTOR)
            || length > log.len()
            || !tail.is_multiple_of(SECTOR)
            || sequence == 0
            || count > (length - 64) / 32
        {
            return None;
        }
        *budget = budget.saturating_sub(length);
        if *budget == 0 {
            return None;
        }
        // The ring may end within the entry.
        let mut digest = CRC32C.digest();
        digest.update(&header[..4]);
        digest.update(&[0; 4]);
        let first = (log.len() - at).min(length);
        digest.update(&log[at + 8..at + first]);
        digest.update(&log[..length - first]);
        if digest.finish() != le32(header, 4) {
            return None;
        }
        let descriptors = (64 + count * 32).div_ceil(SECTOR);
        let mut data = descriptors * SECTOR;
        let mut writes = Vec::new();
        for index in 0..count {
            let descriptor_at = (at + 64 + index * 32) % log.len();
            let descriptor = &log[descriptor_at..descriptor_at + 32];
            let file_offset = le64(descriptor, 16);
            if le64(descriptor, 24) != sequence || !file_offset.is_multiple_of(SECTOR as u64) {
                return None;
            }
            let (length_written, content) = match &descriptor[..4] {
                b"zero" => (le64(descriptor, 8), Content::Zeros),
                b"desc" => {
                    if data + SECTOR > length {
                        return None;
                    }
                    let sector_at = (at + data) % log.len();
                    let sector = &log[sector_at..sector_at + SECTOR];
                    let stated = u64::from(le32(sector, 4)) << 32 | u64::from(le32(sector, 4092));
                    if sector[..4] != *b"data" || stated != sequence {
                        return None;
                    }
                    data += SECTOR;
                    let (leading, trailing) = (array(descriptor, 8), array(descriptor, 4));
                    (SECTOR as u64, Content::Sector { at: sector_at, leading, trailing })
                }
                _ => return None,
            };
            let end = file_offset.checked_add(length_written)?;
            if length_written % SECTOR as u64 != 0 || i64::try_from(end).is_err() {
                return None;
            }
            if length_written > 0 {
                writes.push((file_offset, Write { end, content }));
            }
        }
        Some(Self {
            length,
            tail,
            sequence,
            flushed_file_offset: le64(header, 48),
            last_file_offset: le64(header, 56).min(i64::MAX as u64),
            writes,
        })
    }
}

/// Lays a write over those before it. All begin and end at sectors, and one with a content of its
/// own is one sector, so only zeros are ever split.
fn overlay(writes: &mut BTreeMap<u64, Write>, start: u64, write: Write) {
    let before = writes.range(..start).next_back().map(|(at, write)| (*at, *write));
    if let Some((at, covered)) = before
        && covered.end > start
    {
        writes.insert(at, Write { end: start, ..covered });
        if covered.end > write.end {
            writes.insert(write.end, covered);
        }
    }
    while let Some((at, covered)) = writes.range(start..write.end).next().map(|(a, w)| (*a, *w)) {
        writes.remove(&at);
        if covered.end > write.end {
            writes.insert(write.end, covered);
        }
    }
    writes.insert(start, write);
}

impl ReadAt for Replayed {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.length, offset, buffer.len())?;
        let end = offset + buffer.len() as u64;
        let on_file = self.file.len().saturating_sub(offset).min(buffer.len() as u64) as usize;
        let (old, new) = buffer.split_at_mut(on_file);
        if !old.is_empty() {
            self.file.read_at(offset, old)?;
        }
        new.fill(0);
        let first = self.writes.range(..=offset).next_back().map_or(offset, |(at, _)| *at);
        for (start, write) in self.writes.range(first..end) {
            let from = (*start).max(offset);
            let to = write.end.min(end);
            if from >= to {
                continue;
            }
            let part = &mut buffer[(from - offset) as usize..(to - offset) as usize];
            match write.content {
                Content::Zeros => part.fill(0),
                Content::Sector { at, leading, trailing } => {
                    let mut sector = [0; SECTOR];
                    sector.copy_from_slice(&self.log[at..at + SECTOR]);
                    sector[..8].copy_from_slice(&leading);
                    sector[SECTOR - 4..].copy_from_slice(&trailing);
                    let skip = (from - start) as usize;
                    part.copy_from_slice(&sector[skip..skip + part.len()]);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_writes_cover_earlier_ones_and_split_zeros() {
        let sector = |at| Content::Sector { at, leading: [0; 8], trailing: [0; 4] };
        let zeros = |end| Write { end, content: Content::Zeros };
        let mut writes = BTreeMap::new();
        overlay(&mut writes, 0, zeros(0x10000));
        overlay(&mut writes, 0x4000, Write { end: 0x5000, content: sector(7) });
        overlay(&mut writes, 0xf000, Write { end: 0x10000, content: sector(8) });
        overlay(&mut writes, 0xe000, zeros(0x12000));
        let ranges: Vec<(u64, u64, bool)> = writes
            .iter()
            .map(|(at, write)| (*at, write.end, matches!(write.content, Content::Zeros)))
            .collect();
        assert_eq!(
            ranges,
            [
                (0, 0x4000, true),
                (0x4000, 0x5000, false),
                (0x5000, 0xe000, true),
                (0xe000, 0x12000, true),
            ]
        );
    }
}
