//! What the commands that ask about machines have in common.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use staunch_assess::{AssessError, Assessor, Machine, Options};
use staunch_model::{DateTime, VulnerabilityId};
use staunch_report::{Format, TextStyle};

use crate::exit::{Exit, Failure};
use crate::inputs::{Inputs, TargetArgs};
use crate::output::OutputArgs;
use crate::shared::{CatalogArgs, TimeArgs};

/// The machines to ask about, and how to answer.
#[derive(Debug, clap::Args)]
pub(crate) struct MachineArgs {
    #[command(flatten)]
    targets: TargetArgs,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What was read of the targets, with the catalog to put it before.
pub(crate) struct Machines {
    assessor: Assessor,
    inputs: Inputs,
}

/// From this many machines on a progress bar is worth its lines.
const MANY: usize = 50;

/// The same for installations that are seen themselves, which takes longer than reading lists.
const MANY_SEEN: usize = 2;

impl MachineArgs {
    /// Opens the catalog and reads the targets.
    pub(crate) fn read(&self) -> anyhow::Result<Machines> {
        Ok(Machines { assessor: self.catalog.assessor()?, inputs: self.targets.read() })
    }

    /// Returns the options that the arguments make.
    pub(crate) fn options(&self) -> Options {
        self.time.options()
    }

    /// Returns when the scan was made, in UTC; of a scan for another day its beginning.
    pub(crate) fn scanned(&self) -> DateTime {
        self.time.scanned()
    }

    /// Returns the form of the answer: JSON where it is asked for shortly.
    pub(crate) fn format(&self, format: Format) -> Format {
        if self.json { Format::Json } else { format }
    }

    /// Writes the answers, unless there is none.
    pub(crate) fn write<T>(
        &self,
        answers: &[T],
        format: Format,
        all: bool,
        document: impl FnOnce(&mut dyn Write, &[T], Format, &TextStyle) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        if answers.is_empty() {
            return Ok(());
        }
        let style = self.output.style(all);
        self.output.write(|out| document(out, answers, self.format(format), &style))
    }
}

impl Machines {
    /// Refuses vulnerabilities that no update of the catalog closes: an answer without them would
    /// read as if they were closed.
    pub(crate) fn expect_known(&self, ids: &[VulnerabilityId]) -> anyhow::Result<()> {
        for id in ids {
            if !self.assessor.knows(*id)? {
                let message = format!("no update in the catalog closes {id}");
                let hint = "`staunch catalog stats` says how far the catalog reaches";
                return Err(Failure::new(Exit::Input, message).hint(hint).into());
            }
        }
        Ok(())
    }

    /// Counts the machines that could be read.
    pub(crate) fn len(&self) -> usize {
        self.inputs.machines.len()
    }

    /// Asks about every machine, in parallel and in their order. What fails is printed, and the
    /// exit is what the gravest failure deserves.
    pub(crate) fn ask<T: Send>(
        &self,
        ask: impl Fn(&Assessor, &Machine) -> Result<T, AssessError> + Sync,
    ) -> (Vec<T>, Exit) {
        let machines = &self.inputs.machines;
        let bar = bar(machines);
        let ask = |machine: &Machine| {
            let result = ask(&self.assessor, machine).map_err(|error| named(machine, error));
            bar.inc(1);
            result
        };
        let results: Vec<anyhow::Result<T>> = match machines.as_slice() {
            [one] => vec![ask(one)],
            many => many.par_iter().map(ask).collect(),
        };
        bar.finish_and_clear();
        let mut exit = self.inputs.report_failures();
        let mut answers = Vec::new();
        for result in results {
            match result {
                Ok(answer) => answers.push(answer),
                Err(error) => exit = exit.max(crate::exit::report(&error)),
            }
        }
        (answers, exit)
    }
}

fn bar(machines: &[Machine]) -> ProgressBar {
    let is_seen = machines.iter().any(|machine| machine.seen.is_some());
    if machines.len() < if is_seen { MANY_SEEN } else { MANY } {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} machines  {eta} left");
    ProgressBar::new(machines.len() as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Puts the files of the machine before what is wrong with it.
fn named(machine: &Machine, error: AssessError) -> anyhow::Error {
    match error {
        AssessError::UnknownSystem(_) => {
            Failure::new(Exit::Machine, format!("{}: {error}", machine.inputs.join(", ")))
                .hint("`staunch catalog stats` says what the catalog covers")
                .into()
        }
        AssessError::Catalog(_) => error.into(),
    }
}
