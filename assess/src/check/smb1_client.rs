use staunch_model::{Family, Severity};

use super::{Check, Outcome, ServiceStart, Subject, Unseen};

const CLIENT: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\mrxsmb10";

pub(super) const CHECK: Check = Check {
    id: "smb1-client",
    title: "The client does not speak SMB version 1",
    severity: Severity::Important,
    remedy: "Remove the feature SMB1Protocol-Client, or take mrxsmb10 out of what \
             LanmanWorkstation depends on and set its Start to 4",
    source: "Microsoft Learn, \"Detect, enable and disable SMBv1, SMBv2, and SMBv3\"; CIS \
             Benchmarks, \"Configure SMB v1 client driver\"",
    reads: &[CLIENT],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::WindowsVista {
        return Ok(Outcome::weak("this Windows speaks no newer version"));
    }
    Ok(match subject.service("mrxsmb10")? {
        None => Outcome::sound("the driver mrxsmb10 is not installed"),
        Some(ServiceStart::Disabled) => Outcome::sound("the driver mrxsmb10 is disabled"),
        Some(ServiceStart::Automatic | ServiceStart::Manual) => {
            Outcome::weak("the driver mrxsmb10 is installed and not disabled")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{Sound, Weak};

    #[test]
    fn the_driver_decides() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, Weak, "this Windows speaks no newer version"),
                (WINDOWS_10, |_| {}, Sound, "the driver mrxsmb10 is not installed"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(CLIENT, "Start", 4),
                    Sound,
                    "the driver mrxsmb10 is disabled",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = facts.set_u32(CLIENT, "Start", 3),
                    Weak,
                    "the driver mrxsmb10 is installed and not disabled",
                ),
            ],
        );
    }
}
