use staunch_report::{Format, write_plan};

use crate::exit::Exit;
use crate::machines::MachineArgs;

/// Tell the least to install, in order, with restarts and what each step closes
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    machines: MachineArgs,
    /// Form of the answer: text, json or csv
    #[arg(long, short, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  staunch plan disk.qcow2
  staunch plan systeminfo.txt
  staunch plan --json hosts/*";

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let options = self.machines.options();
        let (plans, exit) =
            self.machines.read()?.ask(|assessor, machine| assessor.plan(machine, &options));
        self.machines.write(&plans, self.format, false, write_plan)?;
        let missing = plans.iter().any(|plan| !plan.steps.is_empty());
        Ok(if missing { exit.max(Exit::Missing) } else { exit })
    }
}
