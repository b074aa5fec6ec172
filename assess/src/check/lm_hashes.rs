use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";
/// Windows 2000 asks for a key where later ones ask for a value.
const LSA_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\NoLMHash";

pub(super) const CHECK: Check = Check {
    id: "lm-hashes",
    title: "LAN Manager hashes of passwords are not stored",
    severity: Severity::Important,
    remedy: "Set NoLMHash to 1 under Control\\Lsa (on Windows 2000 add a key of that name), then \
             let everybody change the password",
    source: "KB299656; Microsoft Learn, \"Network security: Do not store LAN Manager hash value \
             on next password change\"",
    reads: &[LSA],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    if family == Family::WindowsNt4 {
        return Ok(Outcome::weak("Windows NT 4.0 always stores them"));
    }
    if family == Family::Windows2000 {
        return Ok(match subject.key(LSA_KEY)? {
            Some(_) => Outcome::sound("the key NoLMHash is there"),
            None => Outcome::weak("the key NoLMHash is not there"),
        });
    }
    Ok(match subject.number(LSA, "NoLMHash")? {
        Some(0) => Outcome::weak("NoLMHash is 0"),
        Some(value) => Outcome::sound(format!("NoLMHash is {value}")),
        None if family < Family::WindowsVista => {
            Outcome::weak("NoLMHash is not set, and this Windows then stores them")
        }
        None => Outcome::sound("NoLMHash is not set, and this Windows then stores none"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::VISTA;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, WINDOWS_2000, XP, table};
    use staunch_model::CheckVerdict::{Sound, Weak};

    #[test]
    fn a_key_then_a_value_then_the_default() {
        const STORES: &str = "NoLMHash is not set, and this Windows then stores them";
        const STORES_NONE: &str = "NoLMHash is not set, and this Windows then stores none";
        table(
            &CHECK,
            &[
                (NT4, |_| {}, Weak, "Windows NT 4.0 always stores them"),
                (
                    WINDOWS_2000,
                    |facts| _ = facts.set_u32(LSA, "NoLMHash", 1),
                    Weak,
                    "the key NoLMHash is not there",
                ),
                (
                    WINDOWS_2000,
                    |facts| _ = facts.add_key(LSA_KEY),
                    Sound,
                    "the key NoLMHash is there",
                ),
                (XP, |_| {}, Weak, STORES),
                (XP, |facts| _ = facts.set_u32(LSA, "NoLMHash", 1), Sound, "NoLMHash is 1"),
                (VISTA, |_| {}, Sound, STORES_NONE),
                (WINDOWS_10, |facts| _ = facts.set_u32(LSA, "NoLMHash", 0), Weak, "NoLMHash is 0"),
            ],
        );
    }
}
