//! VHDX files that qemu-img makes and that are changed by hand: differencing disks, logs that were
//! not written back, damage behind right checksums.
//!
//! Source: MS-VHDX, sections 2.2.2, 2.3, 2.5 and 2.6.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use staunch_format::ReadAt;
use staunch_format::disk::Format;

use crate::images::{contents, open_in, open_memory, pattern, run};

const MIB: u64 = 1 << 20;
const SECTOR: usize = 4096;

/// Where qemu-img puts the parts of a file.
const HEADERS: [u64; 2] = [0x1_0000, 0x2_0000];
const REGIONS: u64 = 0x3_0000;
const LOG: u64 = MIB;
const BAT: u64 = 2 * MIB;
const METADATA: u64 = 3 * MIB;

fn crc32c(parts: &[&[u8]]) -> u32 {
    !parts.iter().copied().flatten().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0x82F6_3B78 & (crc & 1).wrapping_neg())
        })
    })
}

/// Writes the checksum of a structure, which stands at its fifth byte.
fn put_checksum(bytes: &mut [u8]) {
    bytes[4..8].fill(0);
    let sum = crc32c(&[bytes]);
    bytes[4..8].copy_from_slice(&sum.to_le_bytes());
}

fn u64_of(file: &File, offset: u64) -> u64 {
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, offset).expect("a number");
    u64::from_le_bytes(bytes)
}

fn edit(path: &Path) -> File {
    let file = OpenOptions::new().read(true).write(true).open(path).expect("an image");
    let mut head = [0; 8];
    file.read_exact_at(&mut head, METADATA).expect("an image");
    assert_eq!(&head, b"metadata", "the region of the metadata");
    file
}

/// Returns the offset of the header in force.
fn current_header(file: &File) -> u64 {
    HEADERS.into_iter().max_by_key(|at| u64_of(file, at + 8)).expect("two headers")
}

