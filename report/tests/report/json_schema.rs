//! The published schema and the published documents agree.

use std::path::PathBuf;

use serde_json::{Map, Value};
use staunch_model::{
    BulletinId, Date, EditionClass, Family, Installation, KbNumber, Series, ServicePack, Support,
    SupportState, VulnerabilityId,
};
use staunch_report::Format;

use crate::{assessment, explanation, explanations, plan, plans, scan, seen};

/// A schema that knows no other keywords than those that it checks, so that nothing passes
/// unchecked. Objects may have no fields that the schema does not name.
struct Schema(Value);

impl Schema {
    fn published() -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/scan-schema.json");
        let text = std::fs::read_to_string(path).expect("the schema is there");
        Self(serde_json::from_str(&text).expect("the schema is JSON"))
    }

    fn definition(&self, name: &str) -> &Value {
        let found = &self.0["$defs"][name];
        assert!(found.is_object(), "no definition {name}");
        found
    }

    fn check(&self, name: &str, document: &str) -> Result<(), String> {
        let value: Value = serde_json::from_str(document).expect("the document is JSON");
        self.violation(self.definition(name), &value, "$").map_or(Ok(()), Err)
    }

    /// Returns the first violation with its place.
    fn violation(&self, schema: &Value, value: &Value, at: &str) -> Option<String> {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let mut found = None;
        for (keyword, argument) in schema.as_object().expect("a schema is an object") {
            let wrong = |what: &str| Some(format!("{at}: {what} {argument}, found {value}"));
            found = found.or_else(|| match keyword.as_str() {
                "description" => None,
                "$ref" => {
                    let name = argument.as_str()?.strip_prefix("#/$defs/").expect("a local name");
                    self.violation(self.definition(name), value, at)
                }
                "anyOf" => {
                    let mut all: Vec<String> = Vec::new();
                    for branch in argument.as_array().expect("branches") {
                        all.push(self.violation(branch, value, at)?);
                    }
                    all.pop()
                }
                "type" => (!is_of_type(argument, value)).then(|| wrong("type"))?,
                "const" => (argument != value).then(|| wrong("const"))?,
                "enum" => {
                    let words = argument.as_array().expect("words");
                    (!words.contains(value)).then(|| wrong("enum"))?
                }
                "minimum" => (value.as_i64() < argument.as_i64()).then(|| wrong("minimum"))?,
                "pattern" => (!matches(argument, value)).then(|| wrong("pattern"))?,
                "required" => argument
                    .as_array()?
                    .iter()
                    .find(|name| value.get(name.as_str().expect("a name")).is_none())
                    .map(|name| format!("{at}: {name} is required")),
                "properties" => value.as_object()?.iter().find_map(|(name, member)| {
                    let at = format!("{at}.{name}");
                    match properties.get(name) {
                        Some(schema) => self.violation(schema, member, &at),
                        None => Some(format!("{at}: not in the schema")),
                    }
                }),
                "items" => value.as_array()?.iter().enumerate().find_map(|(index, member)| {
                    self.violation(argument, member, &format!("{at}[{index}]"))
                }),
                other => panic!("the check knows no keyword {other}"),
            });
        }
        found
    }
}

fn is_of_type(expected: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().expect("a type's name") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the check knows no type {other}"),
    };
    expected.as_array().map_or_else(|| is(expected), |names| names.iter().any(is))
}

/// Checks a pattern by the parser whose language it describes.
fn matches(pattern: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match pattern.as_str().expect("a pattern") {
        "^KB[0-9]{5,8}$" => text.starts_with("KB") && text.parse::<KbNumber>().is_ok(),
        "^MS[0-9]{2}-[0-9]{3}$" => text.parse::<BulletinId>().is_ok(),
        "^(CVE-[0-9]{4}-[0-9]{4,8}|ADV[0-9]{6})$" => text.parse::<VulnerabilityId>().is_ok(),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => text.parse::<Date>().is_ok(),
        "^(RTM|SP[0-9])$" => text.parse::<ServicePack>().is_ok(),
        other => panic!("the check knows no pattern {other}"),
    }
}

/// Checks a document against a definition of the published schema.
pub(crate) fn check(name: &str, document: &str) -> Result<(), String> {
    Schema::published().check(name, document)
}

/// Returns the words of a definition of the published schema.
pub(crate) fn enumeration(name: &str) -> Value {
    Schema::published().definition(name)["enum"].clone()
}

