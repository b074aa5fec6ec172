use std::borrow::Cow;

use super::big_data::{self, Segments};
use super::bytes::{shown, u16_at, u32_at};
use super::cell::{Bins, Cell};
use super::name::Name;
use super::text;
use crate::Fault;

/// Length in bytes of a value without its name.
pub(super) const HEADER: usize = 20;

/// Bit of the size that says that the data stand in the value itself.
pub(super) const RESIDENT: u32 = 0x8000_0000;

/// Flags of a value.
pub(super) const COMPRESSED_NAME: u16 = 0x01;

/// A value of a key, borrowed from the bytes of its hive.
///
/// Source: regf, "Key value".
#[derive(Debug, Clone, Copy)]
pub struct Value<'b> {
    bins: Bins<'b>,
    /// Content of the cell, at least as long as the header.
    cell: &'b [u8],
    position: u64,
    name_length: u16,
}

/// Type of the data of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    None,
    Text,
    /// Text with names of variables between percent signs.
    ExpandText,
    Binary,
    /// 32-bit number, little-endian.
    U32,
    /// 32-bit number, big-endian.
    U32BigEndian,
    /// Path of the key that a symbolic link leads to.
    Link,
    MultiText,
    ResourceList,
    FullResourceDescriptor,
    ResourceRequirementsList,
    /// 64-bit number, little-endian.
    U64,
    Unknown(u32),
}

impl ValueKind {
    /// Returns the number that stands for the type in a hive.
    pub fn number(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Text => 1,
            Self::ExpandText => 2,
            Self::Binary => 3,
            Self::U32 => 4,
            Self::U32BigEndian => 5,
            Self::Link => 6,
            Self::MultiText => 7,
            Self::ResourceList => 8,
            Self::FullResourceDescriptor => 9,
            Self::ResourceRequirementsList => 10,
            Self::U64 => 11,
            Self::Unknown(number) => number,
        }
    }
}

impl From<u32> for ValueKind {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Text,
            2 => Self::ExpandText,
            3 => Self::Binary,
            4 => Self::U32,
            5 => Self::U32BigEndian,
            6 => Self::Link,
            7 => Self::MultiText,
            8 => Self::ResourceList,
            9 => Self::FullResourceDescriptor,
            10 => Self::ResourceRequirementsList,
            11 => Self::U64,
            other => Self::Unknown(other),
        }
    }
}

impl std::fmt::Display for ValueKind {
    /// Writes the name that Windows gives the type.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "REG_NONE",
            Self::Text => "REG_SZ",
            Self::ExpandText => "REG_EXPAND_SZ",
            Self::Binary => "REG_BINARY",
            Self::U32 => "REG_DWORD",
            Self::U32BigEndian => "REG_DWORD_BIG_ENDIAN",
            Self::Link => "REG_LINK",
            Self::MultiText => "REG_MULTI_SZ",
            Self::ResourceList => "REG_RESOURCE_LIST",
            Self::FullResourceDescriptor => "REG_FULL_RESOURCE_DESCRIPTOR",
            Self::ResourceRequirementsList => "REG_RESOURCE_REQUIREMENTS_LIST",
            Self::U64 => "REG_QWORD",
            Self::Unknown(number) => return write!(f, "type {number:#x}"),
        })
    }
}

impl<'b> Value<'b> {
    pub(super) fn parse(bins: Bins<'b>, offset: u32) -> Result<Self, Fault> {
        const OBJECT: &str = "vk cell";
        let Cell { bytes, position } = bins.cell(OBJECT, offset)?;
        if !bytes.starts_with(b"vk") {
            let found = shown(&bytes[..bytes.len().min(2)]);
            return Err(Fault::new(OBJECT, position, "\"vk\"", found));
        }
        let name_length = u16_at(bytes, 2).unwrap_or(0);
        let needed = HEADER + usize::from(name_length);
        if bytes.len() < needed {
            return Err(Fault::truncated(OBJECT, position, needed as u64, bytes.len() as u64));
        }
        Ok(Self { bins, cell: bytes, position, name_length })
    }

