//! FAT12, FAT16 and FAT32 volumes with long names, read only.
//!
//! An own reader: what can be had wants to write, and holds a lock and a cursor where a place in a
//! file is all that is needed.
//!
//! Source: Microsoft's *FAT32 File System Specification*, 1.03.

mod boot;
mod code_page;
mod directory;
mod table;

use std::ops::ControlFlow;

pub use boot::file_system;
pub use code_page::CodePage;

use self::{
    boot::{ENTRY, Geometry, Root},
    directory::{Named, Names, Raw, Step},
};
use crate::{
    Fault, ReadAt, ReadAtError, check_range,
    volume::{
        Content, Entry, Extents, FileId, FileName, FileSystem, Metadata, Visit, Volume,
        VolumeError, simple_uppercase,
    },
};

/// Most bytes of a folder: 65,536 entries.
const LARGEST_FOLDER: u64 = 65536 * ENTRY;
/// Bytes of a folder that are read at once.
const PIECE: u64 = 4096;
const ROOT: FileId = FileId(0);
const FOLDER: &str = "folder";

/// A FAT volume.
pub struct Fat<R> {
    reader: R,
    geometry: Geometry,
    code_page: CodePage,
    warnings: Vec<Fault>,
}

/// Where the entries of a folder are.
enum Folder {
    Fixed(u64, u64),
    Clusters(Extents),
}

impl<R: ReadAt> Fat<R> {
    /// Opens a volume whose short names are in a code page.
    ///
    /// # Errors
    ///
    /// The fault of the boot sector; errors of the reader.
    pub fn open(reader: R, code_page: CodePage) -> Result<Self, ReadAtError> {
        let geometry = Geometry::read(&reader)?;
        let length = geometry.first_cluster + u64::from(geometry.clusters) * geometry.cluster;
        let mut warnings = vec![];
        if reader.len() < length {
            warnings.push(Fault::truncated("FAT volume", 0, length, reader.len()));
        }
        Ok(Self { reader, geometry, code_page, warnings })
    }

    fn raw(&self, file: FileId) -> Result<Raw, ReadAtError> {
        let mut entry = [0; ENTRY as usize];
        self.reader.read_at(file.0, &mut entry)?;
        Ok(Raw::parse(file.0, &entry).check()?)
    }

    fn folder(&self, file: FileId) -> Result<Folder, VolumeError> {
        let first = if file == ROOT {
            match self.geometry.root {
                Root::Fixed(offset, length) => return Ok(Folder::Fixed(offset, length)),
                Root::Chain(first) => first,
            }
        } else {
            let raw = self.raw(file)?;
            if !raw.is_directory {
                return Err(VolumeError::NotAFolder { file: file.0 });
            }
            raw.first_cluster
        };
        Ok(Folder::Clusters(table::chain(&self.reader, &self.geometry, first, None)?))
    }

    /// Gives the entries of a folder until it ends or the visitor breaks.
    fn entries(
        &self,
        folder: FileId,
        visit: &mut dyn FnMut(Named) -> ControlFlow<()>,
    ) -> Result<(), VolumeError> {
        let folder = self.folder(folder)?;
        let mut names = Names::new(self.code_page);
        let mut at = 0;
        let mut piece = vec![];
        while let Some((start, left)) = folder.piece(&self.geometry, at) {
            if at >= LARGEST_FOLDER {
                let expected = format_args!("at most {LARGEST_FOLDER} bytes");
                return Err(Fault::new(FOLDER, start, expected, "more").into());
            }
            piece.resize(left.min(PIECE) as usize, 0);
            self.reader.read_at(start, &mut piece)?;
            let (entries, _) = piece.as_chunks::<{ ENTRY as usize }>();
            for (entry, offset) in entries.iter().zip((start..).step_by(ENTRY as usize)) {
                match names.step(offset, entry) {
                    Step::Nothing => {}
                    Step::End => return Ok(()),
                    Step::Entry(named) => {
                        if visit(named).is_break() {
                            return Ok(());
                        }
                    }
                }
            }
            at += piece.len() as u64;
        }
        Ok(())
    }
}

