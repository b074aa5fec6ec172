//! Images that lie: loops, tables outside the file, sizes without end, arbitrary bytes.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use staunch_format::ReadAt;
use staunch_format::disk::{self, Image, partition};

use crate::images::{Memory, open_in, open_memory, run};

/// A qcow2 of one L1 and one L2 table in clusters of 512 bytes, with a backing file.
fn qcow2(backing: &str) -> Vec<u8> {
    let mut image = vec![0; 4 * 512];
    image[..4].copy_from_slice(b"QFI\xfb");
    image[7] = 2;
    if !backing.is_empty() {
        image[8..16].copy_from_slice(&200_u64.to_be_bytes());
        image[16..20].copy_from_slice(&(backing.len() as u32).to_be_bytes());
        image[200..200 + backing.len()].copy_from_slice(backing.as_bytes());
    }
    image[23] = 9;
    image[24..32].copy_from_slice(&4096_u64.to_be_bytes());
    image[39] = 1;
    image[40..48].copy_from_slice(&512_u64.to_be_bytes());
    image[512..520].copy_from_slice(&1024_u64.to_be_bytes());
    image[1024..1032].copy_from_slice(&1536_u64.to_be_bytes());
    image[1536..].fill(0x77);
    image
}

fn read_all(image: Vec<u8>) -> String {
    match open_memory(image) {
        Err(error) => error.to_string(),
        Ok(disk) => {
            let mut bytes = [0; 4096];
            disk.read_at(0, &mut bytes).map_or_else(|error| error.to_string(), |()| "read".into())
        }
    }
}

#[test]
fn damaged_qcow2_images_say_what_is_wrong() {
    type Change = fn(&mut Vec<u8>);
    let cases: &[(Change, &str)] = &[
        (|_| {}, "read"),
        (|i| i.truncate(40), "qcow2 header at offset 0x0: expected 72 bytes, found 40"),
        (|i| i.truncate(1600), "range at offset 0x600: expected 512 bytes, found 64"),
        (|i| i[7] = 1, "qcow2 with version 1, which is not supported"),
        (|i| i[35] = 1, "qcow2 with encryption (method 1), which is not supported"),
        (
            |i| i[23] = 40,
            "qcow2 header at offset 0x14: expected cluster bits of 9 (14 with subclusters) to 21, found 40",
        ),
        (
            |i| i[24] = 0x7f,
            "qcow2 header at offset 0x24: expected an L1 table for the whole disk, found 1",
        ),
        (|i| i[42] = 1, "qcow2 L1 entry at offset 0x10000000200: expected 8 bytes, found 0"),
        (|i| i[514] = 1, "qcow2 L2 entry at offset 0x10000000400: expected 8 bytes, found 0"),
        (|i| i[1026] = 1, "range at offset 0x10000000600: expected 512 bytes, found 0"),
        (
            |i| i[1024] = 0x40,
            "qcow2 compressed cluster at offset 0x600: expected 512 bytes unpacked, found failed to fill whole buffer",
        ),
    ];
    for (change, expected) in cases {
        let mut image = qcow2("");
        change(&mut image);
        let found = read_all(image);
        // What the decompressor says of noise is its own affair.
        let compressed = expected.contains("compressed") && found.contains("compressed cluster");
        assert!(found == *expected || compressed, "expected {expected}\nfound    {found}");
    }
}

#[test]
fn unknown_incompatible_features_are_refused() {
    let mut image = qcow2("");
    image[7] = 3;
    image[75] = 0x10;
    image[103] = 104;
    let expected = "qcow2 with incompatible features 0x1000000000, which is not supported";
    assert_eq!(read_all(image), expected);
}

#[test]
fn backing_files_that_stand_on_themselves_are_refused() {
    let mut opened = 0;
    let error = disk::open(Box::new(Memory(qcow2("a"))), &mut |name| {
        opened += 1;
        Ok(Box::new(Memory(qcow2(if name == "a" { "b" } else { "a" }))) as Image)
    })
    .unwrap_err();
    assert_eq!((error.to_string().as_str(), opened), ("\"a\" stands on itself", 2));
}

#[test]
fn a_chain_without_end_is_refused() {
    let mut opened = 0;
    let error = disk::open(Box::new(Memory(qcow2("0"))), &mut |_| {
        opened += 1;
        Ok(Box::new(Memory(qcow2(&opened.to_string()))) as Image)
    })
    .unwrap_err();
    let expected = "\"64\" is one image too many: expected at most 64";
    assert_eq!((error.to_string().as_str(), opened), (expected, 64));
}