#[test]
fn documents_follow_the_schema() {
    let schema = Schema::published();
    let many = [assessment(), assessment()];
    assert_eq!(schema.check("assessment", &scan(&many[..1], Format::Json)), Ok(()));
    assert_eq!(schema.check("scan", &scan(&many, Format::Json)), Ok(()));
    assert_eq!(schema.check("scan", &scan(&[], Format::Json)), Ok(()));
    assert_eq!(schema.check("plan", &plans(&[plan()], Format::Json)), Ok(()));
    assert_eq!(schema.check("plans", &plans(&[plan(), plan()], Format::Json)), Ok(()));
    assert_eq!(schema.check("explanation", &explanations(&[explanation()], Format::Json)), Ok(()));
    let two = [explanation(), explanation()];
    assert_eq!(schema.check("explanations", &explanations(&two, Format::Json)), Ok(()));
}

#[test]
fn every_optional_field_is_in_the_schema() {
    let mut full = assessment();
    full.findings[0].represented_by = Some(full.findings[1].kb);
    full.findings[0].evidence[0].expected = Some("x".into());
    full.machine.version = Some("22H2".into());
    full.checks = seen().checks;
    full.summary.exposed = full.findings[0].cves.clone();
    assert_eq!(Schema::published().check("assessment", &scan(&[full], Format::Json)), Ok(()));
}

#[test]
fn every_state_of_support_is_in_the_schema() {
    let schema = Schema::published();
    for state in SupportState::ALL {
        let mut machine = assessment();
        let pack = machine.support.service_pack.as_mut().expect("a service pack");
        (pack.state, pack.end_at_latest) = (*state, pack.newest_released);
        let line = &mut machine.support.lines[0];
        (line.state, line.installation) = (*state, Some(Installation::ServerCore));
        line.editions = EditionClass::ALL.to_vec();
        machine.support.state = *state;
        let document = scan(&[machine.clone()], Format::Json);
        assert_eq!(schema.check("assessment", &document), Ok(()), "{state:?}");
        machine.support = Support::default();
        let document = scan(&[machine], Format::Json);
        assert_eq!(schema.check("assessment", &document), Ok(()), "unknown");
    }
}

#[test]
fn the_check_finds_violations() {
    let schema = Schema::published();
    let document = scan(&[assessment()], Format::Json);
    for (from, to, expected) in [
        ("\"schema\": 1", "\"schema\": 2", "$.schema: const 1, found 2"),
        ("\"KB4486563\"", "\"4486563\"", "$.findings[0].kb: pattern"),
        ("\"offered\": true", "\"offered\": 1", "$.findings[0].offered: type \"boolean\", found 1"),
        ("\"as_of\":", "\"asof\":", "$: \"as_of\" is required"),
        ("\"monthly_rollup\"", "\"monthly\"", "$.findings[0].series: enum"),
    ] {
        let broken = document.replace(from, to);
        assert_ne!(broken, document, "{from}");
        let error = schema.check("assessment", &broken).expect_err(to);
        assert!(error.contains(expected.split(':').next().expect("a place")), "{error}");
    }
}

#[test]
fn words_of_the_schema_are_the_words_of_the_model() {
    let schema = Schema::published();
    let families: Vec<&str> = Family::ALL.iter().map(|family| family.as_str()).collect();
    assert_eq!(
        schema.definition("machine")["properties"]["family"]["enum"],
        serde_json::json!(families)
    );
    let editions = &schema.definition("support_line")["properties"]["editions"]["items"]["enum"];
    assert_eq!(*editions, serde_json::json!(EditionClass::ALL));
    assert_eq!(schema.definition("support_state")["enum"], serde_json::json!(SupportState::ALL));
    assert_eq!(schema.definition("series")["enum"], serde_json::json!(Series::ALL));
    assert_eq!(
        schema.definition("check_verdict")["enum"],
        serde_json::json!(staunch_model::CheckVerdict::ALL)
    );
    assert_eq!(
        schema.definition("verdict")["enum"],
        serde_json::json!(staunch_model::Verdict::ALL)
    );
}

#[test]
fn several_documents_stand_on_lines_of_their_own() {
    let text = scan(&[assessment(), assessment()], Format::Json);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((lines[0], lines[3]), ("[", "]"));
    let first = lines[1].strip_suffix(',').expect("a comma");
    let read: staunch_model::Assessment = serde_json::from_str(first).expect("a document");
    assert_eq!(read, assessment());
}
