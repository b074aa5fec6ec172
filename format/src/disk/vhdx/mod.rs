//! Virtual Hard Disk version 2 images: fixed, dynamic and differencing.
//!
//! A log that was not written back is replayed in memory; the file stays as it is.
//!
//! Source: MS-VHDX, version 8.0.

use super::cache::Cached;
use super::chain::Chain;
use super::run::{Layer, Mapped, Run, same_bits};
use super::{DiskError, Format, Image, Opened};
use crate::crc::CRC32C;
use crate::fields::{array, guid_text, le16, le32, le64, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

mod log;
mod metadata;

use metadata::Metadata;

pub(super) const SIGNATURE: &[u8] = b"vhdxfile";

const MIB: u64 = 1 << 20;

/// Length of a sector bitmap block in bytes.
const BITMAP_BLOCK: u64 = MIB;

/// Regions of a file.
const BAT: &str = "2dc27766-f623-4200-9d64-115e9bfd4a08";
const METADATA: &str = "8b7ca206-4790-4b9a-b8fe-575f050f886e";

/// States of an entry of the block allocation table.
mod state {
    pub(super) const NOT_PRESENT: u64 = 0;
    pub(super) const UNDEFINED: u64 = 1;
    pub(super) const ZERO: u64 = 2;
    pub(super) const UNMAPPED: u64 = 3;
    pub(super) const FULLY_PRESENT: u64 = 6;
    pub(super) const PARTIALLY_PRESENT: u64 = 7;
}

/// The header that is in force.
struct Header {
    data_write_guid: String,
    /// Identity of the entries of the log; none when there is nothing to replay.
    log_guid: Option<[u8; 16]>,
    log_offset: u64,
    log_length: u32,
    sequence: u64,
}

/// A part of the file that the region table names.
#[derive(Clone, Copy)]
struct Region {
    offset: u64,
    length: u64,
}

struct Vhdx {
    file: Image,
    cached: Cached,
    parent: Option<Image>,
    bat: Region,
    size: u64,
    block_size: u64,
    sector_size: u64,
    /// Payload blocks for each sector bitmap block.
    chunk_ratio: u64,
}

pub(super) fn open(image: Image, chain: &mut Chain<'_>) -> Result<Opened, DiskError> {
    let header = Header::current(&image, chain)?;
    let image = match header.log_guid {
        Some(guid) => {
            let replayed = log::replay(image, header.log_offset, header.log_length, guid)?;
            let found = "one that was not written back: replayed in memory";
            chain.warn(Fault::new("VHDX log", header.log_offset, "an empty log", found));
            Box::new(replayed)
        }
        None => image,
    };
    let (bat, metadata) = regions(&image, chain)?;
    let metadata = Metadata::read(&image, metadata)?;
    let chunk_ratio = (1_u64 << 23) * metadata.sector_size / metadata.block_size;
    let blocks = metadata.size.div_ceil(metadata.block_size);
    let entries = if metadata.parent.is_some() {
        blocks.div_ceil(chunk_ratio) * (chunk_ratio + 1)
    } else {
        blocks + blocks.saturating_sub(1) / chunk_ratio
    };
    if entries * 8 > bat.length {
        let expected = format!("{entries} entries");
        return Err(Fault::new("VHDX BAT", bat.offset, expected, bat.length / 8).into());
    }
    let parent = match &metadata.parent {
        Some(parent) => {
            let opened = chain.parent(&parent.names, Some(Format::Vhdx), Some(&parent.identity))?;
            if u64::from(opened.sector_size) != metadata.sector_size {
                let expected = format!("sectors of {} bytes as in the child", metadata.sector_size);
                return Err(Fault::new("VHDX parent", 0, expected, opened.sector_size).into());
            }
            Some(opened.disk)
        }
        None => None,
    };
    let sector_size = metadata.sector_size as u32;
    let disk = Vhdx {
        cached: chain.cached(),
        file: image,
        parent,
        bat,
        size: metadata.size,
        block_size: metadata.block_size,
        sector_size: metadata.sector_size,
        chunk_ratio,
    };
    Ok(Opened {
        format: Format::Vhdx,
        disk: Box::new(Layer(disk)),
        sector_size,
        identity: Some(header.data_write_guid),
    })
}

impl Header {
    /// Finds the valid header with the higher sequence number.
    fn current(file: &dyn ReadAt, chain: &mut Chain<'_>) -> Result<Self, DiskError> {
        let first = Self::read(file, 0x1_0000);
        let second = Self::read(file, 0x2_0000);
        match (first, second) {
            (Ok(first), Ok(second)) => {
                Ok(if second.sequence > first.sequence { second } else { first })
            }
            (Ok(header), Err(DiskError::Read(ReadAtError::Fault(fault))))
            | (Err(DiskError::Read(ReadAtError::Fault(fault))), Ok(header)) => {
                chain.warn(fault);
                Ok(header)
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    fn read(file: &dyn ReadAt, offset: u64) -> Result<Self, DiskError> {
        const OBJECT: &str = "VHDX header";
        let bytes = checked(file, OBJECT, offset, 4096, b"head")?;
        let version = le16(&bytes, 66);
        if version != 1 {
            let feature = format!("version {version}");
            return Err(DiskError::Unsupported { format: "vhdx", feature });
        }
        let guid: [u8; 16] = array(&bytes, 48);
        let log_guid = (guid != [0; 16]).then_some(guid);
        let log_version = le16(&bytes, 64);
        if log_guid.is_some() && log_version != 0 {
            let feature = format!("a log of version {log_version}");
            return Err(DiskError::Unsupported { format: "vhdx", feature });
        }
        Ok(Self {
            data_write_guid: guid_text(&array(&bytes, 32)),
            log_guid,
            log_offset: le64(&bytes, 72),
            log_length: le32(&bytes, 68),
            sequence: le64(&bytes, 8),
        })
    }
}

/// Reads a structure with a signature of four bytes and its CRC-32C behind it.
fn checked(
    file: &dyn ReadAt,
    object: &'static str,
    offset: u64,
    length: usize,
    signature: &[u8; 4],
) -> Result<Vec<u8>, ReadAtError> {
    let bytes = read_vec(file, object, offset, length)?;
    if bytes[..4] != *signature {
        let expected = signature.escape_ascii();
        return Err(Fault::new(object, offset, expected, bytes[..4].escape_ascii()).into());
    }
    let (stated, found) = (le32(&bytes, 4), CRC32C.without_field(&bytes, 4));
    if stated != found {
        let expected = format!("checksum {stated:#010x}");
        return Err(Fault::new(object, offset, expected, format_args!("{found:#010x}")).into());
    }
    Ok(bytes)
}

/// Finds the block allocation table and the metadata by the first region table that is valid.
fn regions(file: &dyn ReadAt, chain: &mut Chain<'_>) -> Result<(Region, Region), DiskError> {
    const OBJECT: &str = "VHDX region table";
    let read = |offset| checked(file, OBJECT, offset, 0x1_0000, b"regi");
    let (offset, table) = match read(0x3_0000) {
        Ok(table) => (0x3_0000, table),
        Err(ReadAtError::Fault(fault)) => {
            let table = read(0x4_0000)?;
            chain.warn(fault);
            (0x4_0000, table)
        }
        Err(error) => return Err(error.into()),
    };
    let count = le32(&table, 8);
    if count > 2047 {
        return Err(Fault::new(OBJECT, offset + 8, "at most 2047 entries", count).into());
    }
    let (mut bat, mut metadata) = (None, None);
    for (index, entry) in table[16..].chunks_exact(32).take(count as usize).enumerate() {
        let at = offset + 16 + index as u64 * 32;
        let region = Region { offset: le64(entry, 16), length: le32(entry, 24).into() };
        let id = guid_text(&array(entry, 0));
        let place = match id.as_str() {
            BAT => &mut bat,
            METADATA => &mut metadata,
            _ if le32(entry, 28) & 1 == 1 => {
                let feature = format!("the required region {id}");
                return Err(DiskError::Unsupported { format: "vhdx", feature });
            }
            _ => continue,
        };
        if region.offset < MIB || !region.offset.is_multiple_of(MIB) || region.length == 0 {
            let found = format!("{:#x}", region.offset);
            return Err(Fault::new(OBJECT, at, "a region at a multiple of 1 MiB", found).into());
        }
        if place.replace(region).is_some() {
            return Err(Fault::new(OBJECT, at, "a region once", format!("{id} again")).into());
        }
    }
    match (bat, metadata) {
        (Some(bat), Some(metadata)) => Ok((bat, metadata)),
        (None, _) => Err(Fault::new(OBJECT, offset, "the region of the BAT", "none").into()),
        _ => Err(Fault::new(OBJECT, offset, "the region of the metadata", "none").into()),
    }
}

impl Mapped for Vhdx {
    fn size(&self) -> u64 {
        self.size
    }

    fn locate(&self, offset: u64, _wanted: u64) -> Result<Run<'_>, ReadAtError> {
        let block = offset / self.block_size;
        let within = offset % self.block_size;
        let left = self.block_size - within;
        let index = block + block / self.chunk_ratio;
        let (state, start) = self.entry(index)?;
        let parent = self.parent.as_ref().map(|disk| disk as &dyn ReadAt);
        match state {
            state::NOT_PRESENT => Ok(Run::below(parent, offset, left)),
            state::UNDEFINED | state::ZERO | state::UNMAPPED => Ok(Run::zeros(left)),
            state::FULLY_PRESENT => Ok(Run::file(&self.file, start + within, left)),
            state::PARTIALLY_PRESENT if parent.is_some() => {
                let (present, length) = self.sectors(offset, left)?;
                Ok(if present {
                    Run::file(&self.file, start + within, length)
                } else {
                    Run::below(parent, offset, length)
                })
            }
            other => Err(self.bad_state(index, "the state of a block", other)),
        }
    }
}

impl Vhdx {
    /// Reads the state of an entry of the table and the offset in bytes that it names.
    fn entry(&self, index: u64) -> Result<(u64, u64), ReadAtError> {
        let mut entry = [0; 8];
        let at = self.bat.offset.saturating_add(index * 8);
        self.cached.table(&self.file, "VHDX BAT entry", at, &mut entry)?;
        let entry = u64::from_le_bytes(entry);
        Ok((entry & 7, (entry >> 20).saturating_mul(MIB)))
    }

    fn bad_state(&self, index: u64, expected: &str, found: u64) -> ReadAtError {
        let at = self.bat.offset.saturating_add(index * 8);
        Fault::new("VHDX BAT entry", at, expected, found).into()
    }

    /// Tells whether the sectors from an offset are in this file, and for how many bytes, by the
    /// sector bitmap.
    fn sectors(&self, offset: u64, left: u64) -> Result<(bool, u64), ReadAtError> {
        let chunk = offset / self.block_size / self.chunk_ratio;
        let index = chunk * (self.chunk_ratio + 1) + self.chunk_ratio;
        let (state, start) = self.entry(index)?;
        if state != state::FULLY_PRESENT {
            return Err(self.bad_state(index, "a sector bitmap that is present", state));
        }
        let sector = offset / self.sector_size % (BITMAP_BLOCK * 8);
        let at = sector / 8;
        let mut bits = [0; 64];
        let count = (BITMAP_BLOCK - at).min(64) as usize;
        let bits = &mut bits[..count];
        self.cached.table(&self.file, "VHDX sector bitmap", start.saturating_add(at), bits)?;
        let (present, sectors) = same_bits(bits, (sector % 8) as usize, false);
        let length = sectors * self.sector_size - offset % self.sector_size;
        Ok((present, length.min(left)))
    }
}
