use std::io::Write;

use serde::Serialize;
use staunch_catalog::{Catalog, CatalogBulletin};
use staunch_model::{BulletinFact, BulletinId};

use super::printing::{PrintingArgs, names};
use crate::exit::Exit;

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
    #[command(flatten)]
    printing: PrintingArgs,
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
        let as_json = self.printing.json;
        self.printing
            .each(self.bulletins, |out, catalog, bulletin| print(out, catalog, bulletin, as_json))
    }
}

fn print(
    out: &mut dyn Write,
    catalog: &Catalog,
    bulletin: &CatalogBulletin,
    as_json: bool,
) -> anyhow::Result<()> {
    let id = bulletin.id;
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
