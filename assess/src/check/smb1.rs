use staunch_model::{Collected, Family, Severity};

use super::{Check, Outcome, Subject};

const SERVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters";

pub(super) const CHECK: Check = Check {
    id: "smb1",
    title: "The server does not speak SMB version 1",
    severity: Severity::Critical,
    remedy: "Set SMB1 to 0 under LanmanServer\\Parameters, or remove the feature \
             SMB1Protocol; where nothing newer is spoken, cut the machine off from the network",
    source: "Microsoft Learn, \"Detect, enable and disable SMBv1, SMBv2, and SMBv3\"; MS17-010",
    reads: &[SERVER, r"HKLM\SYSTEM\CurrentControlSet\Services\srv"],
    judge,
};

/// Since version 1709 Windows 10 comes without the server of version 1.
const FIRST_BUILD_WITHOUT: u32 = 16_299;

fn judge(subject: &Subject<'_>) -> Outcome {
    if subject.system.family < Family::WindowsVista {
        return Outcome::weak("this Windows speaks no newer version");
    }
    let driver = subject.facts.key(r"HKLM\SYSTEM\CurrentControlSet\Services\srv");
    match subject.facts.number(SERVER, "SMB1") {
        Collected::Known(0) => return Outcome::sound("SMB1 is 0"),
        Collected::Known(value) => return Outcome::weak(format!("SMB1 is {value}")),
        Collected::NotCollected => return Outcome::unseen(&format!("{SERVER}\\SMB1")),
        Collected::Absent => {}
    }
    match (driver, subject.machine.build.known().map(|build| build.build())) {
        (Collected::Absent, _) => Outcome::sound("the server of version 1 is not installed"),
        (_, Some(build)) if build < FIRST_BUILD_WITHOUT => {
            Outcome::weak("SMB1 is not set, and this Windows then speaks version 1")
        }
        (Collected::Known(_), _) => {
            Outcome::weak("SMB1 is not set, and the server of version 1 is installed")
        }
        (Collected::NotCollected, _) => Outcome::unseen(r"the service srv"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::verdicts;
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict;

    fn with(value: Option<u32>, has_driver: bool) -> Memory {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SYSTEM\CurrentControlSet");
        value.map(|value| facts.set_u32(SERVER, "SMB1", value));
        if has_driver {
            facts.add_key(r"HKLM\SYSTEM\CurrentControlSet\Services\srv");
        }
        facts
    }

    #[test]
    fn the_value_decides_and_then_the_driver() {
        verdicts(
            &CHECK,
            [
                (with(Some(0), true), CheckVerdict::Sound),
                (with(Some(1), false), CheckVerdict::Weak),
                (with(None, true), CheckVerdict::Weak),
                (with(None, false), CheckVerdict::Sound),
                (Memory::default(), CheckVerdict::Undetermined),
            ],
        );
    }
}