/// Returns the identity of the content, as a parent locator writes it.
fn identity(file: &File) -> String {
    let mut guid = [0; 16];
    file.read_exact_at(&mut guid, current_header(file) + 32).expect("a header");
    guid[..4].reverse();
    guid[4..6].reverse();
    guid[6..8].reverse();
    let digits: String = guid.iter().map(|byte| format!("{byte:02x}")).collect();
    let (a, b, c, d, e) =
        (&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
    format!("{{{a}-{b}-{c}-{d}-{e}}}")
}

/// Turns a dynamic disk into one that stands on another.
fn name_parent(file: &File, parent: &str, linkage: &str) {
    // The type of locator that VHDX parents have, a reserved word, the number of entries.
    let mut locator = vec![
        0xb7, 0xef, 0x4a, 0xb0, 0x9e, 0xd1, 0x81, 0x4a, 0xb7, 0x89, 0x25, 0xb8, 0xe9, 0x44, 0x59,
        0x13, 0, 0,
    ];
    let entries = [("parent_linkage", linkage), ("relative_path", parent)];
    locator.extend((entries.len() as u16).to_le_bytes());
    let mut texts: Vec<u8> = Vec::new();
    let start = locator.len() + entries.len() * 12;
    for (key, value) in entries {
        let [key, value] =
            [key, value].map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        let [key, value]: [Vec<u8>; 2] = [key, value];
        let at = (start + texts.len()) as u32;
        locator.extend(at.to_le_bytes());
        locator.extend((at + key.len() as u32).to_le_bytes());
        locator.extend((key.len() as u16).to_le_bytes());
        locator.extend((value.len() as u16).to_le_bytes());
        texts.extend([key, value].concat());
    }
    locator.extend(texts);
    let at = 0x1_1000_u32;
    file.write_all_at(&locator, METADATA + u64::from(at)).expect("a locator");
    let count = u64_of(file, METADATA + 8) >> 16 & 0xFFFF;
    let mut item = vec![
        0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45, 0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab,
        0x0c,
    ];
    item.extend(at.to_le_bytes());
    item.extend((locator.len() as u32).to_le_bytes());
    item.extend([4, 0, 0, 0, 0, 0, 0, 0]);
    file.write_all_at(&item, METADATA + 32 + count * 32).expect("an item");
    file.write_all_at(&(count as u16 + 1).to_le_bytes(), METADATA + 10).expect("a count");
    // The flags of the file parameters: it has a parent.
    file.write_all_at(&[2], METADATA + 0x1_0000 + 4).expect("flags");
}

#[test]
fn a_differencing_disk_shows_its_own_sectors_and_those_of_its_parent() {
    const BLOCK: u64 = 32 * MIB;
    /// Blocks for each sector bitmap, which covers 4 GiB.
    const RATIO: u64 = 128;
    let folder = tempfile::tempdir().unwrap();
    let create = |name: &str| {
        let options = "subformat=dynamic,block_size=32M,block_state_zero=off";
        run(folder.path(), "qemu-img", &["create", "-f", "vhdx", "-o", options, name, "5G"])
    };
    let second = 140 * BLOCK;
    if create("base").is_none() || create("child").is_none() {
        return;
    }
    for (fill, at, length) in [("0x11", 0, 2 * BLOCK), ("0x12", second, BLOCK)] {
        let command = format!("write -P {fill} {at} {length}");
        if run(folder.path(), "qemu-io", &["-f", "vhdx", "-c", &command, "base"]).is_none() {
            return;
        }
    }
    let linkage = identity(&edit(&folder.path().join("base")));
    let child = edit(&folder.path().join("child"));
    name_parent(&child, ".\\base", &linkage);
    let end = child.metadata().unwrap().len().next_multiple_of(MIB);
    let [bitmap0, bitmap1, payload0, payload1] = [0, 1, 2, 34].map(|mib| end + mib * MIB);
    child.set_len(payload1 + BLOCK).unwrap();
    let entry = |index: u64, offset: u64, state: u64| {
        child.write_all_at(&(offset | state).to_le_bytes(), BAT + index * 8).unwrap();
    };
    // Block 1 in part; block 2 zeros; the blocks of the second chunk stand one entry further.
    entry(1, payload0, 7);
    entry(2, 0, 2);
    entry(RATIO, bitmap0, 6);
    entry(140 + 1, payload1, 7);
    entry(RATIO * 2 + 1, bitmap1, 6);
    child.write_all_at(&[0x21; 4096], payload0 + 1024).unwrap();
    child.write_all_at(&[0x22; 512], payload1 + 7 * 512).unwrap();
    // Sectors 2 to 9 of block 1, and sector 7 of block 140, which is the twelfth of its chunk.
    child.write_all_at(&[0xFC, 0x03], bitmap0 + BLOCK / 512 / 8).unwrap();
    child.write_all_at(&[0x80], bitmap1 + 12 * BLOCK / 512 / 8).unwrap();

    let disk = open_in(folder.path(), "child").unwrap();
    assert_eq!((disk.format(), disk.len(), disk.warnings()), (Format::Vhdx, 5 << 30, &[][..]));
    let cases = [
        (0, 0x11),
        (BLOCK + 1023, 0x11),
        (BLOCK + 1024, 0x21),
        (BLOCK + 1024 + 4095, 0x21),
        (BLOCK + 1024 + 4096, 0x11),
        (2 * BLOCK - 1, 0x11),
        (2 * BLOCK, 0),
        (second - 1, 0),
        (second, 0x12),
        (second + 7 * 512, 0x22),
        (second + 8 * 512, 0x12),
        ((5 << 30) - 1, 0),
    ];
    for (at, expected) in cases {
        let mut byte = [0xAA];
        disk.read_at(at, &mut byte).unwrap();
        assert_eq!(byte, [expected], "at {at:#x}");
    }
    // A parent that was written to since is another disk.
    let command = ["-f", "vhdx", "-c", "write -P 1 0 512", "base"];
    run(folder.path(), "qemu-io", &command);
    let error = open_in(folder.path(), "child").unwrap_err().to_string();
    assert!(error.contains(linkage.trim_matches(['{', '}'])), "{error}");
}

/// What an entry of a log writes.
enum Write<'a> {
    Sector(u64, &'a [u8; SECTOR]),
    Zeros(u64, u64),
}

/// Writes an entry into the ring of a log; returns the index behind it.
fn put_entry(
    log: &mut [u8],
    at: usize,
    tail: usize,
    sequence: u64,
    ends: [u64; 2],
    writes: &[Write<'_>],
) -> usize {
    let mut sectors = Vec::new();
    let mut entry = vec![0; SECTOR];
    for (index, write) in writes.iter().enumerate() {
        let descriptor = &mut entry[64 + index * 32..][..32];
        descriptor[24..].copy_from_slice(&sequence.to_le_bytes());
        match write {
            Write::Zeros(offset, length) => {
                descriptor[..4].copy_from_slice(b"zero");
                descriptor[8..16].copy_from_slice(&length.to_le_bytes());
                descriptor[16..24].copy_from_slice(&offset.to_le_bytes());
            }
            Write::Sector(offset, content) => {
                descriptor[..4].copy_from_slice(b"desc");
                descriptor[4..8].copy_from_slice(&content[SECTOR - 4..]);
                descriptor[8..16].copy_from_slice(&content[..8]);
                descriptor[16..24].copy_from_slice(&offset.to_le_bytes());
                let mut sector = content.to_vec();
                sector[..4].copy_from_slice(b"data");
                sector[4..8].copy_from_slice(&((sequence >> 32) as u32).to_le_bytes());
                sector[SECTOR - 4..].copy_from_slice(&(sequence as u32).to_le_bytes());
                sectors.extend(sector);
            }
        }
    }
    entry.extend(sectors);
    entry[..4].copy_from_slice(b"loge");
    let length = entry.len();
    entry[8..12].copy_from_slice(&(length as u32).to_le_bytes());
    entry[12..16].copy_from_slice(&(tail as u32).to_le_bytes());
    entry[16..24].copy_from_slice(&sequence.to_le_bytes());
    entry[24..28].copy_from_slice(&(writes.len() as u32).to_le_bytes());
    entry[32..48].fill(0x1D);
    entry[48..56].copy_from_slice(&ends[0].to_le_bytes());
    entry[56..64].copy_from_slice(&ends[1].to_le_bytes());
    put_checksum(&mut entry);
    for (index, byte) in entry.into_iter().enumerate() {
        let ring = log.len();
        log[(at + index) % ring] = byte;
    }
    (at + length) % log.len()
}

/// Makes the second header the one in force, with a log to replay.
fn put_header(image: &mut [u8]) {
    let [first, second] = HEADERS.map(|at| at as usize);
    let sequence = u64::MAX / 2;
    let header = image[first..first + 4096].to_vec();
    image[second..second + 4096].copy_from_slice(&header);
    image[second + 8..second + 16].copy_from_slice(&sequence.to_le_bytes());
    image[second + 48..second + 64].fill(0x1D);
    put_checksum(&mut image[second..second + 4096]);
}

/// Start of a log whose first entry goes round the end of the ring.
const AROUND: usize = MIB as usize - 2 * SECTOR;

/// Makes an image with a log, from an index in its ring on, that changes a sector twice, clears a
/// part of a block and moves another; and the image before.
fn logged(folder: &Path, start: usize) -> Option<[Vec<u8>; 2]> {
    std::fs::write(folder.join("disk.raw"), pattern((5 << 20) + 512, 77)).expect("room");
    let options = "subformat=dynamic,block_size=1M";
    let arguments = ["convert", "-f", "raw", "-O", "vhdx", "-o", options, "disk.raw", "before"];
    run(folder, "qemu-img", &arguments)?;
    let before = std::fs::read(folder.join("before")).expect("the image");
    let mut image = before.clone();
    put_header(&mut image);
    let length = image.len() as u64;
    let bat: [u8; SECTOR] = image[BAT as usize..][..SECTOR].try_into().expect("a sector");
    let block = |index: usize| {
        u64::from_le_bytes(bat[index * 8..][..8].try_into().expect("eight bytes")) >> 20 << 20
    };
    // The last block of the disk moves to the end of the file.
    let mut moved = bat;
    moved[5 * 8..6 * 8].copy_from_slice(&(length | 6).to_le_bytes());
    let [old, new, last] = [0x31, 0x32, 0x33].map(|byte| [byte; SECTOR]);
    let log = &mut image[LOG as usize..][..MIB as usize];
    let (at, ends) = (start, [length, length + MIB]);
    let first = [
        Write::Sector(block(0) + 4096, &old),
        Write::Sector(BAT, &moved),
        Write::Zeros(block(1) + 8192, 65_536),
    ];
    let next = put_entry(log, at, at, 5, ends, &first);
    let second = [Write::Sector(block(0) + 4096, &new), Write::Sector(length, &last)];
    let next = put_entry(log, next, at, 6, ends, &second);
    // An entry of a later write that was torn, and one of an older log.
    let torn = put_entry(log, next, at, 7, ends, &[Write::Sector(block(0), &last)]);
    log[torn - 100] ^= 1;
    let stale = put_entry(log, torn, torn, 99, ends, &[Write::Sector(block(0), &last)]);
    log[torn + 32] ^= 1;
    let head = &mut log[torn..stale];
    put_checksum(head);
    Some([before, image])
}

#[test]
fn a_log_that_was_not_written_back_is_replayed() {
    for start in [0, AROUND] {
        let folder = tempfile::tempdir().unwrap();
        let Some([before, image]) = logged(folder.path(), start) else { return };
        let mut expected = contents(&open_memory(before).unwrap()).unwrap();
        expected[4096..8192].fill(0x32);
        expected[MIB as usize + 8192..][..65_536].fill(0);
        expected[5 * MIB as usize..].fill(0x33);
        let disk = open_memory(image.clone()).unwrap();
        let told: Vec<String> = disk.warnings().iter().map(ToString::to_string).collect();
        let replayed = "VHDX log at offset 0x100000: expected an empty log, found one that was not \
                        written back: replayed in memory";
        assert_eq!(told, [replayed]);
        assert!(contents(&disk).unwrap() == expected, "other bytes with a log at {start:#x}");
        if start > 0 {
            // qemu-img takes the second entry for a sequence although its tail is not in it.
            continue;
        }
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("after"), image).unwrap();
        run(folder.path(), "qemu-img", &["check", "-r", "all", "-f", "vhdx", "after"]);
        let convert = ["convert", "-f", "vhdx", "-O", "raw", "after", "after.raw"];
        run(folder.path(), "qemu-img", &convert);
        assert!(std::fs::read(at("after.raw")).unwrap() == expected, "qemu-img");
    }
}

#[test]
fn a_log_without_a_whole_sequence_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let Some([_, mut image]) = logged(folder.path(), AROUND) else { return };
    // The first entry is the tail of the second.
    image[2 * MIB as usize - SECTOR + 100] ^= 1;
    let error = open_memory(image).unwrap_err().to_string();
    let expected = "VHDX log at offset 0x100000: expected a valid sequence of entries, found none";
    assert_eq!(error, expected);
}

