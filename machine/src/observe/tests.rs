use proptest::prelude::*;

use super::*;
use crate::{CURRENT_VERSION, FileFacts, Memory, RegistryData};

/// Keys that the questions ask for, or that stand above them.
const KEYS: &[&str] = &[
    r"HKLM\SOFTWARE",
    CURRENT_VERSION,
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\HotFix\KB835732",
    r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB835732",
    r"HKLM\SOFTWARE\Microsoft\Internet Explorer",
    r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_KB976932~31bf3856ad364e35~amd64~~6.1.1.17514",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\KB835732",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\Language",
    r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Windows",
];

const VALUES: &[&str] = &[
    "CurrentVersion",
    "CurrentBuildNumber",
    "CurrentMajorVersionNumber",
    "CurrentMinorVersionNumber",
    "CSDVersion",
    "CurrentState",
    "EditionID",
    "InstallLanguage",
    "Install",
    "Installed",
    "InstallDate",
    "InstallTimeHigh",
    "InstallTimeLow",
    "InstallationType",
    "PROCESSOR_ARCHITECTURE",
    "PendingFileRenameOperations",
    "ProductName",
    "ProductSuite",
    "ProductType",
    "Release",
    "SystemRoot",
    "UBR",
    "svcVersion",
];

fn data() -> impl Strategy<Value = RegistryData> {
    let word = prop_oneof![
        "\\PC{0,20}",
        proptest::sample::select(vec![
            "5.1",
            "6.1",
            "6.3",
            "2600",
            "7601",
            "19045",
            "WinNT",
            "ServerNT",
            "Windows 10 Pro",
            "Service Pack 3",
            "0409",
            "C:\\WINDOWS",
            "AMD64",
            "20081024",
            "Server Core",
        ])
        .prop_map(str::to_owned),
    ];
    prop_oneof![
        word.clone().prop_map(RegistryData::Text),
        proptest::collection::vec(word, 0..4).prop_map(RegistryData::Texts),
        prop_oneof![any::<u32>(), 0_u32..200].prop_map(RegistryData::U32),
        any::<u64>().prop_map(RegistryData::U64),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(RegistryData::Binary),
    ]
}

#[test]
fn nothing_is_known_of_what_nobody_saw() {
    let (machine, warnings) = observe(&Memory::default());
    assert_eq!(machine, MachineFacts::default());
    assert_eq!(warnings, []);
}

#[test]
fn without_the_hive_of_software_nothing_is_absent() {
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SYSTEM");
    facts.set_text(KEYS[9], "ProductType", "WinNT");
    let kernel = r"C:\WINDOWS\system32\ntoskrnl.exe".parse().expect("a path");
    facts.collect_folder(r"C:\".parse().expect("a path"), true);
    facts.add_file(kernel, FileFacts::default());
    let (machine, warnings) = observe(&facts);
    assert_eq!(machine, MachineFacts::default());
    assert_eq!(warnings, []);
}

#[test]
fn a_whole_machine_is_seen() {
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SOFTWARE").collect_key(r"HKLM\SYSTEM");
    for (name, text) in [
        ("CurrentVersion", "5.1"),
        ("CurrentBuildNumber", "2600"),
        ("CSDVersion", "Service Pack 1"),
        ("ProductName", "Microsoft Windows XP"),
        ("SystemRoot", r"C:\WINDOWS"),
    ] {
        facts.set_text(CURRENT_VERSION, name, text);
    }
    facts.set_text(KEYS[9], "ProductType", "WinNT");
    facts.set_text(KEYS[8], "InstallLanguage", "0407");
    facts.set_text(KEYS[11], "PROCESSOR_ARCHITECTURE", "x86");
    facts.set_text(KEYS[4], "Version", "6.0.2800.1106");
    facts.set_u32(KEYS[2], "Installed", 1);
    let control = r"HKLM\SYSTEM\CurrentControlSet\Control";
    facts.set_text(&format!(r"{control}\ComputerName\ComputerName"), "ComputerName", "PC-07");
    let (machine, warnings) = observe(&facts);
    assert_eq!(warnings, []);
    let expected = r#"{
        "staunch_facts": 1,
        "name": "PC-07", "family": "Windows XP", "release": null, "service_pack": "SP1",
        "architecture": "x86", "installation": "client", "edition": "Professional",
        "language": "de-de", "build": "5.1.2600", "hotfixes": ["KB835732"],
        "components": {"internet_explorer": 6, "net_framework": null}
    }"#;
    let expected = crate::read_inventory("expected", expected.as_bytes()).expect("facts").facts;
    assert_eq!(machine, expected);
    let system = crate::operating_system(&machine).map(|system| system.to_string());
    assert_eq!(system.as_deref(), Ok("Windows XP Service Pack 1"));
}

proptest! {
    #[test]
    fn any_registry_gives_facts(
        values in proptest::collection::vec(
            (proptest::sample::select(KEYS), proptest::sample::select(VALUES), data()), 0..40),
        collected in proptest::sample::subsequence(KEYS, 0..4),
    ) {
        let mut facts = Memory::default();
        for key in collected {
            facts.collect_key(key);
        }
        for (key, name, data) in values {
            facts.set(key, name, data);
        }
        let (machine, _) = observe(&facts);
        if machine.build.is_not_collected() {
            prop_assert!(machine.hotfixes.is_not_collected() && machine.family.is_not_collected());
        }
        let written = crate::facts_json(&machine, None);
        let read = crate::read_inventory("facts", written.as_bytes()).expect("facts are read back");
        prop_assert_eq!(read.facts, machine);
        let _ = pending_renames(&facts);
    }
}
