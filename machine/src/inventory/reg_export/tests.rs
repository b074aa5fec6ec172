use super::*;
use crate::{Facts, RegistryKey, read_inventory};

fn seen(text: &str) -> (Memory, Vec<String>) {
    let mut warnings = Vec::new();
    let text = Text::of(&text.replace('\n', "\r\n"));
    assert!(RegExport.recognises(&text));
    let (_, seen) = RegExport.read_seen(&text, &mut warnings).expect("an export");
    (seen.expect("an export is what was seen"), warnings)
}

fn refused(text: &str) -> String {
    let result = RegExport.read_seen(&Text::of(text), &mut Vec::new());
    result.err().map(|error| error.to_string()).expect("no export")
}

fn known(memory: &Memory, key: &str) -> RegistryKey {
    memory.key(key).known().cloned().unwrap_or_else(|| panic!("{key} was not seen"))
}

#[test]
fn values_of_every_kind_are_read() {
    let (memory, warnings) = seen(
        r#"Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\A]
@="a \"default\" in C:\\WINNT"
"say \"x\""=dword:0000001f
"two
lines"="1
2"
"none"=hex(0):
"expand"=hex(2):25,00,53,00,79,00,25,00,00,00
"bytes"=hex:01,02,\
  03,ff
"number"=hex(4):02,00,00,00
"big"=hex(5):00,00,00,02
"short"=hex(4):02,00
"texts"=hex(7):61,00,00,00,00,00,62,00,00,00,00,00
"empty"=hex(7):00,00
"long"=hex(b):01,00,00,00,02,00,00,00

[HKEY_LOCAL_MACHINE\SOFTWARE\A\B]
"#,
    );
    assert!(warnings.is_empty(), "{warnings:?}");
    let key = known(&memory, r"HKLM\SOFTWARE\A");
    assert_eq!(key.subkeys, ["B"]);
    let text = |text: &str| RegistryData::Text(text.to_owned());
    for (name, expected) in [
        ("", text(r#"a "default" in C:\WINNT"#)),
        (r#"say "x""#, RegistryData::U32(31)),
        ("two\nlines", text("1\n2")),
        ("none", RegistryData::Binary(vec![])),
        ("expand", RegistryData::ExpandableText("%Sy%".to_owned())),
        ("bytes", RegistryData::Binary(vec![1, 2, 3, 255])),
        ("number", RegistryData::U32(2)),
        ("big", RegistryData::U32(2)),
        ("short", RegistryData::Binary(vec![2, 0])),
        ("texts", RegistryData::Texts(vec!["a".into(), String::new(), "b".into()])),
        ("empty", RegistryData::Texts(vec![])),
        ("long", RegistryData::U64(0x2_0000_0001)),
    ] {
        assert_eq!(key.value(name), Some(&expected), "{name}");
    }
    assert_eq!(memory.key(r"HKLM\SOFTWARE\A\C"), Collected::Absent);
    assert_eq!(memory.key(r"HKLM\SOFTWARE\B"), Collected::NotCollected);
}

#[test]
fn old_exports_have_texts_of_8_bits() {
    let (memory, _) = seen(
        "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\A]\n\
         \"expand\"=hex(2):25,53,79,25,00\n\"texts\"=hex(7):61,62,00,e4,00,00\n\
         \"wide\"=hex(7):61,00,62,00,00,00,00,00\n",
    );
    let key = known(&memory, r"HKLM\SYSTEM\A");
    assert_eq!(key.text("expand"), Some("%Sy%"));
    assert_eq!(key.value("texts").and_then(RegistryData::texts), Some(vec!["ab", "\u{e4}"]));
    assert_eq!(key.value("wide").and_then(RegistryData::texts), Some(vec!["ab"]));
}

#[test]
fn a_damaged_key_is_named_and_not_answered() {
    let (memory, warnings) = seen(
        "REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n[HKEY_LOCAL_MACHINE\\A\\B]\n\"x\"=dword:zz\n\"y\"=\"1\"\n\
         [HKEY_LOCAL_MACHINE\\A\\C]\n\"open\"=\"text\n[HKEY_LOCAL_MACHINE\\A\\D]\n\"y\"=\"1\"\n\
         [HKEY_CURRENT_USER\\A]\n\"y\"=\"1\"\n",
    );
    assert_eq!(known(&memory, r"HKLM\A").subkeys, ["B", "C", "D"]);
    assert_eq!(memory.key(r"HKLM\A\B"), Collected::NotCollected);
    assert_eq!(memory.key(r"HKLM\A\C"), Collected::NotCollected);
    assert_eq!(known(&memory, r"HKLM\A\D").text("y"), Some("1"));
    assert_eq!(
        warnings,
        [
            "2 keys of the export cannot be read; line 4: \"\\\"x\\\"=dword:zz\" is one",
            "1 keys lie below no key that is asked for; [HKEY_CURRENT_USER\\A] is one",
        ]
    );
}

#[test]
fn files_that_change_a_registry_are_refused() {
    for (line, expected) in [
        (r"[-HKEY_LOCAL_MACHINE\A]", "an export, which deletes no key"),
        ("\"x\"=-", "an export, which deletes no value"),
    ] {
        let text = format!("REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n{line}\n");
        assert!(refused(&text).contains(expected), "{line}");
    }
    assert!(refused("REGEDIT4\n\"x\"=\"1\"\n").contains("a key in brackets"));
    assert!(refused("; staunch evidence 1\n; folder system32\n").contains("a folder such as"));
}

const EVIDENCE_TEXT: &str = r#"; staunch evidence 1
; export
REGEDIT4

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft]

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"CurrentVersion"="4.0"
"CurrentBuildNumber"="1381"
"CSDVersion"="Service Pack 6"
"SystemRoot"="C:\\WINNT"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon]

; password
; folder "C:\WINNT\system32"
 Volume in drive C is SYSTEM

 Directory of C:\WINNT\system32

10/14/96  01:38a      <DIR>          .
10/14/96  01:38a      <DIR>          drivers
10/14/96  01:38a               100 ntoskrnl.exe
               3 File(s)            100 bytes
; end
; absent "C:\WINNT\ehome"
; export
REGEDIT4

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet]
"#;

