//! What a file is: hives, executables, disks, cabinets, inventories, reports.

mod disk;
mod executable;
mod hive;
mod page;
mod text;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::exit::{Exit, Failure, report};
use crate::inputs::foreign;

/// Version of the form of the JSON objects, described in docs/inspect.md.
const SCHEMA: u32 = 1;

/// Tell what files are
///
/// Registry hives with their transaction logs, executables, disk images, cabinets, inventories and
/// reports of MBSA are told apart by their content.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files of any of these kinds
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object for each file, one on a line
    #[arg(long)]
    json: bool,
    /// Leave the transaction logs beside a hive unread
    #[arg(long)]
    no_logs: bool,
    /// Print every key and value of a hive
    #[arg(long)]
    list: bool,
}

const EXAMPLES: &str = "\
Examples:
  staunch inspect SYSTEM NTUSER.DAT
  staunch inspect --list SOFTWARE
  staunch inspect --json disk.qcow2 ntdll.dll update.cab";

/// One file and what it is.
#[derive(Serialize)]
struct Inspected {
    schema: u32,
    file: String,
    #[serde(flatten)]
    subject: Subject,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Subject {
    Hive(hive::Hive),
    Pe(executable::Pe),
    Disk(disk::Disk),
    Cabinet(executable::Cabinet),
    Inventory(text::Inventory),
    Mbsa(text::Mbsa),
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut exit = Exit::Success;
        for path in &self.files {
            match self.inspect(path) {
                Ok(inspected) if self.json => {
                    serde_json::to_writer(&mut out, &inspected).map_err(io::Error::from)?;
                    out.write_all(b"\n")?;
                }
                Ok(inspected) => inspected.write(&mut out)?,
                Err(failure) => {
                    out.flush()?;
                    exit = exit.max(report(&failure.into()));
                }
            }
        }
        out.flush()?;
        Ok(exit)
    }

    fn inspect(&self, path: &Path) -> Result<Inspected, Failure> {
        let file = path.display().to_string();
        let failed = |error: io::Error| Failure::new(Exit::Input, format!("{file}: {error}"));
        if path.is_dir() {
            let failure =
                Failure::new(Exit::Input, format!("{file}: expected a file, found a folder"));
            return Err(failure.hint("`staunch scan` takes folders with a Windows installation"));
        }
        let mut head = Vec::new();
        File::open(path).and_then(|file| file.take(16).read_to_end(&mut head)).map_err(failed)?;
        let subject = if head.starts_with(b"regf") {
            Subject::Hive(hive::inspect(path, !self.no_logs, self.list)?)
        } else if head.starts_with(b"MZ") {
            Subject::Pe(executable::pe(path)?)
        } else if head.starts_with(staunch_format::cabinet::SIGNATURE) {
            Subject::Cabinet(executable::cabinet(path)?)
        } else if let Some(foreign) = foreign(path).map_err(failed)? {
            let message =
                format!("{file}: expected a file that staunch reads, found {}", foreign.name);
            return Err(Failure::new(Exit::Input, message).hint(foreign.hint));
        } else if staunch_machine::is_disk_image(path).map_err(failed)? {
            Subject::Disk(disk::inspect(path)?)
        } else {
            text::inspect(path)?
        };
        Ok(Inspected { schema: SCHEMA, file, subject })
    }
}

impl Inspected {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut page = page::Page::new(out, &self.file);
        match &self.subject {
            Subject::Hive(hive) => hive.write(&mut page),
            Subject::Pe(pe) => pe.write(&mut page),
            Subject::Disk(disk) => disk.write(&mut page),
            Subject::Cabinet(cabinet) => cabinet.write(&mut page),
            Subject::Inventory(inventory) => inventory.write(&mut page),
            Subject::Mbsa(mbsa) => mbsa.write(&mut page),
        }
    }
}
