use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use staunch_model::Assessment;
use staunch_report::{Format, write_comparison};

use crate::exit::{Exit, Failure};
use crate::output::OutputArgs;

/// Tell what changed between two scans
///
/// Both files are what `staunch scan --json` wrote, for one machine or several. The exit is 1 when
/// anything got worse on a machine that both have: an update newly missing, a setting newly weak,
/// a vulnerability newly open, an answer that can no longer be given, or support that ended.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Older scan
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// Newer scan; - for the standard input
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Form of the answer: text or json
    #[arg(long, short, default_value = "text")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch compare april.json may.json
  staunch scan --json --all hosts/* | staunch compare april.json -";

/// Largest scan that is read, in bytes.
const MAX_SIZE: u64 = 1 << 30;

/// A scan of one machine, or of several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scan {
    Several(Vec<Assessment>),
    One(Box<Assessment>),
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (old, new) = (read(&self.old)?, read(&self.new)?);
        let comparison = staunch_assess::compare(&old, &new);
        let format = if self.json { Format::Json } else { self.format };
        let style = self.output.style(false);
        self.output.write(|out| write_comparison(out, &comparison, format, &style))?;
        Ok(if comparison.worse { Exit::Missing } else { Exit::Success })
    }
}

fn read(path: &Path) -> Result<Vec<Assessment>, Failure> {
    let name = path.display();
    let refused = |message: String| Failure::new(Exit::Input, format!("{name}: {message}"));
    let bytes = bytes(path).map_err(|error| refused(error.to_string()))?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(refused(format!("expected at most {MAX_SIZE} bytes")));
    }
    let scan: Scan = match serde_json::from_slice(&bytes) {
        Ok(scan) => scan,
        Err(error) => {
            // What is wrong with a single machine says more than that nothing fits.
            let error = serde_json::from_slice::<Assessment>(&bytes).err().unwrap_or(error);
            return Err(refused(format!("expected a scan as JSON: {error}"))
                .hint("write it with `staunch scan --json -o FILE`"));
        }
    };
    let scan = match scan {
        Scan::Several(machines) => machines,
        Scan::One(machine) => vec![*machine],
    };
    match scan.iter().find(|machine| machine.schema != Assessment::SCHEMA) {
        None => Ok(scan),
        Some(other) => Err(refused(format!(
            "expected version {} of the schema, found {}",
            Assessment::SCHEMA,
            other.schema
        ))),
    }
}

fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
