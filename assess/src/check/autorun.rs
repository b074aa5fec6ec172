use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const BELOW: &str = r"Software\Microsoft\Windows\CurrentVersion\Policies\Explorer";
const MACHINE: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer";

/// The bits of all kinds of drives.
const ALL_DRIVES: u64 = 0xFF;

pub(super) const CHECK: Check = Check {
    id: "autorun",
    title: "Nothing on a medium starts by itself",
    severity: Severity::Important,
    remedy: "Set NoDriveTypeAutoRun to 255 under Policies\\Explorer of the machine; before \
             Windows 7 install KB967715, which makes HonorAutorunSetting count",
    source: "KB967715; CIS Benchmarks, \"Turn off Autoplay\" and \"Set the default behavior for \
             AutoRun\"",
    reads: &[
        MACHINE,
        r"HKU\*\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer",
        "profiles",
    ],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    // Since Vista a value of its own keeps the commands of media from running.
    if family >= Family::WindowsVista && subject.number(MACHINE, "NoAutorun")? == Some(1) {
        return Ok(Outcome::sound("NoAutorun is 1"));
    }
    let outcome = match drives(subject, MACHINE)? {
        Some(drives) => judge_drives(drives),
        None => judge_people(subject)?,
    };
    let is_sound = outcome.verdict == staunch_model::CheckVerdict::Sound;
    // Without the update the value is ignored for what a person opens.
    if is_sound
        && family < Family::Windows7
        && subject.number(MACHINE, "HonorAutorunSetting")? != Some(1)
    {
        let why = format!("{}, but HonorAutorunSetting is not 1 (KB967715)", outcome.found);
        return Ok(Outcome::weak(why));
    }
    Ok(outcome)
}

/// Where nothing is set for the machine, each person's own value counts.
fn judge_people(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let mut details = Vec::new();
    for person in subject.users()? {
        let judged = drives(subject, &format!(r"HKU\{person}\{BELOW}")).map(|set| match set {
            Some(drives) => judge_drives(drives),
            None => Outcome::weak("NoDriveTypeAutoRun is not set"),
        });
        details.push(Outcome::from(judged).about(person));
    }
    if details.is_empty() {
        return Ok(Outcome::weak("NoDriveTypeAutoRun is not set"));
    }
    Ok(Outcome::of_details(
        details,
        "NoDriveTypeAutoRun is not set for the machine, and leaves out drives for",
        "NoDriveTypeAutoRun is 0xFF for each person",
    ))
}

fn judge_drives(drives: u64) -> Outcome {
    let found = format!("NoDriveTypeAutoRun is {drives:#04X}");
    if drives & ALL_DRIVES == ALL_DRIVES { Outcome::sound(found) } else { Outcome::weak(found) }
}

/// Reads the bits of the kinds of drives, which older versions store as bytes.
fn drives(subject: &Subject<'_>, key: &str) -> Result<Option<u64>, Unseen> {
    let Some(data) = subject.value(key, "NoDriveTypeAutoRun")? else { return Ok(None) };
    let lowest = data.binary().and_then(|bytes| bytes.first()).map(|byte| u64::from(*byte));
    let strange = || Unseen::because(format!("{key}\\NoDriveTypeAutoRun is no number"));
    data.number().or(lowest).map(Some).ok_or_else(strange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::RegistryData;
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};
    use staunch_model::Collected;

    const ANNA: &str = r"HKU\Anna\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer";
    const BERT: &str = r"HKU\Bert\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer";

    #[test]
    fn the_machine_counts_before_people_and_old_versions_need_an_update() {
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, Undetermined, "the list of profiles was not collected"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_users(Collected::Known(vec![])),
                    Weak,
                    "NoDriveTypeAutoRun is not set",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(MACHINE, "NoDriveTypeAutoRun", 0x91),
                    Weak,
                    "NoDriveTypeAutoRun is 0x91",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(MACHINE, "NoDriveTypeAutoRun", 0xFF),
                    Sound,
                    "NoDriveTypeAutoRun is 0xFF",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(MACHINE, "NoAutorun", 1),
                    Sound,
                    "NoAutorun is 1",
                ),
                (
                    XP,
                    |facts| _ = facts.set_u32(MACHINE, "NoDriveTypeAutoRun", 0xFF),
                    Weak,
                    "NoDriveTypeAutoRun is 0xFF, but HonorAutorunSetting is not 1 (KB967715)",
                ),
                (
                    XP,
                    |facts| {
                        facts.set_u32(MACHINE, "HonorAutorunSetting", 1);
                        let bytes = RegistryData::Binary(vec![0xFF, 0, 0, 0]);
                        facts.set(MACHINE, "NoDriveTypeAutoRun", bytes);
                    },
                    Sound,
                    "NoDriveTypeAutoRun is 0xFF",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        facts.set_users(Collected::Known(vec!["Anna".into(), "Bert".into()]));
                        facts.set_u32(ANNA, "NoDriveTypeAutoRun", 0xFF);
                        facts.set_u32(BERT, "NoDriveTypeAutoRun", 0x95);
                    },
                    Weak,
                    "NoDriveTypeAutoRun is not set for the machine, and leaves out drives for: Bert",
                ),
            ],
        );
    }
}
