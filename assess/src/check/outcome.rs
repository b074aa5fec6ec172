use staunch_model::{CheckDetail, CheckVerdict};

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) verdict: CheckVerdict,
    /// What was found, as a sentence.
    pub(super) found: String,
    pub(super) details: Vec<CheckDetail>,
}

/// How many objects a sentence names; the details have all.
const NAMED: usize = 5;

impl Outcome {
    pub(super) fn weak(found: impl Into<String>) -> Self {
        Self::new(CheckVerdict::Weak, found)
    }

    pub(super) fn sound(found: impl Into<String>) -> Self {
        Self::new(CheckVerdict::Sound, found)
    }

    /// The machine has nothing that the check is about, and why.
    pub(super) fn not_applicable(why: impl Into<String>) -> Self {
        Self::new(CheckVerdict::NotApplicable, why)
    }

    /// What would decide cannot be seen, and why.
    pub(super) fn undetermined(why: impl Into<String>) -> Self {
        Self::new(CheckVerdict::Undetermined, why)
    }

    /// What was never collected and would decide.
    pub(super) fn unseen(object: &str) -> Self {
        Self::undetermined(format!("{object} was not collected"))
    }

    pub(super) fn new(verdict: CheckVerdict, found: impl Into<String>) -> Self {
        Self { verdict, found: found.into(), details: Vec::new() }
    }

    /// Makes this the detail of one object among several.
    pub(super) fn about(self, object: impl Into<String>) -> CheckDetail {
        CheckDetail { object: object.into(), verdict: self.verdict, found: self.found }
    }

    /// Says of several objects what is true of the weakest, under a sentence for each case.
    ///
    /// An object that was not seen keeps the whole from being sound.
    pub(super) fn of_details(details: Vec<CheckDetail>, weak: &str, sound: &str) -> Self {
        let verdict = details.iter().map(|detail| detail.verdict).min();
        let verdict = verdict.unwrap_or(CheckVerdict::Sound);
        let named = |verdict| names(details.iter().filter(|detail| detail.verdict == verdict));
        let unseen = named(CheckVerdict::Undetermined);
        let found = match (verdict, details.as_slice()) {
            (CheckVerdict::Weak, _) if unseen.is_empty() => {
                format!("{weak}: {}", named(CheckVerdict::Weak))
            }
            (CheckVerdict::Weak, _) => {
                format!("{weak}: {}; cannot be told for {unseen}", named(CheckVerdict::Weak))
            }
            (CheckVerdict::Undetermined | CheckVerdict::NotApplicable, [only]) => {
                only.found.clone()
            }
            (CheckVerdict::Undetermined, _) => {
                let first = details.iter().find(|detail| detail.verdict == verdict);
                let why = first.map_or("", |detail| &detail.found);
                format!("cannot be told for {unseen}: {why}")
            }
            (CheckVerdict::NotApplicable, [first, ..]) => first.found.clone(),
            (CheckVerdict::Sound | CheckVerdict::NotApplicable, _) => sound.to_owned(),
        };
        Self { verdict, found, details }
    }
}

