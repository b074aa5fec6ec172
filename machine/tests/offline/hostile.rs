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

/// A volume with NT 4.0 on it.
fn nt4() -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("volume");
    let image = Image {
        format: Format::Raw,
        scheme: Scheme::None,
        file_system: FileSystem::Fat16,
        size: 32 << 20,
    };
    Installation::new(Release::nt4()).write_image(&path, &image)?;
    Some(std::fs::read(&path).expect("the volume"))
}

#[test]
fn ten_thousand_partitions_are_cut_off_and_told() {
    let Some(volume) = nt4() else { return };
    let disk = many_partitions(10_000, &volume);
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

#[test]
fn logical_partitions_in_a_circle_are_told() {
    let Some(volume) = nt4() else { return };
    let mut disk = vec![0; VOLUME];
    let mut entry = |sector: usize, index: usize, kind: u8, first: u32, sectors: u32| {
        let sector = &mut disk[sector * 512..][..512];
        let at = 446 + index * 16;
        sector[at + 4] = kind;
        sector[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
        sector[at + 12..at + 16].copy_from_slice(&sectors.to_le_bytes());
        sector[510..].copy_from_slice(&[0x55, 0xAA]);
    };
    let sectors = ((VOLUME + volume.len()) / 512) as u32;
    entry(0, 0, 5, 63, sectors - 63);
    // Two tables that name each other; the volume is the partition of the second.
    entry(63, 0, 6, 1, 8);
    entry(63, 1, 5, 63, sectors - 126);
    entry(126, 0, 6, (VOLUME / 512 - 126) as u32, (volume.len() / 512) as u32);
    entry(126, 1, 5, 0, 63);
    disk.extend(volume);
    let disk: Box<[u8]> = disk.into();
    let opened = DiskImage::read("disk", Box::new(disk), &mut |_| Err("none".into())).unwrap();
    let medium = Medium::of_disk("disk".to_owned(), opened).unwrap();
    assert_eq!(medium.installations().len(), 1);
    let told: Vec<String> = medium.warnings().into_iter().map(|w| w.message).collect();
    assert!(told.iter().any(|line| line.contains("expected a chain with an end")), "{told:?}");
    assert!(medium.see(1).unwrap().system_root().known().is_some());
}

/// Makes an NTFS volume of the files below a folder, or nothing where a program is absent.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "volumes are made by programs that are not ours")]
fn ntfs(folder: &std::path::Path, size: u64) -> Option<Vec<u8>> {
    let place = tempfile::tempdir().expect("a folder");
    let at = |name: &str| place.path().join(name).display().to_string();
    let volume = std::fs::File::create(at("volume")).and_then(|file| file.set_len(size));
    volume.expect("an empty volume");
    std::fs::write(at("ini"), "[ExclusionList]\n").expect("a file");
    let (archive, configuration) = (at("files.wim"), format!("--config={}", at("ini")));
    let files = folder.display().to_string();
    let capture = ["capture", &files, &archive, "--compress=none", "--no-acls", "--norpfix"];
    let volume = at("volume");
    let commands: [(&str, &[&str]); 3] = [
        ("mkntfs", &["-F", "-Q", "-q", "-c", "4096", "-p", "0", "-H", "255", "-S", "63", &volume]),
        ("wimlib-imagex", &[&capture[..], &[&configuration]].concat()),
        ("wimlib-imagex", &["apply", &archive, "1", &volume, "--quiet"]),
    ];
    for (program, arguments) in commands {
        let output = match std::process::Command::new(program).args(arguments).output() {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                println!("skipped: {program} is not installed");
                return None;
            }
            Err(error) => panic!("{program}: {error}"),
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
    }
    Some(std::fs::read(&volume).expect("the volume"))
}

#[cfg(unix)]
fn see(volume: Vec<u8>) -> staunch_machine::Offline {
    let volume: Box<[u8]> = volume.into();
    let opened =
        DiskImage::read("disk", Box::new(volume), &mut |_| Err("none".into())).expect("a disk");
    let medium = Medium::of_disk("disk".to_owned(), opened).expect("a disk");
    medium.see(1).expect("an installation")
}

#[cfg(unix)]
#[test]
fn an_index_in_a_circle_makes_nothing_absent() {
    use staunch_model::{Collected, WinPath};

    const MANY: usize = 4000;
    let name = |number: usize| format!("A note of the machine {number:06}.txt");
    let folder = tempfile::tempdir().expect("a folder");
    Installation::new(Release::xp(2)).write_tree(folder.path()).expect("written files");
    let system = folder.path().join("WINDOWS/system32");
    for number in 0..MANY {
        std::fs::write(system.join(name(number)), "1").expect("a file");
    }
    let Some(sound) = ntfs(folder.path(), 96 << 20) else { return };
    let u64_at = |bytes: &[u8], at: usize| {
        u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
    };
    // Blocks of an index that have others below them: where their first number of one stands.
    let mut places = Vec::new();
    for block in (0..sound.len() - 4096).step_by(4096) {
        if &sound[block..block + 4] != b"INDX" || sound[block + 36] & 1 == 0 {
            continue;
        }
        let first =
            block + 24 + u32::from_le_bytes(sound[block + 24..][..4].try_into().unwrap()) as usize;
        let length = usize::from(u16::from_le_bytes([sound[first + 8], sound[first + 9]]));
        let second = first + length;
        let further = usize::from(u16::from_le_bytes([sound[second + 8], sound[second + 9]]));
        places.push((u64_at(&sound, block + 16), first + length - 8, second + further - 8));
    }
    assert!(!places.is_empty(), "an index of three levels");
    let path = |number: usize| -> WinPath {
        format!(r"C:\WINDOWS\system32\{}", name(number)).parse().unwrap()
    };
    let system: WinPath = r"C:\WINDOWS\system32".parse().unwrap();
    let read = |volume: Vec<u8>| {
        let seen = see(volume);
        let found: Vec<_> = (0..MANY).map(|number| seen.file(&path(number))).collect();
        let known = found.iter().filter(|file| file.known().is_some()).count();
        assert!(!found.contains(&Collected::Absent));
        (known, seen.folder(&system).is_collected(), seen.warnings().len())
    };
    assert_eq!(read(sound.clone()), (MANY, true, 0));
    let mut itself = sound.clone();
    let mut swapped = sound.clone();
    for (own, first, second) in places {
        itself[first..first + 8].copy_from_slice(&own.to_le_bytes());
        let (one, other) = (sound[first..first + 8].to_vec(), sound[second..second + 8].to_vec());
        swapped[first..first + 8].copy_from_slice(&other);
        swapped[second..second + 8].copy_from_slice(&one);
    }
    let (known, is_listed, told) = read(itself);
    assert!(known > 0 && known < MANY && !is_listed && told > 0, "{known} {is_listed} {told}");
    // A list has all names, in whatever order; a search refuses to go the wrong way.
    let (known, is_listed, told) = read(swapped);
    assert!(known > 0 && known < MANY && is_listed && told > 0, "{known} {is_listed} {told}");
}

#[cfg(unix)]
#[test]
fn links_in_circles_on_a_volume_end() {
    use std::os::unix::fs::symlink;

    use staunch_model::{Collected, WinPath};

    let folder = tempfile::tempdir().expect("a folder");
    Installation::new(Release::xp(2)).write_tree(folder.path()).expect("written files");
    let at = |name: &str| folder.path().join("WINDOWS/system32").join(name);
    symlink("second", at("first")).unwrap();
    symlink("first", at("second")).unwrap();
    symlink("/WINDOWS/system32/third", at("third")).unwrap();
    symlink(".", at("here")).unwrap();
    let Some(volume) = ntfs(folder.path(), 96 << 20) else { return };
    let seen = see(volume);
    let file = |name: &str| -> WinPath { format!(r"C:\WINDOWS\system32\{name}").parse().unwrap() };
    for name in [r"first\a", "second", r"third\a"] {
        assert_eq!(seen.file(&file(name)), Collected::NotCollected, "{name}");
    }
    assert!(seen.file(&file(r"here\here\kernel32.dll")).known().is_some());
    assert!(!seen.warnings().is_empty());
}
