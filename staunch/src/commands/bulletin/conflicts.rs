use std::io::{self, Write};

use serde::Serialize;
use staunch_catalog::Catalog;
use staunch_model::{BulletinFact, BulletinId};

use super::show::{find, names};
use crate::exit::Exit;
use crate::shared::CatalogArgs;

/// List what the pages of a bulletin disagree on
///
/// A statement is listed when other pages contradict it, or when fewer than half of the pages that
/// could make it do. What the pages agree on is shown by `staunch bulletin show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Bulletins, such as MS04-015; all of them when none is given
    #[arg(value_name = "BULLETIN")]
    bulletins: Vec<BulletinId>,
    /// Print one JSON object for each statement, one on a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    catalog: CatalogArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch bulletin conflicts MS04-015
  staunch bulletin conflicts --json > conflicts.jsonl";

#[derive(Serialize)]
struct Conflict<'b> {
    bulletin: BulletinId,
    #[serde(flatten)]
    fact: &'b BulletinFact,
    publications: Vec<String>,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let catalog = self.catalog.open()?;
        let bulletins =
            if self.bulletins.is_empty() { catalog.bulletins()? } else { self.bulletins };
        let mut out = io::BufWriter::new(io::stdout().lock());
        for id in bulletins {
            print(&mut out, &catalog, id, self.json)?;
        }
        out.flush()?;
        Ok(Exit::Success)
    }
}

fn print(
    out: &mut dyn Write,
    catalog: &Catalog,
    id: BulletinId,
    as_json: bool,
) -> anyhow::Result<()> {
    let bulletin = find(catalog, id)?;
    for (fact, origin) in &bulletin.disputed {
        let publications = names(catalog, *origin)?;
        if as_json {
            serde_json::to_writer(&mut *out, &Conflict { bulletin: id, fact, publications })?;
            writeln!(out)?;
            continue;
        }
        let pages: Vec<&str> =
            publications.iter().filter_map(|name| name.split('/').nth(1)).collect();
        writeln!(out, "{id}  {fact}  [{}]", pages.join(" "))?;
    }
    Ok(())
}
