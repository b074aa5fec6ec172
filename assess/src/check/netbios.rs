use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient";
const DRIVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\NetBT";
const PARAMETERS: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\NetBT\Parameters";
const INTERFACES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\NetBT\Parameters\Interfaces";

pub(super) const CHECK: Check = Check {
    id: "netbios-names",
    title: "Names are not asked of every machine nearby (NetBIOS)",
    severity: Severity::Moderate,
    remedy: "Set NetbiosOptions to 2 for every interface, or NodeType to 2 under \
             NetBT\\Parameters, which asks a WINS server only",
    source: "CIS Benchmarks, \"NetBT NodeType configuration\" and \"Configure NetBIOS settings\"; \
             KB313314",
    reads: &[POLICY, DRIVER],
    judge: |subject| judge(subject).into(),
};

/// First build whose policy knows of NetBIOS, that of Server 2022.
const BUILD_OF_POLICY: u32 = 20_348;
/// Names are asked of a server only.
const POINT_TO_POINT: u64 = 2;
/// NetBIOS is off for an interface.
const OFF: u64 = 2;

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.is_off("NetBT") {
        return Ok(Outcome::sound("NetBIOS over TCP/IP is not installed or disabled"));
    }
    if let Some(kind) = subject.setting("NodeType", &[PARAMETERS])?
        && kind.number == POINT_TO_POINT
    {
        return Ok(Outcome::sound(kind.to_string()));
    }
    if subject.system.family == Family::WindowsNt4 {
        return Ok(Outcome::weak("Windows NT 4.0 shares nothing without NetBIOS"));
    }
    if subject.build()? >= BUILD_OF_POLICY
        && let Some(policy) = subject.setting("EnableNetbios", &[POLICY])?
        && policy.number == 0
    {
        return Ok(Outcome::sound(policy.to_string()));
    }
    let Some(interfaces) = subject.key(INTERFACES)? else {
        return Ok(Outcome::not_applicable("there is no interface for NetBIOS"));
    };
    let details: Vec<_> = interfaces
        .subkeys
        .into_iter()
        .map(|name| Outcome::from(interface(subject, &name)).about(name))
        .collect();
    if details.is_empty() {
        return Ok(Outcome::not_applicable("there is no interface for NetBIOS"));
    }
    Ok(Outcome::of_details(
        details,
        "NetBIOS may be used on interfaces",
        "NetBIOS is off on every interface",
    ))
}

fn interface(subject: &Subject<'_>, name: &str) -> Result<Outcome, Unseen> {
    let key = format!("{INTERFACES}\\{name}");
    let own = subject.number(&key, "NetbiosOptions")?;
    let offered = subject.number(&key, "DhcpNetbiosOptions")?;
    Ok(match (own, offered) {
        (Some(OFF), _) => Outcome::sound("NetbiosOptions is 2"),
        (None | Some(0), Some(OFF)) => Outcome::sound("DHCP turns it off"),
        (Some(value), _) => Outcome::weak(format!("NetbiosOptions is {value}")),
        (None, _) => Outcome::weak("NetbiosOptions is not set, which is 0"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::SERVER_2022;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn with(facts: &mut Memory, interface: &str, options: u32) {
        facts.set_u32(DRIVER, "Start", 1);
        facts.set_u32(&format!(r"{INTERFACES}\{interface}"), "NetbiosOptions", options);
    }

    #[test]
    fn every_interface_must_be_off() {
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, Sound, "NetBIOS over TCP/IP is not installed or disabled"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(DRIVER, "Start", 1),
                    NotApplicable,
                    "there is no interface for NetBIOS",
                ),
                (
                    XP,
                    |facts| {
                        with(facts, "Tcpip_{A}", 2);
                        with(facts, "Tcpip_{B}", 0);
                    },
                    Weak,
                    "NetBIOS may be used on interfaces: Tcpip_{B}",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        with(facts, "Tcpip_{A}", 2);
                        with(facts, "Tcpip_{B}", 0);
                        let offered = format!(r"{INTERFACES}\Tcpip_{{B}}");
                        facts.set_u32(&offered, "DhcpNetbiosOptions", 2);
                    },
                    Sound,
                    "NetBIOS is off on every interface",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        with(facts, "Tcpip_{A}", 0);
                        facts.set_u32(PARAMETERS, "NodeType", 2);
                    },
                    Sound,
                    "NodeType is 2",
                ),
                (
                    SERVER_2022,
                    |facts| {
                        with(facts, "Tcpip_{A}", 0);
                        facts.set_u32(POLICY, "EnableNetbios", 0);
                    },
                    Sound,
                    "EnableNetbios is 0 by policy",
                ),
                (
                    NT4,
                    |facts| _ = facts.set_u32(DRIVER, "Start", 2),
                    Weak,
                    "Windows NT 4.0 shares nothing without NetBIOS",
                ),
            ],
        );
    }
}
