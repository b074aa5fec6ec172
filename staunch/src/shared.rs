//! Options that several commands have.

use std::path::PathBuf;

use staunch_assess::{Assessor, Options};
use staunch_catalog::Catalog;
use staunch_model::{Date, DateTime};

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/default.sqlite"));
const EMBEDDED_DIGEST: &str = env!("STAUNCH_CATALOG_DIGEST");

/// Which catalog to ask.
#[derive(Debug, clap::Args)]
pub(crate) struct CatalogArgs {
    /// Catalog file to use instead of the one inside the program
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
}

/// Which day to answer for.
#[derive(Debug, clap::Args)]
pub(crate) struct TimeArgs {
    /// Answer as the publications stood on this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// Take only updates as installed that were installed by this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = day)]
    installed_until: Option<Date>,
}

fn day(text: &str) -> Result<Date, &'static str> {
    text.parse().map_err(|_| "expected a day such as 2019-03-05")
}

impl CatalogArgs {
    /// Opens the catalog.
    pub(crate) fn open(&self) -> anyhow::Result<Catalog> {
        Ok(match &self.catalog {
            Some(path) => Catalog::open(path)?,
            None => Catalog::from_static(EMBEDDED, EMBEDDED_DIGEST)?,
        })
    }

    /// Opens the catalog for assessing machines.
    pub(crate) fn assessor(&self) -> anyhow::Result<Assessor> {
        Ok(Assessor::new(self.open()?)?)
    }
}

impl TimeArgs {
    /// Returns when the scan was made, in UTC; of a scan for another day its beginning.
    pub(crate) fn scanned(&self) -> DateTime {
        if let Some(day) = self.as_of {
            return day.at(0, 0, 0, 0);
        }
        #[expect(clippy::disallowed_methods, reason = "MBSA's form says when a scan was made")]
        let now = jiff::Timestamp::now();
        jiff::tz::Offset::UTC.to_datetime(now)
    }

    /// Returns the options that these make.
    pub(crate) fn options(&self) -> Options {
        Options { as_of: self.as_of, installed_until: self.installed_until, ..Options::default() }
    }
}
