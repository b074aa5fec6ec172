use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const BELOW: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const POLICIES_BELOW: &str =
    r"Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
const MACHINE: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings";
const MACHINE_POLICIES: &str =
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";

/// The zone of all sites that are in no other.
const INTERNET: &str = r"Zones\3";
const TRUSTED: u64 = 2;
const MEDIUM: u64 = 0x11000;

pub(super) const CHECK: Check = Check {
    id: "internet-zones",
    title: "The security zone of the internet has the recommended settings for every user",
    severity: Severity::Important,
    remedy: "Set the zone Internet to its default level, and ask for HTTPS for all trusted sites",
    source: "MBSA, check \"IE Zones\"; KB182569; DISA STIG for Internet Explorer 11",
    reads: &[
        "profiles",
        MACHINE,
        MACHINE_POLICIES,
        r"HKU\*\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
        r"HKU\*\Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings",
    ],
    judge: |subject| judge(subject).into(),
};

/// Actions of a zone, the values that are weaker than the recommended, and what they let happen.
///
/// Source: KB182569, "Internet Explorer security zones registry entries for advanced users".
const ACTIONS: &[(&str, &[u64], &str)] = &[
    ("1001", &[0], "signed ActiveX controls are downloaded without asking"),
    ("1004", &[0, 1], "unsigned ActiveX controls can be downloaded"),
    ("1201", &[0, 1], "ActiveX controls that are not marked safe can be scripted"),
    ("1806", &[0], "programs and unsafe files are started without asking"),
    ("1A00", &[0], "every site is offered the logon of the user"),
    ("1C00", &[0x30000], "Java may do everything"),
];

/// Action that turns Protected Mode off.
const PROTECTED_MODE: (&str, u64) = ("2500", 3);

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let users = subject.users()?;
    if users.is_empty() {
        return Ok(Outcome::not_applicable("the machine has no profiles of users"));
    }
    // Policy can make the settings of the machine those of everybody.
    let of_machine =
        subject.number(MACHINE_POLICIES, "Security_HKLM_only")?.is_some_and(|on| on != 0);
    let details = users
        .iter()
        .map(|user| Outcome::from(zone(subject, user, of_machine)).about(user))
        .collect();
    Ok(Outcome::of_details(
        details,
        "users have weaker settings than recommended",
        "every user has the recommended settings",
    ))
}

fn zone(subject: &Subject<'_>, user: &str, of_machine: bool) -> Result<Outcome, Unseen> {
    let own = [format!("HKU\\{user}\\{POLICIES_BELOW}"), format!("HKU\\{user}\\{BELOW}")];
    let mut places = vec![MACHINE_POLICIES.to_owned()];
    places.extend(own.iter().filter(|_| !of_machine).cloned());
    places.push(MACHINE.to_owned());
    // The first place that states a setting decides.
    let mut keys = Vec::new();
    for place in &places {
        let path = format!("{place}\\{INTERNET}");
        keys.extend(subject.key(&path)?.map(|key| (path, key)));
    }
    let stated = |name: &str| {
        let Some((path, data)) = keys.iter().find_map(|(path, key)| Some((path, key.value(name)?)))
        else {
            return Ok(None);
        };
        let strange = || Unseen::because(format!("{path}\\{name} is no number"));
        data.number().map(Some).ok_or_else(strange)
    };
    let mut faults = Vec::new();
    match stated("CurrentLevel")? {
        // Zero says that single settings were chosen.
        Some(level) if level != 0 && level < MEDIUM => {
            faults.push(format!("its level is {level:#x}, below medium"));
        }
        _ => {}
    }
    for (action, weak, what) in ACTIONS {
        if stated(action)?.is_some_and(|value| weak.contains(&value)) {
            faults.push(format!("{what} ({action})"));
        }
    }
    let (action, off) = PROTECTED_MODE;
    if subject.system.family >= Family::WindowsVista && stated(action)? == Some(off) {
        faults.push(format!("Protected Mode is off ({action})"));
    }
    if !of_machine {
        let sites = plainly_trusted(subject, user)?;
        if let Some(first) = sites.first() {
            faults.push(match sites.len() {
                1 => format!("{first} is trusted over plain HTTP"),
                count => format!("{count} sites are trusted over plain HTTP, such as {first}"),
            });
        }
    }
    Ok(match faults.is_empty() {
        true => Outcome::sound("the settings are as recommended, or those of a default level"),
        false => Outcome::weak(faults.join("; ")),
    })
}

