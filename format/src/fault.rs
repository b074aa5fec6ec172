use std::fmt;

/// A place where a structure is not as its format says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{object} at offset {offset:#x}: expected {expected}, found {found}")]
pub struct Fault {
    /// What was being read: `base block`, `nk cell`, `partition table header`.
    pub object: &'static str,
    /// Offset in bytes from the beginning of the file, disk or volume.
    pub offset: u64,
    pub expected: String,
    pub found: String,
}

impl Fault {
    /// Makes a fault from the words and values of the code that found it.
    pub fn new(
        object: &'static str,
        offset: u64,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Self {
        Self { object, offset, expected: expected.to_string(), found: found.to_string() }
    }

    /// Makes the fault of a structure that the input ends within; lengths are in bytes.
    pub fn truncated(object: &'static str, offset: u64, needed: u64, left: u64) -> Self {
        Self::new(object, offset, format_args!("{needed} bytes"), format_args!("{left}"))
    }
}
