//! Questions about bulletins.

use std::sync::Arc;

use rusqlite::OptionalExtension;
use staunch_model::{
    Architecture, BulletinFact, BulletinId, BulletinVersion, FileVersion, ManifestFile,
    VulnerabilityId,
};

use crate::fact::FactRow;
use crate::open::{Catalog, CatalogError};
use crate::query::OriginId;
use crate::row::Checked;

/// One bulletin with everything that its pages and databases of packages state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogBulletin {
    pub id: BulletinId,
    /// Title in English, where a publication gives one.
    pub title: Option<String>,
    /// Newest version of its pages.
    pub version: Option<BulletinVersion>,
    /// Pages of the bulletin; nothing where only a database lists it.
    pub pages: Option<OriginId>,
    /// In the order of their kinds, each with those that state it.
    pub facts: Vec<(BulletinFact, OriginId)>,
    /// Statements that other pages contradict, or that most pages do not make.
    pub disputed: Vec<(BulletinFact, OriginId)>,
}

const FACTS: &str = "SELECT f.bulletin_id, f.kind, p.text, f.vulnerability, f.number, t.text, \
     f.is_disputed, f.origin_id FROM bulletin_fact f LEFT JOIN term p ON p.id = f.product_id \
     LEFT JOIN term t ON t.id = f.text_id WHERE f.bulletin_id = ?1 ORDER BY f.position";

const FILES: &str = "SELECT f.bulletin_id, p.text, n.text, f.architecture, o.text, t.text, \
     f.major, f.minor, f.build, f.revision, f.size, f.date, f.minute, f.checksum, f.language, \
     f.is_disputed, f.origin_id FROM manifest_file f JOIN term n ON n.id = f.name_id \
     LEFT JOIN term p ON p.id = f.products_id LEFT JOIN term o ON o.id = f.folder_id \
     LEFT JOIN term t ON t.id = f.target_id WHERE f.bulletin_id = ?1 ORDER BY f.position";

impl Catalog {
    /// Returns a bulletin with all its facts.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Corrupt`] for values outside the vocabulary, [`CatalogError::Sqlite`] for
    /// what SQLite refuses.
    pub fn bulletin(&self, id: BulletinId) -> Result<Option<CatalogBulletin>, CatalogError> {
        let found = self
            .connection()
            .prepare_cached("SELECT id, title, version, origin_id FROM bulletin WHERE name = ?1")?
            .query_row([id.to_string()], |row| {
                let origin: Option<u32> = row.get(3)?;
                Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?, origin))
            })
            .optional()?;
        let Some((number, title, version, origin)) = found else { return Ok(None) };
        let mut bulletin = CatalogBulletin {
            id,
            title,
            version: version.and_then(|version| version.parse().ok()),
            pages: origin.map(OriginId),
            facts: Vec::new(),
            disputed: Vec::new(),
        };
        self.read_facts(number, &mut bulletin)?;
        self.read_files(number, &mut bulletin)?;
        Ok(Some(bulletin))
    }

    /// Lists the bulletins.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::bulletin`].
    pub fn bulletins(&self) -> Result<Vec<BulletinId>, CatalogError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT id, name FROM bulletin ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.extend(Checked::new(row, "bulletin", 0)?.bulletin(1)?);
        }
        Ok(found)
    }

    /// Lists the files of a bulletin's updates that no publication disputes.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::bulletin`].
    pub fn files_of(&self, id: BulletinId) -> Result<Vec<ManifestFile>, CatalogError> {
        let number: Option<i64> = self
            .connection()
            .prepare_cached("SELECT id FROM bulletin WHERE name = ?1")?
            .query_row([id.to_string()], |row| row.get(0))
            .optional()?;
        let mut files = Vec::new();
        if let Some(number) = number {
            self.each_file(number, &mut |file, is_disputed, _| {
                if is_disputed != Some(true) {
                    files.push(file);
                }
            })?;
        }
        Ok(files)
    }

    fn read_facts(&self, number: i64, into: &mut CatalogBulletin) -> Result<(), CatalogError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(FACTS)?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "bulletin_fact", 0)?;
            let text = |column| -> Result<Option<Arc<str>>, CatalogError> {
                Ok(row.row.get::<_, Option<String>>(column)?.map(Arc::from))
            };
            let named: Option<String> = row.row.get(3)?;
            let vulnerability = match named.map(|_| row.vulnerability(3)).transpose()? {
                Some(VulnerabilityId::Cve(cve)) => Some(cve),
                Some(VulnerabilityId::Advisory(_)) | None => None,
            };
            let kind: u8 = row.unsigned(1)?;
            let stored = FactRow {
                kind,
                product: text(2)?,
                vulnerability,
                number: row.row.get(4)?,
                text: text(5)?,
            };
            let fact = stored.fact().ok_or_else(|| CatalogError::Corrupt {
                table: "bulletin_fact",
                row: number,
                expected: "a fact as its kind has it",
                found: format!("kind {kind}"),
            })?;
            push(into, row.flag(6)?, fact, OriginId(row.unsigned(7)?));
        }
        Ok(())
    }

    fn read_files(&self, number: i64, into: &mut CatalogBulletin) -> Result<(), CatalogError> {
        self.each_file(number, &mut |file, is_disputed, origin| {
            push(into, is_disputed, BulletinFact::File(file), origin);
        })
    }

    fn each_file(
        &self,
        number: i64,
        take: &mut dyn FnMut(ManifestFile, Option<bool>, OriginId),
    ) -> Result<(), CatalogError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(FILES)?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "manifest_file", 0)?;
            let text = |column| -> Result<Option<Arc<str>>, CatalogError> {
                Ok(row.row.get::<_, Option<String>>(column)?.map(Arc::from))
            };
            let part = |column| row.row.get::<_, Option<u16>>(column);
            let version = match (part(6)?, part(7)?, part(8)?, part(9)?) {
                (Some(major), Some(minor), Some(build), Some(revision)) => {
                    Some(FileVersion::new(major, minor, build, revision))
                }
                _ => None,
            };
            let architecture: Option<u8> = row.row.get(3)?;
            let file = ManifestFile {
                products: text(1)?,
                name: text(2)?.unwrap_or_default(),
                architecture: architecture.and_then(|number| {
                    Architecture::ALL.iter().copied().find(|known| *known as u8 == number)
                }),
                folder: text(4)?,
                target: text(5)?,
                version,
                size: row.row.get::<_, Option<i64>>(10)?.and_then(|size| size.try_into().ok()),
                date: row.date(11)?,
                minute: row.row.get(12)?,
                checksum: row.row.get(13)?,
                language: text(14)?,
            };
            take(file, row.flag(15)?, OriginId(row.unsigned(16)?));
        }
        Ok(())
    }
}

fn push(
    into: &mut CatalogBulletin,
    is_disputed: Option<bool>,
    fact: BulletinFact,
    origin: OriginId,
) {
    let list = if is_disputed == Some(true) { &mut into.disputed } else { &mut into.facts };
    list.push((fact, origin));
}
