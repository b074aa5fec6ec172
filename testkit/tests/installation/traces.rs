//! Changes of an installation, where a scanner looks for them.

use std::path::Path;
use std::process::Command;

use staunch_format::hive::{Hive, ValueKind};
use staunch_format::pe;
use staunch_testkit::{Account, Claim, ComponentState, Installation, Release};

use crate::hives::{file, value};

#[test]
fn an_update_leaves_the_traces_of_its_time() {
    let mshtml = "%SystemRoot%\\system32\\mshtml.dll";
    let claim = |number| Claim::new(number).file(mshtml, [6, 0, 2800, 1400]);
    let hotfix = "Microsoft\\Windows NT\\CurrentVersion\\HotFix";
    let list =
        |product: &str| format!("Microsoft\\Updates\\{product}\\KB840374\\Filelist\\0\\Version");
    let cbs = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages";
    for (release, claim, path, expected) in [
        (Release::nt4(), claim(329_115), format!("{hotfix}\\Q329115\\Installed"), Some("1")),
        (
            Release::nt4(),
            claim(840_374),
            format!("{hotfix}\\KB840374\\File 1\\New File"),
            Some("mshtml.dll"),
        ),
        (Release::nt4(), claim(840_374), list("Windows NT\\SP7"), None),
        (
            Release::windows_2000(3),
            claim(840_374),
            list("Windows 2000\\SP5"),
            Some("6.0.2800.1400"),
        ),
        (
            Release::windows_2000(3),
            claim(840_374),
            format!("{hotfix}\\KB840374\\Installed"),
            Some("1"),
        ),
        (Release::xp(0), claim(840_374), list("Windows XP\\SP2"), Some("6.0.2800.1400")),
        (
            Release::xp(1),
            claim(840_374).service_pack(0),
            list("Windows XP\\SP0"),
            Some("6.0.2800.1400"),
        ),
        (
            Release::xp(1),
            claim(840_374),
            "Microsoft\\Windows\\CurrentVersion\\Uninstall\\KB840374\\UninstallString".to_owned(),
            Some("C:\\WINDOWS\\$NtUninstallKB840374$\\spuninst\\spuninst.exe"),
        ),
        (
            Release::server_2003(0),
            claim(840_374),
            list("Windows Server 2003\\SP1"),
            Some("6.0.2800.1400"),
        ),
        (
            Release::windows_7(1),
            claim(2_479_943),
            format!("{cbs}\\Package_for_KB2479943~31bf3856ad364e35~amd64~~6.1.1.0\\CurrentState"),
            Some("112"),
        ),
        (
            Release::windows_10("1809"),
            Claim::cumulative(4_519_338, 17_763, 805).state(ComponentState::InstallPending),
            format!(
                "{cbs}\\Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.805.1.1\\CurrentState"
            ),
            Some("96"),
        ),
    ] {
        let installation = Installation::new(release).claim(&claim);
        let hive = file(&installation, "config\\software");
        assert_eq!(value(&hive, &path).as_deref(), expected, "{release:?} {path}");
    }
}

#[test]
fn an_update_is_installed_claimed_or_waiting() {
    let path = "%SystemRoot%\\system32\\mshtml.dll";
    let claim = Claim::new(840_374).file(path, [6, 0, 2800, 1400]);
    let fresh = Installation::new(Release::xp(1));
    let version = |installation: &Installation, name: &str| {
        let bytes = file(installation, name);
        let executable = pe::read(&&bytes[..]).unwrap();
        executable.version().unwrap().fixed.unwrap().file.to_string()
    };
    for (installation, expected) in [
        (fresh.clone().claim(&claim), "6.0.2800.1106"),
        (fresh.clone().install(&claim), "6.0.2800.1400"),
        (fresh.clone().install_pending(&claim), "6.0.2800.1106"),
    ] {
        assert_eq!(version(&installation, "system32\\mshtml.dll"), expected);
    }
    let waiting = fresh.install_pending(&claim);
    assert_eq!(version(&waiting, "system32\\SET0.tmp"), "6.0.2800.1400");
    let renames = "ControlSet001\\Control\\Session Manager\\PendingFileRenameOperations";
    let expected = "\\??\\C:\\WINDOWS\\system32\\SET0.tmp|\
                    !\\??\\C:\\WINDOWS\\system32\\mshtml.dll";
    let hive = file(&waiting, "config\\system");
    assert_eq!(value(&hive, renames).as_deref(), Some(expected));
    let components = Installation::new(Release::windows_7(1)).install_pending(&claim);
    let hive = file(&components, "config\\software");
    let state = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\\
                 Package_for_KB840374~31bf3856ad364e35~amd64~~6.1.1.0\\CurrentState";
    assert_eq!(value(&hive, state).as_deref(), Some("96"));
}

