//! Checks of settings in the order in which people are told of them, and their words.

use std::borrow::Cow;
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

/// Returns on how many machines settings are weak, as a clause; empty when on none.
pub(crate) fn settings_clause(assessments: &[Assessment]) -> String {
    match assessments.iter().filter(|assessment| weak(assessment) > 0).count() {
        0 => String::new(),
        1 => "; 1 has weak settings".to_owned(),
        machines => format!("; {} have weak settings", grouped(machines)),
    }
}

/// Returns a verdict on a setting inside a sentence.
pub(crate) fn setting_phrase(verdict: CheckVerdict) -> &'static str {
    match verdict {
        CheckVerdict::Weak => "weak",
        CheckVerdict::Undetermined => "undetermined",
        CheckVerdict::Sound => "sound",
        CheckVerdict::NotApplicable => "not applicable",
    }
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
    let object = neutral(&detail.object);
    // The name of a drive ends with a colon itself.
    format!("{}: {}", object.strip_suffix(':').unwrap_or(&object), neutral(&detail.found))
}

/// Returns what to do about a weak setting. It may end with a command, so no full stop is added.
pub(crate) fn remedy(check: &CheckFinding) -> Cow<'_, str> {
    neutral(&check.remedy)
}

/// Returns the object-by-object part of a check that asks for something.
pub(crate) fn grave_details(check: &CheckFinding) -> impl Iterator<Item = &CheckDetail> {
    let asks = |verdict| matches!(verdict, CheckVerdict::Weak | CheckVerdict::Undetermined);
    check.details.iter().filter(move |detail| asks(detail.verdict))
}
