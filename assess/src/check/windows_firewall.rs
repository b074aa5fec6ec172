use staunch_model::{Family, ServicePack, Severity};

use super::{Check, Outcome, ServiceStart, Subject, Unseen};

const LOCAL: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall";

pub(super) const CHECK: Check = Check {
    id: "windows-firewall",
    title: "Windows Firewall is on in every profile",
    severity: Severity::Important,
    remedy: "Let the service of the firewall start and turn the firewall on: netsh advfirewall \
             set allprofiles state on (before Windows Vista: netsh firewall set opmode enable); \
             where another firewall is in its place, see that it runs",
    source: "MBSA, check \"Windows Firewall\"; [MS-GPFAS] 2.2.3; KB875357; CIS Benchmarks, \
             \"Windows Firewall: Firewall state\"",
    reads: &[
        LOCAL,
        POLICY,
        r"HKLM\SYSTEM\CurrentControlSet\Services\MpsSvc",
        r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess",
    ],
    judge: |subject| judge(subject).into(),
};

/// A profile: its name, its key below the local settings, its key below the policy.
type Profile = (&'static str, &'static str, &'static str);

const DOMAIN: Profile = ("domain", "DomainProfile", "DomainProfile");
const STANDARD: Profile = ("standard", "StandardProfile", "StandardProfile");
const PRIVATE: Profile = ("private", "StandardProfile", "PrivateProfile");
const PUBLIC: Profile = ("public", "PublicProfile", "PublicProfile");

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let (family, pack) = (subject.system.family, subject.system.service_pack);
    // The 64-bit editions of XP are made from Server 2003 with its first service pack.
    let is_of_server_2003 = subject.system.build() == Some(3790);
    let since = match family {
        Family::WindowsNt4 | Family::Windows2000 => {
            return Ok(Outcome::not_applicable("this Windows comes without a firewall"));
        }
        Family::WindowsXp if !is_of_server_2003 => ServicePack(2),
        Family::Server2003 => ServicePack(1),
        _ => ServicePack(0),
    };
    if pack < since {
        return Ok(Outcome::not_applicable(format!(
            "this Windows has a firewall with profiles since Service Pack {} only",
            since.0
        )));
    }
    let is_old = family < Family::WindowsVista;
    let service = if is_old { "SharedAccess" } else { "MpsSvc" };
    match subject.service(service)? {
        Some(ServiceStart::Automatic) => {}
        Some(_) => {
            return Ok(Outcome::weak(format!("the service {service} does not start by itself")));
        }
        None => return Ok(Outcome::weak(format!("the service {service} is not installed"))),
    }
    let profiles = match is_old {
        true => [DOMAIN, STANDARD].to_vec(),
        false => [DOMAIN, PRIVATE, PUBLIC].to_vec(),
    };
    let details = profiles
        .into_iter()
        .map(|profile| Outcome::from(state(subject, profile)).about(profile.0))
        .collect();
    Ok(Outcome::of_details(
        details,
        "the firewall is off in profiles",
        "the firewall is on in every profile",
    ))
}

fn state(subject: &Subject<'_>, (_, local, policy): Profile) -> Result<Outcome, Unseen> {
    let policy = policy_key(subject, policy)?;
    let by_policy = subject.number(&format!("{POLICY}\\{policy}"), "EnableFirewall")?;
    let set = match by_policy {
        Some(value) => Some((value, "policy")),
        None => subject
            .number(&format!("{LOCAL}\\{local}"), "EnableFirewall")?
            .map(|value| (value, "setting")),
    };
    let is_server_2003 = matches!(subject.system.family, Family::Server2003 | Family::Server2003R2);
    Ok(match set {
        Some((0, by)) => Outcome::weak(format!("off by {by}")),
        Some((_, by)) => Outcome::sound(format!("on by {by}")),
        None if is_server_2003 => Outcome::weak("off by default"),
        None => Outcome::sound("on by default"),
    })
}

/// Names the key of a profile below the policy.
///
/// Source: [MS-GPFAS] 2.2.3: where neither of the keys of the newer profiles is there, the one of
/// the standard profile counts for both.
fn policy_key(subject: &Subject<'_>, name: &'static str) -> Result<&'static str, Unseen> {
    if name != PRIVATE.2 && name != PUBLIC.2 {
        return Ok(name);
    }
    let is_there = |name: &str| Ok(subject.key(&format!("{POLICY}\\{name}"))?.is_some());
    Ok(if is_there(PRIVATE.2)? || is_there(PUBLIC.2)? { name } else { STANDARD.2 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2003, WINDOWS_10, WINDOWS_2000, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn start(facts: &mut Memory) {
        for service in ["SharedAccess", "MpsSvc"] {
            let key = format!(r"HKLM\SYSTEM\CurrentControlSet\Services\{service}");
            facts.set_u32(&key, "Start", 2);
        }
    }

    #[test]
    fn policy_then_setting_then_the_default_of_that_windows() {
        const ON: &str = "the firewall is on in every profile";
        table(
            &CHECK,
            &[
                (WINDOWS_2000, |_| {}, NotApplicable, "this Windows comes without a firewall"),
                (
                    "Windows XP Service Pack 1",
                    |_| {},
                    NotApplicable,
                    "this Windows has a firewall with profiles since Service Pack 2 only",
                ),
                (XP, |_| {}, Weak, "the service SharedAccess is not installed"),
                (XP, start, Sound, ON),
                (SERVER_2003, start, Weak, "the firewall is off in profiles: domain, standard"),
                (
                    XP,
                    |facts| {
                        start(facts);
                        facts.set_u32(&format!(r"{LOCAL}\StandardProfile"), "EnableFirewall", 0);
                    },
                    Weak,
                    "the firewall is off in profiles: standard",
                ),
                (
                    XP,
                    |facts| {
                        start(facts);
                        facts.set_u32(&format!(r"{LOCAL}\StandardProfile"), "EnableFirewall", 0);
                        facts.set_u32(&format!(r"{POLICY}\StandardProfile"), "EnableFirewall", 1);
                    },
                    Sound,
                    ON,
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        start(facts);
                        facts.set_u32(&format!(r"{POLICY}\StandardProfile"), "EnableFirewall", 0);
                    },
                    Weak,
                    "the firewall is off in profiles: private, public",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        start(facts);
                        facts.set_u32(&format!(r"{POLICY}\StandardProfile"), "EnableFirewall", 0);
                        facts.set_u32(&format!(r"{POLICY}\PublicProfile"), "EnableFirewall", 1);
                    },
                    Sound,
                    ON,
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        let key = r"HKLM\SYSTEM\CurrentControlSet\Services\MpsSvc";
                        facts.set_u32(key, "Start", 4);
                    },
                    Weak,
                    "the service MpsSvc does not start by itself",
                ),
            ],
        );
    }
}
