use staunch_machine::{MAX_SIZE, collect, facts_json};

use crate::exit::{Exit, Failure};
use crate::inputs::TargetArgs;
use crate::output::OutputArgs;

/// Write what scanning needs of a machine into one facts file
///
/// The file is scanned elsewhere with the same answers. Passwords and the contents of files are not
/// carried; docs/facts.md says what it has.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch collect disk.qcow2 -o kiosk.json
  staunch collect /mnt/disk | gzip > kiosk.json.gz
  staunch scan kiosk.json";

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let inputs = self.targets.read();
        let exit = inputs.report_failures();
        let machine = match inputs.machines.as_slice() {
            [one] => one,
            [] => return Ok(exit),
            several => {
                let message = format!("expected one machine, found {}", several.len());
                return Err(Failure::new(Exit::Machine, message)
                    .hint("a facts file has one machine; collect them one by one")
                    .into());
            }
        };
        let seen = machine.seen.as_deref().map(collect);
        let text = facts_json(&machine.facts, seen.as_ref());
        if text.len() > MAX_SIZE {
            let message = format!(
                "{}: expected at most {MAX_SIZE} bytes of facts, found {}",
                machine.inputs.join(", "),
                text.len()
            );
            return Err(Failure::new(Exit::Machine, message).into());
        }
        self.output.write(|out| out.write_all(text.as_bytes()))?;
        Ok(exit)
    }
}
