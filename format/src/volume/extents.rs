use crate::{Fault, ReadAt, ReadAtError};

/// Most runs that one file may be split into.
const MOST_RUNS: usize = 1 << 20;

/// Where the clusters of a file lie on the volume.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extents {
    runs: Vec<Run>,
    /// Number of clusters that the runs cover.
    clusters: u64,
}

/// Clusters that follow each other on the volume too, or that are not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// First cluster within the file.
    first: u64,
    /// First cluster on the volume; nothing for a hole.
    place: Option<u64>,
}

impl Extents {
    /// Returns the number of clusters that are described.
    pub(crate) fn clusters(&self) -> u64 {
        self.clusters
    }

    /// Adds clusters at the end; the sum of all stays below the number of clusters of a volume of
    /// 2^63 bytes.
    pub(crate) fn push(
        &mut self,
        object: &'static str,
        offset: u64,
        place: Option<u64>,
        length: u64,
    ) -> Result<(), Fault> {
        let end = self.clusters.checked_add(length).filter(|end| *end < 1 << 54);
        let Some(end) = end else {
            return Err(Fault::new(object, offset, "fewer than 2^54 clusters", length));
        };
        let continued = self.runs.last().is_some_and(|last| {
            let before = self.clusters - last.first;
            match (last.place, place) {
                (None, None) => true,
                (Some(last), Some(place)) => last.checked_add(before) == Some(place),
                _ => false,
            }
        });
        if !continued && length > 0 {
            if self.runs.len() == MOST_RUNS {
                let expected = format_args!("at most {MOST_RUNS} runs");
                return Err(Fault::new(object, offset, expected, "more"));
            }
            self.runs.push(Run { first: self.clusters, place });
        }
        self.clusters = end;
        Ok(())
    }

    /// Returns where a cluster of the file lies, and how many lie behind it in the same way;
    /// nothing beyond the end.
    pub(crate) fn find(&self, cluster: u64) -> Option<(Option<u64>, u64)> {
        if cluster >= self.clusters {
            return None;
        }
        let after = self.runs.partition_point(|run| run.first <= cluster);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let end = self.runs.get(after).map_or(self.clusters, |next| next.first);
        Some((run.place.map(|place| place + (cluster - run.first)), end - cluster))
    }

    /// Fills a buffer from an offset in bytes within the file; holes are zeros.
    pub(crate) fn read<R: ReadAt + ?Sized>(
        &self,
        reader: &R,
        object: &'static str,
        cluster_size: u64,
        mut offset: u64,
        mut buffer: &mut [u8],
    ) -> Result<(), ReadAtError> {
        while !buffer.is_empty() {
            let inside = offset % cluster_size;
            let Some((place, clusters)) = self.find(offset / cluster_size) else {
                let expected = format_args!("{} more bytes in its clusters", buffer.len());
                return Err(Fault::new(object, offset, expected, "the last cluster").into());
            };
            let left = clusters.saturating_mul(cluster_size) - inside;
            let length = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
            let (part, rest) = buffer.split_at_mut(length);
            match place {
                Some(place) => {
                    let start =
                        place.checked_mul(cluster_size).and_then(|at| at.checked_add(inside));
                    let Some(start) = start else {
                        let expected = "a cluster below 2^64 bytes";
                        return Err(Fault::new(object, offset, expected, place).into());
                    };
                    reader.read_at(start, part)?;
                }
                None => part.fill(0),
            }
            offset += length as u64;
            buffer = rest;
        }
        Ok(())
    }
}

/// Returns bytes of a structure at an offset within it.
///
/// The caller has made sure that they are there.
pub(crate) fn bytes<const N: usize>(structure: &[u8], at: usize) -> [u8; N] {
    *structure[at..].first_chunk().expect("the length of the structure was checked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_found_and_read() {
        let disk: Vec<u8> = (0..64).collect();
        let mut extents = Extents::default();
        for (place, length) in [(Some(4), 2), (Some(6), 1), (None, 2), (None, 0), (Some(1), 1)] {
            extents.push("run", 0, place, length).unwrap();
        }
        assert_eq!(extents.runs.len(), 3);
        assert_eq!(extents.find(2), Some((Some(6), 1)));
        assert_eq!(extents.find(3), Some((None, 2)));
        assert_eq!(extents.find(5), Some((Some(1), 1)));
        assert_eq!(extents.find(6), None);
        let mut buffer = [0xFF; 16];
        extents.read(&disk[..], "file", 4, 7, &mut buffer).unwrap();
        assert_eq!(buffer, [23, 24, 25, 26, 27, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6]);
        let error = extents.read(&disk[..], "file", 4, 20, &mut buffer).unwrap_err();
        let message = "file at offset 0x18: expected 12 more bytes in its clusters, \
                       found the last cluster";
        assert_eq!(error.to_string(), message);
    }
}
