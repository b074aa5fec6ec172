use super::base_block::SECTOR;
use super::bin::PAGE;
use super::bytes::{shown, u32_at, u64_at};
use super::marvin;
use super::replay::{Copy, Log, LogOutcome, Primary, Unused, check_growth};
use crate::Fault;

/// Length in bytes of an entry before its references.
const HEADER: usize = 40;

/// Flag of the transaction manager that entries set and clear in the base block.
const LOCKED: u32 = 1;

/// One entry of a log: pages that were changed together.
struct Entry<'b> {
    bytes: &'b [u8],
    sequence: u32,
    bins_length: u32,
    flags: u32,
    /// Offset and length in bytes of each page.
    references: &'b [[u8; 8]],
}

/// A log with the entries that follow on each other from its first.
struct Chain<'b> {
    log: Log<'b>,
    entries: Vec<Entry<'b>>,
    stopped: Option<Fault>,
}

/// Applies the entries that follow on the hive, from one log or from two, and returns the
/// recovered hive.
///
/// Source: regf, "New format".
pub(super) fn apply(
    primary: &Primary<'_>,
    logs: Vec<Log<'_>>,
    outcomes: &mut [LogOutcome],
) -> Option<Vec<u8>> {
    let mut chains = Vec::new();
    for log in logs {
        let index = log.index;
        match chain(primary, log) {
            Ok(chain) => chains.push(chain),
            Err(unused) => outcomes[index] = LogOutcome::Unused(unused),
        }
    }
    chains.sort_by_key(|chain| chain.entries[0].sequence);
    if primary.base.is_none() {
        // Without the numbers of the hive only the latest log is known to be right.
        let latest = chains.pop();
        chains = latest.into_iter().collect();
    }
    let mut copy = None;
    let mut expected = None;
    for Chain { log, entries, stopped } in chains {
        let first = entries[0].sequence;
        if let Some(expected) = expected
            && expected != first
        {
            let gap = Unused::Gap { expected, found: first };
            outcomes[log.index] = LogOutcome::Unused(gap);
            continue;
        }
        let copy = copy.get_or_insert_with(|| Copy::new(primary, &log));
        let pages = entries.iter().map(|entry| entry.apply(copy)).sum();
        let last = entries.last().map_or(first, |entry| entry.sequence);
        expected = Some(last.wrapping_add(1));
        outcomes[log.index] = LogOutcome::EntriesApplied {
            first_sequence: first,
            last_sequence: last,
            pages,
            stopped,
        };
    }
    Some(copy?.finish(expected?))
}

/// Reads the entries of a log and checks that they are not older than the hive.
fn chain<'b>(primary: &Primary<'_>, log: Log<'b>) -> Result<Chain<'b>, Unused> {
    let first = log.base.primary_sequence;
    if let Some(base) = &primary.base
        && first < base.secondary_sequence
    {
        return Err(Unused::Outdated { log: first, hive: base.secondary_sequence });
    }
    let mut entries: Vec<Entry<'b>> = Vec::new();
    let mut at = SECTOR;
    let mut stopped = None;
    while at < log.bytes.len() {
        let wanted = entries.last().map_or(first, |entry| entry.sequence.wrapping_add(1));
        let entry = match Entry::parse(log.bytes, at) {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(fault) => {
                stopped = Some(fault);
                break;
            }
        };
        if entry.sequence != wanted {
            // Behind the last entry those of earlier writes remain.
            if entries.is_empty() {
                return Err(Unused::Gap { expected: wanted, found: entry.sequence });
            }
            break;
        }
        if let Err(fault) = check_growth(primary, &log, at as u64 + 16, entry.bins_length) {
            stopped = Some(fault);
            break;
        }
        at += entry.bytes.len();
        entries.push(entry);
    }
    if entries.is_empty() {
        let truncated = || Fault::truncated("log entry", at as u64, HEADER as u64, 0);
        return Err(Unused::Damaged(stopped.unwrap_or_else(truncated)));
    }
    Ok(Chain { log, entries, stopped })
}

