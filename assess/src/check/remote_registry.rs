use staunch_model::{Family, Severity};

use super::{Check, Outcome, ServiceStart, Subject, Unseen};

const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\RemoteRegistry";

pub(super) const CHECK: Check = Check {
    id: "remote-registry",
    title: "The registry is not served over the network",
    severity: Severity::Low,
    remedy: "Disable the service where no management needs it: sc config RemoteRegistry start= \
             disabled",
    source: "CIS Benchmarks, \"Remote Registry (RemoteRegistry)\"",
    reads: &[SERVICE],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family == Family::WindowsNt4 {
        return Ok(Outcome::weak("Windows NT 4.0 serves it together with its shares"));
    }
    Ok(match subject.service("RemoteRegistry")? {
        None => Outcome::sound("the service RemoteRegistry is not installed"),
        Some(ServiceStart::Disabled) => Outcome::sound("the service RemoteRegistry is disabled"),
        Some(ServiceStart::Manual) => {
            Outcome::sound("the service RemoteRegistry starts only when an administrator asks")
        }
        Some(ServiceStart::Automatic) => {
            Outcome::weak("the service RemoteRegistry starts automatically")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, table};
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};

    #[test]
    fn a_service_that_starts_by_itself_is_weak() {
        table(
            &CHECK,
            &[
                (NT4, |_| {}, Weak, "Windows NT 4.0 serves it together with its shares"),
                (
                    XP,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 2),
                    Weak,
                    "the service RemoteRegistry starts automatically",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 4),
                    Sound,
                    "the service RemoteRegistry is disabled",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 9),
                    Undetermined,
                    r"HKLM\SYSTEM\CurrentControlSet\Services\RemoteRegistry\Start is 9, not 0 to 4",
                ),
            ],
        );
    }
}
