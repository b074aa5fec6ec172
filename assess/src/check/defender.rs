use staunch_model::{Family, Severity};

use super::{Check, Outcome, ServiceStart, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender";
const LOCAL: &str = r"HKLM\SOFTWARE\Microsoft\Windows Defender";
const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\WinDefend";

/// Values that turn a part of it off, and the key below Defender's own.
const SWITCHES: &[(&str, &str)] = &[
    ("DisableAntiSpyware", ""),
    ("DisableAntiVirus", ""),
    ("DisableRealtimeMonitoring", r"\Real-Time Protection"),
];

pub(super) const CHECK: Check = Check {
    id: "defender",
    title: "Microsoft Defender Antivirus protects the machine",
    severity: Severity::Important,
    remedy: "Remove DisableAntiSpyware, DisableAntiVirus and DisableRealtimeMonitoring, and let \
             the service WinDefend start, unless another antivirus protects the machine",
    source: "Microsoft Learn, \"Use Group Policy settings to configure and manage Microsoft \
             Defender Antivirus\" and \"DisableAntiSpyware\"",
    reads: &[POLICY, LOCAL, SERVICE],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    let family = subject.system.family;
    if family < Family::Windows8 || matches!(family, Family::Server2012 | Family::Server2012R2) {
        return Outcome::not_applicable(
            "this Windows comes without an antivirus, and whether another is installed cannot be \
             seen",
        );
    }
    let mut details = vec![Outcome::from(service(subject)).about("WinDefend")];
    for (name, below) in SWITCHES {
        details.push(Outcome::from(switch(subject, name, below)).about(*name));
    }
    Outcome::of_details(
        details,
        "Defender is turned off, and whether another antivirus is there cannot be seen",
        "Defender is installed and nothing turns it off",
    )
}

fn service(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    Ok(match subject.service("WinDefend")? {
        Some(ServiceStart::Automatic) => Outcome::sound("it starts automatically"),
        Some(ServiceStart::Manual) => {
            Outcome::undetermined("it starts on demand only, as it does beside another antivirus")
        }
        Some(ServiceStart::Disabled) => Outcome::weak("it is disabled"),
        None => Outcome::weak("it is not installed"),
    })
}

fn switch(subject: &Subject<'_>, name: &'static str, below: &str) -> Result<Outcome, Unseen> {
    let (policy, local) = (format!("{POLICY}{below}"), format!("{LOCAL}{below}"));
    Ok(match subject.setting(name, &[&policy, &local])? {
        Some(setting) if setting.number == 0 => Outcome::sound(setting.to_string()),
        Some(setting) => Outcome::weak(setting.to_string()),
        None => Outcome::sound("it is not set"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{SERVER_2012_R2, SERVER_2022, WINDOWS_7};
    use crate::check::outcome::tests::{WINDOWS_10, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn on(facts: &mut Memory) -> &mut Memory {
        facts.set_u32(SERVICE, "Start", 2)
    }

    #[test]
    fn service_and_switches_are_looked_at_one_by_one() {
        const NONE: &str = "this Windows comes without an antivirus, and whether another is \
                            installed cannot be seen";
        table(
            &CHECK,
            &[
                (WINDOWS_7, |_| {}, NotApplicable, NONE),
                (SERVER_2012_R2, |_| {}, NotApplicable, NONE),
                (
                    WINDOWS_10,
                    |facts| _ = on(facts),
                    Sound,
                    "Defender is installed and nothing turns it off",
                ),
                (
                    SERVER_2022,
                    |_| {},
                    Weak,
                    "Defender is turned off, and whether another antivirus is there cannot be \
                     seen: WinDefend",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 3),
                    Undetermined,
                    "cannot be told for WinDefend: it starts on demand only, as it does beside another \
                 antivirus",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        let key = format!(r"{POLICY}\Real-Time Protection");
                        on(facts).set_u32(&key, "DisableRealtimeMonitoring", 1);
                        facts.set_u32(LOCAL, "DisableAntiSpyware", 0);
                    },
                    Weak,
                    "Defender is turned off, and whether another antivirus is there cannot be \
                     seen: DisableRealtimeMonitoring",
                ),
            ],
        );
    }
}
