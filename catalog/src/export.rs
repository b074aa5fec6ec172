//! The whole catalog as JSON, one object a line.

use std::io::Write;

use jiff::civil::Date;
use serde::Serialize;
use staunch_model::{
    BulletinId, Impact, KbNumber, OsBuild, Restart, Series, Severity, VulnerabilityId,
};

use crate::open::{Catalog, CatalogError};
use crate::query::{CatalogUpdate, CatalogVulnerability, OriginId};
use crate::schema;

/// One line of an export.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line<'a> {
    Catalog { schema: i32, date: Option<Date>, digest: &'a str },
    Vulnerability(VulnerabilityLine<'a>),
    Update(UpdateLine<'a>),
}

#[derive(Serialize)]
struct VulnerabilityLine<'a> {
    id: VulnerabilityId,
    title: &'a str,
    published: Option<Date>,
    revised: Option<Date>,
    exploited: Option<bool>,
    disclosed: Option<bool>,
    publications: Vec<String>,
}

#[derive(Serialize)]
struct UpdateLine<'a> {
    kb: KbNumber,
    product: String,
    series: Series,
    date: Option<Date>,
    restart: Option<Restart>,
    severity: Option<Severity>,
    title: &'a str,
    bulletin: Option<BulletinId>,
    fixed_build: Option<OsBuild>,
    supersedes: &'a [KbNumber],
    payloads: &'a [KbNumber],
    fixes: Vec<FixLine>,
    publications: &'a [String],
}

#[derive(Serialize)]
struct FixLine {
    vulnerability: VulnerabilityId,
    severity: Option<Severity>,
    impact: Option<Impact>,
}

impl Catalog {
    /// Writes the catalog as JSON lines: one for the catalog, one for each vulnerability, one for
    /// each update of each product.
    ///
    /// # Errors
    ///
    /// [`CatalogError::Export`] when the output refuses; otherwise as for
    /// [`Catalog::updates_for`].
    pub fn export(&self, output: &mut dyn Write) -> Result<(), CatalogError> {
        let identity = self.identity();
        let (date, digest) = (identity.date, identity.digest.as_str());
        write_line(output, &Line::Catalog { schema: schema::VERSION, date, digest })?;
        let names = self.origin_names()?;
        self.for_each_vulnerability(None, &mut |vulnerability| {
            write_line(output, &vulnerability_line(&vulnerability, &names))
        })?;
        self.for_each_update(&mut |update| write_line(output, &update_line(&update, &names)))
    }

    /// Returns the names of the publications of every origin.
    fn origin_names(&self) -> Result<Vec<Vec<String>>, CatalogError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT o.origin_id, p.name FROM origin_publication o JOIN publication p \
             ON p.id = o.publication_id ORDER BY o.origin_id, p.name",
        )?;
        let mut rows = statement.query([])?;
        let mut names: Vec<Vec<String>> = vec![Vec::new()];
        while let Some(row) = rows.next()? {
            let origin: i64 = row.get(0)?;
            if origin == names.len() as i64 {
                names.push(Vec::new());
            }
            match names.last_mut() {
                Some(last) if origin > 0 => last.push(row.get(1)?),
                _ => {}
            }
        }
        Ok(names)
    }
}

fn write_line(output: &mut dyn Write, line: &Line<'_>) -> Result<(), CatalogError> {
    serde_json::to_writer(&mut *output, line)
        .map_err(|error| CatalogError::Export(error.into()))?;
    output.write_all(b"\n").map_err(CatalogError::Export)
}

fn names_of(names: &[Vec<String>], origin: OriginId) -> &[String] {
    names.get(origin.0 as usize).map_or(&[], Vec::as_slice)
}

fn vulnerability_line<'a>(
    vulnerability: &'a CatalogVulnerability,
    names: &[Vec<String>],
) -> Line<'a> {
    let publications = vulnerability.origin.map(|origin| names_of(names, origin).to_vec());
    Line::Vulnerability(VulnerabilityLine {
        id: vulnerability.id,
        title: &vulnerability.title,
        published: vulnerability.published,
        revised: vulnerability.revised,
        exploited: vulnerability.exploited,
        disclosed: vulnerability.disclosed,
        publications: publications.unwrap_or_default(),
    })
}

fn update_line<'a>(update: &'a CatalogUpdate, names: &'a [Vec<String>]) -> Line<'a> {
    Line::Update(UpdateLine {
        kb: update.kb,
        product: update.product.to_string(),
        series: update.series,
        date: update.date,
        restart: update.restart,
        severity: update.severity,
        title: &update.title,
        bulletin: update.bulletin,
        fixed_build: update.fixed_build,
        supersedes: &update.supersedes,
        payloads: &update.payloads,
        fixes: update
            .fixes
            .iter()
            .map(|fix| FixLine {
                vulnerability: fix.vulnerability,
                severity: fix.severity,
                impact: fix.impact,
            })
            .collect(),
        publications: names_of(names, update.origin),
    })
}
