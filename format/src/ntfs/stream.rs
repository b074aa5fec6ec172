use std::sync::{Mutex, PoisonError};

use super::{
    Ntfs,
    file::{Place, Stored},
};
use crate::{Fault, ReadAt, ReadAtError, check_range, codec::lznt1};

const OBJECT: &str = "stream";
/// Largest compression unit in bytes.
const LARGEST_UNIT: u64 = 1 << 20;
/// Bits of the attribute flags that say how it is compressed.
const COMPRESSION: u16 = 0x00FF;
pub(super) const ENCRYPTED: u16 = 0x4000;

/// The last decompressed piece of a stream, with its number.
pub(super) type Cache = Mutex<Option<(u64, Vec<u8>)>>;

/// Content of an attribute: resident, in clusters, sparse or compressed.
pub(super) struct Stream<'a, R> {
    volume: &'a Ntfs<R>,
    stored: Stored,
    /// Bytes of a compression unit; nothing for content that is not compressed.
    unit: Option<u64>,
    cache: Cache,
}

impl<'a, R: ReadAt> Stream<'a, R> {
    /// Makes the content of an attribute readable.
    pub(super) fn new(volume: &'a Ntfs<R>, stored: Stored) -> Result<Self, Fault> {
        let unit = match &stored.place {
            Place::Clusters { unit, offset, .. } if stored.flags & COMPRESSION != 0 => {
                let bytes = volume.geometry.cluster.checked_shl((*unit).into()).unwrap_or(0);
                let method = stored.flags & COMPRESSION;
                if method != 1 {
                    return Err(Fault::new("attribute", offset + 12, "compression 1", method));
                }
                if *unit == 0 || *unit > 20 || bytes > LARGEST_UNIT {
                    let expected = "a compression unit of 2 clusters to 1048576 bytes";
                    let found = format_args!("2^{unit} clusters");
                    return Err(Fault::new("attribute", offset + 34, expected, found));
                }
                Some(bytes)
            }
            _ => None,
        };
        Ok(Self { volume, stored, unit, cache: Cache::default() })
    }

    /// Fills a buffer that lies within one compression unit.
    fn read_unit(&self, size: u64, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        let (number, inside) = (offset / size, (offset % size) as usize);
        read_cached(&self.cache, number, inside, buffer, || self.unit(size, number))
    }

    fn unit(&self, size: u64, number: u64) -> Result<Vec<u8>, ReadAtError> {
        let Place::Clusters { extents, .. } = &self.stored.place else {
            return Err(Fault::new(OBJECT, 0, "compressed clusters", "a resident value").into());
        };
        let cluster = self.volume.geometry.cluster;
        let (first, count) = (number * (size / cluster), size / cluster);
        // A unit is what is stored of it, and a hole for what compression has saved.
        let (mut used, mut at) = (0, 0);
        while at < count {
            let Some((place, length)) = extents.find(first + at) else { break };
            let length = length.min(count - at);
            if place.is_some() {
                if used < at {
                    let expected = "stored clusters before the hole";
                    let found = "stored clusters behind it";
                    return Err(Fault::new(
                        "compression unit",
                        offset_of(number, size),
                        expected,
                        found,
                    )
                    .into());
                }
                used += length;
            }
            at += length;
        }
        let mut plain = vec![0; size as usize];
        if used == 0 {
            return Ok(plain);
        }
        let mut stored = vec![0; (used * cluster) as usize];
        let reader = &self.volume.reader;
        extents.read(reader, OBJECT, cluster, number * size, &mut stored)?;
        if used == count {
            return Ok(stored);
        }
        lznt1::decompress(&stored, &mut plain).map_err(|fault| within(fault, number * size))?;
        Ok(plain)
    }
}

fn offset_of(number: u64, size: u64) -> u64 {
    number.saturating_mul(size)
}

impl<R: ReadAt> ReadAt for Stream<'_, R> {
    fn len(&self) -> u64 {
        self.stored.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.stored.length, offset, buffer.len())?;
        let (extents, initialized) = match &self.stored.place {
            Place::Resident(value) => return value.as_slice().read_at(offset, buffer),
            Place::Clusters { extents, initialized, .. } => (extents, *initialized),
        };
        let written = initialized.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let (buffer, zeros) = buffer.split_at_mut(written);
        zeros.fill(0);
        match self.unit {
            None => {
                let cluster = self.volume.geometry.cluster;
                extents.read(&self.volume.reader, OBJECT, cluster, offset, buffer)
            }
            Some(size) => {
                in_pieces(offset, buffer, size, |offset, part| self.read_unit(size, offset, part))
            }
        }
    }
}

/// Fills a buffer piece by piece, none of which crosses a multiple of the size.
pub(super) fn in_pieces(
    mut offset: u64,
    mut buffer: &mut [u8],
    size: u64,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<(), ReadAtError>,
) -> Result<(), ReadAtError> {
    while !buffer.is_empty() {
        let length = (size - offset % size).min(buffer.len() as u64) as usize;
        let (part, rest) = buffer.split_at_mut(length);
        read(offset, part)?;
        offset += length as u64;
        buffer = rest;
    }
    Ok(())
}

/// Fills a buffer from a piece, which is made when it is not the last one that was.
pub(super) fn read_cached(
    cache: &Cache,
    number: u64,
    inside: usize,
    buffer: &mut [u8],
    make: impl FnOnce() -> Result<Vec<u8>, ReadAtError>,
) -> Result<(), ReadAtError> {
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    let piece = match &mut *cache {
        Some((cached, piece)) if *cached == number => piece,
        other => &mut other.insert((number, make()?)).1,
    };
    buffer.copy_from_slice(&piece[inside..inside + buffer.len()]);
    Ok(())
}

/// Moves the fault of a compressed piece to where the piece begins in its stream.
pub(super) fn within(mut fault: Fault, offset: u64) -> Fault {
    fault.offset = fault.offset.saturating_add(offset);
    fault
}
