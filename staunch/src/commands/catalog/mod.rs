//! The commands about the catalog itself.

mod build;
mod diff;
mod export;
mod search;
mod show;
mod stats;
mod unmapped;

use clap::Subcommand;

use crate::exit::Exit;

/// Build, search and compare the catalog of updates
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  staunch catalog show KB4487017")]
pub(crate) enum Command {
    Build(build::Args),
    Show(show::Args),
    Search(search::Args),
    Stats(stats::Args),
    Diff(diff::Args),
    Unmapped(unmapped::Args),
    Export(export::Args),
}

impl Command {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Build(args) => args.run(),
            Self::Show(args) => args.run(),
            Self::Search(args) => args.run(),
            Self::Stats(args) => args.run(),
            Self::Diff(args) => args.run(),
            Self::Unmapped(args) => args.run(),
            Self::Export(args) => args.run(),
        }
    }
}
