//! Partition tables: MBR with its chain of extended partitions, GPT with its backup, or none.
//!
//! Source: UEFI specification 2.10, section 5.

use std::fmt;

use crate::fields::{guid_text, read_array};
use crate::{Fault, ReadAt, ReadAtError, Window};

mod filesystem;
mod gpt;
mod mbr;

pub use filesystem::{FileSystem, file_system};

/// Partitions that are kept at most; the rest is cut off with a warning.
const MOST_PARTITIONS: usize = 1024;

/// Warnings that are kept at most.
const MOST_WARNINGS: usize = 100;

/// Kind of a partition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// No table: the disk is one volume from its first byte.
    None,
    /// Master boot record.
    Mbr,
    /// GUID partition table.
    Gpt,
}

/// The partitions of a disk, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionTable {
    pub scheme: Scheme,
    pub partitions: Vec<Partition>,
    /// What an MBR tells the disk from all others by, in the order of bytes on disk.
    pub signature: Option<[u8; 4]>,
    /// What is wrong in the table and does not keep the rest from being read.
    pub warnings: Vec<Fault>,
}

/// A part of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    pub scheme: Scheme,
    /// Number in the table from 1; logical partitions of an MBR begin at 5; 0 without a table.
    pub number: u32,
    /// Offset in bytes from the beginning of the disk.
    pub offset: u64,
    /// Size in bytes, at most to the end of the disk.
    pub size: u64,
    pub kind: PartitionType,
    /// Name that a GPT gives; empty when it has none.
    pub name: String,
    /// What a GPT tells the partition from all others by, in the order of bytes on disk.
    pub identifier: Option<[u8; 16]>,
}

/// What a partition says that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartitionType {
    /// Nothing is said, because there is no table.
    Volume,
    Mbr(u8),
    /// Identifier in the order of bytes on disk.
    Gpt([u8; 16]),
}

/// Reads the partition table of a disk.
///
/// `sector_size` is that of a logical sector in bytes; a GPT in sectors of the other usual size is
/// found too. What is wrong in a table is a warning; a partition that begins outside the disk is
/// left out, and one that ends outside is cut.
///
/// # Errors
///
/// [`ReadAtError::Io`] when the disk cannot be read, [`ReadAtError::Fault`] when what lies below it
/// is damaged.
pub fn read(disk: &dyn ReadAt, sector_size: u32) -> Result<PartitionTable, ReadAtError> {
    let mut collector = Collector::new(disk.len());
    let scheme = match mbr::boot_sector(disk)? {
        _ if file_system(disk)? != FileSystem::Unknown => Scheme::None,
        Some(sector) if mbr::is_protective(&sector) => {
            gpt::read(disk, sector_size, &mut collector)?;
            Scheme::Gpt
        }
        Some(sector) => mbr::read(disk, &sector, sector_size, &mut collector)?,
        None if gpt::is_alone(disk, sector_size)? => {
            let expected = "a boot sector that protects the GPT";
            collector.warn(Fault::new("MBR", 510, expected, "none"));
            gpt::read(disk, sector_size, &mut collector)?;
            Scheme::Gpt
        }
        None => Scheme::None,
    };
    if scheme == Scheme::None {
        collector.partitions = vec![Partition {
            scheme,
            number: 0,
            offset: 0,
            size: disk.len(),
            kind: PartitionType::Volume,
            name: String::new(),
            identifier: None,
        }];
    }
    let signature = match scheme {
        Scheme::Mbr => Some(read_array(disk, "MBR", 440)?),
        Scheme::Gpt | Scheme::None => None,
    };
    let Collector { partitions, warnings, .. } = collector;
    Ok(PartitionTable { scheme, partitions, signature, warnings })
}

impl Partition {
    /// Returns the volume inside the partition.
    pub fn volume<R: ReadAt>(&self, disk: R) -> Window<R> {
        Window::new(disk, self.offset, self.size)
    }
}

/// Gathers partitions and warnings within their bounds.
struct Collector {
    disk_size: u64,
    partitions: Vec<Partition>,
    warnings: Vec<Fault>,
}

impl Collector {
    fn new(disk_size: u64) -> Self {
        Self { disk_size, partitions: Vec::new(), warnings: Vec::new() }
    }

    fn warn(&mut self, fault: Fault) {
        if self.warnings.len() < MOST_WARNINGS {
            self.warnings.push(fault);
        }
    }

    /// Keeps a partition, cut to the disk; `at` is the offset of its entry in bytes. Tells whether
    /// there is room for another.
    fn keep(&mut self, object: &'static str, at: u64, mut partition: Partition) -> bool {
        let left = self.disk_size.saturating_sub(partition.offset);
        if partition.size == 0 || left == 0 {
            let expected = format!("a partition inside the disk of {} bytes", self.disk_size);
            let found = format!("{} bytes at {:#x}", partition.size, partition.offset);
            self.warn(Fault::new(object, at, expected, found));
            return true;
        }
        if self.partitions.len() == MOST_PARTITIONS {
            let expected = format!("at most {MOST_PARTITIONS} partitions");
            self.warn(Fault::new(object, at, expected, "more, which are left out"));
            return false;
        }
        if partition.size > left {
            let expected = format!("at most {left} bytes to the end of the disk");
            self.warn(Fault::new(object, at, expected, format_args!("{} bytes", partition.size)));
            partition.size = left;
        }
        self.partitions.push(partition);
        true
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Mbr => "mbr",
            Self::Gpt => "gpt",
        })
    }
}

impl fmt::Display for PartitionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Volume => f.write_str("volume"),
            Self::Mbr(kind) => write!(f, "{kind:#04x}"),
            Self::Gpt(kind) => f.write_str(&guid_text(kind)),
        }
    }
}
