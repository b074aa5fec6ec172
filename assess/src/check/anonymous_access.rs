use staunch_model::{CheckDetail, Family, Severity};

use super::reading::PRODUCT_OPTIONS;
use super::{Check, Outcome, Subject, Unseen};

const LSA: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa";

pub(super) const CHECK: Check = Check {
    id: "anonymous-access",
    title: "Accounts and shares cannot be listed without a password",
    severity: Severity::Important,
    remedy: "Under Control\\Lsa set RestrictAnonymous to 1 (2 on Windows 2000), \
             RestrictAnonymousSAM to 1 and EveryoneIncludesAnonymous to 0",
    source: "MBSA, check \"Restrict Anonymous\"; KB143474 and KB246261; CIS Benchmarks, \
             \"Network access: Do not allow anonymous enumeration of SAM accounts and shares\"",
    reads: &[LSA, PRODUCT_OPTIONS],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    let mut details = vec![restrict_anonymous(subject).about("RestrictAnonymous")];
    if subject.system.family >= Family::WindowsXp {
        details.push(restrict_sam(subject));
        let everyone = everyone(subject);
        details.push(Outcome::from(everyone).about("EveryoneIncludesAnonymous"));
    }
    Outcome::of_details(
        details,
        "settings let anonymous users in",
        "accounts and shares cannot be listed without a password",
    )
}

fn restrict_anonymous(subject: &Subject<'_>) -> Outcome {
    // Windows 2000 alone has a second step; at the first, names can still be asked for one by one.
    let least = if subject.system.family == Family::Windows2000 { 2 } else { 1 };
    match subject.number(LSA, "RestrictAnonymous") {
        Ok(Some(value)) if value >= least => Outcome::sound(format!("it is {value}")),
        Ok(Some(value)) => Outcome::weak(format!("it is {value} rather than {least}")),
        Ok(None) => Outcome::weak("it is not set, which is 0"),
        Err(unseen) => unseen.into(),
    }
}

fn restrict_sam(subject: &Subject<'_>) -> CheckDetail {
    let judged = match subject.number(LSA, "RestrictAnonymousSAM") {
        Ok(Some(0)) => match subject.is_domain_controller() {
            Ok(true) => Outcome::not_applicable("it means nothing to a domain controller"),
            Ok(false) => Outcome::weak("it is 0"),
            Err(unseen) => unseen.into(),
        },
        Ok(Some(value)) => Outcome::sound(format!("it is {value}")),
        Ok(None) => Outcome::sound("it is not set, which is 1"),
        Err(unseen) => unseen.into(),
    };
    judged.about("RestrictAnonymousSAM")
}

fn everyone(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    Ok(match subject.number(LSA, "EveryoneIncludesAnonymous")? {
        None => Outcome::sound("it is not set, which is 0"),
        Some(0) => Outcome::sound("it is 0"),
        Some(value) => Outcome::weak(format!("it is {value}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, SERVER_2003, WINDOWS_10, WINDOWS_2000, XP, table};
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};

    #[test]
    fn each_windows_is_judged_by_its_own_defaults() {
        const SAFE: &str = "accounts and shares cannot be listed without a password";
        const OPEN: &str = "settings let anonymous users in: RestrictAnonymous";
        table(
            &CHECK,
            &[
                (NT4, |_| {}, Weak, "settings let anonymous users in: RestrictAnonymous"),
                (NT4, |facts| _ = facts.set_u32(LSA, "RestrictAnonymous", 1), Sound, SAFE),
                (WINDOWS_2000, |facts| _ = facts.set_u32(LSA, "RestrictAnonymous", 1), Weak, OPEN),
                (WINDOWS_2000, |facts| _ = facts.set_u32(LSA, "RestrictAnonymous", 2), Sound, SAFE),
                (XP, |_| {}, Weak, OPEN),
                (WINDOWS_10, |facts| _ = facts.set_u32(LSA, "RestrictAnonymous", 1), Sound, SAFE),
                (
                    WINDOWS_10,
                    |facts| {
                        facts.set_u32(LSA, "RestrictAnonymous", 1);
                        facts.set_u32(LSA, "EveryoneIncludesAnonymous", 1);
                    },
                    Weak,
                    "settings let anonymous users in: EveryoneIncludesAnonymous",
                ),
                (
                    SERVER_2003,
                    |facts| {
                        facts.set_u32(LSA, "RestrictAnonymous", 1);
                        facts.set_u32(LSA, "RestrictAnonymousSAM", 0);
                        facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT");
                    },
                    Sound,
                    SAFE,
                ),
                (
                    SERVER_2003,
                    |facts| {
                        facts.set_u32(LSA, "RestrictAnonymous", 1);
                        facts.set_u32(LSA, "RestrictAnonymousSAM", 0);
                    },
                    Undetermined,
                    "cannot be told for RestrictAnonymousSAM: \
                     HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions\\ProductType is not there",
                ),
            ],
        );
    }
}
