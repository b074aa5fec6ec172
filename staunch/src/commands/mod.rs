//! One file for each command.

mod bulletin;
mod catalog;
mod collect;
mod collector;
mod compare;
mod completions;
mod explain;
mod inspect;
mod man;
mod plan;
mod scan;
mod verify;

use clap::{Parser, Subcommand};

use crate::exit::Exit;

/// Finds the security updates that Windows machines miss, and says why.
#[derive(Debug, Parser)]
#[command(name = "staunch", version, propagate_version = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  staunch scan disk.qcow2               what does the machine on this disk miss?
  staunch scan systeminfo.txt           what does this machine miss?
  staunch plan systeminfo.txt qfe.txt   the least to install, in order
  staunch explain CVE-2019-0803 systeminfo.txt
  staunch compare april.json may.json   what changed between two scans?
  staunch catalog show KB4487017

Exit codes:
  0   done; nothing is missing, or nothing got worse
  1   done; something is missing, or something got worse
  2   the arguments make no sense
  3   an input cannot be read
  4   the catalog is damaged
  5   the files do not say enough about the machine, or contradict each other
  6   verify: a restart is outstanding, or what would decide cannot be seen
  70  writing failed, or a fault in staunch itself";

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::Args),
    Verify(verify::Args),
    Plan(plan::Args),
    Explain(explain::Args),
    Inspect(inspect::Args),
    Compare(compare::Args),
    Collect(collect::Args),
    Collector(collector::Args),
    #[command(subcommand)]
    Bulletin(bulletin::Command),
    #[command(subcommand)]
    Catalog(catalog::Command),
    Completions(completions::Args),
    Man(man::Args),
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Scan(args) => args.run(),
            Command::Verify(args) => args.run(),
            Command::Plan(args) => args.run(),
            Command::Explain(args) => args.run(),
            Command::Inspect(args) => args.run(),
            Command::Compare(args) => args.run(),
            Command::Collect(args) => args.run(),
            Command::Collector(args) => args.run(),
            Command::Bulletin(command) => command.run(),
            Command::Catalog(command) => command.run(),
            Command::Completions(args) => args.run(),
            Command::Man(args) => args.run(),
        }
    }
}
