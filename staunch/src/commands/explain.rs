use staunch_model::{KbNumber, VulnerabilityId};
use staunch_report::{Format, write_explanation};

use super::scan::named;
use crate::exit::Exit;
use crate::inputs::TargetArgs;
use crate::output::OutputArgs;
use crate::shared::{CatalogArgs, TimeArgs};

/// Tell why an update is missing or not, or whether a vulnerability is closed
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Update (KB4487017) or vulnerability (CVE-2019-0803, ADV190005)
    subject: Subject,
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
  staunch explain KB4487017 systeminfo.txt
  staunch explain CVE-2019-0803 systeminfo.txt qfe.txt";

#[derive(Debug, Clone, Copy)]
enum Subject {
    Update(KbNumber),
    Vulnerability(VulnerabilityId),
}

impl std::str::FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Vulnerability).or_else(|_| text.parse().map(Self::Update)).map_err(
            |_| {
                "expected an update such as KB4487017 or a vulnerability such as CVE-2019-0803"
                    .into()
            },
        )
    }
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let assessor = self.catalog.assessor()?;
        let inputs = self.targets.read();
        let mut exit = inputs.report_failures();
        let options = self.time.options();
        let mut explanations = Vec::new();
        for machine in &inputs.machines {
            let explained = match self.subject {
                Subject::Update(kb) => assessor.explain_update(machine, &options, kb),
                Subject::Vulnerability(id) => assessor.explain_vulnerability(machine, &options, id),
            };
            match explained {
                Ok(explanation) => explanations.push(explanation),
                Err(error) => exit = exit.max(crate::exit::report(&named(machine, error))),
            }
        }
        if explanations.is_empty() {
            return Ok(exit);
        }
        let format = if self.json { Format::Json } else { self.format };
        let style = self.output.style(true);
        self.output.write(|out| write_explanation(out, &explanations, format, &style))?;
        Ok(exit)
    }
}
