//! `systeminfo` in any language of Windows, as its list and as `/fo csv`.
//!
//! Labels are translated, values of interest are not: the text is read by its structure. The name
//! of the operating system, its version and the language have values of a fixed form; sections
//! such as hotfixes, processors and network cards look alike and are told apart by what they list.

use staunch_model::{
    Architecture, Collected, Hotfix, HotfixId, HotfixList, MachineFacts, OsBuild, ServicePack,
};

use super::property::{Row, csv_rows};
use super::quick_fix::{hotfix_id, sorted};
use super::text::{Text, locale_tag};
use super::windows_name::{WindowsName, architecture, service_pack_of_build};
use super::{InventoryFormat, ReadError, excerpt};

pub(super) struct Systeminfo;

/// A labelled value with the numbered entries below it.
#[derive(Debug, Default)]
struct Item {
    line: usize,
    label: String,
    value: String,
    entries: Vec<String>,
    /// Column of the entries; deeper ones belong to an entry.
    indent: Option<usize>,
}

impl InventoryFormat for Systeminfo {
    fn name(&self) -> &'static str {
        "systeminfo"
    }

    fn recognises(&self, text: &Text) -> bool {
        let Ok(items) = items(text) else { return false };
        let has_name = || items.iter().any(|item| WindowsName::read(&item.value).is_some());
        let has_section = || items.iter().any(|item| !item.entries.is_empty());
        items.iter().any(|item| version(&item.value).is_some()) || (has_name() && has_section())
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        let items = items(text)?;
        one_machine(&items)?;
        let mut facts = MachineFacts::default();
        let found = items.iter().find_map(|item| version(&item.value));
        if let Some((build, pack)) = found {
            facts.build = Collected::Known(build);
            facts.service_pack = Collected::Known(pack);
        }
        let named = items
            .iter()
            .enumerate()
            .find_map(|(index, item)| Some((index, WindowsName::read(&item.value)?)));
        if let Some((index, name)) = named {
            name.describe(found.map(|(build, _)| build), &mut facts);
            facts.name = host_name(&items[..index]);
        } else {
            warnings.push("the name of the operating system is not in the text".to_owned());
        }
        if let Some(architecture) = system_type(&items) {
            facts.architecture = Collected::Known(architecture);
        }
        if let Some(tag) = items.iter().find_map(|item| locale_tag(&item.value)) {
            facts.language = Collected::Known(tag);
        }
        facts.hotfixes = hotfixes(&items, warnings);
        Ok(facts)
    }
}

fn items(text: &Text) -> Result<Vec<Item>, ReadError> {
    match text.lines().find(|line| !line.text.trim().is_empty()) {
        Some(header) if header.text.starts_with('"') && header.text.contains("\",\"") => {
            Ok(csv_rows(text, header, b',')?.into_iter().take(2).flat_map(csv_items).collect())
        }
        _ => Ok(list_items(text)),
    }
}

fn list_items(text: &Text) -> Vec<Item> {
    let indent = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let lines = || text.lines().filter(|line| !line.text.trim().is_empty());
    let margin = lines().map(|line| indent(line.text)).min().unwrap_or(0);
    let mut items: Vec<Item> = Vec::new();
    for line in lines() {
        let column = indent(line.text) - margin;
        if let Some(entry) = numbered_entry(line.text.trim_start()) {
            if let Some(item) = items.last_mut()
                && *item.indent.get_or_insert(column) == column
            {
                item.entries.push(entry.to_owned());
            }
        } else if column == 0
            && let Some((label, value)) = line.text.split_once([':', '：'])
        {
            items.push(Item {
                line: line.number,
                label: label.trim().to_owned(),
                value: value.trim().to_owned(),
                ..Item::default()
            });
        }
    }
    items
}

/// Makes the items of one row of `/fo csv`, whose entries stand within the value.
fn csv_items(row: Row) -> Vec<Item> {
    let line = row.line;
    let item = |(label, value): (String, String)| {
        let mut parts = value.split(",[");
        let value = parts.next().unwrap_or_default().trim().to_owned();
        let entries = parts
            .filter_map(|part| numbered_entry(&format!("[{part}")).map(str::to_owned))
            .collect();
        Item { line, label, value, entries, indent: None }
    };
    row.into_properties().into_iter().map(item).collect()
}

