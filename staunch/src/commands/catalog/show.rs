use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;
use staunch_catalog::{Catalog, CatalogUpdate};
use staunch_model::{
    BulletinId, Date, KbNumber, Reference, Restart, Series, Severity, VulnerabilityId,
};

use crate::exit::{Exit, Failure};
use crate::output::JsonArgs;
use crate::shared::CatalogArgs;

/// Show what is published about an update, a vulnerability or a bulletin
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// KB4487017, CVE-2019-0803, ADV190005 or MS16-120
    #[arg(required = true, value_name = "ID")]
    subjects: Vec<String>,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    catalog: CatalogArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch catalog show KB4487017
  staunch catalog show CVE-2019-0803 --json";

/// Everything the catalog says about one subject.
#[derive(Serialize)]
struct Shown {
    subject: String,
    title: String,
    published: Option<Date>,
    exploited: Option<bool>,
    updates: Vec<Row>,
}

/// One update for one product.
#[derive(Serialize)]
struct Row {
    kb: KbNumber,
    product: String,
    series: Series,
    date: Option<Date>,
    severity: Option<Severity>,
    restart: Option<Restart>,
    bulletin: Option<BulletinId>,
    fixed_build: Option<String>,
    supersedes: Vec<KbNumber>,
    delivers: Vec<KbNumber>,
    closes: Vec<VulnerabilityId>,
    publications: Vec<Reference>,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let catalog = self.catalog.open()?;
        let shown = self
            .subjects
            .iter()
            .map(|subject| show(&catalog, subject))
            .collect::<anyhow::Result<Vec<_>>>()?;
        self.json.print(&shown, |out| shown.iter().try_for_each(|one| print(out, one)))?;
        Ok(Exit::Success)
    }
}

fn show(catalog: &Catalog, subject: &str) -> anyhow::Result<Shown> {
    let mut vulnerability = None;
    let updates = if let Ok(id) = subject.parse::<VulnerabilityId>() {
        vulnerability = catalog.vulnerability(id)?;
        catalog.updates_of_vulnerability(id)?
    } else if let Ok(bulletin) = subject.parse::<BulletinId>() {
        catalog.updates_of_bulletin(bulletin)?
    } else if let Ok(kb) = subject.parse::<KbNumber>() {
        catalog.updates_of_kb(kb)?
    } else {
        return Err(Failure::new(Exit::Input, format!("{subject:?} names nothing in a catalog"))
            .hint("give an update (KB4487017), a vulnerability (CVE-2019-0803) or a bulletin (MS16-120)")
            .into());
    };
    if updates.is_empty() && vulnerability.is_none() {
        return Err(Failure::new(
            Exit::Input,
            format!("{subject} is in no publication of the catalog"),
        )
        .hint("`staunch catalog search` looks in titles and product names")
        .into());
    }
    let title = vulnerability.as_ref().map(|found| found.title.clone());
    let first = updates.first().map(|update| update.title.clone());
    Ok(Shown {
        subject: subject.to_owned(),
        title: title.or(first).unwrap_or_default(),
        published: vulnerability.as_ref().map_or_else(
            || updates.first().and_then(|update| update.date),
            |found| found.published,
        ),
        exploited: vulnerability.and_then(|found| found.exploited),
        updates: updates
            .into_iter()
            .map(|update| row(catalog, update))
            .collect::<anyhow::Result<_>>()?,
    })
}

fn row(catalog: &Catalog, update: CatalogUpdate) -> anyhow::Result<Row> {
    let publications = catalog
        .publications(update.origin)
        .with_context(|| format!("the publications behind {}", update.kb))?;
    Ok(Row {
        kb: update.kb,
        product: update.product.to_string(),
        series: update.series,
        date: update.date,
        severity: update.severity,
        restart: update.restart,
        bulletin: update.bulletin,
        fixed_build: update.fixed_build.map(|build| build.to_string()),
        supersedes: update.supersedes,
        delivers: update.payloads,
        closes: update.fixes.iter().map(|fix| fix.vulnerability).collect(),
        publications,
    })
}

fn print(out: &mut dyn Write, shown: &Shown) -> io::Result<()> {
    writeln!(out, "{}  {}", shown.subject, shown.title)?;
    if let Some(date) = shown.published {
        writeln!(out, "published {date}")?;
    }
    if shown.exploited == Some(true) {
        writeln!(out, "attacks were known at release")?;
    }
    for row in &shown.updates {
        writeln!(out, "\n{} for {}", row.kb, row.product)?;
        let dated = row.date.map(|date| format!(" of {date}")).unwrap_or_default();
        writeln!(out, "  {}{dated}", row.series)?;
        let facts = [
            ("severity", row.severity.map(|severity| severity.to_string())),
            ("bulletin", row.bulletin.map(|bulletin| bulletin.to_string())),
            ("fixed build", row.fixed_build.clone()),
            ("delivers", joined(&row.delivers)),
            ("supersedes", joined(&row.supersedes)),
            ("closes", joined(&row.closes)),
            ("source", joined_names(&row.publications)),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                writeln!(out, "  {name:<12} {value}")?;
            }
        }
    }
    writeln!(out)
}

fn joined(items: &[impl ToString]) -> Option<String> {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    (!items.is_empty()).then(|| items.join(" "))
}

fn joined_names(publications: &[Reference]) -> Option<String> {
    let names: Vec<&str> = publications.iter().map(|found| found.publication.as_str()).collect();
    joined(&names)
}
