use std::fmt;

use crate::fields::{le16, le32, read_array};
use crate::{ReadAt, ReadAtError};

/// File system of a volume, as its boot sector tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileSystem {
    Ntfs,
    Fat12,
    Fat16,
    Fat32,
    ExFat,
    ReFs,
    /// Encrypted by BitLocker; what is inside cannot be read.
    BitLocker,
    Unknown,
}

/// Identifier of a BitLocker volume in the order of bytes on disk.
const BITLOCKER_TO_GO: [u8; 16] = [
    0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
];

/// Tells the file system of a volume.
///
/// # Errors
///
/// [`ReadAtError::Io`] when the volume cannot be read, [`ReadAtError::Fault`] when what lies below
/// it is damaged.
pub fn file_system(volume: &dyn ReadAt) -> Result<FileSystem, ReadAtError> {
    if volume.len() < 512 {
        return Ok(FileSystem::Unknown);
    }
    let sector = read_array::<512>(volume, "boot sector", 0)?;
    Ok(match &sector[3..11] {
        b"NTFS    " => FileSystem::Ntfs,
        b"EXFAT   " => FileSystem::ExFat,
        b"ReFS\0\0\0\0" => FileSystem::ReFs,
        b"-FVE-FS-" => FileSystem::BitLocker,
        // On removable disks it looks like FAT, for a program that unlocks it.
        _ if sector[424..440] == BITLOCKER_TO_GO => FileSystem::BitLocker,
        _ => fat(&sector),
    })
}

/// Tells the three FAT file systems apart by their count of clusters, as their drivers do.
///
/// Source: Microsoft, FAT32 File System Specification 1.03.
fn fat(sector: &[u8; 512]) -> FileSystem {
    let bytes_per_sector = u64::from(le16(sector, 11));
    let sectors_per_cluster = u64::from(sector[13]);
    let reserved = u64::from(le16(sector, 14));
    let tables = u64::from(sector[16]);
    let root_entries = u64::from(le16(sector, 17));
    let media = sector[21];
    let either = |short: u16, long: u32| if short == 0 { long.into() } else { u64::from(short) };
    let total = either(le16(sector, 19), le32(sector, 32));
    let table_length = either(le16(sector, 22), le32(sector, 36));
    let jumps = (sector[0] == 0xeb && sector[2] == 0x90) || sector[0] == 0xe9;
    if !jumps
        || !matches!(bytes_per_sector, 512 | 1024 | 2048 | 4096)
        || !sectors_per_cluster.is_power_of_two()
        || reserved == 0
        || !(1..=4).contains(&tables)
        || (media != 0xf0 && media < 0xf8)
        || table_length == 0
    {
        return FileSystem::Unknown;
    }
    let root = (root_entries * 32).div_ceil(bytes_per_sector);
    let Some(data) = total.checked_sub(reserved + tables * table_length + root) else {
        return FileSystem::Unknown;
    };
    match data / sectors_per_cluster {
        _ if le16(sector, 22) == 0 => FileSystem::Fat32,
        0..4085 => FileSystem::Fat12,
        4085..65525 => FileSystem::Fat16,
        _ => FileSystem::Fat32,
    }
}

impl fmt::Display for FileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ntfs => "ntfs",
            Self::Fat12 => "fat12",
            Self::Fat16 => "fat16",
            Self::Fat32 => "fat32",
            Self::ExFat => "exfat",
            Self::ReFs => "refs",
            Self::BitLocker => "bitlocker",
            Self::Unknown => "unknown",
        })
    }
}
