use std::io::{self, Write};
use std::path::PathBuf;

use staunch_catalog::{Catalog, Changes, diff};

use crate::exit::Exit;
use crate::output::JsonArgs;

/// Compare two catalog files
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog diff june.sqlite july.sqlite")]
pub(crate) struct Args {
    old: PathBuf,
    new: PathBuf,
    #[command(flatten)]
    json: JsonArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let found = diff(&Catalog::open(&self.old)?, &Catalog::open(&self.new)?)?;
        self.json.print(&found, |out| {
            print(out, "update", &found.updates, |key| format!("{} for {}", key.kb, key.product))?;
            print(out, "vulnerability", &found.vulnerabilities, ToString::to_string)?;
            print(out, "superseding", &found.supersedences, |key| {
                format!("{} supersedes {} on {}", key.kb, key.superseded, key.product)
            })?;
            if found.is_empty() {
                writeln!(out, "the catalogs say the same")?;
            }
            Ok(())
        })?;
        Ok(Exit::Success)
    }
}

fn print<K>(
    out: &mut dyn Write,
    what: &str,
    changes: &Changes<K>,
    name: impl Fn(&K) -> String,
) -> io::Result<()> {
    let lists = [("+", &changes.added), ("-", &changes.removed), ("~", &changes.changed)];
    for (sign, keys) in lists {
        for key in keys {
            writeln!(out, "{sign} {what}: {}", name(key))?;
        }
    }
    Ok(())
}
