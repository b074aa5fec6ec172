use staunch_model::{KbNumber, Verdict};
use staunch_report::{Format, write_verification};

use crate::exit::Exit;
use crate::machines::MachineArgs;

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
    machines: MachineArgs,
    /// Form of the answer: text or json
    #[arg(long, short, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  staunch verify KB840374 /mnt/xp
  staunch verify KB4012598 disk.qcow2 --json";

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let options = self.machines.options();
        let machines = self.machines.read()?;
        let (verifications, exit) =
            machines.ask(|assessor, machine| assessor.verify(machine, &options, self.kb));
        self.machines.write(&verifications, self.format, true, write_verification)?;
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
