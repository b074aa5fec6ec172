//! The running system answers as a folder does whose facts were put into it.
//!
//! That changes the whole system, so it is done on nothing but a machine of Wine.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use staunch_format::hive::{Hive, Tree, TreeKey, ValueKind};
use staunch_machine::{FileFacts, FolderEntry, Live, Medium, observe, pending_renames};
use staunch_testkit::{Installation, Release};

use super::*;

/// Keys that only Wine has.
const WINE: &str = r"HKLM\SOFTWARE\Wine";

/// Hives below the folder of Windows, with the keys that they are loaded as.
const HIVES: &[(&str, &str)] = &[
    ("SOFTWARE", r"HKEY_LOCAL_MACHINE\SOFTWARE"),
    ("SYSTEM", r"HKEY_LOCAL_MACHINE\SYSTEM"),
    ("SAM", r"HKEY_LOCAL_MACHINE\SAM"),
    ("SECURITY", r"HKEY_LOCAL_MACHINE\SECURITY"),
    ("DEFAULT", r"HKEY_USERS\.DEFAULT"),
];

/// A person whose part of the registry stays in its file.
const NOT_LOGGED_ON: &str = "bob";

fn windows_10() -> Installation {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    installation(Release::windows_10("22H2"))
        .pending_rename("%SystemRoot%\\system32\\new.dll", Some("%SystemRoot%\\system32\\old.dll"))
        .pending_rename("Temp\\a.tmp", None)
        .user(NOT_LOGGED_ON, |key| {
            key.create("Software\\Example").set_text("Text", "in the file only");
        })
        .software(|key| {
            let key = key.create("staunch\\Größe 漢字");
            key.set_text("", "the default")
                .set_text("text", "Ünïcödé 漢字")
                .set_u64("u64", 1 << 40);
            key.set("no end", ValueKind::Text, wide("no NUL"));
            key.set("expandable", ValueKind::ExpandText, wide("%SystemRoot%\\x\0behind"));
            key.set("gaps", ValueKind::MultiText, wide("a\0\0b\0\0"));
            key.set("big endian", ValueKind::U32BigEndian, [0, 0, 1, 2]);
            key.set("short", ValueKind::U32, [1, 2]);
            key.set("none", ValueKind::None, []);
            key.set("other", ValueKind::Unknown(0x1234), [1, 2, 3]);
            key.set("large", ValueKind::Binary, vec![7; 200_000]);
        })
        .system(|key| {
            // Wine sets the time zone by that of its host, whenever it likes.
            key.create("Control").remove("TimeZoneInformation");
            let service = key.create("Services\\staunch");
            service.set_u32("Start", 4).set_u32("Type", 16).set_text("ImagePath", "C:\\a b\\c.exe");
        })
}

/// Writes a key with all below it in the language of `reg import`.
fn script(path: &str, root: &TreeKey) -> String {
    let mut script = String::new();
    let mut keys = vec![(path.to_owned(), root)];
    while let Some((path, key)) = keys.pop() {
        writeln!(script, "\r\n[{path}]\r").expect("a text");
        for value in key.values() {
            let name = match value.name().as_str() {
                "" => "@".to_owned(),
                name => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
            };
            let bytes: Vec<String> =
                value.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let kind = value.kind().number();
            writeln!(script, "{name}=hex({kind:x}):{}\r", bytes.join(",")).expect("a text");
        }
        keys.extend(key.subkeys().iter().map(|key| (format!("{path}\\{}", key.name()), key)));
    }
    script
}

