//! Takes what readers of publications push, in any order, and writes one catalog file.

mod assemble;
mod bulletins;
mod choice;
mod dates;
mod fixed_builds;
mod intern;
mod lifecycle;
mod products;
mod series_of;
mod sorted;
mod store;
mod supersedence;
mod vulnerabilities;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;
use staunch_model::{
    BulletinId, BulletinRecord, Fix, FixKind, Impact, KbNumber, LifecycleRecord, ProductMention,
    Provenance, Publication, PublicationId, Record, Restart, Severity, SourceWarning,
    SupersededRef, VulnerabilityId, VulnerabilityRecord,
};

use intern::Interner;
pub(crate) use store::hexadecimal;

/// Reason why no catalog file was written. A file that was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("nothing to build a catalog from: no publication was read")]
    Empty,
    #[error("{path}: cannot write the catalog")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("cannot fill the catalog's tables")]
    Sqlite(#[from] rusqlite::Error),
}

/// What went into a catalog file and what was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildReport {
    /// SHA-256 of the file in lower-case hexadecimal.
    pub digest: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// Day of the newest publication with kept facts.
    pub date: Option<Date>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Statements that are not stored as fixes, by kind.
    pub left_out: BTreeMap<String, u64>,
    /// Vulnerabilities without any kept fix.
    pub vulnerabilities_without_fix: u64,
    /// Statements about superseding that are not stored, by reason.
    pub supersedence_dropped: BTreeMap<String, u64>,
    /// Statements about fixed builds that are not used, by reason.
    pub builds_dropped: BTreeMap<String, u64>,
    /// Facts on which publications disagree, by kind.
    pub conflicts: BTreeMap<String, u64>,
    /// Faults in the publications, by code.
    pub warnings: BTreeMap<String, u64>,
    /// What the readers counted, by their names for it.
    pub read: BTreeMap<String, u64>,
}

/// One statement that an update is for a product, as it arrived.
///
/// Numbers are those of the interners. The order of the fields is the order of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    /// Number of the mention at first, of the product in the end.
    product: u32,
    kb: KbNumber,
    vulnerability: Option<u32>,
    publication: u32,
    severity: Option<Severity>,
    impact: Option<Impact>,
    restart: Option<Restart>,
    sub_type: Option<u32>,
    title: Option<u32>,
    bulletin: Option<BulletinId>,
    fixed_build: Option<u32>,
    posted: Option<Date>,
}

/// One statement that an update supersedes another on a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct SupersedenceStatement {
    product: u32,
    kb: KbNumber,
    superseded: SupersededRef,
    publication: u32,
}

/// How often a name was stated for something that is kept, and for something that is not.
#[derive(Debug, Clone, Copy, Default)]
struct MentionCount {
    kept: u64,
    left_out: u64,
}

