use staunch_model::{Family, Severity};

use super::effective::{BUILD_24H2, VERSION_VALUES};
use super::{Check, Outcome, Subject, Unseen};

const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer";
const SERVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters";

pub(super) const CHECK: Check = Check {
    id: "smb-signing-server",
    title: "The SMB server requires signed messages",
    severity: Severity::Moderate,
    remedy: "Set RequireSecuritySignature to 1 under LanmanServer\\Parameters",
    source: "Microsoft Learn, \"Control SMB signing behavior\" and \"Microsoft network server: \
             Digitally sign communications (always)\"; KB161372",
    reads: &[SERVICE, VERSION_VALUES],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.is_off("LanmanServer") {
        return Ok(Outcome::not_applicable("the SMB server (LanmanServer) is off"));
    }
    Ok(match subject.number(SERVER, "RequireSecuritySignature")? {
        Some(0) => Outcome::weak("RequireSecuritySignature is 0"),
        Some(value) => Outcome::sound(format!("RequireSecuritySignature is {value}")),
        None if is_required(subject)? => {
            Outcome::sound("RequireSecuritySignature is not set, which is 1")
        }
        None => Outcome::weak("RequireSecuritySignature is not set, which is 0"),
    })
}

/// Since version 24H2 Windows 11 requires it of itself, but for its Home editions; no server does,
/// as the policy of domain controllers sets the value.
fn is_required(subject: &Subject<'_>) -> Result<bool, Unseen> {
    Ok(subject.system.family == Family::Windows11
        && subject.build()? >= BUILD_24H2
        && !subject.edition()?.starts_with("Core"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2025, WINDOWS_11};
    use crate::check::outcome::tests::{NT4, WINDOWS_10, table};
    use staunch_machine::CURRENT_VERSION;
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(SERVICE, "Start", 2)
    }

    #[test]
    fn the_default_depends_on_version_and_edition() {
        const UNSET: &str = "RequireSecuritySignature is not set, which is 0";
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, NotApplicable, "the SMB server (LanmanServer) is off"),
                (WINDOWS_10, |facts| _ = on(facts), Weak, UNSET),
                (SERVER_2025, |facts| _ = on(facts), Weak, UNSET),
                (
                    NT4,
                    |facts| _ = on(facts).set_u32(SERVER, "RequireSecuritySignature", 1),
                    Sound,
                    "RequireSecuritySignature is 1",
                ),
                (
                    WINDOWS_11,
                    |facts| _ = on(facts).set_text(CURRENT_VERSION, "EditionID", "Professional"),
                    Sound,
                    "RequireSecuritySignature is not set, which is 1",
                ),
                (
                    WINDOWS_11,
                    |facts| _ = on(facts).set_text(CURRENT_VERSION, "EditionID", "Core"),
                    Weak,
                    UNSET,
                ),
                (
                    WINDOWS_11,
                    |facts| _ = on(facts),
                    Undetermined,
                    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\EditionID is not there",
                ),
            ],
        );
    }
}