#[test]
fn names_in_images_reach_the_caller_as_they_are_and_are_not_opened() {
    let mut names = Vec::new();
    let error = disk::open(Box::new(Memory(qcow2("../../etc/passwd"))), &mut |name| {
        names.push(name.to_owned());
        Err("outside the folder of the image".into())
    })
    .unwrap_err();
    assert_eq!(names, ["../../etc/passwd"]);
    let expected = "\"../../etc/passwd\", which the image needs, cannot be opened";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn formats_that_are_not_read_are_no_raw_disks() {
    for magic in [&b"QED\0"[..], b"COWD", b"MSWIM\0\0\0", b"EVF\x09\x0d\x0a\xff\0"] {
        let mut image = magic.to_vec();
        image.resize(4096, 0);
        let error = open_memory(image).unwrap_err().to_string();
        assert!(error.ends_with("which is not supported"), "{error}");
    }
}

#[test]
fn every_truncation_of_an_image_is_an_error_or_the_true_bytes() {
    for (name, image) in SMALL.iter() {
        let whole = open_memory(image.clone()).unwrap();
        let mut expected = vec![0; whole.len() as usize];
        whole.read_at(0, &mut expected).unwrap();
        for length in (0..image.len()).step_by(image.len() / 61 + 1) {
            let Ok(disk) = open_memory(image[..length].to_vec()) else { continue };
            // Without its head or footer an image is a raw disk like any other.
            if disk.format() == disk::Format::Raw {
                continue;
            }
            let mut bytes = [0; 512];
            for at in (0..disk.len() / 512).map(|sector| sector * 512) {
                if disk.read_at(at, &mut bytes).is_ok() {
                    let range = at as usize..at as usize + 512;
                    assert!(bytes[..] == expected[range], "{name} cut to {length}: at {at:#x}");
                }
            }
        }
    }
}

/// Small images of every format, as far as qemu-img is installed.
static SMALL: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let raw = crate::images::pattern(300 << 10, 3);
    std::fs::write(folder.path().join("disk.raw"), raw).expect("room for a disk");
    let made = |path: &Path, format: &str, options: &str| {
        run(
            path,
            "qemu-img",
            &["convert", "-f", "raw", "-O", format, "-o", options, "disk.raw", "image"],
        )
        .map(|_| {
            (format!("{format},{options}"), std::fs::read(path.join("image")).expect("the image"))
        })
    };
    let mut images = vec![("hand-made qcow2".to_owned(), qcow2(""))];
    for (format, options) in [
        ("qcow2", "cluster_size=512"),
        ("qcow2", "extended_l2=on,cluster_size=16k"),
        ("vpc", "subformat=dynamic"),
        ("vhdx", "subformat=dynamic,block_size=1M"),
        ("vmdk", "subformat=monolithicSparse"),
        ("vmdk", "subformat=streamOptimized"),
    ] {
        images.extend(made(folder.path(), format, options));
    }
    images
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048), magic in 0..5_usize) {
        let magics: [&[u8]; 5] = [b"", b"QFI\xfb\0\0\0\x03", b"conectix", b"vhdxfile", b"KDMV\x01\0\0\0"];
        let mut image = magics[magic].to_vec();
        image.extend(&bytes);
        if let Ok(disk) = open_memory(image) {
            let _ = disk.read_at(0, &mut [0; 512]);
        }
        let _ = partition::read(&bytes.as_slice(), 512);
    }

    #[test]
    fn flipped_bytes_of_images_never_panic(
        which in any::<prop::sample::Index>(),
        flips in proptest::collection::vec((0..2048_usize, any::<u8>()), 1..6),
    ) {
        let (_, image) = &SMALL[which.index(SMALL.len())];
        let mut image = image.clone();
        for (at, value) in flips {
            let at = at % image.len();
            image[at] = value;
        }
        if let Ok(disk) = open_memory(image) {
            let mut piece = vec![0; 65_536];
            for at in [0, 65_536, 131_072, disk.len().saturating_sub(65_536)] {
                let _ = disk.read_at(at, &mut piece);
            }
            let _ = partition::read(&disk, disk.sector_size());
        }
    }
}

#[test]
fn an_image_of_a_folder_without_its_parent_says_which_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("top"), qcow2("base")).unwrap();
    let error = open_in(folder.path(), "top").unwrap_err().to_string();
    assert_eq!(error, "\"base\", which the image needs, cannot be opened");
}
