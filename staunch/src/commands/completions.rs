use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use crate::exit::Exit;

/// Print the completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch completions bash > /etc/bash_completion.d/staunch")]
pub(crate) struct Args {
    shell: Shell,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        clap_complete::generate(self.shell, &mut Cli::command(), "staunch", &mut std::io::stdout());
        Ok(Exit::Success)
    }
}
