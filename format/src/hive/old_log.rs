use super::base_block;
use super::bin::{Bin, PAGE};
use super::bytes::shown;
use super::replay::{Copy, Log, LogOutcome, Primary, Unused, check_growth};
use crate::Fault;

/// Length in bytes of what one bit of a dirty vector stands for.
const DIRTY: usize = 512;

/// Applies the log that Windows would choose, and returns the recovered hive.
///
/// Source: regf, "Old format".
pub(super) fn apply(
    primary: &Primary<'_>,
    logs: Vec<Log<'_>>,
    outcomes: &mut [LogOutcome],
) -> Option<Vec<u8>> {
    let mut usable = Vec::new();
    for log in logs {
        match belongs(primary, &log) {
            Ok(()) => usable.push(log),
            Err(unused) => outcomes[log.index] = LogOutcome::Unused(unused),
        }
    }
    // The log with the latest dirty pages is used; of two alike, the first.
    usable.sort_by_key(|log| std::cmp::Reverse((log.base.last_written, log.base.primary_sequence)));
    for log in usable {
        match recover(primary, &log) {
            Ok((hive, outcome)) => {
                outcomes[log.index] = outcome;
                return Some(hive);
            }
            Err(fault) => outcomes[log.index] = LogOutcome::Unused(Unused::Damaged(fault)),
        }
    }
    None
}

/// Checks that a log was written for the write that did not end.
fn belongs(primary: &Primary<'_>, log: &Log<'_>) -> Result<(), Unused> {
    let (found, sequence) = (log.base.last_written, log.base.primary_sequence);
    let expected = primary.last_written();
    // The second log is written when a write to the hive failed, and then is later.
    let later = primary.base.is_some_and(|base| {
        expected.is_some_and(|time| found > time) && sequence > base.primary_sequence
    });
    if expected != Some(found) && !later {
        let expected = expected.map_or("that of a sound first bin".to_owned(), |time| {
            format_args!("last written {time}").to_string()
        });
        return Err(Unused::OtherHive(Fault::new("base block of a log", 12, expected, found)));
    }
    match &primary.base {
        Some(base) if sequence < base.secondary_sequence => {
            Err(Unused::Outdated { log: sequence, hive: base.secondary_sequence })
        }
        _ => Ok(()),
    }
}

fn recover(primary: &Primary<'_>, log: &Log<'_>) -> Result<(Vec<u8>, LogOutcome), Fault> {
    const OBJECT: &str = "dirty vector";
    let sector = SECTOR_UNIT * (log.base.clustering.clamp(1, 8) as usize);
    let bins_length = log.base.bins_length;
    if !(bins_length as usize).is_multiple_of(PAGE) {
        let fault = Fault::new("base block of a log", 40, "a multiple of 4096", bins_length);
        return Err(fault);
    }
    check_growth(primary, log, 40, bins_length)?;
    let vector = log.bytes.get(sector..).unwrap_or_default();
    if !vector.starts_with(b"DIRT") {
        let found = shown(&vector[..vector.len().min(4)]);
        return Err(Fault::new(OBJECT, sector as u64, "\"DIRT\"", found));
    }
    let count = bins_length as usize / DIRTY;
    let Some(bitmap) = vector.get(4..4 + count.div_ceil(8)) else {
        let left = vector.len() as u64;
        return Err(Fault::truncated(OBJECT, sector as u64, 4 + (count as u64) / 8, left));
    };
    let dirty = |page: usize| bitmap[page / 8] & (1 << (page % 8)) != 0;
    let pages: Vec<usize> = (0..count).filter(|page| dirty(*page)).collect();
    let start = sector + (4 + bitmap.len()).next_multiple_of(sector);
    let content = log.bytes.get(start..).unwrap_or_default();
    let Some(content) = content.get(..pages.len() * DIRTY) else {
        // The hive is touched only when the whole log is written, so this is no copy of it.
        let needed = (pages.len() * DIRTY) as u64;
        return Err(Fault::truncated("dirty pages", start as u64, needed, content.len() as u64));
    };

    let mut copy = Copy::new(primary, log);
    copy.grow(bins_length);
    copy.put(36, log.base.root);
    let (pieces, _) = content.as_chunks::<DIRTY>();
    for (page, piece) in pages.iter().zip(pieces) {
        copy.write(page * DIRTY, piece);
    }
    let stopped = undo_invalid(&mut copy, primary, &pages, bins_length as usize);
    let applied = match &stopped {
        Some((at, _)) => pages.partition_point(|page| page * DIRTY < *at),
        None => pages.len(),
    };
    let outcome = LogOutcome::PagesApplied {
        sequence: log.base.primary_sequence,
        pages: applied,
        stopped: stopped.map(|(_, fault)| fault),
    };
    let sequence = log.base.primary_sequence;
    Ok((copy.finish(sequence), outcome))
}

/// Takes back the dirty pages from the first bin on whose header they made invalid.
fn undo_invalid(
    copy: &mut Copy,
    primary: &Primary<'_>,
    pages: &[usize],
    bins_length: usize,
) -> Option<(usize, Fault)> {
    let mut at = 0;
    while at < bins_length {
        let bins = &copy.bytes[base_block::LENGTH..base_block::LENGTH + bins_length];
        match Bin::parse(bins, at) {
            Ok(bin) => at += bin.length as usize,
            Err(fault) if pages.binary_search(&(at / DIRTY)).is_ok() => {
                let from = pages.partition_point(|page| page * DIRTY < at);
                for page in &pages[from..] {
                    let before = base_block::LENGTH + page * DIRTY;
                    let original = primary.bytes.get(before..before + DIRTY);
                    copy.write(page * DIRTY, original.unwrap_or(&[0; DIRTY]));
                }
                return Some((at, fault));
            }
            // Damage that the log does not touch is for the reader to tell.
            Err(_) => at += PAGE,
        }
    }
    None
}

/// Unit in bytes of the sector size in a base block.
const SECTOR_UNIT: usize = 512;
