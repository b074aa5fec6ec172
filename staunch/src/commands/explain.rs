use staunch_model::{KbNumber, VulnerabilityId};
use staunch_report::{Format, write_explanation};

use crate::exit::Exit;
use crate::machines::MachineArgs;

/// Tell why an update is missing or not, or whether a vulnerability is closed
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Update (KB4487017) or vulnerability (CVE-2019-0803, ADV190005)
    subject: Subject,
    #[command(flatten)]
    machines: MachineArgs,
    /// Form of the answer: text or json
    #[arg(long, short, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  staunch explain KB840374 disk.qcow2
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
        let options = self.machines.options();
        let machines = self.machines.read()?;
        let (explanations, exit) = machines.ask(|assessor, machine| match self.subject {
            Subject::Update(kb) => assessor.explain_update(machine, &options, kb),
            Subject::Vulnerability(id) => assessor.explain_vulnerability(machine, &options, id),
        });
        self.machines.write(&explanations, self.format, true, write_explanation)?;
        Ok(exit)
    }
}