#[test]
fn accounts_stand_where_they_are_looked_for() {
    for (release, lengths) in [
        (Release::nt4(), (0, 16)),
        (Release::xp(2), (4, 20)),
        (Release::windows_10("22H2"), (24, 56)),
    ] {
        let installation = Installation::new(release)
            .account(Account::new("bob", 1100).blank_password().administrator())
            .account(Account::new("Administrator", 500).administrator().locked());
        let bytes = file(&installation, "config\\SAM");
        let root = Hive::new(&bytes).unwrap().root().unwrap();
        let key = |path: &str| root.path(&format!("SAM\\Domains\\{path}")).unwrap().unwrap();
        let data = |path: &str, name: &str| {
            key(path).value(name).unwrap().unwrap().data().unwrap().to_vec()
        };
        let kind = key("Account\\Users\\Names\\bob").value("").unwrap().unwrap().kind();
        assert_eq!(kind, ValueKind::from(1100));
        let number =
            |bytes: &[u8], at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        for (path, name, flags, length) in [
            ("Account\\Users\\0000044C", "bob", 0x10, lengths.0),
            ("Account\\Users\\000001F4", "Administrator", 0x410, lengths.1),
        ] {
            assert_eq!(number(&data(path, "F"), 0x38) & 0xFFFF, flags);
            let value = data(path, "V");
            let text: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let (at, found) = (number(&value, 0x0C) as usize, number(&value, 0x10) as usize);
            assert_eq!(value[0xCC + at..][..found], text);
            // The length of the NT hash, and that all parts are inside.
            assert_eq!(number(&value, 0xAC), length, "{name}");
            for part in 0..17 {
                let end = number(&value, part * 12) + number(&value, part * 12 + 4);
                assert!(0xCC + end as usize <= value.len());
            }
        }
        let group = data("Builtin\\Aliases\\00000220", "C");
        let count = number(&group, 0x30) as usize;
        let at = 0x34 + number(&group, 0x28) as usize;
        let members: Vec<u32> =
            (0..count).map(|member| number(&group, at + member * 28 + 24)).collect();
        let expected: &[u32] =
            if release.version()[0] < 6 { &[1100, 500] } else { &[1001, 1100, 500] };
        assert_eq!(members, expected, "{release:?}");
        assert_eq!(group.len(), at + count * 28);
        let domain = data("Account", "V");
        assert_eq!((number(&domain, 0x38), number(&domain, 0x3C)), (0, 20));
        assert_eq!(domain[0x40 + 8..], group[at + 8..at + 24]);
        let membership = key("Builtin\\Aliases\\Members").subkeys().next().unwrap().unwrap();
        assert_eq!(membership.subkey("0000044C").unwrap().unwrap().name().to_string(), "0000044C");
    }
}

