//! The project's own checks and chores: `cargo xtask ci` is exactly what CI runs.

mod bench;
mod catalog;
mod ci;
mod fuzz;
mod graph;
mod licences;
mod lines;
mod metadata;
mod pages;
mod process;

use clap::{Parser, Subcommand};

/// Checks and chores of the staunch workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything that CI runs, in its order
    Ci(ci::Arguments),
    /// Check the direction of dependency between the workspace crates
    Graph,
    /// Check that no source file is longer than the limit
    Lines,
    /// Check the licence of every dependency against the list in deny.toml
    Licences,
    /// Build every fuzz target and run each for a few seconds on its corpus
    FuzzSmoke(fuzz::Arguments),
    /// Build the default catalog from the published data and write it compressed
    Catalog(catalog::Arguments),
    /// Compare a release build with other programs, side by side, on one core
    Bench(bench::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Graph => graph::check(),
        Command::Lines => lines::check(),
        Command::Licences => licences::check(),
        Command::FuzzSmoke(arguments) => fuzz::smoke(&arguments),
        Command::Catalog(arguments) => catalog::build(&arguments),
        Command::Bench(arguments) => bench::compare(&arguments),
    }
}
