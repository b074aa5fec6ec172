//! Programs that are not ours.

#![expect(clippy::disallowed_methods, reason = "tests ask other programs")]

use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

/// Runs a program to its end; nothing where there is no such program.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    run_with(program, arguments, "")
}

/// Runs a program to its end with a text to read; nothing where there is no such program.
fn run_with(program: &str, arguments: &[&str], input: &str) -> Option<Output> {
    let child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => panic!("cannot start {program}: {error}"),
    };
    if let Some(mut pipe) = child.stdin.take() {
        // A program that reads nothing may have ended before.
        let _ = pipe.write_all(input.as_bytes());
    }
    match child.wait_with_output() {
        Ok(output) => Some(output),
        Err(error) => panic!("{program} cannot be waited for: {error}"),
    }
}

/// Runs a program that must succeed, or prints that the test is skipped where the program is
/// absent.
///
/// # Panics
///
/// When the program fails.
pub(crate) fn succeed(program: &str, arguments: &[&str], input: &str) -> Option<()> {
    let Some(output) = run_with(program, arguments, input) else {
        println!("skipped: {program} is not installed");
        return None;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
    Some(())
}
