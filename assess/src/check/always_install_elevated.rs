use staunch_model::{CheckVerdict, Severity};

use super::{Check, Outcome, Subject, Unseen};

const NAME: &str = "AlwaysInstallElevated";
const MACHINE: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\Installer";

pub(super) const CHECK: Check = Check {
    id: "always-install-elevated",
    title: "Packages that anybody starts are not installed with the rights of the system",
    severity: Severity::Critical,
    remedy: "Remove AlwaysInstallElevated from the policies of the machine and of each person",
    source: "Microsoft Learn, \"AlwaysInstallElevated\" (Windows Installer); CIS Benchmarks, \
             \"Always install with elevated privileges\"",
    reads: &[MACHINE, r"HKU\*\Software\Policies\Microsoft\Windows\Installer", "profiles"],
    judge: |subject| judge(subject).into(),
};

/// The value counts only where both the machine and the person have it.
fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.number(MACHINE, NAME)? != Some(1) {
        return Ok(Outcome::sound("AlwaysInstallElevated is not 1 for the machine"));
    }
    let mut details = Vec::new();
    for person in subject.users()? {
        let key = format!(r"HKU\{person}\Software\Policies\Microsoft\Windows\Installer");
        let judged = subject.number(&key, NAME).map(|value| match value {
            Some(1) => Outcome::weak("AlwaysInstallElevated is 1"),
            Some(value) => Outcome::sound(format!("AlwaysInstallElevated is {value}")),
            None => Outcome::sound("AlwaysInstallElevated is not set"),
        });
        details.push(Outcome::from(judged).about(person));
    }
    let outcome = Outcome::of_details(
        details,
        "AlwaysInstallElevated is 1 for the machine and for",
        "AlwaysInstallElevated is 1 for the machine, but for no person, so that it does not count",
    );
    Ok(match outcome.verdict {
        CheckVerdict::Undetermined => Outcome {
            found: format!("AlwaysInstallElevated is 1 for the machine, and {}", outcome.found),
            ..outcome
        },
        _ => outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, WINDOWS_2000, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};
    use staunch_model::Collected;

    const ANNA: &str = r"HKU\Anna\Software\Policies\Microsoft\Windows\Installer";

    fn people(facts: &mut Memory) -> &mut Memory {
        facts.collect_key(r"HKU\Anna").collect_key(r"HKU\Bert").set_u32(MACHINE, NAME, 1);
        facts.set_users(Collected::Known(vec!["Anna".into(), "Bert".into()]))
    }

    #[test]
    fn machine_and_person_must_both_have_it() {
        table(
            &CHECK,
            &[
                (WINDOWS_2000, |_| {}, Sound, "AlwaysInstallElevated is not 1 for the machine"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(MACHINE, NAME, 1),
                    Undetermined,
                    "the list of profiles was not collected",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = people(facts),
                    Sound,
                    "AlwaysInstallElevated is 1 for the machine, but for no person, so that it \
                     does not count",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = people(facts).set_u32(ANNA, NAME, 1),
                    Weak,
                    "AlwaysInstallElevated is 1 for the machine and for: Anna",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        people(facts);
                        let more = vec!["Anna".into(), "Bert".into(), "Cleo".into()];
                        facts.set_users(Collected::Known(more));
                    },
                    Undetermined,
                    "AlwaysInstallElevated is 1 for the machine, and cannot be told for Cleo: \
                     HKU\\Cleo\\Software\\Policies\\Microsoft\\Windows\\Installer\\AlwaysInstallElevated \
                     was not collected",
                ),
            ],
        );
    }
}