    /// Returns the name; that of the default value is empty.
    pub fn name(&self) -> Name<'b> {
        let bytes = &self.cell[HEADER..HEADER + usize::from(self.name_length)];
        if self.flags() & COMPRESSED_NAME != 0 { Name::Latin1(bytes) } else { Name::Utf16(bytes) }
    }

    /// Returns the type of the data.
    pub fn kind(&self) -> ValueKind {
        ValueKind::from(self.u32(12))
    }

    /// Returns the flags; hives of version 1.1 have none.
    pub fn flags(&self) -> u16 {
        if self.bins.is_first_version() {
            return 0;
        }
        u16_at(self.cell, 16).expect("inside the header")
    }

    /// Returns the length of the data in bytes.
    pub fn size(&self) -> u32 {
        self.u32(4) & !RESIDENT
    }

    /// Returns the data piece by piece, without a copy.
    ///
    /// # Errors
    ///
    /// When the cell of the data is damaged or too short.
    pub fn segments(&self) -> Result<Segments<'b>, Fault> {
        let size = self.size() as usize;
        if self.u32(4) & RESIDENT != 0 {
            let Some(data) = self.cell[8..12].get(..size) else {
                return Err(Fault::new("vk cell", self.position, "at most 4 bytes within", size));
            };
            return Ok(Segments::one(data));
        }
        if size == 0 {
            return Ok(Segments::one(&[]));
        }
        big_data::segments(self.bins, self.u32(8), size)
    }

    /// Returns the data as they are stored.
    ///
    /// # Errors
    ///
    /// As for [`Self::segments`], and when one of several segments is damaged.
    pub fn data(&self) -> Result<Cow<'b, [u8]>, Fault> {
        let mut segments = self.segments()?;
        let first = segments.next().transpose()?.unwrap_or_default();
        if first.len() == self.size() as usize {
            return Ok(Cow::Borrowed(first));
        }
        // The size was checked to be no more than what the hive holds.
        let mut whole = Vec::with_capacity(self.size() as usize);
        whole.extend_from_slice(first);
        for segment in segments {
            whole.extend_from_slice(segment?);
        }
        Ok(Cow::Owned(whole))
    }

    /// Returns the text of a `REG_SZ`, `REG_EXPAND_SZ` or `REG_LINK` up to its first NUL.
    ///
    /// Variables are not replaced. Half a surrogate pair becomes U+FFFD, half a character at the
    /// end is left out.
    ///
    /// # Errors
    ///
    /// When the value has another type, or its data are damaged.
    pub fn text(&self) -> Result<String, Fault> {
        match self.kind() {
            ValueKind::Text | ValueKind::ExpandText | ValueKind::Link => {
                Ok(text::single(&self.data()?))
            }
            _ => Err(self.unlike("REG_SZ, REG_EXPAND_SZ or REG_LINK")),
        }
    }

    /// Returns the texts of a `REG_MULTI_SZ`.
    ///
    /// Empty texts between others count, as `PendingFileRenameOperations` needs them.
    ///
    /// # Errors
    ///
    /// When the value has another type, or its data are damaged.
    pub fn texts(&self) -> Result<Vec<String>, Fault> {
        match self.kind() {
            ValueKind::MultiText => Ok(text::multiple(&self.data()?)),
            _ => Err(self.unlike("REG_MULTI_SZ")),
        }
    }

    /// Returns the number of a `REG_DWORD`, of either byte order.
    ///
    /// # Errors
    ///
    /// When the value has another type, or its data are damaged or not four bytes.
    pub fn u32_value(&self) -> Result<u32, Fault> {
        match self.kind() {
            ValueKind::U32 => self.number().map(u32::from_le_bytes),
            ValueKind::U32BigEndian => self.number().map(u32::from_be_bytes),
            _ => Err(self.unlike("REG_DWORD")),
        }
    }

    /// Returns the number of a `REG_QWORD`.
    ///
    /// # Errors
    ///
    /// When the value has another type, or its data are damaged or not eight bytes.
    pub fn u64_value(&self) -> Result<u64, Fault> {
        match self.kind() {
            ValueKind::U64 => self.number().map(u64::from_le_bytes),
            _ => Err(self.unlike("REG_QWORD")),
        }
    }

    fn number<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let data = self.data()?;
        <[u8; N]>::try_from(&*data).map_err(|_| {
            let expected = format_args!("{N} bytes of data").to_string();
            Fault::new("value", self.position, expected, data.len())
        })
    }

    fn unlike(&self, expected: &str) -> Fault {
        Fault::new("value", self.position, expected, self.kind())
    }

    fn u32(&self, at: usize) -> u32 {
        u32_at(self.cell, at).expect("inside the header")
    }
}
