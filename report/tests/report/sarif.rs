//! What the SARIF 2.1.0 schema requires.

use serde_json::Value;
use staunch_report::Format;

use crate::{assessment, scan};

fn log() -> Value {
    let mut second = assessment();
    second.machine.name = Some("BACKOFFICE-02".into());
    serde_json::from_str(&scan(&[assessment(), second], Format::Sarif)).expect("JSON")
}

fn each<'v>(value: &'v Value, field: &str) -> &'v Vec<Value> {
    value[field].as_array().unwrap_or_else(|| panic!("{field} is an array"))
}

#[test]
fn the_required_properties_are_there() {
    let log = log();
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(each(&log, "runs").len(), 2);
    for run in each(&log, "runs") {
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "staunch");
        for rule in each(driver, "rules") {
            assert!(rule["id"].is_string());
            assert!(rule["shortDescription"]["text"].is_string());
            assert!(rule["help"]["text"].is_string());
        }
        for invocation in each(run, "invocations") {
            assert!(invocation["executionSuccessful"].is_boolean());
            for notification in each(invocation, "toolExecutionNotifications") {
                assert!(notification["message"]["text"].is_string());
            }
        }
        for result in each(run, "results") {
            assert!(!result["message"]["text"].as_str().expect("a text").is_empty());
            for location in each(result, "locations") {
                for logical in each(location, "logicalLocations") {
                    assert!(logical["fullyQualifiedName"].is_string());
                }
            }
        }
    }
}

#[test]
fn results_point_at_their_rules() {
    for run in each(&log(), "runs") {
        let rules = each(&run["tool"]["driver"], "rules");
        let mut ids: Vec<&Value> = rules.iter().map(|rule| &rule["id"]).collect();
        for result in each(run, "results") {
            let at = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[at]["id"], result["ruleId"]);
        }
        let count = ids.len();
        ids.sort_by_key(|id| id.as_str());
        ids.dedup();
        assert_eq!(ids.len(), count, "rules are unique");
    }
}

#[test]
fn kinds_and_levels_agree() {
    let log = log();
    let results = each(&log["runs"][0], "results");
    let of = |kb: &str| {
        let result = results.iter().find(|result| result["ruleId"] == kb).expect("a result");
        (result["kind"].as_str().expect("a kind"), result["level"].as_str().expect("a level"))
    };
    assert_eq!(of("KB4486563"), ("fail", "error"));
    assert_eq!(of("KB4486565"), ("fail", "warning"));
    assert_eq!(of("KB3109560"), ("review", "none"));
    assert_eq!(of("KB4474419"), ("pass", "none"));
    for result in results {
        assert_eq!(result["kind"] == "fail", result["level"] != "none");
    }
}

#[test]
fn places_name_machine_and_product() {
    let log = log();
    let location = &log["runs"][1]["results"][2]["locations"][0];
    assert_eq!(
        location["logicalLocations"][0]["fullyQualifiedName"],
        "BACKOFFICE-02/.NET Framework 3.5.1 on Windows 7 for x64-based Systems Service Pack 1"
    );
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "systeminfo.txt");
}
