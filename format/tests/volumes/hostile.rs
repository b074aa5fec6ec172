//! Damaged volumes: a fault that says where, and what is sound is still read.

use std::ops::ControlFlow;

use proptest::prelude::*;
use staunch_format::{
    ReadAt,
    fat::CodePage,
    ntfs::Ntfs,
    volume::{Volume, VolumeError},
};

use crate::{
    builder::{self, BLOCK, CHUNKS, CLUSTER, COMPRESSED, record_offset},
    tools,
};

fn open(image: &[u8]) -> Ntfs<&[u8]> {
    Ntfs::open(image).unwrap()
}

/// Lists the root: names, and faults in the place of names.
fn list(image: &[u8]) -> Vec<String> {
    let volume = open(image);
    let mut names = vec![];
    let all = volume.list(volume.root(), &mut |entry| {
        names.push(entry.map_or_else(|fault| fault.to_string(), |entry| entry.name.to_string()));
        ControlFlow::Continue(())
    });
    names.extend(all.err().map(|error| error.to_string()));
    names
}

/// Reads a file of the root, or says why not.
fn read(image: &[u8], name: &str) -> Result<Vec<u8>, String> {
    let volume = open(image);
    let entry = volume.lookup(volume.root(), name).map_err(|error| error.to_string())?;
    let entry = entry.ok_or("no such name")?;
    let content = volume.open(entry.file, "").map_err(|error| error.to_string())?;
    let mut bytes = vec![0; content.len() as usize];
    content.read_at(0, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[test]
fn the_sound_volume() {
    let image = builder::image();
    assert_eq!(list(&image), ["a.txt", "b.bin", "c.lz", "d", "E.wof", "f"]);
    for (name, content) in [
        ("A.TXT", b"content".to_vec()),
        ("B.BIN", vec![b'b'; 900]),
        ("C.lz", vec![b'c'; 5000]),
        ("e.wof", [vec![b'e'; 4096], b"end".to_vec()].concat()),
        ("F", vec![b'b'; 900]),
    ] {
        assert_eq!(read(&image, name), Ok(content), "{name}");
    }
    let volume = open(&image);
    let warnings: Vec<_> = volume.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        ["file record at offset 0x400: expected a record that is stored, found 10"]
    );
    let file = tools::find(&volume, "a.txt").unwrap();
    assert_eq!(tools::content(&volume, file, "BESIDE").unwrap(), b"stream");
}

#[test]
fn the_seed_of_the_fuzz_target_is_this_volume() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/ntfs/every-kind");
    assert!(std::fs::read(seed).unwrap() == builder::image());
}

#[test]
fn one_wrong_field() {
    let record = record_offset;
    // Fields lie behind the header of 56 bytes and that of the attribute.
    for (offset, bytes, name, message) in [
        (
            record(17),
            &b"BAAD"[..],
            "b.bin",
            "file record at offset 0x1000: expected \"FILE\", found \"BAAD\"",
        ),
        (
            record(17) + 510,
            &[9, 9],
            "b.bin",
            "file record at offset 0x11fe: expected update sequence 0x0001, found 0x0909, \
             as of a write that was not finished",
        ),
        (
            record(17) + 22,
            &[0],
            "b.bin",
            "file record at offset 0x1016: expected a record in use, found a free one",
        ),
        (
            record(17) + 16,
            &[7],
            "b.bin",
            "file record at offset 0x1010: expected use 1 of record 17, found 7",
        ),
        (
            record(17) + 44,
            &[18],
            "b.bin",
            "file record at offset 0x102c: expected record 17, found 18",
        ),
        (
            record(17) + 56 + 4,
            &[0],
            "b.bin",
            "attribute at offset 0x103c: expected a length of 24 to 80 bytes, found 0",
        ),
        (
            record(17) + 56 + 48,
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            "b.bin",
            "attribute at offset 0x1068: expected at most 1024 bytes, found 9223372036854775807",
        ),
        (
            record(17) + 56 + 66,
            &[39],
            "b.bin",
            "run list at offset 0x1038: expected clusters below 40, found 2 from 39 on",
        ),
        (
            record(17) + 56 + 12,
            &[0, 0x40],
            "b.bin",
            "file 0x1000000000011 is encrypted by the file system",
        ),
        (
            record(18) + 56 + 34,
            &[60],
            "c.lz",
            "attribute at offset 0x145a: expected a compression unit of 2 clusters to 1048576 \
             bytes, found 2^60 clusters",
        ),
        (
            COMPRESSED * CLUSTER,
            &[0, 0x80],
            "c.lz",
            "LZNT1 chunk at offset 0x0: expected signature 3, found 0",
        ),
        (
            CHUNKS * CLUSTER,
            &[0xFF, 0xFF],
            "E.wof",
            "chunk table at offset 0x0: expected chunk 0 of 1 to 4096 bytes below 266, \
             found 0 to 65535",
        ),
        (
            record(21) + 56 + 24 + 32 + 16,
            &[21],
            "f",
            "attribute list at offset 0x20: expected attribute 0x80 in record 21, found none",
        ),
        (
            record(21) + 56 + 24 + 32 + 16,
            &[20],
            "f",
            "file record at offset 0x1c20: expected an extension of record 21, \
             found one of record 0",
        ),
        (
            record(21) + 56 + 24 + 32 + 16,
            &[0xFF, 0xFF, 0xFF],
            "f",
            "file record at offset 0x400: expected a record below 24, found 16777215",
        ),
        (record(5) + 22, &[1], "f", "file 0x5 is not a folder"),
    ] {
        let mut image = builder::image();
        image[offset..offset + bytes.len()].copy_from_slice(bytes);
        assert_eq!(read(&image, name), Err(message.to_owned()), "{offset:#x}");
        // The other files are as they were.
        if offset != record(5) + 22 {
            assert_eq!(read(&image, "a.txt"), Ok(b"content".to_vec()));
        }
    }
}

