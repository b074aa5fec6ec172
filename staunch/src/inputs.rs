//! Targets on the command line to machines.

mod foreign;
mod live;
mod target;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use staunch_assess::Machine;
use staunch_machine::{
    Facts, Inventory, MAX_SIZE, group, merge, operating_system, read_inventory, seen_in,
};

use crate::exit::{Exit, Failure};

pub(crate) use foreign::foreign;
pub(crate) use target::medium;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(crate) struct TargetArgs {
    /// Folder, disk image or inventory files of a machine; - for the standard input
    ///
    /// A folder stands for the drive of a Windows installation. A disk image is raw, qcow2, VHD,
    /// VHDX or VMDK. An inventory is the output of systeminfo, wmic qfe, Get-HotFix, dism /online
    /// /get-packages or osquery, a facts file, an export of the
    /// registry, or a report of MBSA; files of one machine are put
    /// together.
    #[arg(required_unless_present = "live", value_name = "TARGET")]
    targets: Vec<PathBuf>,
    /// This machine itself, where it runs Windows of 64 bits
    #[arg(long)]
    live: bool,
    /// Which installation of a folder or disk image that has several, counted from 1
    #[arg(long, value_name = "N")]
    installation: Option<usize>,
}

/// The machines behind the targets, and what could not be made one.
pub(crate) struct Inputs {
    pub(crate) machines: Vec<Machine>,
    pub(crate) failures: Vec<Failure>,
}

/// What was read of one target.
enum Part {
    Inventory(Box<Inventory>),
    Machine(Box<Machine>),
}

impl TargetArgs {
    /// Reads the targets, on all cores, and puts the inventory files of one machine together.
    ///
    /// What is seen itself is a machine of its own: a list from another day says nothing about it.
    pub(crate) fn read(&self) -> Inputs {
        let read = |path: &PathBuf| self.part(path);
        let parts: Vec<Result<Part, Failure>> = match self.targets.as_slice() {
            [one] => vec![read(one)],
            many => many.par_iter().map(read).collect(),
        };
        let itself = self.live.then(|| live::see().map(|machine| Part::Machine(machine.into())));
        let (mut machines, mut inventories, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts.into_iter().chain(itself) {
            match part {
                Ok(Part::Inventory(inventory)) => inventories.push(*inventory),
                Ok(Part::Machine(machine)) => machines.push(*machine),
                Err(failure) => failures.push(failure),
            }
        }
        for parts in group(inventories) {
            match machine(parts) {
                Ok(machine) => machines.push(machine),
                Err(failure) => failures.push(failure),
            }
        }
        let names: Vec<String> = self.targets.iter().map(|p| p.display().to_string()).collect();
        machines.sort_by_key(|machine| names.iter().position(|name| machine.inputs.contains(name)));
        Inputs { machines, failures }
    }

    fn part(&self, path: &Path) -> Result<Part, Failure> {
        if target::is_target(path)? {
            return target::see(path, self.installation)
                .map(|machine| Part::Machine(machine.into()));
        }
        if self.installation.is_some() {
            let message = format!(
                "{}: expected a folder or a disk image with --installation, found neither",
                path.display()
            );
            return Err(Failure::new(Exit::Input, message));
        }
        read_file(path).map(|inventory| Part::Inventory(inventory.into()))
    }
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
    let failed = |error: std::io::Error| Failure::new(Exit::Input, format!("{name}: {error}"));
    if std::fs::metadata(path).is_ok_and(|metadata| target::is_seekable(&metadata))
        && let Some(foreign) = foreign(path).map_err(failed)?
    {
        let message =
            format!("{name}: expected an inventory or a disk with Windows, found {}", foreign.name);
        return Err(Failure::new(Exit::Input, message).hint(foreign.hint));
    }
    let bytes = read_bytes(path).map_err(failed)?;
    read_inventory(&name, &bytes).map_err(|error| {
        Failure::of(Exit::Input, &error).hint(
            "staunch reads folders and disk images with Windows on them, the output of \
             systeminfo, wmic qfe, Get-HotFix, dism /get-packages, osquery, exports of the registry, \
             its own facts file, and reports of MBSA",
        )
    })
}

/// Reads a file or the standard input, one byte more than an inventory may have at most.
pub(crate) fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
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
    let seen = seen_in(&parts).map_err(|error| Failure::of(Exit::Machine, &error))?;
    let (facts, warnings) = merge(parts).map_err(|error| Failure::of(Exit::Machine, &error))?;
    let system = operating_system(&facts)
        .map_err(|error| Failure::new(Exit::Machine, format!("{}: {error}", inputs.join(", "))))?;
    let seen = seen.map(|seen| seen as Arc<dyn Facts>);
    Ok(Machine { system, facts, seen, inputs, warnings })
}
