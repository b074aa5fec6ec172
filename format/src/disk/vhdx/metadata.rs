use super::{MIB, Region};
use crate::disk::DiskError;
use crate::fields::{array, guid_text, le16, le32, le64, read_vec, utf16_le};
use crate::{Fault, ReadAt, ReadAtError};

const TABLE: &str = "VHDX metadata table";
const ITEM: &str = "VHDX metadata item";
const LOCATOR: &str = "VHDX parent locator";

const FILE_PARAMETERS: &str = "caa16737-fa36-4d43-b3b6-33f0aa44e76b";
const VIRTUAL_DISK_SIZE: &str = "2fa54224-cd1b-4876-b211-5dbed83bf4b8";
const VIRTUAL_DISK_ID: &str = "beca12ab-b2e6-4523-93ef-c309e000c746";
const LOGICAL_SECTOR_SIZE: &str = "8141bf1d-a96f-4709-ba47-f233a8faab5f";
const PHYSICAL_SECTOR_SIZE: &str = "cda348c7-445d-4471-9cc9-e9885251c556";
const PARENT_LOCATOR: &str = "a8d35f2d-b30b-454d-abf7-d3d84834ab0c";

const VHDX_LOCATOR: &str = "b04aefb7-d19e-4a81-b789-25b8e9445913";

/// What the metadata say that a reader needs.
pub(super) struct Metadata {
    /// Size of the disk in bytes.
    pub(super) size: u64,
    /// Size of a payload block in bytes.
    pub(super) block_size: u64,
    /// Size of a logical sector in bytes.
    pub(super) sector_size: u64,
    pub(super) parent: Option<Parent>,
}

/// How the parent is found and recognised.
pub(super) struct Parent {
    /// Paths in the order in which they are tried.
    pub(super) names: Vec<String>,
    pub(super) identity: String,
}

/// Items as the table names them: offset in the file and length, in bytes.
#[derive(Default)]
struct Items {
    parameters: Option<Region>,
    size: Option<Region>,
    sector_size: Option<Region>,
    parent: Option<Region>,
}

impl Metadata {
    pub(super) fn read(file: &dyn ReadAt, region: Region) -> Result<Self, DiskError> {
        let items = Items::read(file, region)?;
        let missing = |name: &str| Fault::new(TABLE, region.offset, name, "none");
        let parameters = items.parameters.ok_or_else(|| missing("file parameters"))?;
        let [block_size, flags] = words(file, parameters)?;
        if !block_size.is_power_of_two() || !(MIB..=256 * MIB).contains(&block_size.into()) {
            let expected = "a block size of 1 to 256 MiB, a power of two";
            return Err(Fault::new(ITEM, parameters.offset, expected, block_size).into());
        }
        let size_item = items.size.ok_or_else(|| missing("virtual disk size"))?;
        let [low, high] = words(file, size_item)?;
        let size = u64::from(high) << 32 | u64::from(low);
        if size > 64 << 40 {
            return Err(Fault::new(ITEM, size_item.offset, "at most 64 TiB", size).into());
        }
        let sector_item = items.sector_size.ok_or_else(|| missing("logical sector size"))?;
        let [sector_size] = words(file, sector_item)?;
        if !matches!(sector_size, 512 | 4096) {
            let expected = "sectors of 512 or 4096 bytes";
            return Err(Fault::new(ITEM, sector_item.offset, expected, sector_size).into());
        }
        let parent = match flags >> 1 & 1 {
            0 => None,
            _ => Some(Parent::read(file, items.parent.ok_or_else(|| missing("parent locator"))?)?),
        };
        Ok(Self { size, block_size: block_size.into(), sector_size: sector_size.into(), parent })
    }
}

/// Reads the words that an item begins with.
fn words<const N: usize>(file: &dyn ReadAt, item: Region) -> Result<[u32; N], ReadAtError> {
    let length = (N * 4) as u64;
    if item.length < length {
        return Err(Fault::truncated(ITEM, item.offset, length, item.length).into());
    }
    let bytes = read_vec(file, ITEM, item.offset, N * 4)?;
    Ok(std::array::from_fn(|index| le32(&bytes, index * 4)))
}