#[test]
fn a_folder_whose_block_is_lost_shows_the_others() {
    let mut image = builder::image();
    image[BLOCK * CLUSTER] = 0;
    let names = list(&image);
    assert_eq!(names[0], "index block at offset 0x0: expected \"INDX\", found \"\\0NDX\"");
    assert_eq!(names[1..], ["c.lz", "d", "E.wof", "f"]);
}

#[test]
fn blocks_that_lead_to_themselves_end() {
    let mut image = builder::image();
    let block = &mut image[BLOCK * CLUSTER..][..2 * CLUSTER];
    // The first entry grows by a number of a block: its own.
    let start = 64;
    let length = usize::from(block[start + 8]);
    block.copy_within(start + length..400, start + length + 8);
    block[start + 8] += 8;
    block[start + 12] = 1;
    block[start + length..start + length + 8].fill(0);
    let end = u16::from(block[28]) + 8;
    block[28..30].copy_from_slice(&end.to_le_bytes());
    let names = list(&image);
    assert_eq!(
        names[0],
        "index entry at offset 0x40: expected a block that was not met before, found 0"
    );
    assert_eq!(names[1..], ["a.txt", "b.bin", "c.lz", "d", "E.wof", "f"]);
    assert_eq!(
        read(&image, "a"),
        Err("index at offset 0x0: expected at most 32 blocks below each other, found more".into())
    );
}

#[test]
fn names_that_lead_outside_are_no_names() {
    let mut image = builder::image();
    let block = &mut image[BLOCK * CLUSTER..];
    // The second unit of "a.txt".
    block[64 + 16 + 66 + 2] = b'\\';
    let names = list(&image);
    assert_eq!(names[0], "index entry at offset 0x40: expected a name, found \"a\\\\txt\"");
    assert_eq!(names[1..], ["b.bin", "c.lz", "d", "E.wof", "f"]);
}

#[test]
fn copies_are_used_where_the_first_is_lost() {
    let mut image = builder::image();
    image[..CLUSTER].fill(0);
    assert_eq!(list(&image).len(), 6);
    let volume = open(&image);
    assert_eq!(
        volume.warnings()[0].to_string(),
        "NTFS boot sector at offset 0x3: expected \"NTFS    \", found \"\\0\\0\\0\\0\\0\\0\\0\\0\""
    );
    let end = image.len() - CLUSTER;
    image.truncate(end);
    let error = Ntfs::open(&image[..]).map(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with("NTFS boot sector at offset 0x3"), "{error}");

    let mut image = builder::image();
    image.copy_within(record_offset(0)..record_offset(0) + 1024, 36 * CLUSTER);
    image[record_offset(0)] = 0;
    image[56] = 36;
    assert_eq!(list(&image).len(), 6);
    assert!(open(&image).warnings()[0].to_string().starts_with("file record at offset 0x400"));
}

#[test]
fn a_volume_that_was_cut_off_says_so() {
    let mut image = builder::image();
    image.truncate(CHUNKS * CLUSTER);
    let volume = open(&image);
    assert_eq!(
        volume.warnings()[0].to_string(),
        "NTFS volume at offset 0x0: expected 20480 bytes, found 16384"
    );
    assert_eq!(read(&image, "b.bin"), Ok(vec![b'b'; 900]));
    assert!(read(&image, "E.wof").unwrap_err().starts_with("range at offset 0x4000"));
}

#[test]
fn a_table_of_files_in_parts() {
    let image = builder::image_with_split_table();
    assert_eq!(read(&image, "a.txt"), Ok(b"content".to_vec()));
    let mut image = image;
    image[36 * CLUSTER] = 0;
    // The first part still holds the root.
    assert_eq!(list(&image), ["a.txt", "b.bin", "c.lz", "d", "E.wof", "f"]);
    assert_eq!(
        open(&image).warnings()[0].to_string(),
        "file record at offset 0x4800: expected \"FILE\", found \"\\0ILE\""
    );
    assert_eq!(
        read(&image, "a.txt"),
        Err("file record at offset 0x400: expected a record that is stored, found 16".to_owned())
    );
}

/// Reads all that can be read, with bounded effort.
fn explore(volume: &dyn Volume) -> Result<(), VolumeError> {
    let mut folders = vec![(0, volume.root())];
    let mut count = 0;
    while let Some((depth, folder)) = folders.pop() {
        let mut entries = vec![];
        let listed = volume.list(folder, &mut |entry| {
            entries.extend(entry);
            if entries.len() < 1000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        drop(listed);
        for entry in entries {
            count += 1;
            if count > 2000 {
                return Ok(());
            }
            let _ = volume.lookup(folder, &entry.name.to_string());
            if let Ok(content) = volume.open(entry.file, "") {
                let mut bytes = vec![0; content.len().min(70_000) as usize];
                let _ = content.read_at(0, &mut bytes);
                let _ = content.read_at(content.len() - bytes.len() as u64, &mut bytes);
            }
            let _ = volume.metadata(entry.file);
            if entry.is_directory && depth < 8 {
                folders.push((depth + 1, entry.file));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn flipped_bits_never_panic(
        flips in prop::collection::vec((0..41 * CLUSTER, 0..8_u32), 1..20),
    ) {
        let mut image = builder::image();
        for (at, bit) in flips {
            image[at] ^= 1 << bit;
        }
        if let Ok(volume) = staunch_format::volume::open(&image[..], CodePage::Cp437) {
            explore(&*volume).unwrap();
        }
    }
}
