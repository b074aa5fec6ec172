use staunch_model::{Family, Severity};

use super::effective::{BUILD_24H2, VERSION_VALUES};
use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\LanmanWorkstation";
const LOCAL: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanWorkstation\Parameters";

/// First build that refuses guests in the editions for companies, version 1709.
const BUILD_1709: u32 = 16_299;

pub(super) const CHECK: Check = Check {
    id: "insecure-guest-logons",
    title: "The SMB client does not let a server take it for a guest",
    severity: Severity::Moderate,
    remedy: "Set AllowInsecureGuestAuth to 0, by policy or under LanmanWorkstation\\Parameters",
    source: "Microsoft Learn, \"Enable insecure guest logons in SMB2 and SMB3\"; CIS Benchmarks, \
             \"Enable insecure guest logons\"",
    reads: &[POLICY, LOCAL, VERSION_VALUES],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::Windows10 {
        return Ok(Outcome::not_applicable("this Windows has no such setting"));
    }
    match subject.setting("AllowInsecureGuestAuth", &[POLICY, LOCAL])? {
        Some(setting) if setting.number == 0 => Ok(Outcome::sound(setting.to_string())),
        Some(setting) => Ok(Outcome::weak(setting.to_string())),
        None => judge_default(subject),
    }
}

fn judge_default(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    const ON: &str = "AllowInsecureGuestAuth is not set, which is 1";
    const OFF: &str = "AllowInsecureGuestAuth is not set, which is 0";
    let build = subject.build()?;
    if build < BUILD_1709 {
        return Ok(Outcome::weak(ON));
    }
    if subject.system.family.is_server() {
        return Ok(Outcome::sound(OFF));
    }
    let edition = subject.edition()?;
    let is_for_companies =
        ["Enterprise", "Education", "IoTEnterprise"].iter().any(|name| edition.starts_with(name));
    Ok(match edition.starts_with("Core") {
        _ if is_for_companies => Outcome::sound(OFF),
        _ if build < BUILD_24H2 => Outcome::weak(ON),
        false => Outcome::sound(OFF),
        true => Outcome::undetermined(
            "AllowInsecureGuestAuth is not set, and its default is not known for this edition",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2022, WINDOWS_7, WINDOWS_11};
    use crate::check::outcome::tests::{WINDOWS_10, table};
    use staunch_machine::CURRENT_VERSION;
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn edition(facts: &mut Memory, name: &str) {
        facts.set_text(CURRENT_VERSION, "EditionID", name);
    }

    #[test]
    fn the_default_depends_on_version_and_edition() {
        const ON: &str = "AllowInsecureGuestAuth is not set, which is 1";
        const OFF: &str = "AllowInsecureGuestAuth is not set, which is 0";
        table(
            &CHECK,
            &[
                (WINDOWS_7, |_| {}, NotApplicable, "this Windows has no such setting"),
                ("Windows Server 2016", |_| {}, Weak, ON),
                (SERVER_2022, |_| {}, Sound, OFF),
                (WINDOWS_10, |facts| edition(facts, "Professional"), Weak, ON),
                (WINDOWS_10, |facts| edition(facts, "Enterprise"), Sound, OFF),
                (WINDOWS_11, |facts| edition(facts, "Professional"), Sound, OFF),
                (
                    WINDOWS_11,
                    |facts| edition(facts, "Core"),
                    Undetermined,
                    "AllowInsecureGuestAuth is not set, and its default is not known for this \
                     edition",
                ),
                (
                    SERVER_2022,
                    |facts| {
                        facts.set_u32(POLICY, "AllowInsecureGuestAuth", 1);
                        facts.set_u32(LOCAL, "AllowInsecureGuestAuth", 0);
                    },
                    Weak,
                    "AllowInsecureGuestAuth is 1 by policy",
                ),
            ],
        );
    }
}
