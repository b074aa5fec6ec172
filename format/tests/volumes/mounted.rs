//! Volumes that NTFS-3G wrote while they were mounted: what its smaller programs cannot make.

use std::{collections::BTreeMap, fs, os::unix::fs::FileExt, path::Path};

use staunch_format::{
    fat::CodePage,
    volume::{
        self, FileName, Reparse, Volume, VolumeError,
        resolve::{Resolved, resolve},
    },
};

use crate::tools;

const LONG: &str = "a folder name of many letters, again and again, to make the path a long one";

/// Makes a volume, mounts it, lets it be filled and returns its bytes; nothing where the machine
/// lets no volumes be mounted.
fn volume(mkntfs: &[&str], options: &str, fill: impl FnOnce(&Path)) -> Option<Vec<u8>> {
    if !tools::installed(&["mkntfs", "ntfs-3g", "umount", "setfattr"]) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    fs::File::create(&image).unwrap().set_len(48 << 20).unwrap();
    let arguments = [&["-F", "-Q", "-q"], mkntfs, &[image.to_str().unwrap()]].concat();
    tools::run("mkntfs", &arguments);
    let place = folder.path().join("mounted");
    let mounted = tools::Mounted::ntfs(&image, &place, options)?;
    fill(&place);
    drop(mounted);
    Some(fs::read(&image).unwrap())
}

fn attribute(path: &Path, name: &str, value: &[u8]) {
    let digits: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    let value = format!("0x{digits}");
    tools::run("setfattr", &["-h", "-n", name, "-v", &value, path.to_str().unwrap()]);
}

