use staunch_report::{Format, write_plan};

use super::scan::named;
use crate::exit::Exit;
use crate::inputs::TargetArgs;
use crate::output::OutputArgs;
use crate::shared::{CatalogArgs, TimeArgs};

/// Tell the least to install, in order, with restarts and what each step closes
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    targets: TargetArgs,
    /// Form of the answer: text, json or csv
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
  staunch plan systeminfo.txt
  staunch plan --json hosts/*";

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let assessor = self.catalog.assessor()?;
        let inputs = self.targets.read();
        let mut exit = inputs.report_failures();
        let mut plans = Vec::new();
        for machine in &inputs.machines {
            match assessor.plan(machine, &self.time.options()) {
                Ok(plan) => plans.push(plan),
                Err(error) => exit = exit.max(crate::exit::report(&named(machine, error))),
            }
        }
        if plans.is_empty() {
            return Ok(exit);
        }
        let format = if self.json { Format::Json } else { self.format };
        let style = self.output.style(false);
        self.output.write(|out| write_plan(out, &plans, format, &style))?;
        let missing = plans.iter().any(|plan| !plan.steps.is_empty());
        Ok(if missing { exit.max(Exit::Missing) } else { exit })
    }
}
