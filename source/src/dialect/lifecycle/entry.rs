//! One product of the file to its records.

use std::fmt::Display;
use std::str::FromStr;

use jiff::civil::Date;
use staunch_model::{
    Architecture, EditionClass, Family, Installation, LifecycleRecord, Release, ServicePack,
    ServicePackRecord, SupportDates, WarningCode,
};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Lines;
use crate::document::excerpt;
use crate::output::Output;

const PRODUCT: &[&str] = &[
    "family",
    "release",
    "architectures",
    "installation",
    "editions",
    "page",
    "available",
    "mainstream_end",
    "support_end",
    "paid_end",
    "service_pack",
];
const SERVICE_PACK: &[&str] = &["number", "released", "earlier_end"];

/// Most characters of the name of a publisher's page that are kept.
const PAGE_LENGTH: usize = 120;

/// The fields of one table, with the way to report what is wrong with them.
pub(super) struct Fields<'a, 't, 's> {
    table: &'a DeTable<'t>,
    /// Line of the table itself.
    line: u32,
    lines: &'a Lines,
    output: &'a mut Output<'s>,
}

impl<'a, 't, 's> Fields<'a, 't, 's> {
    pub(super) fn new(
        table: &'a DeTable<'t>,
        line: u32,
        lines: &'a Lines,
        output: &'a mut Output<'s>,
    ) -> Self {
        Self { table, line, lines, output }
    }

    /// Reads a product: one record for each architecture and class of editions that it names.
    ///
    /// A product whose name or narrowing is not understood is left out, because its dates would
    /// otherwise be said of something else.
    pub(super) fn records(mut self) -> Vec<LifecycleRecord> {
        self.report_strangers(PRODUCT);
        let (Some(Some(family)), Some(release), Some(installation)) = (
            self.word::<Family>("family", WarningCode::UnknownProduct),
            self.word::<Release>("release", WarningCode::UnknownProduct),
            self.word::<Installation>("installation", WarningCode::UnknownProduct),
        ) else {
            if !self.table.contains_key("family") {
                self.warn(WarningCode::UnknownProduct, "expected a family, found none".into());
            }
            return Vec::new();
        };
        let (Some(architectures), Some(editions)) =
            (self.words::<Architecture>("architectures"), self.words::<EditionClass>("editions"))
        else {
            return Vec::new();
        };
        if family.build(release, ServicePack(0)).is_none() {
            let found = release.map_or_else(|| "none".to_owned(), |release| release.to_string());
            let message = format!("expected a known release of {family}, found {found}");
            self.warn(WarningCode::UnknownProduct, message);
            return Vec::new();
        }
        let Some(dates) = self.dates() else { return Vec::new() };
        let service_packs = self.service_packs();
        let page = self.text("page").unwrap_or_else(|| family.to_string());
        let provenance = self.output.provenance(self.line);
        let record = |architecture, editions| LifecycleRecord {
            family,
            release,
            architecture,
            installation,
            editions,
            dates,
            service_packs: service_packs.clone(),
            page: page.clone(),
            provenance: provenance.clone(),
        };
        architectures
            .iter()
            .flat_map(|architecture| editions.iter().map(|class| record(*architecture, *class)))
            .collect()
    }

    fn dates(&mut self) -> Option<SupportDates> {
        let dates = SupportDates {
            available: self.day("available"),
            mainstream_end: self.day("mainstream_end"),
            support_end: self.day("support_end"),
            paid_end: self.day("paid_end"),
        };
        if !dates.is_in_order() {
            let message = "expected days that follow one another, found an end before another";
            self.warn(WarningCode::BadDate, message.to_owned());
            return None;
        }
        Some(dates)
    }

    fn service_packs(&mut self) -> Vec<ServicePackRecord> {
        let Some(value) = self.table.get("service_pack") else { return Vec::new() };
        let mut packs: Vec<ServicePackRecord> = Vec::new();
        let mut bad = Vec::new();
        for value in value.get_ref().as_array().into_iter().flatten() {
            let line = self.lines.at(value.span().start);
            let Some(table) = value.get_ref().as_table() else {
                bad.push((line, value.get_ref()));
                continue;
            };
            let mut fields = Fields::new(table, line, self.lines, self.output);
            packs.extend(fields.service_pack());
        }
        if value.get_ref().as_array().is_none() {
            bad.push((self.lines.at(value.span().start), value.get_ref()));
        }
        for (line, found) in bad {
            let message = format!("expected [[product.service_pack]], found {}", shown(found));
            self.output.warn(WarningCode::Unreadable, line, message);
        }
        packs.sort();
        let count = packs.len();
        packs.dedup_by_key(|pack| pack.number);
        if packs.len() < count {
            let message = "a service pack is stated twice: one of the statements is left out";
            self.warn(WarningCode::Duplicate, message.to_owned());
        }
        packs
    }

