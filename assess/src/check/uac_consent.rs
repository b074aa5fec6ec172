use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const SYSTEM: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";

pub(super) const CHECK: Check = Check {
    id: "uac-consent",
    title: "Administrators are asked before a program gets their rights",
    severity: Severity::Important,
    remedy: "Set ConsentPromptBehaviorAdmin to 2 under Policies\\System (5 asks for programs that \
             are not part of Windows)",
    source: "Microsoft Learn, \"User Account Control settings and configuration\"; CIS Benchmarks, \
             \"Behavior of the elevation prompt for administrators in Admin Approval Mode\"",
    reads: &[SYSTEM],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    if family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows has no User Account Control"));
    }
    if subject.number(SYSTEM, "EnableLUA")? == Some(0) {
        return Ok(Outcome::not_applicable("User Account Control is off"));
    }
    Ok(match subject.number(SYSTEM, "ConsentPromptBehaviorAdmin")? {
        Some(0) => Outcome::weak("ConsentPromptBehaviorAdmin is 0, which asks nothing"),
        Some(value @ 1..=5) => Outcome::sound(format!("ConsentPromptBehaviorAdmin is {value}")),
        Some(value) => Outcome::undetermined(format!(
            "ConsentPromptBehaviorAdmin is {value}, which is not known"
        )),
        None => {
            let default = if family < Family::Windows7 { 2 } else { 5 };
            Outcome::sound(format!("ConsentPromptBehaviorAdmin is not set, which is {default}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::VISTA;
    use crate::check::outcome::tests::{WINDOWS_10, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    #[test]
    fn asking_nothing_is_weak_while_the_control_is_on() {
        table(
            &CHECK,
            &[
                (VISTA, |_| {}, Sound, "ConsentPromptBehaviorAdmin is not set, which is 2"),
                (WINDOWS_10, |_| {}, Sound, "ConsentPromptBehaviorAdmin is not set, which is 5"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SYSTEM, "ConsentPromptBehaviorAdmin", 0),
                    Weak,
                    "ConsentPromptBehaviorAdmin is 0, which asks nothing",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        facts.set_u32(SYSTEM, "ConsentPromptBehaviorAdmin", 0);
                        facts.set_u32(SYSTEM, "EnableLUA", 0);
                    },
                    NotApplicable,
                    "User Account Control is off",
                ),
            ],
        );
    }
}
