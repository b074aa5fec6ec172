use crate::{Fault, volume::bytes};

/// Bytes that each two bytes of the update sequence protect.
const STRIDE: usize = 512;
const RECORD: &str = "file record";
const ATTRIBUTE: &str = "attribute";

/// Types of attributes.
pub(super) mod kind {
    pub(in crate::ntfs) const ATTRIBUTE_LIST: u32 = 0x20;
    pub(in crate::ntfs) const DATA: u32 = 0x80;
    pub(in crate::ntfs) const INDEX_ROOT: u32 = 0x90;
    pub(in crate::ntfs) const INDEX_ALLOCATION: u32 = 0xA0;
    pub(in crate::ntfs) const REPARSE_POINT: u32 = 0xC0;
    pub(super) const END: u32 = 0xFFFF_FFFF;
}

/// Number of a file record within a file reference; the upper 16 bits count its reuse.
pub(super) const NUMBER: u64 = (1 << 48) - 1;

/// A file record in use.
#[derive(Debug)]
pub(super) struct Record {
    pub number: u64,
    pub sequence: u16,
    /// File reference of the record that this one extends; 0 for none.
    pub base: u64,
    pub is_directory: bool,
    /// Offset in bytes on the volume.
    pub offset: u64,
    /// The part in use.
    bytes: Vec<u8>,
    /// Offset of the first attribute within the record.
    attributes: usize,
}

impl Record {
    /// Reads the record that was found at an offset in bytes of the volume.
    pub(super) fn parse(number: u64, offset: u64, mut block: Vec<u8>) -> Result<Self, Fault> {
        restore(RECORD, offset, *b"FILE", &mut block)?;
        let flags = u16::from_le_bytes(bytes(&block, 22));
        if flags & 1 == 0 {
            return Err(Fault::new(RECORD, offset + 22, "a record in use", "a free one"));
        }
        let attributes = usize::from(u16::from_le_bytes(bytes(&block, 20)));
        let used = u32::from_le_bytes(bytes(&block, 24)) as usize;
        if used > block.len() || attributes < 42 || attributes > used {
            let expected = format_args!("attributes between 42 and {}", block.len());
            let found = format_args!("{attributes} to {used}");
            return Err(Fault::new(RECORD, offset + 20, expected, found));
        }
        // Records know their number since NTFS 3.1, which begins the update sequence behind it.
        if u16::from_le_bytes(bytes(&block, 4)) >= 48 {
            let own = u32::from_le_bytes(bytes(&block, 44));
            if u64::from(own) != number & 0xFFFF_FFFF {
                return Err(Fault::new(RECORD, offset + 44, format_args!("record {number}"), own));
            }
        }
        block.truncate(used);
        Ok(Self {
            number,
            sequence: u16::from_le_bytes(bytes(&block, 16)),
            base: u64::from_le_bytes(bytes(&block, 32)),
            is_directory: flags & 2 != 0,
            offset,
            bytes: block,
            attributes,
        })
    }

    /// Gives the attributes; a fault ends them.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Result<Attribute<'_>, Fault>> {
        let mut at = Some(self.attributes);
        std::iter::from_fn(move || {
            let start = at.take()?;
            let offset = self.offset + start as u64;
            let rest = self.bytes.get(start..).unwrap_or_default();
            if rest.len() >= 4 && u32::from_le_bytes(bytes(rest, 0)) == kind::END {
                return None;
            }
            let attribute = Attribute::parse(offset, rest);
            if let Ok((_, length)) = attribute {
                at = Some(start + length);
            }
            Some(attribute.map(|(attribute, _)| attribute))
        })
    }
}

/// An attribute, or the part of one that is in a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub kind: u32,
    /// UTF-16 units, little-endian.
    pub name: &'a [u8],
    pub flags: u16,
    /// Number that is unique in the record.
    pub instance: u16,
    /// Offset in bytes on the volume.
    pub offset: u64,
    pub value: Value<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Resident(&'a [u8]),
    /// Lengths are in bytes, and said by the first part only.
    NonResident {
        first_cluster: u64,
        last_cluster: u64,
        /// Logarithm of the clusters in a compression unit.
        unit: u8,
        length: u64,
        initialized: u64,
        runs: &'a [u8],
    },
}

