//! Checks of settings: one rule and one result for each.

use serde_json::{Value, json};
use staunch_model::{Assessment, CheckFinding, CheckVerdict};

use super::{artifact, level};
use crate::neutral::neutral;
use crate::settings::{detail, grave_details, remedy, setting_phrase};
use crate::words::{machine_name, sentence};

/// Describes a check by what is the same on every machine.
pub(super) fn rule(check: &CheckFinding) -> Value {
    let help = format!("Source: {} Remedy: {}", sentence(&check.source), remedy(check));
    json!({
        "id": neutral(&check.id),
        "shortDescription": { "text": sentence(&check.title) },
        "help": { "text": help },
        "defaultConfiguration": { "level": level(Some(check.severity)) },
        "properties": { "tags": ["security", "setting"] },
    })
}

pub(super) fn result(assessment: &Assessment, check: &CheckFinding, rule_index: usize) -> Value {
    let machine = machine_name(&assessment.machine);
    let id = neutral(&check.id);
    let kind = kind(check.verdict);
    // A level other than "none" says that something failed, which only "fail" may say.
    let level = if kind == "fail" { level(Some(check.severity)) } else { "none" };
    let mut text = format!(
        "Setting {id} of {machine} is {}. Expected: {} Found: {}",
        setting_phrase(check.verdict),
        sentence(&check.title),
        sentence(&check.found)
    );
    for one in grave_details(check) {
        text.push(' ');
        text.push_str(&sentence(&detail(one)));
    }
    let mut location = json!({
        "logicalLocations": [{
            "name": id,
            "fullyQualifiedName": format!("{machine}/{id}"),
            "kind": "resource",
        }],
    });
    if let Some(artifact) = artifact(assessment) {
        location["physicalLocation"] = artifact;
    }
    json!({
        "ruleId": id,
        "ruleIndex": rule_index,
        "kind": kind,
        "level": level,
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "machineSetting/v1": format!("{machine}/{id}") },
        "properties": {
            "verdict": check.verdict,
            "severity": check.severity,
            "details": check.details,
        },
    })
}

fn kind(verdict: CheckVerdict) -> &'static str {
    match verdict {
        CheckVerdict::Weak => "fail",
        CheckVerdict::Undetermined => "review",
        CheckVerdict::Sound => "pass",
        CheckVerdict::NotApplicable => "notApplicable",
    }
}
