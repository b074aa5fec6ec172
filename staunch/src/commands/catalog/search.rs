use std::io::{self, Write};

use staunch_catalog::SearchHit;

use crate::exit::Exit;
use crate::output::JsonArgs;
use crate::shared::CatalogArgs;

/// Search titles, products and numbers
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog search \"print spooler\"")]
pub(crate) struct Args {
    /// Text to look for, in any case
    text: String,
    /// Most hits to print
    #[arg(long, default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let hits = self.catalog.open()?.search(&self.text, self.limit)?;
        self.json.print(&hits, |out| hits.iter().try_for_each(|hit| print(out, hit)))?;
        if hits.is_empty() {
            eprintln!("nothing in the catalog contains {:?}", self.text);
        }
        Ok(Exit::Success)
    }
}

fn print(out: &mut dyn Write, hit: &SearchHit) -> io::Result<()> {
    let day = |date: &Option<staunch_model::Date>| {
        date.map_or_else(|| "-".to_owned(), |date| date.to_string())
    };
    match hit {
        SearchHit::Update { kb, title, date, products } => {
            let title = title.as_deref().unwrap_or_default();
            writeln!(out, "{:<16} {:<10}  {title} ({products} products)", kb.to_string(), day(date))
        }
        SearchHit::Vulnerability { id, title, published } => {
            writeln!(out, "{:<16} {:<10}  {title}", id.to_string(), day(published))
        }
        SearchHit::Product { name, updates } => {
            writeln!(out, "{:<16} {:<10}  {name} ({updates} updates)", "product", "")
        }
    }
}
