//! A facts file says of a machine what the machine says itself.

use std::path::{Path, PathBuf};

use staunch_model::Assessment;
use staunch_testkit::{Account, Claim, Installation, Release};

use crate::command::{scan, text};

/// Collects the facts of a target into a file beside it.
fn collected(target: &Path) -> PathBuf {
    let file = target.with_extension("json");
    let names = [target, &file].map(|path| path.to_str().expect("a path in UTF-8"));
    text(&["collect", names[0], "-o", names[1]], 0);
    file
}

fn assessed(target: &Path) -> Assessment {
    let mut assessment = scan(&["--all"], &[target.to_owned()]);
    assessment.inputs.clear();
    assessment.machine.file = None;
    assessment
}

/// A machine with a claim, an older file under a claim, a rename that waits, and weak settings.
fn lived_in(release: Release) -> Installation {
    let helpctr = "%SystemRoot%\\PCHealth\\HelpCtr\\Binaries\\HelpCtr.exe";
    let umandlg = "%SystemRoot%\\system32\\umandlg.dll";
    let mut installation = Installation::new(release)
        .file(helpctr, release.executable([5, 1, 2600, 137]))
        .file("Temp\\SET1.tmp", release.executable([1, 0, 0, 5]))
        .file(umandlg, release.executable([1, 0, 0, 3]))
        .pending_rename("Temp\\SET1.tmp", Some(umandlg))
        .account(Account::new("Eve", 1207).administrator().blank_password())
        .user("Eve", |key| {
            key.create("Software\\Microsoft\\Office\\11.0\\Word\\Security").set_u32("Level", 1);
        })
        .software(|key| {
            let logon = key.create("Microsoft\\Windows NT\\CurrentVersion\\Winlogon");
            logon.set_text("DefaultPassword", "opensesame").set_text("AutoAdminLogon", "1");
        })
        .system(|key| {
            key.create("Services\\LanmanServer\\Parameters").set_u32("SMB1", 1);
        });
    for number in [840_374, 842_526] {
        installation = installation.claim(&Claim::new(number));
    }
    installation
}

#[test]
fn a_facts_file_gives_the_findings_and_checks_of_the_machine_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, release) in [
        ("nt4", Release::nt4()),
        ("2000", Release::windows_2000(3)),
        ("xp", Release::xp(1)),
        ("2003", Release::server_2003(0)),
        ("7", Release::windows_7(1)),
        ("10", Release::windows_10("1809")),
        ("11", Release::windows_11("22H2")),
        ("2025", Release::server_2025()),
    ] {
        let target = folder.path().join(name);
        lived_in(release).write_tree(&target).expect("the folder is written");
        let file = collected(&target);
        let (there, here) = (assessed(&target), assessed(&file));
        assert!(!there.findings.is_empty() && !there.checks.is_empty(), "{name}");
        for (there, here) in there.findings.iter().zip(&here.findings) {
            for (there, here) in there.evidence.iter().zip(&here.evidence) {
                assert_eq!(here, there, "{name}");
            }
            assert_eq!(here, there, "{name}");
        }
        for (there, here) in there.checks.iter().zip(&here.checks) {
            assert_eq!(here, there, "{name}");
        }
        assert_eq!(here, there, "{name}");
        let written = std::fs::read_to_string(&file).expect("the file");
        assert!(!written.contains("opensesame"), "{name}");
        for kb in ["KB840374", "KB842526"] {
            let verified = |path: &Path| {
                let path = path.to_str().expect("a path in UTF-8");
                let output = crate::command::staunch(&["verify", kb, path, "--json"]);
                let mut found: serde_json::Value =
                    serde_json::from_slice(&output.stdout).expect("the published schema");
                let first = if found.is_array() { &mut found[0] } else { &mut found };
                first["inputs"] = serde_json::Value::Null;
                first["machine"]["file"] = serde_json::Value::Null;
                found
            };
            assert_eq!(verified(&file), verified(&target), "{name}");
        }
    }
}

#[test]
fn a_collector_is_written_for_every_generation() {
    for (generation, start) in [
        ("nt4", "@echo off"),
        ("2000", "' staunch collector for Windows 2000"),
        ("xp", "' staunch collector for Windows XP"),
        ("modern", "# staunch collector for Windows"),
    ] {
        let script = text(&["collector", "--for", generation], 0);
        assert!(script.starts_with(start), "{generation}");
    }
}
