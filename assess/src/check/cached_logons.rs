use staunch_model::{Family, Severity};

use super::reading::PRODUCT_OPTIONS;
use super::{Check, Outcome, Subject, Unseen};

const WINLOGON: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon";
const TCPIP: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";

/// Most that the guides allow.
const MOST_ON_CLIENTS: u64 = 10;
const MOST_ON_SERVERS: u64 = 4;

pub(super) const CHECK: Check = Check {
    id: "cached-logons",
    title: "Few domain logons are kept for use without the domain",
    severity: Severity::Low,
    remedy: "Set CachedLogonsCount under Winlogon to 4 or fewer (at most 10 on a client)",
    source: "DISA STIG for Windows 10, WN10-SO-000085, and for Windows Server 2019, \
             WN19-MS-000050; Microsoft Learn, \"Interactive logon: Number of previous logons to \
             cache\"",
    reads: &[WINLOGON, TCPIP, PRODUCT_OPTIONS],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    if subject.controls_a_domain()? {
        return Ok(Outcome::not_applicable("a domain controller keeps none"));
    }
    // Domains of Windows NT leave no name here, and newer clients do not join them.
    let has_name = |text: Option<String>| text.is_none_or(|name| !name.trim().is_empty());
    if family >= Family::WindowsVista && !has_name(subject.text(TCPIP, "NV Domain")?) {
        return Ok(Outcome::not_applicable("the machine is in no domain"));
    }
    let most = if family.is_server() { MOST_ON_SERVERS } else { MOST_ON_CLIENTS };
    let (count, found) = match subject.loose_number(WINLOGON, "CachedLogonsCount")? {
        Some(count) => (count, format!("CachedLogonsCount is {count}")),
        None => {
            let count = if family == Family::Server2008 { 25 } else { 10 };
            (count, format!("CachedLogonsCount is not set, which is {count}"))
        }
    };
    Ok(match count {
        _ if count > most => Outcome::weak(format!("{found}, more than {most}")),
        _ => Outcome::sound(found),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2008, SERVER_2022};
    use crate::check::outcome::tests::{WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn server(facts: &mut Memory) -> &mut Memory {
        facts.set_text(PRODUCT_OPTIONS, "ProductType", "ServerNT")
    }

    #[test]
    fn servers_keep_fewer_than_clients() {
        table(
            &CHECK,
            &[
                (XP, |_| {}, Sound, "CachedLogonsCount is not set, which is 10"),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_text(WINLOGON, "CachedLogonsCount", "50"),
                    Weak,
                    "CachedLogonsCount is 50, more than 10",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_text(WINLOGON, "CachedLogonsCount", "many"),
                    Undetermined,
                    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\CachedLogonsCount is no number",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_text(TCPIP, "NV Domain", ""),
                    NotApplicable,
                    "the machine is in no domain",
                ),
                (
                    SERVER_2008,
                    |facts| _ = server(facts),
                    Weak,
                    "CachedLogonsCount is not set, which is 25, more than 4",
                ),
                (
                    SERVER_2022,
                    |facts| _ = server(facts).set_text(WINLOGON, "CachedLogonsCount", "4"),
                    Sound,
                    "CachedLogonsCount is 4",
                ),
                (
                    SERVER_2022,
                    |facts| _ = facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT"),
                    NotApplicable,
                    "a domain controller keeps none",
                ),
            ],
        );
    }
}
