use super::bytes::{shown, u32_at, u64_at};
use super::cell::{BIN_HEADER, Bins, position};
use crate::Fault;

/// Bins begin at multiples of this many bytes.
pub(super) const PAGE: usize = 4096;

/// Header of a bin.
///
/// Source: regf, "Hive bin".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// Offset in bytes from the beginning of the bins.
    pub offset: u32,
    /// Length in bytes with the header.
    pub length: u32,
    /// In the first bin, a copy of the time in the base block: 100-ns ticks since 1601-01-01 UTC.
    pub last_written: u64,
}

impl Bin {
    /// Reads the header of the bin at an offset from the beginning of the bins.
    pub(super) fn parse(bins: &[u8], at: usize) -> Result<Self, Fault> {
        const OBJECT: &str = "bin header";
        let left = bins.len().saturating_sub(at);
        let Some(header) = bins.get(at..at + BIN_HEADER) else {
            return Err(Fault::truncated(OBJECT, position(at), BIN_HEADER as u64, left as u64));
        };
        if !header.starts_with(b"hbin") {
            return Err(Fault::new(OBJECT, position(at), "\"hbin\"", shown(&header[..4])));
        }
        let number = |at| u32_at(header, at).expect("inside the header");
        let (offset, length) = (number(4), number(8));
        if offset as usize != at {
            return Err(Fault::new(OBJECT, position(at + 4), format_args!("offset {at}"), offset));
        }
        if length == 0 || !(length as usize).is_multiple_of(PAGE) {
            return Err(Fault::new(OBJECT, position(at + 8), "a multiple of 4096 bytes", length));
        }
        if length as usize > left {
            return Err(Fault::truncated(OBJECT, position(at), length.into(), left as u64));
        }
        let last_written = u64_at(header, 20).expect("inside the header");
        Ok(Self { offset, length, last_written })
    }
}

/// Bins of a hive in their order. Behind a damaged header the next page with a sound one follows.
#[derive(Debug, Clone)]
pub struct BinIter<'b> {
    bins: &'b [u8],
    at: usize,
}

impl<'b> BinIter<'b> {
    pub(super) fn new(bins: Bins<'b>) -> Self {
        Self { bins: bins.bytes(), at: 0 }
    }
}

impl Iterator for BinIter<'_> {
    type Item = Result<Bin, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bins.len() {
            return None;
        }
        let bin = Bin::parse(self.bins, self.at);
        self.at = match &bin {
            Ok(bin) => self.at + bin.length as usize,
            Err(_) => (self.at + PAGE..self.bins.len())
                .step_by(PAGE)
                .find(|at| Bin::parse(self.bins, *at).is_ok())
                .unwrap_or(self.bins.len()),
        };
        Some(bin)
    }
}
