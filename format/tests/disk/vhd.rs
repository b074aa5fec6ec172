//! Differencing VHDs: children made by hand of a parent that qemu-img wrote.
//!
//! Source: Microsoft, Virtual Hard Disk Image Format Specification, version 1.0.

use std::path::Path;

use staunch_format::disk::Format;

use crate::images::{contents, open_in, pattern, run};

const SECTOR: usize = 512;
const BLOCK: usize = 2 << 20;

/// Offsets of the parts of a child.
const HEADER: usize = 512;
const TABLE: usize = 1536;
const LOCATOR: usize = 2048;
const BLOCKS: usize = 4096;

/// A child with a header that names its parent, and some blocks.
struct Child {
    bytes: Vec<u8>,
    footer: [u8; SECTOR],
}

impl Child {
    /// Makes a child of the file in a folder.
    fn of(folder: &Path, parent: &str, identity: u8) -> Self {
        let file = std::fs::read(folder.join(parent)).expect("the parent");
        let mut footer: [u8; SECTOR] = *file.last_chunk().expect("a footer");
        let parent_identity = footer[68..84].to_owned();
        let size = u64::from_be_bytes(footer[48..56].try_into().expect("eight bytes")) as usize;
        footer[16..24].copy_from_slice(&(HEADER as u64).to_be_bytes());
        footer[63] = 4;
        footer[68..84].fill(identity);
        put_checksum(&mut footer, 64);
        let entries = size.div_ceil(BLOCK);
        let mut bytes = vec![0; BLOCKS];
        bytes[..SECTOR].copy_from_slice(&footer);
        bytes[TABLE..TABLE + entries * 4].fill(0xFF);
        let relative: Vec<u8> =
            format!(".\\{parent}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes[LOCATOR..LOCATOR + relative.len()].copy_from_slice(&relative);
        let header = &mut bytes[HEADER..HEADER + 1024];
        header[..8].copy_from_slice(b"cxsparse");
        header[8..16].fill(0xFF);
        header[16..24].copy_from_slice(&(TABLE as u64).to_be_bytes());
        header[25] = 1;
        header[28..32].copy_from_slice(&(entries as u32).to_be_bytes());
        header[32..36].copy_from_slice(&(BLOCK as u32).to_be_bytes());
        header[40..56].copy_from_slice(&parent_identity);
        for (at, unit) in (64..).step_by(2).zip(parent.encode_utf16()) {
            header[at..at + 2].copy_from_slice(&unit.to_be_bytes());
        }
        header[576..580].copy_from_slice(b"W2ru");
        header[580..584].copy_from_slice(&1_u32.to_be_bytes());
        header[584..588].copy_from_slice(&(relative.len() as u32).to_be_bytes());
        header[592..600].copy_from_slice(&(LOCATOR as u64).to_be_bytes());
        put_checksum(header, 36);
        Self { bytes, footer }
    }

    /// Adds a block of one byte, of which the child holds the sectors that are chosen; lays them
    /// over the disk that is expected.
    fn block(&mut self, number: usize, fill: u8, chosen: impl Fn(usize) -> bool, disk: &mut [u8]) {
        let sector = (self.bytes.len() / SECTOR) as u32;
        self.bytes[TABLE + number * 4..][..4].copy_from_slice(&sector.to_be_bytes());
        let mut bitmap = vec![0; BLOCK / SECTOR / 8];
        let start = number * BLOCK;
        for index in (0..BLOCK / SECTOR).filter(|index| chosen(*index)) {
            bitmap[index / 8] |= 0x80 >> (index % 8);
            if let Some(sector) = disk.get_mut(start + index * SECTOR..) {
                let length = sector.len().min(SECTOR);
                sector[..length].fill(fill);
            }
        }
        self.bytes.extend(bitmap);
        self.bytes.resize(self.bytes.len() + BLOCK, fill);
    }

    fn write(mut self, path: &Path) {
        self.bytes.extend(self.footer);
        std::fs::write(path, self.bytes).expect("room for a child");
    }
}

/// Writes the complement of the sum of all other bytes.
fn put_checksum(bytes: &mut [u8], at: usize) {
    bytes[at..at + 4].fill(0);
    let sum = !bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    bytes[at..at + 4].copy_from_slice(&sum.to_be_bytes());
}

/// Makes a parent in a folder and returns its disk.
fn parent(folder: &Path) -> Option<Vec<u8>> {
    let raw = pattern(13 << 20, 5);
    std::fs::write(folder.join("disk.raw"), raw).expect("room for a disk");
    let options = "subformat=dynamic,force_size=on";
    let arguments = ["convert", "-f", "raw", "-O", "vpc", "-o", options, "disk.raw", "base.vhd"];
    run(folder, "qemu-img", &arguments)?;
    Some(contents(&open_in(folder, "base.vhd").expect("the parent")).expect("the parent"))
}

#[test]
fn children_of_children_show_the_newest_sectors() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut expected) = parent(folder.path()) else { return };
    let mut child = Child::of(folder.path(), "base.vhd", 0xC1);
    child.block(
        5,
        0x51,
        |index| index.is_multiple_of(3) || (700..1900).contains(&index),
        &mut expected,
    );
    child.block(0, 0x52, |_| true, &mut expected);
    child.block(2, 0x53, |_| false, &mut expected);
    // The last block is cut by the end of the disk.
    child.block(6, 0x54, |index| index != 0, &mut expected);
    child.write(&folder.path().join("child.vhd"));
    let disk = open_in(folder.path(), "child.vhd").unwrap();
    assert_eq!((disk.format(), disk.warnings()), (Format::Vhd, &[][..]));
    assert!(contents(&disk).unwrap() == expected, "other bytes");

    let mut grandchild = Child::of(folder.path(), "child.vhd", 0xC2);
    grandchild.block(5, 0x61, |index| index < 9, &mut expected);
    grandchild.block(3, 0x62, |index| index == 4095, &mut expected);
    grandchild.write(&folder.path().join("grandchild.vhd"));
    let disk = open_in(folder.path(), "grandchild.vhd").unwrap();
    assert!(contents(&disk).unwrap() == expected, "other bytes");
}

#[test]
fn a_parent_that_was_made_again_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    if parent(folder.path()).is_none() {
        return;
    }
    Child::of(folder.path(), "base.vhd", 0xC1).write(&folder.path().join("child.vhd"));
    Child::of(folder.path(), "child.vhd", 0xC2).write(&folder.path().join("grandchild.vhd"));
    Child::of(folder.path(), "base.vhd", 0xC3).write(&folder.path().join("child.vhd"));
    let error = open_in(folder.path(), "grandchild.vhd").unwrap_err().to_string();
    let [old, new] = ["c1", "c3"]
        .map(|byte| [8, 4, 4, 4, 12].map(|digits: usize| byte.repeat(digits / 2)).join("-"));
    assert!(error.contains(&old) && error.contains(&new), "{error}");
    std::fs::remove_file(folder.path().join("child.vhd")).unwrap();
    Child::of(folder.path(), "base.vhd", 0xC1).write(&folder.path().join("loop.vhd"));
    Child::of(folder.path(), "loop.vhd", 0xC1).write(&folder.path().join("other.vhd"));
    std::fs::rename(folder.path().join("other.vhd"), folder.path().join("loop.vhd")).unwrap();
    let error = open_in(folder.path(), "loop.vhd").unwrap_err().to_string();
    assert_eq!(error, "\".\\\\loop.vhd\" stands on itself");
}
