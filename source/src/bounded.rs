//! Limits on what compressed data may expand to.

use std::cell::Cell;
use std::io::{self, Read};

/// Most bytes that one document may have once it is expanded.
pub(crate) const DOCUMENT_LIMIT: u64 = 512 << 20;
/// Most bytes that one archive may expand to.
const ARCHIVE_LIMIT: u64 = 4 << 30;
/// Most expanded bytes for one compressed byte; publications reach about 100.
const RATIO_LIMIT: u64 = 500;
/// Expanded bytes below which the ratio says nothing.
const RATIO_FLOOR: u64 = 16 << 20;

/// Reason why expansion was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExpansionError {
    #[error("expected at most {limit} bytes, found more")]
    Document { limit: u64 },
    #[error("expected an archive of at most {ARCHIVE_LIMIT} bytes when expanded, found more")]
    Archive,
    #[error("expected at most {RATIO_LIMIT} bytes out of each compressed byte, found more")]
    Ratio,
}

/// Bytes that went in and came out, against the limits.
#[derive(Debug)]
pub(crate) struct Meter {
    compressed: Cell<u64>,
    expanded: Cell<u64>,
    allowance: Cell<u64>,
    allowed: Cell<u64>,
}

impl Meter {
    /// Makes a meter for data of which this many compressed bytes are already accounted for.
    pub(crate) fn new(compressed: u64) -> Self {
        Self {
            compressed: Cell::new(compressed),
            expanded: Cell::new(0),
            allowance: Cell::new(DOCUMENT_LIMIT),
            allowed: Cell::new(DOCUMENT_LIMIT),
        }
    }

    /// Allows this many more expanded bytes from here on.
    pub(crate) fn allow(&self, bytes: u64) {
        self.allowance.set(bytes);
        self.allowed.set(bytes);
    }

    fn expand(&self, bytes: u64) -> Result<(), ExpansionError> {
        let expanded = self.expanded.get() + bytes;
        self.expanded.set(expanded);
        let Some(rest) = self.allowance.get().checked_sub(bytes) else {
            return Err(ExpansionError::Document { limit: self.allowed.get() });
        };
        self.allowance.set(rest);
        if expanded > ARCHIVE_LIMIT {
            return Err(ExpansionError::Archive);
        }
        let ratio = expanded / self.compressed.get().max(1);
        if expanded > RATIO_FLOOR && ratio > RATIO_LIMIT {
            return Err(ExpansionError::Ratio);
        }
        Ok(())
    }
}

/// Compressed data on its way in.
pub(crate) struct Compressed<'m, R>(pub(crate) R, pub(crate) &'m Meter);

/// Expanded data on its way out.
pub(crate) struct Expanded<'m, R>(pub(crate) R, pub(crate) &'m Meter);

impl<R: Read> Read for Compressed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.compressed.set(self.1.compressed.get() + read as u64);
        Ok(read)
    }
}

impl<R: Read> Read for Expanded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.expand(read as u64).map_err(io::Error::other)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(meter: &Meter, bytes: u64) -> Option<ExpansionError> {
        io::copy(&mut Expanded(io::repeat(0).take(bytes), meter), &mut io::sink())
            .err()
            .and_then(|error| error.get_ref()?.downcast_ref().copied())
    }

    #[test]
    fn each_limit_stops_the_reading() {
        assert_eq!(drain(&Meter::new(1 << 20), 64 << 20), None);
        assert_eq!(drain(&Meter::new(1 << 10), 64 << 20), Some(ExpansionError::Ratio));
        let meter = Meter::new(u64::MAX);
        meter.allow(100);
        assert_eq!(drain(&meter, 101), Some(ExpansionError::Document { limit: 100 }));
        meter.allow(100);
        assert_eq!(drain(&meter, 100), None);
    }

    #[test]
    fn small_documents_may_compress_as_well_as_they_like() {
        assert_eq!(drain(&Meter::new(1), RATIO_FLOOR), None);
    }
}