/// Collects statements in any order and writes the catalog file.
///
/// Texts are kept once, so that the millions of statements of all publications fit in memory.
#[derive(Default)]
pub struct Builder {
    publication_ids: Interner<PublicationId>,
    publications: HashMap<u32, Publication>,
    mentions: Interner<ProductMention>,
    mention_counts: Vec<MentionCount>,
    mention_is_linux: Vec<bool>,
    vulnerability_ids: Interner<VulnerabilityId>,
    vulnerabilities: Vec<(u32, u32, VulnerabilityRecord)>,
    texts: Interner<Arc<str>>,
    statements: Vec<Statement>,
    supersedences: HashSet<SupersedenceStatement>,
    payloads: BTreeSet<(KbNumber, KbNumber, u32)>,
    lifecycles: Vec<LifecycleRecord>,
    left_out: BTreeMap<(String, u32), u64>,
    warnings: BTreeMap<(&'static str, u32), u64>,
    read: BTreeMap<String, u64>,
    pages: Vec<bulletins::NumberedPage>,
    packages: Vec<bulletins::NumberedPackage>,
    listed: Vec<(u32, BulletinRecord)>,
    /// The bulletins, once their pages were brought together.
    bulletins: BTreeMap<BulletinId, bulletins::Bulletin>,
    /// Titles in English.
    bulletin_titles: BTreeMap<BulletinId, Arc<str>>,
}

/// Kind under which packages of the publisher's Linux distribution are counted.
const LINUX_PACKAGE: &str = "Azure Linux package";
/// Kind under which fixes without any name for the delivery are counted.
const UNNAMED: &str = "no knowledge base number";
/// Kind under which statements about products without a common name are counted.
const UNNAMED_PRODUCT: &str = "deployment of a product without a common name";
/// Most characters of a publisher's word for a delivery that are kept.
const KIND_LIMIT: usize = 40;

impl Builder {
    /// Makes a builder with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one statement of a publication.
    pub fn push(&mut self, record: Record) {
        match record {
            Record::Publication(publication) => self.push_publication(publication),
            Record::Vulnerability(vulnerability) => {
                let id = self.vulnerability_ids.number(&vulnerability.id);
                let publication =
                    self.publication_ids.number(&vulnerability.provenance.publication);
                self.vulnerabilities.push((id, publication, vulnerability));
            }
            Record::Fix(fix) => self.push_fix(&fix),
            Record::Bulletin(bulletin) => {
                let publication = self.publication_ids.number(&bulletin.provenance.publication);
                self.listed.push((publication, bulletin));
            }
            Record::Package(package) => {
                let publication = self.publication_ids.number(&package.provenance.publication);
                self.packages.push((publication, package));
            }
            Record::Page(page) => {
                let publication = self.publication_ids.number(&page.provenance.publication);
                self.pages.push((publication, page));
            }
            Record::Unclaimed(unclaimed) => {
                self.set_aside("change without a package", unclaimed.provenance());
            }
            Record::Lifecycle(lifecycle) => {
                self.publication_ids.number(&lifecycle.provenance.publication);
                self.lifecycles.push(lifecycle);
            }
        }
    }

    /// Counts one fault in a publication.
    pub fn warn(&mut self, warning: &SourceWarning) {
        let publication = self.publication_ids.number(&warning.provenance.publication);
        *self.warnings.entry((warning.code.as_str(), publication)).or_default() += 1;
    }

    /// Adds to what a reader counted, such as documents or rows.
    pub fn read_totals(&mut self, name: &str, count: u64) {
        *self.read.entry(name.to_owned()).or_default() += count;
    }

    /// Writes the catalog: to a file beside the path first, which then takes its place, so that
    /// nothing half-written is ever there.
    ///
    /// # Errors
    ///
    /// [`BuildError::Empty`] when no publication was pushed; the others when writing fails.
    pub fn write(mut self, path: &Path) -> Result<BuildReport, BuildError> {
        if self.publications.is_empty() {
            return Err(BuildError::Empty);
        }
        self.bring_bulletins_together();
        let lifecycles = std::mem::take(&mut self.lifecycles);
        let tables = assemble::assemble(self);
        store::write(&tables, lifecycles, path)
    }

    /// Merges the pages of each bulletin, and states as fixes what only they know.
    fn bring_bulletins_together(&mut self) {
        let pages = std::mem::take(&mut self.pages);
        let packages = std::mem::take(&mut self.packages);
        self.bulletins = bulletins::merge(&pages);
        drop(pages);
        let mut kbs: BTreeMap<BulletinId, BTreeSet<KbNumber>> = BTreeMap::new();
        for (_, listed) in &self.listed {
            kbs.entry(listed.id).or_default().extend(&listed.kbs);
            self.bulletin_titles.insert(listed.id, listed.title.trim().into());
        }
        for (publication, listed) in &self.listed {
            if let Some(date) = listed.published {
                let bulletin = self.bulletins.entry(listed.id).or_default();
                bulletin.add_published(date, *publication);
            }
        }
        for publication in self.bulletins.values_mut().flat_map(|one| one.left_out.drain(..)) {
            *self.left_out.entry((UNNAMED_PRODUCT.to_owned(), publication)).or_default() += 1;
        }
        bulletins::add(&mut self.bulletins, &packages, &kbs);
        let context = bulletins::Context {
            service_packs: &bulletins::service_packs(&self.lifecycles),
            known: &self.statements.iter().map(|statement| statement.kb).collect(),
            closed: &self
                .statements
                .iter()
                .filter_map(|statement| statement.vulnerability)
                .map(|number| self.vulnerability_ids.values()[number as usize])
                .collect(),
            titles: &self.bulletin_titles,
            publications: self.publication_ids.values(),
        };
        let fixes: Vec<Fix> = self
            .bulletins
            .iter()
            .flat_map(|(id, bulletin)| bulletins::fixes(*id, bulletin, &context))
            .collect();
        for fix in &fixes {
            self.push_fix(fix);
        }
    }

