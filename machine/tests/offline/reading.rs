//! How much of a disk is read.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_format::{ReadAt, ReadAtError};
use staunch_machine::{DiskImage, Facts, Medium, observe};
use staunch_model::WinPath;
use staunch_testkit::{Image, Installation, Release};

/// Counts the bytes that are read of a file.
struct Counting {
    file: File,
    read: Arc<AtomicU64>,
}

impl ReadAt for Counting {
    fn len(&self) -> u64 {
        self.file.metadata().expect("a file").len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        let length = buffer.len();
        let read = self.file.read_exact_at(buffer, offset);
        read.map_err(|source| ReadAtError::Io { offset, length, source })
    }
}

#[test]
fn little_of_a_disk_is_read() {
    let installation = Installation::new(Release::windows_10("22H2")).small_files(4000);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("disk");
    let image = Image {
        format: Format::Raw,
        scheme: Scheme::Gpt,
        file_system: FileSystem::Ntfs,
        size: 1 << 30,
    };
    let Some(()) = installation.write_image(&path, &image) else { return };
    let read = Arc::new(AtomicU64::new(0));
    let counting = Counting { file: File::open(&path).unwrap(), read: Arc::clone(&read) };
    let disk = DiskImage::read("disk", Box::new(counting), &mut |_| Err("none".into())).unwrap();
    let medium = Medium::of_disk("disk".to_owned(), disk).unwrap();
    let seen = medium.see(1).unwrap();
    let (facts, _) = observe(&seen);
    assert!(facts.build.known().is_some());
    let system32: WinPath = r"C:\Windows\System32".parse().unwrap();
    let mut files = 0;
    for entry in seen.folder(&system32).known().unwrap() {
        files += u32::from(seen.file(&system32.join(&entry.name).unwrap()).known().is_some());
    }
    for number in 0..3000 {
        let path = system32.join(&format!("absent{number}.dll")).unwrap();
        assert!(seen.file(&path).is_collected());
    }
    let read = read.load(Ordering::Relaxed);
    println!("{read} bytes of {} for {files} files, 3000 absent ones and all facts", 1 << 30);
    assert!(read < (1 << 30) / 50, "{read} bytes");
}
