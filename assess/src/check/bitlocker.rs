use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const DRIVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\fvevol";
const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\BDESVC";

pub(super) const CHECK: Check = Check {
    id: "bitlocker",
    title: "The volume of Windows is encrypted",
    severity: Severity::Moderate,
    remedy: "Turn on BitLocker for the volume of Windows (on servers install the feature first)",
    source: "Microsoft Learn, \"BitLocker overview\"",
    reads: &[DRIVER, SERVICE],
    judge: |subject| judge(subject).into(),
};

/// The registry says for sure only where BitLocker cannot be in use.
fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    if family < Family::WindowsVista {
        return Ok(Outcome::not_applicable("this Windows has no BitLocker"));
    }
    if subject.service("fvevol")?.is_none() {
        return Ok(Outcome::weak("the driver of BitLocker (fvevol) is not installed"));
    }
    let is_feature = family.is_server() && family >= Family::Server2008R2;
    if is_feature && subject.service("BDESVC")?.is_none() {
        return Ok(Outcome::weak("the feature BitLocker is not installed"));
    }
    Ok(Outcome::undetermined(
        "BitLocker is there, and whether it protects the volume of Windows is not written in the \
         registry",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::SERVER_2022;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{NotApplicable, Undetermined, Weak};

    #[test]
    fn only_where_it_is_not_installed_can_be_told() {
        const THERE: &str = "BitLocker is there, and whether it protects the volume of Windows is \
                             not written in the registry";
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "this Windows has no BitLocker"),
                (WINDOWS_10, |_| {}, Weak, "the driver of BitLocker (fvevol) is not installed"),
                (WINDOWS_10, |facts| _ = facts.set_u32(DRIVER, "Start", 0), Undetermined, THERE),
                (
                    SERVER_2022,
                    |facts| _ = facts.set_u32(DRIVER, "Start", 0),
                    Weak,
                    "the feature BitLocker is not installed",
                ),
            ],
        );
    }
}
