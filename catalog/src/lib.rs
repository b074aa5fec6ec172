//! Builds, stores, queries and compares the one catalog file.
//!
//! A [`Builder`] takes the records of any number of publications in any order and writes one SQLite
//! file; the same records give the same bytes. A [`Catalog`] answers from such a file, which may
//! lie on disk or be part of the program. docs/catalog.md describes the tables for other clients.
//!
//! Reading publications belongs to `staunch-source`; what is needed on a machine is decided in
//! `staunch-assess`.

mod build;
mod bulletin;
mod component;
mod diff;
mod export;
mod fact;
mod inspect;
mod lifecycle;
mod open;
mod query;
mod row;
mod schema;
mod series;
mod title;
mod value;

pub use build::{BuildError, BuildReport, Builder};
pub use bulletin::CatalogBulletin;
pub use component::installed_component;
pub use diff::{Changes, Diff, SupersedenceKey, UpdateKey, diff};
pub use inspect::{LeftOut, SearchHit, Stats, UnmappedName};
pub use lifecycle::CatalogLifecycle;
pub use open::{Catalog, CatalogError};
pub use query::{CatalogFix, CatalogUpdate, CatalogVulnerability, OriginId};
pub use series::{
    Classified, KbVotes, ProductKind, SeriesStatement, Servicing, Votes, classify, resolve,
};