impl<'b> Entry<'b> {
    /// Reads the entry at an offset of a log; nothing where no entry was ever written.
    fn parse(log: &'b [u8], at: usize) -> Result<Option<Self>, Fault> {
        const OBJECT: &str = "log entry";
        let left = &log[at..];
        let Some(header) = left.first_chunk::<HEADER>() else {
            return Err(Fault::truncated(OBJECT, at as u64, HEADER as u64, left.len() as u64));
        };
        if header[..4] == [0; 4] {
            return Ok(None);
        }
        if !header.starts_with(b"HvLE") {
            return Err(Fault::new(OBJECT, at as u64, "\"HvLE\"", shown(&header[..4])));
        }
        let number = |at| u32_at(header, at).expect("inside the header");
        let size = number(4) as usize;
        if size < HEADER || !size.is_multiple_of(SECTOR) {
            return Err(Fault::new(OBJECT, at as u64 + 4, "a multiple of 512 bytes", size));
        }
        let Some(bytes) = left.get(..size) else {
            return Err(Fault::truncated(OBJECT, at as u64, size as u64, left.len() as u64));
        };
        for (field, covered) in [(32, &bytes[..32]), (24, &bytes[HEADER..])] {
            let (stored, computed) = (u64_at(header, field), marvin::hash(covered));
            if stored != Some(computed) {
                let expected = format_args!("hash {computed:#018x}").to_string();
                let found = format_args!("{:#018x}", stored.unwrap_or(0)).to_string();
                return Err(Fault::new(OBJECT, (at + field) as u64, expected, found));
            }
        }
        let bins_length = number(16);
        if bins_length == 0 || !(bins_length as usize).is_multiple_of(PAGE) {
            let expected = "bins of a multiple of 4096 bytes";
            return Err(Fault::new(OBJECT, at as u64 + 16, expected, bins_length));
        }
        let listed = bytes[HEADER..].as_chunks::<8>().0;
        let Some(references) = listed.get(..number(20) as usize) else {
            let expected = format_args!("at most {} pages", listed.len()).to_string();
            return Err(Fault::new(OBJECT, at as u64 + 20, expected, number(20)));
        };
        let entry = Self { bytes, sequence: number(12), bins_length, flags: number(8), references };
        entry.check_pages(at)?;
        Ok(Some(entry))
    }

    /// Checks that every page is within the entry and within the bins.
    fn check_pages(&self, at: usize) -> Result<(), Fault> {
        const OBJECT: &str = "page reference";
        let room = self.bytes.len() - HEADER - 8 * self.references.len();
        let mut used = 0;
        for (index, (offset, length)) in self.pages().enumerate() {
            let position = (at + HEADER + 8 * index) as u64;
            let bins = u64::from(self.bins_length);
            if offset as u64 + length as u64 > bins {
                let expected = format_args!("a page within {bins} bytes").to_string();
                let found = format_args!("{length} bytes at {offset}").to_string();
                return Err(Fault::new(OBJECT, position, expected, found));
            }
            used += length;
            if used > room {
                return Err(Fault::truncated(OBJECT, position, used as u64, room as u64));
            }
        }
        Ok(())
    }

    fn pages(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.references.iter().map(|reference| {
            let number = |at| u32_at(reference, at).expect("a reference has two numbers") as usize;
            (number(0), number(4))
        })
    }

    /// Writes the pages and returns their number.
    fn apply(&self, copy: &mut Copy) -> usize {
        copy.grow(self.bins_length);
        let mut rest = &self.bytes[HEADER + 8 * self.references.len()..];
        for (offset, length) in self.pages() {
            let (page, behind) = rest.split_at(length);
            copy.write(offset, page);
            rest = behind;
        }
        let flags = u32_at(&copy.bytes, 144).unwrap_or(0);
        copy.put(144, flags & !LOCKED | self.flags & LOCKED);
        self.references.len()
    }
}
