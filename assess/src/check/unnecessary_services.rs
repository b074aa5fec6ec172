use staunch_model::Severity;

use super::{Check, Outcome, ServiceStart, Subject, Unseen};

/// Services that MBSA looks for, and the name that one of them has had since Windows 7.
const SERVICES: &[(&str, &str)] = &[
    ("FTPSVC", "FTP publishing"),
    ("MSFTPSVC", "FTP publishing"),
    ("SMTPSVC", "mail transfer"),
    ("TlntSvr", "Telnet"),
    ("W3SVC", "web publishing"),
];

pub(super) const CHECK: Check = Check {
    id: "unnecessary-services",
    title: "Services that few machines need do not start automatically",
    severity: Severity::Low,
    remedy: "Disable each service that nobody uses: sc config NAME start= disabled",
    source: "MBSA, check \"Unnecessary Services\" with its list Services.txt",
    reads: &[
        r"HKLM\SYSTEM\CurrentControlSet\Services\FTPSVC",
        r"HKLM\SYSTEM\CurrentControlSet\Services\MSFTPSVC",
        r"HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC",
        r"HKLM\SYSTEM\CurrentControlSet\Services\TlntSvr",
        r"HKLM\SYSTEM\CurrentControlSet\Services\W3SVC",
    ],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    let details = SERVICES
        .iter()
        .map(|(name, what)| Outcome::from(start(subject, name, what)).about(*name))
        .collect();
    Outcome::of_details(
        details,
        "services that may be unnecessary start automatically",
        "none of the services that MBSA lists starts automatically",
    )
}

fn start(subject: &Subject<'_>, name: &str, what: &str) -> Result<Outcome, Unseen> {
    Ok(match subject.service(name)? {
        None => Outcome::sound("it is not installed"),
        Some(ServiceStart::Automatic) => Outcome::weak(format!("{what} starts automatically")),
        Some(ServiceStart::Manual) => Outcome::sound("it starts on demand only"),
        Some(ServiceStart::Disabled) => Outcome::sound("it is disabled"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_2000, XP, table};
    use staunch_model::CheckVerdict::{Sound, Undetermined, Weak};

    #[test]
    fn a_service_is_weak_where_it_starts_automatically() {
        const NONE: &str = "none of the services that MBSA lists starts automatically";
        const TELNET: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\TlntSvr";
        const WEB: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\W3SVC";
        table(
            &CHECK,
            &[
                (XP, |_| {}, Sound, NONE),
                (XP, |facts| _ = facts.set_u32(TELNET, "Start", 4), Sound, NONE),
                (WINDOWS_2000, |facts| _ = facts.set_u32(TELNET, "Start", 3), Sound, NONE),
                (
                    WINDOWS_2000,
                    |facts| {
                        facts.set_u32(TELNET, "Start", 2);
                        facts.set_u32(WEB, "Start", 2);
                    },
                    Weak,
                    "services that may be unnecessary start automatically: TlntSvr, W3SVC",
                ),
                (WINDOWS_2000, |facts| _ = facts.add_key(WEB), Sound, NONE),
                (
                    WINDOWS_2000,
                    |facts| _ = facts.set_u32(WEB, "Type", 32),
                    Undetermined,
                    "cannot be told for W3SVC: HKLM\\SYSTEM\\CurrentControlSet\\Services\\W3SVC does \
                     not say how the service starts",
                ),
            ],
        );
    }
}
