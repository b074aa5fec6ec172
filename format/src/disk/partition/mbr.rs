use std::collections::BTreeSet;

use super::{Collector, Partition, PartitionType, Scheme};
use crate::fields::{le16, le32, read_array};
use crate::{Fault, ReadAt, ReadAtError};

const MBR: &str = "MBR partition entry";
const EXTENDED: &str = "extended partition table";

/// Type of the entry that covers a GPT.
const PROTECTIVE: u8 = 0xee;

/// Tables in the chain of extended partitions at most.
const LONGEST_CHAIN: usize = 4096;

/// An entry of a table.
#[derive(Clone, Copy)]
struct Entry {
    status: u8,
    kind: u8,
    /// First sector, from a place that depends on the table.
    first: u32,
    sectors: u32,
}

/// Reads the first sector, when it ends as a boot sector does.
pub(super) fn boot_sector(disk: &dyn ReadAt) -> Result<Option<[u8; 512]>, ReadAtError> {
    if disk.len() < 512 {
        return Ok(None);
    }
    let sector = read_array::<512>(disk, "MBR", 0)?;
    Ok((le16(&sector, 510) == 0xaa55).then_some(sector))
}

pub(super) fn is_protective(sector: &[u8; 512]) -> bool {
    entries(sector).iter().any(|entry| entry.kind == PROTECTIVE)
}

/// Reads the four entries and the chain of logical partitions; a boot sector whose entries make no
/// sense is none of a partitioned disk.
pub(super) fn read(
    disk: &dyn ReadAt,
    sector: &[u8; 512],
    sector_size: u32,
    collector: &mut Collector,
) -> Result<Scheme, ReadAtError> {
    let entries = entries(sector);
    let used = entries.iter().filter(|entry| entry.kind != 0);
    if used.clone().count() > 0 && used.clone().all(|entry| entry.status & 0x7f != 0) {
        let found = format!("{:#04x}", entries[0].status);
        collector.warn(Fault::new(MBR, 446, "a status of 0x00 or 0x80", found));
        return Ok(Scheme::None);
    }
    let mut number = 5;
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.kind != 0) {
        let at = 446 + index as u64 * 16;
        if entry.status & 0x7f != 0 {
            let found = format!("{:#04x}", entry.status);
            collector.warn(Fault::new(MBR, at, "a status of 0x00 or 0x80", found));
            continue;
        }
        if entry.is_extended() {
            chain(disk, entry.first.into(), sector_size, &mut number, collector)?;
        } else {
            let partition = entry.partition(index as u32 + 1, 0, sector_size);
            collector.keep(MBR, at, partition);
        }
    }
    // Logical partitions follow the primary ones, whichever entry their chain begins at.
    collector.partitions.sort_by_key(|partition| partition.number);
    Ok(Scheme::Mbr)
}

/// Follows the tables of an extended partition: one logical partition and the next table in each.
fn chain(
    disk: &dyn ReadAt,
    base: u64,
    sector_size: u32,
    number: &mut u32,
    collector: &mut Collector,
) -> Result<(), ReadAtError> {
    let mut seen = BTreeSet::new();
    let mut table = base;
    loop {
        let at = table * u64::from(sector_size);
        if !seen.insert(table) || seen.len() > LONGEST_CHAIN {
            let found = format!("one of {} tables again or one too many", seen.len());
            collector.warn(Fault::new(EXTENDED, at, "a chain with an end", found));
            return Ok(());
        }
        if disk.len().saturating_sub(at) < 512 {
            let left = disk.len().saturating_sub(at);
            collector.warn(Fault::truncated(EXTENDED, at, 512, left));
            return Ok(());
        }
        let sector = read_array::<512>(disk, EXTENDED, at)?;
        if le16(&sector, 510) != 0xaa55 {
            let found = format!("{:#06x}", le16(&sector, 510));
            collector.warn(Fault::new(EXTENDED, at + 510, "signature 0xaa55", found));
            return Ok(());
        }
        let mut next = None;
        for (index, entry) in entries(&sector).iter().enumerate() {
            if entry.kind == 0 || entry.sectors == 0 {
                continue;
            }
            if entry.is_extended() {
                next.get_or_insert(base + u64::from(entry.first));
                continue;
            }
            let partition = entry.partition(*number, table, sector_size);
            *number += 1;
            if !collector.keep(EXTENDED, at + 446 + index as u64 * 16, partition) {
                return Ok(());
            }
        }
        match next {
            Some(next) => table = next,
            None => return Ok(()),
        }
    }
}

fn entries(sector: &[u8; 512]) -> [Entry; 4] {
    std::array::from_fn(|index| {
        let at = 446 + index * 16;
        Entry {
            status: sector[at],
            kind: sector[at + 4],
            first: le32(sector, at + 8),
            sectors: le32(sector, at + 12),
        }
    })
}

impl Entry {
    fn is_extended(self) -> bool {
        // DOS, Windows 95 (large disks) and Linux.
        matches!(self.kind, 0x05 | 0x0f | 0x85)
    }

    fn partition(self, number: u32, base: u64, sector_size: u32) -> Partition {
        let sector_size = u64::from(sector_size);
        Partition {
            scheme: Scheme::Mbr,
            number,
            offset: (base + u64::from(self.first)) * sector_size,
            size: u64::from(self.sectors) * sector_size,
            kind: PartitionType::Mbr(self.kind),
            name: String::new(),
            identifier: None,
        }
    }
}
