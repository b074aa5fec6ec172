use super::{
    Ntfs,
    record::{Attribute, NUMBER, Record, Value, kind},
    runs,
};
use crate::{
    Fault, ReadAt, ReadAtError,
    volume::{Extents, bytes},
};

const LIST: &str = "attribute list";
/// Longest list of attributes in bytes.
const LONGEST_LIST: u64 = 256 * 1024;

/// A file: its first record, and where the attributes are that found no room in it.
pub(super) struct File {
    pub record: Record,
    list: Option<Vec<Listed>>,
}

/// An entry of an attribute list: an attribute, or a part of one.
struct Listed {
    kind: u32,
    name: Vec<u8>,
    first_cluster: u64,
    record: u64,
    instance: u16,
    /// Offset in bytes within the list.
    offset: u64,
}

/// An attribute in whole.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub flags: u16,
    /// Length in bytes.
    pub length: u64,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub(super) enum Place {
    Resident(Vec<u8>),
    Clusters {
        extents: Extents,
        /// Bytes that were ever written; those behind them are zeros.
        initialized: u64,
        /// Logarithm of the clusters in a compression unit.
        unit: u8,
        /// Offset in bytes on the volume of the attribute.
        offset: u64,
    },
}

impl File {
    /// Reads the attribute list of a first record, if there is one.
    pub(super) fn new<R: ReadAt>(volume: &Ntfs<R>, record: Record) -> Result<Self, ReadAtError> {
        let mut list = None;
        for attribute in record.attributes() {
            let attribute = attribute?;
            if attribute.kind == kind::ATTRIBUTE_LIST {
                let stored = start(&attribute, volume.geometry.clusters)?;
                let bytes = volume.read_whole(&stored, LIST, LONGEST_LIST)?;
                list = Some(parse_list(attribute.offset, &bytes)?);
                break;
            }
        }
        Ok(Self { record, list })
    }

    /// Finds an attribute by its type and name, and gathers its parts.
    pub(super) fn find<R: ReadAt>(
        &self,
        volume: &Ntfs<R>,
        kind: u32,
        name: &[u8],
    ) -> Result<Option<Stored>, ReadAtError> {
        let clusters = volume.geometry.clusters;
        let Some(list) = &self.list else {
            for attribute in self.record.attributes() {
                let attribute = attribute?;
                if attribute.is(kind, name) {
                    let stored = start(&attribute, clusters)?;
                    return Ok(Some(stored.check(attribute.offset, volume.geometry.cluster)?));
                }
            }
            return Ok(None);
        };
        let mut stored: Option<(Stored, u64)> = None;
        // Parts of one attribute often share a record.
        let mut extension: Option<Record> = None;
        for entry in list.iter().filter(|entry| entry.kind == kind && entry.name == name) {
            let record = if entry.record & NUMBER == self.record.number {
                &self.record
            } else {
                match &mut extension {
                    Some(record) if record.number == entry.record & NUMBER => record,
                    other => other.insert(self.extension(volume, entry)?),
                }
            };
            let attribute = entry.find_in(record)?;
            match &mut stored {
                None => stored = Some((start(&attribute, clusters)?, attribute.offset)),
                Some((stored, _)) => stored.go_on(&attribute, clusters)?,
            }
        }
        let Some((stored, offset)) = stored else { return Ok(None) };
        Ok(Some(stored.check(offset, volume.geometry.cluster)?))
    }

    /// Returns the names of all attributes of a type, as UTF-16 units in little-endian bytes.
    pub(super) fn names(&self, kind: u32) -> Result<Vec<Vec<u8>>, Fault> {
        let mut names: Vec<Vec<u8>> = match &self.list {
            Some(list) => list
                .iter()
                .filter(|entry| entry.kind == kind)
                .map(|entry| entry.name.clone())
                .collect(),
            None => self
                .record
                .attributes()
                .filter(|attribute| attribute.as_ref().map_or(true, |own| own.kind == kind))
                .map(|attribute| Ok(attribute?.name.to_vec()))
                .collect::<Result<_, Fault>>()?,
        };
        names.dedup();
        Ok(names)
    }

    fn extension<R: ReadAt>(
        &self,
        volume: &Ntfs<R>,
        entry: &Listed,
    ) -> Result<Record, ReadAtError> {
        let record = volume.record(entry.record)?;
        if record.base & NUMBER != self.record.number {
            let expected = format_args!("an extension of record {}", self.record.number);
            let found = format_args!("one of record {}", record.base & NUMBER);
            return Err(Fault::new("file record", record.offset + 32, expected, found).into());
        }
        Ok(record)
    }

