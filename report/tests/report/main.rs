//! The documents that people and programs get, from the machines in `fixtures/report`.

mod comparison;
mod hostile;
mod html;
mod invariants;
mod json_schema;
mod mbsa_xml;
mod sarif;
mod settings;
mod support;
mod text_and_csv;
mod verification;

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use staunch_model::{Assessment, DateTime, Explanation, Plan};
use staunch_report::{Format, TextStyle, write_explanation, write_mbsa, write_plan, write_scan};

/// Files of the machine that most tests use.
fn case(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/report/windows-7").join(file)
}

fn read(file: &str) -> String {
    let path = case(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn input<T: DeserializeOwned>(file: &str) -> T {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn assessment() -> Assessment {
    input("input/assessment.json")
}

/// A machine that was seen itself: files, keys and settings.
fn seen() -> Assessment {
    let path = case("../windows-xp/input/assessment.json");
    serde_json::from_slice(&std::fs::read(&path).expect("the fixture")).expect("an assessment")
}

fn plan() -> Plan {
    input("input/plan.json")
}

fn explanation() -> Explanation {
    input("input/explanation.json")
}

fn scan_as(assessments: &[Assessment], format: Format, style: TextStyle) -> String {
    let mut out = Vec::new();
    write_scan(&mut out, assessments, format, &style).expect("memory takes everything");
    String::from_utf8(out).expect("documents are UTF-8")
}

fn scan(assessments: &[Assessment], format: Format) -> String {
    scan_as(assessments, format, TextStyle::default())
}

fn mbsa(assessment: &Assessment) -> String {
    let mut out = Vec::new();
    let scanned = DateTime::constant(2004, 8, 1, 9, 30, 0, 0);
    write_mbsa(&mut out, assessment, scanned).expect("memory takes everything");
    String::from_utf8(out).expect("documents are UTF-8")
}

fn plans(plans: &[Plan], format: Format) -> String {
    let mut out = Vec::new();
    write_plan(&mut out, plans, format, &TextStyle::default()).expect("memory takes everything");
    String::from_utf8(out).expect("documents are UTF-8")
}

fn explanations(explanations: &[Explanation], format: Format) -> String {
    let mut out = Vec::new();
    write_explanation(&mut out, explanations, format, &TextStyle::default())
        .expect("memory takes everything");
    String::from_utf8(out).expect("documents are UTF-8")
}
