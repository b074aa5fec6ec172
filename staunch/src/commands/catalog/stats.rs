use std::io::{self, Write};

use crate::exit::Exit;
use crate::shared::CatalogArgs;

/// Tell what the catalog holds, what was left out, and where publications disagree
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog stats --json")]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let stats = self.catalog.open()?.stats()?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.json {
            serde_json::to_writer_pretty(&mut out, &stats)?;
            writeln!(out)?;
            out.flush()?;
            return Ok(Exit::Success);
        }
        let date =
            stats.identity.date.map_or_else(|| "unknown".to_owned(), |date| date.to_string());
        writeln!(out, "Catalog of {date}, {} bytes", stats.size)?;
        writeln!(out, "SHA-256 {}", stats.identity.digest)?;
        for (name, count) in &stats.counts {
            writeln!(out, "  {count:>9}  {name}")?;
        }
        writeln!(out, "\nLeft out")?;
        for left in &stats.left_out {
            writeln!(
                out,
                "  {:>9}  {} ({} publications)",
                left.statements, left.kind, left.publications
            )?;
        }
        writeln!(out, "\nFaults in publications")?;
        for (code, count) in &stats.warnings {
            writeln!(out, "  {count:>9}  {code}")?;
        }
        out.flush()?;
        Ok(Exit::Success)
    }
}
