//! Virtual Hard Disk images: fixed, dynamic and differencing.
//!
//! Source: Microsoft, Virtual Hard Disk Image Format Specification, version 1.0.

use super::cache::Cached;
use super::chain::Chain;
use super::run::{Layer, Mapped, Run, same_bits};
use super::{DiskError, Format, Image, Opened};
use crate::fields::{array, be32, be64, guid_text, read_array, read_vec, utf16, utf16_le};
use crate::{Fault, ReadAt, ReadAtError, Window};

const COOKIE: &[u8] = b"conectix";

/// Sectors of a VHD have 512 bytes, whatever the disk has.
const SECTOR: u64 = 512;

const FOOTER: &str = "VHD footer";
const HEADER: &str = "VHD dynamic header";

const FIXED: u32 = 2;
const DYNAMIC: u32 = 3;
const DIFFERENCING: u32 = 4;

/// Parent names and locators are far shorter: 64 KiB.
const LONGEST_LOCATOR: u32 = 1 << 16;

/// Dynamic or differencing disk.
struct Sparse {
    file: Image,
    cached: Cached,
    parent: Option<Image>,
    size: u64,
    /// Offset of the block allocation table in bytes.
    table: u64,
    block_size: u64,
    /// Length of the sector bitmap before each block in bytes.
    bitmap_length: u64,
}

struct Footer {
    offset: u64,
    bytes: [u8; 512],
}

/// Tells whether an image has a footer at its end or a copy of one at its beginning.
pub(super) fn is_vhd(image: &dyn ReadAt, head: &[u8]) -> Result<bool, ReadAtError> {
    if head.starts_with(COOKIE) {
        return Ok(true);
    }
    // Footers of early versions are a byte shorter.
    for length in [512, 511] {
        if let Some(offset) = image.len().checked_sub(length)
            && read_array::<8>(image, FOOTER, offset)? == *COOKIE
        {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn open(image: Image, chain: &mut Chain<'_>) -> Result<Opened, DiskError> {
    let footer = Footer::find(&image, chain)?;
    let size = be64(&footer.bytes, 48);
    if size > i64::MAX as u64 {
        return Err(footer.fault(48, "a size below 2^63 bytes", size).into());
    }
    let identity = Some(guid(array(&footer.bytes, 68)));
    let disk: Image = match be32(&footer.bytes, 60) {
        FIXED => {
            if size > footer.offset {
                let expected = format!("{size} bytes of the disk before it");
                chain.warn(footer.fault(48, &expected, footer.offset));
            }
            Box::new(Window::new(image, 0, size.min(footer.offset)))
        }
        kind @ (DYNAMIC | DIFFERENCING) => {
            let header_at = be64(&footer.bytes, 16);
            Box::new(Layer(Sparse::open(image, kind, size, header_at, chain)?))
        }
        other => return Err(footer.fault(60, "a disk type of 2, 3 or 4", other.into()).into()),
    };
    Ok(Opened { identity, ..Opened::new(Format::Vhd, disk) })
}

impl Footer {
    /// Finds the footer whose checksum is right, or else one that makes sense.
    fn find(image: &dyn ReadAt, chain: &mut Chain<'_>) -> Result<Self, DiskError> {
        let mut candidates = Vec::new();
        for offset in [image.len().checked_sub(512), image.len().checked_sub(511), Some(0)] {
            let Some(offset) = offset else { continue };
            let mut bytes = [0; 512];
            let length = (image.len() - offset).min(512) as usize;
            image.read_at(offset, &mut bytes[..length])?;
            if bytes.starts_with(COOKIE) {
                candidates.push(Self { offset, bytes });
            }
        }
        for (index, footer) in candidates.iter().enumerate() {
            let (stated, found) = checksums(&footer.bytes, 64);
            if stated == found {
                return Ok(candidates.swap_remove(index));
            }
            chain.warn(footer.fault(64, &format!("checksum {stated:#010x}"), found.into()));
        }
        let sound = candidates.iter().position(|footer| {
            be32(&footer.bytes, 12) >> 16 == 1 && (2..=4).contains(&be32(&footer.bytes, 60))
        });
        match sound {
            Some(index) => Ok(candidates.swap_remove(index)),
            None => {
                let offset = image.len().saturating_sub(512);
                Err(Fault::new(FOOTER, offset, "a footer of version 1", "none").into())
            }
        }
    }

    fn fault(&self, field: u64, expected: &str, found: u64) -> Fault {
        Fault::new(FOOTER, self.offset + field, expected, format_args!("{found:#x}"))
    }
}

/// Returns the checksum that is stated at a field and the one that is right: the complement of the
/// sum of all other bytes.
fn checksums(bytes: &[u8], field: usize) -> (u32, u32) {
    let sum = |part: &[u8]| part.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    (be32(bytes, field), !(sum(&bytes[..field]) + sum(&bytes[field + 4..])))
}

/// Identities are stored in the order in which they are written.
fn guid(bytes: [u8; 16]) -> String {
    let mut swapped = bytes;
    swapped[..4].reverse();
    swapped[4..6].reverse();
    swapped[6..8].reverse();
    guid_text(&swapped)
}

impl Sparse {
    fn open(
        file: Image,
        kind: u32,
        size: u64,
        header_at: u64,
        chain: &mut Chain<'_>,
    ) -> Result<Self, DiskError> {
        let header: [u8; 1024] = read_array(&file, HEADER, header_at)?;
        let fault = |field: u64, expected: &str, found: u64| {
            let found = format!("{found:#x}");
            Fault::new(HEADER, header_at.saturating_add(field), expected, found)
        };
        if !header.starts_with(b"cxsparse") {
            return Err(fault(0, "cxsparse", be64(&header, 0)).into());
        }
        let (stated, found) = checksums(&header, 36);
        if stated != found {
            chain.warn(fault(36, &format!("checksum {stated:#010x}"), found.into()));
        }
        let block_size = u64::from(be32(&header, 32));
        if !block_size.is_power_of_two() || block_size < SECTOR {
            return Err(fault(32, "a block size that is a power of two", block_size).into());
        }
        let blocks = u64::from(be32(&header, 28));
        if blocks < size.div_ceil(block_size) {
            let expected = format!("a table of {} entries", size.div_ceil(block_size));
            return Err(fault(28, &expected, blocks).into());
        }
        let parent = match kind {
            DIFFERENCING => Some(Self::parent(&file, &header, chain)?),
            _ => None,
        };
        Ok(Self {
            cached: chain.cached(),
            file,
            parent,
            size,
            table: be64(&header, 16),
            block_size,
            bitmap_length: (block_size / SECTOR).div_ceil(8).next_multiple_of(SECTOR),
        })
    }

    fn parent(
        file: &dyn ReadAt,
        header: &[u8; 1024],
        chain: &mut Chain<'_>,
    ) -> Result<Image, DiskError> {
        const OBJECT: &str = "VHD parent locator";
        let mut names = Vec::new();
        // The relative name first: the absolute one is of the machine where the image was made.
        for wanted in [b"W2ru", b"W2ku"] {
            for locator in header[576..768].chunks_exact(24) {
                let length = be32(locator, 8);
                if &locator[..4] == wanted && (1..=LONGEST_LOCATOR).contains(&length) {
                    let bytes = read_vec(file, OBJECT, be64(locator, 16), length as usize)?;
                    names.push(utf16_le(&bytes));
                }
            }
        }
        let pairs = header[64..576].chunks_exact(2);
        names.push(utf16(pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]]))));
        names.retain(|name| !name.is_empty());
        names.dedup();
        let identity = guid(array(header, 40));
        Ok(chain.parent(&names, Some(Format::Vhd), Some(&identity))?.disk)
    }
}

