use staunch_model::{Family, Severity};

use super::effective::{BUILD_24H2, VERSION_VALUES};
use super::{Check, Outcome, Subject, Unseen};

const CLIENT: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanWorkstation\Parameters";
/// The client of Windows NT 4.0.
const NT4_CLIENT: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Rdr\Parameters";

pub(super) const CHECK: Check = Check {
    id: "smb-signing-client",
    title: "The SMB client requires signed messages",
    severity: Severity::Moderate,
    remedy: "Set RequireSecuritySignature to 1 under LanmanWorkstation\\Parameters (on Windows NT \
             4.0 under Rdr\\Parameters)",
    source: "Microsoft Learn, \"Control SMB signing behavior\" and \"Microsoft network client: \
             Digitally sign communications (always)\"; KB161372",
    reads: &[
        r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanWorkstation",
        NT4_CLIENT,
        VERSION_VALUES,
    ],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.is_off("LanmanWorkstation") {
        return Ok(Outcome::not_applicable("the SMB client (LanmanWorkstation) is off"));
    }
    let is_nt4 = subject.system.family == Family::WindowsNt4;
    let key = if is_nt4 { NT4_CLIENT } else { CLIENT };
    Ok(match subject.number(key, "RequireSecuritySignature")? {
        Some(0) => Outcome::weak("RequireSecuritySignature is 0"),
        Some(value) => Outcome::sound(format!("RequireSecuritySignature is {value}")),
        None if is_required(subject)? => {
            Outcome::sound("RequireSecuritySignature is not set, which is 1")
        }
        None => Outcome::weak("RequireSecuritySignature is not set, which is 0"),
    })
}

/// Since version 24H2 Windows 11, but for its Home editions, and Server 2025 require it.
fn is_required(subject: &Subject<'_>) -> Result<bool, Unseen> {
    match subject.system.family {
        Family::Server2025 => Ok(true),
        Family::Windows11 if subject.build()? >= BUILD_24H2 => {
            Ok(!subject.edition()?.starts_with("Core"))
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2022, SERVER_2025, WINDOWS_11};
    use crate::check::outcome::tests::{NT4, WINDOWS_10, table};
    use staunch_machine::CURRENT_VERSION;
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(CLIENT.trim_end_matches(r"\Parameters"), "Start", 2)
    }

    #[test]
    fn the_default_depends_on_version_and_edition() {
        const UNSET: &str = "RequireSecuritySignature is not set, which is 0";
        const REQUIRED: &str = "RequireSecuritySignature is not set, which is 1";
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, NotApplicable, "the SMB client (LanmanWorkstation) is off"),
                (WINDOWS_10, |facts| _ = on(facts), Weak, UNSET),
                (SERVER_2022, |facts| _ = on(facts), Weak, UNSET),
                (SERVER_2025, |facts| _ = on(facts), Sound, REQUIRED),
                (
                    WINDOWS_11,
                    |facts| _ = on(facts).set_text(CURRENT_VERSION, "EditionID", "Enterprise"),
                    Sound,
                    REQUIRED,
                ),
                (
                    NT4,
                    |facts| _ = on(facts).set_u32(CLIENT, "RequireSecuritySignature", 1),
                    Weak,
                    UNSET,
                ),
                (
                    NT4,
                    |facts| _ = on(facts).set_u32(NT4_CLIENT, "RequireSecuritySignature", 1),
                    Sound,
                    "RequireSecuritySignature is 1",
                ),
            ],
        );
    }
}
