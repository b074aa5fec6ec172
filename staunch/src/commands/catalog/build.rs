use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use staunch_catalog::{BuildReport, Builder};
use staunch_model::{Record, SourceWarning};
use staunch_source::{Counts, Progress, Sink, read_path};

use crate::exit::Exit;
use crate::output::JsonArgs;

/// Build a catalog from publications
///
/// A source is a file, a folder or an archive (.tar.zst, .zip) of CVRF documents or of tables of
/// vulnerabilities, updates and products. The same sources give the same bytes, in any order.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Publications
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// Catalog file to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// File for the faults in the publications, one a line
    #[arg(long, value_name = "FILE")]
    warnings: Option<PathBuf>,
    #[command(flatten)]
    json: JsonArgs,
}

const EXAMPLES: &str = "\
Example:
  staunch catalog build -o catalog.sqlite --warnings faults.txt cvrf/ definitions.zip
  staunch scan --catalog catalog.sqlite systeminfo.txt";

/// Passes statements on to the builder, and faults to their file as well.
struct Collector {
    builder: Builder,
    warnings: Option<io::BufWriter<tempfile::NamedTempFile>>,
    failed: Option<io::Error>,
}

impl Sink for Collector {
    fn record(&mut self, record: Record) {
        self.builder.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        self.builder.warn(&warning);
        if let Some(file) = &mut self.warnings {
            let at = &warning.provenance;
            let line = writeln!(
                file,
                "{}, line {}: {}: {}",
                at.publication, at.line, warning.code, warning.message
            );
            self.failed = self.failed.take().or(line.err());
        }
    }
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let warnings = self.warnings.as_deref().map(temporary_beside).transpose()?;
        let mut collector = Collector {
            builder: Builder::new(),
            warnings: warnings.map(io::BufWriter::new),
            failed: None,
        };
        let bar = ProgressBar::new_spinner().with_style(
            ProgressStyle::with_template("{spinner} {pos} documents  {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        let mut total = Counts::default();
        for source in &self.sources {
            total += read_path(source, &mut collector, &mut |progress| match progress {
                Progress::Reading { document, .. } => bar.set_message((*document).to_owned()),
                Progress::Read { .. } => bar.inc(1),
                Progress::Skipped { .. } => {}
            })?;
        }
        for (name, count) in total.entries() {
            collector.builder.read_totals(name, count);
        }
        bar.set_message("writing the catalog");
        let report = collector.builder.write(&self.output)?;
        bar.finish_and_clear();
        if let Some(error) = collector.failed {
            return Err(error).context("the file of warnings cannot be written");
        }
        if let (Some(file), Some(path)) = (collector.warnings, &self.warnings) {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.persist(path).with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        self.json.print(&report, |out| print(out, &report, &self.output))?;
        Ok(Exit::Success)
    }
}

fn temporary_beside(path: &Path) -> anyhow::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .with_context(|| format!("{}: cannot be written", path.display()))
}

fn print(out: &mut dyn Write, report: &BuildReport, path: &Path) -> io::Result<()> {
    writeln!(out, "{}: {} bytes, SHA-256 {}", path.display(), report.size, report.digest)?;
    let sections = [
        ("Read", &report.read),
        ("Stored", &report.rows),
        ("Left out", &report.left_out),
        ("Superseding dropped", &report.supersedence_dropped),
        ("Fixed builds dropped", &report.builds_dropped),
        ("Publications disagree on", &report.conflicts),
        ("Faults in publications", &report.warnings),
    ];
    for (title, counts) in sections.into_iter().filter(|(_, counts)| !counts.is_empty()) {
        writeln!(out, "\n{title}")?;
        for (name, count) in counts {
            writeln!(out, "  {count:>9}  {name}")?;
        }
    }
    Ok(())
}
