use super::bytes::{shown, u32_at, u64_at};
use super::name::Name;
use crate::Fault;

/// Length in bytes of the base block of a primary file; the bins begin behind it.
pub(super) const LENGTH: usize = 4096;

/// Length in bytes of the part that the checksum covers, with the checksum itself.
pub(super) const SECTOR: usize = 512;

/// Header of a primary file or of a transaction log.
///
/// Source: regf, "Base block".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseBlock<'b> {
    pub primary_sequence: u32,
    pub secondary_sequence: u32,
    /// 100-ns ticks since 1601-01-01 UTC.
    pub last_written: u64,
    pub version: Version,
    pub file_type: FileType,
    /// Offset in bytes of the root key, from the beginning of the bins.
    pub root: u32,
    /// Length in bytes of all bins.
    pub bins_length: u32,
    /// Sector size of the disk in units of 512 bytes.
    pub clustering: u32,
    /// State of the transaction manager.
    pub flags: u32,
    /// Checksum as it is stored.
    pub checksum: u32,
    /// Checksum as it should be.
    pub computed_checksum: u32,
    name: Name<'b>,
}

/// Version of the writer of a hive; the major version is always 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    minor: u8,
}

/// What a file with a base block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    Primary,
    /// Log with a dirty vector: 1, or 2 up to Windows 2000.
    OldLog(u32),
    /// Log with entries, since Windows 8.1.
    NewLog,
    Unknown(u32),
}

impl Version {
    /// Windows NT 3.1.
    pub const V1_1: Self = Self { minor: 1 };
    /// Windows NT 3.5 and 3.51.
    pub const V1_2: Self = Self { minor: 2 };
    /// Windows NT 4.0 and 2000.
    pub const V1_3: Self = Self { minor: 3 };
    /// Windows XP and later.
    pub const V1_5: Self = Self { minor: 5 };

    /// Returns the minor version, 1 to 6.
    pub fn minor(self) -> u8 {
        self.minor
    }

    /// Tells whether cells have the header of eight bytes and names are always UTF-16.
    pub(super) fn is_first(self) -> bool {
        self.minor == 1
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

impl From<u32> for FileType {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::Primary,
            1 | 2 => Self::OldLog(number),
            6 => Self::NewLog,
            other => Self::Unknown(other),
        }
    }
}

impl<'b> BaseBlock<'b> {
    /// Reads the first 512 bytes of a base block, which is all that a log keeps of it.
    ///
    /// A wrong checksum is no reason to refuse: [`Self::check_sum`] tells.
    ///
    /// # Errors
    ///
    /// When the block is cut off, has another signature, or a version other than 1.1 to 1.6.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, Fault> {
        const OBJECT: &str = "base block";
        let Some(sector) = bytes.first_chunk::<SECTOR>() else {
            return Err(Fault::truncated(OBJECT, 0, SECTOR as u64, bytes.len() as u64));
        };
        if !sector.starts_with(b"regf") {
            return Err(Fault::new(OBJECT, 0, "\"regf\"", shown(&sector[..4])));
        }
        let number = |at| u32_at(sector, at).expect("inside the sector");
        let (major, minor) = (number(20), number(24));
        let version = match (major, u8::try_from(minor)) {
            (1, Ok(minor @ 1..=6)) => Version { minor },
            _ => {
                let found = format_args!("{major}.{minor}").to_string();
                return Err(Fault::new(OBJECT, 20, "version 1.1 to 1.6", found));
            }
        };
        Ok(Self {
            primary_sequence: number(4),
            secondary_sequence: number(8),
            last_written: u64_at(sector, 12).expect("inside the sector"),
            version,
            file_type: FileType::from(number(28)),
            root: number(36),
            bins_length: number(40),
            clustering: number(44),
            flags: number(144),
            checksum: number(508),
            computed_checksum: checksum(sector),
            name: Name::Utf16(before_nul(&sector[48..112])),
        })
    }

    /// Returns the end of the path under which the hive was last loaded; often empty.
    pub fn name(&self) -> Name<'b> {
        self.name
    }

    /// Checks the checksum.
    ///
    /// # Errors
    ///
    /// When it is not that of the 508 bytes before it.
    pub fn check_sum(&self) -> Result<(), Fault> {
        if self.checksum == self.computed_checksum {
            return Ok(());
        }
        let expected = format_args!("{:#010x}", self.computed_checksum).to_string();
        let found = format_args!("{:#010x}", self.checksum).to_string();
        Err(Fault::new("base block checksum", 508, expected, found))
    }

    /// Tells whether the last write did not end: the logs are needed to read what was written.
    pub fn is_dirty(&self) -> bool {
        self.checksum != self.computed_checksum || self.primary_sequence != self.secondary_sequence
    }
}

/// Returns the checksum of the 508 bytes before the field.
pub(super) fn checksum(sector: &[u8; SECTOR]) -> u32 {
    let (words, _) = sector[..SECTOR - 4].as_chunks::<4>();
    match words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word)) {
        0 => 1,
        u32::MAX => u32::MAX - 1,
        sum => sum,
    }
}

/// Cuts UTF-16 text before its first NUL.
fn before_nul(bytes: &[u8]) -> &[u8] {
    let (units, _) = bytes.as_chunks::<2>();
    let length = units.iter().position(|unit| *unit == [0, 0]).unwrap_or(units.len());
    &bytes[..2 * length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_never_zero_or_all_ones() {
        let mut sector = [0; SECTOR];
        assert_eq!(checksum(&sector), 1);
        sector[..4].fill(0xFF);
        assert_eq!(checksum(&sector), u32::MAX - 1);
        sector[4..8].copy_from_slice(&[1, 2, 3, 4]);
        assert_eq!(checksum(&sector), 0xFBFC_FDFE);
    }

    #[test]
    fn what_is_no_base_block_is_refused_with_what_was_found() {
        let mut sector = [0; SECTOR];
        sector[20] = 1;
        sector[24] = 5;
        for (change, expected) in [
            (&b"hbin"[..], "base block at offset 0x0: expected \"regf\", found \"hbin\""),
            (
                b"regf\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x07",
                "base block at offset 0x14: expected version 1.1 to 1.6, found 1.7",
            ),
            (
                b"regf\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x05",
                "base block at offset 0x14: expected version 1.1 to 1.6, found 2.5",
            ),
        ] {
            let mut sector = sector;
            sector[..change.len()].copy_from_slice(change);
            assert_eq!(BaseBlock::parse(&sector).unwrap_err().to_string(), expected);
        }
        assert_eq!(
            BaseBlock::parse(b"regf").unwrap_err().to_string(),
            "base block at offset 0x0: expected 512 bytes, found 4"
        );
    }
}
