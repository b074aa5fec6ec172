use staunch_model::{Family, Severity};

use super::servicing_month::ServicingMonth;
use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Printers\PointAndPrint";
const SPOOLER: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Spooler";

/// Values that let drivers in without a question.
const QUIET: &[&str] = &["NoWarningNoElevationOnInstall", "UpdatePromptSettings"];

/// Since these, only administrators install drivers unless somebody asks for the contrary.
///
/// Source: KB5005652; KB5005040, KB5005043, KB5005030, KB5005031 and KB5005033.
const AUGUST_2021: ServicingMonth = ServicingMonth {
    revisions: &[
        (10_240, 19_022),
        (14_393, 4_583),
        (17_763, 2_114),
        (18_363, 1_734),
        (19_041, 1_165),
        (19_042, 1_165),
        (19_043, 1_165),
    ],
    later: 19_044,
};

pub(super) const CHECK: Check = Check {
    id: "point-and-print",
    title: "Only administrators install printer drivers",
    severity: Severity::Important,
    remedy: "Set RestrictDriverInstallationToAdministrators to 1, and \
             NoWarningNoElevationOnInstall and UpdatePromptSettings to 0, under \
             Printers\\PointAndPrint; disable the service Spooler where nobody prints",
    source: "KB5005010 and KB5005652; CVE-2021-34527",
    reads: &[POLICY, SPOOLER],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows has no such setting"));
    }
    if subject.is_off("Spooler") {
        return Ok(Outcome::not_applicable("the print spooler is off"));
    }
    let restrict = subject.setting("RestrictDriverInstallationToAdministrators", &[POLICY])?;
    match restrict {
        Some(setting) if setting.number == 0 => return Ok(Outcome::weak(setting.to_string())),
        Some(setting) => return Ok(Outcome::sound(setting.to_string())),
        None => {}
    }
    if AUGUST_2021.is_reached(subject) == Ok(Some(true)) {
        return Ok(Outcome::sound(
            "RestrictDriverInstallationToAdministrators is not set, which is 1 since the updates of \
             August 2021",
        ));
    }
    for name in QUIET {
        if let Some(setting) = subject.setting(name, &[POLICY])?
            && setting.number != 0
        {
            return Ok(Outcome::weak(setting.to_string()));
        }
    }
    Ok(Outcome::sound("nothing lets drivers in without a question"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(SPOOLER, "Start", 2)
    }

    #[test]
    fn the_restriction_counts_before_the_questions() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows has no such setting"),
                (WINDOWS_10, |_| {}, NotApplicable, "the print spooler is off"),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts),
                    Sound,
                    "nothing lets drivers in without a question",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts).set_u32(POLICY, "NoWarningNoElevationOnInstall", 1),
                    Weak,
                    "NoWarningNoElevationOnInstall is 1 by policy",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts).set_u32(POLICY, "UpdatePromptSettings", 2),
                    Weak,
                    "UpdatePromptSettings is 2 by policy",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts).set_u32(POLICY, "UpdatePromptSettings", 2),
                    Sound,
                    "RestrictDriverInstallationToAdministrators is not set, which is 1 since the \
                     updates of August 2021",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        on(facts).set_u32(POLICY, "UpdatePromptSettings", 2);
                        let name = "RestrictDriverInstallationToAdministrators";
                        facts.set_u32(POLICY, name, 1);
                    },
                    Sound,
                    "RestrictDriverInstallationToAdministrators is 1 by policy",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        let name = "RestrictDriverInstallationToAdministrators";
                        on(facts).set_u32(POLICY, name, 0);
                    },
                    Weak,
                    "RestrictDriverInstallationToAdministrators is 0 by policy",
                ),
            ],
        );
    }
}
