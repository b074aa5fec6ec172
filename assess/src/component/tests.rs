use std::collections::BTreeSet;

use staunch_machine::{CURRENT_VERSION, FileFacts, Memory, collect};
use staunch_model::WinPath;

use super::*;
use crate::files::replay::catalog;
use crate::service::SERVICES;
use Truth::{False, True, Unknown};

fn system(text: &str) -> OperatingSystem {
    text.parse().expect("a system")
}

fn path(text: &str) -> WinPath {
    text.parse().expect("a path")
}

/// A whole Windows of which everything can be seen, with nothing of what the table asks for.
fn bare() -> Memory {
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SOFTWARE").collect_key(r"HKLM\SYSTEM");
    facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    facts.collect_folder(path(r"C:\"), true);
    facts.add_file(path(r"C:\WINDOWS\system32\ntoskrnl.exe"), FileFacts::default());
    facts
}

fn with_file(facts: &mut Memory, name: &str, version: &str) {
    let version = Collected::Known(version.parse().expect("a version"));
    facts.add_file(path(name), FileFacts { version, ..FileFacts::default() });
}

/// A Windows with everything that the table asks for, in the versions of Windows XP with Service
/// Pack 3 and Internet Explorer 8.
fn full() -> Memory {
    let mut facts = bare();
    for service in ["W3SVC", "WSearch", "SPTimerV3"] {
        facts.set_u32(&format!(r"{SERVICES}\{service}"), "Start", 2);
    }
    for (name, version) in [
        (r"C:\WINDOWS\system32\vbscript.dll", "5.8.6001.22886"),
        (r"C:\WINDOWS\system32\msxml4.dll", "4.20.9876.0"),
        (r"C:\WINDOWS\system32\msxml6.dll", "6.20.1099.0"),
        (r"C:\WINDOWS\system32\wmp.dll", "9.0.0.4507"),
        (r"C:\WINDOWS\system32\wmvcore.dll", "10.0.0.3708"),
        (r"C:\WINDOWS\system32\mstscax.dll", "6.0.6001.18564"),
        (r"C:\Program Files\Messenger\msmsgs.exe", "4.7.0.3001"),
        (r"C:\Program Files\MSN Messenger\msnmsgr.exe", "7.5.324.0"),
    ] {
        with_file(&mut facts, name, version);
    }
    facts.set_text(r"HKLM\SOFTWARE\Microsoft\DirectX", "Version", "4.09.00.0904");
    let access = r"HKLM\SOFTWARE\Microsoft\DataAccess";
    facts.set_text(access, "FullInstallVer", "2.81.1132.0");
    facts
}

#[test]
fn components_show_by_service_file_and_registry() {
    let xp = system("Windows XP Service Pack 3");
    for (name, in_full, in_bare) in [
        ("Internet Information Services 5.1", True, False),
        ("Windows Search 4.0", True, False),
        ("Windows SharePoint Services 3.0", True, False),
        ("VBScript 5.8", True, False),
        // A part of Windows that does not show is not said to be gone.
        ("VBScript 5.7", False, Unknown),
        ("XML Core Services 4.0", True, False),
        ("XML Core Services 6.0", True, Unknown),
        ("XML Core Services 3.0", Unknown, Unknown),
        ("XML Core Services 5.0", Unknown, Unknown),
        ("Windows Media Player 9", True, Unknown),
        ("Windows Media Player 9 Series", True, Unknown),
        ("Windows Media Player 11", False, False),
        ("Windows Media Player 6.4", Unknown, Unknown),
        ("Windows Media Format Runtime 9.5", True, False),
        ("Windows Media Format Runtime 9", False, Unknown),
        ("Remote Desktop Connection 6.1 Client", True, Unknown),
        ("Remote Desktop Connection 7.0 Client", False, False),
        ("Remote Desktop Connection 5.2 Client", Unknown, Unknown),
        ("Windows Messenger 5.1", False, False),
        ("Windows Messenger 4.7", Unknown, Unknown),
        ("MSN Messenger 7.5", True, False),
        ("MSN Messenger 6.2", False, False),
        ("DirectX 9.0c", True, Unknown),
        ("DirectX 9.0", True, Unknown),
        ("DirectX 8.1", False, Unknown),
        ("DirectX 9.0 9.0a 9.0b", False, Unknown),
        ("Data Access Components 2.8 Service Pack 1", True, Unknown),
        ("Data Access Components 2.8 Service Pack 2", False, Unknown),
        ("Data Access Components 2.8", False, Unknown),
        ("ADAM", False, False),
        ("Something that nobody knows", Unknown, Unknown),
    ] {
        let component = Component::from_published_name(name);
        let answer = |facts: &Memory| presence(&component, &xp, facts);
        assert_eq!(answer(&full()).truth, in_full, "{name}");
        assert_eq!(answer(&bare()).truth, in_bare, "{name} where nothing is");
        assert_eq!(answer(&Memory::default()).truth, Unknown, "{name} where nothing is seen");
        for facts in [full(), bare()] {
            let answer = answer(&facts);
            assert_eq!(answer.evidence.is_empty(), answer.truth != False, "{name}");
        }
    }
}

#[test]
fn absence_counts_only_where_all_that_could_show_was_seen() {
    let messenger = Component::from_published_name("MSN Messenger 7.5");
    let truth = |name: &str, facts: &Memory| presence(&messenger, &system(name), facts).truth;
    assert_eq!(truth("Windows XP Service Pack 2", &bare()), False);
    // The folder for 32-bit programs of a 64-bit Windows is not named.
    assert_eq!(truth("Windows XP x64 Edition", &bare()), Unknown);
    let mut hives_only = Memory::default();
    hives_only.collect_key(r"HKLM\SOFTWARE").collect_key(r"HKLM\SYSTEM");
    hives_only.set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    hives_only.collect_folder(path(r"C:\"), true);
    assert_eq!(truth("Windows XP Service Pack 2", &hives_only), Unknown);
}

#[test]
fn a_key_with_settings_only_is_no_service() {
    let web = Component::from_published_name("Internet Information Services 6.0");
    let mut facts = bare();
    facts.add_key(&format!(r"{SERVICES}\W3SVC\Parameters"));
    let server = system("Windows Server 2003 Service Pack 2");
    let answer = presence(&web, &server, &facts);
    assert_eq!(answer.truth, False);
    assert_eq!(
        answer.evidence[0].says,
        "of service W3SVC, IISADMIN, MSFTPSVC and FTPSVC, none is there"
    );
}

#[test]
fn what_comes_with_windows_is_no_option() {
    for (name, expected) in [
        ("VBScript 5.6 on Windows XP Service Pack 2", false),
        ("VBScript 5.7 on Windows XP Service Pack 2", true),
        ("VBScript 5.7 on Windows XP Service Pack 3", false),
        ("VBScript 5.8 on Windows Vista for 32-bit Systems", true),
        ("VBScript 5.8 on Windows 7 for x64-based Systems", false),
        ("XML Core Services 6.0 on Windows XP Service Pack 2", true),
        ("XML Core Services 6.0 on Windows XP Service Pack 3", false),
        ("XML Core Services 4.0 on Windows 7 for x64-based Systems", true),
        ("Windows Media Player 12 on Windows 7 for x64-based Systems", false),
        ("Windows Media Player 12 on Windows Server 2008 R2 for x64-based Systems", true),
        ("Windows Media Player 10 on Windows XP x64 Edition", false),
        ("Windows Media Player 10 on Windows Server 2003 Service Pack 1", false),
        ("Windows Media Player 10 on Windows XP Service Pack 3", true),
        ("Outlook Express 6 on Windows XP Service Pack 2", false),
        ("DirectX 9.0c on Windows XP Service Pack 2", false),
        ("Internet Explorer 8 on Windows XP Service Pack 3", false),
        ("Internet Information Services 7.5 on Windows 7 for x64-based Systems", true),
        ("Remote Desktop Connection 7.0 Client on Windows Vista for 32-bit Systems", true),
        ("Remote Desktop Connection 7.0 Client on Windows 7 for 32-bit Systems", false),
    ] {
        let (component, on) = name.split_once(" on ").expect("a component on a system");
        let component = Component::from_published_name(component);
        assert_eq!(is_optional(&component, &system(on)), expected, "{name}");
    }
}

#[test]
fn every_row_is_for_what_the_catalog_has_on_a_system() {
    let catalog = catalog();
    let systems = catalog.operating_systems().expect("systems");
    let updates = catalog.updates_for(&systems).expect("updates");
    let known: BTreeSet<(String, String)> = updates
        .iter()
        .filter_map(|update| update.product.component())
        .flat_map(|one| versions(one).into_iter().map(|version| (one.name().to_owned(), version)))
        .collect();
    for row in COMPONENTS {
        for name in row.names {
            let is_known = known.iter().any(|(other, _)| other == name);
            assert!(is_known, "nothing is published for {name}");
        }
        for (_, beginnings) in row.versions {
            assert!(beginnings.iter().all(|beginning| !numbers(beginning).is_empty()));
        }
    }
}

#[test]
fn what_the_table_asks_for_is_carried() {
    let xp = system("Windows XP x64 Edition");
    let mut facts = bare();
    let windows = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion";
    facts.set_text(windows, "ProgramFilesDir", r"C:\Program Files");
    facts.set_text(windows, "ProgramFilesDir (x86)", r"C:\Program Files (x86)");
    let bare = facts.clone();
    for row in COMPONENTS {
        let shows = match &row.sign {
            Sign::Services(names) => {
                let keys = names.iter().map(|name| format!(r"{SERVICES}\{name}"));
                keys.map(|key| {
                    let mut facts = bare.clone();
                    facts.set_u32(&key, "Start", 2);
                    facts
                })
                .collect()
            }
            Sign::Files(paths) => {
                let paths = paths.iter().map(|path| expand(&bare, path).expect("a path"));
                paths
                    .map(|path| {
                        let mut facts = bare.clone();
                        facts.add_file(path, FileFacts::default());
                        facts
                    })
                    .collect()
            }
            Sign::Text { key, value } => {
                let mut facts = bare.clone();
                facts.set_text(key, value, "1.2");
                vec![facts]
            }
            Sign::Unpublished => Vec::new(),
        };
        for facts in shows {
            let carried = look(&row.sign, &xp, &collect(&facts));
            assert!(matches!(carried, Found::There { .. }), "{:?}: {carried:?}", row.names);
        }
        let carried = look(&row.sign, &xp, &collect(&bare));
        let is_absent = matches!(carried, Found::Absent(_) | Found::NotSeen);
        assert!(is_absent, "{:?}: {carried:?}", row.names);
        let is_seen = !matches!(carried, Found::NotSeen);
        assert_eq!(is_seen, !matches!(row.sign, Sign::Unpublished), "{:?}", row.names);
    }
}
