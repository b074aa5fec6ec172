//! Writes the rows into the file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use staunch_model::{Component, LifecycleRecord, OperatingSystem, Product};

use super::assemble::{ConflictKind, ConflictValue, Tables, kept_vulnerabilities};
use super::intern::Interner;
use super::{BuildError, BuildReport, lifecycle};
use crate::schema;
use crate::value::day_number;

/// Why a statement about superseding stands in `supersedence_dropped`.
const CLOSES_A_CYCLE: i64 = 1;

/// Writes a catalog file and reports what is in it.
pub(super) fn write(
    tables: &Tables,
    lifecycles: Vec<LifecycleRecord>,
    path: &Path,
) -> Result<BuildReport, BuildError> {
    let mut connection = Connection::open_in_memory()?;
    connection.pragma_update(None, "page_size", schema::PAGE_SIZE)?;
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", schema::VERSION)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(schema::TABLES)?;
    transaction.execute_batch(crate::lifecycle::TABLES)?;
    let mut filler = Filler::new(&transaction, tables);
    filler.fill(lifecycles)?;
    let Filler { rows, date, vulnerabilities_without_fix, .. } = filler;
    transaction.commit()?;
    connection.execute_batch("VACUUM")?;
    let bytes = connection.serialize("main")?;
    put_in_place(path, &bytes)
        .map_err(|source| BuildError::Io { path: path.to_owned(), source })?;
    Ok(BuildReport {
        digest: hexadecimal(&Sha256::digest(&*bytes)),
        size: bytes.len() as u64,
        date,
        rows,
        left_out: by_kind(&tables.left_out),
        vulnerabilities_without_fix,
        supersedence_dropped: tables.supersedence_dropped.clone(),
        builds_dropped: tables.builds_dropped.clone(),
        conflicts: conflicts_by_kind(tables),
        warnings: by_kind(&tables.warnings),
        read: tables.read.clone(),
    })
}

/// Writes bytes beside the path, makes them durable and moves them into place.
fn put_in_place(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&partial, path));
    if moved.is_err() {
        // The first failure is the one to report.
        let _ = fs::remove_file(&partial);
        return moved;
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // A folder can be made durable on Unix only.
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a text does not fail");
        text
    })
}

fn by_kind<K: AsRef<str>>(counts: &BTreeMap<(K, u32), u64>) -> BTreeMap<String, u64> {
    let mut total = BTreeMap::new();
    for ((kind, _), count) in counts {
        *total.entry(kind.as_ref().to_owned()).or_default() += count;
    }
    total
}

fn conflicts_by_kind(tables: &Tables) -> BTreeMap<String, u64> {
    ConflictKind::ALL
        .iter()
        .map(|kind| {
            let count = tables.conflicts.iter().filter(|conflict| conflict.kind == *kind).count();
            (kind.as_str().to_owned(), count as u64)
        })
        .collect()
}

/// Fills the tables in the order of their keys.
struct Filler<'a> {
    connection: &'a Connection,
    tables: &'a Tables,
    origins: Vec<Vec<u32>>,
    /// Row number of each vulnerability that some update fixes.
    vulnerability_rows: Vec<Option<i64>>,
    date: Option<jiff::civil::Date>,
    rows: BTreeMap<String, u64>,
    vulnerabilities_without_fix: u64,
}

fn row_number(number: u32) -> i64 {
    i64::from(number) + 1
}