impl Mapped for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    fn locate(&self, offset: u64, _wanted: u64) -> Result<Run<'_>, ReadAtError> {
        const ENTRY: &str = "VHD block allocation table entry";
        let block = offset / self.block_size;
        let within = offset % self.block_size;
        let entry_at = self.table.saturating_add(block * 4);
        let mut entry = [0; 4];
        self.cached.table(&self.file, ENTRY, entry_at, &mut entry)?;
        let sector = u32::from_be_bytes(entry);
        let parent = self.parent.as_ref().map(|disk| disk as &dyn ReadAt);
        if sector == u32::MAX {
            return Ok(Run::below(parent, offset, self.block_size - within));
        }
        let start = u64::from(sector) * SECTOR;
        let here = start + self.bitmap_length + within;
        if parent.is_none() {
            return Ok(Run::file(&self.file, here, self.block_size - within));
        }
        // In a differencing disk the bitmap says which sectors are newer than the parent's.
        let index = within / SECTOR;
        let mut bits = [0; 64];
        let bitmap_at = index / 8;
        let count = (self.bitmap_length - bitmap_at).min(64) as usize;
        let bits = &mut bits[..count];
        self.cached.table(&self.file, "VHD sector bitmap", start + bitmap_at, bits)?;
        let (present, sectors) = same_bits(bits, (index % 8) as usize, true);
        let length = (sectors * SECTOR - within % SECTOR).min(self.block_size - within);
        Ok(if present {
            Run::file(&self.file, here, length)
        } else {
            Run::below(parent, offset, length)
        })
    }
}
