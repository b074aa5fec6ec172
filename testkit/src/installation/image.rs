use std::fs::{self, File};
use std::path::Path;

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;

use super::Installation;
use super::system::DISK_SIGNATURE;
use crate::tools::succeed;

/// Bytes at the end of a disk that a GPT needs for its backup, rounded up.
const TAIL: u64 = 1 << 20;

/// Size in bytes of the partition that Windows reserves before its own on a disk with GPT.
const RESERVED: u64 = 16 << 20;

/// Identifiers of the partitions of a GPT, but for the last two digits, which are their number
/// among those with an installation, from 0.
const IDENTIFIER: &str = "5AFED15C-0000-4000-8000-0000000001";

/// Returns the place of a partition that [`write_disk`] makes on a disk with GPT, as Windows
/// remembers it, by its number from 0.
///
/// # Panics
///
/// When the number is above 9.
pub fn partition_place(number: u8) -> Vec<u8> {
    assert!(number < 10, "the numbers are decimal digits");
    // Of an identifier the first three groups are little-endian, and the last two are not.
    let identifier = [0x5C, 0xD1, 0xFE, 0x5A, 0, 0, 0, 0x40, 0x80, 0, 0, 0, 0, 0, 1, number];
    [b"DMIO:ID:", &identifier[..]].concat()
}

/// Form of a disk image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    pub format: Format,
    pub scheme: Scheme,
    /// NTFS, FAT16 or FAT32.
    pub file_system: FileSystem,
    /// Size of the disk in bytes; what is not used takes no room.
    pub size: u64,
}

impl Default for Image {
    /// A raw disk of 96 MiB with a master boot record and an NTFS partition.
    fn default() -> Self {
        let (format, scheme) = (Format::Raw, Scheme::Mbr);
        Self { format, scheme, file_system: FileSystem::Ntfs, size: 96 << 20 }
    }
}

/// A partition of a disk, with the installation that lies in it.
#[derive(Debug, Clone, Copy)]
pub struct Partition<'a> {
    pub installation: &'a Installation,
    /// NTFS, FAT16 or FAT32.
    pub file_system: FileSystem,
    /// Size in bytes, a multiple of 512.
    pub size: u64,
}

impl Installation {
    /// Writes an image of a disk with one partition, as [`write_disk`] does.
    ///
    /// # Panics
    ///
    /// As [`write_disk`], and when the disk is too small for its tables.
    pub fn write_image(&self, path: &Path, image: &Image) -> Option<()> {
        let around = start(image.scheme, self) + tail(image.scheme);
        let size = (image.size - around) / 512 * 512;
        let partition = Partition { installation: self, file_system: image.file_system, size };
        write_disk(path, image.format, image.scheme, &[partition])
    }
}

