//! Folders and disk images as targets, and what single files are.

use std::fs;
use std::io::Read;
use std::path::Path;

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_testkit::{
    ExecutableLayout, Image, Installation, Partition, Release, VersionedExecutable, shared_data,
    write_disk,
};

use crate::command::{scan, staunch, text, workspace};

fn name(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn a_folder_and_a_disk_image_of_one_machine_give_the_same_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, disk) = (folder.path().join("tree"), folder.path().join("disk"));
    let installation = Installation::new(Release::xp(1));
    installation.write_tree(&tree).expect("a folder of files");
    let mut seen = scan(&["--all"], &[tree]);
    assert_eq!(seen.machine.product.to_string(), "Windows XP Service Pack 1");
    assert!(seen.findings.len() > 100, "{} findings", seen.findings.len());
    let Some(()) = installation.write_image(&disk, &Image::default()) else { return };
    let other = scan(&["--all"], &[disk]);
    seen.inputs.clone_from(&other.inputs);
    // A folder does not say which file systems the machine has.
    seen.checks.clone_from(&other.checks);
    seen.machine.file.clone_from(&other.machine.file);
    for (finding, same) in seen.findings.iter().zip(&other.findings) {
        assert_eq!(finding, same);
    }
    assert_eq!(seen.machine, other.machine);
    assert!(seen == other, "{:?} and {:?}", seen.warnings, other.warnings);
}

#[test]
fn of_several_installations_one_is_chosen_by_number() {
    let folder = tempfile::tempdir().expect("a folder");
    Installation::new(Release::windows_2000(4)).write_tree(folder.path()).expect("files");
    Installation::new(Release::xp(2)).write_tree(folder.path()).expect("files");
    let path = name(folder.path());
    let output = staunch(&["scan", path]);
    assert_eq!(output.status.code(), Some(3));
    let errors = String::from_utf8_lossy(&output.stderr);
    for part in ["found 2 Windows installations", "WINDOWS: ", "WINNT: ", "hint: choose one"] {
        assert!(errors.contains(part), "{part:?} is not in\n{errors}");
    }
    let first = scan(&["--installation", "1"], &[folder.path().into()]);
    let second = scan(&["--installation", "2"], &[folder.path().into()]);
    assert_eq!(first.machine.product.to_string(), "Windows XP Service Pack 2");
    assert_eq!(second.machine.product.to_string(), "Windows 2000 Service Pack 4");
    let output = staunch(&["scan", "--installation", "3", path]);
    assert_eq!(output.status.code(), Some(3));
    let list = workspace("examples/reception-pc/systeminfo.txt");
    let output = staunch(&["scan", "--installation", "1", name(&list)]);
    assert_eq!(output.status.code(), Some(3), "an inventory has no installations");
}

