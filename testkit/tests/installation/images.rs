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
use staunch_testkit::{Image, Installation, Release};

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

/// Opens an image and compares it with the installation.
fn check(path: &Path, image: &Image, installation: &Installation) {
    let file = Box::new(ImageFile(File::open(path).unwrap()));
    let disk = disk::open(file, &mut |_| Err("none".into())).unwrap();
    assert_eq!((disk.format(), disk.warnings()), (image.format, &[][..]), "{image:?}");
    let table = partition::read(&disk, disk.sector_size()).unwrap();
    assert_eq!((table.scheme, &table.warnings), (image.scheme, &vec![]), "{image:?}");
    let partition = table.partitions.last().unwrap();
    let volume = volume::open(partition.volume(&disk), CodePage::Cp437).unwrap();
    assert_eq!((volume.file_system(), volume.warnings()), (image.file_system, &[][..]));
    let (found, expected) = (read(&*volume), installation.files());
    let missing = expected.keys().find(|path| !found.contains_key(*path));
    assert_eq!(missing, None, "{image:?}");
    let added = found.keys().find(|path| !expected.contains_key(*path));
    assert_eq!(added, None, "{image:?}");
    let changed = found.iter().find(|(path, content)| expected[*path] != **content);
    assert_eq!(changed.map(|(path, _)| path), None, "{image:?}");
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
