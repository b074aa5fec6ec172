//! Volumes of files, whatever file system lies on them.
//!
//! Nothing is written and nothing is followed silently: links are reported, and
//! [`resolve`](resolve::resolve) follows them within the volume when it is asked to. A single
//! damaged entry does not hide its folder: it is given as a fault beside the sound ones.

mod error;
mod extents;
mod fold;
mod name;
mod reparse;
pub mod resolve;

use std::ops::ControlFlow;

pub use error::VolumeError;
pub(crate) use extents::{Extents, bytes};
pub(crate) use fold::simple_uppercase;
pub use name::FileName;
pub use reparse::Reparse;

use crate::{
    Fault, ReadAt,
    fat::{CodePage, Fat},
    ntfs::Ntfs,
};

/// File system of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileSystem {
    Ntfs,
    Fat12,
    Fat16,
    Fat32,
    /// A folder of the computer that reads it, whatever file system that has.
    Host,
}

/// A file or folder of one volume; it means nothing on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u64);

impl FileId {
    /// Makes the identifier that a volume gives a file, by a number of its own choice.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: FileName,
    pub file: FileId,
    /// Whether the folder says that the name is one of a folder; links to folders are folders.
    pub is_directory: bool,
}

/// What a file or folder says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    pub is_directory: bool,
    /// Length of the unnamed stream in bytes, as programs see it; 0 for folders.
    pub length: u64,
    /// What stands in the place of the file or folder itself, if anything.
    pub reparse: Option<Reparse>,
    /// Names of the other streams.
    pub streams: Vec<FileName>,
}

/// Takes the entries of a folder, or the faults in their place, until it breaks.
pub type Visit<'a> = dyn FnMut(Result<Entry, Fault>) -> ControlFlow<()> + 'a;

/// Content of a stream, read where it is wanted.
pub type Content<'a> = Box<dyn ReadAt + 'a>;

/// A volume of files and folders that is only read, from any number of threads.
pub trait Volume: Send + Sync {
    /// Returns the file system.
    fn file_system(&self) -> FileSystem;

    /// Returns what was found wrong, and worked around, when the volume was opened.
    fn warnings(&self) -> &[Fault];

    /// Returns the root folder.
    fn root(&self) -> FileId;

    /// Finds a name in a folder, with the folding of the file system; short names count too.
    ///
    /// # Errors
    ///
    /// [`VolumeError::NotAFolder`] for files; otherwise what prevents reading the folder.
    fn lookup(&self, folder: FileId, name: &str) -> Result<Option<Entry>, VolumeError>;

    /// Gives the entries of a folder in its order, without `.` and `..` and without the short
    /// names of entries that have a long one.
    ///
    /// # Errors
    ///
    /// [`VolumeError::NotAFolder`] for files; otherwise what prevents reading the folder at all.
    /// What can be passed over is given in the place of an entry.
    fn list(&self, folder: FileId, visit: &mut Visit<'_>) -> Result<(), VolumeError>;

    /// Reads what a file or folder says of itself.
    ///
    /// # Errors
    ///
    /// What prevents reading it.
    fn metadata(&self, file: FileId) -> Result<Metadata, VolumeError>;

    /// Opens a stream of a file; the empty name is that of the content itself.
    ///
    /// # Errors
    ///
    /// [`VolumeError::NoSuchStream`], [`VolumeError::Encrypted`], [`VolumeError::Elsewhere`] or
    /// what prevents reading it.
    fn open(&self, file: FileId, stream: &str) -> Result<Content<'_>, VolumeError>;
}

/// Opens the volume that something holds from its first byte on.
///
/// The code page is that of the short names on FAT volumes.
///
/// # Errors
///
/// The fault of the boot sector of the file system that it looks like.
pub fn open<'a, R: ReadAt + Send + Sync + 'a>(
    reader: R,
    code_page: CodePage,
) -> Result<Box<dyn Volume + 'a>, VolumeError> {
    match file_system(&reader)? {
        Some(FileSystem::Ntfs) => Ok(Box::new(Ntfs::open(reader)?)),
        _ => Ok(Box::new(Fat::open(reader, code_page)?)),
    }
}

/// Tells the file system by its boot sector, or for NTFS by the copy of it in the last sector.
///
/// # Errors
///
/// What prevents reading the sectors.
pub fn file_system<R: ReadAt + ?Sized>(reader: &R) -> Result<Option<FileSystem>, VolumeError> {
    if crate::ntfs::is_ntfs(reader)? {
        return Ok(Some(FileSystem::Ntfs));
    }
    Ok(crate::fat::file_system(reader)?)
}
