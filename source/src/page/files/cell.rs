//! What one cell of a table can be.

use std::borrow::Cow;

use super::date;
use super::field::{self, Time};
use super::words::Words;
use crate::page::inline::Inline;

/// Fields of a row, in the order in which columns are given to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Date,
    Time,
    Version,
    Size,
    Processor,
}

/// Every field, in order.
pub(super) const FIELDS: [Field; 6] =
    [Field::Name, Field::Date, Field::Time, Field::Version, Field::Size, Field::Processor];

/// Set of the fields that a cell can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fields(u8);

impl Fields {
    fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u8)
    }

    pub(super) fn has(self, field: Field) -> bool {
        self.0 & 1 << field as u8 != 0
    }

    /// Tells whether the cell can be one field only.
    pub(super) fn is_certain(self) -> bool {
        self.0.count_ones() == 1
    }

    /// Tells whether the cell is this field and can be no other.
    pub(super) fn is_only(self, field: Field) -> bool {
        self == Self::default().with(field)
    }
}

/// One cell without marks, with the fields that it can be.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) fields: Fields,
    /// Whether nothing stands in it, or, once it was looked up, a word for nothing.
    pub(super) is_empty: bool,
}

impl<'t> Cell<'t> {
    pub(super) fn new(raw: &'t str, words: Words) -> Self {
        let text = Inline::new(raw).plain();
        let is_long = text.len() > LONGEST;
        let fields = if is_long { Fields::default() } else { fields(&text, words) };
        let is_empty = !text.contains(|c: char| c.is_alphanumeric());
        Self { text, fields, is_empty }
    }

    /// Empties the cell when a word for nothing stands in it.
    pub(super) fn look_up(&mut self, words: Words) {
        let is_place = self.text.contains('\\') || field::is_branch(&self.text);
        if !self.is_empty && self.fields == Fields::default() && !is_place {
            self.is_empty = words.is_nothing(&self.text);
        }
    }
}

/// Longest cell that can be a field.
const LONGEST: usize = 300;

fn fields(text: &str, words: Words) -> Fields {
    let none = Fields::default();
    if text.is_empty() {
        return none;
    }
    if let Some((_, length)) = field::processor(text)
        && length == text.len()
    {
        return none.with(Field::Processor);
    }
    if text.contains([':', '\u{ff1a}']) && time(text, words).is_some() {
        return none.with(Field::Time);
    }
    if field::is_name(text) && !date::whole(text).is_some_and(|found| found.has_word) {
        return none.with(Field::Name);
    }
    let begins_number = text.starts_with(|c: char| c.is_ascii_digit());
    let parts = field::dotted_parts(text);
    if parts >= 4 {
        return none.with(Field::Version);
    }
    let mut fields = none;
    if let Some(found) = date::whole(text) {
        fields = fields.with(Field::Date);
        if found.has_word {
            return fields;
        }
    }
    if !begins_number {
        // A name without its dot is one by itself, whatever the other rows are.
        return if field::lost_dot(text).is_some() { none.with(Field::Name) } else { fields };
    }
    if time(text, words).is_some() {
        fields = fields.with(Field::Time);
    }
    if parts > 1 {
        fields = fields.with(Field::Version);
    }
    if field::size(text).is_some() {
        fields = fields.with(Field::Size);
    }
    fields
}

/// Reads a cell that is a time, with a word for the half of the day or a time zone beside it.
pub(super) fn time(text: &str, words: Words) -> Option<Time> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (before, number) = text.split_at(start);
    let time = Time::read(number)?;
    let after = number[time.length..].trim();
    // A number that goes on after a dot is the beginning of a version: `8.70.`.
    let goes_on = after.starts_with('.') && !number[..time.length].contains([':', '\u{ff1a}']);
    if goes_on || after.len() > 12 || after.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let half = |word: &str| words.is_afternoon(word);
    match (before.trim(), after) {
        ("", "") => Some(time),
        ("", after) => Some(half(after).map_or(time, |is_afternoon| time.in_half(is_afternoon))),
        (before, _) => Some(time.in_half(half(before)?)),
    }
}