#[test]
fn folders_links_streams_and_fragments() {
    let mut expected: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let bytes = volume(&[], "streams_interface=windows", |root| {
        let mut write = |path: String, content: Vec<u8>| {
            fs::write(root.join(&path), &content).unwrap();
            expected.insert(path, content);
        };
        fs::create_dir(root.join("Many")).unwrap();
        for number in 0..3000 {
            write(format!("Many/Name {number:05}.txt"), format!("{number}").into_bytes());
        }
        for name in ["Größe.txt", "ЯБЛОКО", "日本語", "ｆｕｌｌ", "straße", "😀.bin", "a.b.c.d"]
        {
            write(name.to_owned(), tools::sample(1, 5000));
        }
        let mut deep = String::new();
        for _ in 0..12 {
            deep.push_str(LONG);
            fs::create_dir(root.join(&deep)).unwrap();
            deep.push('/');
        }
        write(format!("{deep}end"), b"deep".to_vec());
        write("empty".to_owned(), vec![]);
        write("streams".to_owned(), b"main".to_vec());
        write("streams:second".to_owned(), tools::sample(2, 30_000));
        write("streams:Third".to_owned(), b"3".to_vec());
        fs::hard_link(root.join("streams"), root.join("Many/linked")).unwrap();
        for name in ["Many/linked", "Many/linked:second", "Many/linked:Third"] {
            let content = expected[&name.replace("Many/linked", "streams")].clone();
            expected.insert(name.to_owned(), content);
        }
        // Holes everywhere: so many runs that extension records have to be used.
        let holes = fs::File::create(root.join("holes")).unwrap();
        let mut content = vec![0; 1500 * 8192 + 100];
        for number in 0..1500 {
            let part = tools::sample(number, 4096);
            holes.write_all_at(&part, number * 8192).unwrap();
            content[number as usize * 8192..][..4096].copy_from_slice(&part);
        }
        holes.set_len(content.len() as u64).unwrap();
        expected.insert("holes".to_owned(), content);
    });
    let Some(bytes) = bytes else { return };
    let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
    assert_eq!(volume.warnings(), &[]);
    let mut ours = tools::tree(&*volume);
    ours.retain(|path, content| !path.starts_with('$') && content.is_some());
    assert_eq!(ours.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (path, content) in &expected {
        assert!(ours[path].as_ref() == Some(content), "{path}");
    }
    for (wanted, name) in [
        ("many/NAME 02999.TXT", "Name 02999.txt"),
        ("GRÖSSE.TXT", ""),
        ("GRÖßE.TXT", "Größe.txt"),
        ("яблоко", "ЯБЛОКО"),
        ("ＦＵＬＬ", "ｆｕｌｌ"),
        ("many/Name 03000.txt", ""),
        ("many/Name", ""),
        ("empty/x", ""),
    ] {
        let found = match wanted.rsplit_once('/') {
            Some((folder, name)) => volume.lookup(tools::find(&*volume, folder).unwrap(), name),
            None => volume.lookup(volume.root(), wanted),
        };
        let found = match found {
            Ok(found) => found.map_or(String::new(), |entry| entry.name.to_string()),
            Err(VolumeError::NotAFolder { .. }) => String::new(),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found, name, "{wanted}");
    }
    let streams = tools::find(&*volume, "streams").unwrap();
    assert_eq!(tools::content(&*volume, streams, "THIRD").unwrap(), b"3");
    let error = volume.open(streams, "fourth").map(|_| ()).unwrap_err();
    assert!(matches!(error, VolumeError::NoSuchStream { .. }), "{error}");
}

#[test]
fn compressed_files() {
    let mut expected: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for cluster in ["512", "4096"] {
        let bytes = volume(&["-c", cluster], "compression", |root| {
            fs::create_dir(root.join("c")).unwrap();
            attribute(&root.join("c"), "system.ntfs_attrib_be", &[0, 0, 8, 0x10]);
            for (number, length) in
                [10, 4096, 5000, 65535, 65536, 65537, 400_000, 3_000_000].into_iter().enumerate()
            {
                let content = tools::sample(number as u64, length);
                fs::write(root.join(format!("c/{length}")), &content).unwrap();
                expected.insert(length.to_string(), content);
            }
            expected.insert("zeros".to_owned(), vec![0; 300_000]);
            expected.insert("text".to_owned(), b"compressed again ".repeat(20_000));
            for name in ["zeros", "text"] {
                fs::write(root.join("c").join(name), &expected[name]).unwrap();
            }
        });
        let Some(bytes) = bytes else { return };
        let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
        for (name, content) in &expected {
            let file = tools::find(&*volume, &format!("c/{name}")).unwrap();
            assert!(tools::content(&*volume, file, "").as_ref() == Some(content), "{name}");
            // Pieces that begin and end anywhere.
            let reader = volume.open(file, "").unwrap();
            let mut piece = vec![0; 777.min(content.len())];
            for offset in (0..content.len() - piece.len()).step_by(33_333).rev() {
                reader.read_at(offset as u64, &mut piece).unwrap();
                assert!(piece == content[offset..offset + piece.len()], "{name} {offset}");
            }
        }
    }
}

/// Makes chunks with wimlib, in the order of an overlay stream: the table, then the chunks.
fn overlay_stream(method: &str, size: &str, content: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    fs::create_dir(&files).unwrap();
    fs::write(files.join("file"), content).unwrap();
    let image = folder.path().join("image");
    let arguments = [
        "capture",
        files.to_str().unwrap(),
        image.to_str().unwrap(),
        &format!("--compress={method}"),
        &format!("--chunk-size={size}"),
    ];
    tools::run("wimlib-imagex", &arguments);
    let bytes = fs::read(&image).unwrap();
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let table = number(56)..number(56) + (number(48) & 0xFF_FFFF_FFFF_FFFF);
    let entry = table.step_by(50).find(|entry| number(entry + 16) == content.len()).unwrap();
    let length = number(entry) & 0xFF_FFFF_FFFF_FFFF;
    bytes[number(entry + 8)..][..length].to_vec()
}

fn overlay_point(algorithm: u8) -> Vec<u8> {
    [
        [0x17, 0, 0, 0x80],
        [16, 0, 0, 0],
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [1, 0, 0, 0],
        [algorithm, 0, 0, 0],
    ]
    .concat()
}

#[test]
fn compact_files() {
    if !tools::installed(&["wimlib-imagex"]) {
        return;
    }
    let content = tools::sample(7, 500_001);
    let kinds =
        [("xpress", "4096", 0), ("lzx", "32768", 1), ("xpress", "8192", 2), ("xpress", "16384", 3)];
    let bytes = volume(&[], "streams_interface=windows", |root| {
        for (method, size, algorithm) in kinds {
            let path = root.join(size);
            let stream = overlay_stream(method, size, &content);
            fs::File::create(&path).unwrap().set_len(content.len() as u64).unwrap();
            fs::write(root.join(format!("{size}:WofCompressedData")), stream).unwrap();
            attribute(&path, "system.ntfs_reparse_data", &overlay_point(algorithm));
        }
        for (name, point) in [
            ("image", [overlay_point(0)[..12].to_vec(), vec![1, 0, 0, 0], vec![0; 8]].concat()),
            ("dedup", [0x13, 0, 0, 0x80, 4, 0, 0, 0, 1, 2, 3, 4].to_vec()),
        ] {
            fs::write(root.join(name), b"not this").unwrap();
            attribute(&root.join(name), "system.ntfs_reparse_data", &point);
        }
    });
    let Some(bytes) = bytes else { return };
    let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
    for (_, size, _) in kinds {
        let file = tools::find(&*volume, size).unwrap();
        let metadata = volume.metadata(file).unwrap();
        assert_eq!(metadata.length, content.len() as u64);
        assert_eq!((metadata.reparse, metadata.streams), (None, vec![]));
        assert!(tools::content(&*volume, file, "").unwrap() == content, "{size}");
        let mut piece = [0; 40_000];
        volume.open(file, "").unwrap().read_at(99_999, &mut piece).unwrap();
        assert!(piece == content[99_999..139_999], "{size}");
    }
    for (name, tag) in [("image", 0x8000_0017), ("dedup", 0x8000_0013)] {
        let file = tools::find(&*volume, name).unwrap();
        let error = volume.open(file, "").map(|_| ()).unwrap_err();
        assert!(matches!(error, VolumeError::Elsewhere { tag: found, .. } if found == tag));
    }
}

/// Makes the value of a link; the path of a symbolic link has a flag before it.
fn link(tag: u32, flags: Option<u32>, target: &str) -> Vec<u8> {
    let units: Vec<u8> = target.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = units.len() as u16;
    let mut body: Vec<u8> = [0, length, length, 0].into_iter().flat_map(u16::to_le_bytes).collect();
    body.extend(flags.into_iter().flat_map(u32::to_le_bytes));
    body.extend(units);
    let head = [tag.to_le_bytes(), (body.len() as u32).to_le_bytes()].concat();
    [head, body].concat()
}

#[test]
fn links_are_reported_and_followed_within_the_volume() {
    let bytes = volume(&[], "streams_interface=none", |root| {
        fs::create_dir_all(root.join("Users/All/Deep")).unwrap();
        fs::write(root.join("Users/All/Deep/file"), b"here").unwrap();
        for (name, value) in [
            ("junction", link(0xA000_0003, None, "\\??\\C:\\Users\\All")),
            ("elsewhere", link(0xA000_0003, None, "\\??\\D:\\Users")),
            ("Users/up", link(0xA000_000C, Some(1), "..\\junction\\deep")),
            ("rooted", link(0xA000_000C, Some(1), "\\USERS")),
            ("loop", link(0xA000_000C, Some(1), "loop")),
            ("Users/missing", link(0xA000_000C, Some(1), "..\\..\\..\\nothing")),
        ] {
            fs::create_dir(root.join(name)).unwrap();
            attribute(&root.join(name), "system.ntfs_reparse_data", &value);
        }
    });
    let Some(bytes) = bytes else { return };
    let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
    let file = tools::find(&*volume, "Users/All/Deep/file").unwrap();
    let junction = tools::find(&*volume, "junction").unwrap();
    assert_eq!(
        volume.metadata(junction).unwrap().reparse,
        Some(Reparse::MountPoint { target: "\\??\\C:\\Users\\All".to_owned() })
    );
    let outside = Resolved::Outside { target: "\\??\\D:\\Users".to_owned() };
    for (path, expected) in [
        ("JUNCTION/deep/FILE", Resolved::File(file)),
        ("users/up/file", Resolved::File(file)),
        ("rooted/all/../all/deep/./file", Resolved::File(file)),
        ("../../users/all/deep/file", Resolved::File(file)),
        ("elsewhere/x", outside),
        ("Users/missing", Resolved::Missing),
        ("Users/All/Deep/file/x", Resolved::Missing),
    ] {
        let names: Vec<&str> = path.split('/').collect();
        assert_eq!(resolve(&*volume, 'c', &names).unwrap(), expected, "{path}");
    }
    let error = resolve(&*volume, 'c', &["loop"]).unwrap_err().to_string();
    assert_eq!(error, "more than 63 links on the way to loop");
}

#[test]
fn names_that_differ_in_case_only_are_told_apart() {
    let bytes = volume(&[], "streams_interface=none", |root| {
        for name in ["readme", "README", "Readme"] {
            fs::write(root.join(name), name).unwrap();
        }
    });
    let Some(bytes) = bytes else { return };
    let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
    let name = |wanted: &str| -> Option<FileName> {
        Some(Volume::lookup(&*volume, volume.root(), wanted).unwrap()?.name)
    };
    for wanted in ["readme", "README", "Readme"] {
        assert_eq!(name(wanted).unwrap().to_string(), wanted);
    }
    assert_eq!(name("rEADME").unwrap().to_string().to_lowercase(), "readme");
}
