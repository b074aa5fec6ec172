//! QEMU copy-on-write images, versions 2 and 3.
//!
//! Source: QEMU, docs/interop/qcow2.

use std::io::Read;

use super::cache::Cached;
use super::chain::Chain;
use super::run::{Layer, Mapped, Place, Run};
use super::{DiskError, Format, Image, Opened};
use crate::fields::{be32, be64, read_array, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

pub(super) const MAGIC: &[u8] = b"QFI\xfb";

/// Bits of an entry that hold an offset in the file.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;

/// Bits of `incompatible_features`.
mod feature {
    pub(super) const DIRTY: u64 = 1;
    pub(super) const CORRUPT: u64 = 1 << 1;
    pub(super) const DATA_FILE: u64 = 1 << 2;
    pub(super) const COMPRESSION: u64 = 1 << 3;
    pub(super) const EXTENDED_L2: u64 = 1 << 4;
    pub(super) const KNOWN: u64 = DIRTY | CORRUPT | DATA_FILE | COMPRESSION | EXTENDED_L2;
}

/// How clusters are compressed.
#[derive(Clone, Copy)]
enum Compression {
    Deflate,
    Zstd,
}

struct Qcow2 {
    file: Image,
    cached: Cached,
    /// File that holds the plain clusters when it is another one.
    data_file: Option<Image>,
    backing: Option<Image>,
    version: u32,
    cluster_bits: u32,
    extended: bool,
    compression: Compression,
    size: u64,
    l1_offset: u64,
}

struct Header {
    version: u32,
    cluster_bits: u32,
    size: u64,
    l1_offset: u64,
    l1_entries: u32,
    backing_offset: u64,
    backing_length: u32,
    incompatible: u64,
    header_length: u32,
    compression: u8,
}

/// What the header extensions say that matters to a reader.
#[derive(Default)]
struct Extensions {
    backing_format: Option<String>,
    data_file: Option<String>,
}

pub(super) fn open(image: Image, chain: &mut Chain<'_>) -> Result<Opened, DiskError> {
    let header = Header::read(&image)?;
    if header.incompatible & feature::CORRUPT != 0 {
        chain.warn(Fault::new("qcow2 header", 72, "a sound image", "one that is marked corrupt"));
    }
    let extensions = Extensions::read(&image, &header)?;
    let data_file = match (header.incompatible & feature::DATA_FILE != 0, extensions.data_file) {
        (false, _) => None,
        (true, Some(name)) => Some(chain.file(&name)?),
        (true, None) => {
            return Err(Fault::new("qcow2 header", 72, "the name of its data file", "none").into());
        }
    };
    let backing = match header.backing_name(&image)? {
        None => None,
        Some(name) => {
            let stated = extensions.backing_format.as_deref().map(stated_format).transpose()?;
            Some(chain.parent(&[name], stated, None)?.disk)
        }
    };
    let disk = Qcow2 {
        cached: chain.cached(),
        file: image,
        data_file,
        backing,
        version: header.version,
        cluster_bits: header.cluster_bits,
        extended: header.incompatible & feature::EXTENDED_L2 != 0,
        compression: if header.compression == 1 { Compression::Zstd } else { Compression::Deflate },
        size: header.size,
        l1_offset: header.l1_offset,
    };
    Ok(Opened::new(Format::Qcow2, Box::new(Layer(disk))))
}

fn stated_format(name: &str) -> Result<Format, DiskError> {
    Ok(match name {
        "raw" | "file" => Format::Raw,
        "qcow2" => Format::Qcow2,
        "vpc" => Format::Vhd,
        "vhdx" => Format::Vhdx,
        "vmdk" => Format::Vmdk,
        other => {
            return Err(unsupported(format!("a backing file of format {other:?}")));
        }
    })
}

fn unsupported(feature: String) -> DiskError {
    DiskError::Unsupported { format: "qcow2", feature }
}

impl Header {
    fn read(file: &dyn ReadAt) -> Result<Self, DiskError> {
        let fixed: [u8; 72] = read_array(file, "qcow2 header", 0)?;
        let version = be32(&fixed, 4);
        if !matches!(version, 2 | 3) {
            return Err(unsupported(format!("version {version}")));
        }
        let mut header = Self {
            version,
            cluster_bits: be32(&fixed, 20),
            size: be64(&fixed, 24),
            l1_offset: be64(&fixed, 40),
            l1_entries: be32(&fixed, 36),
            backing_offset: be64(&fixed, 8),
            backing_length: be32(&fixed, 16),
            incompatible: 0,
            header_length: 72,
            compression: 0,
        };
        if be32(&fixed, 32) != 0 {
            return Err(unsupported(format!("encryption (method {})", be32(&fixed, 32))));
        }
        if version == 3 {
            let more: [u8; 32] = read_array(file, "qcow2 header", 72)?;
            header.incompatible = be64(&more, 0);
            header.header_length = be32(&more, 28);
            if header.header_length > 104 {
                header.compression = read_array::<1>(file, "qcow2 header", 104)?[0];
            }
        }
        header.check()?;
        Ok(header)
    }

    fn check(&self) -> Result<(), DiskError> {
        let unknown = self.incompatible & !feature::KNOWN;
        if unknown != 0 {
            return Err(unsupported(format!("incompatible features {unknown:#x}")));
        }
        if self.compression > 1 {
            return Err(unsupported(format!("compression type {}", self.compression)));
        }
        let fault = |offset, expected: &str, found: u64| {
            Err(Fault::new("qcow2 header", offset, expected, found).into())
        };
        let smallest = if self.incompatible & feature::EXTENDED_L2 != 0 { 14 } else { 9 };
        if !(smallest..=21).contains(&self.cluster_bits) {
            return fault(
                20,
                "cluster bits of 9 (14 with subclusters) to 21",
                self.cluster_bits.into(),
            );
        }
        if self.size > i64::MAX as u64 {
            return fault(24, "a size below 2^63 bytes", self.size);
        }
        if self.version == 3 && self.header_length < 104 {
            return fault(100, "a header of 104 bytes or more", self.header_length.into());
        }
        let covered = 1_u128 << self.l2_coverage_bits();
        if u128::from(self.l1_entries) * covered < u128::from(self.size) {
            return fault(36, "an L1 table for the whole disk", self.l1_entries.into());
        }
        Ok(())
    }

    /// Returns how many bits of an offset one L2 table covers.
    fn l2_coverage_bits(&self) -> u32 {
        let entry_bits = if self.incompatible & feature::EXTENDED_L2 != 0 { 4 } else { 3 };
        2 * self.cluster_bits - entry_bits
    }

    fn backing_name(&self, file: &dyn ReadAt) -> Result<Option<String>, DiskError> {
        if self.backing_offset == 0 || self.backing_length == 0 {
            return Ok(None);
        }
        if self.backing_length > 1023 {
            let expected = "a name of 1023 bytes at most";
            return Err(Fault::new("qcow2 header", 16, expected, self.backing_length).into());
        }
        let length = self.backing_length as usize;
        let bytes = read_vec(file, "qcow2 backing file name", self.backing_offset, length)?;
        text(bytes, "qcow2 backing file name", self.backing_offset).map(Some)
    }
}

impl Extensions {
    fn read(file: &dyn ReadAt, header: &Header) -> Result<Self, DiskError> {
        const OBJECT: &str = "qcow2 header extension";
        let mut extensions = Self::default();
        let mut offset = u64::from(header.header_length).next_multiple_of(8);
        let end = match header.backing_offset {
            0 => 1 << header.cluster_bits,
            backing => backing.min(1 << header.cluster_bits),
        };
        // Every turn moves on by eight bytes or more inside the first cluster.
        while offset + 8 <= end {
            let start: [u8; 8] = read_array(file, OBJECT, offset)?;
            let (kind, length) = (be32(&start, 0), be32(&start, 4));
            if u64::from(length) > end - offset - 8 {
                let expected = "an extension inside the first cluster";
                return Err(Fault::new(OBJECT, offset, expected, length).into());
            }
            let wanted = match kind {
                0 => break,
                0xe279_2aca => Some(&mut extensions.backing_format),
                0x4441_5441 => Some(&mut extensions.data_file),
                _ => None,
            };
            if let Some(field) = wanted {
                let length = (length as usize).min(1023);
                *field = Some(text(read_vec(file, OBJECT, offset + 8, length)?, OBJECT, offset)?);
            }
            offset += 8 + u64::from(length).next_multiple_of(8);
        }
        Ok(extensions)
    }
}

fn text(bytes: Vec<u8>, object: &'static str, offset: u64) -> Result<String, DiskError> {
    String::from_utf8(bytes)
        .map_err(|error| Fault::new(object, offset, "UTF-8", format_args!("{error}")).into())
}

impl Mapped for Qcow2 {
    fn size(&self) -> u64 {
        self.size
    }

    fn locate(&self, offset: u64, _wanted: u64) -> Result<Run<'_>, ReadAtError> {
        let entry_bits = if self.extended { 4 } else { 3 };
        let l2_bits = self.cluster_bits - entry_bits;
        let coverage = 1_u64 << (self.cluster_bits + l2_bits);
        let l1_at = self.l1_offset.saturating_add(offset / coverage * 8);
        let l2_offset = self.entry("qcow2 L1 entry", l1_at)? & OFFSET;
        if l2_offset == 0 {
            return Ok(self.below(offset, coverage - offset % coverage));
        }
        let cluster = 1_u64 << self.cluster_bits;
        if !l2_offset.is_multiple_of(cluster) {
            return Err(Fault::new(
                "qcow2 L1 entry",
                l1_at,
                "a cluster",
                format_args!("{l2_offset:#x}"),
            )
            .into());
        }
        let index = offset / cluster % (1 << l2_bits);
        let entry_at = l2_offset + (index << entry_bits);
        let entry = self.entry("qcow2 L2 entry", entry_at)?;
        let within = offset % cluster;
        if entry >> 62 & 1 == 1 {
            return self.compressed(entry, within);
        }
        let host = entry & OFFSET;
        if !host.is_multiple_of(cluster) {
            return Err(Fault::new(
                "qcow2 L2 entry",
                entry_at,
                "a cluster",
                format_args!("{host:#x}"),
            )
            .into());
        }
        // Offset zero is the header of the image, but may be data in a file of its own.
        let allocated = host != 0 || (self.data_file.is_some() && entry >> 63 == 1);
        if self.extended {
            let bitmap = self.entry("qcow2 L2 entry", entry_at + 8)?;
            return Ok(self.subclusters(bitmap, host, offset, allocated));
        }
        let left = cluster - within;
        if self.version == 3 && entry & 1 == 1 {
            return Ok(Run::zeros(left));
        }
        Ok(if allocated { self.plain(host + within, left) } else { self.below(offset, left) })
    }
}

