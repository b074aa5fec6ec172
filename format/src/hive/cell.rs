use super::base_block;
use super::bytes::u32_at;
use crate::Fault;

/// An offset that points nowhere.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Length in bytes of the header of a bin.
pub(super) const BIN_HEADER: usize = 32;

/// The bins of a hive as one slice, and how its cells look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bins<'b> {
    /// All bins, from the first on, as far as the file goes.
    bytes: &'b [u8],
    /// Whether cells begin with the header of version 1.1: their size and the offset of the cell
    /// before them.
    wide: bool,
}

/// Content of an allocated cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'b> {
    pub(super) bytes: &'b [u8],
    /// Offset in bytes of the content from the beginning of the file.
    pub(super) position: u64,
}

impl<'b> Bins<'b> {
    pub(super) fn new(bytes: &'b [u8], wide: bool) -> Self {
        Self { bytes, wide }
    }

    pub(super) fn bytes(self) -> &'b [u8] {
        self.bytes
    }

    /// Tells whether this is a hive of version 1.1.
    pub(super) fn is_first_version(self) -> bool {
        self.wide
    }

    /// Returns the content of the cell at an offset from the beginning of the bins.
    pub(super) fn cell(self, object: &'static str, offset: u32) -> Result<Cell<'b>, Fault> {
        let at = offset as usize;
        let Some(size) = u32_at(self.bytes, at) else { return Err(self.outside(object, offset)) };
        if !at.is_multiple_of(8) || at < BIN_HEADER {
            let found = format_args!("{offset:#x}").to_string();
            return Err(Fault::new(object, position(at), "an aligned offset in a bin", found));
        }
        let header = if self.wide { 8 } else { 4 };
        let length = (size as i32).unsigned_abs() as usize;
        if (size as i32) >= 0 {
            let found = format_args!("a free cell of {length} bytes").to_string();
            return Err(Fault::new(object, position(at), "an allocated cell", found));
        }
        let Some(bytes) = self.bytes[at..].get(header..length) else {
            let left = self.bytes.len() - at;
            let expected = format_args!("a cell of {header} to {left} bytes").to_string();
            return Err(Fault::new(object, position(at), expected, length));
        };
        Ok(Cell { bytes, position: position(at + header) })
    }

    #[cold]
    fn outside(self, object: &'static str, offset: u32) -> Fault {
        let expected = format_args!("an offset below {:#x}", self.bytes.len()).to_string();
        let found = format_args!("{offset:#x}").to_string();
        Fault::new(object, position(offset as usize), expected, found)
    }
}

/// Returns the offset in the file of an offset in the bins.
pub(super) fn position(offset: usize) -> u64 {
    base_block::LENGTH as u64 + offset as u64
}
