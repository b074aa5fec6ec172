//! PowerShell's `Get-HotFix`: the table, `Format-List`, `Export-Csv` and `ConvertTo-Json`.

use serde_json::Value;
use staunch_model::MachineFacts;

use super::date::json_day;
use super::osquery::documents;
use super::property::{Row, csv_header, csv_rows, list_rows, table_rows, underlined_header_of};
use super::quick_fix::{KEY, facts, unaligned};
use super::text::Text;
use super::{InventoryFormat, ReadError};

pub(super) struct GetHotfix;

impl InventoryFormat for GetHotfix {
    fn name(&self) -> &'static str {
        "Get-HotFix"
    }

    fn recognises(&self, text: &Text) -> bool {
        is_json(text) || is_csv(text) || is_list(text) || underlined_header_of(text, KEY).is_some()
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        let rows = if is_json(text) {
            let mut rows = Vec::new();
            for document in documents(text, "the JSON of Get-HotFix")? {
                json_rows(&document, &mut rows);
            }
            rows
        } else if let Some((header, separator)) = csv_header(text, KEY) {
            csv_rows(text, header, separator)?
        } else if let Some((header, columns)) = underlined_header_of(text, KEY) {
            table_rows(text, header, &columns, unaligned)
        } else {
            list_rows(text, ':')
        };
        facts(&rows, warnings)
    }
}

fn is_json(text: &Text) -> bool {
    text.as_str().trim_start().starts_with(['{', '[']) && text.as_str().contains("\"HotFixID\"")
}

fn is_csv(text: &Text) -> bool {
    csv_header(text, KEY).is_some_and(|(header, _)| !header.text.starts_with("Node"))
}

fn is_list(text: &Text) -> bool {
    text.lines().any(|line| {
        line.text.strip_prefix(KEY).is_some_and(|rest| rest.trim_start().starts_with(':'))
    })
}

/// Collects the objects that have the key, however deep PowerShell wrapped them.
fn json_rows(value: &Value, rows: &mut Vec<Row>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| json_rows(item, rows)),
        Value::Object(fields) if fields.contains_key(KEY) => {
            let text = |(name, value): (&String, &Value)| Some((name.clone(), plain(value)?));
            rows.push(Row::new(1, fields.iter().filter_map(text).collect()));
        }
        Value::Object(fields) => fields.values().for_each(|field| json_rows(field, rows)),
        _ => {}
    }
}

/// Returns a value as text. Days are objects with a `value`, or texts such as `/Date(…)/`.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            Some(json_day(text).map_or_else(|| text.clone(), |day| day.to_string()))
        }
        Value::Object(fields) => {
            let day = fields.get("value").or_else(|| fields.get("DateTime"))?;
            day.as_str().and_then(|_| plain(day))
        }
        _ => None,
    }
}
