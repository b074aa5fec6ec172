use std::io::{self, Write};

use staunch_catalog::SearchHit;

use crate::exit::Exit;
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
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let hits = self.catalog.open()?.search(&self.text, self.limit)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.json {
            serde_json::to_writer_pretty(&mut out, &hits)?;
            writeln!(out)?;
        } else {
            for hit in &hits {
                print(&mut out, hit)?;
            }
            if hits.is_empty() {
                eprintln!("nothing in the catalog contains {:?}", self.text);
            }
        }
        out.flush()?;
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
