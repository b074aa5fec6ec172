use staunch_model::{Family, Severity};

use super::{Check, Outcome, ServiceStart, Subject, Unseen};

const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\wuauserv";
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU";
const LOCAL: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update";

pub(super) const CHECK: Check = Check {
    id: "automatic-updates",
    title: "Updates are installed automatically",
    severity: Severity::Important,
    remedy: "Let the service wuauserv start, and set AUOptions to 4 and NoAutoUpdate to 0 by \
             policy, or turn automatic updates on in the settings",
    source: "MBSA, check \"Automatic Updates\"; KB328010; Microsoft Learn, \"Manage additional \
             Windows Update settings\"; CIS Benchmarks, \"Configure Automatic Updates\"",
    reads: &[SERVICE, POLICY, LOCAL],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    if family == Family::WindowsNt4 {
        return Ok(Outcome::not_applicable("Windows NT 4.0 has no automatic updates"));
    }
    match subject.service("wuauserv")? {
        None if family == Family::Windows2000 => {
            return Ok(Outcome::not_applicable(
                "Windows 2000 has automatic updates since Service Pack 3 only",
            ));
        }
        None => return Ok(Outcome::weak("the service wuauserv is not installed")),
        Some(ServiceStart::Disabled) => {
            return Ok(Outcome::weak("the service wuauserv is disabled"));
        }
        Some(ServiceStart::Automatic | ServiceStart::Manual) => {}
    }
    if subject.number(POLICY, "NoAutoUpdate")?.is_some_and(|value| value != 0) {
        return Ok(Outcome::weak("policy turns automatic updates off (NoAutoUpdate)"));
    }
    match subject.number(POLICY, "AUOptions")? {
        // With 5 the policy leaves the choice to the machine's own administrators.
        Some(5) | None => {}
        Some(option) => return Ok(judge_option(subject, option, "policy")),
    }
    // Since Windows 10 the settings of the machine itself offer no choice.
    if family >= Family::Windows10 {
        return Ok(judge_option(subject, if family.is_server() { 3 } else { 4 }, "default"));
    }
    match subject.number(LOCAL, "AUOptions")? {
        Some(option) => Ok(judge_option(subject, option, "setting")),
        None => Ok(Outcome::weak("nobody has chosen whether updates are installed automatically")),
    }
}

fn judge_option(subject: &Subject<'_>, option: u64, by: &str) -> Outcome {
    match option {
        1 => Outcome::weak(format!("by {by} automatic updates are off")),
        2 => Outcome::weak(format!("by {by} updates are only announced")),
        // Who looks after a server chooses when it restarts.
        3 | 7 if subject.system.family.is_server() => {
            Outcome::sound(format!("by {by} updates are fetched and wait for an administrator"))
        }
        3 | 7 => Outcome::weak(format!("by {by} updates are fetched and wait for somebody")),
        4 => Outcome::sound(format!("by {by} updates are installed automatically")),
        other => Outcome::undetermined(format!("by {by} AUOptions is {other}, which is not known")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, SERVER_2019, WINDOWS_10, WINDOWS_2000, XP, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn service_policy_and_setting_decide_in_this_order() {
        table(
            &CHECK,
            &[
                (NT4, |_| {}, NotApplicable, "Windows NT 4.0 has no automatic updates"),
                (
                    WINDOWS_2000,
                    |_| {},
                    NotApplicable,
                    "Windows 2000 has automatic updates since Service Pack 3 only",
                ),
                (XP, |_| {}, Weak, "the service wuauserv is not installed"),
                (
                    XP,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 4);
                        facts.set_u32(LOCAL, "AUOptions", 4);
                    },
                    Weak,
                    "the service wuauserv is disabled",
                ),
                (
                    XP,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 2),
                    Weak,
                    "nobody has chosen whether updates are installed automatically",
                ),
                (
                    XP,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 2);
                        facts.set_u32(LOCAL, "AUOptions", 4);
                    },
                    Sound,
                    "by setting updates are installed automatically",
                ),
                (
                    XP,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 2);
                        facts.set_u32(LOCAL, "AUOptions", 4);
                        facts.set_u32(POLICY, "NoAutoUpdate", 1);
                    },
                    Weak,
                    "policy turns automatic updates off (NoAutoUpdate)",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 3),
                    Sound,
                    "by default updates are installed automatically",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 3);
                        facts.set_u32(POLICY, "AUOptions", 3);
                    },
                    Weak,
                    "by policy updates are fetched and wait for somebody",
                ),
                (
                    SERVER_2019,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 3),
                    Sound,
                    "by default updates are fetched and wait for an administrator",
                ),
                (
                    SERVER_2019,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 3);
                        facts.set_u32(POLICY, "AUOptions", 9);
                    },
                    Undetermined,
                    "by policy AUOptions is 9, which is not known",
                ),
            ],
        );
    }
}