#[test]
fn installations_on_several_partitions_are_listed_and_chosen_by_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk.qcow2");
    let old = Installation::new(Release::nt4());
    // Two releases side by side on one volume, and a third on the next.
    let two =
        Installation::new(Release::xp(2)).with("", &Installation::new(Release::windows_2000(4)));
    let new = Installation::new(Release::windows_10("22H2"));
    let partition = |installation, file_system| {
        let size = 32 << 20;
        Partition { installation, file_system, size }
    };
    let partitions = [
        partition(&old, FileSystem::Fat16),
        partition(&two, FileSystem::Ntfs),
        partition(&new, FileSystem::Ntfs),
    ];
    let Some(()) = write_disk(&disk, Format::Qcow2, Scheme::Mbr, &partitions) else { return };
    let output = staunch(&["scan", name(&disk)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    let errors = String::from_utf8_lossy(&output.stderr);
    let expected = format!(
        "error: {}: found 4 Windows installations\n  \
         1  partition 1, WINNT: Windows NT 4.0, Service Pack 6, build 1381\n  \
         2  partition 2, WINDOWS: Microsoft Windows XP, Service Pack 2, build 2600\n  \
         3  partition 2, WINNT: Microsoft Windows 2000, Service Pack 4, build 2195\n  \
         4  partition 3, Windows: Windows 10 Pro, build 19045\n\
         hint: choose one with --installation N\n",
        name(&disk)
    );
    assert_eq!(errors, expected);
    for (number, product) in [
        ("1", "Windows NT 4.0 Service Pack 6"),
        ("2", "Windows XP Service Pack 2"),
        ("3", "Windows 2000 Service Pack 4"),
        ("4", "Windows 10 Version 22H2 for x64-based Systems"),
    ] {
        let found = scan(&["--installation", number], std::slice::from_ref(&disk));
        assert_eq!(found.machine.product.to_string(), product);
    }
}

#[test]
fn folders_without_windows_say_what_to_name() {
    let folder = tempfile::tempdir().expect("a folder");
    Installation::new(Release::xp(2)).write_tree(folder.path()).expect("files");
    for (path, hint) in [
        (folder.path().join("WINDOWS"), "hint: name the folder above it"),
        (folder.path().join("WINDOWS/system32"), "hint: name a folder that holds"),
    ] {
        let output = staunch(&["scan", name(&path)]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{errors}");
        assert!(errors.contains(hint), "{errors}");
    }
}

#[test]
fn targets_and_inventories_are_machines_of_their_own_in_the_order_given() {
    let folder = tempfile::tempdir().expect("a folder");
    Installation::new(Release::xp(2)).write_tree(folder.path()).expect("files");
    let list = workspace("examples/reception-pc/systeminfo.txt");
    let printed = text(&["scan", "--json", name(&list), name(folder.path())], 1);
    let machines: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let inputs: Vec<&str> =
        machines.as_array().unwrap().iter().map(|m| m["inputs"][0].as_str().unwrap()).collect();
    assert_eq!(inputs, [name(&list), name(folder.path())]);
}

fn inspect(arguments: &[&str]) -> serde_json::Value {
    let all: Vec<&str> = ["inspect", "--json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&text(&all, 0)).expect("one JSON object")
}

#[test]
fn published_hives_have_their_counts() {
    let Some(data) = shared_data() else {
        println!("skipped: no published data");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    for (file, keys, values, bytes, dirty) in [
        ("BCD", 132, 103, 5209, false),
        ("NTUSER.DAT", 1812, 4094, 276_160, false),
        ("SYSTEM", 30756, 73456, 4_633_361, false),
        ("SYSTEM_2", 20015, 49779, 2_641_798, true),
        ("amcache.hve", 2105, 17539, 909_574, true),
    ] {
        let path = folder.path().join(file);
        unpack(&data.join(format!("hives/{file}.zst")), &path);
        let said = inspect(&[name(&path)]);
        assert_eq!((&said["kind"], &said["schema"]), (&"hive".into(), &1.into()), "{file}");
        let counts = [&said["keys"], &said["values"], &said["value_bytes"]];
        assert_eq!(counts.map(|count| count.as_u64().unwrap()), [keys, values, bytes], "{file}");
        assert_eq!(said["dirty"], dirty, "{file}");
        assert_eq!(said["warnings"].as_array().unwrap().len(), usize::from(dirty), "{file}");
    }
    let listed = text(&["inspect", "--list", name(&folder.path().join("BCD"))], 0);
    assert_eq!(listed.lines().filter(|line| line.starts_with('\\')).count(), 132);
    assert!(listed.contains("\n  KeyName  REG_SZ  \"BCD00000000\"\n"), "{listed}");
}

fn unpack(from: &Path, to: &Path) {
    let file = fs::File::open(from).expect("published data");
    let mut decoder = zstd::Decoder::new(file).expect("published data");
    decoder.window_log_max(27).expect("published data");
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).expect("published data");
    fs::write(to, bytes).expect("a file");
}

#[test]
fn published_disks_are_told_with_their_volumes() {
    let Some(data) = shared_data() else {
        println!("skipped: no published data");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    for (file, format, size, file_system, warnings) in [
        ("windows_volume.qcow2", "qcow2", 35_913_728, "ntfs", 1),
        ("testfs1", "raw", 2_097_152, "ntfs", 0),
        ("image.vhd", "vhd", 104_448, "unknown", 2),
    ] {
        let path = folder.path().join(file);
        unpack(&data.join(format!("disks/{file}.zst")), &path);
        let said = inspect(&[name(&path)]);
        assert_eq!((&said["kind"], &said["format"]), (&"disk".into(), &format.into()));
        assert_eq!(said["size"], size);
        let partition = serde_json::json!({
            "scheme": "none", "number": 0, "offset": 0, "size": size, "filesystem": file_system,
            "type": "volume",
        });
        assert_eq!(said["partitions"], serde_json::json!([partition]));
        assert_eq!(said["installations"], serde_json::json!([]));
        assert_eq!(said["warnings"].as_array().unwrap().len(), warnings, "{file}");
    }
    let packed = data.join("hives/BCD.zst");
    let output = staunch(&["inspect", name(&packed)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("zstd-compressed data"));
}

#[test]
fn files_are_told_apart_by_their_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |file: &str, content: &[u8]| {
        let path = folder.path().join(file);
        fs::write(&path, content).expect("a file");
        path
    };
    let executable = VersionedExecutable::new(ExecutableLayout::Pe32, [5, 1, 2600, 2622])
        .translation(0x0407, 1200)
        .string("FileVersion", "5.1.2600.0 (XPClient.010817-1148)")
        .build();
    let said = inspect(&[name(&write("a.txt", &executable))]);
    let expected = serde_json::json!({
        "schema": 1, "file": said["file"], "kind": "pe", "layout": "pe32", "machine": "i386",
        "fixed_version": "5.1.2600.2622", "product_version": "5.1.2600.2622",
        "string_version": "5.1.2600.0 (XPClient.010817-1148)", "language": 0x0407,
        "warnings": ["the fixed version is 5.1.2600.2622, and the text says 5.1.2600.0"],
    });
    assert_eq!(said, expected);

    let mut cabinet = b"MSCF".to_vec();
    cabinet.extend([0, 70, 0, 44, 0].map(u32::to_le_bytes).as_flattened());
    cabinet.extend([3, 1]);
    cabinet.extend([1, 1, 0, 7, 0].map(u16::to_le_bytes).as_flattened());
    cabinet.resize(70, 0);
    let said = inspect(&[name(&write("b.txt", &cabinet))]);
    assert_eq!(
        (&said["kind"], &said["files"], &said["folders"]),
        (&"cabinet".into(), &1.into(), &1.into())
    );

    let report = "<?xml version=\"1.0\"?><SecScan Machine=\"PC\"><Check/><Check/></SecScan>";
    let said = inspect(&[name(&write("c.xml", report.as_bytes()))]);
    assert_eq!(
        (&said["kind"], &said["machine"], &said["checks"]),
        (&"mbsa".into(), &"PC".into(), &2.into())
    );

    let list = workspace("examples/reception-pc/systeminfo.txt");
    let said = inspect(&[name(&list)]);
    assert_eq!((&said["kind"], &said["format"]), (&"inventory".into(), &"systeminfo".into()));

    // What is nothing of these is an error, and the others are told all the same.
    let unknown = write("d.bin", &[0, 1, 2, 3]);
    let output = staunch(&["inspect", "--json", name(&unknown), name(&list)]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("d.bin"));
}

#[test]
fn logs_beside_a_hive_are_replayed_unless_they_are_to_be_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut tree = staunch_format::hive::Tree::new(staunch_format::hive::Version::V1_3, 1 << 56);
    tree.root_mut().create("Before");
    let mut hive = tree.to_bytes().expect("a hive");
    tree.root_mut().create("After\\Below").set_u32("a", 1);
    let after = tree.to_bytes().expect("a hive");
    put(&mut hive, 4, 8);
    put(&mut hive, 8, 7);
    let mut log = after[..512].to_vec();
    put(&mut log, 28, 1);
    put(&mut log, 4, 8);
    put(&mut log, 8, 8);
    let mut vector = b"DIRT".to_vec();
    vector.resize(4 + (after.len() - 4096) / 4096, 0xFF);
    vector.resize(512, 0);
    log.extend(vector);
    log.extend(&after[4096..]);
    let path = folder.path().join("SOFTWARE");
    fs::write(&path, hive).expect("a file");
    fs::write(folder.path().join("software.LOG"), log).expect("a file");
    fs::write(folder.path().join("SOFTWARE.LOG1"), [0; 512]).expect("a file");
    let said = inspect(&[name(&path)]);
    assert_eq!(
        (&said["keys"], &said["values"], &said["dirty"]),
        (&4.into(), &1.into(), &true.into())
    );
    let logs = said["logs"].as_array().unwrap();
    let applied: Vec<_> = logs.iter().map(|log| (&log["file"], &log["applied"])).collect();
    assert_eq!(
        applied,
        [(&"SOFTWARE.LOG1".into(), &false.into()), (&"software.LOG".into(), &true.into())]
    );
    let left = inspect(&["--no-logs", name(&path)]);
    assert_eq!(
        (&left["keys"], &left["dirty"], &left["logs"]),
        (&2.into(), &true.into(), &serde_json::json!([]))
    );
}

/// Writes a number into a base block and its checksum after it.
fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    let words = bytes[..508].as_chunks::<4>().0;
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    bytes[508..512].copy_from_slice(&sum.to_le_bytes());
}
