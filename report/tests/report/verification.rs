//! What a machine shows of one update.

use staunch_model::{FileState, KeyState, Verdict, Verification, VerifiedFile, VerifiedKey};
use staunch_report::{Format, TextStyle, write_verification};

use crate::seen;

const FILES: [FileState; 7] = [
    FileState::Fixed,
    FileState::Older,
    FileState::Pending,
    FileState::Undone,
    FileState::Absent,
    FileState::Open,
    FileState::NotCollected,
];
const KEYS: [KeyState; 3] = [KeyState::Present, KeyState::Absent, KeyState::NotCollected];

/// An update with a file and a key in every state, known in full and in part.
fn verified() -> Verification {
    let mut scan = seen();
    let finding = scan.findings.swap_remove(0);
    let some = |is_known: bool, text: &str| is_known.then(|| text.to_owned());
    let file = |state: FileState| VerifiedFile {
        path: r"C:\WINDOWS\PCHealth\HelpCtr\Binaries\helpctr.exe".into(),
        branch: some(state == FileState::Fixed, "GDR"),
        expected: "5.1.2600.1515".into(),
        found: some(state == FileState::Older, "5.1.2600.1106"),
        state,
    };
    let key = |state: KeyState| VerifiedKey {
        path: r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB840374".into(),
        found: some(state == KeyState::Present, "Type = Update"),
        state,
    };
    Verification {
        schema: Verification::SCHEMA,
        machine: scan.machine,
        kb: finding.kb,
        files: FILES.map(file).to_vec(),
        keys: KEYS.map(key).to_vec(),
        verdict: Verdict::Missing,
        findings: vec![finding],
        warnings: scan.warnings,
    }
}

fn written(verifications: &[Verification]) -> String {
    let mut out = Vec::new();
    write_verification(&mut out, verifications, Format::Json, &TextStyle::default())
        .expect("memory takes everything");
    String::from_utf8(out).expect("documents are UTF-8")
}

#[test]
fn verifications_follow_the_schema() {
    let one = verified();
    let document = written(std::slice::from_ref(&one));
    assert_eq!(crate::json_schema::check("verification", &document), Ok(()));
    assert_eq!(serde_json::from_str::<Verification>(&document).expect("it is read"), one);
    let many = written(&[one.clone(), one]);
    assert_eq!(crate::json_schema::check("verifications", &many), Ok(()));
}

#[test]
fn states_are_those_of_the_schema() {
    use crate::json_schema::enumeration;
    assert_eq!(enumeration("file_state"), serde_json::json!(FILES));
    assert_eq!(enumeration("key_state"), serde_json::json!(KEYS));
}
