use staunch_model::Severity;

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WinRM";
const LOCAL: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN";
const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\WinRM";

pub(super) const CHECK: Check = Check {
    id: "winrm-unencrypted",
    title: "Windows Remote Management sends nothing in clear",
    severity: Severity::Important,
    remedy: "Set AllowUnencryptedTraffic to 0 by policy for the service and the client, or: winrm \
             set winrm/config/service @{AllowUnencrypted=\"false\"}",
    source: "Microsoft Learn, \"Installation and configuration for Windows Remote Management\"; \
             CIS Benchmarks, \"Allow unencrypted traffic\"",
    reads: &[POLICY, LOCAL, SERVICE],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    if subject.is_off("WinRM") {
        return Outcome::not_applicable("Windows Remote Management is not installed or disabled");
    }
    let details = ["Service", "Client"]
        .into_iter()
        .map(|side| Outcome::from(judge_side(subject, side)).about(side))
        .collect();
    Outcome::of_details(
        details,
        "Windows Remote Management may send in clear",
        "Windows Remote Management sends nothing in clear",
    )
}

fn judge_side(subject: &Subject<'_>, side: &str) -> Result<Outcome, Unseen> {
    let policy = format!("{POLICY}\\{side}");
    let setting = match subject.setting("AllowUnencryptedTraffic", &[&policy])? {
        None => subject.setting("allow_unencrypted", &[&format!("{LOCAL}\\{side}")])?,
        set => set,
    };
    Ok(match setting {
        Some(setting) if setting.number == 0 => Outcome::sound(setting.to_string()),
        Some(setting) => Outcome::weak(setting.to_string()),
        None => Outcome::sound("it is not set, which is 0"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::SERVER_2022;
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(SERVICE, "Start", 2)
    }

    #[test]
    fn service_and_client_are_judged_apart() {
        const CLEAR: &str = "Windows Remote Management sends nothing in clear";
        table(
            &CHECK,
            &[
                (
                    XP,
                    |_| {},
                    NotApplicable,
                    "Windows Remote Management is not installed or disabled",
                ),
                (SERVER_2022, |facts| _ = on(facts), Sound, CLEAR),
                (
                    WINDOWS_10,
                    |facts| {
                        let key = format!(r"{LOCAL}\Client");
                        on(facts).set_u32(&key, "allow_unencrypted", 1);
                    },
                    Weak,
                    "Windows Remote Management may send in clear: Client",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        let (local, policy) =
                            (format!(r"{LOCAL}\Service"), format!(r"{POLICY}\Service"));
                        on(facts).set_u32(&local, "allow_unencrypted", 1);
                        facts.set_u32(&policy, "AllowUnencryptedTraffic", 0);
                    },
                    Sound,
                    CLEAR,
                ),
            ],
        );
    }
}
