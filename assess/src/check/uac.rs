use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const SYSTEM: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";

pub(super) const CHECK: Check = Check {
    id: "uac",
    title: "User Account Control is on",
    severity: Severity::Important,
    remedy: "Set EnableLUA to 1 under Policies\\System and restart",
    source: "Microsoft Learn, \"User Account Control settings and configuration\"; CIS Benchmarks, \
             \"User Account Control: Run all administrators in Admin Approval Mode\"",
    reads: &[SYSTEM],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows has no User Account Control"));
    }
    Ok(match subject.number(SYSTEM, "EnableLUA")? {
        Some(0) => Outcome::weak("EnableLUA is 0"),
        Some(value) => Outcome::sound(format!("EnableLUA is {value}")),
        None => Outcome::sound("EnableLUA is not set, which is 1"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    #[test]
    fn only_zero_turns_it_off() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows has no User Account Control"),
                (WINDOWS_10, |_| {}, Sound, "EnableLUA is not set, which is 1"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SYSTEM, "EnableLUA", 0),
                    Weak,
                    "EnableLUA is 0",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SYSTEM, "EnableLUA", 1),
                    Sound,
                    "EnableLUA is 1",
                ),
            ],
        );
    }
}
