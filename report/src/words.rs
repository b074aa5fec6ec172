//! The words and sentences that text and HTML share.

use std::fmt::Display;

use staunch_model::{
    Assessment, Evidence, EvidenceKind, Finding, MachineIdentity, Plan, Restart, Series, Severity,
    Summary, Support, SupportState, Verdict,
};

use crate::neutral::neutral;

/// Name of a machine whose facts say none.
pub(crate) const UNNAMED: &str = "unnamed machine";

/// Returns a number with its noun: `1 update`, `1,204 updates`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let ending = match noun {
        _ if count == 1 => noun.to_owned(),
        _ => match noun.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{noun}s"),
        },
    };
    format!("{} {ending}", grouped(count))
}

/// Returns a number with commas between its thousands.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the values in their printed form with a text between them.
pub(crate) fn joined<T: Display>(values: &[T], between: &str) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// Returns the machine's name, or its file's, safe to print.
pub(crate) fn machine_name(machine: &MachineIdentity) -> String {
    match machine.name.as_deref().map(neutral) {
        Some(name) if !name.trim().is_empty() => name.trim().to_owned(),
        _ => machine.file.as_deref().map(neutral).map_or_else(
            || UNNAMED.to_owned(),
            |path| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        ),
    }
}

/// Returns what the facts say of a machine beside its system: edition, build, language.
pub(crate) fn machine_details(machine: &MachineIdentity) -> Vec<String> {
    let named = |word: &str, value: &Option<String>| {
        value.as_deref().map(|value| format!("{word}{}", neutral(value)))
    };
    [
        named("", &machine.edition),
        named("build ", &machine.build),
        named("language ", &machine.language),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns which catalog, which day and which files an answer rests on.
pub(crate) fn basis(assessment: &Assessment) -> Vec<String> {
    let mut parts = Vec::new();
    match assessment.catalog.date {
        Some(date) => parts.push(format!("catalog of {date}")),
        None => parts.push("catalog without a date".to_owned()),
    }
    if let Some(date) = assessment.as_of {
        parts.push(format!("as of {date}"));
    }
    if !assessment.inputs.is_empty() {
        let names: Vec<_> = assessment.inputs.iter().map(|name| neutral(name)).collect();
        parts.push(format!("from {}", names.join(", ")));
    }
    parts
}

/// Returns the answer for a machine as one sentence.
///
/// Where nothing is missing because nothing is published any more, it says so.
pub(crate) fn verdict_sentence(summary: &Summary, support: &Support) -> String {
    let mut parts = Vec::new();
    if summary.missing > 0 {
        parts.push(format!("{} missing", counted(summary.missing, "update")));
    } else if summary.undetermined > 0 {
        parts.push("No update is known to be missing".to_owned());
    } else if support.is_lost() {
        parts.push("Nothing that was published is missing, but support has ended".to_owned());
    } else {
        parts.push("Nothing is missing".to_owned());
    }
    if summary.pending_reboot > 0 {
        let verb = if summary.pending_reboot == 1 { "waits" } else { "wait" };
        parts.push(format!("{} {verb} for a restart", grouped(summary.pending_reboot)));
    }
    if summary.undetermined > 0 {
        parts.push(format!("{} undetermined", grouped(summary.undetermined)));
    }
    if summary.exposed_cves > 0 {
        parts.push(open_vulnerabilities(summary));
    }
    format!("{}.", parts.join("; "))
}

/// Returns how long a machine is supported as one sentence; documents that were written before
/// staunch told it have none.
pub(crate) fn support_sentence(support: &Support) -> String {
    sentence(&support.says)
}

/// Returns a state of support in a few words.
pub(crate) fn support_word(state: SupportState) -> &'static str {
    match state {
        SupportState::Supported => "supported",
        SupportState::PaidUpdatesOnly => "paid updates only",
        SupportState::Ended => "ended",
        SupportState::DependsOnEdition => "depends on the edition",
        SupportState::NotKnown => "not known",
    }
}

/// Returns how many machines have lost their support, as a clause; empty when none has.
pub(crate) fn support_clause(assessments: &[Assessment]) -> String {
    let lost = assessments.iter().filter(|assessment| assessment.support.is_lost()).count();
    match lost {
        0 => String::new(),
        _ => format!("; support has ended for {}", grouped(lost)),
    }
}

fn open_vulnerabilities(summary: &Summary) -> String {
    let open = counted(summary.exposed_cves, "vulnerability");
    match summary.exploited_cves {
        0 => format!("{open} open"),
        exploited if exploited == summary.exposed_cves => {
            format!("{open} open and exploited")
        }
        exploited => {
            format!("{open} open, at least {} exploited", grouped(exploited))
        }
    }
}

/// Returns a plan's size as one sentence.
pub(crate) fn plan_sentence(plan: &Plan) -> String {
    if plan.steps.is_empty() {
        return "Nothing has to be installed.".to_owned();
    }
    let closed: usize = plan.steps.iter().map(|step| step.closes.len()).sum();
    let exploited = plan
        .steps
        .iter()
        .flat_map(|step| &step.closes)
        .filter(|id| plan.exploited.contains(id))
        .count();
    let restarts = match plan.reboots {
        0 => "no restart".to_owned(),
        reboots => counted(reboots, "restart"),
    };
    let steps = counted(plan.steps.len(), "update");
    let closes = if plan.steps.len() == 1 { "closes" } else { "close" };
    let closed = counted(closed, "vulnerability");
    match exploited {
        0 => format!("{steps} with {restarts} {closes} {closed}."),
        _ => format!(
            "{steps} with {restarts} {closes} {closed}, at least {} exploited.",
            grouped(exploited)
        ),
    }
}

/// Returns a line of updates in a word or two, for narrow columns.
pub(crate) fn short_series(series: Series) -> &'static str {
    match series {
        Series::Individual => "single fix",
        Series::Cumulative => "cumulative",
        Series::MonthlyRollup => "monthly rollup",
        Series::SecurityOnly => "security-only",
        Series::IeCumulative => "IE cumulative",
        Series::NetRollup => ".NET rollup",
        Series::NetSecurityOnly => ".NET security-only",
        Series::Flash => "Flash Player",
        Series::ServicingStack => "servicing stack",
        Series::Preview => "preview",
        Series::Hotpatch => "hotpatch",
    }
}

