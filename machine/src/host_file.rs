//! Files of this computer, read at any place from any number of threads.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use staunch_format::{ReadAt, ReadAtError, check_range};

/// A file that is open for reading only.
#[derive(Debug)]
pub(crate) struct HostFile {
    file: File,
    /// Length in bytes when it was opened.
    length: u64,
}

/// Opens a file of this computer for reading at any place.
///
/// # Errors
///
/// When it is no file or cannot be opened.
pub fn open_file(path: &Path) -> io::Result<impl ReadAt> {
    HostFile::open_regular(path)
}

impl HostFile {
    /// Opens a file or a disk.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        // A disk says its length only by its end.
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length })
    }

    /// Opens a file, and refuses what is none: a pipe would be waited for without end.
    pub(crate) fn open_regular(path: &Path) -> io::Result<Self> {
        if !path.metadata()?.is_file() {
            return Err(io::Error::other("expected a file, found something else"));
        }
        Self::open(path)
    }

    #[cfg(unix)]
    fn fill(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn fill(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            let read = std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset += read as u64;
            buffer = &mut buffer[read..];
        }
        Ok(())
    }
}

impl ReadAt for HostFile {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.length, offset, buffer.len())?;
        let length = buffer.len();
        self.fill(offset, buffer).map_err(|source| ReadAtError::Io { offset, length, source })
    }
}
