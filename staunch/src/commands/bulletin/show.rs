use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use staunch_catalog::{Catalog, CatalogBulletin, OriginId};
use staunch_model::{BulletinFact, BulletinId, ManifestFile, Restart};

use super::printing::{PrintingArgs, names};
use super::switches;
use crate::exit::Exit;

/// Show everything that is known of a bulletin
///
/// The facts are those that the pages of a bulletin in all languages agree on.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Bulletins, such as MS04-015
    #[arg(required = true, value_name = "BULLETIN")]
    bulletins: Vec<BulletinId>,
    #[command(flatten)]
    printing: PrintingArgs,
}

const EXAMPLES: &str = "\
Examples:
  staunch bulletin show MS04-015
  staunch bulletin show MS04-015 --json";

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let as_json = self.printing.json;
        self.printing.each(self.bulletins, |out, catalog, bulletin| {
            if as_json {
                json(out, catalog, bulletin)
            } else {
                print(out, bulletin, &languages(catalog, bulletin)?).map_err(Into::into)
            }
        })
    }
}

#[derive(Serialize)]
struct Shown<'b> {
    id: BulletinId,
    title: Option<&'b str>,
    version: Option<String>,
    facts: Vec<Stated<'b>>,
    disputed: Vec<Stated<'b>>,
}

#[derive(Serialize)]
struct Stated<'b> {
    #[serde(flatten)]
    fact: &'b BulletinFact,
    publications: Vec<String>,
}

fn json(out: &mut dyn Write, catalog: &Catalog, bulletin: &CatalogBulletin) -> anyhow::Result<()> {
    let shown = Shown {
        id: bulletin.id,
        title: bulletin.title.as_deref(),
        version: bulletin.version.map(|version| version.to_string()),
        facts: stated(catalog, &bulletin.facts)?,
        disputed: stated(catalog, &bulletin.disputed)?,
    };
    serde_json::to_writer(&mut *out, &shown)?;
    writeln!(out)?;
    Ok(())
}

fn stated<'b>(
    catalog: &Catalog,
    facts: &'b [(BulletinFact, OriginId)],
) -> anyhow::Result<Vec<Stated<'b>>> {
    facts
        .iter()
        .map(|(fact, origin)| Ok(Stated { fact, publications: names(catalog, *origin)? }))
        .collect()
}

/// What is known of the deployment on one platform.
#[derive(Default)]
struct Deployment<'b> {
    needs: Vec<&'b str>,
    included_in: Vec<&'b str>,
    packages: Vec<&'b str>,
    commands: Vec<&'b str>,
    restart: Option<Restart>,
    removable: Option<bool>,
    tools: Vec<&'b str>,
    keys: Vec<&'b str>,
    values: Vec<String>,
}

/// A bulletin's facts in the order in which they are read.
#[derive(Default)]
struct Page<'b> {
    head: Vec<String>,
    kbs: Vec<String>,
    cves: Vec<String>,
    remarks: Vec<String>,
    affected: BTreeMap<&'b str, BTreeSet<String>>,
    unaffected: Vec<&'b str>,
    ratings: BTreeMap<(String, String), Vec<&'b str>>,
    replaces: BTreeMap<String, Vec<&'b str>>,
    deployments: BTreeMap<&'b str, Deployment<'b>>,
    switches: BTreeMap<&'b str, BTreeSet<&'b str>>,
    files: BTreeMap<&'b str, Vec<&'b ManifestFile>>,
    workarounds: BTreeMap<String, Vec<&'b str>>,
}

impl<'b> Page<'b> {
    fn of(bulletin: &'b CatalogBulletin) -> Self {
        let mut page = Self::default();
        for (fact, _) in &bulletin.facts {
            page.take(fact);
        }
        page
    }

