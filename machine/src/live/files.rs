//! Files of the running system. They are opened shared with everybody, whoever uses them.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::windows::fs::MetadataExt;
use std::path::{Path, PathBuf};

use staunch_model::{Collected, WinPath};

use crate::facts::{FileFacts, FolderEntry};
use crate::host_file::HostFile;
use crate::offline::{Warnings, executable};

/// `FILE_ATTRIBUTE_DIRECTORY`, which links to folders have too.
const FOLDER: u32 = 0x10;

/// Reads the facts of a file; one that may not be opened tells its length.
pub(super) fn facts(path: &WinPath, warnings: &Warnings) -> io::Result<FileFacts> {
    let host = host(path);
    let metadata = metadata(&host, false)?;
    Ok(match HostFile::open_regular(&host) {
        Ok(content) => executable::facts(&path.to_string(), &content, warnings),
        Err(error) => {
            warnings.add_error(path, &error);
            FileFacts { size: Collected::Known(metadata.len()), ..FileFacts::default() }
        }
    })
}

/// Lists a folder.
pub(super) fn folder(path: &WinPath) -> io::Result<Vec<FolderEntry>> {
    let host = host(path);
    metadata(&host, true)?;
    fs::read_dir(&host)?
        .map(|entry| {
            let entry = entry?;
            Ok(FolderEntry {
                name: entry.file_name().to_string_lossy().into_owned(),
                is_folder: entry.metadata()?.file_attributes() & FOLDER != 0,
            })
        })
        .collect()
}

/// Reads a whole file of at most so many bytes.
pub(super) fn content(path: &WinPath, most: usize) -> io::Result<Vec<u8>> {
    let host = host(path);
    let metadata = metadata(&host, false)?;
    let mut bytes = Vec::new();
    // One byte more than asked for: the file may grow meanwhile.
    File::open(&host)?.take((most as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        let length = metadata.len().max(bytes.len() as u64);
        return Err(io::Error::other(format!("expected at most {most} bytes, found {length}")));
    }
    Ok(bytes)
}

/// Returns the path in the form that no name of a device and no limit of 260 characters spoils.
fn host(path: &WinPath) -> PathBuf {
    PathBuf::from(format!(r"\\?\{path}"))
}

/// Asks for a file or for a folder; the other one in its place is as good as nothing.
fn metadata(host: &Path, is_folder: bool) -> io::Result<Metadata> {
    match fs::metadata(host) {
        Ok(metadata) if metadata.is_dir() == is_folder => Ok(metadata),
        Ok(_) => Err(io::ErrorKind::NotFound.into()),
        // A file stands in the place of a folder on the way.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(io::ErrorKind::NotFound.into())
        }
        Err(error) => Err(error),
    }
}
