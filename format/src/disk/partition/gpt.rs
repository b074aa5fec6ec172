use super::{Collector, Partition, PartitionType, Scheme};
use crate::crc::CRC32;
use crate::fields::{array, check, le32, le64, read_vec, utf16_le};
use crate::{Fault, ReadAt, ReadAtError};

const HEADER: &str = "GPT header";
const ENTRIES: &str = "GPT entries";
const ENTRY: &str = "GPT entry";

/// Length of the entries in bytes at most; the usual 128 take 16 KiB.
const LONGEST_ENTRIES: u64 = 16 << 20;

/// Bytes of the entries that are read at once.
const PIECE: usize = 1 << 16;

/// A header whose own checksum is right.
struct Header {
    sector_size: u32,
    /// Sector of the other header.
    other: u64,
    /// Offset of the entries in bytes.
    entries: u64,
    count: u32,
    entry_size: u32,
    entries_checksum: u32,
}

/// The partitions of one of the two tables.
struct Table {
    /// Offsets of the entries with the partitions.
    partitions: Vec<(u64, Partition)>,
    checksum: Option<Fault>,
}

/// Tells whether there is a sound header although no boot sector says so.
pub(super) fn is_alone(disk: &dyn ReadAt, sector_size: u32) -> Result<bool, ReadAtError> {
    Ok(kept(primary(disk, sector_size))?.is_ok())
}

/// Reads the primary table, or the backup when it is the sound one.
pub(super) fn read(
    disk: &dyn ReadAt,
    sector_size: u32,
    collector: &mut Collector,
) -> Result<(), ReadAtError> {
    let first = kept(primary(disk, sector_size))?;
    let second = match &first {
        Ok(header) => kept(Header::read(disk, header.other, header.sector_size))?,
        Err(_) => kept(backup(disk, sector_size))?,
    };
    let mut best: Option<Table> = None;
    for header in [first, second] {
        match header {
            Err(fault) => collector.warn(fault),
            Ok(_) if best.as_ref().is_some_and(|table| table.checksum.is_none()) => {}
            Ok(header) => match kept(header.table(disk))? {
                Err(fault) => collector.warn(fault),
                Ok(table) => {
                    if let Some(fault) = &table.checksum {
                        collector.warn(fault.clone());
                    }
                    // A table with a wrong checksum is better than none.
                    if best.is_none() || table.checksum.is_none() {
                        best = Some(table);
                    }
                }
            },
        }
    }
    for (at, partition) in best.into_iter().flat_map(|table| table.partitions) {
        if !collector.keep(ENTRY, at, partition) {
            break;
        }
    }
    Ok(())
}

/// Keeps the faults of a table apart from a disk that cannot be read.
fn kept<T>(result: Result<T, ReadAtError>) -> Result<Result<T, Fault>, ReadAtError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(ReadAtError::Fault(fault)) => Ok(Err(fault)),
        Err(error) => Err(error),
    }
}

/// Reads the header in the second sector, whose size may be another than stated.
fn primary(disk: &dyn ReadAt, sector_size: u32) -> Result<Header, ReadAtError> {
    let other = if sector_size == 4096 { 512 } else { 4096 };
    match Header::read(disk, 1, sector_size) {
        Err(ReadAtError::Fault(fault)) => match Header::read(disk, 1, other) {
            Err(ReadAtError::Fault(_)) => Err(fault.into()),
            result => result,
        },
        result => result,
    }
}

/// Reads the header in the last sector.
fn backup(disk: &dyn ReadAt, sector_size: u32) -> Result<Header, ReadAtError> {
    let last = |size: u32| (disk.len() / u64::from(size)).saturating_sub(1);
    let other = if sector_size == 4096 { 512 } else { 4096 };
    match Header::read(disk, last(sector_size), sector_size) {
        Err(ReadAtError::Fault(fault)) => match Header::read(disk, last(other), other) {
            Err(ReadAtError::Fault(_)) => Err(fault.into()),
            result => result,
        },
        result => result,
    }
}

