//! The one loop that reads a disk whose parts lie in different places.

use std::sync::Arc;

use crate::{ReadAt, ReadAtError, check_range};

/// Where a part of a disk lies.
pub(super) enum Place<'a> {
    /// Nowhere: it reads as zeros.
    Zeros,
    /// In a file or a disk below, from an offset in bytes.
    In(&'a dyn ReadAt, u64),
    /// In memory, from an index.
    Unpacked(Arc<[u8]>, usize),
}

/// A part of a disk in one place.
pub(super) struct Run<'a> {
    pub(super) place: Place<'a>,
    /// Length in bytes, at least one.
    pub(super) length: u64,
}

impl<'a> Run<'a> {
    pub(super) fn zeros(length: u64) -> Self {
        Self { place: Place::Zeros, length }
    }

    pub(super) fn file(file: &'a dyn ReadAt, offset: u64, length: u64) -> Self {
        Self { place: Place::In(file, offset), length }
    }

    /// Makes the run of what a layer does not hold: the disk below, and zeros beyond its end.
    pub(super) fn below(below: Option<&'a dyn ReadAt>, offset: u64, length: u64) -> Self {
        match below {
            Some(disk) if offset < disk.len() => {
                Self::file(disk, offset, length.min(disk.len() - offset))
            }
            _ => Self::zeros(length),
        }
    }
}

/// A disk that knows where each of its parts lies.
pub(super) trait Mapped: Send + Sync {
    /// Returns the size of the disk in bytes.
    fn size(&self) -> u64;

    /// Finds where the part from an offset lies. The offset is inside the disk; `wanted` is how
    /// many bytes are of use, and a run may be longer or shorter.
    fn locate(&self, offset: u64, wanted: u64) -> Result<Run<'_>, ReadAtError>;
}

/// A disk that is read through its map.
pub(super) struct Layer<M>(pub(super) M);

impl<M: Mapped> ReadAt for Layer<M> {
    fn len(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.0.size(), offset, buffer.len())?;
        let mut rest = buffer;
        let mut at = offset;
        while !rest.is_empty() {
            let run = self.0.locate(at, rest.len() as u64)?;
            let count = run.length.min(rest.len() as u64);
            let (part, after) = rest.split_at_mut(count as usize);
            match run.place {
                Place::Zeros => part.fill(0),
                Place::In(file, offset) => file.read_at(offset, part)?,
                Place::Unpacked(bytes, start) => {
                    part.copy_from_slice(&bytes[start..start + part.len()]);
                }
            }
            rest = after;
            at += count;
        }
        Ok(())
    }
}

/// Counts how many sectors from one on share its bit in a bitmap, up to the end of the bytes.
///
/// The first bit of a byte is its lowest, unless `highest_first`.
pub(super) fn same_bits(bitmap: &[u8], first: usize, highest_first: bool) -> (bool, u64) {
    let bit = |index: usize| {
        let shift = if highest_first { 7 - index % 8 } else { index % 8 };
        bitmap[index / 8] >> shift & 1 == 1
    };
    let value = bit(first);
    let same = (first..bitmap.len() * 8).take_while(|index| bit(*index) == value).count();
    (value, same as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_in_both_orders() {
        assert_eq!(same_bits(&[0b0000_0111, 0], 0, false), (true, 3));
        assert_eq!(same_bits(&[0b0000_0111, 0], 3, false), (false, 13));
        assert_eq!(same_bits(&[0b0000_0111, 0b1000_0000], 5, true), (true, 4));
        assert_eq!(same_bits(&[0b0000_0111, 0b1000_0000], 0, true), (false, 5));
    }
}
