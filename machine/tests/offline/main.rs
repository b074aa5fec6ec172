//! Windows installations in folders, sound and damaged.

mod damage;
mod hives;
mod hostile;
#[cfg(unix)]
mod reading;
mod world;

use staunch_machine::{Facts, Medium, MediumError, RegistryData, is_disk_image};
use staunch_model::{Collected, WinPath};

use world::{CONFIG, World, bytes, software};

fn path(text: &str) -> WinPath {
    text.parse().expect("a path")
}

fn known<T: Clone>(collected: Collected<T>) -> T {
    collected.known().cloned().expect("a known answer")
}

#[test]
fn the_registry_and_the_files_of_a_folder_answer() {
    let world = World::new();
    let seen = world.see();
    assert_eq!(seen.kind(), "folder");
    assert_eq!(seen.windows(), &path(r"C:\Windows"));
    let name = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName";
    assert_eq!(seen.text(name, "computername"), Collected::Known("PC".to_owned()));
    assert_eq!(seen.text(r"hklm\software\CLASSES\.TXT", ""), Collected::Known("txtfile".into()));
    assert_eq!(seen.value(r"HKLM\SOFTWARE\Classes\.txt", "none"), Collected::Absent);
    assert_eq!(seen.key(r"HKLM\SOFTWARE\None\Below"), Collected::Absent);
    assert_eq!(seen.key(r"HKLM\HARDWARE"), Collected::NotCollected);
    assert_eq!(seen.key(r"HKLM\SAM\SAM"), Collected::NotCollected, "the file is not there");
    let system = known(seen.key(r"HKLM\SYSTEM"));
    assert_eq!(system.subkeys, ["ControlSet001", "ControlSet002", "Select"]);

    let library = known(seen.file(&path(r"c:\windows\SYSTEM32\NTDLL.DLL")));
    assert_eq!(library.version.known().unwrap().to_string(), "5.1.2600.2622");
    assert_eq!(library.version_text.known().unwrap(), "5.1.2600.2622 (xpsp_sp2_gdr.050301-1519)");
    assert_eq!(seen.file(&path(r"C:\WINDOWS\system32")), Collected::Absent, "a folder is no file");
    assert_eq!(seen.file(&path(r"C:\WINDOWS\none\a.dll")), Collected::Absent);
    assert_eq!(seen.file(&path(r"D:\a.dll")), Collected::NotCollected);
    assert_eq!(seen.content(&path(r"C:\BOOT.INI"), 100), Collected::Known(b"[boot loader]".into()));
    assert_eq!(seen.content(&path(r"C:\BOOT.INI"), 3), Collected::NotCollected);
    let root = known(seen.folder(&path("C:")));
    let names: Vec<&str> = root.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["boot.ini", "Documents and Settings", "WINDOWS"]);

    assert_eq!(seen.users(), Collected::Known(vec!["alice".to_owned()]));
    let desktop = r"HKU\Alice\Control Panel\Desktop";
    assert_eq!(seen.text(desktop, "ScreenSaveActive"), Collected::Known("0".into()));
    assert_eq!(seen.key(r"HKU\bob\Control Panel"), Collected::NotCollected);
    assert_eq!(seen.volumes(), Collected::NotCollected);
    let warnings: Vec<String> = seen.warnings().into_iter().map(|w| w.object).collect();
    assert_eq!(warnings, ["D:", r"C:\BOOT.INI"]);
}

#[test]
fn installations_are_listed_and_taken_by_number() {
    let world = World::new();
    world.install("WINNT");
    world.install("Windows.old/WINDOWS");
    world.write("Program Files/system32/config/SYSTEM", "");
    let medium = Medium::of_folder(world.root()).unwrap();
    let found: Vec<&str> = medium.installations().iter().map(|i| i.folder.as_str()).collect();
    assert_eq!(found, ["WINDOWS", "WINNT"]);
    let product = medium.product(&medium.installations()[1]);
    assert_eq!(product.unwrap(), "Microsoft Windows XP, Service Pack 2, build 2600");
    let seen = medium.see(2).unwrap();
    assert_eq!(seen.windows(), &path(r"C:\WINNT"));
    let told: Vec<String> = seen.warnings().into_iter().map(|warning| warning.message).collect();
    assert_eq!(
        told[..2],
        [
            r"this folder is no installation: system32\config holds no SOFTWARE",
            r"SystemRoot is C:\WINDOWS, and the folder is WINNT",
        ]
    );
    for number in [0, 3] {
        let error = medium.see(number).err().unwrap();
        assert!(matches!(error, MediumError::NoSuchInstallation { most: 2, .. }), "{error}");
    }
}

