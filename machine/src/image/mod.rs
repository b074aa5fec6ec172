//! Disk images of this computer, opened with the files beside them that they need.

mod beside;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use staunch_format::disk::partition::{
    self, FileSystem, Partition, PartitionTable, PartitionType, Scheme,
};
use staunch_format::disk::{self, Disk, DiskError, Format, Image, OpenOtherError};
use staunch_format::fat::CodePage;
use staunch_format::volume::{self, Volume, VolumeError};
use staunch_format::{ReadAt, ReadAtError, Window};

use crate::host_file::HostFile;
use crate::offline::Warnings;

/// Shortest file that is taken for a raw disk, in bytes; a shorter text may look like one.
const SHORTEST_RAW: u64 = 64 << 10;

/// Reason why a disk image cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("{path}: the file cannot be opened")]
    Open { path: String, source: io::Error },
    #[error("{path}: the disk image cannot be read")]
    Disk { path: String, source: DiskError },
    #[error("{path}: the partitions cannot be read")]
    Partitions { path: String, source: ReadAtError },
}

/// A disk inside an image, with its partitions.
pub struct DiskImage {
    disk: Arc<Disk>,
    table: PartitionTable,
    file_systems: Vec<FileSystem>,
}

/// Tells whether a file is a disk image, by its content; a raw one has a partition table or a
/// file system.
///
/// # Errors
///
/// When the file cannot be opened or read.
pub fn is_disk_image(path: &Path) -> io::Result<bool> {
    let file = HostFile::open(path)?;
    let detected = disk::detect(&file).map_err(io::Error::other)?;
    if detected != Format::Raw {
        return Ok(true);
    }
    let long_enough = file.len() >= SHORTEST_RAW;
    match disk::open(Box::new(file), &mut |_| Err("a raw disk needs no other file".into())) {
        Ok(disk) => {
            let table = partition::read(&disk, disk.sector_size()).map_err(io::Error::other)?;
            let is_volume = || partition::file_system(&disk).map_err(io::Error::other);
            Ok(long_enough && (table.scheme != Scheme::None || is_volume()? != FileSystem::Unknown))
        }
        // An image of a kind that is not read: the error is told when it is opened.
        Err(DiskError::Unsupported { .. }) => Ok(true),
        Err(_) => Ok(false),
    }
}

impl DiskImage {
    /// Opens an image for reading. Backing files, parents and extents are opened in its own folder
    /// only.
    ///
    /// # Errors
    ///
    /// When it, one of those files or the partition table cannot be read.
    pub fn open(path: &Path) -> Result<Self, ImageError> {
        let name = path.display().to_string();
        let file = HostFile::open(path)
            .map_err(|source| ImageError::Open { path: name.clone(), source })?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Self::read(&name, Box::new(file), &mut |other| beside::open(&folder, other))
    }

    /// Opens an image that is no file, with what opens the others that it names.
    ///
    /// # Errors
    ///
    /// As for [`Self::open`].
    pub fn read(
        name: &str,
        image: Image,
        open_other: &mut dyn FnMut(&str) -> Result<Image, OpenOtherError>,
    ) -> Result<Self, ImageError> {
        let disk = disk::open(image, open_other)
            .map_err(|source| ImageError::Disk { path: name.to_owned(), source })?;
        let failed = |source| ImageError::Partitions { path: name.to_owned(), source };
        let table = partition::read(&disk, disk.sector_size()).map_err(failed)?;
        let disk = Arc::new(disk);
        // A partition that cannot be read is none that can be seen; the others still are.
        let file_system = |partition: &Partition| {
            partition::file_system(&partition.volume(&*disk)).unwrap_or(FileSystem::Unknown)
        };
        let file_systems = table.partitions.iter().map(file_system).collect();
        Ok(Self { disk, table, file_systems })
    }

    /// Returns the format of the image.
    pub fn format(&self) -> Format {
        self.disk.format()
    }

    /// Returns the size of the disk in bytes, as the machine sees it.
    pub fn size(&self) -> u64 {
        self.disk.len()
    }

    /// Returns the partitions with their file systems; a disk without a table is one of them.
    pub fn partitions(&self) -> impl Iterator<Item = (&Partition, FileSystem)> {
        self.table.partitions.iter().zip(self.file_systems.iter().copied())
    }

    /// Returns what tells the disk from others in an MBR.
    pub(crate) fn signature(&self) -> Option<[u8; 4]> {
        self.table.signature
    }

    /// Opens the volume in a partition; nothing where its file system is none that can be read.
    pub(crate) fn volume(
        &self,
        index: usize,
        code_page: CodePage,
    ) -> Option<Result<Box<dyn Volume>, VolumeError>> {
        let partition = self.table.partitions.get(index)?;
        let window: Window<Arc<Disk>> = partition.volume(Arc::clone(&self.disk));
        // A volume whose first sector is damaged may have a copy of it in its last.
        match volume::file_system(&window) {
            Ok(None) => None,
            Ok(Some(_)) => Some(volume::open(window, code_page)),
            Err(error) => Some(Err(error)),
        }
    }

    /// Tells what is wrong in the image and in its partition table.
    pub(crate) fn warn(&self, name: &str, warnings: &Warnings) {
        for warning in self.disk.warnings() {
            warnings.add(&name, warning);
        }
        for fault in &self.table.warnings {
            warnings.add(&name, fault);
        }
    }
}

/// Tells whether Windows gives a partition no drive letter: those of the firmware, and the space
/// that Windows keeps for itself.
pub(crate) fn is_hidden(kind: PartitionType) -> bool {
    const EFI: [u8; 16] = [
        0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9,
        0x3b,
    ];
    const RESERVED: [u8; 16] = [
        0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d, 0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15,
        0xae,
    ];
    matches!(kind, PartitionType::Gpt(EFI | RESERVED) | PartitionType::Mbr(0xEF))
}