impl Items {
    fn read(file: &dyn ReadAt, region: Region) -> Result<Self, DiskError> {
        let table = read_vec(file, TABLE, region.offset, 0x1_0000)?;
        if le64(&table, 0) != 0x6174_6164_6174_656d {
            let found = table[..8].escape_ascii();
            return Err(Fault::new(TABLE, region.offset, "metadata", found).into());
        }
        let count = le16(&table, 10);
        if count > 2047 {
            return Err(Fault::new(TABLE, region.offset + 10, "at most 2047 entries", count).into());
        }
        let mut items = Self::default();
        for (index, entry) in table[32..].chunks_exact(32).take(count.into()).enumerate() {
            let at = region.offset + 32 + index as u64 * 32;
            let (offset, length) = (u64::from(le32(entry, 16)), u64::from(le32(entry, 20)));
            let flags = le32(entry, 24);
            let id = guid_text(&array(entry, 0));
            // Bit 0 marks items of users, whose identifiers are theirs.
            let place = match id.as_str() {
                FILE_PARAMETERS if flags & 1 == 0 => &mut items.parameters,
                VIRTUAL_DISK_SIZE if flags & 1 == 0 => &mut items.size,
                LOGICAL_SECTOR_SIZE if flags & 1 == 0 => &mut items.sector_size,
                PARENT_LOCATOR if flags & 1 == 0 => &mut items.parent,
                VIRTUAL_DISK_ID | PHYSICAL_SECTOR_SIZE => continue,
                _ if flags & 4 == 4 => {
                    let feature = format!("the required metadata item {id}");
                    return Err(DiskError::Unsupported { format: "vhdx", feature });
                }
                _ => continue,
            };
            if length > MIB || offset + length > region.length {
                let expected = "an item of at most 1 MiB inside the region";
                let found = format!("{length} bytes at {offset:#x}");
                return Err(Fault::new(TABLE, at, expected, found).into());
            }
            *place = Some(Region { offset: region.offset + offset, length });
        }
        Ok(items)
    }
}

impl Parent {
    fn read(file: &dyn ReadAt, item: Region) -> Result<Self, DiskError> {
        // Items were bounded to 1 MiB by the table.
        let bytes = read_vec(file, LOCATOR, item.offset, item.length as usize)?;
        let fault = |at: usize, expected: &str, found: String| {
            Fault::new(LOCATOR, item.offset + at as u64, expected, found)
        };
        if bytes.len() < 20 {
            return Err(Fault::truncated(LOCATOR, item.offset, 20, item.length).into());
        }
        let kind = guid_text(&array(&bytes, 0));
        if kind != VHDX_LOCATOR {
            let feature = format!("a parent locator of type {kind}");
            return Err(DiskError::Unsupported { format: "vhdx", feature });
        }
        let mut paths = [const { None }; 3];
        let mut identity = None;
        let entries = bytes[20..].chunks_exact(12).take(le16(&bytes, 18).into());
        for (index, entry) in entries.enumerate() {
            let text = |offset: usize, length: usize| {
                let (start, length) = (le32(entry, offset) as usize, le16(entry, length).into());
                bytes.get(start..).and_then(|rest| rest.get(..length)).map(utf16_le).ok_or_else(
                    || fault(20 + index * 12, "a text inside the item", format!("{start:#x}")),
                )
            };
            let (key, value) = (text(0, 8)?, text(4, 10)?);
            match key.as_str() {
                "relative_path" => paths[0] = Some(value),
                "volume_path" => paths[1] = Some(value),
                "absolute_win32_path" => paths[2] = Some(value),
                "parent_linkage" => {
                    let bare = value.trim_start_matches('{').trim_end_matches('}');
                    identity = Some(bare.to_ascii_lowercase());
                }
                _ => {}
            }
        }
        let identity = identity.ok_or_else(|| fault(0, "parent_linkage", "none".to_owned()))?;
        Ok(Self { names: paths.into_iter().flatten().collect(), identity })
    }
}