/// Returns what follows `[01]: `; an entry that was cut off within its number is empty.
fn numbered_entry(text: &str) -> Option<&str> {
    let body = text.strip_prefix('[')?;
    let end = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let rest = &body[end..];
    if end == 0 {
        return None;
    }
    if rest.is_empty() {
        return Some("");
    }
    // A non-breaking space of a console code page may read as the letter of another one.
    let is_filler = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | 'ÿ');
    Some(rest.strip_prefix(']')?.trim_start_matches(is_filler).trim_end())
}

/// Reads `6.1.7601 Service Pack 1 Build 7601`, whatever the words between the numbers are.
fn version(value: &str) -> Option<(OsBuild, ServicePack)> {
    let (first, rest) = value.split_once(char::is_whitespace)?;
    let build: OsBuild = first.parse().ok().filter(|build: &OsBuild| build.revision().is_none())?;
    let is_windows = matches!(build.version(), (4 | 10, 0) | (5, 0..=2) | (6, 0..=3));
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let last: u32 = numbers.next_back()?.parse().ok()?;
    if !is_windows || last != build.build() {
        return None;
    }
    let written = numbers.next().and_then(|number| number.parse().ok()).filter(|n| *n <= 9);
    let pack = written.map(ServicePack).or_else(|| service_pack_of_build(build));
    Some((build, pack.unwrap_or_default()))
}

fn one_machine(items: &[Item]) -> Result<(), ReadError> {
    let mut versions = items.iter().filter(|item| version(&item.value).is_some());
    match (versions.next(), versions.next()) {
        (Some(first), Some(second)) => Err(ReadError::SeveralMachines {
            line: second.line,
            first: excerpt(&first.value),
            second: excerpt(&second.value),
        }),
        _ => Ok(()),
    }
}

/// The host name is the value before the operating system's name; it may have been taken out.
fn host_name(before: &[Item]) -> Collected<String> {
    match before.last().map(|item| item.value.as_str()) {
        Some(name)
            if name.chars().any(char::is_alphanumeric)
                && !name.contains(char::is_whitespace)
                && !name.starts_with('\\') =>
        {
            Collected::Known(name.to_owned())
        }
        _ => Collected::NotCollected,
    }
}

/// The system type is the last value before the processors that names an architecture.
fn system_type(items: &[Item]) -> Option<Architecture> {
    let head = items.iter().take_while(|item| item.entries.is_empty());
    let values: Vec<&str> = head.map(|item| item.value.as_str()).collect();
    let untranslated =
        values.iter().find(|value| value.to_ascii_lowercase().ends_with("-based pc"));
    match untranslated {
        Some(value) => architecture(value),
        None => values.iter().rev().find_map(|value| architecture(value)),
    }
}

fn hotfixes(items: &[Item], warnings: &mut Vec<String>) -> Collected<HotfixList> {
    if let Some(item) = items.iter().find(|item| lists_hotfixes(item)) {
        return Collected::Known(listed(item, warnings));
    }
    let empty = items.iter().enumerate().any(|(index, item)| {
        let (before, after) = (&items[..index], items.get(index + 1));
        is_empty_section(before.last(), item, after)
    });
    if empty { Collected::Known(HotfixList::default()) } else { Collected::NotCollected }
}

/// Hotfixes are told from processors and network cards by their numbers.
fn lists_hotfixes(item: &Item) -> bool {
    let is_number = |entry: &String| matches!(hotfix_id(entry), HotfixId::Kb(_));
    let is_other = |entry: &String| {
        let is_file = entry.strip_prefix("File ").is_some_and(|rest| rest.parse::<u32>().is_ok());
        is_file || (entry.starts_with('{') && entry.ends_with('}'))
    };
    let is_cut = || is_hotfix_label(item) && first_number(&item.value).is_some_and(|n| n > 0);
    item.entries.iter().any(is_number)
        || is_cut()
        || (!item.entries.is_empty()
            && (item.entries.iter().all(is_other) || is_hotfix_label(item)))
}

fn is_hotfix_label(item: &Item) -> bool {
    item.label.to_ascii_lowercase().contains("hotfix")
}

fn first_number(value: &str) -> Option<u32> {
    value.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok()
}

