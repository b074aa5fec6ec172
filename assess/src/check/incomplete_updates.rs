use staunch_model::{CheckDetail, Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const SESSION_MANAGER: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";
const RENAMES: &str = "PendingFileRenameOperations";
const UPDATE_EXE: &str = r"HKLM\SOFTWARE\Microsoft\Updates\UpdateExeVolatile";
const AUTO_UPDATE: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired";
const SERVICING: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending";

pub(super) const CHECK: Check = Check {
    id: "incomplete-updates",
    title: "No installed update waits for a restart",
    severity: Severity::Important,
    remedy: "Restart the machine",
    source: "MBSA, check \"Incomplete Updates\"; KB832475; Microsoft Learn, \"MoveFileEx function\"",
    reads: &[SESSION_MANAGER, UPDATE_EXE, AUTO_UPDATE, SERVICING],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    let mut details = vec![Outcome::from(renames(subject)).about(RENAMES)];
    if subject.system.family < Family::WindowsVista {
        details.push(Outcome::from(update_exe(subject)).about("UpdateExeVolatile"));
    } else {
        details.push(waiting(subject, SERVICING, "component servicing"));
    }
    if subject.system.family > Family::WindowsNt4 {
        details.push(waiting(subject, AUTO_UPDATE, "Windows Update"));
    }
    Outcome::of_details(details, "a restart is waited for", "nothing waits for a restart")
}

/// Counts the files that the next start replaces; those that it deletes are left-overs.
fn renames(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(data) = subject.value(SESSION_MANAGER, RENAMES)? else {
        return Ok(Outcome::sound("no file waits to be replaced"));
    };
    let strange = || Unseen::because(format!("{SESSION_MANAGER}\\{RENAMES} is no list of texts"));
    let texts = data.texts().ok_or_else(strange)?;
    let targets = texts.chunks(2).filter_map(|pair| pair.get(1));
    let replaced = targets.filter(|target| !target.is_empty()).count();
    Ok(match (replaced, texts.len() / 2) {
        (0, 0) => Outcome::sound("no file waits to be replaced"),
        (0, deleted) => {
            Outcome::sound(format!("no file waits to be replaced, {deleted} to be deleted"))
        }
        (1, _) => Outcome::weak("1 file waits to be replaced"),
        (count, _) => Outcome::weak(format!("{count} files wait to be replaced")),
    })
}

/// Asks what the installer of hotfixes leaves until the restart after it.
fn update_exe(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    Ok(match subject.number(UPDATE_EXE, "Flags")? {
        None | Some(0) => Outcome::sound("no hotfix waits for a restart"),
        Some(_) => Outcome::weak("a hotfix waits for a restart"),
    })
}

fn waiting(subject: &Subject<'_>, key: &str, who: &str) -> CheckDetail {
    let judged = match subject.key(key) {
        Ok(None) => Outcome::sound(format!("{who} waits for no restart")),
        Ok(Some(_)) => Outcome::weak(format!("{who} waits for a restart")),
        Err(unseen) => unseen.into(),
    };
    judged.about(key.rsplit('\\').next().unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::RegistryData;
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};

    #[test]
    fn replaced_files_and_marks_of_the_installers_are_weak() {
        const NONE: &str = "nothing waits for a restart";
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, Sound, NONE),
                (
                    XP,
                    |facts| {
                        let texts = [r"\??\C:\a.tmp", "", r"\??\C:\b.dll", r"!\??\C:\c.dll"];
                        let texts = texts.map(str::to_owned).to_vec();
                        facts.set(SESSION_MANAGER, RENAMES, RegistryData::Texts(texts));
                    },
                    Weak,
                    "a restart is waited for: PendingFileRenameOperations",
                ),
                (
                    XP,
                    |facts| {
                        let texts = [r"\??\C:\a.tmp", ""].map(str::to_owned).to_vec();
                        facts.set(SESSION_MANAGER, RENAMES, RegistryData::Texts(texts));
                    },
                    Sound,
                    NONE,
                ),
                (
                    XP,
                    |facts| _ = facts.set(SESSION_MANAGER, RENAMES, RegistryData::U32(1)),
                    Undetermined,
                    "cannot be told for PendingFileRenameOperations: \
                     HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session \
                     Manager\\PendingFileRenameOperations is no list of texts",
                ),
                (
                    XP,
                    |facts| _ = facts.set_u32(UPDATE_EXE, "Flags", 1),
                    Weak,
                    "a restart is waited for: UpdateExeVolatile",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.add_key(SERVICING).add_key(AUTO_UPDATE),
                    Weak,
                    "a restart is waited for: RebootPending, RebootRequired",
                ),
            ],
        );
    }
}
