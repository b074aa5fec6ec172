use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use staunch_source::read_page;

use crate::exit::{Exit, Failure};
use crate::output::JsonArgs;

/// Compare what two pages state, fact by fact
///
/// Prints what stands on one page only; the exit is 1 when the pages differ.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  staunch bulletin compare de-de/ms04-015.md fr-fr/ms04-015.md")]
pub(crate) struct Args {
    a: PathBuf,
    b: PathBuf,
    #[command(flatten)]
    json: JsonArgs,
}

/// Facts that do not depend on the language of a page.
const COMPARED: &[&str] =
    &["id", "severity", "impact", "kbs", "cves", "published", "revisions", "matrix", "files"];

/// Fields that say where a fact stands, in words of the page.
const PLACES: &[&str] = &["line", "section", "product"];

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let (a, b) = (facts(&self.a)?, facts(&self.b)?);
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
            one.difference(other).cloned().collect()
        };
        let (only_a, only_b) = (only(&a, &b), only(&b, &a));
        let document = serde_json::json!({ "only_a": only_a, "only_b": only_b });
        self.json.print(&document, |out| {
            for (sign, facts) in [("-", &only_a), ("+", &only_b)] {
                for fact in facts {
                    writeln!(out, "{sign} {fact}")?;
                }
            }
            if only_a.is_empty() && only_b.is_empty() {
                writeln!(out, "the pages state the same")?;
            }
            Ok(())
        })?;
        let differ = !only_a.is_empty() || !only_b.is_empty();
        Ok(if differ { Exit::Missing } else { Exit::Success })
    }
}

/// Returns each fact of a page as one line of text.
fn facts(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(Exit::Input, format!("{name}: {error}")))?;
    let page = read_page(&name, &bytes).map_err(|error| Failure::of(Exit::Input, &error))?;
    let document = serde_json::to_value(&page)?;
    let mut facts = BTreeSet::new();
    for name in COMPARED {
        match &document[*name] {
            Value::Array(items) => {
                facts.extend(items.iter().map(|item| format!("{name}: {}", placeless(item))));
            }
            Value::Null => {}
            value => {
                facts.insert(format!("{name}: {value}"));
            }
        }
    }
    Ok(facts)
}

fn placeless(item: &Value) -> Value {
    let mut item = item.clone();
    if let Value::Object(fields) = &mut item {
        fields.retain(|name, _| !PLACES.contains(&name.as_str()));
    }
    item
}
