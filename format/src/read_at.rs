use std::io;
use std::sync::Arc;

use crate::Fault;

/// Something of a known length that can be read anywhere: a disk image, a partition, a volume.
pub trait ReadAt {
    /// Returns the length in bytes.
    fn len(&self) -> u64;

    /// Fills the buffer from an offset in bytes.
    ///
    /// # Errors
    ///
    /// [`ReadAtError::Fault`] when the range is not inside or its description is damaged,
    /// [`ReadAtError::Io`] when what lies below cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError>;

    /// Tells whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reason why bytes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadAtError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("reading {length} bytes at offset {offset:#x} failed")]
    Io { offset: u64, length: usize, source: io::Error },
}

/// A part of something larger, such as a partition of a disk.
#[derive(Debug, Clone, Copy)]
pub struct Window<R> {
    inner: R,
    /// Offset in bytes at which the part begins.
    start: u64,
    /// Length of the part in bytes.
    length: u64,
}

impl<R: ReadAt> Window<R> {
    /// Makes a window; what lies beyond the end of the larger thing is no part of it.
    pub fn new(inner: R, start: u64, length: u64) -> Self {
        let length = length.min(inner.len().saturating_sub(start));
        Self { inner, start, length }
    }
}

impl<R: ReadAt> ReadAt for Window<R> {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.length, offset, buffer.len())?;
        self.inner.read_at(self.start + offset, buffer)
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.len() as u64, offset, buffer.len())?;
        if buffer.is_empty() {
            // Nothing is left to read anywhere, even beyond the end.
            return Ok(());
        }
        // The range is inside a slice, so the offset fits.
        let start = offset as usize;
        buffer.copy_from_slice(&self[start..start + buffer.len()]);
        Ok(())
    }
}

impl<R: ReadAt + ?Sized> ReadAt for &R {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        (**self).read_at(offset, buffer)
    }
}

impl<R: ReadAt + ?Sized> ReadAt for Box<R> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        (**self).read_at(offset, buffer)
    }
}

impl<R: ReadAt> ReadAt for Arc<R> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        (**self).read_at(offset, buffer)
    }
}

/// Refuses a range that is not inside something of a length.
///
/// # Errors
///
/// The fault that says how many bytes are left at the offset.
pub fn check_range(length: u64, offset: u64, wanted: usize) -> Result<(), Fault> {
    let left = length.saturating_sub(offset);
    if wanted as u64 > left {
        return Err(Fault::truncated("range", offset, wanted as u64, left));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_shows_its_part_and_nothing_beyond() {
        let whole: &[u8] = b"0123456789";
        let window = Window::new(whole, 3, 4);
        let mut two = [0; 2];
        window.read_at(2, &mut two).unwrap();
        assert_eq!(&two, b"56");
        let error = window.read_at(3, &mut two).unwrap_err().to_string();
        assert_eq!(error, "range at offset 0x3: expected 2 bytes, found 1");
        assert_eq!(Window::new(whole, 8, 100).len(), 2);
    }

    #[test]
    fn reading_nothing_beyond_the_end_is_no_panic() {
        let whole: &[u8] = b"0123456789";
        assert!(whole.read_at(11, &mut []).is_ok());
    }
}
