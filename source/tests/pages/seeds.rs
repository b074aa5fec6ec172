//! The three hand-checked pages, fact by fact; see `fixtures/source/seeds/ORIGIN.md`.

use std::path::Path;

use serde_json::{Map, Value, json};
use staunch_model::BulletinPage;
use staunch_source::read_page;

#[test]
fn the_seeds_are_read_exactly() {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: ../shared/data is absent");
        return;
    };
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/source/seeds/expected");
    for (name, rows) in [("ms04-015.zh-cn", 193), ("ms04-019.zh-tw", 2), ("ms04-029.zh-tw", 6)] {
        let bytes = std::fs::read(data.join(format!("seeds/{name}.md"))).expect("the seed");
        let page = read_page(&format!("{name}.md"), &bytes).expect("a page");
        assert_eq!(page.files.len(), rows, "{name}");
        let text = std::fs::read_to_string(expected.join(format!("{name}.json")));
        let wanted: Value = serde_json::from_str(&text.expect("a fixture")).expect("JSON");
        let (wanted, found) = (facts(&wanted), facts(&shown(&page)));
        let only = |sign: char, one: &[String], other: &[String]| -> String {
            let lines = one.iter().filter(|fact| !other.contains(fact));
            lines.map(|fact| format!("{sign} {fact}\n")).collect()
        };
        let difference = [only('-', &wanted, &found), only('+', &found, &wanted)].concat();
        assert!(difference.is_empty(), "{name}: expected (-) and read (+):\n{difference}");
        assert_eq!(wanted, found, "{name}: the order of the facts");
    }
}

/// Members whose text is prose.
const PROSE: &[&str] = &[
    "mitigations",
    "meaning",
    "prerequisites",
    "included_in",
    "restart",
    "removal",
    "acknowledgements",
];

/// Returns a page in the form of the fixtures.
fn shown(page: &BulletinPage) -> Value {
    let mut value = serde_json::to_value(page).expect("a page is serialisable");
    shorten(&mut value, None);
    let document = value.as_object_mut().expect("a page is an object");
    document.remove("path");
    for workaround in list(document, "workarounds") {
        let title = workaround["title"].as_str().expect("a title").to_owned();
        workaround["title"] = shortened(&title).into();
    }
    for warning in list(document, "warnings") {
        let message = warning["message"].as_str().expect("a message").to_owned();
        warning["message"] = unquoted(&message).into();
    }
    document.insert("files".to_owned(), grouped(page));
    value
}

fn list<'v>(document: &'v mut Map<String, Value>, name: &str) -> &'v mut Vec<Value> {
    document[name].as_array_mut().expect("a list")
}

fn shorten(value: &mut Value, member: Option<&str>) {
    match value {
        Value::String(text) if member.is_some_and(|name| PROSE.contains(&name)) => {
            *text = shortened(text);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, member)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, value)| shorten(value, Some(name)));
        }
        _ => {}
    }
}

fn shortened(text: &str) -> String {
    let checksum = text
        .bytes()
        .fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let begin: String = text.chars().take(6).collect();
    format!("{begin}… ({} characters, {checksum:08x})", text.chars().count())
}

/// Leaves out what stands in quotation marks.
fn unquoted(message: &str) -> String {
    let parts = message.split('"').enumerate();
    let parts: Vec<&str> = parts.map(|(at, part)| if at % 2 == 1 { "…" } else { part }).collect();
    parts.join("\"")
}

fn grouped(page: &BulletinPage) -> Value {
    let mut groups: Vec<(Option<&str>, Vec<String>)> = Vec::new();
    for file in &page.files {
        let or_dash = |value: Option<&str>| value.unwrap_or("-").to_owned();
        let version = file.version.map(|version| version.to_string());
        let row = [
            file.line.to_string(),
            file.name.clone(),
            or_dash(version.as_deref().or(file.raw_version.as_deref())),
            or_dash(file.size.map(|size| size.to_string()).as_deref()),
            or_dash(file.date.map(|date| date.to_string()).as_deref()),
            or_dash(file.time.as_deref()),
            or_dash(file.platform.as_deref()),
            or_dash(file.folder.as_deref()),
        ]
        .join(" ");
        let section = file.section.as_deref();
        match groups.last_mut() {
            Some((last, rows)) if *last == section => rows.push(row),
            _ => groups.push((section, vec![row])),
        }
    }
    let groups =
        groups.into_iter().map(|(section, rows)| json!({"section": section, "rows": rows}));
    groups.collect()
}

/// Returns every fact as a line: its place in the document and its value.
fn facts(document: &Value) -> Vec<String> {
    let mut facts = Vec::new();
    walk(document, "", &mut facts);
    facts
}

fn walk(value: &Value, place: &str, facts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let dot = if place.is_empty() { "" } else { "." };
                walk(value, &format!("{place}{dot}{name}"), facts);
            }
        }
        Value::Array(items) if items.is_empty() => facts.push(format!("{place}: none")),
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                walk(value, &format!("{place}[{at}]"), facts);
            }
        }
        value => facts.push(format!("{place}: {value}")),
    }
}
