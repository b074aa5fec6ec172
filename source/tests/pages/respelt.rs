//! Changes of a page that carry no fact change no fact.
//!
//! `STAUNCH_RESPELT_ONE_IN` sets how many of the published pages are tried.

use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::Value;
use staunch_source::read_page;

use crate::sample::{setting, visit};

/// A change of spelling that keeps every line where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Line ends as on Windows.
    Returns,
    /// A byte order mark before everything.
    Mark,
    /// Addresses of links with `https`, or without it.
    Scheme,
    /// `**Label:** value` becomes `**Label** : value`.
    ColonOutside,
    /// The space after a label does not break.
    NoBreak,
    /// More than one space after a label.
    Wide,
    /// A space at the end of every line.
    Trailing,
}

const CHANGES: [Change; 7] = [
    Change::Returns,
    Change::Mark,
    Change::Scheme,
    Change::ColonOutside,
    Change::NoBreak,
    Change::Wide,
    Change::Trailing,
];

impl Change {
    fn apply(self, text: &str) -> String {
        match self {
            Self::Returns => text.replace('\n', "\r\n"),
            Self::Mark => format!("\u{feff}{text}"),
            Self::Scheme => ["](", "href=\""].iter().fold(text.to_owned(), |text, before| {
                let (plain, safe) = (format!("{before}http://"), format!("{before}https://"));
                if text.contains(&plain) {
                    text.replace(&plain, &safe)
                } else {
                    text.replace(&safe, &plain)
                }
            }),
            Self::ColonOutside => each_label(text, |label, value| format!("{label}** : {value}")),
            Self::NoBreak => each_label(text, |label, value| format!("{label}:**\u{a0}{value}")),
            Self::Wide => each_label(text, |label, value| format!("{label}:**   {value}")),
            Self::Trailing => {
                let lines: Vec<String> = text
                    .split('\n')
                    .map(|line| match line.strip_suffix('\r') {
                        Some(line) => format!("{line} \r"),
                        None => format!("{line} "),
                    })
                    .collect();
                lines.join("\n")
            }
        }
    }
}

/// Respells `**Label:** value`, where a label stands at the beginning of a line.
fn each_label(text: &str, respell: impl Fn(&str, &str) -> String) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| match line.split_once(":** ") {
            Some((label, value)) if is_label(label) && !value.trim().is_empty() => {
                respell(label, value.trim_start())
            }
            _ => line.to_owned(),
        })
        .collect();
    lines.join("\n")
}

fn is_label(text: &str) -> bool {
    let label = text.trim_start_matches(['\u{feff}', ' ']).strip_prefix("**");
    label.is_some_and(|label| !label.contains("**") && !label.starts_with(['/', ' ']))
}

/// Returns the facts of a page; spaces in its texts, and the schemes of addresses, are as equal as
/// they were before the change.
fn facts(path: &str, text: &str) -> Vec<String> {
    let page = read_page(path, text.as_bytes()).expect("a page");
    let Value::Object(members) = serde_json::to_value(page).expect("serialisable") else {
        unreachable!("a page is an object")
    };
    let mut facts = Vec::new();
    for (name, value) in &members {
        walk(value, name, &mut facts);
    }
    facts
}

fn walk(value: &Value, place: &str, facts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| walk(value, &format!("{place}.{name}"), facts));
        }
        Value::Array(items) => {
            facts.push(format!("{place}: {} of them", items.len()));
            for (at, value) in items.iter().enumerate() {
                walk(value, &format!("{place}[{at}]"), facts);
            }
        }
        Value::String(text) => {
            let text = text.replace("https://", "http://");
            let words: Vec<&str> = text.split_whitespace().collect();
            facts.push(format!("{place}: {}", words.join(" ").replace(" :", ":")));
        }
        value => facts.push(format!("{place}: {value}")),
    }
}

/// Returns the facts that one of the two has.
fn difference(before: &[String], after: &[String]) -> Vec<String> {
    let gone = before.iter().filter(|fact| !after.contains(fact)).map(|fact| format!("- {fact}"));
    let new = after.iter().filter(|fact| !before.contains(fact)).map(|fact| format!("+ {fact}"));
    gone.chain(new).collect()
}

/// Small pages that have every layout between them.
const PAGES: [(&str, &str); 6] = [
    ("en-us/ms04-998.md", include_str!("../../../fixtures/source/layouts/input/bold-labels.md")),
    ("de-de/ms04-997.md", include_str!("../../../fixtures/source/layouts/input/pipe.md")),
    ("zh-tw/ms04-996.md", include_str!("../../../fixtures/source/layouts/input/glued.md")),
    ("en-us/ms08-999.md", include_str!("../../../fixtures/source/layouts/input/html.md")),
    ("ja-jp/ms99-099.md", include_str!("../../../fixtures/source/layouts/input/early.md")),
    ("fr-fr/ms05-994.md", include_str!("../../../fixtures/source/layouts/input/french.md")),
];

#[test]
fn the_small_pages_have_facts_of_every_family() {
    let facts: Vec<String> = PAGES.iter().flat_map(|(path, text)| facts(path, text)).collect();
    for family in [
        "kbs[0]",
        "cves[0]",
        "published",
        "updated",
        "version",
        "revisions[0].date",
        "supersedes[0].bulletin",
        "products.affected[0].canonical",
        "products.unaffected[0].name",
        "matrix[0].severity",
        "vulnerabilities[0].mitigations[0]",
        "vulnerabilities[0].disclosed",
        "platforms[0].prerequisites",
        "platforms[0].included_in",
        "platforms[0].switches[0].meaning",
        "platforms[0].commands[0]",
        "platforms[0].restart",
        "platforms[0].removal",
        "platforms[0].registry_keys[0]",
        "files[0].folder",
        "files[0].time",
        "workarounds[0].objects[0]",
        "acknowledgements[0]",
        "related[0]",
        "warnings[0].code",
    ] {
        let begin = format!("{family}: ");
        let has = |fact: &String| fact.starts_with(&begin) && !fact.ends_with(": null");
        assert!(facts.iter().any(has), "no {family} in the pages");
    }
}

proptest! {
    #[test]
    fn no_combination_of_changes_changes_a_fact(
        page in 0..PAGES.len(),
        changes in proptest::sample::subsequence(CHANGES.to_vec(), 1..=CHANGES.len()).prop_shuffle(),
    ) {
        let (path, text) = PAGES[page];
        let after = changes.iter().fold(text.to_owned(), |text, change| change.apply(&text));
        let difference = difference(&facts(path, text), &facts(path, &after));
        prop_assert!(difference.is_empty(), "{path}, {changes:?}:\n{}", difference.join("\n"));
    }
}

#[test]
fn no_change_of_a_published_page_changes_a_fact() {
    let faults = Mutex::new(Vec::new());
    let pages = visit(setting("STAUNCH_RESPELT_ONE_IN", 160), |name, bytes| {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let text = text.trim_start_matches('\u{feff}');
        let before = facts(name, text);
        for change in CHANGES {
            let difference = difference(&before, &facts(name, &change.apply(text)));
            if !difference.is_empty() {
                let shown = difference[..difference.len().min(6)].join("\n    ");
                let fault = format!("{name}, {change:?}: {}\n    {shown}", difference.len());
                faults.lock().expect("no thread panics with it").push(fault);
            }
        }
    });
    let Some(pages) = pages else { return };
    println!("{pages} pages, {} changes of each", CHANGES.len());
    let faults = faults.into_inner().expect("no thread panicked");
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults[..faults.len().min(60)].join("\n"));
}
