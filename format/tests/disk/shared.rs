//! Real images beside the repository.

use std::io::Read;

use staunch_format::ReadAt;
use staunch_format::disk::partition::{self, FileSystem, Scheme};
use staunch_format::disk::{Disk, Format};

use crate::images::{contents, open_memory};

fn open_shared(name: &str) -> Option<Disk> {
    let Some(folder) = staunch_testkit::shared_data() else {
        println!("skipped: no shared data");
        return None;
    };
    let file = std::fs::File::open(folder.join("disks").join(name)).expect("the image");
    let mut bytes = Vec::new();
    zstd::Decoder::new(file).expect("the image").read_to_end(&mut bytes).expect("the image");
    Some(open_memory(bytes).expect("the image"))
}

#[test]
fn a_qcow2_of_a_windows_volume_is_one_ntfs_volume() {
    let Some(disk) = open_shared("windows_volume.qcow2.zst") else { return };
    assert_eq!((disk.format(), disk.len()), (Format::Qcow2, 35_913_728));
    let table = partition::read(&disk, disk.sector_size()).unwrap();
    assert_eq!((table.scheme, table.partitions.len()), (Scheme::None, 1));
    let volume = table.partitions[0].volume(&disk);
    assert_eq!(partition::file_system(&volume).unwrap(), FileSystem::Ntfs);
}

#[test]
fn a_raw_ntfs_volume_begins_at_zero() {
    let Some(disk) = open_shared("testfs1.zst") else { return };
    assert_eq!((disk.format(), disk.len()), (Format::Raw, 2_097_152));
    let table = partition::read(&disk, disk.sector_size()).unwrap();
    assert_eq!((table.scheme, table.partitions.len()), (Scheme::None, 1));
    assert_eq!(partition::file_system(&disk).unwrap(), FileSystem::Ntfs);
}

#[test]
fn a_dynamic_vhd_with_wrong_checksums_is_read_with_warnings() {
    let Some(disk) = open_shared("image.vhd.zst") else { return };
    assert_eq!((disk.format(), disk.len()), (Format::Vhd, 104_448));
    let warnings: Vec<String> = disk.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "VHD footer at offset 0x200a40: expected checksum 0xfffff683, found 0xffffef25",
            "VHD footer at offset 0x40: expected checksum 0xfffff683, found 0xffffef25",
        ]
    );
    // The superblock of an ext2 volume.
    assert_eq!(contents(&disk).unwrap()[1080..1082], [0x53, 0xef]);
}
