use staunch_model::{Family, Severity};

use super::effective::BUILD_24H2;
use super::{Check, Outcome, Subject, Unseen};

const PROTOCOLS: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols";

pub(super) const CHECK: Check = Check {
    id: "schannel-protocols",
    title: "Servers on the machine do not speak SSL and the first versions of TLS",
    severity: Severity::Moderate,
    remedy: "Set Enabled to 0 under SCHANNEL\\Protocols\\NAME\\Server for each of SSL 2.0, SSL \
             3.0, TLS 1.0 and TLS 1.1; first see that clients speak TLS 1.2",
    source: "Microsoft Learn, \"Protocols in TLS/SSL (Schannel SSP)\" and \"Transport Layer \
             Security (TLS) registry settings\"; RFC 7568 and RFC 8996",
    reads: &[PROTOCOLS],
    judge,
};

/// What a protocol is where nothing is set.
enum Default {
    On,
    Off,
    /// This Windows does not have it, whatever is set.
    Missing,
    Unknown,
}

fn judge(subject: &Subject<'_>) -> Outcome {
    let details = ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"]
        .into_iter()
        .map(|name| Outcome::from(protocol(subject, name)).about(name))
        .collect();
    Outcome::of_details(
        details,
        "servers on the machine may speak",
        "servers on the machine speak TLS 1.2 or newer only",
    )
}

fn protocol(subject: &Subject<'_>, name: &str) -> Result<Outcome, Unseen> {
    let default = default(subject, name)?;
    if matches!(default, Default::Missing) {
        return Ok(Outcome::not_applicable("this Windows does not have it"));
    }
    let key = format!(r"{PROTOCOLS}\{name}\Server");
    let enabled = subject.number(&key, "Enabled")?;
    let is_kept_back = subject.number(&key, "DisabledByDefault")?;
    Ok(match (enabled, is_kept_back, default) {
        (Some(0), _, _) => Outcome::sound("Enabled is 0"),
        (_, Some(value), _) if value != 0 => {
            Outcome::sound(format!("DisabledByDefault is {value}"))
        }
        (Some(value), _, _) => Outcome::weak(format!("Enabled is {value}")),
        (None, Some(_), _) => Outcome::weak("DisabledByDefault is 0"),
        (None, None, Default::On) => {
            Outcome::weak("it is not set, and this Windows then has it on")
        }
        (None, None, Default::Unknown) => {
            Outcome::undetermined("it is not set, and its default is not known for this Windows")
        }
        (None, None, Default::Off | Default::Missing) => {
            Outcome::sound("it is not set, and this Windows then has it off")
        }
    })
}

/// Source: Microsoft Learn, "Protocols in TLS/SSL (Schannel SSP)", for servers; "Features removed
/// or no longer developed starting with Windows Server 2025".
fn default(subject: &Subject<'_>, name: &str) -> Result<Default, Unseen> {
    let family = subject.system.family;
    // Builds of clients begin to matter with Windows 10 only.
    let build = if family >= Family::Windows10 { subject.build()? } else { 0 };
    Ok(match name {
        "SSL 2.0" if build >= 14_393 => Default::Missing,
        "SSL 2.0" if family >= Family::Windows8 => Default::Off,
        "SSL 3.0" if build >= 14_393 => Default::Off,
        "TLS 1.1" if family < Family::Windows7 => Default::Missing,
        "TLS 1.1" if family < Family::Windows8 => Default::Off,
        "TLS 1.0" | "TLS 1.1" if family == Family::Server2025 => Default::Off,
        "TLS 1.0" | "TLS 1.1" if build >= BUILD_24H2 => Default::Unknown,
        _ => Default::On,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2022, SERVER_2025, WINDOWS_7, WINDOWS_11};
    use crate::check::outcome::tests::{WINDOWS_10, XP, judge_on, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn set(facts: &mut Memory, protocol: &str, name: &str, value: u32) {
        facts.set_u32(&format!(r"{PROTOCOLS}\{protocol}\Server"), name, value);
    }

    #[test]
    fn each_version_has_its_defaults() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, Weak, "servers on the machine may speak: SSL 2.0, SSL 3.0, TLS 1.0"),
                (
                    WINDOWS_7,
                    |_| {},
                    Weak,
                    "servers on the machine may speak: SSL 2.0, SSL 3.0, TLS 1.0",
                ),
                (SERVER_2022, |_| {}, Weak, "servers on the machine may speak: TLS 1.0, TLS 1.1"),
                (
                    WINDOWS_11,
                    |_| {},
                    Undetermined,
                    "cannot be told for TLS 1.0, TLS 1.1: it is not set, and its default is not known \
                 for this Windows",
                ),
                (
                    SERVER_2025,
                    |facts| set(facts, "TLS 1.0", "DisabledByDefault", 0),
                    Weak,
                    "servers on the machine may speak: TLS 1.0",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        set(facts, "TLS 1.0", "Enabled", 0);
                        set(facts, "TLS 1.1", "DisabledByDefault", 1);
                    },
                    Sound,
                    "servers on the machine speak TLS 1.2 or newer only",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        set(facts, "SSL 3.0", "Enabled", 0xFFFF_FFFF);
                        set(facts, "TLS 1.0", "Enabled", 0);
                        set(facts, "TLS 1.1", "Enabled", 0);
                    },
                    Weak,
                    "servers on the machine may speak: SSL 3.0",
                ),
            ],
        );
    }

    #[test]
    fn a_protocol_that_windows_lost_is_not_judged_by_leftovers() {
        let mut facts = Memory::default();
        set(&mut facts, "SSL 2.0", "Enabled", 1);
        let outcome = judge_on(&CHECK, WINDOWS_10, &facts);
        assert_eq!(outcome.details[0].verdict, NotApplicable);
    }
}