impl Header {
    fn read(disk: &dyn ReadAt, sector: u64, sector_size: u32) -> Result<Self, ReadAtError> {
        let at = sector.saturating_mul(sector_size.into());
        let bytes = read_vec(disk, HEADER, at, 512)?;
        let fault = |field: usize, expected: &str, found: u64| -> ReadAtError {
            let at = at.saturating_add(field as u64);
            Fault::new(HEADER, at, expected, format_args!("{found:#x}")).into()
        };
        if bytes[..8] != *b"EFI PART" {
            return Err(Fault::new(HEADER, at, "EFI PART", bytes[..8].escape_ascii()).into());
        }
        let length = le32(&bytes, 12);
        if !(92..=512).contains(&length) {
            return Err(fault(12, "a length of 92 to 512 bytes", length.into()));
        }
        let (stated, found) =
            (le32(&bytes, 16), CRC32.without_field(&bytes[..length as usize], 16));
        if stated != found {
            return Err(fault(16, &format!("checksum {stated:#010x}"), found.into()));
        }
        let (count, entry_size) = (le32(&bytes, 80), le32(&bytes, 84));
        if entry_size < 128 || entry_size % 8 != 0 || entry_size > 4096 {
            return Err(fault(84, "entries of 128 to 4096 bytes", entry_size.into()));
        }
        if u64::from(count) * u64::from(entry_size) > LONGEST_ENTRIES {
            let expected = format!("entries of at most {LONGEST_ENTRIES} bytes together");
            return Err(fault(80, &expected, count.into()));
        }
        let entries = le64(&bytes, 72);
        let Some(entries) = entries.checked_mul(sector_size.into()) else {
            return Err(fault(72, "a sector of the disk", entries));
        };
        Ok(Self {
            sector_size,
            other: le64(&bytes, 32),
            entries,
            count,
            entry_size,
            entries_checksum: le32(&bytes, 88),
        })
    }

    fn table(&self, disk: &dyn ReadAt) -> Result<Table, ReadAtError> {
        let length = u64::from(self.count) * u64::from(self.entry_size);
        check(disk, ENTRIES, self.entries, length)?;
        let mut digest = CRC32.digest();
        let mut partitions = Vec::new();
        let entry_size = self.entry_size as usize;
        // Whole entries at once, so that none is split.
        let piece = (PIECE / entry_size * entry_size) as u64;
        let mut done = 0;
        while done < length {
            let at = self.entries + done;
            let bytes = read_vec(disk, ENTRIES, at, piece.min(length - done) as usize)?;
            digest.update(&bytes);
            for (index, entry) in bytes.chunks_exact(entry_size).enumerate() {
                let number = (done / u64::from(self.entry_size)) as u32 + index as u32 + 1;
                let kind: [u8; 16] = array(entry, 0);
                // One more than is kept, so that the cut is noticed.
                if kind != [0; 16] && partitions.len() <= super::MOST_PARTITIONS {
                    let at = at + (index * entry_size) as u64;
                    partitions.push((at, self.partition(number, kind, entry)));
                }
            }
            done += bytes.len() as u64;
        }
        let found = digest.finish();
        let checksum = (found != self.entries_checksum).then(|| {
            let expected = format!("checksum {:#010x}", self.entries_checksum);
            Fault::new(ENTRIES, self.entries, expected, format_args!("{found:#010x}"))
        });
        Ok(Table { partitions, checksum })
    }

    fn partition(&self, number: u32, kind: [u8; 16], entry: &[u8]) -> Partition {
        let sector_size = u64::from(self.sector_size);
        let (first, last) = (le64(entry, 32), le64(entry, 40));
        // The last sector belongs to the partition; one before the first makes it empty.
        let sectors = last.checked_sub(first).map_or(0, |count| count.saturating_add(1));
        Partition {
            scheme: Scheme::Gpt,
            number,
            offset: first.saturating_mul(sector_size),
            size: sectors.saturating_mul(sector_size),
            kind: PartitionType::Gpt(kind),
            name: utf16_le(&entry[56..128]),
            identifier: Some(array(entry, 16)),
        }
    }
}
