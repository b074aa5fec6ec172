//! FAT volumes that mtools filled.

use std::{collections::BTreeMap, fs, ops::ControlFlow};

use staunch_format::{
    fat::CodePage,
    volume::{self, FileSystem},
};

use crate::tools;

#[test]
fn volumes_of_every_width() {
    if !tools::installed(&["mkfs.fat", "mcopy", "mdel", "mattrib", "fls", "icat"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    fs::create_dir_all(files.join("WINNT/system32/A folder with a long name")).unwrap();
    let mut expected = BTreeMap::new();
    for folder in ["WINNT", "WINNT/system32", "WINNT/system32/A folder with a long name"] {
        expected.insert(folder.to_owned(), None);
    }
    for (seed, name) in [
        "NTLDR",
        "boot.ini",
        "WINNT/explorer.exe",
        "WINNT/A Long File Name.with.dots",
        "WINNT/exactly13unit",
        "WINNT/system32/kernel32.dll",
        "WINNT/system32/A folder with a long name/deep",
        "WINNT/Mixed.Txt",
        "empty",
    ]
    .into_iter()
    .enumerate()
    {
        let length = if name == "empty" { 0 } else { seed * 23_456 + 1 };
        let content = tools::sample(seed as u64, length);
        fs::write(files.join(name), &content).unwrap();
        expected.insert(name.to_owned(), Some(content));
    }
    for number in 0..300 {
        let name = format!("WINNT/system32/number {number}.dll");
        fs::write(files.join(&name), number.to_string()).unwrap();
        expected.insert(name, Some(number.to_string().into_bytes()));
    }
    for (width, blocks, file_system) in [
        ("12", "1440", FileSystem::Fat12),
        ("16", "20000", FileSystem::Fat16),
        ("32", "70000", FileSystem::Fat32),
    ] {
        let image = folder.path().join(width);
        let path = image.to_str().unwrap();
        tools::run("mkfs.fat", &["-F", width, "-n", "LABEL", "-C", path, blocks]);
        for name in ["NTLDR", "boot.ini", "empty", "WINNT"] {
            tools::run("mcopy", &["-s", "-i", path, files.join(name).to_str().unwrap(), "::"]);
        }
        tools::run("mcopy", &["-i", path, files.join("NTLDR").to_str().unwrap(), "::removed file"]);
        tools::run("mdel", &["-i", path, "::removed file"]);

        let bytes = fs::read(&image).unwrap();
        let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
        assert_eq!(volume.file_system(), file_system);
        let ours = tools::tree(&*volume);
        assert_eq!(ours.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (name, content) in &expected {
            assert!(ours[name] == *content, "{width} {name}");
        }
        let listing = String::from_utf8(tools::run("fls", &["-r", "-p", "-F", path])).unwrap();
        for line in listing.lines().filter(|line| line.starts_with("r/r ")) {
            let (address, name) = line[4..].split_once(":\t").unwrap();
            if let Some(content) = ours.get(name) {
                let theirs = tools::run("icat", &[path, address]);
                assert!(content.as_ref() == Some(&theirs), "{width} {name}");
            }
        }
        for wanted in ["winnt/SYSTEM32/KERNEL32.DLL", "winnt/ALONGF~1.DOT", "winnt/MIXED.TXT"] {
            assert!(tools::find(&*volume, wanted).is_some(), "{wanted}");
        }
        assert!(tools::find(&*volume, "winnt/removed file").is_none());
    }
}

/// A FAT12 volume of one folder, with entries as given.
fn small(entries: &[[u8; 32]]) -> Vec<u8> {
    let mut image = vec![0; 512 * 40];
    image[0] = 0xEB;
    for (at, value) in [(11, 512_u16), (14, 1), (17, 64), (19, 40), (22, 1)] {
        image[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    (image[13], image[16]) = (1, 1);
    // Clusters 2 and 3 are a chain, 4 leads to itself, 5 beyond the end.
    image[512..521].copy_from_slice(&[0xF8, 0xFF, 0xFF, 0x03, 0xF0, 0xFF, 0x04, 0x00, 0x70]);
    for (place, entry) in image[1024..].chunks_mut(32).zip(entries) {
        place.copy_from_slice(entry);
    }
    image
}

fn entry(name: &[u8; 11], attributes: u8, cluster: u16, length: u32) -> [u8; 32] {
    let mut entry = [0; 32];
    entry[..11].copy_from_slice(name);
    entry[11] = attributes;
    entry[26..28].copy_from_slice(&cluster.to_le_bytes());
    entry[28..].copy_from_slice(&length.to_le_bytes());
    entry
}

/// The only part of a long name of up to 13 units.
fn long(name: &str, number: u8, checksum: u8) -> [u8; 32] {
    let mut entry = [0xFF; 32];
    (entry[0], entry[11], entry[12], entry[13]) = (number, 0x0F, 0, checksum);
    let units = name.encode_utf16().chain([0]);
    for (at, unit) in (1..11).chain(14..26).chain(28..32).step_by(2).zip(units) {
        entry[at..at + 2].copy_from_slice(&unit.to_le_bytes());
    }
    entry
}

fn list(image: &[u8], page: CodePage) -> Vec<String> {
    let volume = volume::open(image, page).unwrap();
    let mut names = vec![];
    volume
        .list(volume.root(), &mut |entry| {
            names.push(match entry {
                Ok(entry) => entry.name.to_string(),
                Err(fault) => fault.to_string(),
            });
            ControlFlow::Continue(())
        })
        .unwrap();
    names
}

#[test]
fn names_long_short_and_left_over() {
    // The checksum of "FILE    TXT".
    let sum = 0x19;
    let image = small(&[
        entry(b"VOLUME     ", 0x08, 0, 0),
        long("right", 0x41, sum),
        entry(b"FILE    TXT", 0, 0, 0),
        long("wrong sum", 0x41, sum ^ 1),
        entry(b"FILE    TXT", 0, 0, 0),
        long("second part", 0x42, sum),
        entry(b"FILE    TXT", 0, 0, 0),
        long("left over", 0x41, sum),
        entry(b"\xE5ILE    TXT", 0, 0, 0),
        entry(b"\x05\x80\x9D     E  ", 0, 0, 0),
        long("..\\up", 0x41, sum),
        entry(b"FILE    TXT", 0, 0, 0),
        entry(b"           ", 0, 0, 0),
    ]);
    let shown =
        |first: &str| [first, "FILE.TXT", "FILE.TXT", "..\\up", ""].map(ToOwned::to_owned).to_vec();
    let names = list(&image, CodePage::Cp437);
    assert_eq!(names[..3], shown("right")[..3]);
    assert_eq!(names[3], "σÇ¥.E");
    assert_eq!(names[4], "folder entry at offset 0x560: expected a name, found \"..\\\\up\"");
    assert_eq!(names[5], "folder entry at offset 0x580: expected a name, found \"\"");
    assert_eq!(list(&image, CodePage::Cp850)[3], "ÕÇØ.E");
}

#[test]
fn chains_that_cannot_be_followed() {
    let image = small(&[
        entry(b"GOOD       ", 0, 2, 1000),
        entry(b"LOOP       ", 0x10, 4, 0),
        entry(b"BEYOND     ", 0, 5, 1000),
        entry(b"SHORT      ", 0, 2, 2000),
        entry(b"NOWHERE    ", 0, 0, 5),
        entry(b"OUTSIDE    ", 0, 900, 5),
        entry(b"EMPTY      ", 0, 0, 0),
    ]);
    let volume = volume::open(&image[..], CodePage::Cp437).unwrap();
    let find = |name| tools::find(&*volume, name).unwrap();
    assert_eq!(tools::content(&*volume, find("good"), "").unwrap(), image[3072..4072]);
    assert_eq!(tools::content(&*volume, find("empty"), "").unwrap(), b"");
    let error = volume.list(find("loop"), &mut |_| ControlFlow::Continue(())).unwrap_err();
    let message = "file allocation table at offset 0x206: expected an end of the chain of a \
                   folder, found a loop";
    assert_eq!(error.to_string(), message);
    for (name, message) in [
        ("beyond", "file allocation table at offset 0x207: expected cluster 2 to 35, found 1792"),
        ("short", "folder entry at offset 0x47c: expected clusters for 2000 bytes, found 2"),
        ("nowhere", "folder entry at offset 0x49a: expected a first cluster for 5 bytes, found 0"),
        ("outside", "file allocation table at offset 0x200: expected cluster 2 to 35, found 900"),
    ] {
        let error = volume.open(find(name), "").map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
