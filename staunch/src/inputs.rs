//! Files on the command line to machines.

use std::io::Read;
use std::path::{Path, PathBuf};

use staunch_assess::Machine;
use staunch_machine::{Inventory, MAX_SIZE, group, merge, operating_system, read_inventory};

use crate::exit::{Exit, Failure};

/// The machines behind the files, and what could not be made one.
pub(crate) struct Inputs {
    pub(crate) machines: Vec<Machine>,
    pub(crate) failures: Vec<Failure>,
}

/// Reads the files and puts those of one machine together.
pub(crate) fn read(files: &[PathBuf]) -> Inputs {
    let mut inventories = Vec::new();
    let mut failures = Vec::new();
    for path in files {
        match read_file(path) {
            Ok(inventory) => inventories.push(inventory),
            Err(failure) => failures.push(failure),
        }
    }
    let mut machines = Vec::new();
    for parts in group(inventories) {
        match machine(parts) {
            Ok(machine) => machines.push(machine),
            Err(failure) => failures.push(failure),
        }
    }
    Inputs { machines, failures }
}

impl Inputs {
    /// Prints every failure and returns the exit that the gravest deserves.
    pub(crate) fn report_failures(&self) -> Exit {
        for failure in &self.failures {
            eprintln!("error: {failure}");
            if let Some(hint) = &failure.hint {
                eprintln!("hint: {hint}");
            }
        }
        self.failures.iter().map(|failure| failure.exit).max().unwrap_or(Exit::Success)
    }
}

fn read_file(path: &Path) -> Result<Inventory, Failure> {
    let name = path.display().to_string();
    let bytes = read_bytes(path).map_err(|error| {
        let failure = Failure::new(Exit::Input, format!("{name}: {error}"));
        if path.is_dir() {
            failure.hint("name the files in it, for example with a pattern such as hosts/*")
        } else {
            failure
        }
    })?;
    read_inventory(&name, &bytes).map_err(|error| {
        Failure::of(Exit::Input, &error).hint(
            "staunch reads the output of systeminfo, wmic qfe, Get-HotFix, dism /get-packages, \
             osquery, and its own facts file",
        )
    })
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut bounded: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock().take(MAX_SIZE as u64 + 1))
    } else {
        Box::new(std::fs::File::open(path)?.take(MAX_SIZE as u64 + 1))
    };
    bounded.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn machine(parts: Vec<Inventory>) -> Result<Machine, Failure> {
    let inputs: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let (facts, warnings) = merge(parts).map_err(|error| Failure::of(Exit::Machine, &error))?;
    let system = operating_system(&facts)
        .map_err(|error| Failure::new(Exit::Machine, format!("{}: {error}", inputs.join(", "))))?;
    Ok(Machine { system, facts, seen: None, inputs, warnings })
}
