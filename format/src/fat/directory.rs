use super::{CodePage, boot::ENTRY};
use crate::{Fault, volume::bytes};

const OBJECT: &str = "folder entry";
const LONG_NAME: u8 = 0x0F;
const LABEL: u8 = 0x08;
const DIRECTORY: u8 = 0x10;
/// Parts of the longest long name, of 13 units each.
const MOST_PARTS: u8 = 20;

/// An entry of a folder with its names.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub short: String,
    /// UTF-16 units of the long name, if it belongs to the entry.
    pub long: Option<Vec<u16>>,
    pub own: Raw,
}

/// What an entry says of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Raw {
    /// Offset in bytes on the volume.
    pub offset: u64,
    pub is_directory: bool,
    pub first_cluster: u32,
    /// Length in bytes; 0 for folders.
    pub length: u32,
}

/// What came of an entry.
pub(super) enum Step {
    Nothing,
    Entry(Named),
    /// The folder ends here.
    End,
}

/// Puts long names together with the entries that they belong to.
pub(super) struct Names {
    code_page: CodePage,
    /// Units of the parts that were read, the later ones first.
    units: Vec<u16>,
    /// Number of the part that was read last; 1 is the last of a name.
    part: u8,
    checksum: u8,
}

impl Names {
    pub(super) fn new(code_page: CodePage) -> Self {
        Self { code_page, units: vec![], part: 0, checksum: 0 }
    }

    /// Takes the next entry of a folder, which lies at an offset in bytes on the volume.
    pub(super) fn step(&mut self, offset: u64, entry: &[u8; ENTRY as usize]) -> Step {
        match entry[0] {
            0 => return Step::End,
            0xE5 => {
                self.part = 0;
                return Step::Nothing;
            }
            _ => {}
        }
        if entry[11] & 0x3F == LONG_NAME {
            self.long_part(entry);
            return Step::Nothing;
        }
        // Parts that are left over belong to an entry that a system without long names removed.
        let is_whole = std::mem::take(&mut self.part) == 1;
        let long = (is_whole && self.checksum == checksum(entry)).then(|| {
            let end = self.units.iter().position(|unit| *unit == 0);
            self.units[..end.unwrap_or(self.units.len())].to_vec()
        });
        if entry[11] & LABEL != 0 || entry[0] == b'.' {
            return Step::Nothing;
        }
        Step::Entry(Named {
            short: short_name(entry, self.code_page),
            long: long.filter(|long| !long.is_empty()),
            own: Raw::parse(offset, entry),
        })
    }

    fn long_part(&mut self, entry: &[u8; ENTRY as usize]) {
        let number = entry[0] & 0x3F;
        let is_first = entry[0] & 0x40 != 0;
        if is_first && (1..=MOST_PARTS).contains(&number) {
            self.units = vec![0; usize::from(number) * 13];
            self.checksum = entry[13];
        } else if is_first || number == 0 || number + 1 != self.part || entry[13] != self.checksum {
            self.part = 0;
            return;
        }
        self.part = number;
        let places = (1..11).chain(14..26).chain(28..32).step_by(2);
        let start = usize::from(number - 1) * 13;
        for (unit, at) in self.units[start..].iter_mut().zip(places) {
            *unit = u16::from_le_bytes(bytes(entry, at));
        }
    }
}

impl Raw {
    pub(super) fn parse(offset: u64, entry: &[u8; ENTRY as usize]) -> Self {
        let high = u32::from(u16::from_le_bytes(bytes(entry, 20)));
        let low = u32::from(u16::from_le_bytes(bytes(entry, 26)));
        let is_directory = entry[11] & DIRECTORY != 0;
        let length = u32::from_le_bytes(bytes(entry, 28));
        Self {
            offset,
            is_directory,
            first_cluster: high << 16 | low,
            length: if is_directory { 0 } else { length },
        }
    }

    /// Refuses a file with content and nowhere to find it.
    pub(super) fn check(self) -> Result<Self, Fault> {
        if self.length > 0 && self.first_cluster == 0 {
            let expected = format_args!("a first cluster for {} bytes", self.length);
            return Err(Fault::new(OBJECT, self.offset + 26, expected, 0));
        }
        Ok(self)
    }
}

/// Returns the checksum of a short name that the parts of its long name carry.
fn checksum(entry: &[u8; ENTRY as usize]) -> u8 {
    entry[..11].iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}

/// Reads a short name; Windows NT keeps it in small letters by two flags.
fn short_name(entry: &[u8; ENTRY as usize], code_page: CodePage) -> String {
    let part = |bytes: &[u8], is_small: bool| {
        let mut bytes = bytes.to_vec();
        let length = bytes.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
        bytes.truncate(length);
        // 0xE5 as a first byte would mean a removed entry.
        if entry[0] == 5 && bytes.first() == Some(&5) {
            bytes[0] = 0xE5;
        }
        let text = code_page.decode(&bytes);
        if is_small { text.to_lowercase() } else { text }
    };
    let mut name = part(&entry[..8], entry[12] & 0x08 != 0);
    let extension = part(&entry[8..11], entry[12] & 0x10 != 0);
    if !extension.is_empty() {
        name.push('.');
        name.push_str(&extension);
    }
    name
}
