//! Images that qemu-img writes: what is read equals the raw disk that they were made from.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use staunch_format::ReadAt;
use staunch_format::disk::{self, Format};

use crate::images::{FileImage, contents, open_in, pattern, run};

/// Not a multiple of any cluster.
const LENGTH: usize = 37 * 1024 * 1024 + 3 * 512;

/// Subformat: qemu-img's name, its options, whether it compresses, our name.
type Subformat = (&'static str, &'static str, bool, Format);

const SUBFORMATS: &[Subformat] = &[
    ("raw", "", false, Format::Raw),
    ("qcow2", "compat=0.10", false, Format::Qcow2),
    ("qcow2", "compat=0.10", true, Format::Qcow2),
    ("qcow2", "compat=1.1", false, Format::Qcow2),
    ("qcow2", "compat=1.1,cluster_size=512", false, Format::Qcow2),
    ("qcow2", "compat=1.1,cluster_size=2M", true, Format::Qcow2),
    ("qcow2", "compression_type=zstd", true, Format::Qcow2),
    ("qcow2", "compression_type=zstd,cluster_size=4096", true, Format::Qcow2),
    ("qcow2", "extended_l2=on", false, Format::Qcow2),
    ("qcow2", "extended_l2=on,cluster_size=128k", true, Format::Qcow2),
    ("qcow2", "preallocation=metadata", false, Format::Qcow2),
    ("qcow2", "data_file=data.bin", false, Format::Qcow2),
    ("qcow2", "data_file=data.bin,data_file_raw=on", false, Format::Qcow2),
    ("vpc", "subformat=dynamic,force_size=on", false, Format::Vhd),
    ("vpc", "subformat=fixed,force_size=on", false, Format::Vhd),
    ("vpc", "subformat=dynamic", false, Format::Vhd),
    ("vhdx", "subformat=dynamic", false, Format::Vhdx),
    ("vhdx", "subformat=dynamic,block_size=1M", false, Format::Vhdx),
    ("vhdx", "subformat=fixed", false, Format::Vhdx),
    ("vmdk", "subformat=monolithicSparse", false, Format::Vmdk),
    ("vmdk", "subformat=monolithicFlat", false, Format::Vmdk),
    ("vmdk", "subformat=twoGbMaxExtentSparse", false, Format::Vmdk),
    ("vmdk", "subformat=twoGbMaxExtentFlat", false, Format::Vmdk),
    ("vmdk", "subformat=streamOptimized", false, Format::Vmdk),
    ("vmdk", "subformat=monolithicSparse,zeroed_grain=on", false, Format::Vmdk),
];

/// Converts the raw disk of a folder; returns nothing where qemu-img is not installed.
fn convert(folder: &Path, subformat: &Subformat, name: &str) -> Option<()> {
    let (format, options, compress, _) = subformat;
    let mut arguments = vec!["convert", "-f", "raw", "-O", format];
    if !options.is_empty() {
        arguments.extend(["-o", options]);
    }
    if *compress {
        arguments.push("-c");
    }
    arguments.extend(["disk.raw", name]);
    run(folder, "qemu-img", &arguments).map(drop)
}

#[test]
fn every_subformat_of_qemu_img_reads_as_the_raw_disk() {
    let folder = tempfile::tempdir().unwrap();
    let raw = pattern(LENGTH, 1);
    std::fs::write(folder.path().join("disk.raw"), &raw).unwrap();
    for (index, subformat) in SUBFORMATS.iter().enumerate() {
        let name = format!("image{index}");
        let Some(()) = convert(folder.path(), subformat, &name) else { return };
        let disk = open_in(folder.path(), &name).unwrap_or_else(|e| panic!("{subformat:?}: {e:?}"));
        assert_eq!(disk.format(), subformat.3, "{subformat:?}");
        assert_eq!(disk.warnings(), [], "{subformat:?}");
        let read = contents(&disk).unwrap_or_else(|error| panic!("{subformat:?}: {error}"));
        // qemu-img rounds some sizes up: to cylinders, to whole sectors of another size.
        assert!(read.len() >= raw.len() && read.len() < raw.len() + (2 << 20), "{subformat:?}");
        assert!(read[..raw.len()] == raw, "{subformat:?}: other bytes");
        assert!(read[raw.len()..].iter().all(|byte| *byte == 0), "{subformat:?}: no zeros");
    }
}

#[test]
fn disks_of_several_split_extents_are_put_together() {
    let folder = tempfile::tempdir().unwrap();
    for (subformat, extents) in [("twoGbMaxExtentSparse", 3), ("twoGbMaxExtentFlat", 3)] {
        let name = format!("{subformat}.vmdk");
        let option = format!("subformat={subformat}");
        let create = ["create", "-f", "vmdk", "-o", &option, &name, "5G"];
        if run(folder.path(), "qemu-img", &create).is_none() {
            return;
        }
        for (command, at) in [
            ("write -P 0x11", "0"),
            ("write -P 0x22", "2147418112"),
            ("write -P 0x33", "5368643584"),
        ] {
            let command = format!("{command} {at} 65536");
            let arguments = ["-f", "vmdk", "-c", &command, &name];
            if run(folder.path(), "qemu-io", &arguments).is_none() {
                return;
            }
        }
        let files = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_str().unwrap().starts_with(&format!("{subformat}-"))
        });
        assert_eq!(files.count(), extents, "{subformat}");
        let disk = open_in(folder.path(), &name).unwrap();
        assert_eq!(disk.len(), 5 << 30);
        let cases = [
            (0, 0x11),
            (65_536, 0),
            (2_147_418_112, 0x22),
            (2_147_483_647, 0x22),
            (2_147_483_648, 0),
            (5_368_643_583, 0),
            (5_368_709_119, 0x33),
        ];
        for (offset, expected) in cases {
            let mut byte = [0xaa];
            disk.read_at(offset, &mut byte).unwrap();
            assert_eq!(byte, [expected], "{subformat} at {offset}");
        }
    }
}

