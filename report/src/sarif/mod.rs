//! Static Analysis Results Interchange Format: one run for each machine, one rule for each
//! update and each check of a setting, one result for each finding.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

mod setting;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use staunch_model::{Assessment, Evidence, Finding, KbNumber, Severity, Verdict};

use crate::neutral::neutral;
use crate::words::{
    is_seen, joined, machine_name, observed, restart_phrase, sentence, severity_word,
    support_sentence, verdict_phrase, verdict_sentence,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes one log with a run for each machine, each on a line of its own.
pub(crate) fn write(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    write!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[")?;
    for (at, assessment) in assessments.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &run(assessment))?;
    }
    out.write_all(b"\n]}\n")
}

fn run(assessment: &Assessment) -> Value {
    let mut rules = Vec::new();
    let mut index: BTreeMap<KbNumber, usize> = BTreeMap::new();
    for finding in &assessment.findings {
        index.entry(finding.kb).or_insert_with(|| {
            rules.push(rule(finding));
            rules.len() - 1
        });
    }
    let mut results: Vec<Value> = assessment
        .findings
        .iter()
        .map(|finding| result(assessment, finding, index[&finding.kb]))
        .collect();
    for check in &assessment.checks {
        results.push(setting::result(assessment, check, rules.len()));
        rules.push(setting::rule(check));
    }
    let support = &assessment.support;
    let lost = support.is_lost().then(|| {
        let text = support_sentence(support);
        json!({ "level": "warning", "message": { "text": text } })
    });
    let warnings = assessment.warnings.iter().map(|warning| {
        let text = format!("{}: {}", neutral(&warning.object), neutral(&warning.message));
        json!({ "level": "warning", "message": { "text": text } })
    });
    let notifications: Vec<Value> = lost.into_iter().chain(warnings).collect();
    let answer = verdict_sentence(&assessment.summary, support);
    let description = format!("{answer} {}", support_sentence(support));
    json!({
        "tool": { "driver": {
            "name": "staunch",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        } },
        "automationDetails": {
            "id": format!("staunch/scan/{}/", machine_name(&assessment.machine)),
            "description": { "text": description.trim_end() },
        },
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications,
        }],
        "results": results,
        "properties": {
            "machine": assessment.machine,
            "support": support,
            "asOf": assessment.as_of,
            "catalog": assessment.catalog,
            "summary": assessment.summary,
        },
    })
}

/// Describes an update by what is the same on every machine.
fn rule(finding: &Finding) -> Value {
    let kb = finding.kb;
    let title = neutral(&finding.title);
    let closes = match finding.cves.as_slice() {
        [] => String::new(),
        ids => format!(" It closes {}.", joined(ids, ", ")),
    };
    let help = format!(
        "{kb} is a {} for {} ({}, {}).{closes}",
        finding.series,
        neutral(&finding.product),
        severity_word(finding.severity),
        restart_phrase(finding.restart),
    );
    json!({
        "id": kb.to_string(),
        "shortDescription": { "text": format!("{kb}: {title}") },
        "help": { "text": help },
        "helpUri": format!("https://support.microsoft.com/help/{}", kb.number()),
        "defaultConfiguration": { "level": level(finding.severity) },
        "properties": { "tags": ["security", finding.series.as_str()] },
    })
}

fn result(assessment: &Assessment, finding: &Finding, rule_index: usize) -> Value {
    let kind = kind(finding.verdict);
    // A level other than "none" says that something failed, which only "fail" may say.
    let level = if kind == "fail" { level(finding.severity) } else { "none" };
    let text = format!(
        "{} ({}) is {} on {}. {}",
        finding.kb,
        neutral(&finding.title),
        verdict_phrase(finding.verdict),
        machine_name(&assessment.machine),
        reasons_with_objects(finding),
    );
    json!({
        "ruleId": finding.kb.to_string(),
        "ruleIndex": rule_index,
        "kind": kind,
        "level": level,
        "message": { "text": text.trim_end() },
        "locations": [location(assessment, finding)],
        "partialFingerprints": {
            "machineProductUpdate/v1": format!(
                "{}/{}/{}",
                machine_name(&assessment.machine),
                neutral(&finding.product),
                finding.kb
            ),
        },
        "properties": {
            "verdict": finding.verdict,
            "offered": finding.offered,
            "severity": finding.severity,
            "bulletin": finding.bulletin,
            "cves": finding.cves,
            "supersededBy": finding.superseded_by,
            "evidence": finding.evidence,
        },
    })
}

fn location(assessment: &Assessment, finding: &Finding) -> Value {
    let machine = machine_name(&assessment.machine);
    let product = neutral(&finding.product);
    let mut location = json!({
        "logicalLocations": [{
            "name": product,
            "fullyQualifiedName": format!("{machine}/{product}"),
            "kind": "module",
        }],
    });
    if let Some(artifact) = artifact(assessment) {
        location["physicalLocation"] = artifact;
    }
    location
}

/// Returns the first file that the facts come from as a physical location.
fn artifact(assessment: &Assessment) -> Option<Value> {
    let input = assessment.inputs.first()?;
    Some(json!({ "artifactLocation": { "uri": uri(input) } }))
}

/// Returns all reasons of a finding, with the files and keys that were looked at.
fn reasons_with_objects(finding: &Finding) -> String {
    let reason = |evidence: &Evidence| match is_seen(evidence) {
        true => format!("{} [{}]", sentence(&evidence.says), observed(evidence)),
        false => sentence(&evidence.says),
    };
    finding.evidence.iter().map(reason).collect::<Vec<_>>().join(" ")
}

fn level(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical | Severity::Important) => "error",
        Some(Severity::Moderate) | None => "warning",
        Some(Severity::Low) => "note",
    }
}

fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Missing => "fail",
        Verdict::Undetermined => "review",
        Verdict::PendingReboot => "open",
        Verdict::Installed | Verdict::Superseded | Verdict::IncludedInServicePack => "pass",
        Verdict::NotApplicable => "notApplicable",
    }
}

/// Returns a path as a URI reference; a colon is escaped so that it never makes a scheme.
fn uri(path: &str) -> String {
    let mut text = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references_without_a_scheme() {
        assert_eq!(uri("C:\\in ventory\\ü.txt"), "C%3A/in%20ventory/%C3%BC.txt");
        assert_eq!(uri("javascript:alert(1)"), "javascript%3Aalert%281%29");
    }
}
