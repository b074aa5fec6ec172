use super::boot::Geometry;
use crate::{
    Fault, ReadAt, ReadAtError,
    volume::{Extents, FileSystem, bytes},
};

const OBJECT: &str = "file allocation table";
/// Bytes of the table that are read at once.
const WINDOW: u64 = 4096;

/// What follows a cluster in its file.
enum Link {
    Next(u32),
    End,
}

/// A part of the table, so that neighbouring links are read together.
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

/// Follows a chain of clusters, at most as many as a length in bytes needs.
///
/// Clusters count from 0 in the extents: cluster 2 of the table is the first.
pub(super) fn chain<R: ReadAt>(
    reader: &R,
    geometry: &Geometry,
    first: u32,
    length: Option<u64>,
) -> Result<Extents, ReadAtError> {
    let most = length.map_or(u64::from(geometry.clusters), |length| {
        length.div_ceil(geometry.cluster).min(geometry.clusters.into())
    });
    let mut extents = Extents::default();
    let mut window = Window { start: u64::MAX, bytes: vec![] };
    let mut cluster = first;
    let mut offset = geometry.table;
    // A chain that is longer than the volume leads back into itself.
    while extents.clusters() < most {
        let last = geometry.clusters + 1;
        if !(2..=last).contains(&cluster) {
            let expected = format_args!("cluster 2 to {last}");
            return Err(Fault::new(OBJECT, offset, expected, cluster).into());
        }
        extents.push(OBJECT, offset, Some(u64::from(cluster - 2)), 1)?;
        let link;
        (link, offset) = window.link(reader, geometry, cluster)?;
        match link {
            Link::Next(next) => cluster = next,
            Link::End => return Ok(extents),
        }
    }
    if length.is_none() && most > 0 {
        let expected = "an end of the chain of a folder";
        return Err(Fault::new(OBJECT, offset, expected, "a loop").into());
    }
    Ok(extents)
}

impl Window {
    /// Reads the link of a cluster and returns its offset in bytes on the volume too.
    fn link<R: ReadAt>(
        &mut self,
        reader: &R,
        geometry: &Geometry,
        cluster: u32,
    ) -> Result<(Link, u64), ReadAtError> {
        let number = u64::from(cluster);
        let (at, length) = match geometry.file_system {
            FileSystem::Fat12 => (number + number / 2, 2),
            FileSystem::Fat16 => (number * 2, 2),
            _ => (number * 4, 4),
        };
        if at < self.start || at + length > self.start + self.bytes.len() as u64 {
            // Links of 12 bits cross the boundaries of windows.
            self.start = at - at % 4;
            let left = geometry.table_length - self.start;
            self.bytes.resize(WINDOW.min(left) as usize, 0);
            reader.read_at(geometry.table + self.start, &mut self.bytes)?;
        }
        let inside = (at - self.start) as usize;
        let short = || u32::from(u16::from_le_bytes(bytes(&self.bytes, inside)));
        // The last numbers mean an end, and a single one a bad cluster.
        let (next, end) = match geometry.file_system {
            FileSystem::Fat12 if cluster.is_multiple_of(2) => (short() & 0xFFF, 0xFF8),
            FileSystem::Fat12 => (short() >> 4, 0xFF8),
            FileSystem::Fat16 => (short(), 0xFFF8),
            _ => (u32::from_le_bytes(bytes(&self.bytes, inside)) & 0x0FFF_FFFF, 0x0FFF_FFF8),
        };
        let link = if next >= end { Link::End } else { Link::Next(next) };
        Ok((link, geometry.table + at))
    }
}
