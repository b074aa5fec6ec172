//! Hives and folders whose parts lead to each other, or whose names lead elsewhere.

use std::fs;
use std::path::Path;

use staunch_format::hive::ValueKind;
use staunch_machine::{CURRENT_VERSION, Facts, observe};
use staunch_model::Collected;

use crate::path;
use crate::world::{CONFIG, World, bytes, software};

const BINS: usize = 4096;
const NO_FILE: &str = r"C:\WINDOWS\system32\none.dll";

fn messages(facts: &dyn Facts) -> Vec<String> {
    facts.warnings().into_iter().map(|w| format!("{}: {}", w.object, w.message)).collect()
}

/// Finds the cell of a key by its name; returns the position of its content.
fn key(hive: &[u8], name: &str) -> usize {
    let mut places = (BINS..hive.len() - 76 - name.len()).filter(|at| {
        &hive[*at..at + 2] == b"nk" && &hive[at + 76..][..name.len()] == name.as_bytes()
    });
    places.next().expect("a key of that name")
}

fn number(hive: &[u8], at: usize) -> usize {
    u32::from_le_bytes(hive[at..at + 4].try_into().expect("four bytes")) as usize
}

/// Returns the position of the elements of the list of subkeys of a key.
fn subkeys(hive: &[u8], key: usize) -> usize {
    BINS + number(hive, key + 28) + 8
}

fn offset(position: usize) -> [u8; 4] {
    ((position - 4 - BINS) as u32).to_le_bytes()
}

#[test]
fn a_hive_that_cannot_be_read_makes_nothing_absent() {
    let whole = bytes(&software("Microsoft Windows XP"));
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut hive = whole.clone();
        change(&mut hive);
        hive
    };
    let microsoft = key(&whole, "Microsoft");
    let windows = key(&whole, "Windows NT");
    let root = BINS + number(&whole, 36) + 4;
    let current = subkeys(&whole, windows);
    let cases = [
        ("nothing", Vec::new()),
        ("zeros", vec![0; 8192]),
        ("no bins", whole[..BINS].to_vec()),
        ("half a base block", whole[..256].to_vec()),
        (
            "a root that leads to itself",
            changed(&|hive| {
                let list = subkeys(hive, root);
                hive[list..list + 4].copy_from_slice(&offset(root));
                hive[list + 8..list + 12].copy_from_slice(&offset(root));
            }),
        ),
        (
            "a key below itself",
            changed(&|hive| {
                let list = subkeys(hive, microsoft);
                hive[list..list + 4].copy_from_slice(&offset(root));
            }),
        ),
        (
            "the list of another key",
            changed(&|hive| {
                let list = hive[root + 28..root + 32].to_vec();
                hive[microsoft + 28..microsoft + 32].copy_from_slice(&list);
            }),
        ),
        (
            "a list inside a key",
            changed(&|hive| {
                hive[windows + 28..windows + 32].copy_from_slice(&offset(root));
            }),
        ),
        ("a cell outside", changed(&|hive| hive[current..current + 4].fill(0x7F))),
    ];
    for (name, hive) in cases {
        let world = World::new();
        world.write(&format!("{CONFIG}/SOFTWARE"), hive);
        let seen = world.see();
        assert_eq!(seen.key(CURRENT_VERSION), Collected::NotCollected, "{name}");
        assert_eq!(seen.text(CURRENT_VERSION, "CSDVersion"), Collected::NotCollected, "{name}");
        assert_eq!(seen.users(), Collected::NotCollected, "{name}");
        let told = messages(&seen);
        let object = r"C:\WINDOWS\system32\config\SOFTWARE: ";
        assert!(told.iter().any(|line| line.starts_with(object)), "{name}: {told:?}");
        let (facts, _) = observe(&seen);
        assert_eq!(facts.build.known(), None, "{name}");
        // What is in other files is seen all the same.
        assert!(seen.file(&path(r"C:\WINDOWS\system32\ntdll.dll")).known().is_some(), "{name}");
    }
}

#[test]
fn a_list_that_names_one_value_again_and_again_is_no_key() {
    let mut tree = software("Microsoft Windows XP");
    let many = tree.root_mut().create("Many");
    for number in 0..1000 {
        many.set_u32(&format!("v{number:04}"), number);
    }
    many.set("large", ValueKind::Binary, vec![7; 15_000]);
    let mut hive = bytes(&tree);
    let at = (BINS..hive.len() - 25)
        .find(|at| &hive[*at..at + 2] == b"vk" && &hive[at + 20..at + 25] == b"large");
    let large = offset(at.expect("the large value"));
    let list = BINS + number(&hive, key(&hive, "Many") + 40) + 4;
    for element in 0..1000 {
        hive[list + element * 4..][..4].copy_from_slice(&large);
    }
    let world = World::new();
    world.write(&format!("{CONFIG}/SOFTWARE"), hive);
    let seen = world.see();
    assert_eq!(seen.key(r"HKLM\SOFTWARE\Many"), Collected::NotCollected);
    let told = messages(&seen);
    assert!(told[0].contains("expected no more content than the hive has room for"), "{told:?}");
    assert_eq!(seen.key(r"HKLM\SOFTWARE\Many\Below"), Collected::Absent);
}

