use staunch_machine::RegistryData;
use staunch_model::Severity;

use super::{Check, Outcome, Subject, Unseen};

const WINLOGON: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon";

pub(super) const CHECK: Check = Check {
    id: "autologon",
    title: "Nobody is logged on automatically, and no password stands readable for it",
    severity: Severity::Important,
    remedy: "Set AutoAdminLogon to 0 and delete DefaultPassword under Winlogon; change the \
             password that stood there",
    source: "MBSA, check \"Autologon\"; Microsoft Learn, \"How to turn on automatic logon in \
             Windows\"; CIS Benchmarks, \"MSS: (AutoAdminLogon) Enable Automatic Logon\"",
    reads: &[WINLOGON],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    // The password is looked for and never told.
    let has_password = match subject.value(WINLOGON, "DefaultPassword")? {
        Some(RegistryData::Text(text) | RegistryData::ExpandableText(text)) => !text.is_empty(),
        Some(_) => true,
        None => false,
    };
    let is_on = subject.loose_number(WINLOGON, "AutoAdminLogon")?.is_some_and(|value| value != 0);
    Ok(match (is_on, has_password) {
        (true, true) => Outcome::weak(
            "somebody is logged on automatically, with a password that stands readable in \
             DefaultPassword",
        ),
        (true, false) => Outcome::weak("somebody is logged on automatically"),
        (false, true) => Outcome::weak(
            "nobody is logged on automatically, but a password stands readable in DefaultPassword",
        ),
        (false, false) => Outcome::sound("nobody is logged on automatically"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};

    #[test]
    fn automatic_logon_and_a_password_left_behind_are_weak() {
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, Sound, "nobody is logged on automatically"),
                (
                    NT4,
                    |facts| {
                        facts.set_text(WINLOGON, "AutoAdminLogon", "1");
                        facts.set_text(WINLOGON, "DefaultPassword", "geheim");
                    },
                    Weak,
                    "somebody is logged on automatically, with a password that stands readable \
                     in DefaultPassword",
                ),
                (
                    XP,
                    |facts| {
                        facts.set_u32(WINLOGON, "AutoAdminLogon", 1);
                        facts.set_text(WINLOGON, "DefaultPassword", "");
                    },
                    Weak,
                    "somebody is logged on automatically",
                ),
                (
                    XP,
                    |facts| {
                        facts.set_text(WINLOGON, "AutoAdminLogon", "0");
                        facts.set_text(WINLOGON, "DefaultPassword", "geheim");
                    },
                    Weak,
                    "nobody is logged on automatically, but a password stands readable in \
                     DefaultPassword",
                ),
                (
                    XP,
                    |facts| {
                        facts.set_text(WINLOGON, "AutoAdminLogon", "yes");
                    },
                    Undetermined,
                    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\AutoAdminLogon is no number",
                ),
            ],
        );
    }
}
