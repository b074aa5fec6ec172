use std::io::{self, Write};

use staunch_catalog::Stats;

use crate::exit::Exit;
use crate::output::JsonArgs;
use crate::shared::CatalogArgs;

/// Tell what the catalog holds, what was left out, and where publications disagree
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog stats --json")]
pub(crate) struct Args {
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let stats = self.catalog.open()?.stats()?;
        self.json.print(&stats, |out| print(out, &stats))?;
        Ok(Exit::Success)
    }
}

fn print(out: &mut dyn Write, stats: &Stats) -> io::Result<()> {
    let date = stats.identity.date.map_or_else(|| "unknown".to_owned(), |date| date.to_string());
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
    Ok(())
}
