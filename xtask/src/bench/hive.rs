//! Side by side with hivex, the C library for hives. The method stands in `bench/README.md`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::middle;
use crate::process;

/// Options of `bench hive`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs of each program, of which the median counts
    #[arg(long, default_value_t = 11)]
    runs: usize,
    /// Walks of one run, of which the median counts
    #[arg(long, default_value_t = 21)]
    walks: usize,
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
        let walks = arguments.walks.max(1).to_string();
        let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
        let mut counted = String::new();
        for _ in 0..arguments.runs.max(1) {
            let run = walk(&ours, &[], &hive, &walks)?;
            let expected = walk(&peer, &["walk"], &hive, &walks)?;
            if run.counted != expected.counted {
                bail!("{name}: staunch counts {}, hivex {}", run.counted, expected.counted);
            }
            counted = run.counted;
            our_times.push(run.milliseconds);
            peer_times.push(expected.milliseconds);
        }
        let [ours, theirs] =
            [our_times, peer_times].map(|mut times| middle(&mut times, f64::total_cmp));
        println!("{name:<16} {ours:>9.3} ms {theirs:>9.3} ms {:>6.2}", ours / theirs);
        println!("  {counted}");
    }
    Ok(())
}

/// What a program says of its walks of one hive.
struct Run {
    counted: String,
    /// Time of the middle walk.
    milliseconds: f64,
}

/// Runs a program on the first core.
fn walk(program: &Path, command: &[&str], hive: &Path, walks: &str) -> anyhow::Result<Run> {
    let mut pinned = process::command("taskset");
    pinned.args(["-c", "0"]).arg(program).args(command).arg(hive).arg(walks);
    let output = process::output(&mut pinned)?;
    let (counted, nanoseconds) = output
        .trim_end()
        .split_once('\n')
        .with_context(|| format!("{} prints {output:?}", program.display()))?;
    let nanoseconds: f64 = nanoseconds.parse().context("nanoseconds of a walk")?;
    Ok(Run { counted: counted.to_owned(), milliseconds: nanoseconds / 1e6 })
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
