//! Side by side with hivex, the C library for hives. The method stands in `bench/README.md`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::middle;
use crate::process;

/// Options of `bench hive`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs of each program, of which the median counts
    #[arg(long, default_value_t = 31)]
    runs: usize,
    /// Hives to walk, plain or compressed with zstd
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Builds both programs, walks every hive with them in turn and prints the cost and its ratio.
///
/// # Errors
/// When a program cannot be built or run, or the two do not count the same.
pub(crate) fn compare(arguments: &Arguments) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let peer = scratch.path().join("hivex_walk");
    process::run(
        process::command("cc").args(["-O2", "bench/hivex_walk.c", "-lhivex", "-o"]).arg(&peer),
    )
    .context("a C compiler and libhivex-dev are needed")?;
    let example = ["build", "--release", "-p", "staunch-machine", "--example", "walk_hive"];
    process::run(process::cargo().args(example))?;
    let ours = process::workspace_root().join("target/release/examples/walk_hive");

    println!("{:<16} {:>12} {:>12} {:>6}", "hive", "staunch", "hivex", "ratio");
    for file in &arguments.files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hive = unpacked(file, &scratch.path().join("hive"))
            .with_context(|| format!("cannot read {}", file.display()))?;
        let counted = count(&ours, &[], &hive)?;
        let expected = count(&peer, &["walk"], &hive)?;
        if counted != expected {
            bail!("{name}: {} counts {counted} and hivex {expected}", ours.display());
        }
        let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
        for _ in 0..arguments.runs.max(1) {
            our_times.push(time(&ours, &[], &hive)?);
            peer_times.push(time(&peer, &["walk"], &hive)?);
        }
        let [ours, theirs] = [our_times, peer_times]
            .map(|mut times| middle(&mut times, Duration::cmp).as_secs_f64() * 1000.0);
        println!("{name:<16} {ours:>9.1} ms {theirs:>9.1} ms {:>6.2}", ours / theirs);
        println!("  {}", counted.trim_end());
    }
    Ok(())
}

/// Measures the wall time of a program on the first core.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn time(program: &Path, arguments: &[&str], hive: &Path) -> anyhow::Result<Duration> {
    let mut command = process::command("taskset");
    command.args(["-c", "0"]).arg(program).args(arguments).arg(hive).stdout(Stdio::null());
    let start = Instant::now();
    process::run(&mut command)?;
    Ok(start.elapsed())
}

/// Returns what a program prints of a hive.
fn count(program: &Path, arguments: &[&str], hive: &Path) -> anyhow::Result<String> {
    let program = program.to_str().context("the path of a program is not UTF-8")?;
    process::output(process::command(program).args(arguments).arg(hive))
}

/// Returns the path of a plain hive: the file itself, or a copy that is not compressed.
fn unpacked(file: &Path, copy: &Path) -> io::Result<PathBuf> {
    if file.extension().is_none_or(|extension| extension != "zst") {
        return fs::canonicalize(file);
    }
    let mut decoder = zstd::Decoder::new(File::open(file)?)?;
    decoder.window_log_max(27)?;
    io::copy(&mut decoder, &mut File::create(copy)?)?;
    Ok(copy.to_owned())
}
