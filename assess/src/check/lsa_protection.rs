use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\System";
const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";

/// Windows 11 version 22H2: the first with a policy for it, and with protection by itself.
const BUILD_22H2: u32 = 22_621;

pub(super) const CHECK: Check = Check {
    id: "lsa-protection",
    title: "The Local Security Authority runs as a protected process",
    severity: Severity::Moderate,
    remedy: "Set RunAsPPL to 1 under Control\\Lsa after checking that no add-in of the Local \
             Security Authority is unsigned",
    source: "Microsoft Learn, \"Configure added LSA protection\"",
    reads: &[POLICY, LSA],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::Windows81 {
        return Ok(Outcome::not_applicable("this Windows cannot protect it"));
    }
    let is_new = subject.build()? >= BUILD_22H2;
    let keys: &[&str] = if is_new { &[POLICY, LSA] } else { &[LSA] };
    Ok(match subject.setting("RunAsPPL", keys)? {
        Some(setting) => match setting.number {
            1 => Outcome::sound(setting.to_string()),
            2 if is_new => Outcome::sound(setting.to_string()),
            2 => Outcome::weak(format!("{setting}, which counts since Windows 11 22H2 only")),
            _ => Outcome::weak(setting.to_string()),
        },
        None if is_new => Outcome::undetermined(
            "RunAsPPL is not set, and this Windows may then protect it by itself",
        ),
        None => Outcome::weak("RunAsPPL is not set"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{WINDOWS_7, WINDOWS_11};
    use crate::check::outcome::tests::{WINDOWS_10, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn what_counts_depends_on_the_build() {
        table(
            &CHECK,
            &[
                (WINDOWS_7, |_| {}, NotApplicable, "this Windows cannot protect it"),
                (WINDOWS_10, |_| {}, Weak, "RunAsPPL is not set"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(POLICY, "RunAsPPL", 1),
                    Weak,
                    "RunAsPPL is not set",
                ),
                (WINDOWS_10, |facts| _ = facts.set_u32(LSA, "RunAsPPL", 1), Sound, "RunAsPPL is 1"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(LSA, "RunAsPPL", 2),
                    Weak,
                    "RunAsPPL is 2, which counts since Windows 11 22H2 only",
                ),
                (
                    WINDOWS_11,
                    |_| {},
                    Undetermined,
                    "RunAsPPL is not set, and this Windows may then protect it by itself",
                ),
                (
                    WINDOWS_11,
                    |facts| {
                        facts.set_u32(POLICY, "RunAsPPL", 0);
                        facts.set_u32(LSA, "RunAsPPL", 1);
                    },
                    Weak,
                    "RunAsPPL is 0 by policy",
                ),
                (WINDOWS_11, |facts| _ = facts.set_u32(LSA, "RunAsPPL", 2), Sound, "RunAsPPL is 2"),
            ],
        );
    }
}
