use crate::{
    Fault, ReadAt, ReadAtError,
    volume::{FileSystem, bytes},
};

const OBJECT: &str = "FAT boot sector";
/// Bytes of the boot sector that are read.
const LENGTH: usize = 512;
/// Bytes of an entry of a folder.
pub(super) const ENTRY: u64 = 32;

/// Where things lie on a volume; offsets and lengths are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    pub file_system: FileSystem,
    /// Offset of the table that is in use.
    pub table: u64,
    /// Length of one table.
    pub table_length: u64,
    /// Where the root folder is.
    pub root: Root,
    /// Offset of cluster 2, the first.
    pub first_cluster: u64,
    /// Number of clusters; the last one has this number plus 1.
    pub clusters: u32,
    /// Bytes of a cluster.
    pub cluster: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// A place of its own, with an offset and a length.
    Fixed(u64, u64),
    /// A chain of clusters.
    Chain(u32),
}

/// Tells whether the first sector is that of a FAT volume, and of which kind.
///
/// # Errors
///
/// What prevents reading the sector.
pub fn file_system<R: ReadAt + ?Sized>(reader: &R) -> Result<Option<FileSystem>, ReadAtError> {
    match Geometry::read(reader) {
        Ok(geometry) => Ok(Some(geometry.file_system)),
        Err(ReadAtError::Fault(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Geometry {
    pub(super) fn read<R: ReadAt + ?Sized>(reader: &R) -> Result<Self, ReadAtError> {
        let mut sector = [0; LENGTH];
        reader.read_at(0, &mut sector)?;
        Ok(Self::parse(&sector)?)
    }

    fn parse(sector: &[u8; LENGTH]) -> Result<Self, Fault> {
        let fault =
            |at: u64, expected: &str, found: u64| Err(Fault::new(OBJECT, at, expected, found));
        let short = |at| u64::from(u16::from_le_bytes(bytes(sector, at)));
        let long = |at| u64::from(u32::from_le_bytes(bytes(sector, at)));
        if ![0xEB, 0xE9].contains(&sector[0]) {
            return fault(0, "a jump instruction", sector[0].into());
        }
        let sector_size = short(11);
        if !sector_size.is_power_of_two() || !(512..=4096).contains(&sector_size) {
            return fault(11, "sectors of 512 to 4096 bytes", sector_size);
        }
        let cluster = u64::from(sector[13]) * sector_size;
        if !cluster.is_power_of_two() {
            return fault(13, "a power of two of sectors in a cluster", sector[13].into());
        }
        let (reserved, tables) = (short(14), u64::from(sector[16]));
        if reserved == 0 {
            return fault(14, "at least one reserved sector", reserved);
        }
        if !(1..=4).contains(&tables) {
            return fault(16, "one to four tables", tables);
        }
        let root_sectors = (short(17) * ENTRY).div_ceil(sector_size);
        let total = if short(19) != 0 { short(19) } else { long(32) };
        let table_sectors = if short(22) != 0 { short(22) } else { long(36) };
        let before = reserved + tables * table_sectors + root_sectors;
        let sectors = total.checked_sub(before).filter(|_| table_sectors > 0);
        let Some(clusters) = sectors.map(|sectors| sectors / u64::from(sector[13])) else {
            return fault(19, "more sectors than those before the clusters", total);
        };
        // What a volume is, its number of clusters alone says.
        let (file_system, bits) = match clusters {
            0..4085 => (FileSystem::Fat12, 12),
            4085..65525 => (FileSystem::Fat16, 16),
            _ => (FileSystem::Fat32, 32),
        };
        let is_fat32 = file_system == FileSystem::Fat32;
        if is_fat32 != (short(17) == 0) {
            let expected = "entries of the root folder, unless the volume is FAT32";
            return fault(17, expected, short(17));
        }
        let table_length = table_sectors * sector_size;
        let needed = ((clusters + 2) * bits).div_ceil(8);
        if needed > table_length || clusters > 0x0FFF_FFF4 {
            let expected = format_args!("a table of {needed} bytes");
            return Err(Fault::new(OBJECT, 22, expected, table_length));
        }
        // FAT32 may use one table only; the others are then stale.
        let flags = short(40);
        let used = if is_fat32 && flags & 0x80 != 0 { flags & 15 } else { 0 };
        if used >= tables {
            return fault(40, "a table that there is", used);
        }
        let root_offset = (reserved + tables * table_sectors) * sector_size;
        Ok(Self {
            file_system,
            table: reserved * sector_size + used * table_length,
            table_length,
            root: if is_fat32 {
                Root::Chain(u32::from_le_bytes(bytes(sector, 44)))
            } else {
                Root::Fixed(root_offset, short(17) * ENTRY)
            },
            first_cluster: before * sector_size,
            // Checked above: fewer than 2^28.
            clusters: clusters as u32,
            cluster,
        })
    }
}
