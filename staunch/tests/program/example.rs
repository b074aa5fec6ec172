//! What the first command of README.md shows.

use staunch_model::{CheckVerdict, FileState, Verdict, Verification};

use crate::command::{scan, text, workspace};

fn verified(kb: &str, exit: i32) -> Verification {
    let folder = workspace("examples/packaging-line");
    let folder = folder.to_str().expect("a path in UTF-8");
    serde_json::from_str(&text(&["verify", kb, folder, "--json"], exit)).expect("a verification")
}

#[test]
fn the_example_machine_has_one_of_each() {
    let found = scan(&["--all", "--as-of", "2004-06-30"], &[workspace("examples/packaging-line")]);
    let finding = |kb: &str| {
        found.findings.iter().find(|finding| finding.kb.to_string() == kb).expect("a finding")
    };
    let missing: Vec<String> = found
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Missing)
        .map(|finding| finding.kb.to_string())
        .collect();
    assert_eq!(missing, ["KB835732", "KB840374"]);
    let is_contradicted =
        |kb: &str| finding(kb).evidence.iter().any(|e| e.says.contains("contradicted by files"));
    assert!(!is_contradicted("KB835732"));
    assert!(is_contradicted("KB840374"));
    let replaced = finding("KB824146");
    assert_eq!(replaced.verdict, Verdict::Superseded);
    assert_eq!(replaced.superseded_by[0].to_string(), "KB828741");
    let weak = |id: &str| {
        let check = found.checks.iter().find(|check| check.id == id).expect("a check");
        check.verdict == CheckVerdict::Weak
    };
    assert!(weak("smb1") && weak("autologon") && !weak("lm-hashes"));
}

#[test]
fn an_update_is_verified_file_by_file() {
    let older = verified("KB840374", 1);
    assert_eq!(older.verdict, Verdict::Missing);
    let center = older.files.iter().find(|file| file.path.ends_with("HelpCtr.exe"));
    let center = center.expect("the help center");
    assert_eq!(center.state, FileState::Older);
    assert_eq!(center.expected, "5.1.2600.1515");
    assert_eq!(center.found.as_deref(), Some("5.1.2600.1106"));
    let there = verified("KB828741", 0);
    assert_eq!(there.verdict, Verdict::Installed);
    assert!(there.keys.iter().any(|key| key.path.ends_with(r"HotFix\KB828741")));
}
