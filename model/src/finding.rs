//! What an assessment says about one machine. The serialised form is the published schema.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    Architecture, BulletinId, CheckFinding, Family, KbNumber, Restart, Series, ServicePack,
    Severity, Support, VulnerabilityId, Warning,
};

/// Answer to the question whether a machine needs one update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Missing,
    Undetermined,
    PendingReboot,
    Installed,
    Superseded,
    IncludedInServicePack,
    NotApplicable,
}

impl Verdict {
    /// Every verdict, the ones that ask for action first.
    pub const ALL: &[Self] = &[
        Self::Missing,
        Self::Undetermined,
        Self::PendingReboot,
        Self::Installed,
        Self::Superseded,
        Self::IncludedInServicePack,
        Self::NotApplicable,
    ];

    /// Returns the word that the JSON form uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Undetermined => "undetermined",
            Self::PendingReboot => "pending_reboot",
            Self::Installed => "installed",
            Self::Superseded => "superseded",
            Self::IncludedInServicePack => "included_in_service_pack",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// Kind of observation behind a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    File,
    Build,
    Component,
    Registry,
    PendingRename,
    List,
}

/// One observation and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// What was looked at: an update, a file, a key, a build.
    pub object: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What it says for the verdict, as a sentence in plain English.
    pub says: String,
}

/// The verdict on one update for one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub kb: KbNumber,
    #[serde(default)]
    pub bulletin: Option<BulletinId>,
    pub title: String,
    /// Product that the update is for, as its canonical name.
    pub product: String,
    pub series: Series,
    /// Day of the update.
    #[serde(default)]
    pub date: Option<Date>,
    #[serde(default)]
    pub severity: Option<Severity>,
    #[serde(default)]
    pub restart: Option<Restart>,
    pub cves: Vec<VulnerabilityId>,
    pub verdict: Verdict,
    /// Whether this update is among the least that has to be installed.
    pub offered: bool,
    pub evidence: Vec<Evidence>,
    pub superseded_by: Vec<KbNumber>,
    /// Finding that stands for this one in the short list: the update that replaces it, or the
    /// one that hangs on the same open question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub represented_by: Option<KbNumber>,
}

/// Who the machine is, as far as its facts say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineIdentity {
    /// Host name.
    pub name: Option<String>,
    /// First file that the facts come from, which names a machine without a host name.
    #[serde(default)]
    pub file: Option<String>,
    pub family: Family,
    /// Release of a family that is serviced by version: `1803`.
    pub version: Option<String>,
    pub service_pack: ServicePack,
    pub architecture: Architecture,
    pub edition: Option<String>,
    pub language: Option<String>,
    pub build: Option<String>,
    /// Canonical name of the operating system.
    pub product: String,
}

/// Which catalog an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogIdentity {
    /// Day of the newest publication in it.
    pub date: Option<Date>,
    /// SHA-256 of the catalog file in lower-case hexadecimal.
    pub digest: String,
}

/// How many updates have each verdict, and what is exposed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Missing updates that have to be installed: those that no other missing one replaces.
    pub missing: usize,
    /// Undetermined updates, without those that a listed one stands for.
    pub undetermined: usize,
    pub pending_reboot: usize,
    pub installed: usize,
    pub superseded: usize,
    pub included_in_service_pack: usize,
    pub not_applicable: usize,
    /// Missing and undetermined updates that are not listed: a listed one stands for them, or they
    /// are optional.
    pub replaced: usize,
    /// Vulnerabilities that missing updates close.
    pub exposed_cves: usize,
    /// The same ones by name, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposed: Vec<VulnerabilityId>,
    /// Those of them with known attacks at release.
    pub exploited_cves: usize,
    /// The same ones by name, in their order.
    #[serde(default)]
    pub exploited: Vec<VulnerabilityId>,
}

/// The whole answer for one machine: the published JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Version of this schema.
    pub schema: u32,
    /// Files that the facts come from.
    pub inputs: Vec<String>,
    pub machine: MachineIdentity,
    /// How long the machine's system is supported.
    #[serde(default)]
    pub support: Support,
    /// Last day of the catalog that was taken into account.
    #[serde(default)]
    pub as_of: Option<Date>,
    pub catalog: CatalogIdentity,
    pub findings: Vec<Finding>,
    /// Settings that were looked at; none where only lists of updates were given.
    #[serde(default)]
    pub checks: Vec<CheckFinding>,
    pub summary: Summary,
    pub warnings: Vec<Warning>,
}

impl Assessment {
    /// Version of the published schema.
    pub const SCHEMA: u32 = 1;
}

impl Finding {
    /// Tells whether the finding belongs to the short list: what to install, and what is open.
    pub fn is_listed(&self) -> bool {
        match self.verdict {
            Verdict::Missing => self.offered,
            Verdict::Undetermined => self.represented_by.is_none(),
            _ => false,
        }
    }

    /// Tells whether later updates may fail without this one.
    pub fn prepares_others(&self) -> bool {
        self.kb == KbNumber::SHA2_SIGNING || self.series == Series::ServicingStack
    }

    /// Returns the place in the order of installing, for sorting: later servicing stacks are signed
    /// with SHA-2 alone.
    pub fn install_order(&self) -> impl Ord + use<> {
        (self.kb != KbNumber::SHA2_SIGNING, self.series.install_rank(), self.date, self.kb)
    }
}

impl Summary {
    /// Adds one finding to the counts.
    pub fn count(&mut self, finding: &Finding) {
        let counter = match finding.verdict {
            Verdict::Missing | Verdict::Undetermined if !finding.is_listed() => &mut self.replaced,
            Verdict::Missing => &mut self.missing,
            Verdict::Undetermined => &mut self.undetermined,
            Verdict::PendingReboot => &mut self.pending_reboot,
            Verdict::Installed => &mut self.installed,
            Verdict::Superseded => &mut self.superseded,
            Verdict::IncludedInServicePack => &mut self.included_in_service_pack,
            Verdict::NotApplicable => &mut self.not_applicable,
        };
        *counter += 1;
    }
}
