use super::FileName;
use crate::{Fault, ReadAtError};

/// Reason why something on a volume cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum VolumeError {
    #[error(transparent)]
    Read(#[from] ReadAtError),
    /// The file was asked for names, and it is no folder.
    #[error("file {file:#x} is not a folder")]
    NotAFolder { file: u64 },
    /// The file has no stream of that name, or is a folder and was asked for its content.
    #[error("file {file:#x} has no stream {stream:?}")]
    NoSuchStream { file: u64, stream: String },
    /// The content is encrypted by the file system, with a key that is not on the volume.
    #[error("file {file:#x} is encrypted by the file system")]
    Encrypted { file: u64 },
    /// The content is not in the file: it is a link, or in the care of a driver.
    #[error("content of file {file:#x} is elsewhere: reparse tag {tag:#010x}")]
    Elsewhere { file: u64, tag: u32 },
    /// A folder or file of the computer that reads it; the object says which.
    #[error("{object} cannot be read")]
    Host { object: String, source: std::io::Error },
    /// Links lead to links, more often than Windows follows them.
    #[error("more than {limit} links on the way to {name}")]
    TooManyLinks { limit: usize, name: FileName },
}

impl From<Fault> for VolumeError {
    fn from(fault: Fault) -> Self {
        Self::Read(fault.into())
    }
}
