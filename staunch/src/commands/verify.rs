use staunch_model::{KbNumber, Verdict};
use staunch_report::{Format, write_verification};

use super::scan::named;
use crate::exit::Exit;
use crate::inputs::TargetArgs;
use crate::output::OutputArgs;
use crate::shared::{CatalogArgs, TimeArgs};

/// Compare one update with what is on a machine, file by file and key by key
///
/// Ends with 0 when the update is in force or not needed, with 1 when it is missing, and with 6 when
/// a restart is outstanding or what would decide cannot be seen.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Update, such as KB840374
    kb: KbNumber,
    #[command(flatten)]
    targets: TargetArgs,
    /// Form of the answer: text or json
    #[arg(long, short, default_value = "text")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch verify KB840374 /mnt/xp
  staunch verify KB4012598 disk.qcow2 --json";

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let assessor = self.catalog.assessor()?;
        let inputs = self.targets.read();
        let mut exit = inputs.report_failures();
        let options = self.time.options();
        let mut verifications = Vec::new();
        for machine in &inputs.machines {
            match assessor.verify(machine, &options, self.kb) {
                Ok(verification) => verifications.push(verification),
                Err(error) => exit = exit.max(crate::exit::report(&named(machine, error))),
            }
        }
        if verifications.is_empty() {
            return Ok(exit);
        }
        let format = if self.json { Format::Json } else { self.format };
        let style = self.output.style(true);
        self.output.write(|out| write_verification(out, &verifications, format, &style))?;
        Ok(verifications.iter().map(|found| deserved(found.verdict)).fold(exit, Exit::max))
    }
}

fn deserved(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Missing => Exit::Missing,
        Verdict::Undetermined | Verdict::PendingReboot => Exit::Open,
        Verdict::Installed
        | Verdict::Superseded
        | Verdict::IncludedInServicePack
        | Verdict::NotApplicable => Exit::Success,
    }
}
