use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

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

/// Sources that are unpacked at the same time.
const MOST_OPEN: usize = 4;

/// Bytes of pages from which they are read together, on one core.
const BATCH_BYTES: usize = 512 << 10;

/// Some pages as they are printed, and why others are none.
#[derive(Default)]
struct Printed {
    text: Vec<u8>,
    errors: Vec<ReadError>,
}

/// Pages of one source that are being read on some core, or the fault that ends the source.
type Part = Result<mpsc::Receiver<io::Result<Printed>>, ReadError>;

impl Args {
    /// Unpacks sources and reads their pages on all cores, and prints them in order.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let is_json = self.json;
        // Twice as many parts as there are cores keep all of them at work, and bound the memory.
        let most_parts = 2 * rayon::current_num_threads();
        thread::scope(|scope| {
            let mut out = io::stdout().lock();
            let mut exit = Exit::Success;
            let mut files = self.files.iter();
            let mut open = VecDeque::new();
            loop {
                for path in files.by_ref().take(MOST_OPEN - open.len()) {
                    let (parts, source) = mpsc::sync_channel(most_parts);
                    scope.spawn(move || unpack(path, is_json, &parts));
                    open.push_back(source);
                }
                let Some(source) = open.pop_front() else { break };
                for part in source {
                    let part = part.map_err(|error| Failure::of(Exit::Input, &error))?;
                    let printed = part.recv().expect("a part is read to its end")?;
                    out.write_all(&printed.text)?;
                    for error in &printed.errors {
                        eprintln!("error: {error}");
                        exit = Exit::Input;
                    }
                }
            }
            out.flush()?;
            Ok(exit)
        })
    }
}

/// Unpacks a source and has its pages read, part by part.
fn unpack(path: &Path, is_json: bool, parts: &mpsc::SyncSender<Part>) {
    let label = path.display().to_string();
    let is_alone = path.is_file() && !label.contains(".tar");
    let mut pages: Vec<(String, Vec<u8>)> = Vec::new();
    let mut bytes = 0;
    let unpacked = documents(path, &mut |mut document| {
        let name = if is_alone { label.clone() } else { format!("{label}/{}", document.name()) };
        let page = document.hold()?;
        bytes += page.len();
        pages.push((name, page));
        if bytes >= BATCH_BYTES {
            bytes = 0;
            read(std::mem::take(&mut pages), is_json, parts);
        }
        Ok(())
    });
    read(pages, is_json, parts);
    if let Err(error) = unpacked {
        // Nobody listens any more after the fault of an earlier source.
        parts.send(Err(error)).ok();
    }
}

/// Has pages read on some core, as soon as fewer parts than allowed wait to be printed.
fn read(pages: Vec<(String, Vec<u8>)>, is_json: bool, parts: &mpsc::SyncSender<Part>) {
    let (done, part) = mpsc::channel();
    if parts.send(Ok(part)).is_ok() {
        rayon::spawn(move || {
            done.send(print_all(&pages, is_json)).ok();
        });
    }
}

fn print_all(pages: &[(String, Vec<u8>)], is_json: bool) -> io::Result<Printed> {
    let mut printed = Printed::default();
    for (name, bytes) in pages {
        match read_page(name, bytes) {
            Ok(page) if is_json => line(&mut printed.text, &page)?,
            Ok(page) => print(&mut printed.text, &page)?,
            Err(error) => printed.errors.push(error),
        }
    }
    Ok(printed)
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
