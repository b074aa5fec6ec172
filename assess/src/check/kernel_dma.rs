use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\Kernel DMA Protection";

/// First build with the protection, Windows 10 version 1803.
const BUILD_1803: u32 = 17_134;

pub(super) const CHECK: Check = Check {
    id: "kernel-dma-protection",
    title: "Devices outside the case do not reach the memory before anybody has signed in",
    severity: Severity::Low,
    remedy: "Set the policy DeviceEnumerationPolicy to 0 (block all) on hardware with Kernel DMA \
             Protection",
    source: "Microsoft Learn, \"Kernel DMA Protection\"; CIS Benchmarks, \"Enumeration policy for \
             external devices incompatible with Kernel DMA Protection\"",
    reads: &[POLICY],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::Windows10 || subject.build()? < BUILD_1803 {
        return Ok(Outcome::not_applicable("this Windows has no Kernel DMA Protection"));
    }
    let hardware = "whether the firmware supports the protection cannot be seen";
    Ok(match subject.setting("DeviceEnumerationPolicy", &[POLICY])? {
        Some(setting) if setting.number == 2 => Outcome::weak(setting.to_string()),
        Some(setting) => Outcome::undetermined(format!("{setting}, and {hardware}")),
        None => Outcome::undetermined(format!(
            "DeviceEnumerationPolicy is not set, which is 1, and {hardware}"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_81;
    use crate::check::outcome::tests::{WINDOWS_10, table};
    use staunch_model::CheckVerdict::{NotApplicable, Undetermined, Weak};

    #[test]
    fn policy_can_only_spoil_what_the_firmware_offers() {
        table(
            &CHECK,
            &[
                (WINDOWS_81, |_| {}, NotApplicable, "this Windows has no Kernel DMA Protection"),
                (
                    WINDOWS_10,
                    |_| {},
                    Undetermined,
                    "DeviceEnumerationPolicy is not set, which is 1, and whether the firmware \
                     supports the protection cannot be seen",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(POLICY, "DeviceEnumerationPolicy", 2),
                    Weak,
                    "DeviceEnumerationPolicy is 2 by policy",
                ),
            ],
        );
    }
}