impl<'a> Filler<'a> {
    fn new(connection: &'a Connection, tables: &'a Tables) -> Self {
        let kept = kept_vulnerabilities(&tables.updates, tables.described.len());
        let mut next = 0;
        let vulnerability_rows: Vec<Option<i64>> = kept
            .iter()
            .map(|kept| {
                kept.then(|| {
                    next += 1;
                    next
                })
            })
            .collect();
        let mut sets: Interner<Vec<u32>> = Interner::default();
        for set in origin_sets(tables, &kept) {
            if !set.is_empty() {
                sets.number(set);
            }
        }
        let (origins, _) = sets.into_sorted();
        let date = origins
            .iter()
            .flatten()
            .map(|publication| &tables.publications[*publication as usize])
            .filter_map(|publication| publication.revised.max(publication.released))
            .max();
        let vulnerabilities_without_fix = kept.iter().filter(|kept| !**kept).count() as u64;
        Self {
            connection,
            tables,
            origins,
            vulnerability_rows,
            date,
            rows: BTreeMap::new(),
            vulnerabilities_without_fix,
        }
    }

    /// Returns the number of a set of publications; none has no number.
    fn origin(&self, publications: &Vec<u32>) -> Option<i64> {
        let at = self.origins.binary_search(publications).ok()?;
        i64::try_from(at + 1).ok()
    }

    fn insert<const N: usize>(
        &mut self,
        table: &str,
        rows: impl Iterator<Item = [Value; N]>,
    ) -> Result<(), rusqlite::Error> {
        let places = vec!["?"; N].join(", ");
        let mut statement =
            self.connection.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        let mut count = 0;
        for row in rows {
            statement.execute(rusqlite::params_from_iter(row.iter().map(|v| v as &dyn ToSql)))?;
            count += 1;
        }
        self.rows.insert(table.to_owned(), count);
        Ok(())
    }

    fn fill(&mut self, lifecycles: Vec<LifecycleRecord>) -> Result<(), rusqlite::Error> {
        self.fill_publications()?;
        self.rows.extend(lifecycle::fill(self.connection, &self.tables.publications, lifecycles)?);
        self.fill_products()?;
        self.fill_updates()?;
        self.fill_vulnerabilities()?;
        self.fill_facts_of_updates()?;
        self.fill_remainders()?;
        self.fill_meta()
    }

    fn fill_publications(&mut self) -> Result<(), rusqlite::Error> {
        let tables = self.tables;
        self.insert(
            "publication",
            (1i64..).zip(&tables.publications).map(|(id, publication)| {
                [
                    id.into(),
                    publication.id.as_str().to_owned().into(),
                    publication.title.clone().into(),
                    publication.revision.clone().into(),
                    publication.released.map(day_number).into(),
                    publication.revised.map(day_number).into(),
                ]
            }),
        )?;
        let origins = self.origins.clone();
        self.insert(
            "origin_publication",
            (1i64..).zip(&origins).flat_map(|(id, set)| {
                set.iter().map(move |publication| [id.into(), row_number(*publication).into()])
            }),
        )
    }

    fn fill_products(&mut self) -> Result<(), rusqlite::Error> {
        let products = &self.tables.products;
        self.insert(
            "product",
            (1i64..).zip(&products.rows).map(|(id, product)| {
                let platform = match product {
                    Product::OperatingSystem(_) => None,
                    Product::Application(_) => products.platform(product).map(row_number),
                };
                product_row(id, product, platform)
            }),
        )?;
        self.insert(
            "published_name",
            products.names.iter().map(|name| {
                [
                    name.name.clone().into(),
                    name.component.clone().into(),
                    name.product.map(row_number).into(),
                    count(name.statements),
                ]
            }),
        )
    }

    fn fill_updates(&mut self) -> Result<(), rusqlite::Error> {
        let tables = self.tables;
        self.insert(
            "title",
            (1i64..).zip(&tables.titles).map(|(id, text)| [id.into(), text.to_string().into()]),
        )?;
        let origins: Vec<_> =
            tables.updates.iter().map(|update| self.origin(&update.publications)).collect();
        self.insert(
            "product_update",
            (1i64..).zip(&tables.updates).zip(origins).map(|((id, update), origin)| {
                [
                    id.into(),
                    update.kb.number().into(),
                    row_number(update.product).into(),
                    (update.series as i64).into(),
                    update.date.map(day_number).into(),
                    update.restart.map(|restart| restart as i64).into(),
                    update.severity.map(|severity| severity as i64).into(),
                    update.title.map(row_number).into(),
                    update.bulletin.map(|bulletin| bulletin.to_string()).into(),
                    origin.into(),
                ]
            }),
        )
    }

