//! What the commands that print bulletins of the catalog have in common.

use std::io::{self, Write};

use staunch_catalog::{Catalog, CatalogBulletin, OriginId};
use staunch_model::BulletinId;

use crate::exit::{Exit, Failure};
use crate::shared::CatalogArgs;

#[derive(Debug, clap::Args)]
pub(super) struct PrintingArgs {
    /// Print JSON objects, one on a line
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl PrintingArgs {
    /// Prints each of the bulletins, or all of the catalog when none is named.
    pub(super) fn each(
        &self,
        bulletins: Vec<BulletinId>,
        print: impl Fn(&mut dyn Write, &Catalog, &CatalogBulletin) -> anyhow::Result<()>,
    ) -> anyhow::Result<Exit> {
        let catalog = self.catalog.open()?;
        let bulletins = if bulletins.is_empty() { catalog.bulletins()? } else { bulletins };
        let mut out = io::BufWriter::new(io::stdout().lock());
        for id in bulletins {
            print(&mut out, &catalog, &find(&catalog, id)?)?;
        }
        out.flush()?;
        Ok(Exit::Success)
    }
}

/// Finds a bulletin in the catalog.
fn find(catalog: &Catalog, id: BulletinId) -> anyhow::Result<CatalogBulletin> {
    let found = catalog.bulletin(id)?;
    found.ok_or_else(|| {
        Failure::new(Exit::Input, format!("{id} is in no publication of the catalog"))
            .hint("`staunch catalog search` looks in titles and product names")
            .into()
    })
}

/// Names the publications of a set.
pub(super) fn names(catalog: &Catalog, origin: OriginId) -> anyhow::Result<Vec<String>> {
    let publications = catalog.publications(origin)?;
    Ok(publications.into_iter().map(|publication| publication.publication).collect())
}
