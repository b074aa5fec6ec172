//! What the tests of images share: files as images, programs that may be absent, patterns.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use staunch_format::disk::{self, Disk, DiskError, Image};
use staunch_format::{ReadAt, ReadAtError};

/// A file that counts the bytes that are read from it.
pub(crate) struct FileImage {
    file: File,
    length: u64,
    read: Arc<AtomicU64>,
}

impl FileImage {
    pub(crate) fn open(path: &Path) -> Result<Self, std::io::Error> {
        Self::counting(path, Arc::default())
    }

    pub(crate) fn counting(path: &Path, read: Arc<AtomicU64>) -> Result<Self, std::io::Error> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length, read })
    }
}

impl ReadAt for FileImage {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        let length = buffer.len();
        self.file.read_exact_at(buffer, offset).map_err(|source| ReadAtError::Io {
            offset,
            length,
            source,
        })
    }
}

/// A file in memory.
pub(crate) struct Memory(pub(crate) Vec<u8>);

impl ReadAt for Memory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        self.0.as_slice().read_at(offset, buffer)
    }
}

/// Opens an image of a folder; what it names is looked for in the same folder by its last part.
pub(crate) fn open_in(folder: &Path, name: &str) -> Result<Disk, DiskError> {
    let image = Box::new(FileImage::open(&folder.join(name)).expect("the image"));
    disk::open(image, &mut |name| {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        Ok(Box::new(FileImage::open(&folder.join(last))?) as Image)
    })
}

/// Opens an image in memory that needs no other file.
pub(crate) fn open_memory(bytes: Vec<u8>) -> Result<Disk, DiskError> {
    disk::open(Box::new(Memory(bytes)), &mut |_| Err("no other file here".into()))
}

/// Reads a whole disk, in pieces of an odd length.
pub(crate) fn contents(disk: &dyn ReadAt) -> Result<Vec<u8>, ReadAtError> {
    let mut bytes = vec![0xaa; disk.len() as usize];
    for (index, part) in bytes.chunks_mut(1_000_003).enumerate() {
        disk.read_at(index as u64 * 1_000_003, part)?;
    }
    Ok(bytes)
}

/// Makes a disk with text that packs well, noise that does not, and zeros between them.
pub(crate) fn pattern(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut bytes = vec![0; length];
    // Pieces do not begin and end where clusters do.
    for (index, piece) in bytes.chunks_mut(150_001).enumerate() {
        match noise() % 4 {
            0 => piece.chunks_mut(8).for_each(|part| {
                part.copy_from_slice(&noise().to_le_bytes()[..part.len()]);
            }),
            1 => piece.chunks_mut(16).for_each(|part| {
                part.copy_from_slice(&format!("{seed:05}.{index:09}\n").as_bytes()[..part.len()]);
            }),
            _ => {}
        }
    }
    bytes
}

/// Runs a program in a folder; returns nothing where it is not installed.
#[expect(clippy::disallowed_methods, reason = "images are made by programs that are not ours")]
pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: {program} is not installed");
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    Some(text)
}