/// Puts the registry of an installation in a folder into that of the running system.
fn put(seen: &Offline, folder: &Path) {
    let load = |path: &Path| {
        let bytes = std::fs::read(path).expect("a hive");
        Tree::load(&Hive::new(&bytes).expect("a hive")).expect("a hive")
    };
    let mut all = "Windows Registry Editor Version 5.00\r\n".to_owned();
    for (hive, key) in HIVES {
        let path = folder.join("Windows\\System32\\config").join(hive);
        all += &script(key, load(&path).root());
    }
    let list = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
    for sid in seen.key(list).known().expect("the profiles").subkeys.clone() {
        let profile = seen.text(&format!("{list}\\{sid}"), "ProfileImagePath");
        let name = profile.known().and_then(|path| path.rsplit('\\').next()).expect("a profile");
        let path = folder.join("Users").join(name).join("NTUSER.DAT");
        if name == NOT_LOGGED_ON {
            let profile = Path::new(r"C:\Users").join(name);
            std::fs::create_dir_all(&profile).expect("a profile");
            std::fs::copy(path, profile.join("NTUSER.DAT")).expect("a hive");
        } else if path.is_file() {
            all += &script(&format!("HKEY_USERS\\{sid}"), load(&path).root());
        }
    }
    let file = folder.join("all.reg");
    // The current control set is a key of its own under Wine.
    all = all.replace(r"\SYSTEM\ControlSet001", r"\SYSTEM\CurrentControlSet");
    let wide = ['\u{feff}'].into_iter().chain(all.chars()).collect::<String>();
    let bytes: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&file, bytes).expect("a file");
    #[expect(clippy::disallowed_methods, reason = "the system changes its registry itself")]
    let status = Command::new("reg").arg("import").arg(&file).status().expect("reg starts");
    assert!(status.success(), "reg import ended with {status}");
    std::fs::remove_file(&file).expect("the file goes");
}

/// Every key of the folder is in the running system with all its values and subkeys.
fn assert_same_registry(expected: &dyn Facts, live: &Live) -> usize {
    let profiles = expected.users().known().cloned().expect("the profiles");
    let roots = ROOTS.iter().map(|root| (*root).to_owned());
    let mut paths: Vec<String> =
        roots.chain(profiles.iter().map(|name| format!("HKU\\{name}"))).collect();
    let mut count = 0;
    while let Some(path) = paths.pop() {
        let Collected::Known(key) = expected.key(&path) else { continue };
        let Collected::Known(found) = live.key(&path.to_lowercase()) else {
            panic!("{path}: {:?}", live.warnings())
        };
        for value in &key.values {
            let name = value.name.to_uppercase();
            assert_eq!(found.value(&value.name), Some(&value.data), "{path} {}", value.name);
            let alone = live.value(&path, &name);
            assert_eq!(alone, Collected::Known(value.data.clone()), "{path} {}", value.name);
        }
        let names: BTreeSet<String> =
            found.subkeys.iter().map(|name| name.to_lowercase()).collect();
        for name in &key.subkeys {
            assert!(names.contains(&name.to_lowercase()), "{path}: no subkey {name}");
        }
        paths.extend(key.subkeys.iter().map(|name| format!("{path}\\{name}")));
        let absent = format!("{path}\\No such key");
        assert_eq!(live.key(&absent), Collected::Absent, "{absent}");
        assert_eq!(live.value(&path, "no such value"), Collected::Absent, "{path}");
        count += 1;
    }
    count
}

/// Every file and folder says the same in its place on the drive of the running system.
fn assert_same_files(expected: &dyn Facts, live: &Live, folder: &WinPath) -> usize {
    let mut names = vec![String::new()];
    let mut count = 0;
    while let Some(below) = names.pop() {
        let (there, here) = (drive(expected).join(&below), folder.join(&below));
        let (there, here) = (there.expect("a path"), here.expect("a path"));
        if let Collected::Known(mut entries) = expected.folder(&there) {
            let mut found = live.folder(&here).known().cloned().expect("a folder");
            entries.sort();
            found.sort();
            assert_eq!(found, entries, "{here}");
            assert_eq!(live.file(&here), Collected::Absent, "{here}");
            assert_eq!(live.content(&here, 1), Collected::Absent, "{here}");
            names.extend(entries.iter().map(|entry| format!("{below}\\{}", entry.name)));
            continue;
        }
        count += 1;
        let shouted: WinPath = fold_file_name(&here.to_string()).parse().expect("a path");
        assert_eq!(live.file(&shouted), expected.file(&there), "{here}");
        assert_eq!(live.content(&here, 1 << 16), expected.content(&there, 1 << 16), "{here}");
        assert_eq!(live.folder(&here), Collected::Absent, "{here}");
        let within = here.join("below").expect("a path");
        assert_eq!(live.file(&within), Collected::Absent, "{within}");
    }
    count
}

