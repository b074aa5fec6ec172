use std::collections::BTreeSet;
use std::fmt::Write as _;

use staunch_machine::{Account, AccountFlags, Memory, RegistryData, VolumeFacts};
use staunch_model::{CheckVerdict, Collected, Support};

use super::outcome::tests::{
    NT4, SERVER_2003, SERVER_2019, WINDOWS_10, WINDOWS_2000, XP, bare, judge_on,
};
use super::security_descriptor::tests::open_to_everyone;
use super::*;

const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";

#[test]
fn identifiers_are_unique_and_in_one_form() {
    let ids: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(ids.len(), CHECKS.len());
    for check in CHECKS {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(check.id.chars().all(is_plain), "{}", check.id);
        for text in [check.title, check.remedy, check.source] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text:?}", check.id);
        }
        assert!(!check.reads.is_empty(), "{}", check.id);
    }
}

#[test]
fn nothing_is_sound_on_a_machine_of_which_nothing_was_collected() {
    for system in [NT4, WINDOWS_2000, XP, SERVER_2003, WINDOWS_10, SERVER_2019] {
        for check in CHECKS {
            let outcome = judge_on(check, system, &Memory::default());
            assert_ne!(outcome.verdict, CheckVerdict::Sound, "{} on {system}", check.id);
            assert!(!outcome.found.is_empty(), "{} on {system}", check.id);
        }
    }
}

#[test]
fn what_checks_read_of_the_registry_is_carried() {
    let reads: BTreeSet<String> = CHECKS
        .iter()
        .flat_map(|check| check.reads)
        .filter(|read| read.starts_with("HK"))
        .map(|read| read.trim_end_matches('\\').replace('*', "Anna"))
        .collect();
    let mut facts = Memory::default();
    facts.collect_key("HKLM").collect_key("HKU").set_users(Collected::Known(vec!["Anna".into()]));
    for read in &reads {
        facts.set_u32(read, "Value", 1);
    }
    let carried = staunch_machine::collect(&facts);
    let lost: Vec<&String> =
        reads.iter().filter(|read| carried.number(read, "Value") != Collected::Known(1)).collect();
    assert!(reads.len() > 50 && lost.is_empty(), "{lost:#?}");
}

#[test]
fn the_document_has_a_row_for_every_check() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/checks.md");
    let document = std::fs::read_to_string(path).expect("docs/checks.md");
    let mut rows: Vec<Vec<String>> = document
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().into()).collect())
        .collect();
    let mut faults = String::new();
    for check in CHECKS {
        let id = format!("`{}`", check.id);
        let reads: Vec<String> = check.reads.iter().map(|read| format!("`{read}`")).collect();
        let Some(at) = rows.iter().position(|row| row[0] == id) else {
            let cells = [id.as_str(), "WEAK WHEN", &reads.join("<br>"), check.source];
            _ = writeln!(faults, "| {} |", cells.join(" | "));
            continue;
        };
        let row = rows.remove(at);
        let expected = [row[1].clone(), reads.join("<br>"), check.source.to_owned()];
        if row[1..] != expected || row[1].is_empty() {
            _ = writeln!(faults, "| {id} | {} |", expected.join(" | "));
        }
    }
    assert!(faults.is_empty(), "docs/checks.md lacks:\n{faults}");
    assert!(rows.is_empty(), "docs/checks.md has rows of no check: {rows:?}");
}

