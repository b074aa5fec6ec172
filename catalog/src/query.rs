//! Questions about updates and vulnerabilities.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, ToSql};
use staunch_model::{
    BulletinId, Impact, KbNumber, OperatingSystem, OsBuild, Product, Reference, Restart, Series,
    Severity, VulnerabilityId,
};

use crate::open::{Catalog, CatalogError};
use crate::row::Checked;
use crate::title;

/// Number of a set of publications within one catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId(pub(crate) u32);

/// One update for one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogUpdate {
    pub kb: KbNumber,
    pub product: Arc<Product>,
    pub series: Series,
    /// Day of the update.
    pub date: Option<Date>,
    pub restart: Option<Restart>,
    /// Gravest severity of what it fixes on this product.
    pub severity: Option<Severity>,
    /// Title that publications give, or one made of line, day and product.
    pub title: String,
    pub bulletin: Option<BulletinId>,
    pub fixes: Vec<CatalogFix>,
    /// Updates that it is directly said to supersede on this product.
    pub supersedes: Vec<KbNumber>,
    /// Build that it brings the operating system to.
    pub fixed_build: Option<OsBuild>,
    /// Updates that it carries, under whose numbers it may show up as installed.
    pub payloads: Vec<KbNumber>,
    /// Publications that name the update for this product.
    pub origin: OriginId,
}

/// One vulnerability that an update fixes on its product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogFix {
    pub vulnerability: VulnerabilityId,
    pub severity: Option<Severity>,
    pub impact: Option<Impact>,
    /// Day on which the vulnerability was first published.
    pub published: Option<Date>,
    /// Whether attacks were known at release.
    pub exploited: bool,
    /// Publications that state the fix.
    pub origin: OriginId,
}

/// A vulnerability that some update fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogVulnerability {
    pub id: VulnerabilityId,
    pub title: String,
    pub published: Option<Date>,
    pub revised: Option<Date>,
    pub exploited: Option<bool>,
    pub disclosed: Option<bool>,
    /// Publications that describe it; none when it is only named as fixed.
    pub origin: Option<OriginId>,
}

/// What fixes need of a vulnerability.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CachedVulnerability {
    id: VulnerabilityId,
    published: Option<Date>,
    exploited: bool,
}

/// Which updates are asked for. The condition is about the row `u` of `product_update`.
#[derive(Debug, Clone, Copy)]
enum Which {
    Product,
    Kb,
    Bulletin,
    Vulnerability,
}

impl Which {
    fn condition(self) -> &'static str {
        match self {
            Self::Product => "u.product_id = ?1",
            Self::Kb => "u.kb = ?1",
            Self::Bulletin => "u.bulletin = ?1",
            Self::Vulnerability => {
                "u.id IN (SELECT update_id FROM fix WHERE vulnerability_id = ?1)"
            }
        }
    }

    fn updates(self) -> String {
        format!(
            "SELECT u.id, u.kb, u.product_id, u.series, u.date, u.restart, u.severity, t.text, \
             u.bulletin, u.origin_id FROM product_update u LEFT JOIN title t ON t.id = u.title_id \
             WHERE {} ORDER BY u.id",
            self.condition()
        )
    }

    /// Selects columns of a table that hangs on updates, in the order of the updates.
    fn facts(self, columns: &str, table: &str, link: &str) -> String {
        format!(
            "SELECT u.id, {columns} FROM product_update u CROSS JOIN {table} f ON {link} \
             WHERE {} ORDER BY u.id",
            self.condition()
        )
    }
}

/// Reads every vulnerability by its row number.
pub(crate) fn read_vulnerabilities(
    connection: &Connection,
) -> Result<Vec<Option<CachedVulnerability>>, CatalogError> {
    let mut statement = connection
        .prepare("SELECT id, name, published, exploited FROM vulnerability ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut cached = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Checked::new(row, "vulnerability", 0)?;
        // Rows are numbered from one without a gap, so a file cannot ask for memory by a number.
        if row.id != cached.len() as i64 + 1 {
            return Err(CatalogError::Corrupt {
                table: "vulnerability",
                row: row.id,
                expected: "rows numbered from 1 without a gap",
                found: format!("row {} after row {}", row.id, cached.len()),
            });
        }
        cached.push(Some(CachedVulnerability {
            id: row.vulnerability(1)?,
            published: row.date(2)?,
            exploited: row.flag(3)?.unwrap_or(false),
        }));
    }
    Ok(cached)
}