#[test]
fn the_running_system_answers_as_the_folder_does() {
    let live = Live::new();
    if live.key(WINE).known().is_none() {
        println!("skipped: this is no machine of Wine");
        return;
    }
    let temporary = tempfile::tempdir().expect("a folder");
    let installation = windows_10();
    installation.write_tree(temporary.path()).expect("a folder of files");
    let seen = see(&Medium::of_folder(temporary.path()).expect("a folder"));
    assert_eq!(seen.warnings(), []);
    put(&seen, temporary.path());

    let keys = assert_same_registry(&seen, &live);
    let folder = temporary.path().to_str().expect("a path").parse().expect("a path on a drive");
    let files = assert_same_files(&seen, &live, &folder);
    println!("{keys} keys, {files} files");
    assert!(keys > 100 && files > 20);
    let people = live.users().known().cloned().expect("the profiles");
    let expected = seen.users().known().cloned().expect("the profiles");
    assert!(expected.iter().all(|name| people.contains(name)), "{people:?}");
    assert_eq!(pending_renames(&live), pending_renames(&seen));
    assert_eq!(pending_renames(&live).known().map(Vec::len), Some(2));

    let ((there, _), (here, _)) = (observe(&seen), observe(&live));
    assert_eq!(here.name, there.name);
    assert_eq!(here.build, there.build);
    assert_eq!(here.service_pack, there.service_pack);
    assert_eq!(here.architecture, there.architecture);
    assert_eq!(here.language, there.language);
    assert_eq!(here.hotfixes, there.hotfixes);
}

#[test]
fn what_cannot_be_seen_is_told() {
    let live = Live::new();
    for path in ["HKLM", "HKCR\\.txt", "", "HKU\\nobody of this name\\Software"] {
        assert_eq!(live.key(path), Collected::NotCollected, "{path}");
    }
    assert_eq!(live.key("HKLM\\SOFTWARE\\a\0b"), Collected::NotCollected);
    let small: WinPath = r"C:\windows\win.ini".parse().expect("a path");
    assert!(live.file(&small).known().is_some());
    assert_eq!(live.content(&small, 0), Collected::NotCollected);
    let warnings: Vec<String> =
        live.warnings().iter().map(|w| format!("{}: {}", w.object, w.message)).collect();
    println!("{}", warnings.join("\n"));
    assert!(warnings.iter().any(|w| w.contains("without NUL")), "{warnings:?}");
    assert!(warnings.iter().any(|w| w.contains("expected at most 0 bytes")), "{warnings:?}");
}

#[test]
fn files_are_seen_however_they_are_held_and_named() {
    let live = Live::new();
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path().to_str().expect("a path").to_owned();
    let library = Release::windows_10("22H2").executable([10, 0, 19041, 1]).build();
    let path = |below: &str| -> WinPath { format!("{folder}\\{below}").parse().expect("a path") };

    let held = path("held.dll");
    std::fs::write(held.to_string(), &library).expect("a file");
    let free = live.file(&held).known().cloned().expect("a file");
    assert!(free.version.known().is_some(), "{free:?}");
    let alone = std::fs::OpenOptions::new().read(true).share_mode(0).open(held.to_string());
    let alone = alone.expect("nobody else has it");
    let file = live.file(&held).known().cloned().expect("a file");
    assert_eq!(file, FileFacts { size: free.size.clone(), ..FileFacts::default() });
    assert_eq!(live.content(&held, 1 << 20), Collected::NotCollected);
    let object = held.to_string();
    assert!(live.warnings().iter().any(|warning| warning.object == object));
    drop(alone);
    assert_eq!(live.file(&held).known(), Some(&free));

    let long = path(&[["x"; 100].concat(), ["y"; 100].concat(), ["z"; 100].concat()].join("\\"));
    std::fs::create_dir_all(format!("\\\\?\\{long}")).expect("folders");
    let long = long.join("aux.dll").expect("a path");
    std::fs::write(format!("\\\\?\\{long}"), &library).expect("a file");
    assert_eq!(live.file(&long).known(), Some(&free));
    let listed = live.folder(&long.parent()).known().cloned().expect("a folder");
    assert_eq!(listed, [FolderEntry { name: "aux.dll".to_owned(), is_folder: false }]);
}

#[test]
fn accounts_and_volumes_are_listed() {
    let live = Live::new();
    let volumes = live.volumes().known().cloned().expect("the volumes");
    assert!(volumes.iter().any(|volume| volume.name == "C:"), "{volumes:?}");
    println!("{volumes:?}");
    let accounts = live.accounts().known().cloned().expect("the accounts");
    assert!(!accounts.is_empty());
    println!("{accounts:?}\n{:?}", live.warnings());
    let of_passwords = accounts.iter().all(|a| a.has_blank_password.is_not_collected());
    assert!(of_passwords, "no password is tried");
}
