use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const SYSTEM: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";

pub(super) const CHECK: Check = Check {
    id: "local-account-token-filter",
    title: "Local administrators have no full rights over the network",
    severity: Severity::Important,
    remedy: "Set LocalAccountTokenFilterPolicy to 0 under Policies\\System, or remove it",
    source: "KB951016; CIS Benchmarks, \"Apply UAC restrictions to local accounts on network \
             logons\"",
    reads: &[SYSTEM],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows has no User Account Control"));
    }
    if subject.number(SYSTEM, "EnableLUA")? == Some(0) {
        return Ok(Outcome::weak("User Account Control is off, and then nothing is filtered"));
    }
    Ok(match subject.number(SYSTEM, "LocalAccountTokenFilterPolicy")? {
        None => Outcome::sound("LocalAccountTokenFilterPolicy is not set, which is 0"),
        Some(0) => Outcome::sound("LocalAccountTokenFilterPolicy is 0"),
        Some(value) => Outcome::weak(format!("LocalAccountTokenFilterPolicy is {value}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    #[test]
    fn rights_over_the_network_are_kept_back_unless_the_value_says_otherwise() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows has no User Account Control"),
                (WINDOWS_10, |_| {}, Sound, "LocalAccountTokenFilterPolicy is not set, which is 0"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SYSTEM, "LocalAccountTokenFilterPolicy", 1),
                    Weak,
                    "LocalAccountTokenFilterPolicy is 1",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SYSTEM, "EnableLUA", 0),
                    Weak,
                    "User Account Control is off, and then nothing is filtered",
                ),
            ],
        );
    }
}
