//! Checks of settings in the order in which people are told of them, and their words.

use std::cmp::Reverse;

use staunch_model::{Assessment, CheckDetail, CheckFinding, CheckVerdict};

use crate::neutral::neutral;
use crate::words::{counted, grouped};

/// Returns the checks with this verdict, the gravest first.
pub(crate) fn settings(assessment: &Assessment, verdict: CheckVerdict) -> Vec<&CheckFinding> {
    let mut checks: Vec<&CheckFinding> =
        assessment.checks.iter().filter(|check| check.verdict == verdict).collect();
    checks.sort_by_key(|check| Reverse(check.severity));
    checks
}

/// Returns how many settings of a machine are weak.
pub(crate) fn weak(assessment: &Assessment) -> usize {
    settings(assessment, CheckVerdict::Weak).len()
}

/// Returns what the checks say together as one sentence; nothing where no check has a verdict
/// that asks for anything.
pub(crate) fn settings_sentence(assessment: &Assessment) -> Option<String> {
    let undetermined = settings(assessment, CheckVerdict::Undetermined).len();
    Some(match (weak(assessment), undetermined) {
        (0, 0) => return None,
        (0, open) => format!("No setting is known to be weak; {} undetermined.", grouped(open)),
        (weak, 0) => format!("{}.", counted(weak, "weak setting")),
        (weak, open) => {
            format!("{}; {} undetermined.", counted(weak, "weak setting"), grouped(open))
        }
    })
}

/// Returns the heading over settings that have a verdict.
pub(crate) fn setting_heading(verdict: CheckVerdict) -> &'static str {
    match verdict {
        CheckVerdict::Weak => "Weak settings",
        CheckVerdict::Undetermined => "Undetermined settings",
        CheckVerdict::Sound => "Sound settings",
        CheckVerdict::NotApplicable => "Settings that do not apply",
    }
}

/// Returns what a check saw of one object: `Gast: enabled`.
pub(crate) fn detail(detail: &CheckDetail) -> String {
    format!("{}: {}", neutral(&detail.object), neutral(&detail.found))
}

/// Returns the object-by-object part of a check that asks for something.
pub(crate) fn grave_details(check: &CheckFinding) -> impl Iterator<Item = &CheckDetail> {
    let asks = |verdict| matches!(verdict, CheckVerdict::Weak | CheckVerdict::Undetermined);
    check.details.iter().filter(move |detail| asks(detail.verdict))
}
