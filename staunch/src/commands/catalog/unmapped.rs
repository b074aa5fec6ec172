use std::io::{self, Write};

use crate::exit::Exit;
use crate::shared::CatalogArgs;

/// List product names that speak of Windows and are not mapped onto an operating system
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog unmapped --json")]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let names = self.catalog.open()?.unmapped()?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.json {
            serde_json::to_writer_pretty(&mut out, &names)?;
            writeln!(out)?;
        } else {
            for name in &names {
                writeln!(out, "{:>8}  {}", name.statements, name.name)?;
            }
        }
        out.flush()?;
        Ok(Exit::Success)
    }
}
