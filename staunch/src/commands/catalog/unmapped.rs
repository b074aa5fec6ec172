use crate::exit::Exit;
use crate::output::JsonArgs;
use crate::shared::CatalogArgs;

/// List product names that speak of Windows and are not mapped onto an operating system
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch catalog unmapped --json")]
pub(crate) struct Args {
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let names = self.catalog.open()?.unmapped()?;
        self.json.print(&names, |out| {
            names.iter().try_for_each(|name| writeln!(out, "{:>8}  {}", name.statements, name.name))
        })?;
        Ok(Exit::Success)
    }
}