#[test]
fn profiles_whose_paths_lead_elsewhere_are_told_and_not_read() {
    let mut tree = software("Microsoft Windows XP");
    let long = "x".repeat(255);
    let cases = [
        (r"C:\..\outside", false),
        (r"..\..\outside", false),
        ("%SystemRoot%/../../outside", false),
        ("C:", true),
        (r"\\server\share\bob", false),
        (r"C:\Documents and Settings\a:b", false),
        ("C:\\Documents and Settings\\nul\0bob", true),
        (r"D:\bob", true),
        (&format!(r"C:\Documents and Settings\{long}"), true),
        ("C:\\Documents and Settings\\\u{202E}bob", true),
    ];
    for (at, (folder, _)) in cases.iter().enumerate() {
        let list = "Microsoft\\Windows NT\\CurrentVersion\\ProfileList";
        let key = format!("{list}\\S-1-5-21-1-2-3-{}", 2000 + at);
        tree.root_mut().create(&key).set_text("ProfileImagePath", folder);
    }
    let world = World::new();
    world.write(&format!("{CONFIG}/SOFTWARE"), bytes(&tree));
    let seen = world.see();
    assert_eq!(seen.users(), Collected::Known(vec!["alice".to_owned(), "bob".to_owned()]));
    assert_eq!(seen.key(r"HKU\bob"), Collected::NotCollected, "the one on D:");
    let told = messages(&seen);
    for (at, (_, is_path)) in cases.iter().enumerate() {
        let object = format!("S-1-5-21-1-2-3-{}: expected the path of a profile", 2000 + at);
        let is_told = told.iter().any(|line| line.starts_with(&object));
        assert_eq!(is_told, !is_path, "case {at}: {told:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_windows_cannot_have_are_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let long = format!("{}.dll", "x".repeat(251));
    let world = World::new();
    let system = world.path("WINDOWS/system32");
    let people = world.path("Documents and Settings");
    for name in [long.as_str(), "\u{202E}lld.x", "...", " ", "C:", "%2e%2e"] {
        fs::write(system.join(name), "1").unwrap();
        world.write(&format!("Documents and Settings/{name}/NTUSER.DAT"), "no hive");
    }
    fs::write(system.join(OsStr::from_bytes(b"\xFF\xFE.dll")), "1").unwrap();
    let seen = world.see();
    let folder = path(r"C:\WINDOWS\system32");
    let names = seen.folder(&folder).known().cloned().expect("a list");
    assert!(names.iter().any(|entry| entry.name == long), "{names:?}");
    assert!(seen.file(&path(&format!("{folder}\\{long}"))).known().is_some());
    assert!(seen.file(&path(&format!("{folder}\\\u{202E}LLD.x"))).known().is_some());
    assert_eq!(seen.file(&path(NO_FILE)), Collected::Absent);
    let users = seen.users().known().cloned().expect("people");
    assert!(users.contains(&"alice".to_owned()) && !users.iter().any(|user| user == "C:"));
    let told = messages(&seen);
    assert!(told.iter().any(|line| line.contains(r#"Settings\\C:""#)), "{told:?}");

    // A separator in a name: the list of the folder is not known, each other file is.
    for place in [&system, &people] {
        fs::write(place.join("a\\b"), "1").unwrap();
    }
    let seen = world.see();
    assert_eq!(seen.folder(&folder), Collected::NotCollected);
    assert_eq!(seen.users(), Collected::NotCollected);
    assert!(seen.file(&path(r"C:\WINDOWS\system32\ntdll.dll")).known().is_some());
    assert_eq!(seen.file(&path(r"C:\WINDOWS\system32\a\b")), Collected::Absent, "no folder a");
    let told = messages(&seen);
    assert!(told.iter().any(|line| line.contains(r"a\\b")), "{told:?}");
}

#[cfg(unix)]
#[test]
fn links_out_of_a_folder_and_in_circles_are_not_followed() {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.dll"), "secret").unwrap();
    let world = World::new();
    let at = |name: &str| world.path("WINDOWS/system32").join(name);
    symlink(outside.path().join("secret.dll"), at("evil.dll")).unwrap();
    symlink(outside.path(), at("drivers")).unwrap();
    symlink("../../../../../../../../etc", at("up")).unwrap();
    symlink("self", at("self")).unwrap();
    symlink(r"C:\WINDOWS\system32\second", at("first")).unwrap();
    symlink(r"C:\WINDOWS\system32\first", at("second")).unwrap();
    symlink(".", at("here")).unwrap();
    let seen = world.see();
    for name in ["evil.dll", r"drivers\secret.dll", r"up\passwd", r"self\a", r"first\a", "second"] {
        let file = path(&format!(r"C:\WINDOWS\system32\{name}"));
        assert_eq!(seen.file(&file), Collected::NotCollected, "{name}");
        assert_eq!(seen.content(&file, 100), Collected::NotCollected, "{name}");
    }
    let told = messages(&seen);
    for name in ["evil.dll", r"drivers\secret.dll", "up", "self", "first"] {
        let object = format!(r"C:\WINDOWS\system32\{name}");
        assert!(told.iter().any(|line| line.starts_with(&object)), "{name}: {told:?}");
    }
    let circle = path(r"C:\WINDOWS\system32\here\here\here\ntdll.dll");
    assert!(seen.file(&circle).known().is_some());

    // Windows itself behind a link that leads out.
    let other = World::empty();
    symlink(world.path("WINDOWS"), other.path("WINDOWS")).unwrap();
    symlink(outside.path(), other.path("bin")).unwrap();
    let medium = staunch_machine::Medium::of_folder(other.root()).unwrap();
    assert_eq!(medium.installations(), []);
    let told = medium.warnings();
    assert_eq!(told.len(), 1, "{told:?}");
    let target: &Path = &world.path("WINDOWS");
    assert!(told[0].message.contains(&target.display().to_string()), "{told:?}");
}
