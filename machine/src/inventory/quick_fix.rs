//! Rows of the WMI class `Win32_QuickFixEngineering`, whatever program printed them.

use std::collections::BTreeMap;

use staunch_model::{Collected, Date, Hotfix, HotfixId, HotfixList, KbNumber, MachineFacts};

use super::ReadError;
use super::date::{DayOrder, day_order, read_day};
use super::property::{Column, Row};

/// Properties of the class, and the names that programs give to its host.
pub(super) const PROPERTIES: &[&str] = &[
    "Caption",
    "CSName",
    "Description",
    "FixComments",
    "HotFixID",
    "InstallDate",
    "InstalledBy",
    "InstalledOn",
    "Name",
    "Node",
    "PSComputerName",
    "ServicePackInEffect",
    "Source",
    "Status",
];

/// Name of the property that every layout must have.
pub(super) const KEY: &str = "HotFixID";

const HOSTS: [&str; 4] = ["CSName", "PSComputerName", "Source", "Node"];

/// Reads the name of a hotfix: `KB4487017`, `Q147222`, `943729`, `KB893803v2 - Update`,
/// `KB2510531-IE8`; anything else is kept as it stands.
pub(crate) fn hotfix_id(text: &str) -> HotfixId {
    let text = text.trim();
    numbered(text).map_or_else(|| HotfixId::Other(text.to_owned()), HotfixId::Kb)
}

fn numbered(text: &str) -> Option<KbNumber> {
    let prefix = text.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("kb"));
    let length = prefix.map_or(usize::from(text.starts_with(['Q', 'q'])), str::len);
    let body = text[length..].trim_start();
    let end = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let (digits, suffix) = body.split_at(end);
    let is_suffix = match suffix.chars().next() {
        None => true,
        Some('v' | 'V') => suffix[1..].starts_with(|c: char| c.is_ascii_digit()),
        Some(c) => matches!(c, '-' | '_' | ' ' | '\u{a0}'),
    };
    let is_named = length > 0 || suffix.is_empty();
    (is_suffix && is_named).then(|| digits.parse().ok()).flatten()
}

/// Reads the words of a line that its table's columns do not fit.
pub(super) fn unaligned(words: &[Column]) -> Vec<(String, String)> {
    let mut properties = Vec::new();
    let kb = words.iter().position(|word| numbered(word.name()).is_some());
    if let Some(at) = kb {
        properties.push((KEY.to_owned(), words[at].name().to_owned()));
        let day = words[at + 1..]
            .iter()
            .find(|word| read_day(word.name(), DayOrder::MonthFirst).is_some());
        if let Some(day) = day {
            properties.push(("InstalledOn".to_owned(), day.name().to_owned()));
        }
    }
    properties
}

/// Makes facts of the rows: the list of hotfixes and the host name.
///
/// # Errors
/// [`ReadError::SeveralMachines`] when rows name different hosts.
pub(super) fn facts(rows: &[Row], warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
    let rows: Vec<&Row> =
        rows.iter().filter(|row| row.value(KEY).is_some_and(|id| id != KEY)).collect();
    let entries = entries(&rows, warnings);
    Ok(MachineFacts {
        name: host(&rows)?,
        hotfixes: Collected::Known(HotfixList { entries: sorted(entries), ..Default::default() }),
        ..Default::default()
    })
}

fn host(rows: &[&Row]) -> Result<Collected<String>, ReadError> {
    let mut first: Option<&str> = None;
    for row in rows {
        let name = HOSTS
            .iter()
            .find_map(|property| row.value(property))
            .filter(|name| !name.eq_ignore_ascii_case("localhost") && *name != ".");
        match (first, name) {
            (_, None) => {}
            (None, Some(name)) => first = Some(name),
            (Some(known), Some(name)) if known.eq_ignore_ascii_case(name) => {}
            (Some(known), Some(name)) => {
                return Err(ReadError::SeveralMachines {
                    line: row.line,
                    first: known.to_owned(),
                    second: name.to_owned(),
                });
            }
        }
    }
    Ok(first.map_or(Collected::NotCollected, |name| Collected::Known(name.to_owned())))
}

