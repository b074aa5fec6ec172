use staunch_model::{Family, Severity};

use super::reading::PRODUCT_OPTIONS;
use super::{Check, Outcome, Subject, Unseen};

const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";

/// From here on no answers of LAN Manager and NTLM version 1 are sent.
const SENDS_VERSION_2_ONLY: u64 = 3;
/// Here none are accepted either, which matters where passwords of a domain are checked.
const REFUSES_OTHERS: u64 = 5;

pub(super) const CHECK: Check = Check {
    id: "lm-compatibility-level",
    title: "No answers of LAN Manager and NTLM version 1 are given",
    severity: Severity::Important,
    remedy: "Set LmCompatibilityLevel to 5 under Control\\Lsa (at least 3 where older machines \
             must still sign in)",
    source: "Microsoft Learn, \"Network security: LAN Manager authentication level\"; KB239869; \
             CIS Benchmarks, the setting of that name",
    reads: &[LSA, PRODUCT_OPTIONS],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let (level, found) = match subject.number(LSA, "LmCompatibilityLevel")? {
        Some(level) => (level, format!("LmCompatibilityLevel is {level}")),
        None => {
            let level = default(subject.system.family);
            (level, format!("LmCompatibilityLevel is not set, which is {level}"))
        }
    };
    Ok(match level {
        0..SENDS_VERSION_2_ONLY => Outcome::weak(found),
        SENDS_VERSION_2_ONLY..REFUSES_OTHERS if subject.controls_a_domain()? => {
            Outcome::weak(format!("{found}, and this domain controller accepts older answers"))
        }
        SENDS_VERSION_2_ONLY..=REFUSES_OTHERS => Outcome::sound(found),
        _ => Outcome::undetermined(format!("{found}, which is not known")),
    })
}

fn default(family: Family) -> u64 {
    match family {
        Family::WindowsNt4 | Family::Windows2000 | Family::WindowsXp => 0,
        Family::Server2003 | Family::Server2003R2 => 2,
        _ => SENDS_VERSION_2_ONLY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::SERVER_2022;
    use crate::check::outcome::tests::{SERVER_2003, WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};

    fn controller(facts: &mut Memory, level: u32) {
        facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT");
        facts.set_u32(LSA, "LmCompatibilityLevel", level);
    }

    #[test]
    fn defaults_follow_the_version_and_a_controller_must_refuse() {
        const UNSET: &str = "LmCompatibilityLevel is not set, which is 3";
        table(
            &CHECK,
            &[
                (XP, |_| {}, Weak, "LmCompatibilityLevel is not set, which is 0"),
                (SERVER_2003, |_| {}, Weak, "LmCompatibilityLevel is not set, which is 2"),
                (WINDOWS_10, |_| {}, Sound, UNSET),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(LSA, "LmCompatibilityLevel", 1),
                    Weak,
                    "LmCompatibilityLevel is 1",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(LSA, "LmCompatibilityLevel", 9),
                    Undetermined,
                    "LmCompatibilityLevel is 9, which is not known",
                ),
                (
                    SERVER_2022,
                    |facts| _ = facts.set_text(PRODUCT_OPTIONS, "ProductType", "ServerNT"),
                    Sound,
                    UNSET,
                ),
                (
                    SERVER_2022,
                    |facts| controller(facts, 4),
                    Weak,
                    "LmCompatibilityLevel is 4, and this domain controller accepts older answers",
                ),
                (SERVER_2022, |facts| controller(facts, 5), Sound, "LmCompatibilityLevel is 5"),
            ],
        );
    }
}