/// Lists the sites that a user trusts even where nothing proves that they are the ones.
fn plainly_trusted(subject: &Subject<'_>, user: &str) -> Result<Vec<String>, Unseen> {
    let domains = format!("HKU\\{user}\\{BELOW}\\ZoneMap\\Domains");
    let mut found = Vec::new();
    for domain in subject.key(&domains)?.unwrap_or_default().subkeys {
        let path = format!("{domains}\\{domain}");
        let key = subject.key(&path)?.unwrap_or_default();
        let is_plain =
            |name: &str, key: &staunch_machine::RegistryKey| key.number(name) == Some(TRUSTED);
        if is_plain("*", &key) || is_plain("http", &key) {
            found.push(domain.clone());
        }
        for host in &key.subkeys {
            let key = subject.key(&format!("{path}\\{host}"))?.unwrap_or_default();
            if is_plain("*", &key) || is_plain("http", &key) {
                found.push(format!("{host}.{domain}"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, XP, bare, judge_on};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{self, NotApplicable, Sound, Undetermined, Weak};
    use staunch_model::Collected;

    const ZONE: &str =
        r"HKU\anna\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Zones\3";
    const DOMAINS: &str =
        r"HKU\anna\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap\Domains";
    const FINE: &str = "the settings are as recommended, or those of a default level";

    type Case = (&'static str, fn(&mut Memory), CheckVerdict, &'static str);

    #[test]
    fn what_is_weaker_than_the_default_level_is_told() {
        let cases: &[Case] = &[
            (WINDOWS_10, |_| {}, Sound, FINE),
            (
                WINDOWS_10,
                |facts| {
                    // The values of a machine whose level is medium-high.
                    for (name, value) in [
                        ("CurrentLevel", 0x11500),
                        ("1001", 1),
                        ("1004", 3),
                        ("1200", 0),
                        ("1201", 3),
                    ] {
                        facts.set_u32(ZONE, name, value);
                    }
                },
                Sound,
                FINE,
            ),
            (
                XP,
                |facts| {
                    facts.set_u32(ZONE, "CurrentLevel", 0x10000);
                    facts.set_u32(ZONE, "1004", 1);
                    facts.set_u32(ZONE, "2500", 3);
                },
                Weak,
                "its level is 0x10000, below medium; unsigned ActiveX controls can be downloaded \
                 (1004)",
            ),
            (
                WINDOWS_10,
                |facts| _ = facts.set_u32(ZONE, "2500", 3),
                Weak,
                "Protected Mode is off (2500)",
            ),
            (
                WINDOWS_10,
                |facts| {
                    facts.set_u32(ZONE, "1201", 0);
                    facts.set_u32(&format!(r"{MACHINE_POLICIES}\Zones\3"), "1201", 3);
                },
                Sound,
                FINE,
            ),
            (
                WINDOWS_10,
                |facts| {
                    facts.set_u32(ZONE, "1201", 0);
                    facts.set_u32(MACHINE_POLICIES, "Security_HKLM_only", 1);
                },
                Sound,
                FINE,
            ),
            (
                XP,
                |facts| {
                    facts.set_u32(&format!(r"{DOMAINS}\example.com\www"), "http", 2);
                    facts.set_u32(&format!(r"{DOMAINS}\example.org"), "https", 2);
                    facts.set_u32(&format!(r"{DOMAINS}\example.net"), "*", 4);
                },
                Weak,
                "www.example.com is trusted over plain HTTP",
            ),
            (
                XP,
                |facts| _ = facts.set_text(ZONE, "1001", "x"),
                Undetermined,
                r"HKU\anna\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Zones\3\1001 is no number",
            ),
        ];
        for (system, set, verdict, found) in cases {
            let mut facts = bare();
            facts.set_users(Collected::Known(vec!["anna".into()]));
            facts.collect_key(r"HKU\anna");
            set(&mut facts);
            let outcome = judge_on(&CHECK, system, &facts);
            let detail = &outcome.details[0];
            assert_eq!((outcome.verdict, detail.found.as_str()), (*verdict, *found), "{system}");
        }
    }

    #[test]
    fn nobody_and_nothing_collected_are_told_apart() {
        let mut nobody = bare();
        nobody.set_users(Collected::Known(Vec::new()));
        assert_eq!(judge_on(&CHECK, XP, &nobody).verdict, NotApplicable);
        assert_eq!(judge_on(&CHECK, XP, &bare()).verdict, Undetermined);
        let mut unread = bare();
        unread.set_users(Collected::Known(vec!["anna".into()]));
        let outcome = judge_on(&CHECK, XP, &unread);
        assert_eq!(outcome.verdict, Undetermined, "{}", outcome.found);
    }
}