impl Catalog {
    /// Returns every update whose product is, or sits on, one of the systems, by product and number.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Corrupt`] for values outside the vocabulary, [`CatalogError::Sqlite`] for
    /// what SQLite refuses; so for all other questions.
    pub fn updates_for(
        &self,
        systems: &[OperatingSystem],
    ) -> Result<Vec<CatalogUpdate>, CatalogError> {
        let connection = self.connection();
        let mut products = BTreeSet::new();
        for system in systems {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM product WHERE name = ?1 UNION ALL SELECT id FROM product WHERE \
                 platform_id = (SELECT id FROM product WHERE name = ?1)",
            )?;
            let mut rows = statement.query([system.to_string()])?;
            while let Some(row) = rows.next()? {
                products.insert(row.get::<_, i64>(0)?);
            }
        }
        let mut updates = Vec::new();
        for product in products {
            self.read_updates(&connection, Which::Product, &product, &mut |update| {
                updates.push(update);
                Ok(())
            })?;
        }
        Ok(updates)
    }

    /// Returns every product that an update is for.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn updates_of_kb(&self, kb: KbNumber) -> Result<Vec<CatalogUpdate>, CatalogError> {
        self.collect_updates(Which::Kb, &kb.number())
    }

    /// Returns the updates of a bulletin.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn updates_of_bulletin(
        &self,
        bulletin: BulletinId,
    ) -> Result<Vec<CatalogUpdate>, CatalogError> {
        self.collect_updates(Which::Bulletin, &bulletin.to_string())
    }

    /// Returns the updates that fix a vulnerability.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn updates_of_vulnerability(
        &self,
        id: VulnerabilityId,
    ) -> Result<Vec<CatalogUpdate>, CatalogError> {
        let row: Option<i64> = self
            .connection()
            .prepare_cached("SELECT id FROM vulnerability WHERE name = ?1")?
            .query_row([id.to_string()], |row| row.get(0))
            .optional()?;
        row.map_or(Ok(Vec::new()), |row| self.collect_updates(Which::Vulnerability, &row))
    }

    /// Returns a vulnerability that some update fixes.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn vulnerability(
        &self,
        id: VulnerabilityId,
    ) -> Result<Option<CatalogVulnerability>, CatalogError> {
        let mut found = None;
        self.for_each_vulnerability(Some(id), &mut |vulnerability| {
            found = Some(vulnerability);
            Ok(())
        })?;
        Ok(found)
    }

    /// Returns the publications behind a fact, by name.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn publications(&self, origin: OriginId) -> Result<Vec<Reference>, CatalogError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.name, p.title, p.revision, p.revised FROM origin_publication o \
             CROSS JOIN publication p ON p.id = o.publication_id WHERE o.origin_id = ?1 \
             ORDER BY p.name",
        )?;
        let mut rows = statement.query([origin.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "publication", 0)?;
            found.push(Reference {
                publication: row.row.get(1)?,
                title: row.row.get(2)?,
                revision: row.row.get(3)?,
                revised: row.date(4)?,
            });
        }
        Ok(found)
    }

    /// Returns every operating system that some update is for, directly or for what sits on it.
    ///
    /// # Errors
    ///
    /// As for [`Catalog::updates_for`].
    pub fn operating_systems(&self) -> Result<Vec<OperatingSystem>, CatalogError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT id, name FROM product WHERE kind = 1 ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            found.push(name.parse().map_err(|_| CatalogError::Corrupt {
                table: "product",
                row: row.get(0).unwrap_or_default(),
                expected: "the canonical name of an operating system",
                found: name,
            })?);
        }
        Ok(found)
    }

    fn collect_updates(
        &self,
        which: Which,
        value: &dyn ToSql,
    ) -> Result<Vec<CatalogUpdate>, CatalogError> {
        let mut updates = Vec::new();
        self.read_updates(&self.connection(), which, value, &mut |update| {
            updates.push(update);
            Ok(())
        })?;
        Ok(updates)
    }

    /// Hands over every update of the catalog, product by product.
    pub(crate) fn for_each_update(
        &self,
        take: &mut dyn FnMut(CatalogUpdate) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        let connection = self.connection();
        let products: Vec<i64> = connection
            .prepare("SELECT id FROM product ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for product in products {
            self.read_updates(&connection, Which::Product, &product, take)?;
        }
        Ok(())
    }

    /// Hands over one vulnerability or all of them, by name.
    pub(crate) fn for_each_vulnerability(
        &self,
        id: Option<VulnerabilityId>,
        take: &mut dyn FnMut(CatalogVulnerability) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        let connection = self.connection();
        let condition = if id.is_some() { "name = ?1" } else { "?1 IS NULL" };
        let mut statement = connection.prepare_cached(&format!(
            "SELECT id, name, title, published, revised, exploited, disclosed, origin_id \
             FROM vulnerability WHERE {condition} ORDER BY id"
        ))?;
        let mut rows = statement.query([id.map(|id| id.to_string())])?;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "vulnerability", 0)?;
            take(CatalogVulnerability {
                id: row.vulnerability(1)?,
                title: row.row.get(2)?,
                published: row.date(3)?,
                revised: row.date(4)?,
                exploited: row.flag(5)?,
                disclosed: row.flag(6)?,
                origin: row.row.get::<_, Option<u32>>(7)?.map(OriginId),
            })?;
        }
        Ok(())
    }

    /// Reads updates with everything that hangs on them in one pass per table.
    fn read_updates(
        &self,
        connection: &Connection,
        which: Which,
        value: &dyn ToSql,
        take: &mut dyn FnMut(CatalogUpdate) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        let mut updates = Updates::read(connection, which, value)?;
        if updates.rows.is_empty() {
            return Ok(());
        }
        let vulnerabilities = self.cached_vulnerabilities(connection)?;
        let link = "f.update_id = u.id";
        let columns = "f.vulnerability_id, f.severity, f.impact, f.origin_id";
        let fixes = which.facts(columns, "fix", link);
        updates.add(connection, &fixes, "fix", value, |row, update| {
            let number: i64 = row.row.get(1)?;
            let known = usize::try_from(number - 1)
                .ok()
                .and_then(|at| vulnerabilities.get(at).copied().flatten())
                .ok_or_else(|| CatalogError::Corrupt {
                    table: "fix",
                    row: row.id,
                    expected: "the row of a vulnerability",
                    found: number.to_string(),
                })?;
            update.fixes.push(CatalogFix {
                vulnerability: known.id,
                severity: row.severity(2)?,
                impact: row.impact(3)?,
                published: known.published,
                exploited: known.exploited,
                origin: OriginId(row.unsigned(4)?),
            });
            Ok(())
        })?;
        let supersedences = which.facts("f.superseded_kb", "supersedence", link);
        updates.add(connection, &supersedences, "supersedence", value, |row, update| {
            update.supersedes.push(row.kb(1)?);
            Ok(())
        })?;
        let builds = which.facts("f.major, f.minor, f.build, f.revision", "fixed_build", link);
        updates.add(connection, &builds, "fixed_build", value, |row, update| {
            let revision = Some(row.unsigned(4)?);
            update.fixed_build =
                Some(OsBuild::new(row.unsigned(1)?, row.unsigned(2)?, row.unsigned(3)?, revision));
            Ok(())
        })?;
        let payloads = which.facts("f.payload_kb", "payload", "f.kb = u.kb");
        updates.add(connection, &payloads, "payload", value, |row, update| {
            update.payloads.push(row.kb(1)?);
            Ok(())
        })?;
        updates.rows.into_iter().try_for_each(|(_, update)| take(update))
    }
}

