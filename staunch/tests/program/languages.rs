//! An installation in any language gets the answers of one in English: accounts and groups are
//! known by their numbers, and folders by what the registry calls them.

use std::collections::BTreeMap;

use staunch_model::{Assessment, CheckFinding, CheckVerdict, EvidenceKind, Verdict};
use staunch_testkit::{Account, Claim, Installation, Release};

use crate::command::scan;

const ENGLISH: u16 = 0x0409;
const GERMAN: u16 = 0x0407;
const FRENCH: u16 = 0x040C;
const JAPANESE: u16 = 0x0411;

/// Scans a machine on which the guest may log on, three people are administrators, one of them
/// without a password, a service's path has no quotes, and an update is claimed that is not there.
fn answer(release: Release) -> Assessment {
    let old = release.executable([4, 0, 0, 1]);
    let programs = release.programs();
    let service = format!("C:\\{programs}\\Mein Dienst\\dienst.exe");
    let installation = Installation::new(release)
        .account(Account::new(release.guest(), 501).blank_password().password_not_required())
        .account(Account::new("Jürgen Müller", 1004).administrator().blank_password())
        .account(Account::new("山田太郎", 1005).administrator())
        .user("Jürgen Müller", |user| {
            let explorer = r"Software\Microsoft\Windows\CurrentVersion\Policies\Explorer";
            user.create(explorer).set_u32("NoDriveTypeAutoRun", 255);
        })
        .system(|set| {
            let key = set.create(r"Services\Dienst");
            key.set_u32("Type", 0x10).set_u32("Start", 2).set_text("ImagePath", &service);
        })
        .file(&format!(r"{programs}\Outlook Express\msoe.dll"), old.clone())
        .file(r"%SystemRoot%\PCHealth\HelpCtr\Binaries\HelpCtr.exe", old.clone())
        .file(r"%SystemRoot%\system32\lsasrv.dll", old)
        .claim(&Claim::new(840_374));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("machine");
    installation.write_tree(&path).expect("a folder of files");
    scan(&["--all"], &[path])
}

fn verdicts(answer: &Assessment) -> BTreeMap<u32, (Verdict, Vec<EvidenceKind>)> {
    let findings = answer.findings.iter().map(|finding| {
        let kinds = finding.evidence.iter().map(|evidence| evidence.kind).collect();
        (finding.kb.number(), (finding.verdict, kinds))
    });
    findings.collect()
}

fn checks(answer: &Assessment) -> Vec<(&str, CheckVerdict, Vec<CheckVerdict>)> {
    let checks = answer.checks.iter().map(|check| {
        let details = check.details.iter().map(|detail| detail.verdict).collect();
        (check.id.as_str(), check.verdict, details)
    });
    checks.collect()
}

fn check<'a>(answer: &'a Assessment, id: &str) -> &'a CheckFinding {
    answer.checks.iter().find(|check| check.id == id).expect("the check")
}

#[test]
fn every_language_gets_the_answers_of_english() {
    for release in [
        Release::nt4(),
        Release::windows_2000(4),
        Release::xp(1),
        Release::xp(2),
        Release::server_2003(1),
        Release::windows_7(1),
        Release::windows_10("22H2"),
    ] {
        let english = answer(release);
        assert_eq!(check(&english, "guest-account").verdict, CheckVerdict::Weak, "{release:?}");
        assert_eq!(check(&english, "administrators").verdict, CheckVerdict::Weak, "{release:?}");
        let missing = english.findings.iter().filter(|f| f.verdict == Verdict::Missing).count();
        assert!(missing > 0, "{release:?}");
        for language in [GERMAN, FRENCH, JAPANESE] {
            let other = answer(release.language(language));
            let what = format!("{release:?}, {language:#06x}");
            assert_eq!(checks(&other), checks(&english), "{what}");
            assert_eq!(other.warnings, english.warnings, "{what}");
            let (expected, found) = (verdicts(&english), verdicts(&other));
            assert!(found.keys().eq(expected.keys()), "{what}");
            // For Japanese tables list other files and versions than for the rest.
            if language != JAPANESE {
                assert_eq!(found, expected, "{what}");
            }
        }
    }
}

#[test]
fn a_claim_that_files_contradict_is_one_in_every_language() {
    for language in [ENGLISH, GERMAN, FRENCH, JAPANESE] {
        let answer = answer(Release::xp(1).language(language));
        let finding = answer.findings.iter().find(|finding| finding.kb.number() == 840_374);
        let finding = finding.expect("the update of the help center");
        assert_eq!(finding.verdict, Verdict::Missing, "{language:#06x}");
        let says = &finding.evidence.last().expect("evidence").says;
        assert!(says.contains("contradicted by files"), "{language:#06x}: {says}");
    }
}

#[test]
fn accounts_and_folders_are_called_what_the_machine_calls_them() {
    let german = answer(Release::xp(1).language(GERMAN));
    assert_eq!(check(&german, "guest-account").found, "the guest account Gast is enabled");
    let path = &check(&german, "unquoted-service-paths").details[0].found;
    assert!(path.contains(r"C:\Programme\Mein Dienst\dienst.exe"), "{path}");
    let users: Vec<&str> =
        check(&german, "autorun").details.iter().map(|detail| detail.object.as_str()).collect();
    assert!(users.contains(&"Jürgen Müller"), "{users:?}");
    // Updates of Outlook Express for the second service pack say which folder its files are in.
    let german = answer(Release::xp(2).language(GERMAN));
    let objects = german.findings.iter().flat_map(|finding| &finding.evidence);
    let objects: Vec<&str> = objects.map(|evidence| evidence.object.as_str()).collect();
    let outlook = r"C:\Programme\Outlook Express\msoe.dll";
    assert!(objects.iter().any(|object| object.eq_ignore_ascii_case(outlook)), "{objects:#?}");
}