    fn take(&mut self, fact: &'b BulletinFact) {
        let every = "every product";
        match fact {
            BulletinFact::Severity(severity) => self.head.push(severity.to_string()),
            BulletinFact::Impact(impact) => self.head.push(impact.to_string()),
            BulletinFact::Published(date) => self.head.push(format!("published {date}")),
            BulletinFact::Revision { .. } | BulletinFact::Download { .. } => {}
            BulletinFact::Kb(kb) => self.kbs.push(kb.to_string()),
            BulletinFact::Vulnerability(cve) => self.cves.push(cve.to_string()),
            BulletinFact::Disclosed { cve, is_so: true } => {
                self.remarks.push(format!("{cve} was publicly known at release"));
            }
            BulletinFact::Exploited { cve, is_so: true } => {
                self.remarks.push(format!("{cve} was exploited at release"));
            }
            BulletinFact::Disclosed { .. } | BulletinFact::Exploited { .. } => {}
            BulletinFact::Affected { product, kb } => {
                let kbs = self.affected.entry(product).or_default();
                kbs.extend(kb.map(|kb| kb.to_string()));
            }
            BulletinFact::Unaffected { product } => self.unaffected.push(product),
            BulletinFact::Rating { product, cve, severity } => {
                let cve = cve.map_or("all".to_owned(), |cve| cve.to_string());
                self.ratings.entry((cve, severity.to_string())).or_default().push(product);
            }
            BulletinFact::RatedImpact { product, cve, impact } => {
                let cve = cve.map_or("all".to_owned(), |cve| cve.to_string());
                self.ratings.entry((cve, impact.to_string())).or_default().push(product);
            }
            BulletinFact::Supersedes { product, bulletin, kb } => {
                let names = [bulletin.map(|id| id.to_string()), kb.map(|kb| kb.to_string())];
                let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
                let product = product.as_deref().unwrap_or(every);
                self.replaces.entry(name).or_default().push(product);
            }
            BulletinFact::SupersedesNothing { product } => {
                let product = product.as_deref().unwrap_or(every);
                self.replaces.entry("nothing".to_owned()).or_default().push(product);
            }
            BulletinFact::Prerequisite { platform, product } => {
                self.on(platform).needs.push(product);
            }
            BulletinFact::IncludedIn { platform, product } => {
                self.on(platform).included_in.push(product);
            }
            BulletinFact::Switch { platform, switch } => {
                self.switches.entry(switch).or_default().insert(platform);
            }
            BulletinFact::Command { platform, command } => {
                self.on(platform).commands.push(command);
            }
            BulletinFact::NeedsRestart { platform, restart } => {
                self.on(platform).restart = Some(*restart);
            }
            BulletinFact::Removable { platform, is_so } => {
                self.on(platform).removable = Some(*is_so);
            }
            BulletinFact::RemovalTool { platform, tool } => self.on(platform).tools.push(tool),
            BulletinFact::RegistryKey { platform, key } => self.on(platform).keys.push(key),
            BulletinFact::RegistryValue { platform, key, value, data } => {
                self.on(platform).values.push(format!("{key}\\{value} = {data}"));
            }
            BulletinFact::Package { platform, name } => self.on(platform).packages.push(name),
            BulletinFact::File(file) => {
                let products = file.products.as_deref().unwrap_or(every);
                self.files.entry(products).or_default().push(file);
            }
            BulletinFact::Workaround { cve, kind, object } => {
                let of = cve.map(|cve| format!("{cve}, ")).unwrap_or_default();
                let label = format!("{of}{}", kind.as_str());
                self.workarounds.entry(label).or_default().push(object);
            }
        }
    }