impl Folder {
    /// Returns where a part of the folder lies on the volume and how many bytes lie together.
    fn piece(&self, geometry: &Geometry, at: u64) -> Option<(u64, u64)> {
        match self {
            Self::Fixed(offset, length) => (at < *length).then(|| (offset + at, length - at)),
            Self::Clusters(extents) => {
                let (place, count) = extents.find(at / geometry.cluster)?;
                let inside = at % geometry.cluster;
                let start = geometry.first_cluster + place? * geometry.cluster + inside;
                Some((start, count * geometry.cluster - inside))
            }
        }
    }
}

impl Named {
    fn entry(self) -> Result<Entry, Fault> {
        let name = self.long.unwrap_or_else(|| self.short.encode_utf16().collect());
        Ok(Entry {
            name: FileName::new("folder entry", self.own.offset, name)?,
            file: FileId(self.own.offset),
            is_directory: self.own.is_directory,
        })
    }
}

impl<R: ReadAt + Send + Sync> Volume for Fat<R> {
    fn file_system(&self) -> FileSystem {
        self.geometry.file_system
    }

    fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    fn root(&self) -> FileId {
        ROOT
    }

    fn lookup(&self, folder: FileId, name: &str) -> Result<Option<Entry>, VolumeError> {
        let fold = |units: &mut dyn Iterator<Item = u16>| units.map(simple_uppercase).collect();
        let wanted: Vec<u16> = fold(&mut name.encode_utf16());
        let is_wanted = |units: &mut dyn Iterator<Item = u16>| {
            units.map(simple_uppercase).eq(wanted.iter().copied())
        };
        let mut found = None;
        self.entries(folder, &mut |named| {
            let long = named.long.iter().flatten().copied();
            if is_wanted(&mut { long }) || is_wanted(&mut named.short.encode_utf16()) {
                found = Some(named);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok(found.map(Named::entry).transpose()?)
    }

    fn list(&self, folder: FileId, visit: &mut Visit<'_>) -> Result<(), VolumeError> {
        self.entries(folder, &mut |named| visit(named.entry()))
    }

    fn metadata(&self, file: FileId) -> Result<Metadata, VolumeError> {
        let (is_directory, length) = if file == ROOT {
            (true, 0)
        } else {
            let raw = self.raw(file)?;
            (raw.is_directory, raw.length.into())
        };
        Ok(Metadata { is_directory, length, reparse: None, streams: vec![] })
    }

    fn open(&self, file: FileId, stream: &str) -> Result<Content<'_>, VolumeError> {
        let none = || VolumeError::NoSuchStream { file: file.0, stream: stream.to_owned() };
        if file == ROOT || !stream.is_empty() {
            return Err(none());
        }
        let raw = self.raw(file)?;
        if raw.is_directory {
            return Err(none());
        }
        let length = u64::from(raw.length);
        let extents = table::chain(&self.reader, &self.geometry, raw.first_cluster, Some(length))?;
        let clusters = extents.clusters();
        if clusters * self.geometry.cluster < length {
            let expected = format_args!("clusters for {length} bytes");
            return Err(Fault::new("folder entry", raw.offset + 28, expected, clusters).into());
        }
        Ok(Box::new(FatFile { volume: self, extents, length }))
    }
}

/// Content of a file.
struct FatFile<'a, R> {
    volume: &'a Fat<R>,
    extents: Extents,
    /// Length in bytes.
    length: u64,
}

impl<R: ReadAt> ReadAt for FatFile<'_, R> {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.length, offset, buffer.len())?;
        let geometry = &self.volume.geometry;
        let clusters = Clusters { reader: &self.volume.reader, start: geometry.first_cluster };
        self.extents.read(&clusters, "file", geometry.cluster, offset, buffer)
    }
}

/// The part of a volume behind its tables.
struct Clusters<'a, R> {
    reader: &'a R,
    start: u64,
}

impl<R: ReadAt> ReadAt for Clusters<'_, R> {
    fn len(&self) -> u64 {
        self.reader.len().saturating_sub(self.start)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        self.reader.read_at(self.start.saturating_add(offset), buffer)
    }
}
