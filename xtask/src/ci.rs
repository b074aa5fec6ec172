use std::time::Duration;

use anyhow::Context;

use crate::{fuzz, graph, licences, lines, process};

/// One step of CI: its name and what it does.
type Step = (&'static str, fn(&mut Tally, &Arguments) -> anyhow::Result<()>);

/// Options of `ci`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail where staunch cannot be built for Windows and run, instead of leaving that out
    #[arg(long)]
    windows: bool,
}

/// Builds for Windows and runs what was built, each with its own tools.
const WINDOWS: &str = ".ci/windows.sh";

/// The steps in their order: what is quick and fails often comes first.
const STEPS: &[Step] = &[
    ("fmt", |_, _| format()),
    ("lines", |_, _| lines::check()),
    ("graph", |_, _| graph::check()),
    ("licences", |_, _| licences::check()),
    ("clippy", |_, _| clippy()),
    ("test", |tally, _| test(tally)),
    ("windows", windows),
    ("fuzz-smoke", |_, _| fuzz::smoke(&fuzz::Arguments::lasting(Duration::from_secs(10)))),
];

/// Sum of the results of all test programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
}

/// Runs every step and stops at the first that fails.
///
/// The last line is the sum of all tests, so that the result can be read without the rest.
///
/// # Errors
/// Those of the step that failed, under its name.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    for (name, step) in STEPS {
        println!("== {name}");
        step(&mut tally, arguments).with_context(|| format!("ci step {name} failed"))?;
    }
    println!("{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.ignored);
    Ok(())
}

fn format() -> anyhow::Result<()> {
    process::run(process::cargo().args(["fmt", "--all", "--check"]))?;
    process::run(process::cargo().args(["fmt", "--manifest-path", fuzz::MANIFEST, "--check"]))
}

fn clippy() -> anyhow::Result<()> {
    process::run(process::cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Runs unit, integration and documentation tests of every member.
fn test(tally: &mut Tally) -> anyhow::Result<()> {
    let mut command = process::cargo();
    command.args(["test", "--locked", "--workspace"]);
    process::run_watched(&mut command, |line| tally.read(line))
}

/// Runs the tests of the Windows build, where the tools for it are.
fn windows(tally: &mut Tally, arguments: &Arguments) -> anyhow::Result<()> {
    if let Err(error) = process::run(process::command(WINDOWS).arg("available")) {
        if arguments.windows {
            return Err(error.context(format!("`{WINDOWS} install` installs the tools")));
        }
        println!("skipped: `{WINDOWS} install` installs what the Windows build needs");
        return Ok(());
    }
    process::run_watched(process::command(WINDOWS).arg("test"), |line| tally.read(line))
}

impl Tally {
    /// Adds the counts of a test program's closing line; other lines change nothing.
    fn read(&mut self, line: &str) {
        let Some(results) = line.strip_prefix("test result: ") else { return };
        // The first count stands behind "ok. " or "FAILED. ".
        for part in results.split(['.', ';']).map(str::trim) {
            let Some((count, what)) = part.split_once(' ') else { continue };
            let Ok(count) = count.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_test_programs_add_up() {
        let mut tally = Tally::default();
        for line in [
            "test kb::tests::names ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; \
             finished in 0.21s",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; \
             finished in 1.00s",
        ] {
            tally.read(line);
        }
        assert_eq!(tally, Tally { passed: 16, failed: 2, ignored: 1 });
    }
}