/// The image with a log, where qemu-img is installed.
static LOGGED: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    logged(folder.path(), AROUND).map(|[_, image]| image)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn flipped_bytes_behind_right_checksums_never_panic(
        flips in proptest::collection::vec((0..7_usize, 0..256_usize, any::<u8>()), 1..6),
        mended in any::<bool>(),
    ) {
        let Some(image) = LOGGED.as_ref() else { return Ok(()) };
        let mut image = image.clone();
        let entry = 2 * MIB as usize - 2 * SECTOR;
        let places =
            [HEADERS[1], REGIONS, METADATA, METADATA + 0x1_0000, BAT, entry as u64, LOG + 4096];
        for (place, at, value) in flips {
            image[places[place] as usize + at] = value;
        }
        if mended {
            for (at, length) in [(HEADERS[1], 4096), (REGIONS, 0x1_0000), (LOG + 4096, 12_288)] {
                put_checksum(&mut image[at as usize..][..length]);
            }
            let (log, ring) = (LOG as usize, MIB as usize);
            let (end, start) = (&image[entry..log + ring], &image[log..log + 4096]);
            let sum = crc32c(&[&end[..4], &[0; 4], &end[8..], start]);
            image[entry + 4..entry + 8].copy_from_slice(&sum.to_le_bytes());
        }
        if let Ok(disk) = open_memory(image) {
            let mut piece = vec![0; 65_536];
            for at in [0, MIB, 5 * MIB, disk.len().saturating_sub(65_536)] {
                let _ = disk.read_at(at, &mut piece);
            }
        }
    }
}
