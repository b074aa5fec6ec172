use staunch_model::Severity;

use super::{Check, Outcome, Subject, Unseen};

const OFFICE: &str = r"Software\Microsoft\Office";
const POLICIES: &str = r"Software\Policies\Microsoft\Office";
const MACHINE: &str = r"HKLM\SOFTWARE\Microsoft\Office";
const MACHINE_32: &str = r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Office";

pub(super) const CHECK: Check = Check {
    id: "macro-security",
    title: "Office runs no macro of a document without asking",
    severity: Severity::Important,
    remedy: "Set the macro security of the program to High or Medium, since Office 2007 to one of \
             the settings that disable macros",
    source: "MBSA, check \"Macro Security\"; Microsoft Learn, \"VBA Macro Notification Settings\"; \
             CIS Microsoft Office Benchmarks",
    reads: &[
        "profiles",
        MACHINE,
        MACHINE_32,
        r"HKU\*\Software\Microsoft\Office",
        r"HKU\*\Software\Policies\Microsoft\Office",
    ],
    judge: |subject| judge(subject).into(),
};

const PROGRAMS: &[&str] =
    &["Access", "Excel", "MS Project", "Outlook", "PowerPoint", "Publisher", "Visio", "Word"];

/// Version since which programs have the value `VBAWarnings` rather than a level.
const FIRST_WITH_WARNINGS: u32 = 12;
/// Version since which programs have levels at all.
const FIRST_WITH_LEVELS: u32 = 9;

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let mut details = Vec::new();
    for user in subject.users()? {
        let office = match subject.key(&format!("HKU\\{user}\\{OFFICE}")) {
            Ok(office) => office.unwrap_or_default(),
            Err(unseen) => {
                details.push(Outcome::from(unseen).about(user));
                continue;
            }
        };
        for version in &office.subkeys {
            let Some(major) = version.strip_suffix(".0").and_then(|major| major.parse().ok())
            else {
                continue;
            };
            let path = format!("HKU\\{user}\\{OFFICE}\\{version}");
            for program in subject.key(&path)?.unwrap_or_default().subkeys {
                let is_program = PROGRAMS.iter().any(|name| program.eq_ignore_ascii_case(name));
                if is_program && major >= FIRST_WITH_LEVELS {
                    let asked = Program { user: &user, version, major, name: &program };
                    let judged = Outcome::from(asked.judge(subject));
                    details.push(judged.about(format!("{user}: {program} {version}")));
                }
            }
        }
    }
    if details.is_empty() {
        return Ok(Outcome::not_applicable("no user has used an Office with macro security"));
    }
    Ok(Outcome::of_details(
        details,
        "macros run without asking",
        "every program asks before it runs a macro, or runs none",
    ))
}

/// A program of one user.
struct Program<'a> {
    user: &'a str,
    version: &'a str,
    major: u32,
    name: &'a str,
}

impl Program<'_> {
    fn judge(&self, subject: &Subject<'_>) -> Result<Outcome, Unseen> {
        let Self { user, version, major, name } = self;
        // Outlook kept the levels.
        let has_levels = *major < FIRST_WITH_WARNINGS || name.eq_ignore_ascii_case("Outlook");
        let value = if has_levels { "Level" } else { "VBAWarnings" };
        let mut places = vec![format!("HKU\\{user}\\{POLICIES}")];
        if *major < FIRST_WITH_WARNINGS {
            // A level of the machine counts before that of the user.
            places.extend([MACHINE, MACHINE_32].map(str::to_owned));
        }
        places.push(format!("HKU\\{user}\\{OFFICE}"));
        for place in places {
            let path = format!("{place}\\{version}\\{name}\\Security");
            match subject.number(&path, value)? {
                Some(1) => return Ok(Outcome::weak(format!("every macro runs ({value} is 1)"))),
                Some(number @ 2..=4) => return Ok(Outcome::sound(format!("{value} is {number}"))),
                Some(number) => {
                    let why = format!("{value} is {number}, which is not known");
                    return Ok(Outcome::undetermined(why));
                }
                None => {}
            }
        }
        Ok(Outcome::sound(format!("{value} is not set, and the program then asks or runs none")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, bare, judge_on};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{self, NotApplicable, Sound, Undetermined, Weak};
    use staunch_model::Collected;

    type Case = (fn(&mut Memory), CheckVerdict, &'static str);

    #[test]
    fn policy_then_setting_decide_for_each_program() {
        const WORD: &str = r"HKU\anna\Software\Microsoft\Office\16.0\Word\Security";
        const EXCEL: &str = r"HKU\anna\Software\Microsoft\Office\9.0\Excel\Security";
        const OUTLOOK: &str = r"HKU\anna\Software\Microsoft\Office\16.0\Outlook\Security";
        const WORD_POLICY: &str = r"HKU\anna\Software\Policies\Microsoft\Office\16.0\Word\Security";
        const SOUND: &str = "every program asks before it runs a macro, or runs none";
        let cases: &[Case] = &[
            (|_| {}, NotApplicable, "no user has used an Office with macro security"),
            (|facts| _ = facts.add_key(WORD), Sound, SOUND),
            (
                |facts| _ = facts.set_u32(WORD, "VBAWarnings", 1),
                Weak,
                "macros run without asking: anna: Word 16.0",
            ),
            (
                |facts| {
                    facts.set_u32(WORD, "VBAWarnings", 1);
                    facts.set_u32(WORD_POLICY, "VBAWarnings", 3);
                },
                Sound,
                SOUND,
            ),
            (
                |facts| {
                    facts.set_u32(EXCEL, "Level", 1);
                    facts.set_u32(OUTLOOK, "Level", 1);
                },
                Weak,
                "macros run without asking: anna: Outlook 16.0, anna: Excel 9.0",
            ),
            (
                |facts| _ = facts.set_u32(WORD, "VBAWarnings", 7),
                Undetermined,
                "VBAWarnings is 7, which is not known",
            ),
            (
                |facts| _ = facts.add_key(r"HKU\anna\Software\Microsoft\Office\8.0\Word"),
                NotApplicable,
                "no user has used an Office with macro security",
            ),
        ];
        for (set, verdict, found) in cases {
            let mut facts = bare();
            facts.set_users(Collected::Known(vec!["anna".into()]));
            facts.collect_key(r"HKU\anna");
            set(&mut facts);
            let outcome = judge_on(&CHECK, WINDOWS_10, &facts);
            assert_eq!((outcome.verdict, outcome.found.as_str()), (*verdict, *found));
        }
        assert_eq!(judge_on(&CHECK, WINDOWS_10, &Memory::default()).verdict, Undetermined);
        let mut unread = bare();
        unread.set_users(Collected::Known(vec!["anna".into()]));
        assert_eq!(judge_on(&CHECK, WINDOWS_10, &unread).verdict, Undetermined);
    }
}
