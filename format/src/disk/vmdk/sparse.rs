use std::io::Read;

use super::SECTOR;
use crate::disk::cache::Cached;
use crate::disk::chain::Chain;
use crate::disk::run::Place;
use crate::disk::{DiskError, Image};
use crate::fields::{le16, le32, le64, read_array, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

const HEADER: &str = "VMDK header";
const GRAIN: &str = "VMDK grain";

/// Bits of the field `flags`.
mod flag {
    pub(super) const ZEROED_GRAINS: u32 = 1 << 2;
    pub(super) const COMPRESSED: u32 = 1 << 16;
}

/// Bytes of a grain at most; writers use 64 KiB.
const LARGEST_GRAIN: u64 = 2 << 20;

/// An extent whose grains are found by a directory of tables.
pub(super) struct Sparse {
    file: Image,
    cached: Cached,
    /// Size of the part of the disk in bytes.
    capacity: u64,
    /// Bytes of a grain.
    grain: u64,
    grains_per_table: u64,
    /// Offset of the grain directory in bytes.
    directory: u64,
    zeroed_grains: bool,
    compressed: bool,
    /// Offset and length of the description in bytes.
    descriptor: Option<(u64, u64)>,
}

/// Tells whether a file begins as a sparse extent does.
pub(in crate::disk) fn is_sparse(head: &[u8]) -> bool {
    head.starts_with(b"KDMV")
}

impl Sparse {
    pub(super) fn open(file: Image, chain: &mut Chain<'_>) -> Result<Self, DiskError> {
        let mut offset = 0;
        let mut header: [u8; 512] = read_array(&file, HEADER, 0)?;
        // A stream is written without going back, so its directory is named by a footer only.
        if is_sparse(&header) && le64(&header, 56) == u64::MAX {
            offset = file.len().saturating_sub(1024);
            header = read_array(&file, "VMDK footer", offset)?;
        }
        let fault = |field: u64, expected: &str, found: u64| -> DiskError {
            Fault::new(HEADER, offset + field, expected, format_args!("{found:#x}")).into()
        };
        if !is_sparse(&header) {
            return Err(fault(0, "KDMV", le32(&header, 0).into()));
        }
        let version = le32(&header, 4);
        if !(1..=3).contains(&version) {
            return Err(DiskError::Unsupported {
                format: "vmdk",
                feature: format!("version {version}"),
            });
        }
        if header[73..77] != *b"\n \r\n" {
            let expected = "line ends as written, not as changed by a transfer of text";
            return Err(fault(73, expected, le32(&header, 73).into()));
        }
        let flags = le32(&header, 8);
        let compressed = flags & flag::COMPRESSED != 0;
        if compressed && le16(&header, 77) != 1 {
            return Err(fault(77, "compression by deflate", le16(&header, 77).into()));
        }
        let bytes = |field: usize, expected: &str| {
            let sectors = le64(&header, field);
            sectors
                .checked_mul(SECTOR)
                .filter(|bytes| i64::try_from(*bytes).is_ok())
                .ok_or_else(|| fault(field as u64, expected, sectors))
        };
        let grain = bytes(20, "a grain size")?;
        if !grain.is_power_of_two() || grain > LARGEST_GRAIN {
            return Err(fault(20, "a grain of 1 to 4096 sectors, a power of two", grain / SECTOR));
        }
        let grains_per_table = u64::from(le32(&header, 44));
        if grains_per_table == 0 {
            return Err(fault(44, "entries of a grain table", 0));
        }
        let descriptor = (bytes(28, "a descriptor")?, bytes(36, "the size of a descriptor")?);
        Ok(Self {
            cached: chain.cached(),
            capacity: bytes(12, "a size below 2^63 bytes")?,
            grain,
            grains_per_table,
            directory: bytes(56, "a grain directory")?,
            zeroed_grains: flags & flag::ZEROED_GRAINS != 0,
            compressed,
            descriptor: (descriptor.0 != 0).then_some(descriptor),
            file,
        })
    }

    pub(super) fn capacity(&self) -> u64 {
        self.capacity
    }

    pub(super) fn descriptor(&self) -> Option<(u64, u64)> {
        self.descriptor
    }

    pub(super) fn file(&self) -> &dyn ReadAt {
        &self.file
    }

    /// Finds where the part from an offset lies and how long it is; nowhere means the parent.
    pub(super) fn locate(&self, offset: u64) -> Result<(Option<Place<'_>>, u64), ReadAtError> {
        if offset >= self.capacity {
            return Err(Fault::truncated("VMDK extent", offset, 1, 0).into());
        }
        let coverage = self.grain * self.grains_per_table;
        let directory_at = self.directory.saturating_add(offset / coverage * 4);
        let table = self.entry("VMDK grain directory entry", directory_at)? * SECTOR;
        if table == 0 {
            return Ok((None, coverage - offset % coverage));
        }
        let grain = offset / self.grain;
        let table_at = table + grain % self.grains_per_table * 4;
        let sector = self.entry("VMDK grain table entry", table_at)?;
        let within = offset % self.grain;
        let left = self.grain - within;
        Ok(match sector {
            0 => (None, left),
            1 if self.zeroed_grains => (Some(Place::Zeros), left),
            _ if self.compressed => self.unpacked(sector * SECTOR, grain, within)?,
            _ => (Some(Place::In(&self.file, sector * SECTOR + within)), left),
        })
    }

    fn entry(&self, object: &'static str, offset: u64) -> Result<u64, ReadAtError> {
        let mut entry = [0; 4];
        self.cached.table(&self.file, object, offset, &mut entry)?;
        Ok(u32::from_le_bytes(entry).into())
    }

    fn unpacked(
        &self,
        at: u64,
        grain: u64,
        within: u64,
    ) -> Result<(Option<Place<'_>>, u64), ReadAtError> {
        let start = grain * self.grain;
        // The last grain may hold no more than the disk does.
        let size = self.grain.min(self.capacity - start);
        let bytes = self.cached.unpacked(at, self.grain as usize, || {
            let marker: [u8; 12] = read_array(&self.file, GRAIN, at)?;
            if le64(&marker, 0) != start / SECTOR {
                let expected = format!("sector {}", start / SECTOR);
                return Err(Fault::new(GRAIN, at, expected, le64(&marker, 0)).into());
            }
            let length = u64::from(le32(&marker, 8));
            if length > 2 * self.grain + 1024 {
                let expected = format!("at most {} bytes", 2 * self.grain + 1024);
                return Err(Fault::new(GRAIN, at + 8, expected, length).into());
            }
            let packed = read_vec(&self.file, GRAIN, at + 12, length as usize)?;
            let mut bytes = vec![0; size as usize];
            flate2::bufread::ZlibDecoder::new(packed.as_slice()).read_exact(&mut bytes).map_err(
                |error| Fault::new(GRAIN, at, format_args!("{size} bytes unpacked"), error),
            )?;
            Ok(bytes)
        })?;
        // Two entries of a hostile table may name one grain, the last of which is shorter.
        let left = (bytes.len() as u64).saturating_sub(within);
        if left == 0 {
            return Err(Fault::truncated(GRAIN, at, within + 1, bytes.len() as u64).into());
        }
        Ok((Some(Place::Unpacked(bytes, within as usize)), left))
    }
}