    fn fill_vulnerabilities(&mut self) -> Result<(), rusqlite::Error> {
        let tables = self.tables;
        let rows: Vec<[Value; 8]> = self
            .vulnerability_rows
            .iter()
            .zip(tables.vulnerability_ids.iter().zip(&tables.described))
            .filter_map(|(row, (id, described))| {
                Some([
                    (*row)?.into(),
                    id.to_string().into(),
                    described.title.clone().into(),
                    described.published.map(day_number).into(),
                    described.revised.map(day_number).into(),
                    described.exploited.map(i64::from).into(),
                    described.disclosed.map(i64::from).into(),
                    self.origin(&described.publications).into(),
                ])
            })
            .collect();
        self.insert("vulnerability", rows.into_iter())
    }

    fn fill_facts_of_updates(&mut self) -> Result<(), rusqlite::Error> {
        let mut fixes = Vec::new();
        let mut supersedences = Vec::new();
        let mut dropped = Vec::new();
        let mut builds = Vec::new();
        for (id, update) in (1i64..).zip(&self.tables.updates) {
            for fix in &update.fixes {
                fixes.push([
                    id.into(),
                    self.vulnerability_rows[fix.vulnerability as usize].into(),
                    fix.severity.map(|severity| severity as i64).into(),
                    fix.impact.map(|impact| impact as i64).into(),
                    self.origin(&fix.publications).into(),
                ]);
            }
            for (kb, publications) in &update.supersedes {
                let origin = self.origin(publications);
                supersedences.push([id.into(), kb.number().into(), origin.into()]);
            }
            for (kb, publications) in &update.supersedes_dropped {
                let origin = self.origin(publications);
                dropped.push([id.into(), kb.number().into(), CLOSES_A_CYCLE.into(), origin.into()]);
            }
            if let Some((build, publications)) = &update.fixed_build {
                let (major, minor) = build.version();
                builds.push([
                    id.into(),
                    i64::from(major).into(),
                    i64::from(minor).into(),
                    build.build().into(),
                    build.revision().into(),
                    self.origin(publications).into(),
                ]);
            }
        }
        self.insert("fix", fixes.into_iter())?;
        self.insert("supersedence", supersedences.into_iter())?;
        self.insert("supersedence_dropped", dropped.into_iter())?;
        self.insert("fixed_build", builds.into_iter())
    }

    fn fill_remainders(&mut self) -> Result<(), rusqlite::Error> {
        let tables = self.tables;
        let payloads: Vec<[Value; 3]> = tables
            .payloads
            .iter()
            .map(|((kb, payload), publications)| {
                let origin = self.origin(publications);
                [kb.number().into(), payload.number().into(), origin.into()]
            })
            .collect();
        self.insert("payload", payloads.into_iter())?;
        let mut conflicts: Vec<_> = tables
            .conflicts
            .iter()
            .map(|conflict| {
                let vulnerability = conflict
                    .vulnerability
                    .and_then(|number| self.vulnerability_rows[number as usize]);
                let update = conflict.update.map(row_number);
                let key = (conflict.kind, update.unwrap_or(0), vulnerability.unwrap_or(0));
                (key, &conflict.value, self.origin(&conflict.publications))
            })
            .collect();
        conflicts.sort();
        self.insert(
            "conflict",
            conflicts.into_iter().map(|((kind, update, vulnerability), value, origin)| {
                let value = match value {
                    ConflictValue::Number(number) => Value::from(*number),
                    ConflictValue::Text(text) => Value::from(text.clone()),
                };
                [(kind as i64).into(), update.into(), vulnerability.into(), value, origin.into()]
            }),
        )?;
        self.insert(
            "left_out",
            tables.left_out.iter().map(|((kind, publication), statements)| {
                [kind.clone().into(), row_number(*publication).into(), count(*statements)]
            }),
        )?;
        self.insert(
            "warning",
            tables.warnings.iter().map(|((code, publication), warnings)| {
                [(*code).to_owned().into(), row_number(*publication).into(), count(*warnings)]
            }),
        )
    }

