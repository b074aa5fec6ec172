use staunch_model::{Collected, Severity};

use super::effective::VERSION_VALUES;
use super::{Check, Outcome, Subject, Unseen};

const ENGINE_1: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell\1\PowerShellEngine";
const ENGINE_3: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell\3\PowerShellEngine";
const NET_2: &str = r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v2.0.50727";
/// The engine of version 2, below the folder of Windows.
const ENGINE_FILE: &str = r"assembly\GAC_MSIL\System.Management.Automation\1.0.0.0__31bf3856ad364e35\System.Management.Automation.dll";

pub(super) const CHECK: Check = Check {
    id: "powershell-2",
    title: "No PowerShell without logging and script scanning can be started",
    severity: Severity::Moderate,
    remedy: "Remove the feature MicrosoftWindowsPowerShellV2 (on servers PowerShell-V2); where \
             there is nothing newer, install Windows Management Framework 5.1",
    source: "DISA STIG for Windows 10, WN10-00-000155; KB5065506",
    reads: &[
        ENGINE_1,
        ENGINE_3,
        NET_2,
        VERSION_VALUES,
        r"%SystemRoot%\assembly\GAC_MSIL\System.Management.Automation\1.0.0.0__31bf3856ad364e35\System.Management.Automation.dll",
    ],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let old = subject.text(ENGINE_1, "PowerShellVersion")?;
    let new = subject.text(ENGINE_3, "PowerShellVersion")?;
    match (old, new) {
        (None, None) => Ok(Outcome::not_applicable("PowerShell is not installed")),
        (Some(old), None) => {
            Ok(Outcome::weak(format!("PowerShell {old} is the newest that is installed")))
        }
        (None, Some(_)) => Ok(Outcome::sound("PowerShell 2.0 is not installed")),
        (Some(old), Some(new)) => judge_beside(subject, &old, &new),
    }
}

/// The old engine beside a new one starts only with its file and with the .NET Framework that it
/// is written for. Where files were not collected the registry decides.
fn judge_beside(subject: &Subject<'_>, old: &str, new: &str) -> Result<Outcome, Unseen> {
    let file = match subject.facts.system_root() {
        Collected::Known(root) => {
            let path = root.join(ENGINE_FILE);
            path.map_or(Collected::NotCollected, |path| subject.facts.file(&path))
        }
        Collected::Absent | Collected::NotCollected => Collected::NotCollected,
    };
    if file == Collected::Absent {
        return Ok(Outcome::sound(format!("the engine of PowerShell {old} is not there")));
    }
    Ok(match subject.number(NET_2, "Install")? {
        Some(1) => Outcome::weak(format!("PowerShell {old} is installed beside {new}")),
        _ => Outcome::sound(format!(
            "PowerShell {old} is installed without the .NET Framework that it needs"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn both(facts: &mut Memory) -> &mut Memory {
        facts.set_text(ENGINE_1, "PowerShellVersion", "2.0");
        facts.set_text(ENGINE_3, "PowerShellVersion", "5.1.19041.1")
    }

    #[test]
    fn the_old_engine_needs_its_file_and_its_framework() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "PowerShell is not installed"),
                (
                    WINDOWS_7,
                    |facts| _ = facts.set_text(ENGINE_1, "PowerShellVersion", "2.0"),
                    Weak,
                    "PowerShell 2.0 is the newest that is installed",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_text(ENGINE_3, "PowerShellVersion", "5.1.19041.1"),
                    Sound,
                    "PowerShell 2.0 is not installed",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = both(facts),
                    Sound,
                    "PowerShell 2.0 is installed without the .NET Framework that it needs",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = both(facts).set_u32(NET_2, "Install", 1),
                    Weak,
                    "PowerShell 2.0 is installed beside 5.1.19041.1",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        both(facts).set_u32(NET_2, "Install", 1);
                        facts.collect_folder(r"C:\Windows\assembly".parse().unwrap(), true);
                    },
                    Sound,
                    "the engine of PowerShell 2.0 is not there",
                ),
            ],
        );
    }
}
