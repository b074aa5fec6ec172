use staunch_model::{Family, Severity};

use super::remote_desktop::{LISTENER, POLICY, SERVER, SERVICE};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "rdp-encryption",
    title: "Remote Desktop encrypts with TLS, or with its own keys at the high level",
    severity: Severity::Moderate,
    remedy: "Set SecurityLayer to 2 and MinEncryptionLevel to 3, by policy or under \
             WinStations\\RDP-Tcp",
    source: "CIS Benchmarks, \"Require use of specific security layer for remote (RDP) \
             connections\" and \"Set client connection encryption level\"",
    reads: &[POLICY, SERVER, SERVICE],
    judge: |subject| judge(subject).into(),
};

/// The server and the client agree on the security layer.
const NEGOTIATED: u64 = 1;
const TLS: u64 = 2;
const HIGH: u64 = 3;

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if let Some(off) = subject.remote_desktop_off()? {
        return Ok(off);
    }
    let family = subject.system.family;
    if family < Family::Server2003 {
        return Ok(Outcome::weak("this Windows does not prove to clients which server it is"));
    }
    let (layer, found) = match subject.setting("SecurityLayer", &[POLICY, LISTENER])? {
        Some(setting) => (setting.number, setting.to_string()),
        None => {
            let default = if family < Family::WindowsVista { 0 } else { NEGOTIATED };
            (default, format!("SecurityLayer is not set, which is {default}"))
        }
    };
    match layer {
        0 => Ok(Outcome::weak(format!("{found}: clients are not shown proof which server it is"))),
        NEGOTIATED => judge_negotiated(subject, &found),
        TLS => Ok(Outcome::sound(found)),
        _ => Ok(Outcome::undetermined(format!("{found}, which is not known"))),
    }
}

/// Where the layer is agreed on, Network Level Authentication refuses whoever has no TLS, and
/// without it the level counts.
fn judge_negotiated(subject: &Subject<'_>, found: &str) -> Result<Outcome, Unseen> {
    let asks = subject.setting("UserAuthentication", &[POLICY, LISTENER])?;
    if asks.is_some_and(|setting| setting.number == 1) {
        return Ok(Outcome::sound(format!("{found}, and Network Level Authentication needs TLS")));
    }
    Ok(match subject.setting("MinEncryptionLevel", &[POLICY, LISTENER])? {
        Some(level) if level.number >= HIGH => Outcome::sound(format!("{found}, and {level}")),
        Some(level) => Outcome::weak(format!("{found}, and {level}")),
        None => Outcome::weak(format!("{found}, and MinEncryptionLevel is not set")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::WINDOWS_7;
    use crate::check::outcome::tests::{SERVER_2003, WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(SERVICE, "Start", 3).set_u32(SERVER, "fDenyTSConnections", 0)
    }

    #[test]
    fn the_layer_decides_and_then_the_level() {
        table(
            &CHECK,
            &[
                (
                    WINDOWS_10,
                    |_| {},
                    NotApplicable,
                    "Remote Desktop is off: fDenyTSConnections is not set",
                ),
                (
                    XP,
                    |facts| _ = on(facts),
                    Weak,
                    "this Windows does not prove to clients which server it is",
                ),
                (
                    SERVER_2003,
                    |facts| _ = on(facts),
                    Weak,
                    "SecurityLayer is not set, which is 0: clients are not shown proof which \
                     server it is",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts).set_u32(LISTENER, "MinEncryptionLevel", 2),
                    Weak,
                    "SecurityLayer is not set, which is 1, and MinEncryptionLevel is 2",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts).set_u32(POLICY, "MinEncryptionLevel", 3),
                    Sound,
                    "SecurityLayer is not set, which is 1, and MinEncryptionLevel is 3 by policy",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = on(facts).set_u32(LISTENER, "UserAuthentication", 1),
                    Sound,
                    "SecurityLayer is not set, which is 1, and Network Level Authentication \
                     needs TLS",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts).set_u32(LISTENER, "SecurityLayer", 2),
                    Sound,
                    "SecurityLayer is 2",
                ),
            ],
        );
    }
}
