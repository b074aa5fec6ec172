use staunch_model::{Family, Severity};

use super::effective::VERSION_VALUES;
use super::reading::PRODUCT_OPTIONS;
use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard";
const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";
const DEVICE_GUARD: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\DeviceGuard";

/// Windows 11 version 22H2, the first that turns it on by itself.
const BUILD_22H2: u32 = 22_621;

/// Editions that are licensed for it, by how their identifiers begin.
const EDITIONS: &[&str] = &["Enterprise", "Education", "IoTEnterprise", "Server"];

pub(super) const CHECK: Check = Check {
    id: "credential-guard",
    title: "Credential Guard is configured",
    severity: Severity::Low,
    remedy: "Turn on virtualization-based security with Credential Guard by policy \
             (EnableVirtualizationBasedSecurity 1, LsaCfgFlags 1 or 2)",
    source: "Microsoft Learn, \"Configure Credential Guard\"",
    reads: &[POLICY, LSA, DEVICE_GUARD, VERSION_VALUES, PRODUCT_OPTIONS],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::Windows10 {
        return Ok(Outcome::not_applicable("this Windows has no Credential Guard"));
    }
    if subject.controls_a_domain()? {
        return Ok(Outcome::not_applicable("it is not meant for domain controllers"));
    }
    let edition = subject.edition()?;
    if !EDITIONS.iter().any(|start| edition.starts_with(start)) {
        let why = format!("the edition {edition} has no Credential Guard");
        return Ok(Outcome::not_applicable(why));
    }
    let starts_by_itself = match subject.system.family {
        Family::Windows11 => subject.build()? >= BUILD_22H2,
        family => family == Family::Server2025,
    };
    let isolation = subject
        .setting("EnableVirtualizationBasedSecurity", &[POLICY, DEVICE_GUARD])?
        .is_some_and(|setting| setting.number == 1);
    Ok(match subject.setting("LsaCfgFlags", &[POLICY, LSA])? {
        Some(flags) if flags.number == 0 => Outcome::weak(flags.to_string()),
        Some(flags) if isolation => Outcome::sound(flags.to_string()),
        _ if starts_by_itself => Outcome::undetermined(
            "it is not configured in full, and this Windows turns it on by itself where the \
             hardware allows",
        ),
        Some(flags) => {
            Outcome::weak(format!("{flags}, but EnableVirtualizationBasedSecurity is not 1"))
        }
        None => Outcome::weak("LsaCfgFlags is not set"),
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
    fn edition_role_and_version_decide_before_the_values() {
        table(
            &CHECK,
            &[
                (WINDOWS_7, |_| {}, NotApplicable, "this Windows has no Credential Guard"),
                (
                    WINDOWS_10,
                    |facts| edition(facts, "Professional"),
                    NotApplicable,
                    "the edition Professional has no Credential Guard",
                ),
                (WINDOWS_10, |facts| edition(facts, "EnterpriseS"), Weak, "LsaCfgFlags is not set"),
                (
                    WINDOWS_10,
                    |facts| {
                        edition(facts, "Enterprise");
                        facts.set_u32(LSA, "LsaCfgFlags", 1);
                    },
                    Weak,
                    "LsaCfgFlags is 1, but EnableVirtualizationBasedSecurity is not 1",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        edition(facts, "Enterprise");
                        facts.set_u32(POLICY, "LsaCfgFlags", 1);
                        facts.set_u32(DEVICE_GUARD, "EnableVirtualizationBasedSecurity", 1);
                    },
                    Sound,
                    "LsaCfgFlags is 1 by policy",
                ),
                (
                    WINDOWS_11,
                    |facts| edition(facts, "Enterprise"),
                    Undetermined,
                    "it is not configured in full, and this Windows turns it on by itself where \
                     the hardware allows",
                ),
                (
                    SERVER_2022,
                    |facts| _ = facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT"),
                    NotApplicable,
                    "it is not meant for domain controllers",
                ),
            ],
        );
    }
}
