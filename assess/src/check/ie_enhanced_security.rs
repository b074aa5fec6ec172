use staunch_model::{Family, Installation, Severity};

use super::{Check, Outcome, Subject, Unseen};

const COMPONENTS: &str = r"HKLM\SOFTWARE\Microsoft\Active Setup\Installed Components";

/// Whom it protects, and the component that says whether it does.
const AUDIENCES: &[(&str, &str)] = &[
    ("administrators", "{A509B1A7-37EF-4b3f-8CFC-4F3A74704073}"),
    ("users", "{A509B1A8-37EF-4b3f-8CFC-4F3A74704073}"),
];

pub(super) const CHECK: Check = Check {
    id: "ie-enhanced-security",
    title: "Internet Explorer has its enhanced security configuration",
    severity: Severity::Moderate,
    remedy: "Turn IE Enhanced Security Configuration on for administrators and users in Server \
             Manager, and browse the web from another machine",
    source: "MBSA, check \"IE Enhanced Security Configuration\"; KB815141",
    reads: &[COMPONENTS],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    if !subject.system.family.is_server() {
        return Outcome::not_applicable("only servers have it, since Windows Server 2003");
    }
    if subject.system.installation == Installation::ServerCore
        || subject.system.family == Family::Server23H2
    {
        return Outcome::not_applicable("a server core comes without Internet Explorer");
    }
    let details = AUDIENCES
        .iter()
        .map(|(audience, component)| Outcome::from(state(subject, component)).about(*audience))
        .collect();
    Outcome::of_details(details, "it is off for", "it is on for administrators and users")
}

fn state(subject: &Subject<'_>, component: &str) -> Result<Outcome, Unseen> {
    Ok(match subject.number(&format!("{COMPONENTS}\\{component}"), "IsInstalled")? {
        Some(0) => Outcome::weak("it is off"),
        Some(_) => Outcome::sound("it is on"),
        None => Outcome::weak("it is not installed"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2003, SERVER_2019, WINDOWS_10, WINDOWS_2000, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    fn set(facts: &mut Memory, states: [u32; 2]) {
        for ((_, component), state) in AUDIENCES.iter().zip(states) {
            facts.set_u32(&format!("{COMPONENTS}\\{component}"), "IsInstalled", state);
        }
    }

    #[test]
    fn it_is_weak_where_it_is_off_for_either() {
        table(
            &CHECK,
            &[
                (
                    WINDOWS_10,
                    |_| {},
                    NotApplicable,
                    "only servers have it, since Windows Server 2003",
                ),
                (
                    WINDOWS_2000,
                    |_| {},
                    NotApplicable,
                    "only servers have it, since Windows Server 2003",
                ),
                (
                    "Windows Server 2019 (Server Core installation)",
                    |_| {},
                    NotApplicable,
                    "a server core comes without Internet Explorer",
                ),
                (
                    SERVER_2003,
                    |facts| set(facts, [1, 1]),
                    Sound,
                    "it is on for administrators and users",
                ),
                (SERVER_2003, |facts| set(facts, [1, 0]), Weak, "it is off for: users"),
                (SERVER_2019, |_| {}, Weak, "it is off for: administrators, users"),
            ],
        );
    }
}
