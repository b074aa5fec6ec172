//! Checked reading of values; a catalog given by a user is as untrusted as any other file.

use jiff::civil::Date;
use rusqlite::Row;
use staunch_model::{
    BulletinId, EditionClass, Impact, Installation, KbNumber, Restart, Series, Severity,
    VulnerabilityId,
};

use crate::open::CatalogError;
use crate::value;

/// One row with the name of its table and its own name, for errors.
pub(crate) struct Checked<'r, 's> {
    pub(crate) row: &'r Row<'s>,
    pub(crate) table: &'static str,
    /// Row number, or the number of the update that the row is about.
    pub(crate) id: i64,
}

impl<'r, 's> Checked<'r, 's> {
    /// Takes the row's name from one of its columns.
    pub(crate) fn new(
        row: &'r Row<'s>,
        table: &'static str,
        id: usize,
    ) -> Result<Self, CatalogError> {
        let id = row.get(id)?;
        Ok(Self { row, table, id })
    }

    fn corrupt(&self, expected: &'static str, found: impl ToString) -> CatalogError {
        let found = found.to_string().chars().take(60).collect();
        CatalogError::Corrupt { table: self.table, row: self.id, expected, found }
    }

    fn mapped<T>(
        &self,
        column: usize,
        expected: &'static str,
        map: impl Fn(i64) -> Option<T>,
    ) -> Result<Option<T>, CatalogError> {
        let number: Option<i64> = self.row.get(column)?;
        number.map(|number| map(number).ok_or_else(|| self.corrupt(expected, number))).transpose()
    }

    fn required<T>(&self, value: Option<T>, expected: &'static str) -> Result<T, CatalogError> {
        value.ok_or_else(|| self.corrupt(expected, "nothing"))
    }

    pub(crate) fn kb(&self, column: usize) -> Result<KbNumber, CatalogError> {
        const EXPECTED: &str = "a knowledge base number";
        let kb = self.mapped(column, EXPECTED, |n| KbNumber::new(u32::try_from(n).ok()?))?;
        self.required(kb, EXPECTED)
    }

    pub(crate) fn series(&self, column: usize) -> Result<Series, CatalogError> {
        const EXPECTED: &str = "the number of a line of updates";
        let series =
            self.mapped(column, EXPECTED, |n| Series::from_number(u8::try_from(n).ok()?))?;
        self.required(series, EXPECTED)
    }

    pub(crate) fn date(&self, column: usize) -> Result<Option<Date>, CatalogError> {
        self.mapped(column, "a day as yyyymmdd", value::day)
    }

    pub(crate) fn restart(&self, column: usize) -> Result<Option<Restart>, CatalogError> {
        self.mapped(column, "the number of a restart behaviour", |n| {
            Restart::from_number(u8::try_from(n).ok()?)
        })
    }

    pub(crate) fn severity(&self, column: usize) -> Result<Option<Severity>, CatalogError> {
        self.mapped(column, "the number of a severity", |n| {
            Severity::from_number(u8::try_from(n).ok()?)
        })
    }

    pub(crate) fn impact(&self, column: usize) -> Result<Option<Impact>, CatalogError> {
        self.mapped(column, "the number of an impact", |n| {
            Impact::from_number(u8::try_from(n).ok()?)
        })
    }

    pub(crate) fn installation(&self, column: usize) -> Result<Option<Installation>, CatalogError> {
        self.mapped(column, "the number of a kind of installation", |n| {
            Installation::from_number(u8::try_from(n).ok()?)
        })
    }

    pub(crate) fn editions(&self, column: usize) -> Result<Option<EditionClass>, CatalogError> {
        self.mapped(column, "the number of a class of editions", |n| {
            EditionClass::from_number(u8::try_from(n).ok()?)
        })
    }

    pub(crate) fn flag(&self, column: usize) -> Result<Option<bool>, CatalogError> {
        self.mapped(column, "0 or 1", |n| match n {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })
    }

    pub(crate) fn unsigned<T: TryFrom<i64>>(&self, column: usize) -> Result<T, CatalogError> {
        const EXPECTED: &str = "a number in range";
        let number = self.mapped(column, EXPECTED, |n| T::try_from(n).ok())?;
        self.required(number, EXPECTED)
    }

    pub(crate) fn bulletin(&self, column: usize) -> Result<Option<BulletinId>, CatalogError> {
        let text: Option<String> = self.row.get(column)?;
        text.map(|text| text.parse().map_err(|_| self.corrupt("a bulletin identifier", &text)))
            .transpose()
    }

    pub(crate) fn vulnerability(&self, column: usize) -> Result<VulnerabilityId, CatalogError> {
        let text = self.row.get_ref(column)?.as_str().unwrap_or_default();
        text.parse().map_err(|_| self.corrupt("the identifier of a vulnerability", text))
    }
}