/// Makes what is seen of a Windows XP as somebody left it.
fn neglected_xp() -> Memory {
    let mut facts = bare();
    let anna = Account {
        name: "anna".into(),
        rid: 1003,
        has_blank_password: Collected::Known(true),
        is_administrator: Collected::Known(true),
        flags: AccountFlags { password_never_expires: true, ..AccountFlags::default() },
    };
    let guest = Account {
        name: "Gast".into(),
        rid: 501,
        has_blank_password: Collected::Known(true),
        is_administrator: Collected::Known(false),
        flags: AccountFlags { needs_no_password: true, ..AccountFlags::default() },
    };
    let volume = |name: &str, file_system: &str| VolumeFacts {
        name: name.to_owned(),
        file_system: file_system.to_owned(),
    };
    facts
        .set_accounts(Collected::Known(vec![anna, guest]))
        .set_volumes(Collected::Known(vec![volume("C:", "NTFS"), volume("D:", "FAT32")]))
        .set_users(Collected::Known(vec!["anna".into()]))
        .collect_key(r"HKU\anna")
        .collect_key(r"HKLM\SECURITY");
    facts.set_u32(&format!(r"{SERVICES}\SharedAccess"), "Start", 2);
    facts.set_u32(
        &format!(r"{SERVICES}\SharedAccess\Parameters\FirewallPolicy\StandardProfile"),
        "EnableFirewall",
        0,
    );
    facts.set_u32(&format!(r"{SERVICES}\wuauserv"), "Start", 2);
    facts.set_u32(
        r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update",
        "AUOptions",
        1,
    );
    let shares = format!(r"{SERVICES}\LanmanServer\Shares");
    let music = [r"Path=D:\Musik", "Type=0"].map(str::to_owned).to_vec();
    facts.set(&shares, "Musik", RegistryData::Texts(music));
    let open = RegistryData::Binary(open_to_everyone(super::security_descriptor::FULL_ACCESS));
    facts.set(&format!(r"{shares}\Security"), "Musik", open);
    facts.set_u32(
        r"HKU\anna\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Zones\3",
        "1201",
        0,
    );
    facts.set_u32(r"HKU\anna\Software\Microsoft\Office\11.0\Word\Security", "Level", 1);
    facts
}

/// Makes what is seen of a Windows 10 as it is set up, with a person on it.
fn fresh_windows_10() -> Memory {
    let mut facts = bare();
    let disabled = AccountFlags { is_disabled: true, ..AccountFlags::default() };
    let account = |name: &str, rid, flags, is_administrator| Account {
        name: name.to_owned(),
        rid,
        flags,
        has_blank_password: Collected::Known(false),
        is_administrator: Collected::Known(is_administrator),
    };
    let accounts = vec![
        account("Administrator", 500, disabled, true),
        account("Guest", 501, disabled, false),
        account("anna", 1001, AccountFlags::default(), true),
    ];
    let volume = |name: &str, file_system: &str| VolumeFacts {
        name: name.to_owned(),
        file_system: file_system.to_owned(),
    };
    facts
        .set_accounts(Collected::Known(accounts))
        .set_volumes(Collected::Known(vec![volume("partition 1", "FAT32"), volume("C:", "NTFS")]))
        .set_users(Collected::Known(vec!["anna".into()]))
        .collect_key(r"HKU\anna")
        .collect_key(r"HKLM\SECURITY");
    facts.set_u32(&format!(r"{SERVICES}\MpsSvc"), "Start", 2);
    facts.set_u32(&format!(r"{SERVICES}\wuauserv"), "Start", 3);
    facts
}

fn verdicts_of(system: &str, facts: &Memory) -> Vec<(&'static str, CheckVerdict)> {
    let system: OperatingSystem = system.parse().expect("an operating system");
    let machine = MachineFacts::default();
    let support = Support::default();
    let subject = Subject { facts, machine: &machine, system: &system, support: &support };
    let found = check_all(&subject);
    for finding in &found {
        println!("{:<13} {:<26} {}", finding.verdict.as_str(), finding.id, finding.found);
        for detail in &finding.details {
            println!("{:>17} {}: {}", detail.verdict.as_str(), detail.object, detail.found);
        }
    }
    CHECKS.iter().map(|check| check.id).zip(found.iter().map(|finding| finding.verdict)).collect()
}

fn weak(verdicts: &[(&'static str, CheckVerdict)]) -> Vec<&'static str> {
    let weak = verdicts.iter().filter(|(_, verdict)| *verdict == CheckVerdict::Weak);
    weak.map(|(id, _)| *id).collect()
}

#[test]
fn a_neglected_machine_and_a_fresh_one() {
    let of_mbsa = CHECKS.iter().position(|check| check.id == "always-install-elevated");
    let of_mbsa = of_mbsa.expect("the first of those that came later");
    let neglected = verdicts_of(XP, &neglected_xp());
    assert_eq!(
        weak(&neglected[..of_mbsa]),
        [
            "account-passwords",
            "anonymous-access",
            "automatic-updates",
            "file-systems",
            "guest-account",
            "internet-zones",
            "macro-security",
            "password-expiration",
            "shares",
            "windows-firewall",
            "windows-version",
        ]
    );
    let fresh = verdicts_of(WINDOWS_10, &fresh_windows_10());
    assert_eq!(weak(&fresh[..of_mbsa]), ["anonymous-access"]);
}