/// Returns the word for a rating that may be absent.
pub(crate) fn severity_word(severity: Option<Severity>) -> &'static str {
    severity.map_or("unrated", Severity::as_str)
}

/// Returns whether an update restarts Windows, in a word.
pub(crate) fn restart_word(restart: Option<Restart>) -> &'static str {
    restart.map_or("unknown", Restart::as_str)
}

/// Returns whether an update restarts Windows, as a phrase.
pub(crate) fn restart_phrase(restart: Option<Restart>) -> &'static str {
    match restart {
        Some(Restart::Yes) => "restarts Windows",
        Some(Restart::Maybe) => "may restart Windows",
        Some(Restart::No) => "no restart",
        None => "restart not stated",
    }
}

/// Returns a verdict as a heading over updates that have it.
pub(crate) fn verdict_heading(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Missing => "Missing",
        Verdict::Undetermined => "Undetermined",
        Verdict::PendingReboot => "Waiting for a restart",
        Verdict::Installed => "Installed",
        Verdict::Superseded => "Superseded by what is installed",
        Verdict::IncludedInServicePack => "Included in the service pack",
        Verdict::NotApplicable => "Not applicable",
    }
}

/// Returns a verdict inside a sentence.
pub(crate) fn verdict_phrase(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Missing => "missing",
        Verdict::Undetermined => "undetermined",
        Verdict::PendingReboot => "waiting for a restart",
        Verdict::Installed => "installed",
        Verdict::Superseded => "superseded",
        Verdict::IncludedInServicePack => "included in the service pack",
        Verdict::NotApplicable => "not applicable",
    }
}

/// Returns a statement as a sentence: safe to print, with a capital and a full stop.
pub(crate) fn sentence(statement: &str) -> String {
    let text = neutral(statement);
    let mut rest = text.trim().chars();
    let Some(first) = rest.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().chain(rest).collect();
    if !sentence.ends_with(['.', '!', '?', '。']) {
        sentence.push('.');
    }
    sentence
}