    fn service_pack(&mut self) -> Option<ServicePackRecord> {
        self.report_strangers(SERVICE_PACK);
        let number = self.table.get("number").map(Spanned::get_ref);
        let pack = number
            .and_then(DeValue::as_integer)
            .filter(|number| number.radix() == 10)
            .and_then(|number| number.as_str().parse().ok())
            .filter(|number| (1..=9).contains(number))
            .map(ServicePack);
        let Some(number) = pack else {
            let found = number.map_or_else(|| "none".to_owned(), shown);
            let message = format!("expected the number of a service pack, found {found}");
            self.warn(WarningCode::BadNumber, message);
            return None;
        };
        Some(ServicePackRecord {
            number,
            released: self.day("released"),
            earlier_end: self.day("earlier_end"),
        })
    }

    /// Reads a field that one word of the vocabulary stands in: `None` when there is one that is
    /// not understood.
    fn word<T: FromStr>(&mut self, key: &str, code: WarningCode) -> Option<Option<T>>
    where
        T::Err: Display,
    {
        let Some(value) = self.table.get(key) else { return Some(None) };
        let found = value.get_ref().as_str().map(str::parse::<T>);
        match found {
            Some(Ok(word)) => Some(Some(word)),
            Some(Err(error)) => {
                self.warn_at(code, value, format!("{key}: {error}"));
                None
            }
            None => {
                let found = shown(value.get_ref());
                self.warn_at(code, value, format!("{key}: expected a text, found {found}"));
                None
            }
        }
    }

    /// Reads a field with a list of words; one that is absent or empty narrows nothing.
    fn words<T: FromStr>(&mut self, key: &str) -> Option<Vec<Option<T>>>
    where
        T::Err: Display,
    {
        let Some(value) = self.table.get(key) else { return Some(vec![None]) };
        let Some(list) = value.get_ref().as_array() else {
            let found = shown(value.get_ref());
            let message = format!("{key}: expected a list of texts, found {found}");
            self.warn_at(WarningCode::UnknownProduct, value, message);
            return None;
        };
        let mut words = Vec::new();
        for item in list {
            match item.get_ref().as_str().map(str::parse::<T>) {
                Some(Ok(word)) => words.push(Some(word)),
                Some(Err(error)) => {
                    self.warn_at(WarningCode::UnknownProduct, item, format!("{key}: {error}"));
                    return None;
                }
                None => {
                    let message =
                        format!("{key}: expected a text, found {}", shown(item.get_ref()));
                    self.warn_at(WarningCode::UnknownProduct, item, message);
                    return None;
                }
            }
        }
        if words.is_empty() {
            words.push(None);
        }
        Some(words)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let value = self.table.get(key)?;
        let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let message = format!("{key}: expected a text, found {}", shown(value.get_ref()));
            self.warn_at(WarningCode::Unreadable, value, message);
        }
        text.map(|text| text.trim().chars().take(PAGE_LENGTH).collect())
    }

    fn day(&mut self, key: &str) -> Option<Date> {
        let value = self.table.get(key)?;
        let day = day(value.get_ref());
        if day.is_none() {
            let found = shown(value.get_ref());
            let message = format!("{key}: expected a day such as 2024-10-08, found {found}");
            self.warn_at(WarningCode::BadDate, value, message);
        }
        day
    }

    fn report_strangers(&mut self, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let line = self.lines.at(key.span().start);
            let message =
                format!("expected one of {}, found {}", known.join(", "), excerpt(key.get_ref()));
            self.output.warn(WarningCode::Unreadable, line, message);
        }
    }

    fn warn(&mut self, code: WarningCode, message: String) {
        self.output.warn(code, self.line, message);
    }

    fn warn_at(&mut self, code: WarningCode, value: &Spanned<DeValue<'_>>, message: String) {
        self.output.warn(code, self.lines.at(value.span().start), message);
    }
}

/// Reads a day; one with a time is none.
pub(super) fn day(value: &DeValue<'_>) -> Option<Date> {
    let found = value.as_datetime()?;
    if found.time.is_some() || found.offset.is_some() {
        return None;
    }
    let date = found.date?;
    Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}

/// Returns what stands in a place, for a message.
pub(super) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => excerpt(text),
        DeValue::Integer(number) => excerpt(number.as_str()),
        DeValue::Datetime(day) => day.to_string(),
        other => format!("a {}", other.type_str()),
    }
}
