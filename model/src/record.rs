//! What a publication says, as its reader passes it on to the catalog.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use crate::{
    BulletinId, BulletinRecord, Impact, KbNumber, LifecycleRecord, PackageRecord, PageFacts,
    Restart, Severity, Unclaimed, VulnerabilityId,
};

/// Name of a publication within the catalog: `cvrf/2019-Mar`, `table/CVEs_20260628.csv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationId(Arc<str>);

/// A document that facts were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub id: PublicationId,
    pub title: String,
    /// Revision as the publisher counts it.
    pub revision: Option<String>,
    pub released: Option<Date>,
    /// Day of the revision that was read.
    pub revised: Option<Date>,
}

/// Place in a publication where a fact stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    pub publication: PublicationId,
    /// Line, counted from one, at which the stating element or row begins.
    pub line: u32,
}

/// A vulnerability as one publication describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VulnerabilityRecord {
    pub id: VulnerabilityId,
    pub title: String,
    /// Day of the first revision.
    pub published: Option<Date>,
    /// Day of the last revision.
    pub revised: Option<Date>,
    /// Whether attacks were known at release.
    pub exploited: Option<bool>,
    /// Whether the vulnerability was publicly known at release.
    pub disclosed: Option<bool>,
    pub provenance: Provenance,
}

/// What is to be installed to close a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixKind {
    /// An update package with a Knowledge Base number.
    Update(KbNumber),
    /// Another delivery, in the publisher's words: `Release Notes`, `Click to Run`.
    Other(Arc<str>),
}

/// A product as a publication names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductMention {
    pub name: Arc<str>,
    /// Component of that product, where the publication has a column for it.
    pub component: Option<Arc<str>>,
}

/// One named predecessor of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SupersededRef {
    pub kb: Option<KbNumber>,
    pub bulletin: Option<BulletinId>,
}

/// The statement that a fix closes a vulnerability on one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub vulnerability: Option<VulnerabilityId>,
    pub kind: FixKind,
    pub product: ProductMention,
    pub severity: Option<Severity>,
    pub impact: Option<Impact>,
    pub supersedes: Vec<SupersededRef>,
    pub restart: Option<Restart>,
    /// Class of the update in the publisher's words: `Monthly Rollup`, `Security Only`.
    pub sub_type: Option<Arc<str>>,
    /// Version of the product that is fixed, in the publisher's words: `10.0.17763.4737`.
    pub fixed_build: Option<Arc<str>>,
    /// Update that the download link names, when it is another than the fix.
    pub payload: Option<KbNumber>,
    /// Title of the bulletin or update, where the publication gives one.
    pub title: Option<Arc<str>>,
    pub bulletin: Option<BulletinId>,
    /// Day that the publication gives for the fix itself.
    pub posted: Option<Date>,
    pub provenance: Provenance,
}

/// One statement of a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Publication(Publication),
    Vulnerability(VulnerabilityRecord),
    Fix(Fix),
    Bulletin(BulletinRecord),
    Package(PackageRecord),
    Unclaimed(Unclaimed),
    Lifecycle(LifecycleRecord),
    Page(PageFacts),
}

/// Kind of fault in a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// A row or element that cannot be read at all and is left out.
    Unreadable,
    /// An identifier that names no vulnerability.
    BadVulnerabilityId,
    /// A row that names no update where it should.
    MissingKbNumber,
    /// An update named by something else than a Knowledge Base number.
    BadKbNumber,
    /// A superseded update that is no Knowledge Base number.
    BadSupersedence,
    /// A day that is none.
    BadDate,
    /// A severity that is none of the ratings.
    BadSeverity,
    /// An impact that is none of the field's words.
    BadImpact,
    /// A restart behaviour that is none of yes, no and maybe.
    BadRestart,
    /// A product reference without a product behind it.
    UnknownProduct,
    /// An identifier that names no bulletin.
    BadBulletinId,
    /// A version that has not four parts.
    BadVersion,
    /// A count, size or checksum that is no number.
    BadNumber,
    /// A reference to an entry that the publication does not have, or has twice.
    DanglingReference,
    /// A statement about an update that names itself as its predecessor.
    SelfReference,
    /// The same statement twice in one publication.
    Duplicate,
    /// A fault of a bulletin page; the message begins with the page's own code for it.
    Page,
}

/// A fault in a publication, with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceWarning {
    pub code: WarningCode,
    pub provenance: Provenance,
    pub message: String,
}

impl Record {
    /// Returns the place where the statement stands; a publication stands in no other.
    pub fn provenance(&self) -> Option<&Provenance> {
        match self {
            Self::Publication(_) => None,
            Self::Vulnerability(vulnerability) => Some(&vulnerability.provenance),
            Self::Fix(fix) => Some(&fix.provenance),
            Self::Bulletin(bulletin) => Some(&bulletin.provenance),
            Self::Package(package) => Some(&package.provenance),
            Self::Unclaimed(unclaimed) => Some(unclaimed.provenance()),
            Self::Lifecycle(lifecycle) => Some(&lifecycle.provenance),
            Self::Page(page) => Some(&page.provenance),
        }
    }
}

impl PublicationId {
    /// Makes the name of a publication from its source and its name there.
    pub fn new(source: &str, name: &str) -> Self {
        Self(format!("{source}/{name}").into())
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl WarningCode {
    /// Returns the code as it is written in warning files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::BadVulnerabilityId => "bad-vulnerability-id",
            Self::MissingKbNumber => "missing-kb-number",
            Self::BadKbNumber => "bad-kb-number",
            Self::BadSupersedence => "bad-supersedence",
            Self::BadDate => "bad-date",
            Self::BadSeverity => "bad-severity",
            Self::BadImpact => "bad-impact",
            Self::BadRestart => "bad-restart",
            Self::UnknownProduct => "unknown-product",
            Self::BadBulletinId => "bad-bulletin-id",
            Self::BadVersion => "bad-version",
            Self::BadNumber => "bad-number",
            Self::DanglingReference => "dangling-reference",
            Self::SelfReference => "self-reference",
            Self::Duplicate => "duplicate",
            Self::Page => "page",
        }
    }
}

impl fmt::Display for WarningCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
