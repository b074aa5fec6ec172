//! The commands about bulletin pages.

mod compare;
mod conflicts;
mod printing;
mod read;
mod show;
mod switches;

use clap::Subcommand;

use crate::exit::Exit;

/// Read, compare and show security bulletins
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  staunch bulletin read ms04-015.md --json")]
pub(crate) enum Command {
    Read(read::Args),
    Compare(compare::Args),
    Show(show::Args),
    Conflicts(conflicts::Args),
}

impl Command {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Read(args) => args.run(),
            Self::Compare(args) => args.run(),
            Self::Show(args) => args.run(),
            Self::Conflicts(args) => args.run(),
        }
    }
}