/// Tells whether an item without entries says that there are no hotfixes: it has the English
/// label, or it stands between the logon server and the network cards and gives no number.
fn is_empty_section(before: Option<&Item>, item: &Item, after: Option<&Item>) -> bool {
    if !item.entries.is_empty() || first_number(&item.value).is_some_and(|number| number > 0) {
        return false;
    }
    if is_hotfix_label(item) {
        return true;
    }
    let follows_logon = before.is_some_and(|before| before.value.starts_with("\\\\"));
    let precedes_cards = after.is_some_and(|after| !after.entries.is_empty());
    follows_logon && precedes_cards && !item.value.starts_with('\\')
}

fn listed(item: &Item, warnings: &mut Vec<String>) -> HotfixList {
    let stated = first_number(&item.value);
    let mut entries: &[String] = &item.entries;
    let short = stated.filter(|stated| *stated as usize > entries.len());
    if stated.is_none() {
        warnings.push(format!("line {}: the number of hotfixes is not stated", item.line));
    }
    // The tool cuts its list at a fixed number of characters, within an entry.
    if let (Some(_), Some((last, whole))) = (short, entries.split_last())
        && !is_whole(last)
    {
        entries = whole;
    }
    let stated = stated.filter(|stated| *stated as usize > entries.len());
    if let Some(stated) = stated {
        warnings.push(format!(
            "line {}: {stated} hotfixes are stated and {} are listed; `wmic qfe` or `Get-HotFix` \
             list them all",
            item.line,
            entries.len(),
        ));
    }
    let entries = entries
        .iter()
        .filter(|entry| !entry.is_empty())
        .map(|entry| Hotfix { id: hotfix_id(entry), installed_on: None });
    HotfixList { entries: sorted(entries), stated, ..HotfixList::default() }
}

/// Tells whether the last entry of a cut list can be no longer number's beginning: numbers of
/// seven digits begin with 2 to 5, numbers of six digits with 8 or 9 have no longer relatives.
fn is_whole(entry: &str) -> bool {
    match hotfix_id(entry) {
        HotfixId::Kb(kb) => matches!(kb.number(), 2_000_000..=5_999_999 | 800_000..=999_999),
        HotfixId::Other(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_in_any_language() {
        for (value, build, pack) in [
            ("10.0.17134 N/A Build 17134", 17134, 0),
            ("6.1.7601 Service Pack 1 version 7601", 7601, 1),
            ("5.2.3790 Build 3790", 3790, 0),
            ("5.1.2600 Szervizcsomag 3 Build 2600", 2600, 3),
            ("6.1.7601 Пакет обновления 1 сборка 7601", 7601, 1),
            ("10.0.19044 暂缺 Build 19044", 19044, 0),
        ] {
            let (found, service_pack) = version(value).expect("a version");
            assert_eq!((found.build(), service_pack), (build, ServicePack(pack)), "{value}");
        }
        for value in ["6.00, 4/13/2018", "1.6.1, 12/6/2017", "10.0.17763.1", "10.0.17134", ""] {
            assert_eq!(version(value), None, "{value}");
        }
    }

    #[test]
    fn entries_are_found_behind_any_filler() {
        assert_eq!(numbered_entry("[01]: KB1"), Some("KB1"));
        assert_eq!(numbered_entry("[01]\u{a0}: KB1"), Some("KB1"));
        assert_eq!(numbered_entry("[01]ÿ: KB1"), Some("KB1"));
        assert_eq!(numbered_entry("[246]"), Some(""));
        assert_eq!(numbered_entry("[221"), Some(""));
        assert_eq!(numbered_entry("[]"), None);
        assert_eq!(numbered_entry("KB1"), None);
    }

    #[test]
    fn a_number_that_was_cut_is_not_taken_for_another() {
        let lines = "Hotfix(s): 9 Hotfix(s) Installed.\n  [01]: KB4487017\n  [02]: KB44870\n";
        let mut warnings = Vec::new();
        let items = list_items(&Text::of(lines));
        let Collected::Known(list) = hotfixes(&items, &mut warnings) else { panic!("a list") };
        assert_eq!(list.entries.len(), 1);
        assert_eq!(list.stated, Some(9));
        assert_eq!(warnings.len(), 1);
    }
}
