//! The program sees the machine that it runs on, which Wine makes look like several releases.
#![cfg(all(windows, target_pointer_width = "64"))]

use std::process::{Command, Output};

use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "the programs themselves are under test")]
fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().expect("the program starts")
}

/// Scans the machine and returns the exit code with the answer.
fn scan() -> (Option<i32>, Value) {
    let output = run(env!("CARGO_BIN_EXE_staunch"), &["scan", "--live", "--json"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors, "", "{:?}", output.status);
    (output.status.code(), serde_json::from_slice(&output.stdout).expect("the published schema"))
}

/// Makes Wine look like a release of Windows, to the registry as to its programs.
fn become_release(name: &str) {
    assert!(run("winecfg", &["-v", name]).status.success(), "{name}");
}

fn set_revision(revision: &str) {
    let key = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    let set = ["add", key, "/f", "/v", "UBR", "/t", "REG_DWORD", "/d", revision];
    assert!(run("reg", &set).status.success(), "{revision}");
}

fn missing(scan: &Value) -> usize {
    let findings = scan["findings"].as_array().expect("the findings");
    findings.iter().filter(|finding| finding["verdict"] == "missing").count()
}

#[test]
fn the_machine_itself_is_scanned() {
    if !run("reg", &["query", r"HKLM\Software\Wine"]).status.success() {
        println!("skipped: this is no machine of Wine");
        return;
    }
    become_release("win10");
    set_revision("1");
    let (exit, old) = scan();
    let machine = &old["machine"];
    assert_eq!((exit, missing(&old) > 0), (Some(1), true), "{machine}");
    assert_eq!(old["inputs"], serde_json::json!(["this machine"]));
    assert_eq!(
        (&machine["family"], &machine["architecture"]),
        (&"Windows 10".into(), &"x64".into())
    );
    let build = machine["build"].as_str().expect("a build");
    assert!(build.starts_with("10.0.") && build.ends_with(".1"), "{build}");

    set_revision("65000");
    let (exit, new) = scan();
    assert_eq!((exit, missing(&new)), (Some(0), 0), "{}", new["machine"]);

    become_release("win7");
    let (exit, seven) = scan();
    let machine = &seven["machine"];
    assert_eq!(
        (&machine["family"], &machine["service_pack"]),
        (&"Windows 7".into(), &"SP1".into())
    );
    // Nobody listed what is installed: nothing is known to be missing.
    assert_eq!((exit, missing(&seven)), (Some(0), 0), "{machine}");
    let is_open = |finding: &Value| finding["verdict"] == "undetermined";
    assert!(seven["findings"].as_array().is_some_and(|all| all.iter().any(is_open)), "{machine}");
}
