use staunch_model::{Family, Severity};

use super::remote_desktop::{LISTENER, POLICY, SERVER, SERVICE};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "rdp-nla",
    title: "Remote Desktop asks who is there before it opens a session",
    severity: Severity::Important,
    remedy: "Require Network Level Authentication: UserAuthentication 1, by policy or under \
             WinStations\\RDP-Tcp; turn Remote Desktop off where nobody needs it",
    source: "CIS Benchmarks, \"Require user authentication for remote connections by using \
             Network Level Authentication\"; CVE-2019-0708",
    reads: &[POLICY, SERVER, SERVICE],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if let Some(off) = subject.remote_desktop_off()? {
        return Ok(off);
    }
    let family = subject.system.family;
    if family < Family::WindowsVista {
        let why = "Remote Desktop is on, and this Windows has no Network Level Authentication";
        return Ok(Outcome::weak(why));
    }
    Ok(match subject.setting("UserAuthentication", &[POLICY, LISTENER])? {
        Some(setting) if setting.number == 1 => Outcome::sound(setting.to_string()),
        Some(setting) => Outcome::weak(format!("Remote Desktop is on, and {setting}")),
        None if family >= Family::Windows8 => {
            Outcome::sound("UserAuthentication is not set, which is 1")
        }
        None => Outcome::weak("Remote Desktop is on, and UserAuthentication is not set"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{WINDOWS_10, WINDOWS_2000, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(SERVICE, "Start", 3).set_u32(SERVER, "fDenyTSConnections", 0)
    }

    #[test]
    fn a_server_that_is_on_must_ask() {
        table(
            &CHECK,
            &[
                (WINDOWS_2000, |_| {}, NotApplicable, "there are no terminal services"),
                (
                    WINDOWS_2000,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 2),
                    Weak,
                    "Remote Desktop is on, and this Windows has no Network Level Authentication",
                ),
                (
                    XP,
                    |facts| _ = on(facts),
                    Weak,
                    "Remote Desktop is on, and this Windows has no Network Level Authentication",
                ),
                (
                    WINDOWS_10,
                    |_| {},
                    NotApplicable,
                    "Remote Desktop is off: fDenyTSConnections is not set",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts).set_u32(POLICY, "fDenyTSConnections", 1),
                    NotApplicable,
                    "Remote Desktop is off: fDenyTSConnections is 1 by policy",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts).set_u32(SERVICE, "Start", 4),
                    NotApplicable,
                    "the service TermService is off",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts),
                    Weak,
                    "Remote Desktop is on, and UserAuthentication is not set",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts),
                    Sound,
                    "UserAuthentication is not set, which is 1",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts).set_u32(LISTENER, "UserAuthentication", 0),
                    Weak,
                    "Remote Desktop is on, and UserAuthentication is 0",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        on(facts).set_u32(LISTENER, "UserAuthentication", 0);
                        facts.set_u32(POLICY, "UserAuthentication", 1);
                    },
                    Sound,
                    "UserAuthentication is 1 by policy",
                ),
            ],
        );
    }
}
