//! Folders whose hives are damaged: what can be seen is told, and what cannot is said.

use std::fs;
use std::path::{Path, PathBuf};

use staunch_model::{Assessment, CheckVerdict, Verdict};

use crate::command::{scan, staunch, text, workspace};

/// The example machine with one of its hives changed.
struct Damaged(tempfile::TempDir);

impl Damaged {
    fn new(hive: &str, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&workspace("examples/packaging-line"), folder.path());
        let path = folder.path().join("WINDOWS/system32/config").join(hive);
        let mut bytes = fs::read(&path).expect("a hive");
        change(&mut bytes);
        fs::write(&path, bytes).expect("a hive");
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    fn scan(&self) -> Assessment {
        scan(&["--all", "--as-of", "2004-06-30"], &[self.path()])
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}

/// Finds the record of the key of a name that is found once.
fn key(hive: &[u8], name: &str) -> usize {
    let is_record = |at: &usize| {
        hive[*at..].starts_with(b"nk") && hive[*at + 76..].starts_with(name.as_bytes())
    };
    let found: Vec<usize> = (0..hive.len() - 76 - name.len()).filter(is_record).collect();
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

fn verdict(answer: &Assessment, number: u32) -> Option<Verdict> {
    let mut findings = answer.findings.iter();
    findings.find(|finding| finding.kb.number() == number).map(|finding| finding.verdict)
}

fn check(answer: &Assessment, id: &str) -> CheckVerdict {
    answer.checks.iter().find(|check| check.id == id).expect("the check").verdict
}

fn whole() -> Assessment {
    let example = workspace("examples/packaging-line");
    scan(&["--all", "--as-of", "2004-06-30"], &[example])
}

/// Returns the messages of warnings about a hive.
fn told(answer: &Assessment, hive: &str) -> Vec<String> {
    let object = format!(r"C:\WINDOWS\system32\config\{hive}");
    let warnings = answer.warnings.iter().filter(|warning| warning.object == object);
    warnings.map(|warning| warning.message.clone()).collect()
}

#[test]
fn without_the_name_of_windows_no_answer_is_given() {
    for length in [0, 300, 4096, 20_000] {
        let machine = Damaged::new("software", |hive| hive.truncate(length));
        let path = machine.path();
        let output = staunch(&["scan", path.to_str().expect("a path in UTF-8")]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{errors}");
        assert!(output.stdout.is_empty(), "an answer was printed");
        let first = "operating system of STAUNCH: not known: family";
        let hive = r"C:\WINDOWS\system32\config\SOFTWARE: ";
        let found = format!("bytes, found {length}\n");
        for part in [first, hive, &found] {
            assert!(errors.contains(part), "{part:?} is not in\n{errors}");
        }
    }
}

#[test]
fn a_list_of_updates_that_cannot_be_read_makes_nothing_missing() {
    let whole = whole();
    let machine = Damaged::new("software", |hive| {
        // The place of the list of subkeys.
        let at = key(hive, "HotFix") + 28;
        hive[at..at + 4].copy_from_slice(&0x7F00_0000_u32.to_le_bytes());
    });
    let found = machine.scan();
    assert_eq!(found.machine.product, whole.machine.product);
    let message = "subkeys list at offset 0x7f001000: expected an offset below 0xc000, found \
                   0x7f000000";
    assert_eq!(told(&found, "SOFTWARE"), [message]);
    // Files go on deciding what they can, and of the rest nothing is said.
    for (number, before, after) in [
        (835_732, Verdict::Missing, Verdict::Missing),
        (840_374, Verdict::Missing, Verdict::Missing),
        (828_741, Verdict::Installed, Verdict::Installed),
        (824_145, Verdict::Superseded, Verdict::Undetermined),
        (837_009, Verdict::Installed, Verdict::Undetermined),
    ] {
        assert_eq!(verdict(&whole, number), Some(before), "KB{number}");
        assert_eq!(verdict(&found, number), Some(after), "KB{number}");
    }
    let missing = |answer: &Assessment| -> Vec<u32> {
        let missing = answer.findings.iter().filter(|f| f.verdict == Verdict::Missing);
        missing.map(|finding| finding.kb.number()).collect()
    };
    assert_eq!(missing(&found), missing(&whole));
    let path = machine.path();
    let printed = text(&["scan", "--as-of", "2004-06-30", path.to_str().expect("a path")], 1);
    let warning = r"! C:\WINDOWS\system32\config\SOFTWARE: subkeys list at offset 0x7f001000:";
    assert!(printed.contains(warning), "{printed}");
}

#[test]
fn settings_in_a_hive_that_cannot_be_read_are_undetermined() {
    let whole = whole();
    for (hive, checks) in [
        ("SAM", &["account-passwords", "administrators", "guest-account"][..]),
        ("SECURITY", &["auditing"]),
        ("system", &["anonymous-access", "lm-hashes", "smb-signing-server", "shares"]),
    ] {
        let found = Damaged::new(hive, |hive| hive.truncate(4196)).scan();
        let name = hive.to_uppercase();
        assert!(!told(&found, &name).is_empty(), "{name}: {:?}", found.warnings);
        assert!(told(&found, &name)[0].ends_with("found 4196"), "{:?}", told(&found, &name));
        for id in checks {
            assert_ne!(check(&whole, id), CheckVerdict::Undetermined, "{id}");
            assert_eq!(check(&found, id), CheckVerdict::Undetermined, "{id}");
        }
        // Nothing is called weak or sound because it cannot be seen.
        for before in &whole.checks {
            let possible = match check(&found, &before.id) {
                CheckVerdict::Weak => before.verdict == CheckVerdict::Weak,
                CheckVerdict::Sound => before.verdict > CheckVerdict::Undetermined,
                CheckVerdict::Undetermined | CheckVerdict::NotApplicable => true,
            };
            assert!(possible, "{name}: {} was {:?}", before.id, before.verdict);
        }
        assert_eq!(verdict(&found, 840_374), Some(Verdict::Missing), "{name}");
    }
}