    fn on(&mut self, platform: &'b str) -> &mut Deployment<'b> {
        self.deployments.entry(platform).or_default()
    }
}

/// Lists the languages that the pages of a bulletin are in.
fn languages(catalog: &Catalog, bulletin: &CatalogBulletin) -> anyhow::Result<Vec<String>> {
    let Some(pages) = bulletin.pages else { return Ok(Vec::new()) };
    let names = names(catalog, pages)?;
    Ok(names.iter().filter_map(|name| Some(name.split('/').nth(1)?.to_owned())).collect())
}

fn print(out: &mut dyn Write, bulletin: &CatalogBulletin, languages: &[String]) -> io::Result<()> {
    let page = Page::of(bulletin);
    let title = bulletin.title.as_ref().map(|title| format!("  {title}")).unwrap_or_default();
    writeln!(out, "{}{title}", bulletin.id)?;
    writeln!(out, "  {}", page.head.join(", "))?;
    let version = bulletin.version.map(|version| version.to_string()).unwrap_or_default();
    row(out, "updates", &page.kbs.join(" "))?;
    row(out, "closes", &page.cves.join(" "))?;
    row(out, "version", &version)?;
    row(out, "pages", &languages.join(" "))?;
    for remark in &page.remarks {
        row(out, "note", remark)?;
    }
    if !page.affected.is_empty() {
        writeln!(out, "\nAffected")?;
    }
    for (product, kbs) in &page.affected {
        let kbs: Vec<&str> = kbs.iter().map(String::as_str).collect();
        writeln!(out, "  {product}{}", bracketed(&kbs.join(" ")))?;
    }
    list(out, "Not affected", &page.unaffected)?;
    groups(
        out,
        "Ratings",
        page.ratings.iter().map(|((cve, word), on)| (format!("{cve}  {word}"), on)),
    )?;
    groups(out, "Replaces", page.replaces.iter().map(|(name, on)| (name.clone(), on)))?;
    for (platform, deployment) in &page.deployments {
        deployment.print(out, platform)?;
    }
    if !page.switches.is_empty() {
        writeln!(out, "\nSwitches")?;
    }
    for (switch, platforms) in &page.switches {
        let some = platforms.len() < page.deployments.len();
        let only: Vec<&str> = platforms.iter().copied().filter(|_| some).collect();
        let meaning = switches::meaning(switch).unwrap_or_default();
        let line = format!("  {switch:<18} {meaning}{}", bracketed(&only.join(", ")));
        writeln!(out, "{}", line.trim_end())?;
    }
    for (products, files) in &page.files {
        writeln!(out, "\nFiles for {products}")?;
        let width = files.iter().map(|file| file.name.len()).max().unwrap_or_default();
        files.iter().try_for_each(|file| file_row(out, file, width.min(WIDEST_NAME)))?;
    }
    groups(out, "Workarounds", page.workarounds.iter().map(|(name, on)| (name.clone(), on)))?;
    if !bulletin.disputed.is_empty() {
        let count = bulletin.disputed.len();
        writeln!(
            out,
            "\n{count} more statements stand on few pages or contradict others: \
             staunch bulletin conflicts {}",
            bulletin.id
        )?;
    }
    writeln!(out)
}

impl Deployment<'_> {
    fn print(&self, out: &mut dyn Write, platform: &str) -> io::Result<()> {
        writeln!(out, "\nDeployment on {platform}")?;
        for (name, values) in [
            ("needs", &self.needs),
            ("part of", &self.included_in),
            ("package", &self.packages),
            ("run", &self.commands),
        ] {
            values.iter().try_for_each(|value| row(out, name, value))?;
        }
        if let Some(restart) = self.restart {
            row(out, "restart", restart.as_str())?;
        }
        if self.removable == Some(false) {
            row(out, "remove", "cannot be removed")?;
        }
        self.tools.iter().try_for_each(|tool| row(out, "remove", tool))?;
        self.keys.iter().try_for_each(|key| row(out, "key", key))?;
        self.values.iter().try_for_each(|value| row(out, "value", value))
    }
}

fn row(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    if value.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {name:<9} {value}")
}

fn list(out: &mut dyn Write, title: &str, items: &[&str]) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    items.iter().try_for_each(|item| writeln!(out, "  {item}"))
}

/// Prints labels with the items that each stands for.
fn groups<'b>(
    out: &mut dyn Write,
    title: &str,
    groups: impl Iterator<Item = (String, &'b Vec<&'b str>)>,
) -> io::Result<()> {
    let mut groups = groups.peekable();
    if groups.peek().is_some() {
        writeln!(out, "\n{title}")?;
    }
    for (label, items) in groups {
        writeln!(out, "  {label}")?;
        items
            .iter()
            .filter(|item| !item.is_empty())
            .try_for_each(|item| writeln!(out, "    {item}"))?;
    }
    Ok(())
}

/// Widest column of file names, in characters.
const WIDEST_NAME: usize = 40;

fn file_row(out: &mut dyn Write, file: &ManifestFile, width: usize) -> io::Result<()> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let version = text(file.version.map(|version| version.to_string()));
    let size = text(file.size.map(|size| size.to_string()));
    let date = text(file.date.map(|date| date.to_string()));
    let time = file.minute.map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60));
    let time = time.unwrap_or_default();
    let place = file.folder.as_deref().or(file.target.as_deref()).unwrap_or_default();
    let architecture = file.architecture.map(|known| known.as_str()).unwrap_or_default();
    let language = file.language.as_deref().unwrap_or_default();
    let line = format!(
        "  {:<width$} {version:<17} {size:>9} {date:<10} {time:<5} {architecture:<4} {place} {language}",
        file.name
    );
    writeln!(out, "{}", line.trim_end())
}

fn bracketed(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("  ({text})") }
}
