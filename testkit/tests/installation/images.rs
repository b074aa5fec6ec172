//! Images of other writers: every file is found again, with the same bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use staunch_format::disk::partition::{self, Scheme};
use staunch_format::disk::{self, Format};
use staunch_format::fat::CodePage;
use staunch_format::volume::{self, FileSystem, Volume};
use staunch_format::{ReadAt, ReadAtError};
use staunch_testkit::{Image, Installation, Partition, Release, write_disk};

struct ImageFile(File);

impl ReadAt for ImageFile {
    fn len(&self) -> u64 {
        self.0.metadata().unwrap().len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        let length = buffer.len();
        let read = self.0.read_exact_at(buffer, offset);
        read.map_err(|source| ReadAtError::Io { offset, length, source })
    }
}

/// Reads all files of a volume, but not what NTFS keeps for itself.
fn read(volume: &dyn Volume) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), volume.root())];
    while let Some((path, folder)) = folders.pop() {
        let mut list = |entry: Result<volume::Entry, staunch_format::Fault>| {
            let entry = entry.unwrap();
            let name = format!("{path}{}", entry.name);
            if path.is_empty() && name.starts_with('$') {
                // A file of the file system.
            } else if entry.is_directory {
                folders.push((format!("{name}\\"), entry.file));
            } else {
                let content = volume.open(entry.file, "").unwrap();
                let mut bytes = vec![0; content.len() as usize];
                content.read_at(0, &mut bytes).unwrap();
                files.insert(name, bytes);
            }
            ControlFlow::Continue(())
        };
        volume.list(folder, &mut list).unwrap();
    }
    files
}

/// Opens an image of one partition and compares it with the installation.
fn check(path: &Path, image: &Image, installation: &Installation) {
    let Image { format, scheme, file_system, size } = *image;
    let partition = Partition { installation, file_system, size };
    check_disk(path, format, scheme, &[partition]);
}

fn check_disk(path: &Path, format: Format, scheme: Scheme, partitions: &[Partition<'_>]) {
    let file = Box::new(ImageFile(File::open(path).unwrap()));
    let disk = disk::open(file, &mut |_| Err("none".into())).unwrap();
    let label = format!("{format} {scheme:?}");
    assert_eq!((disk.format(), disk.warnings()), (format, &[][..]), "{label}");
    let table = partition::read(&disk, disk.sector_size()).unwrap();
    assert_eq!((table.scheme, &table.warnings), (scheme, &vec![]), "{label}");
    // Of a GPT, the first partition is one that Windows reserves.
    let reserved = usize::from(scheme == Scheme::Gpt);
    assert_eq!(table.partitions.len(), reserved + partitions.len(), "{label}");
    for (found, expected) in table.partitions[reserved..].iter().zip(partitions) {
        let volume = volume::open(found.volume(&disk), CodePage::Cp437).unwrap();
        let seen = (volume.file_system(), volume.warnings());
        assert_eq!(seen, (expected.file_system, &[][..]), "{label}");
        let (found, expected) = (read(&*volume), expected.installation.files());
        let missing = expected.keys().find(|path| !found.contains_key(*path));
        assert_eq!(missing, None, "{label}");
        let added = found.keys().find(|path| !expected.contains_key(*path));
        assert_eq!(added, None, "{label}");
        let changed = found.iter().find(|(path, content)| expected[*path] != **content);
        assert_eq!(changed.map(|(path, _)| path), None, "{label}");
    }
}

#[test]
fn images_hold_every_file_with_the_same_bytes() {
    use FileSystem::{Fat16, Fat32, Ntfs};
    let folder = tempfile::tempdir().unwrap();
    let size = 96 << 20;
    for (release, format, scheme, file_system) in [
        (Release::nt4(), Format::Raw, Scheme::Mbr, Fat16),
        (Release::nt4(), Format::Vhd, Scheme::Mbr, Ntfs),
        (Release::windows_2000(4), Format::Vmdk, Scheme::Mbr, Fat32),
        (Release::xp(1), Format::Qcow2, Scheme::Mbr, Ntfs),
        (Release::xp(2), Format::Vhd, Scheme::Mbr, Fat32),
        (Release::server_2003(1), Format::Raw, Scheme::None, Ntfs),
        (Release::windows_7(1), Format::Vmdk, Scheme::Mbr, Ntfs),
        (Release::windows_10("22H2"), Format::Vhdx, Scheme::Gpt, Ntfs),
        (Release::windows_11("24H2"), Format::Raw, Scheme::Gpt, Ntfs),
    ] {
        let installation = Installation::new(release).small_files(300);
        let image = Image { format, scheme, file_system, size };
        let path = folder.path().join("image");
        let Some(()) = installation.write_image(&path, &image) else { return };
        check(&path, &image, &installation);
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_large_disk_takes_little_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let installation = Installation::new(Release::windows_10("1809")).small_files(3000);
    let image = Image { size: 20 << 30, scheme: Scheme::Gpt, ..Image::default() };
    let Some(()) = installation.write_image(&path, &image) else { return };
    let metadata = path.metadata().unwrap();
    assert_eq!(metadata.len(), 20 << 30);
    assert!(metadata.blocks() * 512 < 200 << 20, "{} blocks", metadata.blocks());
    check(&path, &image, &installation);
}

#[test]
fn several_installations_share_a_disk_or_a_volume() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let old = Installation::new(Release::nt4());
    let both =
        Installation::new(Release::xp(2)).with("", &Installation::new(Release::windows_2000(4)));
    let upgraded = Installation::new(Release::windows_10("22H2"))
        .with("Windows.old", &Installation::new(Release::windows_7(1)));
    for path in ["WINNT", "WINDOWS"] {
        assert!(both.files().contains_key(&format!("{path}\\system32\\config\\software")));
    }
    assert!(upgraded.files().contains_key("Windows.old\\Windows\\System32\\config\\SOFTWARE"));
    let partition =
        |installation, file_system| Partition { installation, file_system, size: 48 << 20 };
    let partitions = [
        partition(&old, FileSystem::Fat16),
        partition(&both, FileSystem::Fat32),
        partition(&upgraded, FileSystem::Ntfs),
    ];
    for (format, scheme) in [(Format::Qcow2, Scheme::Mbr), (Format::Raw, Scheme::Gpt)] {
        let Some(()) = write_disk(&path, format, scheme, &partitions) else { return };
        check_disk(&path, format, scheme, &partitions);
    }
}