/// Writes an image of a disk with programs that are not ours, none of which needs a privilege:
/// mkntfs and wimlib, or mkfs.fat and mtools; sfdisk; qemu-img.
///
/// An MBR has room for four partitions. On a disk with GPT, the first partition is an empty one
/// that Windows reserves. Where a program is absent, this prints that the test is skipped and
/// returns nothing.
///
/// # Panics
///
/// When a program fails, a file cannot be written, there is no partition or, without a table, more
/// than one, or a partition is too small or is to have FAT12.
pub fn write_disk(
    path: &Path,
    format: Format,
    scheme: Scheme,
    partitions: &[Partition<'_>],
) -> Option<()> {
    let place = path.parent().expect("a folder for the image");
    let folder = tempfile::tempdir_in(place).expect("a temporary folder");
    let disk = folder.path().join("disk");
    let mut end = start(scheme, partitions.first().expect("a partition").installation);
    let mut placed = Vec::new();
    for partition in partitions {
        placed.push((end, partition));
        end = (end + partition.size).next_multiple_of(1 << 20);
    }
    if scheme == Scheme::None {
        assert!(partitions.len() == 1, "a disk without a table is one volume");
        volume(&disk, folder.path(), 0, &partitions[0])?;
    } else {
        create(&disk, end + tail(scheme));
        let arguments = ["--quiet", "--no-reread", "--no-tell-kernel", text(&disk)];
        succeed("sfdisk", &arguments, &table(scheme, &placed))?;
        for (start, partition) in placed {
            let path = folder.path().join("volume");
            volume(&path, folder.path(), start, partition)?;
            let target = format!(
                "driver=raw,offset={start},size={},file.driver=file,file.filename={}",
                partition.size,
                text(&disk).replace(',', ",,")
            );
            let from = ["convert", "-n", "-f", "raw", "--target-image-opts", text(&path), &target];
            succeed("qemu-img", &from, "")?;
            fs::remove_file(path).expect("a removed file");
        }
    }
    let (name, options) = match format {
        Format::Raw => {
            fs::rename(&disk, path).expect("a renamed file");
            return Some(());
        }
        Format::Qcow2 => ("qcow2", "compat=1.1"),
        Format::Vhd => ("vpc", "subformat=dynamic,force_size=on"),
        Format::Vhdx => ("vhdx", "subformat=dynamic"),
        Format::Vmdk => ("vmdk", "subformat=monolithicSparse"),
    };
    let arguments = ["convert", "-f", "raw", "-O", name, "-o", options, text(&disk), text(path)];
    succeed("qemu-img", &arguments, "")
}

/// Returns the offset in bytes of the first partition with an installation.
fn start(scheme: Scheme, installation: &Installation) -> u64 {
    match scheme {
        Scheme::None => 0,
        Scheme::Mbr => installation.release.volume_offset(),
        Scheme::Gpt => (1 << 20) + RESERVED,
    }
}

fn tail(scheme: Scheme) -> u64 {
    if scheme == Scheme::None { 0 } else { TAIL }
}

/// Makes a volume in a file; the folder holds what is needed on the way.
fn volume(path: &Path, folder: &Path, start: u64, partition: &Partition<'_>) -> Option<()> {
    let files = folder.join("files");
    partition.installation.write_tree(&files).expect("written files");
    create(path, partition.size);
    match partition.file_system {
        FileSystem::Ntfs => ntfs(&files, path, &folder.join("files.wim"), start)?,
        FileSystem::Fat16 => fat(&files, path, "16", partition.size)?,
        FileSystem::Fat32 => fat(&files, path, "32", partition.size)?,
        FileSystem::Fat12 | FileSystem::Host => panic!("no Windows lies on it"),
    }
    fs::remove_dir_all(files).expect("removed files");
    Some(())
}

/// Makes an NTFS volume in a file and fills it, without mounting it.
fn ntfs(files: &Path, volume: &Path, archive: &Path, start: u64) -> Option<()> {
    let start = (start / 512).to_string();
    let geometry = ["-s", "512", "-p", &start, "-H", "255", "-S", "63"];
    let arguments = [&["-F", "-Q", "-q", "-c", "4096"], &geometry[..], &[text(volume)]].concat();
    succeed("mkntfs", &arguments, "")?;
    // Unless it is told otherwise, the program leaves page files and the like out.
    let configuration = archive.with_extension("ini");
    fs::write(&configuration, "[ExclusionList]\n").expect("a written file");
    let configuration = format!("--config={}", text(&configuration));
    let options = ["--compress=none", "--no-acls", "--quiet", &configuration];
    let arguments = [&["capture", text(files), text(archive)], &options[..]].concat();
    succeed("wimlib-imagex", &arguments, "")?;
    let arguments = ["apply", text(archive), "1", text(volume), "--quiet"];
    succeed("wimlib-imagex", &arguments, "")?;
    fs::remove_file(archive).expect("a removed file");
    Some(())
}

/// Makes a FAT volume in a file and fills it.
fn fat(files: &Path, volume: &Path, width: &str, length: u64) -> Option<()> {
    // Small clusters, so that a small volume has enough of them for its width.
    let sectors = match (width, length >> 20) {
        ("32", ..512) => "1",
        ("16", ..96) => "4",
        ("16", ..512) => "16",
        ("16", _) => "64",
        _ => "8",
    };
    succeed("mkfs.fat", &["-F", width, "-s", sectors, "-n", "SYSTEM", text(volume)], "")?;
    let entries = fs::read_dir(files).expect("the files").map(|entry| entry.expect("an entry"));
    let mut paths: Vec<String> = entries.map(|entry| text(&entry.path()).to_owned()).collect();
    paths.sort();
    let mut arguments = vec!["-s", "-i", text(volume)];
    arguments.extend(paths.iter().map(String::as_str));
    arguments.push("::");
    succeed("mcopy", &arguments, "")
}

/// Writes what sfdisk is to make, in sectors.
fn table(scheme: Scheme, partitions: &[(u64, &Partition<'_>)]) -> String {
    let line = |start: u64, size: u64, rest: &str| {
        format!("start={}, size={}, {rest}\n", start / 512, size / 512)
    };
    if scheme == Scheme::Gpt {
        let head = "label: gpt\nlabel-id: 5AFED15C-0000-4000-8000-000000000001\n";
        let reserved = "type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name=\"Reserved\"";
        let basic = "type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name=\"Basic data partition\"";
        let lines = partitions.iter().enumerate().map(|(number, (start, partition))| {
            let identifier = format!("{basic}, uuid={IDENTIFIER}{number:02}");
            line(*start, partition.size, &identifier)
        });
        return format!("{head}{}{}", line(1 << 20, RESERVED, reserved), lines.collect::<String>());
    }
    let mut script = format!("label: dos\nlabel-id: {DISK_SIGNATURE:#x}\n");
    for (number, (start, partition)) in partitions.iter().enumerate() {
        let kind = match partition.file_system {
            FileSystem::Ntfs => "type=7",
            FileSystem::Fat32 => "type=c",
            FileSystem::Fat12 | FileSystem::Fat16 | FileSystem::Host => "type=6",
        };
        let active = if number == 0 { ", bootable" } else { "" };
        script.push_str(&line(*start, partition.size, &format!("{kind}{active}")));
    }
    script
}

/// Makes a file that takes no room.
fn create(path: &Path, length: u64) {
    File::create(path).and_then(|file| file.set_len(length)).expect("an empty file");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