/// Updates under construction, by row number.
struct Updates {
    rows: Vec<(i64, CatalogUpdate)>,
}

impl Updates {
    fn read(
        connection: &Connection,
        which: Which,
        value: &dyn ToSql,
    ) -> Result<Self, CatalogError> {
        let mut products: HashMap<i64, Arc<Product>> = HashMap::new();
        let mut statement = connection.prepare_cached(&which.updates())?;
        let mut rows = statement.query([value])?;
        let mut updates = Vec::new();
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, "product_update", 0)?;
            let product_id = row.row.get(2)?;
            let product = match products.get(&product_id) {
                Some(product) => Arc::clone(product),
                None => {
                    let product = Arc::new(product_named(connection, product_id)?);
                    products.insert(product_id, Arc::clone(&product));
                    product
                }
            };
            let series = row.series(3)?;
            let date = row.date(4)?;
            let stated: Option<String> = row.row.get(7)?;
            let title = stated.unwrap_or_else(|| title::composed(series, date, &product));
            let update = CatalogUpdate {
                kb: row.kb(1)?,
                product,
                series,
                date,
                restart: row.restart(5)?,
                severity: row.severity(6)?,
                title,
                bulletin: row.bulletin(8)?,
                fixes: Vec::new(),
                supersedes: Vec::new(),
                fixed_build: None,
                payloads: Vec::new(),
                origin: OriginId(row.unsigned(9)?),
            };
            updates.push((row.id, update));
        }
        Ok(Self { rows: updates })
    }

    /// Adds the rows of a table to their updates. Both come in the order of the row numbers.
    fn add(
        &mut self,
        connection: &Connection,
        query: &str,
        table: &'static str,
        value: &dyn ToSql,
        mut add: impl FnMut(&Checked<'_, '_>, &mut CatalogUpdate) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        let mut statement = connection.prepare_cached(query)?;
        let mut rows = statement.query([value])?;
        let mut at = 0;
        while let Some(row) = rows.next()? {
            let row = Checked::new(row, table, 0)?;
            while self.rows.get(at).is_some_and(|(id, _)| *id < row.id) {
                at += 1;
            }
            if let Some((id, update)) = self.rows.get_mut(at)
                && *id == row.id
            {
                add(&row, update)?;
            }
        }
        Ok(())
    }
}

fn product_named(connection: &Connection, id: i64) -> Result<Product, CatalogError> {
    let name: Option<String> = connection
        .prepare_cached("SELECT name FROM product WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    name.map(|name| Product::from_published_name(&name)).ok_or_else(|| CatalogError::Corrupt {
        table: "product_update",
        row: id,
        expected: "the row of a product",
        found: id.to_string(),
    })
}
