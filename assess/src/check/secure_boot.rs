use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const STATE: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State";
const CONTROL: &str = r"HKLM\SYSTEM\CurrentControlSet\Control";

/// What `PEFirmwareType` says of a machine that a BIOS starts.
const BIOS: u64 = 1;

pub(super) const CHECK: Check = Check {
    id: "secure-boot",
    title: "Secure Boot is on",
    severity: Severity::Moderate,
    remedy: "Turn Secure Boot on in the settings of the firmware",
    source: "Microsoft Learn, \"Secure boot\"; DISA STIG for Windows 10, WN10-00-000020",
    reads: &[STATE, r"HKLM\SYSTEM\CurrentControlSet\Control\"],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::Windows8 {
        return Ok(Outcome::not_applicable("this Windows does not know Secure Boot"));
    }
    Ok(match subject.number(STATE, "UEFISecureBootEnabled")? {
        Some(0) => Outcome::weak("UEFISecureBootEnabled is 0"),
        Some(value) => Outcome::sound(format!("UEFISecureBootEnabled is {value}")),
        None if subject.number(CONTROL, "PEFirmwareType")? == Some(BIOS) => {
            Outcome::not_applicable("a BIOS starts the machine (PEFirmwareType is 1)")
        }
        None => Outcome::undetermined("UEFISecureBootEnabled is not there"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn the_last_start_says_whether_it_is_on() {
        table(
            &CHECK,
            &[
                (WINDOWS_7, |_| {}, NotApplicable, "this Windows does not know Secure Boot"),
                (WINDOWS_10, |_| {}, Undetermined, "UEFISecureBootEnabled is not there"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(CONTROL, "PEFirmwareType", 1),
                    NotApplicable,
                    "a BIOS starts the machine (PEFirmwareType is 1)",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(STATE, "UEFISecureBootEnabled", 0),
                    Weak,
                    "UEFISecureBootEnabled is 0",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(STATE, "UEFISecureBootEnabled", 1),
                    Sound,
                    "UEFISecureBootEnabled is 1",
                ),
            ],
        );
    }
}