#[test]
fn a_folder_without_windows_has_no_installation() {
    let world = World::empty();
    world.write("WINDOWS/system32/config/SYSTEM", "regf");
    let medium = Medium::of_folder(world.root()).unwrap();
    assert_eq!(medium.installations(), []);
    let told = medium.warnings().remove(0).message;
    assert_eq!(told, r"this folder is no installation: system32\config holds no SOFTWARE");
    assert!(Medium::of_folder(&world.path("absent")).is_err());
}

#[test]
fn windows_may_be_on_another_drive() {
    let world = World::new();
    let mut tree = software("Microsoft Windows XP");
    tree.root_mut()
        .create("Microsoft\\Windows NT\\CurrentVersion")
        .set_text("SystemRoot", "D:\\WINDOWS");
    world.write(&format!("{CONFIG}/SOFTWARE"), bytes(&tree));
    let seen = world.see();
    assert_eq!(seen.windows(), &path(r"D:\WINDOWS"));
    assert!(seen.file(&path(r"D:\WINDOWS\system32\ntdll.dll")).known().is_some());
    assert_eq!(seen.file(&path(r"C:\WINDOWS\system32\ntdll.dll")), Collected::NotCollected);
    assert_eq!(seen.users(), Collected::Known(vec!["alice".to_owned()]), "%SystemDrive% is D:");
}

#[test]
fn a_key_that_stands_for_another_is_followed() {
    let world = World::new();
    let mut tree = software("Windows 7");
    tree.root_mut().create("Classes\\Wow6432Node\\CLSID").set_u32("a", 1);
    let target: Vec<u8> = "\\REGISTRY\\Machine\\Software\\Classes\\Wow6432Node"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let link = tree.root_mut().create("Wow6432Node\\Classes");
    link.set("SymbolicLinkValue", staunch_format::hive::ValueKind::Link, target);
    let mut hive = bytes(&tree);
    // The writer makes no links: the flag is set where the key says its name.
    let name = b"Classes";
    let ends: Vec<usize> = (76..hive.len() - 7)
        .filter(|at| &hive[*at..at + 7] == name && &hive[at - 76..at - 74] == b"nk")
        .collect();
    let at = ends
        .into_iter()
        .find(|at| u32::from_le_bytes(hive[at - 40..at - 36].try_into().unwrap()) == 1);
    let at = at.expect("the key with one value");
    hive[at - 74] |= 0x10;
    world.write(&format!("{CONFIG}/SOFTWARE"), hive);
    let seen = world.see();
    let key = r"HKLM\SOFTWARE\Wow6432Node\Classes\CLSID";
    assert_eq!(seen.value(key, "a"), Collected::Known(RegistryData::U32(1)));
    assert_eq!(seen.warnings(), []);
}

#[test]
fn only_disk_images_look_like_disk_images() {
    let world = World::new();
    world.write("text.txt", "Host Name: PC\n");
    world.write("zeros", vec![0; 1 << 20]);
    world.write("cut.qcow2", b"QFI\xfb\0\0\0\x03");
    world.write("virtual.wim", [b"MSWIM\0\0\0".as_slice(), &[0; 500]].concat());
    for (file, expected) in [
        ("text.txt", false),
        ("zeros", false),
        ("boot.ini", false),
        ("cut.qcow2", true),
        ("virtual.wim", true),
    ] {
        assert_eq!(is_disk_image(&world.path(file)).unwrap(), expected, "{file}");
    }
    let error = Medium::of_image(&world.path("virtual.wim")).err().unwrap();
    assert!(error.to_string().ends_with("virtual.wim: the disk image cannot be read"), "{error}");
}
