//! The commands about bulletin pages.

mod compare;
mod read;

use clap::Subcommand;

use crate::exit::Exit;

/// Read and compare security bulletin pages
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  staunch bulletin read ms04-015.md --json")]
pub(crate) enum Command {
    Read(read::Args),
    Compare(compare::Args),
}

impl Command {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Read(args) => args.run(),
            Self::Compare(args) => args.run(),
        }
    }
}
