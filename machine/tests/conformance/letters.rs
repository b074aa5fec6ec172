//! Drive letters of disks that other programs wrote.

use std::path::Path;

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_machine::{Facts, Medium, Offline};
use staunch_model::Collected;
use staunch_testkit::{Installation, Partition, Release, partition_place, write_disk};

const ONLY_ON_DATA: &str = r"Data\only here.txt";

/// Writes an installation and an older one with data behind it, and sees the first.
fn see(folder: &Path, scheme: Scheme, installation: &Installation) -> Option<Offline> {
    let data = Installation::new(Release::xp(2)).file(ONLY_ON_DATA, "text");
    let file_system = FileSystem::Ntfs;
    let partitions = [installation, &data].map(|installation| {
        let size = 16 << 20;
        Partition { installation, file_system, size }
    });
    let path = folder.join("disk");
    write_disk(&path, Format::Raw, scheme, &partitions)?;
    let medium = Medium::of_image(&path).expect("an image");
    Some(medium.see(1).expect("an installation"))
}

fn names(seen: &Offline) -> Vec<(String, String)> {
    let volumes = seen.volumes().known().cloned().expect("the volumes of a disk");
    volumes.into_iter().map(|volume| (volume.name, volume.file_system)).collect()
}

fn has_data(seen: &Offline, drive: char) -> Collected<()> {
    let path = format!(r"{drive}:\{ONLY_ON_DATA}").parse().expect("a path");
    seen.file(&path).map(|_| ())
}

#[test]
fn a_partition_of_a_gpt_has_the_letter_that_its_identifier_is_remembered_with() {
    let temporary = tempfile::tempdir().expect("a folder");
    // The first is remembered by its identifier, as is the second, and a third is gone.
    let installation = Installation::new(Release::windows_10("22H2"))
        .drive_letter('C', &partition_place(0))
        .drive_letter('F', &partition_place(1))
        .drive_letter('G', &partition_place(7));
    let Some(seen) = see(temporary.path(), Scheme::Gpt, &installation) else { return };
    assert_eq!(has_data(&seen, 'F'), Collected::Known(()));
    assert_eq!(has_data(&seen, 'C'), Collected::Absent);
    assert_eq!(seen.warnings(), []);
    let listed: Vec<(String, String)> =
        ["C:", "F:"].map(|name| (name.to_owned(), "NTFS".to_owned())).into();
    assert_eq!(names(&seen), listed);
    assert_eq!(has_data(&seen, 'G'), Collected::NotCollected);
}

#[test]
fn windows_nt_4_0_knows_its_own_drive_only() {
    let temporary = tempfile::tempdir().expect("a folder");
    let installation = Installation::new(Release::nt4());
    let Some(seen) = see(temporary.path(), Scheme::Mbr, &installation) else { return };
    let kernel = r"C:\WINNT\system32\ntoskrnl.exe".parse().expect("a path");
    assert!(seen.file(&kernel).known().is_some());
    assert_eq!(has_data(&seen, 'C'), Collected::Absent);
    assert_eq!(has_data(&seen, 'D'), Collected::NotCollected);
    assert_eq!(seen.warnings().len(), 1, "{:?}", seen.warnings());
    assert_eq!(names(&seen)[0], ("C:".to_owned(), "NTFS".to_owned()));
    assert_eq!(names(&seen).len(), 2, "{:?}", names(&seen));
}
