//! Rows of osquery's tables `patches` and `os_version`, as `osqueryi --json` prints them or as
//! its logs and wrappers carry them.
//!
//! Rows are found by their columns at any depth, so that `[…]`, `{"patches": […]}` and several
//! documents in one file read alike.

use serde_json::{Map, Value};
use staunch_model::{Architecture, Collected, Installation, MachineFacts, OsBuild};

use super::property::Row;
use super::text::Text;
use super::windows_name::{WindowsName, architecture, service_pack_of_build};
use super::{InventoryFormat, ReadError, excerpt, quick_fix};

pub(super) struct Osquery;

impl InventoryFormat for Osquery {
    fn name(&self) -> &'static str {
        "osquery"
    }

    fn recognises(&self, text: &Text) -> bool {
        let is_json = text.as_str().trim_start().starts_with(['{', '[']);
        let is_version =
            || text.as_str().contains("\"platform\"") && text.as_str().contains("\"build\"");
        is_json
            && (["\"hotfix_id\"", "\"patches\"", "\"os_version\""]
                .iter()
                .any(|name| text.as_str().contains(name))
                || is_version())
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        let mut found = Found::default();
        for document in documents(text, "JSON rows of osquery")? {
            found.collect(&document);
        }
        let mut facts = if found.has_patches {
            quick_fix::facts(&found.patches, warnings)?
        } else {
            MachineFacts::default()
        };
        for version in &found.versions {
            describe(version, &mut facts)?;
        }
        if !found.has_patches && found.versions.is_empty() {
            return Err(ReadError::Unexpected {
                line: 1,
                expected: "rows of the table patches or os_version",
                found: excerpt(text.as_str()),
            });
        }
        Ok(facts)
    }
}

/// Most objects, lists and members of a document, which bounds the memory that it takes.
const MAX_VALUES: usize = 500_000;

/// Reads every JSON document of a text.
///
/// # Errors
/// [`ReadError::Json`] at the first place that is no JSON, and [`ReadError::TooManyValues`].
pub(super) fn documents(text: &Text, expected: &'static str) -> Result<Vec<Value>, ReadError> {
    let found = text.as_str().bytes().filter(|byte| matches!(byte, b'{' | b'[' | b',')).count();
    if found > MAX_VALUES {
        return Err(ReadError::TooManyValues { limit: MAX_VALUES, found });
    }
    serde_json::Deserializer::from_str(text.as_str())
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|source| ReadError::Json { expected, source })
}

#[derive(Default)]
struct Found {
    patches: Vec<Row>,
    has_patches: bool,
    versions: Vec<Map<String, Value>>,
}

impl Found {
    fn collect(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(fields) => self.collect_object(fields),
            _ => {}
        }
    }

    fn collect_object(&mut self, fields: &Map<String, Value>) {
        if fields.get("action").and_then(Value::as_str) == Some("removed") {
            return;
        }
        if fields.contains_key("hotfix_id") {
            self.has_patches = true;
            self.patches.push(patch(fields));
        } else if fields.contains_key("platform") && fields.contains_key("build") {
            self.versions.push(fields.clone());
        } else {
            // An empty table is still an answer.
            self.has_patches |= fields.get("patches").is_some_and(Value::is_array);
            fields.values().for_each(|field| self.collect(field));
        }
    }
}

/// Names the columns of a row as WMI does, where the rows come from.
fn patch(fields: &Map<String, Value>) -> Row {
    let names = [("hotfix_id", "HotFixID"), ("installed_on", "InstalledOn"), ("csname", "CSName")];
    let property = |(column, name): (&str, &str)| {
        Some((name.to_owned(), fields.get(column)?.as_str()?.trim().to_owned()))
    };
    Row::new(1, names.into_iter().filter_map(property).collect())
}

fn describe(version: &Map<String, Value>, facts: &mut MachineFacts) -> Result<(), ReadError> {
    let column = |name: &str| match version.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let unexpected = |expected, found: Option<String>| ReadError::Unexpected {
        line: 1,
        expected,
        found: excerpt(&found.unwrap_or_default()),
    };
    let platform = column("platform");
    if platform.as_deref().is_none_or(|platform| !platform.eq_ignore_ascii_case("windows")) {
        return Err(unexpected("the platform windows", platform));
    }
    let build = version_of(&column)
        .ok_or_else(|| unexpected("a version such as 10.0.17763", column("version")))?;
    if let Some(known) = facts.build.known().filter(|known| **known != build) {
        return Err(ReadError::SeveralMachines {
            line: 1,
            first: known.to_string(),
            second: build.to_string(),
        });
    }
    facts.build = Collected::Known(build);
    if let Some(pack) = service_pack_of_build(build) {
        facts.service_pack = Collected::Known(pack);
    }
    let name = column("name");
    WindowsName::read(name.as_deref().unwrap_or_default())
        .ok_or_else(|| unexpected("the name of a Windows version", name))?
        .describe(Some(build), facts);
    match column("codename").map(|codename| codename.to_lowercase()) {
        Some(codename) if codename.contains("core installation") => {
            facts.installation = Collected::Known(Installation::ServerCore);
        }
        Some(codename) if codename.contains("full installation") => {
            facts.installation = Collected::Known(Installation::Server);
        }
        _ => {}
    }
    if let Some(architecture) = column("arch").and_then(|text| width(&text)) {
        facts.architecture = Collected::Known(architecture);
    }
    Ok(())
}

fn version_of(column: &impl Fn(&str) -> Option<String>) -> Option<OsBuild> {
    let version: Option<OsBuild> = column("version").and_then(|text| text.parse().ok());
    let from_parts =
        || format!("{}.{}.{}", column("major")?, column("minor")?, column("build")?).parse().ok();
    let build = version.or_else(from_parts)?;
    let revision = column("revision").and_then(|text| text.parse().ok()).or(build.revision());
    Some(build.with_revision(revision.filter(|revision| *revision > 0)))
}

/// Reads WMI's `OSArchitecture`: `64-bit`, `32-bit`, `ARM 64-bit Processor`.
fn width(text: &str) -> Option<Architecture> {
    let lower = text.to_lowercase();
    match (lower.contains("arm"), lower.contains("64"), lower.contains("32")) {
        (true, true, _) => Some(Architecture::Arm64),
        (true, false, _) => Some(Architecture::Arm),
        (false, true, _) if !lower.contains("ia64") => Some(Architecture::X64),
        (false, _, true) => Some(Architecture::X86),
        _ => architecture(text),
    }
}
