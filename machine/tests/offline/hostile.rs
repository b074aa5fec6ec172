//! Disk images that want too much, or hold less than they say.

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_machine::{DiskImage, Facts, Medium};
use staunch_testkit::{Image, Installation, Release};

/// First byte of the volume that every partition is said to hold.
const VOLUME: usize = 4 << 20;

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A disk whose GPT names one volume in many partitions.
fn many_partitions(count: u32, volume: &[u8]) -> Box<[u8]> {
    let mut disk = vec![0; VOLUME];
    disk[446 + 4] = 0xEE;
    disk[446 + 8] = 1;
    disk[446 + 12..446 + 16].fill(0xFF);
    disk[510..512].copy_from_slice(&[0x55, 0xAA]);
    let last = (VOLUME + volume.len()) as u64 / 512 - 1;
    let mut entries = Vec::new();
    for number in 0..count {
        entries.extend([7; 16]);
        entries.extend([&number.to_le_bytes()[..], &[1; 12]].concat());
        entries.extend((VOLUME as u64 / 512).to_le_bytes());
        entries.extend(last.to_le_bytes());
        entries.extend([0; 80]);
    }
    let mut header = b"EFI PART\0\0\x01\0\x5c\0\0\0".to_vec();
    header.resize(92, 0);
    header[24] = 1;
    header[32..40].copy_from_slice(&last.to_le_bytes());
    header[72] = 2;
    header[80..84].copy_from_slice(&count.to_le_bytes());
    header[84] = 128;
    header[88..92].copy_from_slice(&crc32(&entries).to_le_bytes());
    let checksum = crc32(&header);
    header[16..20].copy_from_slice(&checksum.to_le_bytes());
    disk[512..604].copy_from_slice(&header);
    disk[1024..1024 + entries.len()].copy_from_slice(&entries);
    disk.extend(volume);
    disk.into()
}

#[test]
fn ten_thousand_partitions_are_cut_off_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("volume");
    let image = Image {
        format: Format::Raw,
        scheme: Scheme::None,
        file_system: FileSystem::Fat16,
        size: 32 << 20,
    };
    let Some(()) = Installation::new(Release::nt4()).write_image(&path, &image) else { return };
    let disk = many_partitions(10_000, &std::fs::read(&path).expect("the volume"));
    let opened = DiskImage::read("disk", Box::new(disk), &mut |_| Err("none".into())).unwrap();
    assert_eq!(opened.partitions().count(), 1024);
    let medium = Medium::of_disk("disk".to_owned(), opened).unwrap();
    assert_eq!(medium.installations().len(), 64);
    let told: Vec<String> = medium.warnings().into_iter().map(|w| w.message).collect();
    assert!(told.iter().any(|line| line.contains("at most 1024 partitions")), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("more than 64 installations")), "{told:?}");
    assert!(medium.see(64).unwrap().system_root().known().is_some());
}

#[test]
fn a_cut_image_answers_in_part_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("disk.qcow2");
    let image = Image { format: Format::Qcow2, ..Image::default() };
    let Some(()) = Installation::new(Release::xp(2)).write_image(&path, &image) else { return };
    let whole = std::fs::read(&path).expect("the image");
    for part in 0..16 {
        std::fs::write(&path, &whole[..whole.len() * part / 16]).expect("a cut image");
        let Ok(medium) = Medium::of_image(&path) else { continue };
        let Ok(seen) = medium.see(1) else {
            assert!(medium.installations().is_empty(), "part {part}");
            continue;
        };
        let root = seen.system_root();
        let is_told = !seen.warnings().is_empty();
        assert!(root.known().is_some() || is_told, "part {part}: nothing is told");
        assert_ne!(root, staunch_model::Collected::Absent, "part {part}");
    }
}
