//! NTFS volumes of all versions since Windows NT 3.1, read only.
//!
//! An own reader, because what can be had reads compressed files wrongly without saying so or
//! searches folders from their beginning: names are found by the tree of the folder and the
//! volume's own table of upper-case letters, and content is read rightly or refused — sparse,
//! compressed (LZNT1), partly written, or stored in the chunks of the overlay filter (CompactOS).
//!
//! A damaged structure costs what it describes and nothing else. Memory is bounded by the largest
//! structures: a folder's blocks, one at a time for each level, and a file's runs.
//!
//! Source: the published descriptions of the Linux-NTFS project; \[MS-FSCC\] for reparse points.

mod boot;
mod file;
mod index;
mod record;
mod runs;
mod stream;
mod upcase;
mod wof;

pub use boot::is_ntfs;

use self::{
    boot::Geometry,
    file::{File, Place, Stored},
    index::Index,
    record::{NUMBER, Record, kind},
    stream::{ENCRYPTED, Stream},
    upcase::Upcase,
    wof::{Algorithm, Chunks},
};
use crate::{
    Fault, ReadAt, ReadAtError,
    volume::{
        Content, Entry, FileId, FileName, FileSystem, Metadata, Reparse, Visit, Volume,
        VolumeError, bytes,
    },
};

const ROOT: u64 = 5;
const UPCASE: u64 = 10;
/// Longest reparse point in bytes.
const LONGEST_REPARSE: u64 = 16 * 1024;

/// An NTFS volume.
pub struct Ntfs<R> {
    reader: R,
    geometry: Geometry,
    mft: Stored,
    upcase: Upcase,
    warnings: Vec<Fault>,
}

impl<R: ReadAt> Ntfs<R> {
    /// Opens a volume by its boot sector, or by the copies of it and of the first file records.
    ///
    /// # Errors
    ///
    /// The fault of the boot sector or of the master file table, where the copy is of no use
    /// either; errors of the reader.
    pub fn open(reader: R) -> Result<Self, ReadAtError> {
        let (geometry, warning) = Geometry::read(&reader)?;
        let mft = Stored { flags: 0, length: 0, place: Place::Resident(vec![]) };
        let upcase = Upcase::of_unicode();
        let mut volume = Self { reader, geometry, mft, upcase, warnings: vec![] };
        volume.warnings.extend(warning);
        let length = geometry.clusters * geometry.cluster;
        if volume.reader.len() < length {
            let left = volume.reader.len();
            volume.warnings.push(Fault::truncated("NTFS volume", 0, length, left));
        }
        volume.open_mft()?;
        match volume.read_upcase() {
            Ok(upcase) => volume.upcase = upcase,
            Err(ReadAtError::Fault(fault)) => volume.warnings.push(fault),
            Err(error) => return Err(error),
        }
        Ok(volume)
    }

    fn open_mft(&mut self) -> Result<(), ReadAtError> {
        let first = match self.record_at(0, self.geometry.mft) {
            Ok(record) => record,
            Err(ReadAtError::Fault(fault)) => {
                let Ok(record) = self.record_at(0, self.geometry.mirror) else {
                    return Err(fault.into());
                };
                self.warnings.push(fault);
                record
            }
            Err(error) => return Err(error),
        };
        match File::gather_mft(self, first) {
            // Records behind a damaged part are missing; those before it can be read.
            Err(ReadAtError::Fault(fault)) if self.mft.length > 0 => self.warnings.push(fault),
            other => return other,
        }
        Ok(())
    }

    fn read_upcase(&self) -> Result<Upcase, ReadAtError> {
        let file = File::new(self, self.record(UPCASE)?)?;
        let Some(stored) = file.find(self, kind::DATA, &[])? else {
            return Err(Fault::new("$UpCase", file.record.offset, "its data", "none").into());
        };
        Ok(Upcase::parse(&self.read_whole(&stored, "$UpCase", upcase::LENGTH)?)?)
    }

    /// Reads the file record of a file reference, whatever it is the record of.
    fn record(&self, reference: u64) -> Result<Record, ReadAtError> {
        const OBJECT: &str = "file record";
        let number = reference & NUMBER;
        let count = self.mft.length / self.geometry.record;
        let Place::Clusters { extents, .. } = &self.mft.place else {
            return Err(Fault::new("master file table", 0, "clusters", "a resident value").into());
        };
        let fault = |expected: &str| Fault::new(OBJECT, self.geometry.mft, expected, number);
        if number >= count {
            return Err(fault(&format!("a record below {count}")).into());
        }
        let (offset, cluster) = (number * self.geometry.record, self.geometry.cluster);
        let Some((Some(place), _)) = extents.find(offset / cluster) else {
            return Err(fault("a record that is stored").into());
        };
        // A record that spans clusters may be split.
        let start = place * cluster + offset % cluster;
        let mut block = vec![0; self.geometry.record as usize];
        extents.read(&self.reader, OBJECT, cluster, offset, &mut block)?;
        let record = Record::parse(number, start, block)?;
        let sequence = (reference >> 48) as u16;
        if sequence != 0 && sequence != record.sequence {
            let expected = format_args!("use {sequence} of record {number}");
            return Err(Fault::new(OBJECT, start + 16, expected, record.sequence).into());
        }
        Ok(record)
    }

