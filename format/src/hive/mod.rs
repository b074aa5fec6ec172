//! Registry hives: read in place, repaired from their transaction logs, edited and written.
//!
//! [`Hive`] reads the bytes of a primary file of version 1.1 to 1.6, that is of Windows NT 3.1 and
//! later, without copying or allocating. Damage is never a reason to stop: the iterators give a
//! fault in the place of what cannot be read. [`replay`] applies transaction logs to a hive whose
//! last write did not end. [`Tree`] is a hive in memory that can be changed and written.
//!
//! Not here: security descriptors are bytes, symbolic links and layered keys are not followed,
//! deleted cells are not looked for, and the log streams of transactions (CLFS) are not read.
//!
//! Source: "Windows registry file format specification" by M. Suhanov, here named regf.

mod base_block;
mod big_data;
mod bin;
mod bytes;
mod cell;
mod key;
mod load;
mod marvin;
mod name;
mod new_log;
mod old_log;
mod replay;
mod security;
mod subkeys;
pub mod text;
mod tree;
mod value;
mod values;
mod walk;
mod write;

pub use base_block::{BaseBlock, FileType, Version};
pub use big_data::Segments;
pub use bin::{Bin, BinIter};
pub use key::{DEPTH_LIMIT, Key};
pub use name::Name;
pub use replay::{LogOutcome, ReplayReport, Unused, replay};
pub use subkeys::Subkeys;
pub use tree::{Tree, TreeKey, TreeValue};
pub use value::{Value, ValueKind};
pub use values::Values;
pub use walk::{Visit, Walk};
pub use write::WriteError;

use cell::Bins;

use crate::Fault;

/// A registry hive, borrowed from the bytes of its primary file.
#[derive(Debug, Clone, Copy)]
pub struct Hive<'b> {
    base: BaseBlock<'b>,
    bins: Bins<'b>,
}

impl<'b> Hive<'b> {
    /// Reads the base block; everything else is read when it is asked for.
    ///
    /// # Errors
    ///
    /// When the base block is none, of an unknown version or that of a log, or nothing follows it.
    pub fn new(bytes: &'b [u8]) -> Result<Self, Fault> {
        let base = BaseBlock::parse(bytes)?;
        if let FileType::OldLog(number) | FileType::Unknown(number) = base.file_type {
            return Err(Fault::new("base block", 28, "the file type of a hive, 0", number));
        }
        if base.file_type == FileType::NewLog {
            return Err(Fault::new("base block", 28, "the file type of a hive, 0", 6));
        }
        let behind = bytes.get(base_block::LENGTH..).filter(|bins| !bins.is_empty());
        let Some(behind) = behind else {
            let needed = base_block::LENGTH as u64 + u64::from(base.bins_length);
            return Err(Fault::truncated("hive", 0, needed, bytes.len() as u64));
        };
        let length = behind.len().min(base.bins_length as usize);
        Ok(Self { base, bins: Bins::new(&behind[..length], base.version.is_first()) })
    }

    /// Returns the header.
    pub fn base_block(&self) -> &BaseBlock<'b> {
        &self.base
    }

    /// Tells whether the last write did not end: [`replay`] may repair it from the logs.
    pub fn is_dirty(&self) -> bool {
        self.base.is_dirty()
    }

    /// Returns what is wrong with the base block, the length of the file and the headers of the
    /// bins; the cells are checked when they are read.
    pub fn faults(&self) -> impl Iterator<Item = Fault> + 'b {
        let missing = (self.base.bins_length as usize).saturating_sub(self.bins.bytes().len());
        let truncated = (missing > 0).then(|| {
            let left = (base_block::LENGTH + self.bins.bytes().len()) as u64;
            Fault::truncated("hive", 0, left + missing as u64, left)
        });
        let checksum = self.base.check_sum().err();
        checksum.into_iter().chain(truncated).chain(self.bins().filter_map(Result::err))
    }

    /// Returns the headers of the bins.
    pub fn bins(&self) -> BinIter<'b> {
        BinIter::new(self.bins)
    }

    /// Returns the root key.
    ///
    /// # Errors
    ///
    /// When its cell is damaged.
    pub fn root(&self) -> Result<Key<'b>, Fault> {
        Key::parse(self.bins, self.base.root, 0)
    }

    /// Returns all keys and values.
    pub fn walk(&self) -> Walk<'b> {
        Walk::new(self)
    }

    fn bin_bytes(&self) -> Bins<'b> {
        self.bins
    }
}