    /// Keeps the newer revision where two documents have one name.
    fn push_publication(&mut self, publication: Publication) {
        let id = self.publication_ids.number(&publication.id);
        let age =
            |of: &Publication| (of.revised, of.released, of.revision.clone(), of.title.clone());
        match self.publications.entry(id) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(publication);
            }
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                if age(entry.get()) < age(&publication) {
                    entry.insert(publication);
                }
            }
        }
    }

    fn push_fix(&mut self, fix: &Fix) {
        let publication = self.publication_ids.number(&fix.provenance.publication);
        let mention = self.mention(&fix.product);
        let vulnerability = fix.vulnerability.map(|id| self.vulnerability_ids.number(&id));
        let is_linux = self.mention_is_linux[mention as usize];
        let kb = match &fix.kind {
            FixKind::Update(kb) if !is_linux => *kb,
            FixKind::Update(_) => {
                self.leave_out(LINUX_PACKAGE, publication, mention);
                return;
            }
            FixKind::Other(kind) => {
                let kind = if is_linux { LINUX_PACKAGE } else { kind };
                self.leave_out(kind, publication, mention);
                return;
            }
        };
        self.mention_counts[mention as usize].kept += 1;
        let mut text = |text: &Option<Arc<str>>| text.as_ref().map(|text| self.texts.number(text));
        let (sub_type, title) = (text(&fix.sub_type), text(&fix.title));
        let fixed_build = text(&fix.fixed_build);
        self.statements.push(Statement {
            product: mention,
            kb,
            vulnerability,
            publication,
            severity: fix.severity,
            impact: fix.impact,
            restart: fix.restart,
            sub_type,
            title,
            bulletin: fix.bulletin,
            fixed_build,
            posted: fix.posted,
        });
        for &superseded in &fix.supersedes {
            self.supersedences.insert(SupersedenceStatement {
                product: mention,
                kb,
                superseded,
                publication,
            });
        }
        if let Some(payload) = fix.payload {
            self.payloads.insert((kb, payload, publication));
        }
    }

    fn mention(&mut self, mention: &ProductMention) -> u32 {
        let (number, is_new) = self.mentions.insert(mention);
        if is_new {
            self.mention_counts.push(MentionCount::default());
            self.mention_is_linux.push(is_linux(&mention.name));
        }
        number
    }

    /// Counts a statement that no table holds.
    fn set_aside(&mut self, kind: &str, provenance: &Provenance) {
        let publication = self.publication_ids.number(&provenance.publication);
        *self.left_out.entry((kind.to_owned(), publication)).or_default() += 1;
    }

    fn leave_out(&mut self, kind: &str, publication: u32, mention: u32) {
        self.mention_counts[mention as usize].left_out += 1;
        let kind: String = match kind.trim() {
            "" => UNNAMED.to_owned(),
            kind => kind.chars().take(KIND_LIMIT).collect(),
        };
        *self.left_out.entry((kind, publication)).or_default() += 1;
    }
}

/// Tells whether a product is the publisher's Linux distribution or a package of it.
fn is_linux(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("mariner")
        || name.contains("azure linux")
        || name.starts_with("azl")
        || name.starts_with("cbl")
}
