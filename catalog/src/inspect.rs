//! What people ask about a catalog as a whole.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use staunch_model::{CatalogIdentity, KbNumber, Product, VulnerabilityId};

use crate::open::{Catalog, CatalogError};
use crate::row::Checked;

/// Something that a text was found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchHit {
    Update { kb: KbNumber, title: Option<String>, date: Option<Date>, products: u64 },
    Vulnerability { id: VulnerabilityId, title: String, published: Option<Date> },
    Product { name: String, updates: u64 },
}

/// What a catalog holds, and what its publications held beside that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub identity: CatalogIdentity,
    /// Size of the file in bytes.
    pub size: u64,
    /// Counts from the build: rows by table, what was read, what was dropped.
    pub counts: BTreeMap<String, i64>,
    pub left_out: Vec<LeftOut>,
    /// Faults in the publications, by code.
    pub warnings: BTreeMap<String, u64>,
}

/// Fixes that are not stored because they have no update with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub kind: String,
    pub statements: u64,
    pub publications: u64,
}

/// A name with "Windows" in it behind which no operating system was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmappedName {
    pub name: String,
    pub statements: u64,
    /// Whether updates are stored for it, as for an application of its own.
    pub is_kept: bool,
}

impl Catalog {
    /// Finds updates, vulnerabilities and products by a part of their number, name or title; at
    /// most so many of each.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<SearchHit>, CatalogError> {
        let pattern = like_pattern(text.trim());
        let number = text.trim().parse::<KbNumber>().map(KbNumber::number).ok();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let connection = self.connection();
        let mut hits = Vec::new();
        let mut updates = connection.prepare_cached(
            "SELECT MIN(u.id), u.kb, MIN(t.text), MAX(u.date), COUNT(*) FROM product_update u \
             LEFT JOIN title t ON t.id = u.title_id WHERE u.kb = ?2 OR \
             (?2 IS NULL AND (t.text LIKE ?1 ESCAPE '\\' OR u.bulletin LIKE ?1 ESCAPE '\\')) \
             GROUP BY u.kb ORDER BY MAX(u.date) DESC, u.kb DESC LIMIT ?3",
        )?;
        let mut rows = updates.query((&pattern, number, limit))?;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "product_update", 0)?;
            hits.push(SearchHit::Update {
                kb: row.kb(1)?,
                title: row.row.get(2)?,
                date: row.date(3)?,
                products: row.unsigned(4)?,
            });
        }
        let mut vulnerabilities = connection.prepare_cached(
            "SELECT id, name, title, published FROM vulnerability WHERE name LIKE ?1 ESCAPE '\\' \
             OR title LIKE ?1 ESCAPE '\\' ORDER BY published DESC, id DESC LIMIT ?2",
        )?;
        let mut rows = vulnerabilities.query((&pattern, limit))?;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "vulnerability", 0)?;
            hits.push(SearchHit::Vulnerability {
                id: row.vulnerability(1)?,
                title: row.row.get(2)?,
                published: row.date(3)?,
            });
        }
        let mut products = connection.prepare_cached(
            "SELECT p.id, p.name, (SELECT COUNT(*) FROM product_update u WHERE u.product_id = p.id) \
             FROM product p WHERE p.name LIKE ?1 ESCAPE '\\' ORDER BY p.id LIMIT ?2",
        )?;
        let mut rows = products.query((&pattern, limit))?;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "product", 0)?;
            hits.push(SearchHit::Product { name: row.row.get(1)?, updates: row.unsigned(2)? });
        }
        Ok(hits)
    }

    /// Returns what the catalog holds.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn stats(&self) -> Result<Stats, CatalogError> {
        let connection = self.connection();
        let pragma = |name: &str| -> Result<u64, CatalogError> {
            let value: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
            Ok(value.unsigned_abs())
        };
        let size = pragma("page_count")? * pragma("page_size")?;
        let counts = connection
            .prepare("SELECT key, value FROM meta WHERE typeof(value) = 'integer'")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let left_out = connection
            .prepare(
                "SELECT kind, SUM(statements) AS total, COUNT(*) FROM left_out GROUP BY kind \
                 ORDER BY total DESC, kind",
            )?
            .query_map([], |row| {
                Ok(LeftOut {
                    kind: row.get(0)?,
                    statements: row.get::<_, i64>(1)?.unsigned_abs(),
                    publications: row.get::<_, i64>(2)?.unsigned_abs(),
                })
            })?
            .collect::<Result<_, _>>()?;
        let warnings = connection
            .prepare("SELECT code, SUM(warnings) FROM warning GROUP BY code")?
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?
            .collect::<Result<_, _>>()?;
        Ok(Stats { identity: self.identity(), size, counts, left_out, warnings })
    }

    /// Returns the names that contain "Windows" and are neither an operating system nor something
    /// on one, the most frequent first.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn unmapped(&self) -> Result<Vec<UnmappedName>, CatalogError> {
        let connection = self.connection();
        let names = connection
            .prepare(
                "SELECT n.name, SUM(n.statements) AS total, MAX(n.product_id) IS NOT NULL \
                 FROM published_name n LEFT JOIN product p ON p.id = n.product_id \
                 WHERE n.name LIKE '%Windows%' AND (p.id IS NULL OR p.kind = 2 AND p.platform_id \
                 IS NULL) GROUP BY n.name ORDER BY total DESC, n.name",
            )?
            .query_map([], |row| {
                Ok(UnmappedName {
                    name: row.get(0)?,
                    statements: row.get::<_, i64>(1)?.unsigned_abs(),
                    is_kept: row.get(2)?,
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        let has_system =
            |name: &UnmappedName| Product::from_published_name(&name.name).platform().is_some();
        Ok(names.into_iter().filter(|name| !has_system(name)).collect())
    }
}

/// Makes a pattern that finds a text anywhere and takes its own signs literally.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