    fn fill_meta(&mut self) -> Result<(), rusqlite::Error> {
        let mut meta: BTreeMap<String, Value> = BTreeMap::from([
            ("schema".to_owned(), i64::from(schema::VERSION).into()),
            (
                "date".to_owned(),
                self.date.map_or(Value::from(String::new()), |d| d.to_string().into()),
            ),
            ("operating_systems".to_owned(), size(self.tables.products.operating_systems().len())),
            ("vulnerabilities_without_fix".to_owned(), count(self.vulnerabilities_without_fix)),
        ]);
        meta.extend(self.rows.iter().map(|(table, rows)| (format!("rows.{table}"), count(*rows))));
        let groups = [
            ("read", &self.tables.read),
            ("supersedence_dropped", &self.tables.supersedence_dropped),
            ("builds_dropped", &self.tables.builds_dropped),
        ];
        for (group, counts) in groups {
            meta.extend(counts.iter().map(|(name, n)| (format!("{group}.{name}"), count(*n))));
        }
        let mut statement = self.connection.prepare("INSERT INTO meta VALUES (?, ?)")?;
        for (key, value) in &meta {
            statement.execute(params![key, value])?;
        }
        Ok(())
    }
}

fn count(number: u64) -> Value {
    i64::try_from(number).expect("counts stay below 2^63").into()
}

fn size(number: usize) -> Value {
    count(number as u64)
}

/// Returns every set of publications that a row refers to.
fn origin_sets<'t>(tables: &'t Tables, kept: &'t [bool]) -> impl Iterator<Item = &'t Vec<u32>> {
    let updates = tables.updates.iter().flat_map(|update| {
        let fixes = update.fixes.iter().map(|fix| &fix.publications);
        let supersedes = update.supersedes.iter().chain(&update.supersedes_dropped);
        std::iter::once(&update.publications)
            .chain(fixes)
            .chain(supersedes.map(|(_, publications)| publications))
            .chain(update.fixed_build.iter().map(|(_, publications)| publications))
    });
    let vulnerabilities = tables
        .described
        .iter()
        .zip(kept)
        .filter(|(_, kept)| **kept)
        .map(|(described, _)| &described.publications);
    updates
        .chain(vulnerabilities)
        .chain(tables.payloads.values())
        .chain(tables.conflicts.iter().map(|conflict| &conflict.publications))
}

fn product_row(id: i64, product: &Product, platform: Option<i64>) -> [Value; 14] {
    let (system, component): (Option<&OperatingSystem>, Option<&Component>) = match product {
        Product::OperatingSystem(system) => (Some(system), None),
        Product::Application(application) => (None, Some(application.component())),
    };
    let kind: i64 = if system.is_some() { 1 } else { 2 };
    [
        id.into(),
        product.to_string().into(),
        kind.into(),
        system.map(|system| system.family as i64).into(),
        system.and_then(|system| system.release).map(|release| release.to_string()).into(),
        system.map(|system| i64::from(system.service_pack.0)).into(),
        system.map(|system| system.architecture as i64).into(),
        system.map(|system| system.installation as i64).into(),
        system.and_then(|system| system.edition).map(|edition| edition as i64).into(),
        system.and_then(OperatingSystem::build).map(i64::from).into(),
        component.map(|component| component.name().to_owned()).into(),
        component.map(|component| component.versions().join("/")).into(),
        component.map(|component| i64::from(component.service_pack().0)).into(),
        platform.into(),
    ]
}