impl<'a> Attribute<'a> {
    /// Reads the attribute that the bytes begin with and returns its length too.
    fn parse(offset: u64, rest: &'a [u8]) -> Result<(Self, usize), Fault> {
        if rest.len() < 24 {
            return Err(Fault::truncated(ATTRIBUTE, offset, 24, rest.len() as u64));
        }
        let length = u32::from_le_bytes(bytes(rest, 4)) as usize;
        if length < 24 || length > rest.len() {
            let expected = format_args!("a length of 24 to {} bytes", rest.len());
            return Err(Fault::new(ATTRIBUTE, offset + 4, expected, length));
        }
        let own = &rest[..length];
        let part = |at: usize, length: usize| {
            own.get(at..).and_then(|own| own.get(..length)).ok_or_else(|| {
                let left = own.len().saturating_sub(at);
                Fault::truncated(ATTRIBUTE, offset + at as u64, length as u64, left as u64)
            })
        };
        let name_offset = usize::from(u16::from_le_bytes(bytes(own, 10)));
        let name = part(name_offset, usize::from(own[9]) * 2)?;
        let value = if own[8] == 0 {
            let value_length = u32::from_le_bytes(bytes(own, 16)) as usize;
            Value::Resident(part(u16::from_le_bytes(bytes(own, 20)).into(), value_length)?)
        } else {
            part(0, 64)?;
            let runs = usize::from(u16::from_le_bytes(bytes(own, 32)));
            Value::NonResident {
                first_cluster: u64::from_le_bytes(bytes(own, 16)),
                last_cluster: u64::from_le_bytes(bytes(own, 24)),
                unit: own[34],
                length: u64::from_le_bytes(bytes(own, 48)),
                initialized: u64::from_le_bytes(bytes(own, 56)),
                runs: part(runs, 0).map(|_| &own[runs..])?,
            }
        };
        let attribute = Self {
            kind: u32::from_le_bytes(bytes(own, 0)),
            name,
            flags: u16::from_le_bytes(bytes(own, 12)),
            instance: u16::from_le_bytes(bytes(own, 14)),
            offset,
            value,
        };
        Ok((attribute, length))
    }

    /// Tells whether this is the attribute of a type and name.
    pub(super) fn is(&self, kind: u32, name: &[u8]) -> bool {
        self.kind == kind && self.name == name
    }
}

/// Restores the bytes that the update sequence replaced at the end of each 512 bytes.
pub(super) fn restore(
    object: &'static str,
    offset: u64,
    magic: [u8; 4],
    block: &mut [u8],
) -> Result<(), Fault> {
    if block.len() < STRIDE {
        return Err(Fault::truncated(object, offset, STRIDE as u64, block.len() as u64));
    }
    if block[..4] != magic {
        let found = format!("{:?}", String::from_utf8_lossy(&block[..4]));
        let expected = format!("{:?}", String::from_utf8_lossy(&magic));
        return Err(Fault::new(object, offset, expected, found));
    }
    let at = usize::from(u16::from_le_bytes(bytes(block, 4)));
    let count = usize::from(u16::from_le_bytes(bytes(block, 6)));
    let strides = block.len() / STRIDE;
    if count != strides + 1 || at < 8 || at + count * 2 > STRIDE - 2 {
        let expected = format_args!("an update sequence of {} numbers", strides + 1);
        let found = format_args!("{count} at {at:#x}");
        return Err(Fault::new(object, offset + 4, expected, found));
    }
    let number: [u8; 2] = bytes(block, at);
    for stride in 0..strides {
        let end = (stride + 1) * STRIDE - 2;
        let found: [u8; 2] = bytes(block, end);
        if found != number {
            return Err(Fault::new(
                object,
                offset + end as u64,
                format_args!("update sequence {:#06x}", u16::from_le_bytes(number)),
                format_args!("{:#06x}, as of a write that was not finished", {
                    u16::from_le_bytes(found)
                }),
            ));
        }
        let original: [u8; 2] = bytes(block, at + 2 + stride * 2);
        block[end..end + 2].copy_from_slice(&original);
    }
    Ok(())
}
