//! The default catalog, which is committed compressed and unpacked by the build of the program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use staunch_catalog::Builder;
use staunch_model::{Record, SourceWarning};
use staunch_source::{Sink, read_path};

use crate::process;

/// Folder of the default catalog, relative to the root.
const FOLDER: &str = "catalog/data";

/// What the default catalog is built from, relative to the folder of published data.
const SOURCES: &[&str] =
    &["cvrf", "wesng/definitions.zip", "mssecure/mssecure.xml", "bulletins", "seeds"];

/// Support dates of Windows, relative to the root.
const LIFECYCLE: &str = "catalog/data/lifecycle.toml";

/// Compression that is slow once and quick to undo in every build.
const LEVEL: i32 = 19;

/// Options of `catalog`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder with the published data
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
}

/// Passes what publications say on to the builder.
struct Feed(Builder);

impl Sink for Feed {
    fn record(&mut self, record: Record) {
        self.0.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        self.0.warn(&warning);
    }
}

/// Builds the catalog, and writes it compressed with the report of the build beside it: its
/// digest, its date and its counts.
///
/// # Errors
/// When the data is absent or unreadable, and when a file cannot be written.
pub(crate) fn build(arguments: &Arguments) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        // Without optimisation the build takes minutes.
        let mut optimised = process::cargo();
        optimised.args(["run", "--quiet", "--release", "--package", "xtask", "--", "catalog"]);
        return process::run(optimised.arg("--data").arg(&arguments.data));
    }
    let root = process::workspace_root();
    let data = root.join(&arguments.data);
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let plain = scratch.path().join("default.sqlite");

    let report =
        read(&root.join(LIFECYCLE), &data)?.write(&plain).context("cannot build the catalog")?;
    let bytes = fs::read(&plain).context("cannot read the catalog that was built")?;
    let packed = zstd::encode_all(&*bytes, LEVEL).context("cannot compress the catalog")?;

    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {FOLDER}"))?;
    write(&folder.join("default.sqlite.zst"), &packed)?;
    let mut text = serde_json::to_string_pretty(&report).context("cannot write the report")?;
    text.push('\n');
    write(&folder.join("default.json"), text.as_bytes())?;
    println!("{} bytes, {} compressed, sha-256 {}", report.size, packed.len(), report.digest);
    Ok(())
}

fn read(lifecycle: &Path, data: &Path) -> anyhow::Result<Builder> {
    let mut feed = Feed(Builder::new());
    let published = SOURCES.iter().map(|source| data.join(source));
    for path in published.chain([lifecycle.to_owned()]) {
        if !path.exists() {
            bail!("no published data at {}", path.display());
        }
        let counts = read_path(&path, &mut feed, &mut |_| {})
            .with_context(|| format!("cannot read {}", path.display()))?;
        for (name, count) in counts.entries() {
            feed.0.read_totals(name, count);
        }
        let source = path.file_name().unwrap_or_default().display();
        println!("{source}: {} documents, {} records", counts.documents, counts.records);
    }
    Ok(feed.0)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
