//! What one security bulletin page says. The serialised form is the published schema of
//! `staunch bulletin read --json`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{BulletinId, CveId, FileVersion, Impact, KbNumber, Severity};

/// Every fact of one page in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinPage {
    /// Version of this schema.
    pub schema: u32,
    /// Name of the file that was read.
    pub path: String,
    /// Identifier as the body states it, or as the file is named where the body has none.
    pub id: Option<BulletinId>,
    pub title: Option<String>,
    /// Language of the page as a tag: `de-de`.
    pub locale: Option<String>,
    /// Gravest severity as the summary or the title states it.
    pub severity: Option<Severity>,
    pub impact: Option<Impact>,
    pub kbs: Vec<KbNumber>,
    pub cves: Vec<CveId>,
    /// Day of the bulletin's first publication.
    pub published: Option<Date>,
    /// Day of the page's last change, where it states one.
    pub updated: Option<Date>,
    /// Version in the header of the page: `1.1`.
    pub version: Option<String>,
    pub revisions: Vec<PageRevision>,
    pub supersedes: Vec<PageSupersedence>,
    pub products: PageProducts,
    pub matrix: Vec<PageRating>,
    pub vulnerabilities: Vec<PageVulnerability>,
    pub platforms: Vec<PagePlatform>,
    pub files: Vec<PageFile>,
    pub workarounds: Vec<PageWorkaround>,
    pub acknowledgements: Vec<String>,
    pub related: Vec<BulletinId>,
    pub warnings: Vec<PageWarning>,
}

/// One entry of the revision history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRevision {
    /// Version: `1.0`; early Japanese pages have days only.
    pub version: Option<String>,
    pub date: Option<Date>,
}

/// What the update replaces on one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSupersedence {
    pub bulletin: Option<BulletinId>,
    pub kb: Option<KbNumber>,
    /// Product as the page names it; nothing where the page speaks of all.
    pub product: Option<String>,
    /// Whether the predecessor is replaced there; false where the page says that nothing is.
    pub replaced: bool,
}

/// Affected and unaffected products as the page names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageProducts {
    pub affected: Vec<PageProduct>,
    pub unaffected: Vec<PageProduct>,
}

/// One product of a list or table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageProduct {
    pub name: String,
    /// Canonical name, where the vocabulary has it.
    pub canonical: Option<String>,
    /// Identifier of the download family: a GUID.
    pub download: Option<String>,
    pub kb: Option<KbNumber>,
}

/// Severity of one vulnerability on one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRating {
    pub cve: Option<CveId>,
    pub product: String,
    pub impact: Option<Impact>,
    pub severity: Option<Severity>,
}

/// What the page says about one vulnerability in prose of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageVulnerability {
    pub cve: CveId,
    pub title: String,
    pub mitigations: Vec<String>,
    /// Whether it was publicly known at release.
    pub disclosed: Option<bool>,
    /// Whether attacks were known at release.
    pub exploited: Option<bool>,
}

/// Deployment of the update on one platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePlatform {
    /// Platform as the page names it.
    pub product: String,
    pub prerequisites: Option<String>,
    /// Service pack that will include the update.
    pub included_in: Option<String>,
    pub switches: Vec<PageSwitch>,
    pub commands: Vec<String>,
    pub restart: Option<String>,
    pub removal: Option<String>,
    pub registry_keys: Vec<String>,
}

/// One command-line switch of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSwitch {
    pub switch: String,
    pub meaning: String,
}

/// One row of a file table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFile {
    pub name: String,
    /// Version as four numbers, where the row has one.
    pub version: Option<FileVersion>,
    /// Version as written, where it has another number of parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_version: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    pub date: Option<Date>,
    /// Time of day as `HH:MM`.
    pub time: Option<String>,
    /// Processor: `x86`, `x64`, `ia64`.
    pub platform: Option<String>,
    /// Branch or folder column: `RTMQFE`, `SP2GDR`.
    pub folder: Option<String>,
    /// Heading or label that the table stands under.
    pub section: Option<String>,
    /// Line of the page, counted from one.
    pub line: u32,
}

/// A workaround, structured where it is one of the known kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageWorkaround {
    pub cve: Option<CveId>,
    pub title: String,
    pub kind: WorkaroundKind,
    /// Registry keys, ports, services or class identifiers that it names.
    pub objects: Vec<String>,
    pub line: u32,
}

/// Kind of a workaround.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkaroundKind {
    Registry,
    Ports,
    Service,
    Policy,
    AccessControl,
    KillBit,
    Other,
}

/// A fault of the page, with its line counted from one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageWarning {
    pub code: String,
    pub line: u32,
    pub message: String,
}

impl WorkaroundKind {
    /// Returns the words for what the workaround changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Ports => "blocked ports",
            Self::Service => "service",
            Self::Policy => "policy",
            Self::AccessControl => "access control",
            Self::KillBit => "kill bit",
            Self::Other => "other steps",
        }
    }
}

impl BulletinPage {
    /// Version of the published schema.
    pub const SCHEMA: u32 = 1;
}
