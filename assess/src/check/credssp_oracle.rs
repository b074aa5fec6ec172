use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const PARAMETERS: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters";

pub(super) const CHECK: Check = Check {
    id: "credssp-encryption-oracle",
    title: "Credentials are not handed to servers with the old CredSSP",
    severity: Severity::Important,
    remedy: "Set AllowEncryptionOracle to 0 under Policies\\System\\CredSSP\\Parameters, or 1 \
             while old clients must still be served",
    source: "KB4093492; CVE-2018-0886; CIS Benchmarks, \"Encryption Oracle Remediation\"",
    reads: &[PARAMETERS],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows has no such setting"));
    }
    Ok(match subject.number(PARAMETERS, "AllowEncryptionOracle")? {
        Some(value @ 0..=1) => Outcome::sound(format!("AllowEncryptionOracle is {value}")),
        Some(2) => Outcome::weak("AllowEncryptionOracle is 2, which lets old versions in"),
        Some(value) => {
            Outcome::undetermined(format!("AllowEncryptionOracle is {value}, which is not known"))
        }
        None => Outcome::sound(
            "AllowEncryptionOracle is not set, which is 1 with the updates of May 2018",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn vulnerable_is_the_word_for_two() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows has no such setting"),
                (
                    WINDOWS_10,
                    |_| {},
                    Sound,
                    "AllowEncryptionOracle is not set, which is 1 with the updates of May 2018",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(PARAMETERS, "AllowEncryptionOracle", 2),
                    Weak,
                    "AllowEncryptionOracle is 2, which lets old versions in",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(PARAMETERS, "AllowEncryptionOracle", 7),
                    Undetermined,
                    "AllowEncryptionOracle is 7, which is not known",
                ),
            ],
        );
    }
}
