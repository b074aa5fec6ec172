use staunch_model::{
    Assessment, CheckFinding, CheckVerdict, Severity, Support, SupportState, Verdict,
};

/// Grade of a check or of a machine, in the numbers of MBSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    UnableToScan,
    CriticalFailed,
    NonCriticalFailed,
    BestPractice,
    Passed,
    Note,
    NotInstalled,
}

impl Grade {
    /// What tools show first, first.
    const ORDER: [Self; 4] =
        [Self::CriticalFailed, Self::NonCriticalFailed, Self::UnableToScan, Self::BestPractice];

    /// Returns the grade of the check for missing updates.
    pub(super) fn of_updates(assessment: &Assessment) -> Self {
        let has = |verdict| assessment.findings.iter().any(|finding| finding.verdict == verdict);
        if has(Verdict::Missing) {
            Self::CriticalFailed
        } else if has(Verdict::PendingReboot) {
            Self::NonCriticalFailed
        } else if has(Verdict::Undetermined) {
            Self::UnableToScan
        } else {
            Self::Passed
        }
    }

    /// Returns the grade of a check of a setting.
    pub(super) fn of_setting(check: &CheckFinding) -> Self {
        Self::of_verdict(check.verdict, check.severity)
    }

    /// Returns the grade of one verdict of this severity.
    pub(super) fn of_verdict(verdict: CheckVerdict, severity: Severity) -> Self {
        match (verdict, severity) {
            (CheckVerdict::Weak, Severity::Critical | Severity::Important) => Self::CriticalFailed,
            (CheckVerdict::Weak, Severity::Moderate) => Self::NonCriticalFailed,
            (CheckVerdict::Weak, Severity::Low) => Self::BestPractice,
            (CheckVerdict::Undetermined, _) => Self::UnableToScan,
            (CheckVerdict::Sound, _) => Self::Passed,
            (CheckVerdict::NotApplicable, _) => Self::NotInstalled,
        }
    }

    /// Returns the grade of how long the system is supported.
    pub(super) fn of_support(support: &Support) -> Self {
        match support.overall() {
            SupportState::Ended => Self::CriticalFailed,
            SupportState::PaidUpdatesOnly => Self::NonCriticalFailed,
            SupportState::Supported => Self::Passed,
            SupportState::DependsOnEdition | SupportState::NotKnown => Self::UnableToScan,
        }
    }

    /// Returns the grade of a machine: the worst of its checks.
    pub(super) fn overall(grades: &[Self]) -> Self {
        Self::ORDER.into_iter().find(|grade| grades.contains(grade)).unwrap_or(Self::Passed)
    }

    /// Returns the number that stands in documents.
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::UnableToScan => "1",
            Self::CriticalFailed => "2",
            Self::NonCriticalFailed => "3",
            Self::BestPractice => "4",
            Self::Passed => "5",
            Self::Note => "6",
            Self::NotInstalled => "8",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_check_grades_the_machine() {
        use Grade::{
            BestPractice, CriticalFailed, NonCriticalFailed, NotInstalled, Note, Passed,
            UnableToScan,
        };
        for (grades, expected) in [
            (&[Passed, Note, NotInstalled][..], Passed),
            (&[Passed, BestPractice], BestPractice),
            (&[BestPractice, UnableToScan], UnableToScan),
            (&[UnableToScan, NonCriticalFailed], NonCriticalFailed),
            (&[NonCriticalFailed, CriticalFailed], CriticalFailed),
            (&[], Passed),
        ] {
            assert_eq!(Grade::overall(grades), expected);
        }
    }
}
