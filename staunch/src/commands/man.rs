use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;

use super::Cli;
use crate::exit::Exit;

/// Write the manual pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch man /usr/local/share/man/man1")]
pub(crate) struct Args {
    /// Folder for the pages; without it the main page goes to the standard output
    folder: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let command = Cli::command();
        match self.folder {
            Some(folder) => clap_mangen::generate_to(command, &folder)
                .with_context(|| format!("{}: cannot be written", folder.display()))?,
            None => clap_mangen::Man::new(command).render(&mut std::io::stdout())?,
        }
        Ok(Exit::Success)
    }
}
