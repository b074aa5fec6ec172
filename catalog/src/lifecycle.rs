//! What a catalog knows of the time for which products are supported.

use rusqlite::{Connection, OptionalExtension};
use staunch_model::{
    Edition, EditionClass, Installation, OperatingSystem, ServicePack, ServicePackRecord,
    SupportDates,
};

use crate::open::{Catalog, CatalogError};
use crate::row::Checked;

/// Statements that make the empty tables.
pub(crate) const TABLES: &str = "
CREATE TABLE lifecycle (
    id INTEGER PRIMARY KEY,
    family INTEGER NOT NULL,
    release TEXT,
    architecture INTEGER,
    installation INTEGER,
    editions INTEGER,
    available INTEGER,
    mainstream_end INTEGER,
    support_end INTEGER,
    paid_end INTEGER,
    page TEXT NOT NULL,
    publication_id INTEGER NOT NULL REFERENCES publication (id)
);
CREATE TABLE lifecycle_service_pack (
    lifecycle_id INTEGER NOT NULL REFERENCES lifecycle (id),
    number INTEGER NOT NULL,
    released INTEGER,
    earlier_end INTEGER,
    PRIMARY KEY (lifecycle_id, number)
) WITHOUT ROWID;
";

/// What one publication says about one line of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogLifecycle {
    /// Set where it holds for clients or for servers only.
    pub installation: Option<Installation>,
    /// Set where it holds for some editions only.
    pub editions: Option<EditionClass>,
    pub dates: SupportDates,
    /// In the order of their numbers.
    pub service_packs: Vec<ServicePackRecord>,
    /// Name of the publisher's page that says it.
    pub page: String,
    /// Name of the publication.
    pub publication: String,
}

impl Catalog {
    /// Returns what is published about the support of an operating system: one entry for each
    /// kind of installation and class of editions. Of several publications about the same one,
    /// the newest counts.
    ///
    /// A catalog that was built before such publications were read has nothing to say.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Corrupt`] for values that no catalog has, [`CatalogError::Sqlite`] when the
    /// file cannot be read.
    pub fn lifecycles(
        &self,
        system: &OperatingSystem,
    ) -> Result<Vec<CatalogLifecycle>, CatalogError> {
        // These are products of their own, with dates of their own.
        let is_another =
            !matches!(system.edition, None | Some(Edition::MediaCenter | Edition::TabletPc));
        let connection = self.connection();
        if is_another || !has_tables(&connection)? {
            return Ok(Vec::new());
        }
        let mut statement = connection.prepare_cached(
            "SELECT l.id, l.installation, l.editions, l.available, l.mainstream_end, \
             l.support_end, l.paid_end, l.page, p.name FROM lifecycle l \
             JOIN publication p ON p.id = l.publication_id \
             WHERE l.family = ?1 AND l.release IS ?2 \
             AND (l.architecture IS NULL OR l.architecture = ?3) \
             ORDER BY l.editions, l.installation, p.revised DESC, p.name, l.id",
        )?;
        let release = system.release.map(|release| release.to_string());
        let mut rows = statement.query(rusqlite::params![
            system.family as i64,
            release,
            system.architecture as i64
        ])?;
        let mut found: Vec<CatalogLifecycle> = Vec::new();
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "lifecycle", 0)?;
            let (installation, editions) = (row.installation(1)?, row.editions(2)?);
            let is_older = |one: &CatalogLifecycle| {
                (one.installation, one.editions) == (installation, editions)
            };
            if found.iter().any(is_older) {
                continue;
            }
            found.push(CatalogLifecycle {
                installation,
                editions,
                dates: SupportDates {
                    available: row.date(3)?,
                    mainstream_end: row.date(4)?,
                    support_end: row.date(5)?,
                    paid_end: row.date(6)?,
                },
                service_packs: service_packs(&connection, row.id)?,
                page: row.row.get(7)?,
                publication: row.row.get(8)?,
            });
        }
        Ok(found)
    }
}

fn has_tables(connection: &Connection) -> Result<bool, CatalogError> {
    let names: Option<i64> = connection
        .prepare_cached("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lifecycle'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(names.is_some())
}

fn service_packs(
    connection: &Connection,
    lifecycle: i64,
) -> Result<Vec<ServicePackRecord>, CatalogError> {
    let mut statement = connection.prepare_cached(
        "SELECT lifecycle_id, number, released, earlier_end FROM lifecycle_service_pack \
         WHERE lifecycle_id = ?1 ORDER BY number",
    )?;
    let mut rows = statement.query([lifecycle])?;
    let mut packs = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Checked::new(row, "lifecycle_service_pack", 0)?;
        packs.push(ServicePackRecord {
            number: ServicePack(row.unsigned(1)?),
            released: row.date(2)?,
            earlier_end: row.date(3)?,
        });
    }
    Ok(packs)
}
