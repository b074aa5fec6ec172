//! Real volumes: every name, stream and byte is what The Sleuth Kit and NTFS-3G read.

use std::{collections::BTreeMap, path::Path};

use staunch_format::{
    fat::CodePage,
    volume::{self, FileSystem},
};

use crate::tools;

/// Returns what fls and icat read: folders as nothing, files and streams as their content.
fn sleuthkit(image: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let image = image.to_str().unwrap();
    let listing = String::from_utf8(tools::run("fls", &["-r", "-p", image])).unwrap();
    let mut tree = BTreeMap::new();
    for line in listing.lines().filter(|line| !line.contains("$OrphanFiles")) {
        let (head, path) = line.split_once(":\t").unwrap();
        let (kind, address) = head.split_once(' ').unwrap();
        if address.starts_with('*') {
            continue;
        }
        if kind == "d/d" {
            tree.insert(path.to_owned(), None);
        } else if address.split('-').nth(1).is_none_or(|kind| kind == "128") {
            tree.insert(path.to_owned(), Some(tools::run("icat", &[image, address])));
        }
    }
    tree
}

fn compare(image: &Path) -> usize {
    let bytes = std::fs::read(image).unwrap();
    let volume = volume::open(&bytes[..], CodePage::Cp437).unwrap();
    assert_eq!(volume.warnings(), &[]);
    let ours = tools::tree(&*volume);
    let theirs = sleuthkit(image);
    let names = |tree: &BTreeMap<String, _>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs));
    for (path, content) in &ours {
        // The stream of bad clusters is one hole, as long as the volume, which icat leaves out.
        if path == "$BadClus:$Bad" {
            continue;
        }
        assert!(*content == theirs[path], "{path}");
        let is_stream = path.contains(':') || path.starts_with('$');
        if volume.file_system() != FileSystem::Ntfs || content.is_none() || is_stream {
            continue;
        }
        let cat = tools::run("ntfscat", &["-f", image.to_str().unwrap(), path]);
        assert!(content.as_ref() == Some(&cat), "{path}");
    }
    ours.len()
}

#[test]
fn published_volumes() {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: no published volumes beside the workspace");
        return;
    };
    if !tools::installed(&["fls", "icat", "ntfscat", "qemu-img"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, entries) in [("testfs1", 23), ("windows_volume.qcow2", 16)] {
        let packed = std::fs::read(data.join(format!("disks/{name}.zst"))).unwrap();
        let mut image = folder.path().join(name);
        std::fs::write(&image, zstd::decode_all(&packed[..]).unwrap()).unwrap();
        if name.ends_with(".qcow2") {
            let raw = folder.path().join("raw");
            let paths = [image.to_str().unwrap(), raw.to_str().unwrap()];
            tools::run("qemu-img", &["convert", "-O", "raw", paths[0], paths[1]]);
            image = raw;
        }
        assert!(compare(&image) >= entries, "{name}");
    }
}

#[test]
fn volumes_of_mkntfs_and_ntfscp() {
    if !tools::installed(&["mkntfs", "ntfscp", "ntfscat", "fls", "icat"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let source = folder.path().join("source");
    for (sector, cluster) in [(512, 512), (512, 4096), (4096, 4096), (512, 65536)] {
        std::fs::File::create(&image).unwrap().set_len(24 << 20).unwrap();
        let path = image.to_str().unwrap();
        let (sector, cluster) = (sector.to_string(), cluster.to_string());
        tools::run("mkntfs", &["-F", "-Q", "-q", "-s", &sector, "-c", &cluster, path]);
        for number in 0..40_usize {
            let content = tools::sample(number as u64, number * number * 83);
            std::fs::write(&source, &content).unwrap();
            let from = source.to_str().unwrap();
            let name = format!("a name that fills the index soon {number}");
            tools::run("ntfscp", &["-q", path, from, &name]);
            if number % 10 == 0 {
                tools::run("ntfscp", &["-q", "-N", "beside", path, from, &name]);
            }
        }
        assert!(compare(&image) > 40, "{sector} {cluster}");
    }
}