#[test]
fn what_the_collector_wrote_is_seen_and_a_cut_file_says_less() {
    let path = |text: &str| text.parse::<WinPath>().expect("a path");
    for (end, warned, select) in
        [("; complete\n", 0, Collected::Absent), ("", 1, Collected::NotCollected)]
    {
        let (memory, warnings) = seen(&format!("{EVIDENCE_TEXT}{end}"));
        assert_eq!(warnings.len(), warned, "{warnings:?}");
        assert_eq!(memory.key(r"HKLM\SYSTEM\CurrentControlSet\Control"), select);
        assert_eq!(memory.key(&format!(r"{CURRENT_VERSION}\HotFix")), Collected::Absent);
        let winlogon = known(&memory, &format!(r"{CURRENT_VERSION}\Winlogon"));
        assert_eq!(winlogon.text("DefaultPassword"), Some(WITHHELD));
        let kernel = memory.file(&path(r"C:\WINNT\system32\ntoskrnl.exe"));
        let kernel = kernel.known().expect("a file");
        assert_eq!(kernel.size, Collected::Known(100));
        assert_eq!(kernel.version, Collected::NotCollected);
        assert_eq!(memory.file(&path(r"C:\WINNT\system32\a.dll")), Collected::Absent);
        assert_eq!(memory.file(&path(r"C:\WINNT\ehome\a.dll")), Collected::Absent);
        assert_eq!(memory.file(&path(r"C:\WINNT\a.dll")), Collected::NotCollected);
    }
}

#[test]
fn an_export_is_an_inventory_of_the_machine_that_it_observes() {
    let text = format!("{EVIDENCE_TEXT}; complete\n").replace('\n', "\r\n");
    let inventory = read_inventory("nt.txt", text.as_bytes()).expect("an inventory");
    assert_eq!(inventory.format, "registry export");
    assert_eq!(inventory.facts.build, Collected::Known("4.0.1381".parse().expect("a build")));
    assert!(inventory.facts.hotfixes.known().is_some_and(|list| list.entries.is_empty()));
}