impl Qcow2 {
    fn entry(&self, object: &'static str, offset: u64) -> Result<u64, ReadAtError> {
        let mut entry = [0; 8];
        self.cached.table(&self.file, object, offset, &mut entry)?;
        Ok(u64::from_be_bytes(entry))
    }

    fn plain(&self, offset: u64, length: u64) -> Run<'_> {
        Run::file(self.data_file.as_ref().unwrap_or(&self.file), offset, length)
    }

    fn below(&self, offset: u64, length: u64) -> Run<'_> {
        Run::below(self.backing.as_ref().map(|disk| disk as &dyn ReadAt), offset, length)
    }

    /// Finds the subclusters from an offset that are alike.
    ///
    /// The lower half of the bitmap says which of the 32 are allocated, the upper which read as
    /// zeros.
    fn subclusters(&self, bitmap: u64, host: u64, offset: u64, allocated: bool) -> Run<'_> {
        let cluster = 1_u64 << self.cluster_bits;
        let subcluster = cluster / 32;
        let within = offset % cluster;
        let state = |index: u64| (bitmap >> index & 1 == 1, bitmap >> (index + 32) & 1 == 1);
        let first = within / subcluster;
        let end = (first..32).find(|index| state(*index) != state(first)).unwrap_or(32);
        let length = end * subcluster - within;
        match state(first) {
            (_, true) => Run::zeros(length),
            (true, false) if allocated => self.plain(host + within, length),
            _ => self.below(offset, length),
        }
    }

    fn compressed(&self, entry: u64, within: u64) -> Result<Run<'_>, ReadAtError> {
        const OBJECT: &str = "qcow2 compressed cluster";
        let size = 1_usize << self.cluster_bits;
        let sector_bits = 62 - (self.cluster_bits - 8);
        let offset = entry & ((1 << sector_bits) - 1);
        let more_sectors = (entry & !(3 << 62)) >> sector_bits;
        // The count of sectors of 512 bytes includes the one that the offset lies in.
        let end = (offset & !511) + (more_sectors + 1) * 512;
        let cluster = self.cached.unpacked(offset, size, || {
            let length = end.min(self.file.len()).saturating_sub(offset);
            if length == 0 {
                return Err(Fault::truncated(OBJECT, offset, end - offset, 0).into());
            }
            let packed = read_vec(&self.file, OBJECT, offset, length as usize)?;
            unpack(self.compression, &packed, size).map_err(|found| {
                Fault::new(OBJECT, offset, format_args!("{size} bytes unpacked"), found).into()
            })
        })?;
        Ok(Run { length: size as u64 - within, place: Place::Unpacked(cluster, within as usize) })
    }
}

/// Unpacks one cluster; what follows it in its last sector belongs to others.
fn unpack(compression: Compression, packed: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let mut cluster = vec![0; size];
    match compression {
        Compression::Deflate => {
            flate2::bufread::DeflateDecoder::new(packed).read_exact(&mut cluster)
        }
        Compression::Zstd => zstd::Decoder::with_buffer(packed).and_then(|decoder| {
            let mut decoder = decoder.single_frame();
            // No cluster is larger, so no frame needs a larger window.
            decoder.window_log_max(22)?;
            decoder.read_exact(&mut cluster)
        }),
    }
    .map_err(|error| error.to_string())?;
    Ok(cluster)
}
