//! Partition tables that sfdisk, sgdisk and parted write, and hostile ones.

use std::path::Path;

use staunch_format::disk::partition::{self, FileSystem, PartitionTable, Scheme};

use crate::images::{FileImage, run};

const SECTOR: u64 = 512;

/// Makes an empty disk of 64 MiB in a folder.
fn empty_disk(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("disk");
    let file = std::fs::File::create(&path).expect("a disk in a temporary folder");
    file.set_len(64 << 20).expect("a disk in a temporary folder");
    path
}

/// Runs a script of sfdisk on an empty disk and reads what it wrote.
fn sfdisk(script: &str) -> Option<PartitionTable> {
    let folder = tempfile::tempdir().expect("a disk in a temporary folder");
    let path = empty_disk(folder.path());
    std::fs::write(folder.path().join("script"), script).expect("a disk in a temporary folder");
    run(folder.path(), "sfdisk", &["--version"])?;
    run(folder.path(), "sh", &["-c", "sfdisk -q --no-reread --no-tell-kernel disk < script"]);
    Some(
        partition::read(&FileImage::open(&path).expect("a disk in a temporary folder"), 512)
            .expect("a disk in a temporary folder"),
    )
}

/// Shows number, offset and size in sectors, type and name of every partition.
fn lines(table: &PartitionTable) -> Vec<String> {
    let line = |p: &partition::Partition| {
        let (first, sectors) = (p.offset / SECTOR, p.size / SECTOR);
        format!("{} {first}+{sectors} {} {}", p.number, p.kind, p.name).trim_end().to_owned()
    };
    table.partitions.iter().map(line).collect()
}

#[test]
fn an_mbr_of_sfdisk_with_logical_partitions() {
    let script = "label: dos\n\
                  start=2048, size=2048, type=7, bootable\n\
                  start=8192, size=40960, type=f\n\
                  start=65536, size=1024, type=c\n\
                  start=10240, size=2048, type=7\n\
                  start=20480, size=4096, type=b\n";
    let Some(table) = sfdisk(script) else { return };
    assert_eq!((table.scheme, table.warnings.len()), (Scheme::Mbr, 0));
    let expected =
        ["1 2048+2048 0x07", "3 65536+1024 0x0c", "5 10240+2048 0x07", "6 20480+4096 0x0b"];
    assert_eq!(lines(&table), expected);
}

#[test]
fn a_gpt_of_sfdisk_and_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let script = "label: gpt\n\
                  start=2048, size=2048, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name=reserved\n\
                  start=8192, size=40960, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name=\"Grüße\"\n";
    std::fs::write(folder.path().join("script"), script).unwrap();
    let path = empty_disk(folder.path());
    if run(folder.path(), "sfdisk", &["--version"]).is_none() {
        return;
    }
    run(folder.path(), "sh", &["-c", "sfdisk -q --no-reread --no-tell-kernel disk < script"]);
    let expected = [
        "1 2048+2048 e3c9e316-0b5c-4db8-817d-f92df00215ae reserved",
        "2 8192+40960 ebd0a0a2-b9e5-4433-87c0-68b6b72699c7 Grüße",
    ];
    let sound = std::fs::read(&path).unwrap();
    let table = partition::read(&sound.as_slice(), 512).unwrap();
    assert_eq!((table.scheme, table.warnings.len()), (Scheme::Gpt, 0));
    assert_eq!(lines(&table), expected);
    // What is damaged, and how many warnings say so.
    let damages: &[(&str, std::ops::Range<usize>)] = &[
        ("the primary header", 512..1024),
        ("an entry of the primary table", 1024 + 130..1024 + 140),
        ("the backup header", sound.len() - 512..sound.len()),
        ("the boot sector", 0..512),
    ];
    for (name, range) in damages {
        let mut damaged = sound.clone();
        damaged[range.clone()].iter_mut().for_each(|byte| *byte = !*byte);
        let table = partition::read(&damaged.as_slice(), 512).unwrap();
        assert_eq!(lines(&table), expected, "{name}");
        assert_eq!(table.warnings.len(), 1, "{name}: {:?}", table.warnings);
    }
    let mut without = sound.clone();
    without[512..1024].fill(0);
    let end = without.len();
    without[end - 512..].fill(0);
    let table = partition::read(&without.as_slice(), 512).unwrap();
    assert_eq!((table.scheme, table.partitions.len()), (Scheme::Gpt, 0));
    assert_eq!(table.warnings.len(), 2);
}

#[test]
fn tables_of_sgdisk_and_parted() {
    let folder = tempfile::tempdir().unwrap();
    let path = empty_disk(folder.path());
    let arguments =
        ["-n", "1:2048:4095", "-t", "1:ef00", "-c", "1:EFI system", "-n", "9:8192:16383", "disk"];
    if run(folder.path(), "sgdisk", &arguments).is_some() {
        let table = partition::read(&FileImage::open(&path).unwrap(), 512).unwrap();
        let expected = [
            "1 2048+2048 c12a7328-f81f-11d2-ba4b-00a0c93ec93b EFI system",
            "9 8192+8192 0fc63daf-8483-4772-8e79-3d69d8477de4",
        ];
        assert_eq!((lines(&table), table.warnings), (expected.map(str::to_owned).into(), vec![]));
    }
    let path = empty_disk(folder.path());
    let arguments =
        ["-s", "disk", "mklabel", "msdos", "mkpart", "primary", "ntfs", "2048s", "8191s"];
    if run(folder.path(), "parted", &arguments).is_some() {
        let table = partition::read(&FileImage::open(&path).unwrap(), 512).unwrap();
        assert_eq!(
            (table.scheme, lines(&table)),
            (Scheme::Mbr, vec!["1 2048+6144 0x07".to_owned()])
        );
    }
}