fn entries(rows: &[&Row], warnings: &mut Vec<String>) -> Vec<Hotfix> {
    let days = || rows.iter().filter_map(|row| row.value("InstalledOn"));
    let order = day_order(days());
    match order {
        DayOrder::MonthFirst => {}
        DayOrder::DayFirst => {
            warnings.push("install dates are read with the day before the month".to_owned());
        }
        DayOrder::Contradictory => warnings.push(
            "install dates are written with the month first and with the day first; those that \
             can be read both ways are left out"
                .to_owned(),
        ),
    }
    let unread =
        |row: &&&Row| row.value("InstalledOn").is_some_and(|text| read_day(text, order).is_none());
    if let Some(row) = rows.iter().find(unread)
        && order != DayOrder::Contradictory
    {
        warnings.push(format!(
            "line {}: expected an install date, found {:?} ({} such dates are left out)",
            row.line,
            row.value("InstalledOn").unwrap_or_default(),
            rows.iter().filter(unread).count(),
        ));
    }
    rows.iter()
        .filter_map(|row| {
            let id = identified(row)?;
            let installed_on = row.value("InstalledOn").and_then(|text| read_day(text, order));
            Some(Hotfix { id, installed_on })
        })
        .collect()
}

/// Names the hotfix of a row. Windows XP and Server 2003 print `File 1` and have the number in
/// the column of the service pack.
fn identified(row: &Row) -> Option<HotfixId> {
    let id = hotfix_id(row.value(KEY)?);
    match (&id, row.value("ServicePackInEffect").map(hotfix_id)) {
        (HotfixId::Other(_), Some(HotfixId::Kb(kb))) => Some(HotfixId::Kb(kb)),
        _ => Some(id),
    }
}

/// Sorts entries and makes one of those with the same name, with the earliest day that is known.
pub(crate) fn sorted(entries: impl IntoIterator<Item = Hotfix>) -> Vec<Hotfix> {
    let mut days: BTreeMap<HotfixId, Option<Date>> = BTreeMap::new();
    for entry in entries {
        let day = days.entry(entry.id).or_default();
        *day = match (*day, entry.installed_on) {
            (Some(known), Some(other)) => Some(known.min(other)),
            (known, other) => known.or(other),
        };
    }
    days.into_iter().map(|(id, installed_on)| Hotfix { id, installed_on }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hotfixes_lose_what_is_no_number() {
        for (text, expected) in [
            ("KB4487017", "KB4487017"),
            (" kb4487017 ", "KB4487017"),
            ("943729", "KB943729"),
            ("Q147222", "KB147222"),
            ("KB893803v2", "KB893803"),
            ("KB893803v2 - Update", "KB893803"),
            ("KB2079403-v2", "KB2079403"),
            ("KB952069_WM9", "KB952069"),
            ("KB2510531-IE8 - Update", "KB2510531"),
            ("File 1", "File 1"),
            ("{7A068575-C5DB-43D9-BE20-3895D0C69B17}", "{7A068575-C5DB-43D9-BE20-3895D0C69B17}"),
            ("KB44870l7", "KB44870l7"),
            ("123456 Something", "123456 Something"),
            ("KB", "KB"),
            ("é", "é"),
        ] {
            assert_eq!(hotfix_id(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn one_entry_is_left_of_each_name() {
        let entry = |id: &str, day: Option<&str>| Hotfix {
            id: hotfix_id(id),
            installed_on: day.map(|day| day.parse().expect("a day")),
        };
        let list = sorted([
            entry("KB4487017", None),
            entry("KB4487017", Some("2019-03-02")),
            entry("KB893803v2", Some("2019-03-05")),
            entry("KB893803", Some("2019-03-04")),
        ]);
        assert_eq!(
            list,
            [entry("KB893803", Some("2019-03-04")), entry("KB4487017", Some("2019-03-02"))]
        );
    }
}
