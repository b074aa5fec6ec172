use staunch_model::{Family, Severity};

use super::servicing_month::ServicingMonth;
use super::{Check, Outcome, Subject, Unseen};

const PARAMETERS: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters";

/// Revisions of May 2018, from which on nothing old is let in unless somebody asks for it.
///
/// Source: KB4103716, KB4103723, KB4103731, KB4103727 and KB4103721.
const MAY_2018: ServicingMonth = ServicingMonth {
    revisions: &[(10_240, 17_861), (14_393, 2_248), (15_063, 1_088), (16_299, 431), (17_134, 48)],
    later: 17_763,
};

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
        None => judge_default(subject)?,
    })
}

fn judge_default(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    Ok(match MAY_2018.is_reached(subject)? {
        Some(true) => Outcome::sound("AllowEncryptionOracle is not set, which is 1"),
        Some(false) => {
            Outcome::weak("the updates of May 2018 are missing, and old versions get in")
        }
        None => Outcome::undetermined(
            "AllowEncryptionOracle is not set, and whether the updates of May 2018 are there, with \
             which it is then 1, cannot be told from the build",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, XP, bare, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};
    use staunch_model::{Collected, MachineFacts, OsBuild, Support};

    #[test]
    fn the_revision_tells_whether_the_updates_of_may_2018_are_there() {
        let (facts, support) = (bare(), Support::default());
        let system = "Windows 10 Version 1803 for x64-based Systems".parse().unwrap();
        let verdict = |revision| {
            let build = Collected::Known(OsBuild::new(10, 0, 17_134, Some(revision)));
            let machine = MachineFacts { build, ..MachineFacts::default() };
            let (facts, system) = (&facts, &system);
            let subject = Subject { facts, machine: &machine, system, support: &support };
            Outcome::from(judge(&subject)).verdict
        };
        assert_eq!((verdict(47), verdict(48)), (Weak, Sound));
    }

    #[test]
    fn vulnerable_is_the_word_for_two() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows has no such setting"),
                (WINDOWS_10, |_| {}, Sound, "AllowEncryptionOracle is not set, which is 1"),
                (
                    WINDOWS_7,
                    |_| {},
                    Undetermined,
                    "AllowEncryptionOracle is not set, and whether the updates of May 2018 are \
                     there, with which it is then 1, cannot be told from the build",
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
