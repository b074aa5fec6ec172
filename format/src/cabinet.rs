//! Headers of cabinets: how many files and folders one has, and where it stands in a set.
//!
//! Not here: the names of the files and their content.
//!
//! Source: \[MS-CAB\] 2.1.

use crate::fields::{array, le16, le32, read_array};
use crate::{Fault, ReadAt, ReadAtError};

/// First bytes of every cabinet.
pub const SIGNATURE: &[u8; 4] = b"MSCF";

const OBJECT: &str = "cabinet header";

/// Length in bytes of the fields that every header has.
const LENGTH: usize = 36;

/// Length in bytes of the entry of a folder, and of a file without its name.
const FOLDER: u64 = 8;
const FILE: u64 = 17;

/// What the header of a cabinet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CabinetHeader {
    /// Major and minor version of the format: 1 and 3.
    pub version: (u8, u8),
    /// Length of the cabinet in bytes.
    pub size: u32,
    /// Offset in bytes of the entry of the first file.
    pub files_offset: u32,
    pub folders: u16,
    pub files: u16,
    /// Whether it goes on with a folder of the cabinet before it in its set.
    pub has_previous: bool,
    /// Whether the next cabinet of its set goes on with its last folder.
    pub has_next: bool,
    /// Number that all cabinets of a set have.
    pub set: u16,
    /// Place in the set, from 0.
    pub number: u16,
}

impl CabinetHeader {
    /// Reads the header of a cabinet.
    ///
    /// # Errors
    ///
    /// [`ReadAtError::Fault`] when it is no cabinet, of a version that is not known, or shorter than
    /// its header says; [`ReadAtError::Io`] when it cannot be read.
    pub fn read(file: &dyn ReadAt) -> Result<Self, ReadAtError> {
        let bytes: [u8; LENGTH] = read_array(file, OBJECT, 0)?;
        if !bytes.starts_with(SIGNATURE) {
            let found = array::<4>(&bytes, 0);
            return Err(Fault::new(OBJECT, 0, "MSCF", found.escape_ascii()).into());
        }
        let header = Self {
            version: (bytes[25], bytes[24]),
            size: le32(&bytes, 8),
            files_offset: le32(&bytes, 16),
            folders: le16(&bytes, 26),
            files: le16(&bytes, 28),
            has_previous: bytes[30] & 1 != 0,
            has_next: bytes[30] & 2 != 0,
            set: le16(&bytes, 32),
            number: le16(&bytes, 34),
        };
        header.check(file.len())?;
        Ok(header)
    }

    fn check(&self, length: u64) -> Result<(), Fault> {
        let (major, minor) = self.version;
        if major != 1 {
            return Err(Fault::new(OBJECT, 24, "version 1", format_args!("{major}.{minor}")));
        }
        if u64::from(self.size) > length {
            return Err(Fault::truncated("cabinet", 0, self.size.into(), length));
        }
        let folders = LENGTH as u64 + FOLDER * u64::from(self.folders);
        let files = u64::from(self.files_offset);
        if files < folders {
            let expected = format_args!("entries of files behind those of folders, at {folders}");
            return Err(Fault::new(OBJECT, 16, expected, files));
        }
        let end = files + FILE * u64::from(self.files);
        if end > self.size.into() {
            let expected = format_args!("{} files in {} bytes", self.files, self.size);
            return Err(Fault::new(OBJECT, 28, expected, format_args!("{end} bytes of entries")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cabinet of one folder and one file, up to the entry of the file.
    fn cabinet() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0, 70, 0, 44, 0].map(u32::to_le_bytes).as_flattened());
        bytes.extend([3, 1]);
        bytes.extend([1, 1, 2, 7, 0].map(u16::to_le_bytes).as_flattened());
        bytes.resize(70, 0);
        bytes
    }

    #[test]
    fn headers_are_read() {
        let header = CabinetHeader::read(&&cabinet()[..]).unwrap();
        assert_eq!((header.folders, header.files, header.set, header.number), (1, 1, 7, 0));
        assert_eq!((header.version, header.has_previous, header.has_next), ((1, 3), false, true));
    }

    #[test]
    fn what_no_cabinet_says_is_refused() {
        for (at, byte, message) in [
            (0, b'X', "cabinet header at offset 0x0: expected MSCF, found XSCF"),
            (25, 2, "cabinet header at offset 0x18: expected version 1, found 2.3"),
            (8, 71, "cabinet at offset 0x0: expected 71 bytes, found 70"),
            (
                16,
                43,
                "cabinet header at offset 0x10: expected entries of files behind those of \
                 folders, at 44, found 43",
            ),
            (
                28,
                2,
                "cabinet header at offset 0x1c: expected 2 files in 70 bytes, found 78 bytes of \
                 entries",
            ),
        ] {
            let mut bytes = cabinet();
            bytes[at] = byte;
            let error = CabinetHeader::read(&&bytes[..]).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        let error = CabinetHeader::read(&&cabinet()[..35]).unwrap_err().to_string();
        assert_eq!(error, "cabinet header at offset 0x0: expected 36 bytes, found 35");
    }
}