    fn record_at(&self, number: u64, offset: u64) -> Result<Record, ReadAtError> {
        let mut block = vec![0; self.geometry.record as usize];
        self.reader.read_at(offset, &mut block)?;
        Ok(Record::parse(number, offset, block)?)
    }

    fn file(&self, id: FileId) -> Result<File, ReadAtError> {
        let record = self.record(id.0)?;
        if record.base != 0 {
            let offset = record.offset + 32;
            let found = format_args!("an extension of record {}", record.base & NUMBER);
            return Err(Fault::new("file record", offset, "a first record", found).into());
        }
        File::new(self, record)
    }

    /// Reads an attribute that is small by its nature.
    fn read_whole(
        &self,
        stored: &Stored,
        object: &'static str,
        most: u64,
    ) -> Result<Vec<u8>, ReadAtError> {
        if stored.length > most {
            let expected = format_args!("at most {most} bytes");
            return Err(Fault::new(object, 0, expected, stored.length).into());
        }
        let mut value = vec![0; stored.length as usize];
        Stream::new(self, stored.clone())?.read_at(0, &mut value)?;
        Ok(value)
    }

    fn reparse(&self, file: &File) -> Result<Option<Vec<u8>>, ReadAtError> {
        let Some(stored) = file.find(self, kind::REPARSE_POINT, &[])? else { return Ok(None) };
        Ok(Some(self.read_whole(&stored, "reparse point", LONGEST_REPARSE)?))
    }

    /// Opens the content of a file with a reparse point.
    fn open_reparse(
        &self,
        id: FileId,
        file: &File,
        value: &[u8],
        stored: Stored,
    ) -> Result<Content<'_>, VolumeError> {
        let tag = Reparse::parse(file.record.offset, value)?.tag();
        let elsewhere = VolumeError::Elsewhere { file: id.0, tag };
        if tag != wof::TAG {
            return Err(elsewhere);
        }
        let Some(algorithm) = Algorithm::parse(value)? else { return Err(elsewhere) };
        let name = utf16(wof::STREAM);
        let Some(chunks) = file.find(self, kind::DATA, &name)? else {
            // A file that was written to since keeps the reparse point for a moment only.
            let offset = file.record.offset;
            let expected = format_args!("stream {:?}", wof::STREAM);
            return Err(Fault::new("overlay file", offset, expected, "none").into());
        };
        let stream = Stream::new(self, chunks)?;
        Ok(Box::new(Chunks::new(stream, algorithm, stored.length)?))
    }
}

impl<R: ReadAt + Send + Sync> Volume for Ntfs<R> {
    fn file_system(&self) -> FileSystem {
        FileSystem::Ntfs
    }

    fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    fn root(&self) -> FileId {
        FileId(ROOT)
    }

    fn lookup(&self, folder: FileId, name: &str) -> Result<Option<Entry>, VolumeError> {
        Index::open(self, &self.file(folder)?)?.find(name)
    }

    fn list(&self, folder: FileId, visit: &mut Visit<'_>) -> Result<(), VolumeError> {
        Index::open(self, &self.file(folder)?)?.walk(visit)
    }

    fn metadata(&self, id: FileId) -> Result<Metadata, VolumeError> {
        let file = self.file(id)?;
        let reparse = match self.reparse(&file)? {
            Some(value) => Some(Reparse::parse(file.record.offset, &value)?),
            None => None,
        };
        let overlay = reparse.as_ref().is_some_and(|reparse| reparse.tag() == wof::TAG);
        let length = file.find(self, kind::DATA, &[])?.map_or(0, |data| data.length);
        let mut streams = vec![];
        for name in file.names(kind::DATA)? {
            let units = name.chunks_exact(2).map(|unit| u16::from_le_bytes(bytes(unit, 0)));
            let units: Vec<u16> = units.collect();
            if units.is_empty() || overlay && name == utf16(wof::STREAM) {
                continue;
            }
            streams.push(FileName::new("stream", file.record.offset, units)?);
        }
        Ok(Metadata {
            is_directory: file.record.is_directory,
            length,
            reparse: reparse.filter(|_| !overlay),
            streams,
        })
    }

    fn open(&self, id: FileId, stream: &str) -> Result<Content<'_>, VolumeError> {
        let file = self.file(id)?;
        let Some(stored) = self.stream(&file, stream)? else {
            return Err(VolumeError::NoSuchStream { file: id.0, stream: stream.to_owned() });
        };
        if stored.flags & ENCRYPTED != 0 {
            return Err(VolumeError::Encrypted { file: id.0 });
        }
        if stream.is_empty()
            && let Some(value) = self.reparse(&file)?
        {
            return self.open_reparse(id, &file, &value, stored);
        }
        Ok(Box::new(Stream::new(self, stored)?))
    }
}

impl<R: ReadAt> Ntfs<R> {
    /// Finds a stream; names of streams are compared as those of files are.
    fn stream(&self, file: &File, name: &str) -> Result<Option<Stored>, ReadAtError> {
        let exact = file.find(self, kind::DATA, &utf16(name))?;
        if exact.is_some() || name.is_empty() {
            return Ok(exact);
        }
        for stored in file.names(kind::DATA)? {
            let units = stored.chunks_exact(2).map(|unit| u16::from_le_bytes(bytes(unit, 0)));
            if self.upcase.compare(units, name.encode_utf16()).is_eq() {
                return file.find(self, kind::DATA, &stored);
            }
        }
        Ok(None)
    }
}

/// Returns UTF-16 units as little-endian bytes.
fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
