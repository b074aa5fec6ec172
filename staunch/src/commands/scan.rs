use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use staunch_assess::{AssessError, Assessor, Machine, Options};
use staunch_model::{Assessment, Severity, Verdict, VulnerabilityId};
use staunch_report::{Format, write_mbsa, write_scan};

use crate::each::Names;
use crate::exit::{Exit, Failure};
use crate::inputs::TargetArgs;
use crate::output::{OutputArgs, write_whole};
use crate::shared::{CatalogArgs, TimeArgs};

/// Tell which updates machines miss
///
/// A target is a folder with a Windows installation, or a disk image with one: raw, qcow2, VHD,
/// VHDX or VMDK. Or it is an inventory of a machine: the output of systeminfo, wmic qfe,
/// Get-HotFix, dism /online /get-packages or osquery, or a facts file; files of one machine are put
/// together.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    targets: TargetArgs,
    /// Form of the answer: text, json, csv, sarif, html or mbsa
    ///
    /// mbsa is the XML of the Microsoft Baseline Security Analyzer; of several machines each gets
    /// a file in the folder that --output names.
    #[arg(long, short, default_value = "text")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// List every update with its verdict, not only what is missing or undetermined
    #[arg(long)]
    all: bool,
    /// List only updates that close one of these vulnerabilities
    #[arg(long, value_name = "CVE")]
    cve: Vec<VulnerabilityId>,
    /// List only updates of this severity or graver
    #[arg(long, value_name = "SEVERITY")]
    min_severity: Option<Severity>,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch scan /mnt/disk                         the folder of a Windows volume
  staunch scan disk.qcow2                        a disk image, which is not mounted
  staunch scan --live                            the machine that staunch runs on
  staunch scan systeminfo.txt
  staunch scan systeminfo.txt qfe.txt            two files of one machine
  staunch scan --format html -o fleet.html hosts/*
  staunch scan --format mbsa -o reports/ hosts/*  a file of MBSA for each machine
  staunch scan --as-of 2019-03-05 --json systeminfo.txt
  systeminfo | staunch scan -";

/// From this many machines on a progress bar is worth its lines.
const MANY: usize = 50;

/// The same for installations that are seen themselves, which takes longer than reading lists.
const MANY_SEEN: usize = 2;

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let assessor = self.catalog.assessor()?;
        let inputs = self.targets.read();
        let format = if self.json { Format::Json } else { self.format };
        if format == Format::Mbsa && inputs.machines.len() > 1 && self.output.folder().is_none() {
            return Err(one_file_each(inputs.machines.len()).into());
        }
        let options = Options {
            // MBSA's form lists what is installed too.
            all: self.all || format == Format::Mbsa,
            vulnerabilities: self.cve.clone(),
            min_severity: self.min_severity,
            ..self.time.options()
        };
        let mut assessments = Vec::new();
        let mut exit = inputs.report_failures();
        for result in assess_all(&assessor, &inputs.machines, &options) {
            match result {
                Ok(assessment) => assessments.push(assessment),
                Err(error) => exit = exit.max(crate::exit::report(&error)),
            }
        }
        if assessments.is_empty() {
            return Ok(exit);
        }
        if format == Format::Mbsa {
            self.write_mbsa(&assessments)?;
        } else {
            let style = self.output.style(self.all);
            self.output.write(|out| write_scan(out, &assessments, format, &style))?;
        }
        let missing = assessments
            .iter()
            .any(|found| found.findings.iter().any(|f| f.verdict == Verdict::Missing && f.offered));
        Ok(if missing { exit.max(Exit::Missing) } else { exit })
    }
}

impl Args {
    /// Writes MBSA's form: one document, or a file for each machine in a folder.
    fn write_mbsa(&self, assessments: &[Assessment]) -> anyhow::Result<()> {
        let scanned = self.time.scanned();
        match (self.output.folder(), assessments) {
            (None, [one]) => self.output.write(|out| write_mbsa(out, one, scanned)),
            (None, several) => Err(one_file_each(several.len()).into()),
            (Some(folder), several) => {
                let mut names = Names::default();
                for assessment in several {
                    let name = names.of(assessment.machine.name.as_deref(), "mba");
                    write_whole(&folder.join(name), |out| write_mbsa(out, assessment, scanned))?;
                }
                Ok(())
            }
        }
    }
}

fn one_file_each(machines: usize) -> Failure {
    let message = format!("MBSA's form has one document for one machine, and there are {machines}");
    Failure::new(Exit::Usage, message).hint("name a folder for them: --output FOLDER")
}

/// Assesses the machines in parallel, in their order.
fn assess_all(
    assessor: &Assessor,
    machines: &[Machine],
    options: &Options,
) -> Vec<anyhow::Result<Assessment>> {
    let is_seen = machines.iter().any(|machine| machine.seen.is_some());
    let many = if is_seen { MANY_SEEN } else { MANY };
    let bar = if machines.len() >= many {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} machines  {eta} left");
        ProgressBar::new(machines.len() as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    } else {
        ProgressBar::hidden()
    };
    let assess = |machine: &Machine| -> anyhow::Result<Assessment> {
        let result = assessor.assess(machine, options).map_err(|error| named(machine, error));
        bar.inc(1);
        result
    };
    let results = match machines {
        [one] => vec![assess(one)],
        many => many.par_iter().map(assess).collect(),
    };
    bar.finish_and_clear();
    results
}

/// Puts the files of the machine before what is wrong with it.
pub(super) fn named(machine: &Machine, error: AssessError) -> anyhow::Error {
    match error {
        AssessError::UnknownSystem(_) => {
            Failure::new(Exit::Machine, format!("{}: {error}", machine.inputs.join(", ")))
                .hint("`staunch catalog stats` says what the catalog covers")
                .into()
        }
        AssessError::Catalog(_) => error.into(),
    }
}
