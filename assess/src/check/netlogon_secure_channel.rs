use staunch_model::{Family, Severity};

use super::reading::PRODUCT_OPTIONS;
use super::servicing_month::ServicingMonth;
use super::{Check, Outcome, Subject, Unseen};

const PARAMETERS: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters";

/// Revisions of February 2021, from which on the protection cannot be turned off.
///
/// Source: KB4601318 and KB4601345.
const FEBRUARY_2021: ServicingMonth =
    ServicingMonth { revisions: &[(14_393, 4_225), (17_763, 1_757)], later: 20_348 };

pub(super) const CHECK: Check = Check {
    id: "netlogon-secure-channel",
    title: "The domain controller refuses insecure Netlogon connections",
    severity: Severity::Critical,
    remedy: "Install the updates since February 2021, set FullSecureChannelProtection to 1 and \
             empty the list of accounts that are let in (VulnerableChannelAllowList)",
    source: "KB4557222; CVE-2020-1472",
    reads: &[PARAMETERS, PRODUCT_OPTIONS],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if !subject.controls_a_domain()? {
        return Ok(Outcome::not_applicable("the machine is no domain controller"));
    }
    if subject.system.family < Family::Server2008 {
        return Ok(Outcome::not_applicable("this Windows has no such setting"));
    }
    let exceptions = subject.text(PARAMETERS, "VulnerableChannelAllowList")?;
    if exceptions.is_some_and(|list| !list.trim().is_empty()) {
        return Ok(Outcome::weak("VulnerableChannelAllowList lets some accounts in"));
    }
    let is_enforced = FEBRUARY_2021.is_reached(subject)?;
    if is_enforced == Some(true) {
        return Ok(Outcome::sound("updates since February 2021 enforce it"));
    }
    Ok(match subject.number(PARAMETERS, "FullSecureChannelProtection")? {
        Some(0) => Outcome::weak("FullSecureChannelProtection is 0"),
        Some(value) => Outcome::sound(format!("FullSecureChannelProtection is {value}")),
        None if is_enforced == Some(false) => {
            Outcome::weak("FullSecureChannelProtection is not set, and no update enforces it")
        }
        None => Outcome::undetermined(
            "FullSecureChannelProtection is not set, and whether updates since February 2021 \
             enforce it cannot be told from the build",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2012_R2, SERVER_2022};
    use crate::check::outcome::tests::{SERVER_2003, SERVER_2019, WINDOWS_10, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};
    use staunch_model::{Collected, MachineFacts, OsBuild, Support};

    fn controller(facts: &mut Memory) -> &mut Memory {
        facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT")
    }

    #[test]
    fn only_domain_controllers_are_judged() {
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, NotApplicable, "the machine is no domain controller"),
                (
                    SERVER_2003,
                    |facts| _ = controller(facts),
                    NotApplicable,
                    "this Windows has no such setting",
                ),
                (
                    SERVER_2012_R2,
                    |facts| _ = controller(facts),
                    Undetermined,
                    "FullSecureChannelProtection is not set, and whether updates since February \
                     2021 enforce it cannot be told from the build",
                ),
                (
                    SERVER_2019,
                    |facts| {
                        _ = controller(facts).set_u32(PARAMETERS, "FullSecureChannelProtection", 0)
                    },
                    Weak,
                    "FullSecureChannelProtection is 0",
                ),
                (
                    SERVER_2022,
                    |facts| {
                        _ = controller(facts).set_u32(PARAMETERS, "FullSecureChannelProtection", 0)
                    },
                    Sound,
                    "updates since February 2021 enforce it",
                ),
                (
                    SERVER_2022,
                    |facts| {
                        let list = "O:BAG:BAD:(A;;RC;;;BA)";
                        controller(facts).set_text(PARAMETERS, "VulnerableChannelAllowList", list);
                    },
                    Weak,
                    "VulnerableChannelAllowList lets some accounts in",
                ),
            ],
        );
    }

    #[test]
    fn the_revision_tells_whether_the_protection_is_enforced() {
        let mut facts = Memory::default();
        controller(&mut facts).collect_key(r"HKLM\SYSTEM");
        let (system, support) = (SERVER_2019.parse().unwrap(), Support::default());
        let verdict = |revision| {
            let build = Collected::Known(OsBuild::new(10, 0, 17_763, Some(revision)));
            let machine = MachineFacts { build, ..MachineFacts::default() };
            let (facts, system) = (&facts, &system);
            let subject = Subject { facts, machine: &machine, system, support: &support };
            Outcome::from(judge(&subject)).verdict
        };
        assert_eq!((verdict(1_756), verdict(1_757)), (Weak, Sound));
    }
}
