//! Files that are no machine, told by their content.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Something that a file can be, and what to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) name: &'static str,
    pub(crate) hint: &'static str,
}

const UNPACK: &str = "unpack it, and name what is in it";
const NOT_WINDOWS: &str = "Windows is installed on NTFS or FAT";

const DRIVE: &str = "name the folder that stands for the drive of Windows; `staunch inspect` tells what is in \
                     single files";

/// Marks with the byte at which they stand.
const MARKS: &[(u64, &[u8], &str, &str)] = &[
    (0, b"\x28\xb5\x2f\xfd", "zstd-compressed data", UNPACK),
    (0, b"\x1f\x8b", "gzip-compressed data", UNPACK),
    (0, b"\xfd7zXZ\0", "xz-compressed data", UNPACK),
    (0, b"BZh", "bzip2-compressed data", UNPACK),
    (0, b"PK\x03\x04", "a zip archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (0, b"regf", "a registry hive", DRIVE),
    (0, b"MZ\x90\0", "an executable", DRIVE),
    (0, b"MSCF", "a cabinet", DRIVE),
    (0, b"MSWIM\0\0\0", "a WIM image", "apply it to a folder, and name the folder"),
    (0, b"hsqs", "a squashfs file system", NOT_WINDOWS),
    (0, b"XFSB", "an XFS file system", NOT_WINDOWS),
    (0, b"LUKS\xba\xbe", "an encrypted LUKS volume", "open it, and name what is in it"),
    (0x400, b"H+\0\x04", "an HFS+ file system", NOT_WINDOWS),
    (0x8001, b"CD001", "an image of a CD or DVD", NOT_WINDOWS),
    (0x1_0040, b"_BHRfS_M", "a Btrfs file system", NOT_WINDOWS),
];

/// Superblock of ext2, ext3 and ext4: where it begins, and where in it magic and revision stand.
const EXT: (u64, usize, usize) = (0x400, 0x38, 0x4c);

/// Tells what a file is, when it is nothing that staunch reads.
///
/// # Errors
///
/// When it cannot be opened or read.
pub(crate) fn foreign(path: &Path) -> io::Result<Option<Foreign>> {
    let mut file = File::open(path)?;
    for (offset, mark, name, hint) in MARKS {
        if bytes_at(&mut file, *offset, mark.len())? == *mark {
            return Ok(Some(Foreign { name, hint }));
        }
    }
    let (offset, magic, revision) = EXT;
    let block = bytes_at(&mut file, offset, revision + 4)?;
    // The magic alone may stand in a text; the revision is 0 or 1.
    let is_ext = block.get(magic..magic + 2) == Some(b"\x53\xef")
        && matches!(block.get(revision..), Some([0 | 1, 0, 0, 0]));
    let name = "an ext2, ext3 or ext4 file system";
    Ok(is_ext.then_some(Foreign { name, hint: NOT_WINDOWS }))
}

/// Reads some bytes, or as many of them as there are.
fn bytes_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    file.seek(SeekFrom::Start(offset))?;
    file.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn file_systems_and_archives_are_named_and_texts_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = |bytes: &[u8]| {
            let path = folder.path().join("file");
            fs::write(&path, bytes).expect("a file");
            foreign(&path).expect("a readable file").map(|foreign| foreign.name)
        };
        let mut ext = vec![0; 4096];
        ext[0x438..0x43a].copy_from_slice(b"\x53\xef");
        ext[0x44c] = 1;
        assert_eq!(name(&ext), Some("an ext2, ext3 or ext4 file system"));
        // `S：` of a Japanese text, where the magic would stand.
        let text = format!("{}S\u{ff1a}{}", "x".repeat(0x438), "y".repeat(100));
        assert_eq!(name(text.as_bytes()), None);
        let mut disc = vec![0; 0x9000];
        disc[0x8001..0x8006].copy_from_slice(b"CD001");
        assert_eq!(name(&disc), Some("an image of a CD or DVD"));
        assert_eq!(name(b"regf\x02\0\0\0"), Some("a registry hive"));
        assert_eq!(name(b"MSWIM\0\0\0\xd0"), Some("a WIM image"));
        assert_eq!(name(b""), None);
    }
}