#[test]
fn changes_go_to_the_current_control_set() {
    let installation = Installation::new(Release::xp(1))
        .system(|key| {
            key.create("Control\\Lsa").set_u32("restrictanonymous", 1);
        })
        .control_set(3)
        .system(|key| {
            key.create("Control\\Lsa").set_u32("restrictanonymous", 2);
        })
        .pending_rename("%SystemRoot%\\system32\\new.dll", Some("%systemroot%\\system32\\old.dll"))
        .pending_rename("temp.dll", None);
    let hive = file(&installation, "config\\system");
    for (path, expected) in [
        ("Select\\Current", Some("3")),
        ("ControlSet001\\Control\\Lsa\\restrictanonymous", Some("1")),
        ("ControlSet003\\Control\\Lsa\\restrictanonymous", Some("2")),
        ("ControlSet001\\Control\\Session Manager\\PendingFileRenameOperations", None),
        (
            "ControlSet003\\Control\\Session Manager\\PendingFileRenameOperations",
            Some(
                "\\??\\C:\\WINDOWS\\system32\\new.dll|!\\??\\C:\\WINDOWS\\system32\\old.dll|\
                 \\??\\C:\\temp.dll|",
            ),
        ),
    ] {
        assert_eq!(value(&hive, path).as_deref(), expected, "{path}");
    }
}

#[test]
fn users_have_a_profile_an_account_and_a_hive() {
    let installation = Installation::new(Release::windows_2000(2)).user("eve", |key| {
        key.create("Software\\Example").set_u32("Level", 3);
    });
    let hive = file(&installation, "Documents and Settings\\eve\\NTUSER.DAT");
    assert_eq!(value(&hive, "Software\\Example\\Level").as_deref(), Some("3"));
    let software = file(&installation, "config\\software");
    let path = "Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\\
                S-1-5-21-1004336348-1177238915-682003330-1000\\ProfileImagePath";
    let expected = "%SystemDrive%\\Documents and Settings\\eve";
    assert_eq!(value(&software, path).as_deref(), Some(expected));
}

#[test]
fn a_tree_holds_every_file_and_what_was_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let installation = Installation::new(Release::server_2003(2))
        .file("%SystemRoot%\\SYSTEM32\\Config\\Software", *b"damaged")
        .without("%SystemRoot%\\explorer.exe")
        .small_files(500);
    installation.write_tree(folder.path()).unwrap();
    let files = installation.files();
    assert_eq!(files["WINDOWS\\system32\\config\\software"], b"damaged");
    assert!(!files.contains_key("WINDOWS\\explorer.exe"));
    assert!(files.len() > 520);
    for (path, content) in files {
        let path = folder.path().join(path.replace('\\', "/"));
        assert!(std::fs::read(&path).unwrap() == content, "{path:?}");
    }
}

/// Runs a program on a hive; nothing where it is not installed.
#[expect(clippy::disallowed_methods, reason = "tests compare with what other programs say")]
fn told(program: &str, option: &str, hive: &Path) -> Option<String> {
    match Command::new(program).arg(option).arg(hive).output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: {program} is not installed");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

#[test]
fn chntpw_reads_the_same_accounts_and_groups() {
    let folder = tempfile::tempdir().unwrap();
    let hive = folder.path().join("SAM");
    for release in [Release::nt4(), Release::windows_2000(4), Release::xp(2), Release::windows_7(1)]
    {
        let installation = Installation::new(release)
            .account(Account::new("bob", 1100).blank_password().administrator())
            .account(Account::new("eve", 1101).disabled());
        std::fs::write(&hive, file(&installation, "config\\SAM")).unwrap();
        let Some(accounts) = told("chntpw", "-l", &hive) else { return };
        for (number, name, administrator, lock) in [
            ("044c", "bob", "ADMIN", "*BLANK*"),
            ("044d", "eve", "", "dis/lock"),
            ("01f5", "Guest", "", "dis/lock"),
        ] {
            let line = format!("| {number} | {name:<30} | {administrator:<6} | {lock:<8} |");
            assert!(accounts.contains(&line), "{release:?}: {line} in {accounts}");
        }
        let Some(groups) = told("samusrgrp", "-L", &hive) else { return };
        for line in [
            "220:Administrators:0:1f4:Administrator:S-1-5-21-1004336348-1177238915-682003330-500",
            ":44c:bob:S-1-5-21-1004336348-1177238915-682003330-1100",
            "222:Guests:0:1f5:Guest:S-1-5-21-1004336348-1177238915-682003330-501",
        ] {
            assert!(groups.contains(line), "{release:?}: {line} in {groups}");
        }
    }
}