    /// Gathers the clusters of the master file table, whose parts describe where the records of
    /// later parts lie.
    pub(super) fn gather_mft<R: ReadAt>(
        volume: &mut Ntfs<R>,
        record: Record,
    ) -> Result<(), ReadAtError> {
        let clusters = volume.geometry.clusters;
        let mut data = None;
        for attribute in record.attributes() {
            let attribute = attribute?;
            if attribute.is(kind::DATA, &[]) {
                data = Some(start(&attribute, clusters)?);
            }
        }
        let Some(first) = data else {
            let fault = Fault::new("master file table", record.offset, "its data", "none");
            return Err(fault.into());
        };
        volume.mft = first;
        let file = Self::new(volume, record)?;
        let parts = file.list.iter().flatten().filter(|entry| {
            entry.kind == kind::DATA && entry.name.is_empty() && entry.first_cluster > 0
        });
        for entry in parts {
            let record = file.extension(volume, entry)?;
            let attribute = entry.find_in(&record)?;
            volume.mft.go_on(&attribute, clusters)?;
        }
        Ok(())
    }
}

impl Listed {
    /// Finds the attribute, or the part of it, in its record.
    fn find_in<'a>(&self, record: &'a Record) -> Result<Attribute<'a>, Fault> {
        for attribute in record.attributes() {
            let attribute = attribute?;
            if attribute.instance == self.instance && attribute.is(self.kind, &self.name) {
                return Ok(attribute);
            }
        }
        let expected = format_args!("attribute {:#x} in record {}", self.kind, record.number);
        Err(Fault::new(LIST, self.offset, expected, "none"))
    }
}

impl Stored {
    /// Adds a further part.
    fn go_on(&mut self, attribute: &Attribute<'_>, clusters: u64) -> Result<(), Fault> {
        let (
            Place::Clusters { extents, .. },
            Value::NonResident { first_cluster, last_cluster, runs: list, .. },
        ) = (&mut self.place, attribute.value)
        else {
            let expected = "parts of an attribute in clusters";
            return Err(Fault::new("attribute", attribute.offset, expected, "a resident one"));
        };
        if first_cluster != extents.clusters() {
            let expected = format_args!("a part from cluster {} on", extents.clusters());
            return Err(Fault::new("attribute", attribute.offset + 16, expected, first_cluster));
        }
        runs::add(extents, attribute.offset, list, clusters, last_cluster.wrapping_add(1))
    }

    /// Refuses an attribute that claims more bytes than its clusters have.
    fn check(self, offset: u64, cluster: u64) -> Result<Self, Fault> {
        if let Place::Clusters { extents, .. } = &self.place {
            let most = extents.clusters().saturating_mul(cluster);
            if self.length > most {
                let expected = format_args!("at most {most} bytes");
                return Err(Fault::new("attribute", offset + 48, expected, self.length));
            }
        }
        Ok(self)
    }
}

/// Begins an attribute with its first part.
fn start(attribute: &Attribute<'_>, clusters: u64) -> Result<Stored, Fault> {
    let (length, place) = match attribute.value {
        Value::Resident(value) => (value.len() as u64, Place::Resident(value.to_vec())),
        Value::NonResident { first_cluster, last_cluster, unit, length, initialized, runs } => {
            if first_cluster != 0 {
                let offset = attribute.offset + 16;
                return Err(Fault::new("attribute", offset, "a first part", first_cluster));
            }
            let mut extents = Extents::default();
            let end = last_cluster.wrapping_add(1);
            runs::add(&mut extents, attribute.offset, runs, clusters, end)?;
            let offset = attribute.offset;
            (length, Place::Clusters { extents, initialized, unit, offset })
        }
    };
    Ok(Stored { flags: attribute.flags, length, place })
}

fn parse_list(base: u64, mut rest: &[u8]) -> Result<Vec<Listed>, Fault> {
    let mut list = vec![];
    let mut offset = 0;
    while !rest.is_empty() {
        if rest.len() < 26 {
            return Err(Fault::truncated(LIST, base, offset + 26, offset + rest.len() as u64));
        }
        let length = usize::from(u16::from_le_bytes(bytes(rest, 4)));
        let name = usize::from(rest[7])..usize::from(rest[7]) + usize::from(rest[6]) * 2;
        if length < 26 || length > rest.len() || name.end > length {
            let expected = format_args!("an entry of 26 to {} bytes", rest.len());
            return Err(Fault::new(LIST, base, expected, length));
        }
        list.push(Listed {
            kind: u32::from_le_bytes(bytes(rest, 0)),
            name: rest[name].to_vec(),
            first_cluster: u64::from_le_bytes(bytes(rest, 8)),
            record: u64::from_le_bytes(bytes(rest, 16)),
            instance: u16::from_le_bytes(bytes(rest, 24)),
            offset,
        });
        rest = &rest[length..];
        offset += length as u64;
    }
    Ok(list)
}