/// Writes an entry of an MBR or of an extended table.
fn entry(sector: &mut [u8], index: usize, kind: u8, first: u32, sectors: u32) {
    let at = 446 + index * 16;
    sector[at + 4] = kind;
    sector[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
    sector[at + 12..at + 16].copy_from_slice(&sectors.to_le_bytes());
    sector[510..512].copy_from_slice(&[0x55, 0xaa]);
}

#[test]
fn a_chain_of_extended_partitions_that_bites_its_tail_ends() {
    let mut disk = vec![0; 100 * 512];
    entry(&mut disk, 0, 5, 10, 90);
    for (at, next) in [(10, 10), (20, 0)] {
        let sector = &mut disk[at * 512..][..512];
        entry(sector, 0, 7, 1, 4);
        entry(sector, 1, 5, next, 10);
    }
    let table = partition::read(&disk.as_slice(), 512).unwrap();
    assert_eq!(lines(&table), ["5 11+4 0x07", "6 21+4 0x07"]);
    let warnings: Vec<String> = table.warnings.iter().map(ToString::to_string).collect();
    let expected = "extended partition table at offset 0x1400: expected a chain with an end, \
                    found one of 2 tables again or one too many";
    assert_eq!(warnings, [expected]);
}

#[test]
fn ten_thousand_logical_partitions_are_cut_with_a_warning() {
    let mut disk = vec![0; 10_002 * 512];
    entry(&mut disk, 0, 5, 1, 10_001);
    for index in 0..10_000_u32 {
        let sector = &mut disk[(index as usize + 1) * 512..][..512];
        entry(sector, 0, 7, 1, 1);
        entry(sector, 1, 5, index + 1, 1);
    }
    let table = partition::read(&disk.as_slice(), 512).unwrap();
    assert_eq!((table.partitions.len(), table.warnings.len()), (1024, 1));
    assert!(table.warnings[0].to_string().contains("at most 1024 partitions"));
}

#[test]
fn partitions_outside_the_disk_are_left_out_and_longer_ones_cut() {
    let mut disk = vec![0; 100 * 512];
    entry(&mut disk, 0, 7, 90, 1000);
    entry(&mut disk, 1, 7, 100, 10);
    entry(&mut disk, 2, 0x0b, u32::MAX, u32::MAX);
    entry(&mut disk, 3, 5, 5000, 10);
    let table = partition::read(&disk.as_slice(), 512).unwrap();
    assert_eq!(lines(&table), ["1 90+10 0x07"]);
    assert_eq!(table.warnings.len(), 4, "{:?}", table.warnings);
}

#[test]
fn file_systems_are_told_by_their_boot_sectors() {
    let fat = |table16: u16, total: u32, per_cluster: u8| {
        let mut sector = vec![0; 512];
        sector[..3].copy_from_slice(&[0xeb, 0x3c, 0x90]);
        sector[11..14].copy_from_slice(&[0, 2, per_cluster]);
        sector[14] = 1;
        sector[16] = 2;
        sector[17..19].copy_from_slice(&if table16 == 0 { [0, 0] } else { [0, 2] });
        sector[21] = 0xf8;
        sector[22..24].copy_from_slice(&table16.to_le_bytes());
        sector[32..36].copy_from_slice(&total.to_le_bytes());
        sector[36..40].copy_from_slice(&1000_u32.to_le_bytes());
        sector
    };
    let named = |name: &[u8]| {
        let mut sector = vec![0; 512];
        sector[3..3 + name.len()].copy_from_slice(name);
        sector
    };
    // 33 sectors of the root directory and the boot sector stand beside the tables.
    let cases = [
        (named(b"NTFS    "), FileSystem::Ntfs),
        (named(b"EXFAT   "), FileSystem::ExFat),
        (named(b"ReFS\0\0\0\0"), FileSystem::ReFs),
        (named(b"-FVE-FS-"), FileSystem::BitLocker),
        (fat(10, 33 + 20 + 4084, 1), FileSystem::Fat12),
        (fat(10, 33 + 20 + 4085, 1), FileSystem::Fat16),
        (fat(10, 33 + 20 + 65_524 * 8, 8), FileSystem::Fat16),
        (fat(0, 600_000, 8), FileSystem::Fat32),
        (fat(10, 20, 1), FileSystem::Unknown),
        (named(b"NTFS"), FileSystem::Unknown),
        (vec![0; 100], FileSystem::Unknown),
    ];
    for (sector, expected) in cases {
        assert_eq!(partition::file_system(&sector.as_slice()).unwrap(), expected);
    }
}