fn names<'a>(details: impl Iterator<Item = &'a CheckDetail>) -> String {
    let objects: Vec<&str> = details.map(|detail| detail.object.as_str()).collect();
    match objects.len().checked_sub(NAMED) {
        None | Some(0) => objects.join(", "),
        Some(more) => format!("{} and {more} more", objects[..NAMED].join(", ")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::recorder::Recorder;
    use crate::check::{Check, Subject};
    use staunch_machine::Memory;
    use staunch_model::{Collected, MachineFacts, OperatingSystem, OsBuild, Support};

    pub(in crate::check) const NT4: &str = "Windows NT Server 4.0 Service Pack 6a";
    pub(in crate::check) const WINDOWS_2000: &str = "Windows 2000 Service Pack 4";
    pub(in crate::check) const XP: &str = "Windows XP Service Pack 2";
    pub(in crate::check) const SERVER_2003: &str = "Windows Server 2003 Service Pack 1";
    pub(in crate::check) const WINDOWS_10: &str = "Windows 10 Version 22H2 for x64-based Systems";
    pub(in crate::check) const SERVER_2019: &str = "Windows Server 2019";

    /// A system, what is set on it, and what a check then says.
    pub(in crate::check) type Case = (&'static str, fn(&mut Memory), CheckVerdict, &'static str);

    /// Judges the facts of a machine that runs the system of that name.
    pub(in crate::check) fn judge_on(check: &Check, system: &str, facts: &Memory) -> Outcome {
        judge_supported(check, system, facts, &Support::default())
    }

    /// Judges as [`judge_on`] does, and asserts that only what the check says it reads was asked.
    pub(in crate::check) fn judge_supported(
        check: &Check,
        system: &str,
        facts: &Memory,
        support: &Support,
    ) -> Outcome {
        let system: OperatingSystem = system.parse().expect("an operating system");
        let build = system.build().map_or(Collected::NotCollected, |build| {
            Collected::Known(OsBuild::new(0, 0, build, None))
        });
        let machine = MachineFacts { build, ..MachineFacts::default() };
        let facts = Recorder::new(facts);
        let subject = Subject { facts: &facts, machine: &machine, system: &system, support };
        let outcome = (check.judge)(&subject);
        facts.assert_asked_only_for(check.reads, check.id);
        outcome
    }

    /// Asserts what a check says of facts of Windows 10.
    pub(in crate::check) fn verdicts<const N: usize>(
        check: &Check,
        cases: [(Memory, CheckVerdict); N],
    ) {
        for (facts, expected) in cases {
            let outcome = judge_on(check, WINDOWS_10, &facts);
            assert_eq!(outcome.verdict, expected, "{}", outcome.found);
        }
    }

    /// Returns the facts of a machine whose registry was collected and has nothing but SystemRoot.
    pub(in crate::check) fn bare() -> Memory {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SYSTEM\CurrentControlSet").collect_key(r"HKLM\SOFTWARE");
        facts.set_text(staunch_machine::CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
        facts
    }

    /// Asserts what a check says where the registry was collected, and that it never calls
    /// anything sound on a machine of which nothing was.
    pub(in crate::check) fn table(check: &Check, cases: &[Case]) {
        for (system, set, verdict, found) in cases {
            let mut facts = bare();
            set(&mut facts);
            let outcome = judge_on(check, system, &facts);
            assert_eq!((outcome.verdict, outcome.found.as_str()), (*verdict, *found), "{system}");
            let blind = judge_on(check, system, &Memory::default());
            assert_ne!(blind.verdict, CheckVerdict::Sound, "{}: {system}", check.id);
        }
    }

    #[test]
    fn the_weakest_object_decides_and_what_was_not_seen_is_named() {
        let weak = || Outcome::weak("it is weak");
        let case = |details| {
            let outcome = Outcome::of_details(details, "weak are", "all are sound");
            (outcome.verdict, outcome.found)
        };
        let many = (1..=7).map(|number| weak().about(number.to_string())).collect();
        for (details, verdict, found) in [
            (vec![], CheckVerdict::Sound, "all are sound"),
            (vec![Outcome::sound("").about("a")], CheckVerdict::Sound, "all are sound"),
            (
                vec![Outcome::sound("").about("a"), Outcome::unseen("b").about("B")],
                CheckVerdict::Undetermined,
                "cannot be told for B: b was not collected",
            ),
            (
                vec![weak().about("a"), Outcome::unseen("b").about("B")],
                CheckVerdict::Weak,
                "weak are: a; cannot be told for B",
            ),
            (
                vec![Outcome::not_applicable("none is there").about("a")],
                CheckVerdict::NotApplicable,
                "none is there",
            ),
            (many, CheckVerdict::Weak, "weak are: 1, 2, 3, 4, 5 and 2 more"),
        ] {
            assert_eq!(case(details), (verdict, found.to_owned()));
        }
    }
}
