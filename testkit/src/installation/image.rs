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

impl Installation {
    /// Writes a disk image with programs that are not ours, none of which needs a privilege:
    /// mkntfs and wimlib, or mkfs.fat and mtools; sfdisk; qemu-img.
    ///
    /// Where one of them is absent, this prints that the test is skipped and returns nothing.
    ///
    /// # Panics
    ///
    /// When a program fails, a file cannot be written, or the image would be too small or have a
    /// file system that is not supported.
    pub fn write_image(&self, path: &Path, image: &Image) -> Option<()> {
        let place = path.parent().expect("a folder for the image");
        let folder = tempfile::tempdir_in(place).expect("a temporary folder");
        let disk = folder.path().join("disk");
        let volume = folder.path().join("volume");
        let files = folder.path().join("files");
        self.write_tree(&files).expect("written files");

        let start = match image.scheme {
            Scheme::None => 0,
            Scheme::Mbr => self.release.volume_offset(),
            Scheme::Gpt => (1 << 20) + RESERVED,
        };
        let tail = if image.scheme == Scheme::None { 0 } else { TAIL };
        let length = (image.size - start - tail) / 512 * 512;
        create(&volume, length);
        match image.file_system {
            FileSystem::Ntfs => ntfs(&files, &volume, &folder.path().join("files.wim"), start)?,
            FileSystem::Fat16 => fat(&files, &volume, "16", length)?,
            FileSystem::Fat32 => fat(&files, &volume, "32", length)?,
            FileSystem::Fat12 | FileSystem::Host => panic!("no Windows lies on it"),
        }
        if image.scheme == Scheme::None {
            fs::rename(&volume, &disk).expect("a renamed file");
        } else {
            create(&disk, image.size);
            let table = table(image, start / 512, length / 512);
            let table_arguments = ["--quiet", "--no-reread", "--no-tell-kernel", text(&disk)];
            succeed("sfdisk", &table_arguments, &table)?;
            let target = format!(
                "driver=raw,offset={start},size={length},file.driver=file,file.filename={}",
                text(&disk).replace(',', ",,")
            );
            let arguments =
                ["convert", "-n", "-f", "raw", "--target-image-opts", text(&volume), &target];
            succeed("qemu-img", &arguments, "")?;
        }
        let (format, options) = match image.format {
            Format::Raw => {
                fs::rename(&disk, path).expect("a renamed file");
                return Some(());
            }
            Format::Qcow2 => ("qcow2", "compat=1.1"),
            Format::Vhd => ("vpc", "subformat=dynamic,force_size=on"),
            Format::Vhdx => ("vhdx", "subformat=dynamic"),
            Format::Vmdk => ("vmdk", "subformat=monolithicSparse"),
        };
        let arguments =
            ["convert", "-f", "raw", "-O", format, "-o", options, text(&disk), text(path)];
        succeed("qemu-img", &arguments, "")
    }
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
fn table(image: &Image, start: u64, length: u64) -> String {
    if image.scheme == Scheme::Gpt {
        let reserved = (start - RESERVED / 512, RESERVED / 512);
        return format!(
            "label: gpt\nlabel-id: 5AFED15C-0000-4000-8000-000000000001\nfirst-lba: 34\n\
             start={}, size={}, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name=\"Microsoft \
             reserved partition\"\n\
             start={start}, size={length}, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, \
             name=\"Basic data partition\"\n",
            reserved.0, reserved.1
        );
    }
    let kind = match image.file_system {
        FileSystem::Ntfs => "7",
        FileSystem::Fat32 => "c",
        FileSystem::Fat12 | FileSystem::Fat16 | FileSystem::Host => "6",
    };
    format!(
        "label: dos\nlabel-id: {DISK_SIGNATURE:#x}\nstart={start}, size={length}, type={kind}, \
         bootable\n"
    )
}

/// Makes a file that takes no room.
fn create(path: &Path, length: u64) {
    File::create(path).and_then(|file| file.set_len(length)).expect("an empty file");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
