use std::io::{self, Write};
use std::path::PathBuf;

use rayon::prelude::*;
use staunch_model::BulletinPage;
use staunch_source::{ReadError, documents, read_page};

use crate::exit::{Exit, Failure};

/// Print every fact of bulletin pages
///
/// A source is a page in Markdown, or a folder or an archive of pages, in any language.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Pages, folders or archives
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object for each page, one on a line
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  staunch bulletin read ms04-015.md
  staunch bulletin read --json de-de.tar.zst > pages.jsonl";

/// Pages that are held and read at the same time.
const BATCH: usize = 256;

/// A page, or why it is none.
type Page = Result<BulletinPage, ReadError>;

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut exit = Exit::Success;
        let mut failed: Option<io::Error> = None;
        let mut batch: Vec<(String, Vec<u8>)> = Vec::new();
        let mut flush = |batch: &mut Vec<(String, Vec<u8>)>| {
            let pages: Vec<Page> =
                batch.par_drain(..).map(|(name, bytes)| read_page(&name, &bytes)).collect();
            for page in pages {
                let written = match page {
                    Ok(page) if self.json => line(&mut out, &page),
                    Ok(page) => print(&mut out, &page),
                    Err(error) => {
                        eprintln!("error: {error}");
                        exit = Exit::Input;
                        Ok(())
                    }
                };
                failed = failed.take().or(written.err());
            }
        };
        for path in &self.files {
            let label = path.display().to_string();
            let is_file = path.is_file();
            documents(path, &mut |mut document| {
                let inner = document.name().to_owned();
                let alone = is_file && !label.contains(".tar");
                let name = if alone { label.clone() } else { format!("{label}/{inner}") };
                batch.push((name, document.hold()?));
                if batch.len() >= BATCH {
                    flush(&mut batch);
                }
                Ok(())
            })
            .map_err(|error| Failure::of(Exit::Input, &error))?;
        }
        flush(&mut batch);
        if let Some(error) = failed {
            return Err(error.into());
        }
        out.flush()?;
        Ok(exit)
    }
}

fn line(out: &mut dyn Write, page: &BulletinPage) -> io::Result<()> {
    serde_json::to_writer(&mut *out, page)?;
    writeln!(out)
}

fn print(out: &mut dyn Write, page: &BulletinPage) -> io::Result<()> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
    let shown = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    writeln!(out, "{}  {}", shown(page.id.map(|id| id.to_string())), text(&page.title))?;
    writeln!(out, "  language   {}", text(&page.locale))?;
    writeln!(out, "  severity   {}", shown(page.severity.map(|severity| severity.to_string())))?;
    writeln!(out, "  impact     {}", shown(page.impact.map(|impact| impact.to_string())))?;
    writeln!(out, "  updates    {}", joined(&page.kbs))?;
    writeln!(out, "  closes     {}", joined(&page.cves))?;
    let published = shown(page.published.map(|date| date.to_string()));
    writeln!(out, "  published  {published}, version {}", text(&page.version))?;
    for revision in &page.revisions {
        let date = shown(revision.date.map(|date| date.to_string()));
        writeln!(out, "    {:<6} {date}", text(&revision.version))?;
    }
    for (title, products) in
        [("affected", &page.products.affected), ("not affected", &page.products.unaffected)]
    {
        writeln!(out, "  {title}: {}", products.len())?;
        for product in products {
            let kb = product.kb.map(|kb| format!("  {kb}")).unwrap_or_default();
            writeln!(out, "    {}{kb}", product.canonical.as_ref().unwrap_or(&product.name))?;
        }
    }
    writeln!(out, "  ratings: {}", page.matrix.len())?;
    for rating in &page.matrix {
        let cve = shown(rating.cve.map(|cve| cve.to_string()));
        let severity = shown(rating.severity.map(|severity| severity.to_string()));
        writeln!(out, "    {cve:<14} {severity:<10} {}", rating.product)?;
    }
    for superseded in page.supersedes.iter().filter(|superseded| superseded.replaced) {
        let bulletin = shown(superseded.bulletin.map(|id| id.to_string()));
        let kb = superseded.kb.map(|kb| format!(" {kb}")).unwrap_or_default();
        writeln!(out, "  supersedes {bulletin}{kb} on {}", text(&superseded.product))?;
    }
    for platform in &page.platforms {
        writeln!(out, "  deployment on {}", platform.product)?;
        let parts = [
            ("prerequisites", platform.prerequisites.clone()),
            ("included in", platform.included_in.clone()),
            ("restart", platform.restart.clone()),
            ("removal", platform.removal.clone()),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                writeln!(out, "    {name:<14} {}", value.replace('\n', " "))?;
            }
        }
        for switch in &platform.switches {
            writeln!(out, "    {:<14} {}", switch.switch, switch.meaning)?;
        }
        for command in &platform.commands {
            writeln!(out, "    run            {command}")?;
        }
        for key in &platform.registry_keys {
            writeln!(out, "    key            {key}")?;
        }
    }
    writeln!(out, "  files: {}", page.files.len())?;
    for file in &page.files {
        let version = file.version.map(|version| version.to_string());
        let version = shown(version.or_else(|| file.raw_version.clone()));
        let size = shown(file.size.map(|size| size.to_string()));
        let date = shown(file.date.map(|date| date.to_string()));
        let folder = text(&file.folder);
        writeln!(out, "    {:<24} {version:<18} {size:>10} {date}  {folder}", file.name)?;
    }
    for workaround in &page.workarounds {
        writeln!(out, "  workaround: {} {}", workaround.title, joined(&workaround.objects))?;
    }
    for warning in &page.warnings {
        writeln!(out, "  ! line {}: {}: {}", warning.line, warning.code, warning.message)?;
    }
    writeln!(out)
}

fn joined(items: &[impl ToString]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
