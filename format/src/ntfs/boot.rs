use crate::{Fault, ReadAt, ReadAtError, volume::bytes};

const OBJECT: &str = "NTFS boot sector";
/// Bytes of the boot sector that are read.
const LENGTH: usize = 512;
/// Largest cluster in bytes.
const LARGEST_CLUSTER: u64 = 2 << 20;
/// Smallest and largest file record and index block in bytes.
pub(super) const BLOCKS: std::ops::RangeInclusive<u64> = 512..=65536;

/// Where things lie on a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    /// Bytes of a cluster.
    pub cluster: u64,
    /// Number of whole clusters.
    pub clusters: u64,
    /// Bytes of a file record.
    pub record: u64,
    /// Offset in bytes of the master file table.
    pub mft: u64,
    /// Offset in bytes of the copy of its first records.
    pub mirror: u64,
}

impl Geometry {
    /// Reads the boot sector, or its copy in the last sector with the fault of the first.
    pub(super) fn read<R: ReadAt + ?Sized>(
        reader: &R,
    ) -> Result<(Self, Option<Fault>), ReadAtError> {
        let sector = read_sector(reader, 0)?;
        let fault = match Self::parse(0, &sector) {
            Ok(geometry) => return Ok((geometry, None)),
            Err(fault) => fault,
        };
        match copy(reader)? {
            Some(geometry) => Ok((geometry, Some(fault))),
            None => Err(fault.into()),
        }
    }

    fn parse(offset: u64, sector: &[u8; LENGTH]) -> Result<Self, Fault> {
        let fault = |at: u64, expected: &str, found: u64| {
            Err(Fault::new(OBJECT, offset + at, expected, found))
        };
        if &sector[3..11] != b"NTFS    " {
            let found = format!("{:?}", String::from_utf8_lossy(&sector[3..11]));
            return Err(Fault::new(OBJECT, offset + 3, "\"NTFS    \"", found));
        }
        let per_sector = u64::from(u16::from_le_bytes(bytes(sector, 11)));
        if !per_sector.is_power_of_two() || !(256..=4096).contains(&per_sector) {
            return fault(11, "sectors of 256 to 4096 bytes", per_sector);
        }
        // Clusters of more than 128 sectors are written as a negative power of two.
        let sectors = match sector[13] {
            count @ 0..=0x80 => u64::from(count),
            power => 1_u64.checked_shl(u32::from(power.wrapping_neg())).unwrap_or(0),
        };
        let cluster = sectors.saturating_mul(per_sector);
        if !cluster.is_power_of_two() || cluster > LARGEST_CLUSTER {
            return fault(13, "clusters of a power of two, to 2097152 bytes", cluster);
        }
        let total = u64::from_le_bytes(bytes(sector, 40));
        let Some(length) = total.checked_mul(per_sector).filter(|length| *length < 1 << 63) else {
            return fault(40, "fewer than 2^63 bytes in all sectors", total);
        };
        let clusters = length / cluster;
        let place = |at: u64| {
            let cluster_number = u64::from_le_bytes(bytes(sector, at as usize));
            if cluster_number >= clusters {
                return Err(Fault::new(
                    OBJECT,
                    offset + at,
                    format_args!("a cluster below {clusters}"),
                    cluster_number,
                ));
            }
            Ok(cluster_number * cluster)
        };
        let record = match i8::from_le_bytes([sector[64]]) {
            count @ 0.. => u64::from(count.unsigned_abs()) * cluster,
            power => 1_u64.checked_shl(u32::from(power.unsigned_abs())).unwrap_or(0),
        };
        if !record.is_power_of_two() || !BLOCKS.contains(&record) {
            return fault(64, "file records of 512 to 65536 bytes", record);
        }
        Ok(Self { cluster, clusters, record, mft: place(48)?, mirror: place(56)? })
    }
}

/// Tells whether the boot sector or its copy is that of NTFS.
///
/// # Errors
///
/// What prevents reading the sectors.
pub fn is_ntfs<R: ReadAt + ?Sized>(reader: &R) -> Result<bool, ReadAtError> {
    if reader.len() < LENGTH as u64 {
        return Ok(false);
    }
    let sector = read_sector(reader, 0)?;
    if &sector[3..11] == b"NTFS    " {
        return Ok(true);
    }
    // The copy of a volume that was formatted anew may still be there.
    Ok(crate::fat::file_system(reader)?.is_none() && copy(reader)?.is_some())
}

/// Reads the copy in the last sector, of whichever size the sectors are.
fn copy<R: ReadAt + ?Sized>(reader: &R) -> Result<Option<Geometry>, ReadAtError> {
    for sector in [512, 1024, 2048, 4096] {
        let Some(offset) = reader.len().checked_sub(sector) else { break };
        let bytes = read_sector(reader, offset)?;
        if let Ok(geometry) = Geometry::parse(offset, &bytes) {
            return Ok(Some(geometry));
        }
    }
    Ok(None)
}

fn read_sector<R: ReadAt + ?Sized>(reader: &R, offset: u64) -> Result<[u8; LENGTH], ReadAtError> {
    let mut sector = [0; LENGTH];
    reader.read_at(offset, &mut sector)?;
    Ok(sector)
}