/// Returns all reasons of a finding as one text.
pub(crate) fn reasons(finding: &Finding) -> String {
    finding.evidence.iter().map(|evidence| sentence(&evidence.says)).collect::<Vec<_>>().join(" ")
}

/// Tells whether an observation was made on the installation itself, not on a list or a number.
pub(crate) fn is_seen(evidence: &Evidence) -> bool {
    match evidence.kind {
        EvidenceKind::File
        | EvidenceKind::Component
        | EvidenceKind::Registry
        | EvidenceKind::PendingRename => true,
        EvidenceKind::Build | EvidenceKind::List => false,
    }
}

/// Returns what was looked at with its kind: `file Helpctr.exe: found 5.1.2600.1106`.
pub(crate) fn observed(evidence: &Evidence) -> String {
    let kind = match evidence.kind {
        EvidenceKind::File => "file",
        EvidenceKind::Build => "build",
        EvidenceKind::Component => "component",
        EvidenceKind::Registry => "registry",
        EvidenceKind::PendingRename => "pending rename",
        EvidenceKind::List => "list",
    };
    format!("{kind} {}", observation(evidence))
}

/// Returns what was looked at: `Helpctr.exe: expected 5.1.2600.1515, found 5.1.2600.1106`.
fn observation(evidence: &Evidence) -> String {
    let mut text = neutral(&evidence.object).into_owned();
    let mut add = |word: &str, value: &Option<String>, before: &str| {
        if let Some(value) = value {
            text.push_str(&format!("{before}{word} {}", neutral(value)));
        }
    };
    add("expected", &evidence.expected, ": ");
    add("found", &evidence.found, if evidence.expected.is_some() { ", " } else { ": " });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_nouns_agree() {
        assert_eq!(counted(1, "vulnerability"), "1 vulnerability");
        assert_eq!(counted(1_234_567, "vulnerability"), "1,234,567 vulnerabilities");
        assert_eq!(counted(0, "update"), "0 updates");
        assert_eq!(grouped(100), "100");
    }

    #[test]
    fn the_sentence_says_what_there_is() {
        let supported = Support::default();
        let summary = Summary {
            missing: 3,
            replaced: 9,
            undetermined: 75,
            exposed_cves: 104,
            exploited_cves: 3,
            ..Summary::default()
        };
        assert_eq!(
            verdict_sentence(&summary, &supported),
            "3 updates missing; 75 undetermined; 104 vulnerabilities open, at least 3 exploited."
        );
        assert_eq!(verdict_sentence(&Summary::default(), &supported), "Nothing is missing.");
        let ended = Support { state: SupportState::Ended, ..Support::default() };
        assert_eq!(
            verdict_sentence(&Summary::default(), &ended),
            "Nothing that was published is missing, but support has ended."
        );
        let short = Summary { missing: 1, exposed_cves: 1, ..Summary::default() };
        assert_eq!(verdict_sentence(&short, &supported), "1 update missing; 1 vulnerability open.");
        let undetermined = Summary { undetermined: 1, pending_reboot: 1, ..Summary::default() };
        assert_eq!(
            verdict_sentence(&undetermined, &supported),
            "No update is known to be missing; 1 waits for a restart; 1 undetermined."
        );
    }

    #[test]
    fn statements_become_sentences() {
        assert_eq!(sentence(" it was not collected "), "It was not collected.");
        assert_eq!(sentence("KB12345 is installed."), "KB12345 is installed.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn an_observation_says_expected_and_found() {
        let mut evidence = Evidence {
            kind: EvidenceKind::File,
            object: "Helpctr.exe".into(),
            expected: Some("5.1.2600.1515".into()),
            found: Some("5.1.2600.1106".into()),
            says: String::new(),
        };
        assert_eq!(
            observation(&evidence),
            "Helpctr.exe: expected 5.1.2600.1515, found 5.1.2600.1106"
        );
        evidence.expected = None;
        assert_eq!(observation(&evidence), "Helpctr.exe: found 5.1.2600.1106");
    }
}
