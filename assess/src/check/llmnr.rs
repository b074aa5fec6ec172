use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient";

pub(super) const CHECK: Check = Check {
    id: "llmnr",
    title: "Names are not asked of every machine nearby (LLMNR)",
    severity: Severity::Moderate,
    remedy: "Turn off multicast name resolution by policy: EnableMulticast 0",
    source: "CIS Benchmarks, \"Turn off multicast name resolution\"; RFC 4795, section 5",
    reads: &[POLICY],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows does not speak LLMNR"));
    }
    Ok(match subject.setting("EnableMulticast", &[POLICY])? {
        Some(setting) if setting.number == 0 => Outcome::sound(setting.to_string()),
        Some(setting) => Outcome::weak(setting.to_string()),
        None => Outcome::weak("EnableMulticast is not set, which is 1"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    #[test]
    fn only_policy_turns_it_off() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows does not speak LLMNR"),
                (WINDOWS_10, |_| {}, Weak, "EnableMulticast is not set, which is 1"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(POLICY, "EnableMulticast", 0),
                    Sound,
                    "EnableMulticast is 0 by policy",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_text(POLICY, "EnableMulticast", "0"),
                    staunch_model::CheckVerdict::Undetermined,
                    r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\EnableMulticast is no number",
                ),
            ],
        );
    }
}
