//! Runs the program as a person would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use staunch_model::Assessment;

/// Runs `staunch` with these arguments.
#[expect(clippy::disallowed_methods, reason = "the program itself is under test")]
pub(crate) fn staunch(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_staunch"))
        .args(arguments)
        .env_remove("NO_COLOR")
        .output()
        .expect("the program starts")
}

/// Scans files of one machine and returns the answer, whatever the exit says about it.
pub(crate) fn scan(arguments: &[&str], files: &[PathBuf]) -> Assessment {
    let mut all = vec!["scan", "--json"];
    all.extend(arguments);
    all.extend(files.iter().map(|file| file.to_str().expect("a path in UTF-8")));
    let output = staunch(&all);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{all:?}: {errors}");
    serde_json::from_slice(&output.stdout).expect("the published schema")
}

/// Returns the printed text of a run that ended with this exit code.
pub(crate) fn text(arguments: &[&str], exit: i32) -> String {
    let output = staunch(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("the program prints UTF-8")
}

/// Returns a file of the workspace.
pub(crate) fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
