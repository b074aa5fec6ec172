use staunch_assess::Options;
use staunch_model::{Assessment, Finding, Severity, Verdict, VulnerabilityId};
use staunch_report::{Format, write_mbsa, write_scan};

use crate::each::Names;
use crate::exit::{Exit, Failure};
use crate::machines::MachineArgs;
use crate::output::write_whole;

/// Tell which updates machines miss
///
/// Weak settings are told too, where a machine itself is seen and not only a list of its updates.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    machines: MachineArgs,
    /// Form of the answer: text, json, csv, sarif, html or mbsa
    ///
    /// mbsa is the XML of the Microsoft Baseline Security Analyzer; of several machines each gets
    /// a file in the folder that --output names.
    #[arg(long, short, default_value = "text")]
    format: Format,
    /// List every update with its verdict, not only what is missing or undetermined
    #[arg(long)]
    all: bool,
    /// List only updates that close one of these vulnerabilities; the counts stay those of all
    #[arg(long, value_name = "CVE")]
    cve: Vec<VulnerabilityId>,
    /// List only updates of this severity or graver; the counts stay those of all
    #[arg(long, value_name = "SEVERITY")]
    min_severity: Option<Severity>,
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

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let machines = self.machines.read()?;
        machines.expect_known(&self.cve)?;
        let format = self.machines.format(self.format);
        let is_mbsa = format == Format::Mbsa;
        if is_mbsa && machines.len() > 1 && self.machines.output.folder().is_none() {
            return Err(one_file_each(machines.len()).into());
        }
        let options = Options {
            // MBSA's form lists what is installed too.
            all: self.all || is_mbsa,
            vulnerabilities: self.cve.clone(),
            min_severity: self.min_severity,
            ..self.machines.options()
        };
        let (assessments, exit) =
            machines.ask(|assessor, machine| assessor.assess(machine, &options));
        if is_mbsa {
            self.write_mbsa(&assessments)?;
        } else {
            self.machines.write(&assessments, format, self.all, write_scan)?;
        }
        // What is listed with --all only has not to be installed.
        let asks = |finding: &Finding| finding.verdict == Verdict::Missing && finding.is_listed();
        let missing = assessments.iter().any(|machine| machine.findings.iter().any(asks));
        Ok(if missing { exit.max(Exit::Missing) } else { exit })
    }

    /// Writes MBSA's form: one document, or a file for each machine in a folder.
    fn write_mbsa(&self, assessments: &[Assessment]) -> anyhow::Result<()> {
        let (scanned, output) = (self.machines.scanned(), &self.machines.output);
        match (output.folder(), assessments) {
            (_, []) => Ok(()),
            (None, [one]) => output.write(|out| write_mbsa(out, one, scanned)),
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
