//! The fuzz targets: built on the stable toolchain, run for a few seconds on their corpus.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::metadata::Metadata;
use crate::process;

/// Manifest of the workspace of the fuzz targets, relative to the root.
pub(crate) const MANIFEST: &str = "fuzz/Cargo.toml";

/// What cargo-fuzz passes too: the coverage that libFuzzer steers by, and checks that only
/// debug builds have.
const RUSTFLAGS: &[&str] = &[
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Coverflow-checks",
    "-Ccodegen-units=1",
];

/// Options of `fuzz-smoke`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long each target runs
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Run only these targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Inputs for each target at most; -1 for as many as the time allows
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    runs: i64,
    /// Start from another random seed, for a longer search
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Inputs for each target in CI: with the seed fixed, a slow machine and a fast one try the same.
const CI_RUNS: i64 = 5_000;

impl Arguments {
    /// Runs every target this long, with the seed that CI uses.
    pub(crate) fn lasting(time: Duration) -> Self {
        Self { seconds: time.as_secs(), runs: CI_RUNS, targets: Vec::new(), seed: 1 }
    }
}

/// Builds the targets and runs them one after the other.
///
/// What a run discovers goes to a temporary folder; an input that crashes a target stays in
/// `target/fuzz/artifacts`.
///
/// # Errors
/// When the build fails, when a target has no corpus, and when one crashes, runs out of memory
/// or takes too long over one input.
pub(crate) fn smoke(arguments: &Arguments) -> anyhow::Result<()> {
    let main = Metadata::read("Cargo.toml")?;
    let metadata = Metadata::read(MANIFEST)?;
    let mut targets: Vec<&str> = metadata
        .members()
        .flat_map(|package| &package.targets)
        .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
        .map(|target| target.name.as_str())
        .collect();
    targets.sort_unstable();
    if let Some(unknown) = arguments.targets.iter().find(|name| !targets.contains(&name.as_str())) {
        bail!("no fuzz target {unknown}; there are {}", targets.join(", "));
    }
    if !arguments.targets.is_empty() {
        targets.retain(|name| arguments.targets.iter().any(|asked| asked == name));
    }

    let folder = main.target_directory.join("fuzz");
    let triple = host_triple()?;
    build(&folder, &triple, &targets)?;
    let programs = folder.join(&triple).join("release");
    for target in &targets {
        run_target(&programs.join(target), target, &folder.join("artifacts"), arguments)
            .with_context(|| format!("fuzz target {target}"))?;
    }
    println!("{} fuzz targets, no crash", targets.len());
    Ok(())
}

/// Builds for an explicit target, so that the flags do not reach build scripts and macros.
fn build(folder: &Path, triple: &str, targets: &[&str]) -> anyhow::Result<()> {
    let mut command = process::cargo();
    command
        .args(["build", "--locked", "--release", "--manifest-path", MANIFEST, "--target", triple])
        .arg("--target-dir")
        .arg(folder)
        .env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\u{1f}"));
    for target in targets {
        command.args(["--bin", target]);
    }
    process::run(&mut command)
}

fn host_triple() -> anyhow::Result<String> {
    let version = process::output(process::command("rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc -vV names no host")
}

fn run_target(
    program: &Path,
    name: &str,
    artifacts: &Path,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let corpus = process::workspace_root().join("fuzz/corpus").join(name);
    if !corpus.is_dir() {
        bail!("no corpus: {} is not a folder", corpus.display());
    }
    let prefix = artifacts.join(name);
    fs::create_dir_all(&prefix).with_context(|| format!("cannot make {}", prefix.display()))?;
    let found = tempfile::tempdir().context("cannot make a temporary folder")?;
    let program = program.to_str().context("the path of the target folder is not UTF-8")?;
    let mut command = process::command(program);
    command
        .arg(format!("-max_total_time={}", arguments.seconds))
        .arg(format!("-runs={}", arguments.runs))
        .arg(format!("-seed={}", arguments.seed))
        .arg(format!("-artifact_prefix={}/", prefix.display()))
        .args(["-rss_limit_mb=512", "-timeout=10", "-print_final_stats=1"])
        .arg(found.path())
        .arg(&corpus);
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{log}\n{command:?} ended with {}", output.status);
    }
    println!(
        "{name}: {} inputs, {} new, {} MB",
        statistic(&log, "number_of_executed_units"),
        statistic(&log, "new_units_added"),
        statistic(&log, "peak_rss_mb")
    );
    Ok(())
}

/// Returns one of the figures that libFuzzer prints at its end.
fn statistic<'t>(log: &'t str, name: &str) -> &'t str {
    log.lines()
        .filter_map(|line| line.strip_prefix("stat::")?.split_once(':'))
        .find_map(|(found, figure)| (found == name).then(|| figure.trim()))
        .unwrap_or("?")
}
