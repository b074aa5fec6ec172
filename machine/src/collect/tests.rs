use super::*;
use crate::{CURRENT_VERSION, FileFacts};

fn path(text: &str) -> WinPath {
    text.parse().expect("a path")
}

/// An installation of which all of the registry and of drive C was looked at.
fn installation() -> Memory {
    let mut facts = Memory::default();
    facts.collect_key("HKLM").collect_folder(path("C:"), true);
    facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    facts.add_file(path(r"C:\WINDOWS\system32\ntoskrnl.exe"), FileFacts::default());
    facts
}

#[test]
fn answers_are_carried_with_their_three_kinds() {
    let mut facts = installation();
    let updates = r"HKLM\SOFTWARE\Microsoft\Updates";
    facts.set_u32(&format!(r"{updates}\Windows XP\SP3\KB1"), "Installed", 1);
    facts.name_key(&format!(r"{updates}\Damaged"));
    let services = r"HKLM\SYSTEM\CurrentControlSet\Services";
    facts.set_u32(&format!(r"{services}\Abc"), "Start", 2);
    facts.set_u32(&format!(r"{services}\Abc\Parameters"), "A", 1);
    facts.collect_key(r"HKU\Anna").set_users(Collected::Known(vec!["Anna".into(), "Bert".into()]));
    facts.set_u32(r"HKU\Anna\Software\Microsoft\Office\16.0\Word\Security", "VBAWarnings", 1);
    let carried = collect(&facts);
    for asked in [
        CURRENT_VERSION,
        updates,
        &format!(r"{updates}\Windows XP\SP3\KB1"),
        &format!(r"{updates}\Windows XP\SP3\KB2"),
        &format!(r"{updates}\Damaged"),
        &format!(r"{updates}\Damaged\KB3"),
        services,
        &format!(r"{services}\Abc"),
        &format!(r"{services}\W3SVC"),
        r"HKLM\SYSTEM\WPA\TabletPC",
        r"HKU\Anna\Software\Microsoft\Office",
        r"HKU\Anna\Software\Microsoft\Office\16.0\Word\Security",
        r"HKU\Anna\Software\Microsoft\Office\16.0\Excel\Security",
        r"HKU\Bert\Software\Microsoft\Office",
    ] {
        assert_eq!(carried.key(asked), facts.key(asked), "{asked}");
    }
    assert_eq!(carried.key(&format!(r"{services}\Abc\Parameters")), Collected::NotCollected);
    assert_eq!(carried.key(r"HKLM\SOFTWARE\Classes"), Collected::NotCollected);
    assert_eq!(carried.users(), facts.users());
    assert_eq!(carried.accounts(), Collected::NotCollected);
}

#[test]
fn folders_are_carried_with_their_files_and_the_names_of_folders() {
    let mut facts = installation();
    let version = Collected::Known("5.1.2600.1106".parse().expect("a version"));
    let file = FileFacts { version, ..FileFacts::default() };
    for name in [r"C:\WINDOWS\system32\a.dll", r"C:\Program Files\Outlook Express\msoe.dll"] {
        facts.add_file(path(name), file.clone());
    }
    facts.add_file(path(r"C:\Temp\SET1.tmp"), file.clone());
    facts.add_file(path(r"C:\Temp\other.dll"), file);
    let renames = [r"\??\C:\Temp\SET1.tmp", r"!\??\C:\WINDOWS\system32\b.dll"];
    facts.set(
        r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager",
        "PendingFileRenameOperations",
        RegistryData::Texts(renames.map(str::to_owned).to_vec()),
    );
    let carried = collect(&facts);
    for asked in [
        r"C:\WINDOWS\system32\a.dll",
        r"C:\WINDOWS\system32\b.dll",
        r"C:\WINDOWS\ehome\c.dll",
        r"C:\Program Files\Outlook Express\msoe.dll",
        r"C:\Temp\SET1.tmp",
    ] {
        assert_eq!(carried.file(&path(asked)), facts.file(&path(asked)), "{asked}");
    }
    assert_eq!(carried.file(&path(r"C:\Temp\other.dll")), Collected::NotCollected);
    for asked in [r"C:\WINDOWS", r"C:\WINDOWS\system32", r"C:\WINDOWS\ehome"] {
        assert_eq!(carried.folder(&path(asked)), facts.folder(&path(asked)), "{asked}");
    }
    assert_eq!(carried.folder(&path(r"C:\Temp")), Collected::NotCollected);
}

#[test]
fn passwords_are_not_carried_and_their_being_there_is() {
    let winlogon = format!(r"{CURRENT_VERSION}\Winlogon");
    for (given, expected) in [("secret", WITHHELD), ("", "")] {
        let mut facts = installation();
        facts.set_text(&winlogon, "DefaultPassword", given);
        facts.set_text(&winlogon, "DefaultUserName", "anna");
        facts.set_u32(&winlogon, "PasswordExpiryWarning", 5);
        let carried = collect(&facts);
        let text = |name| carried.text(&winlogon, name);
        assert_eq!(text("DefaultPassword"), Collected::Known(expected.to_owned()));
        assert_eq!(text("DefaultUserName"), Collected::Known("anna".to_owned()));
        assert_eq!(carried.number(&winlogon, "PasswordExpiryWarning"), Collected::Known(5));
        let written = crate::facts_json(&<_>::default(), Some(&carried));
        assert!(!written.contains("secret"));
    }
}

#[test]
fn a_registry_without_end_is_carried_up_to_a_depth() {
    let mut facts = installation();
    let deep = format!(r"HKLM\SOFTWARE\Microsoft\Updates{}", r"\a".repeat(MOST_LEVELS + 9));
    facts.set_u32(&deep, "Installed", 1);
    let carried = collect(&facts);
    assert_eq!(carried.key(&deep), Collected::NotCollected);
    let last = format!(r"HKLM\SOFTWARE\Microsoft\Updates{}", r"\a".repeat(MOST_LEVELS));
    assert!(carried.key(&last).known().is_some());
}
