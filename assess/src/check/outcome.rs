use staunch_model::{CheckDetail, CheckVerdict};

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) verdict: CheckVerdict,
    /// What was found, as a sentence.
    pub(super) found: String,
    pub(super) details: Vec<CheckDetail>,
}

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

    /// What was never collected and would decide.
    pub(super) fn unseen(object: &str) -> Self {
        Self::new(CheckVerdict::Undetermined, format!("{object} was not collected"))
    }

    pub(super) fn new(verdict: CheckVerdict, found: impl Into<String>) -> Self {
        Self { verdict, found: found.into(), details: Vec::new() }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::{Check, Subject};
    use staunch_machine::Memory;
    use staunch_model::{Collected, MachineFacts, OperatingSystem, OsBuild};

    /// Judges the facts of a machine that runs the system of that name.
    pub(in crate::check) fn judge_on(check: &Check, system: &str, facts: &Memory) -> Outcome {
        let system: OperatingSystem = system.parse().expect("an operating system");
        let build = system.build().map_or(Collected::NotCollected, |build| {
            Collected::Known(OsBuild::new(0, 0, build, None))
        });
        let machine = MachineFacts { build, ..MachineFacts::default() };
        (check.judge)(&Subject { facts, machine: &machine, system: &system })
    }

    /// Asserts what a check says of facts of Windows 10.
    pub(in crate::check) fn verdicts<const N: usize>(
        check: &Check,
        cases: [(Memory, CheckVerdict); N],
    ) {
        for (facts, expected) in cases {
            let outcome = judge_on(check, "Windows 10 Version 22H2 for x64-based Systems", &facts);
            assert_eq!(outcome.verdict, expected, "{}", outcome.found);
        }
    }
}
