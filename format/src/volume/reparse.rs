use super::bytes;
use crate::Fault;

const OBJECT: &str = "reparse point";
pub(crate) const MOUNT_POINT: u32 = 0xA000_0003;
pub(crate) const SYMBOLIC_LINK: u32 = 0xA000_000C;

/// What stands in the place of a file or folder.
///
/// Source: \[MS-FSCC\] 2.1.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reparse {
    /// A junction or a mounted volume: an absolute path of the object manager, such as
    /// `\??\C:\Users`.
    MountPoint { target: String },
    /// A symbolic link: such a path, or one that begins at the folder of the link.
    SymbolicLink { target: String, relative: bool },
    /// Anything else, by its tag; its content may be anywhere.
    Other { tag: u32 },
}

impl Reparse {
    /// Returns the tag.
    pub fn tag(&self) -> u32 {
        match self {
            Self::MountPoint { .. } => MOUNT_POINT,
            Self::SymbolicLink { .. } => SYMBOLIC_LINK,
            Self::Other { tag } => *tag,
        }
    }

    /// Reads the value of the attribute that lies at an offset in bytes of the volume.
    pub(crate) fn parse(offset: u64, value: &[u8]) -> Result<Self, Fault> {
        if value.len() < 8 {
            return Err(Fault::truncated(OBJECT, offset, 8, value.len() as u64));
        }
        let tag = u32::from_le_bytes(bytes(value, 0));
        let paths = match tag {
            MOUNT_POINT => 16,
            SYMBOLIC_LINK => 20,
            _ => return Ok(Self::Other { tag }),
        };
        if value.len() < paths {
            return Err(Fault::truncated(OBJECT, offset, paths as u64, value.len() as u64));
        }
        let start = paths + usize::from(u16::from_le_bytes(bytes(value, 8)));
        let length = usize::from(u16::from_le_bytes(bytes(value, 10)));
        let Some(units) = value.get(start..).and_then(|rest| rest.get(..length)) else {
            let left = value.len().saturating_sub(start);
            return Err(Fault::truncated(OBJECT, offset, length as u64, left as u64));
        };
        let units: Vec<u16> =
            units.chunks_exact(2).map(|unit| u16::from_le_bytes(bytes(unit, 0))).collect();
        let target = String::from_utf16_lossy(&units);
        Ok(if tag == MOUNT_POINT {
            Self::MountPoint { target }
        } else {
            Self::SymbolicLink { target, relative: value[16] & 1 == 1 }
        })
    }
}
