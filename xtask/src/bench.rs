//! Side by side with the public Python tool that the same table feeds. The method stands in
//! `bench/README.md`.

mod hive;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::{pages, process};

/// The tool and the library that it guesses encodings with, at the releases that were compared.
const PEER: &[&str] = &["wesng==1.0.3", "chardet==5.2.0"];

/// Options of `bench`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// Program to measure
    #[arg(long, default_value = "target/release/staunch")]
    program: PathBuf,
    /// Folder with the published data
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Runs of staunch for each host, of which the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Runs of the Python tool for each host, of which the median counts
    #[arg(long, default_value_t = 1)]
    peer_runs: usize,
    /// Only hosts whose file name contains this text
    #[arg(value_name = "TEXT")]
    only: Option<String>,
}

/// What is compared instead of scans.
#[derive(clap::Subcommand)]
enum Other {
    /// Compare the reader of bulletin pages with a Markdown tokenizer
    Pages(pages::Arguments),
    /// Walk hives beside the C library hivex
    Hive(hive::Arguments),
}

/// The inventory of one machine. Both programs read this one file: the Python tool takes either
/// the output of systeminfo or a list of hotfixes.
struct Host {
    name: String,
    systeminfo: PathBuf,
}

/// Wall time and largest resident memory of one run.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    kilobytes: u64,
}

/// Runs the comparison that was asked for.
///
/// # Errors
/// Those of the comparison.
pub(crate) fn compare(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.other {
        Some(Other::Pages(arguments)) => pages::compare(arguments),
        Some(Other::Hive(arguments)) => hive::compare(arguments),
        None => compare_hosts(arguments),
    }
}

/// Runs both programs on every host, pinned to one core, and prints their cost and its ratio.
///
/// # Errors
/// When the data, the program or a Python with `venv` is not there, and when a run of staunch
/// fails. A host on which the Python tool fails is shown as such.
fn compare_hosts(arguments: &Arguments) -> anyhow::Result<()> {
    let root = process::workspace_root();
    let program = root.join(&arguments.program);
    if !program.is_file() {
        bail!("no program {}: build it with cargo build --release", program.display());
    }
    let table = root.join(&arguments.data).join("wesng");
    let definitions = table.join("definitions.zip");
    let hosts = hosts(&table.join("validation"), arguments.only.as_deref())?;

    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let peer = install_peer(scratch.path())?;
    let report = scratch.path().join("cost");

    println!("{:<56} {:>22} {:>22} {:>8} {:>8}", "host", "staunch", "peer", "time", "memory");
    let (mut times, mut memories) = (Vec::new(), Vec::new());
    for host in &hosts {
        let ours = median(arguments.runs, || {
            let mut command = pinned(&report, &program);
            command.args(["scan", "--format", "json"]).arg(&host.systeminfo);
            // Status 1 says that something is missing.
            measure(&mut command, &report, &[0, 1])
        })
        .with_context(|| format!("staunch on {}", host.name))?;
        let theirs = median(arguments.peer_runs, || {
            let mut command = pinned(&report, &peer);
            command.arg("--definitions").arg(&definitions).arg(&host.systeminfo);
            measure(&mut command, &report, &[0])
        });
        let Ok(theirs) = theirs else {
            println!("{:<56} {:>22} {:>22}", host.name, ours.to_string(), "fails");
            continue;
        };
        let time = theirs.wall.as_secs_f64() / ours.wall.as_secs_f64();
        let memory = theirs.kilobytes as f64 / ours.kilobytes as f64;
        println!(
            "{:<56} {:>22} {:>22} {time:>7.0}x {memory:>7.1}x",
            host.name,
            ours.to_string(),
            theirs.to_string()
        );
        times.push(time);
        memories.push(memory);
    }
    if times.is_empty() {
        bail!("no host was measured with both programs");
    }
    println!(
        "{} hosts; median ratio of time {:.0}, of memory {:.1}; least {:.0} and {:.1}",
        times.len(),
        middle(&mut times, f64::total_cmp),
        middle(&mut memories, f64::total_cmp),
        times[0],
        memories[0]
    );
    Ok(())
}

/// Returns the machines of a folder: every `…_systeminfo….txt`.
fn hosts(folder: &Path, only: Option<&str>) -> anyhow::Result<Vec<Host>> {
    let unreadable = || format!("cannot list {}", folder.display());
    let mut hosts = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.contains("_systeminfo") {
            continue;
        }
        if only.is_some_and(|only| !name.contains(only)) {
            continue;
        }
        hosts.push(Host {
            name: name.trim_end_matches(".txt").replace("_systeminfo", ""),
            systeminfo: entry.path(),
        });
    }
    if hosts.is_empty() {
        bail!("no host to measure in {}", folder.display());
    }
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(hosts)
}

/// Installs the Python tool apart from the system's Python and returns its program.
fn install_peer(folder: &Path) -> anyhow::Result<PathBuf> {
    let environment = folder.join("venv");
    process::run(process::command("python3").args(["-m", "venv"]).arg(&environment))?;
    let pip = environment.join("bin/pip");
    let pip = pip.to_str().context("the path of the temporary folder is not UTF-8")?;
    process::run(process::command(pip).args(["install", "--quiet"]).args(PEER))?;
    Ok(environment.join("bin/wes"))
}

/// Makes a command that runs on the first core and leaves its memory in the report.
fn pinned(report: &Path, program: &Path) -> Command {
    let mut command = process::command("taskset");
    command.args(["-c", "0", "time", "--quiet", "--format=%M", "--output"]);
    command.arg(report).arg(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn measure(command: &mut Command, report: &Path, expected: &[i32]) -> anyhow::Result<Cost> {
    let start = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("cannot start {command:?}; taskset and GNU time are needed"))?;
    let wall = start.elapsed();
    if !status.code().is_some_and(|code| expected.contains(&code)) {
        bail!("{command:?} ended with {status}");
    }
    let text = fs::read_to_string(report).context("cannot read the report of GNU time")?;
    let kilobytes = text.trim().parse().with_context(|| format!("report of GNU time {text:?}"))?;
    Ok(Cost { wall, kilobytes })
}

/// Measures a number of times and returns the run whose wall time is in the middle.
fn median(runs: usize, run: impl FnMut() -> anyhow::Result<Cost>) -> anyhow::Result<Cost> {
    let mut costs = std::iter::repeat_with(run).take(runs.max(1)).collect::<Result<Vec<_>, _>>()?;
    Ok(middle(&mut costs, |a, b| a.wall.cmp(&b.wall)))
}

/// Sorts values and returns the one in the middle.
fn middle<T: Copy>(values: &mut [T], order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> T {
    values.sort_by(order);
    values[values.len() / 2]
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let megabytes = self.kilobytes as f64 / 1024.0;
        write!(f, "{:.1} ms {megabytes:.0} MB", self.wall.as_secs_f64() * 1000.0)
    }
}
