use std::path::PathBuf;

use anyhow::Context;
use std::io::{self, Write};

use crate::exit::Exit;
use crate::shared::CatalogArgs;

/// Print the whole catalog as JSON, one fact a line
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog export --json | grep KB4487017")]
pub(crate) struct Args {
    /// The form of the export; the only one there is
    #[arg(long)]
    json: bool,
    /// Write to this file instead of the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let catalog = self.catalog.open()?;
        match self.output {
            None => {
                let mut out = io::BufWriter::new(io::stdout().lock());
                catalog.export(&mut out)?;
                out.flush()?;
            }
            Some(path) => {
                let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(".".as_ref()))
                    .with_context(|| format!("{}: cannot be written", path.display()))?;
                let mut out = io::BufWriter::new(file);
                catalog.export(&mut out)?;
                out.into_inner()
                    .map_err(io::IntoInnerError::into_error)?
                    .persist(&path)
                    .with_context(|| format!("{}: cannot be written", path.display()))?;
            }
        }
        Ok(Exit::Success)
    }
}
