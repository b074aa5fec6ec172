use staunch_model::Severity;

use super::{Check, Outcome, Subject, Unseen};

const ENGINE_1: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell\1\PowerShellEngine";
const ENGINE_3: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell\3\PowerShellEngine";
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging";

pub(super) const CHECK: Check = Check {
    id: "powershell-logging",
    title: "PowerShell logs the script blocks that it runs",
    severity: Severity::Low,
    remedy: "Turn on PowerShell Script Block Logging by policy: EnableScriptBlockLogging 1",
    source: "Microsoft Learn, \"about_Logging_Windows\"; CIS Benchmarks, \"Turn on PowerShell \
             Script Block Logging\"",
    reads: &[ENGINE_1, ENGINE_3, POLICY],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(version) = subject.text(ENGINE_3, "PowerShellVersion")? else {
        return Ok(match subject.text(ENGINE_1, "PowerShellVersion")? {
            Some(version) => Outcome::weak(format!("PowerShell {version} cannot log them")),
            None => Outcome::not_applicable("PowerShell is not installed"),
        });
    };
    if version.starts_with("3.") {
        return Ok(Outcome::weak(format!("PowerShell {version} cannot log them")));
    }
    Ok(match subject.setting("EnableScriptBlockLogging", &[POLICY])? {
        Some(setting) if setting.number == 1 => Outcome::sound(setting.to_string()),
        Some(setting) => Outcome::weak(setting.to_string()),
        None => Outcome::weak(
            "EnableScriptBlockLogging is not set, which logs only blocks that look suspicious",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn five(facts: &mut Memory) -> &mut Memory {
        facts.set_text(ENGINE_3, "PowerShellVersion", "5.1.19041.1")
    }

    #[test]
    fn the_engine_must_be_able_to_and_policy_must_ask() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, NotApplicable, "PowerShell is not installed"),
                (
                    WINDOWS_7,
                    |facts| _ = facts.set_text(ENGINE_1, "PowerShellVersion", "2.0"),
                    Weak,
                    "PowerShell 2.0 cannot log them",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = five(facts),
                    Weak,
                    "EnableScriptBlockLogging is not set, which logs only blocks that look \
                     suspicious",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = five(facts).set_u32(POLICY, "EnableScriptBlockLogging", 1),
                    Sound,
                    "EnableScriptBlockLogging is 1 by policy",
                ),
            ],
        );
    }
}