/// Chains: qemu-img's name, options of every layer, our name.
const CHAINS: &[(&str, &str, Format)] = &[
    ("qcow2", "compat=0.10", Format::Qcow2),
    ("qcow2", "compat=1.1", Format::Qcow2),
    ("qcow2", "extended_l2=on", Format::Qcow2),
    ("vmdk", "subformat=monolithicSparse", Format::Vmdk),
];

/// What is written to the layers of a chain: layer, command, value, offset, length.
const WRITES: &[(&str, &str, u8, usize, usize)] = &[
    ("middle", "write -P 6", 6, 512, 1024),
    ("middle", "write -P 7", 7, 10_000_384, 70_144),
    ("middle", "write -z", 0, 20_000_256, 65_536),
    ("top", "write -P 8", 8, 1024, 4096),
    ("top", "write -P 9", 9, 10_050_048, 512),
    ("top", "write -P 10", 10, LENGTH - 512, 512),
    ("top", "write -z", 0, 20_050_432, 65_536),
];

#[test]
fn images_on_backing_files_read_as_what_was_written_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = pattern(LENGTH, 2);
    std::fs::write(folder.path().join("disk.raw"), &expected).unwrap();
    for (_, _, value, offset, length) in WRITES {
        expected[*offset..offset + length].fill(*value);
    }
    for (format, options, ours) in CHAINS {
        let Some(()) = convert(folder.path(), &(format, options, false, *ours), "base") else {
            return;
        };
        for (below, above) in [("base", "middle"), ("middle", "top")] {
            let create = ["create", "-f", format, "-o", options, "-b", below, "-F", format, above];
            run(folder.path(), "qemu-img", &create);
            for (layer, command, _, offset, length) in WRITES {
                let command = format!("{command} {offset} {length}");
                let arguments = ["-f", format, "-c", &command, above];
                if *layer == above && run(folder.path(), "qemu-io", &arguments).is_none() {
                    return;
                }
            }
        }
        let disk = open_in(folder.path(), "top").unwrap();
        let read = contents(&disk).unwrap();
        assert!(read == expected, "{format} {options}: other bytes");
    }
}

#[test]
fn a_backing_file_that_is_said_to_be_raw_is_never_taken_for_an_image() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["create", "-f", "qcow2", "inner", "1M"];
    if run(folder.path(), "qemu-img", &create).is_none() {
        return;
    }
    let create = ["create", "-f", "qcow2", "-b", "inner", "-F", "raw", "outer"];
    run(folder.path(), "qemu-img", &create);
    let disk = open_in(folder.path(), "outer").unwrap();
    let mut magic = [0; 4];
    disk.read_at(0, &mut magic).unwrap();
    assert_eq!(&magic, b"QFI\xfb");
}

#[test]
fn little_of_a_large_sparse_image_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("qcow2", "cluster_size=64k", "20G"),
        ("vpc", "subformat=dynamic", "20G"),
        ("vhdx", "subformat=dynamic", "20G"),
        ("vmdk", "subformat=monolithicSparse", "20G"),
        ("raw", "preallocation=off", "20G"),
    ];
    for (format, option, size) in cases {
        if run(folder.path(), "qemu-img", &["create", "-f", format, "-o", option, format, size])
            .is_none()
        {
            return;
        }
        for at in (0..20).map(|index| index * 1_000_000_000_u64 / 512 * 512) {
            let command = format!("write -P 5 {at} 65536");
            if run(folder.path(), "qemu-io", &["-f", format, "-c", &command, format]).is_none() {
                return;
            }
        }
        let read = Arc::new(AtomicU64::new(0));
        let path = folder.path().join(format);
        let image = FileImage::counting(&path, Arc::clone(&read)).unwrap();
        let disk = disk::open(Box::new(image), &mut |_| Err("none".into())).unwrap();
        let mut piece = vec![0; 65_536];
        for at in (0..20).map(|index| index * 1_000_000_000_u64 / 512 * 512) {
            disk.read_at(at, &mut piece).unwrap();
            assert!(piece.iter().all(|byte| *byte == 5), "{format} at {at}");
            disk.read_at(at + 100_000_000, &mut piece).unwrap();
            assert!(piece.iter().all(|byte| *byte == 0), "{format} at {at}");
        }
        let touched = read.load(Ordering::Relaxed);
        println!("{format}: {touched} bytes read of a disk of {} bytes", disk.len());
        // Beside the data: the head, and a page of each table for every place.
        let zeros = if format == "raw" { 20 * 65_536 } else { 0 };
        assert!(touched <= 20 * 65_536 + zeros + 80 * 4096 + (1 << 18), "{format}: {touched}");
    }
}
