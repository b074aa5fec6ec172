//! What changed between two scans. The serialised form is part of the published schemas.

use serde::{Deserialize, Serialize};

use crate::{
    CatalogIdentity, CheckVerdict, Date, KbNumber, MachineIdentity, Severity, Verdict,
    VulnerabilityId,
};

/// What changed between two scans of the same machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Version of this schema.
    pub schema: u32,
    /// Whether anything got worse on a machine that both scans have.
    pub worse: bool,
    /// Machines that both scans have, in the order of the newer one.
    pub machines: Vec<MachineComparison>,
    /// Machines that only the older scan has.
    pub only_old: Vec<MachineIdentity>,
    /// Machines that only the newer scan has.
    pub only_new: Vec<MachineIdentity>,
}

/// What changed on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineComparison {
    /// The machine as the newer scan has it.
    pub machine: MachineIdentity,
    pub worse: bool,
    /// Facts about the machine that differ: build, service pack, support.
    pub identity: Vec<IdentityChange>,
    /// What the answers rest on, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<BasisChange>,
    pub updates: Vec<UpdateChange>,
    pub checks: Vec<CheckChange>,
    pub newly_exposed: Vec<VulnerabilityId>,
    pub closed: Vec<VulnerabilityId>,
}

/// One fact about a machine that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityChange {
    /// Name of the fact: `build`.
    pub fact: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Catalogs and days of two answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasisChange {
    pub old_catalog: CatalogIdentity,
    pub new_catalog: CatalogIdentity,
    pub old_as_of: Option<Date>,
    pub new_as_of: Option<Date>,
}

/// What became of an update or of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Missing or weak now, and not before.
    New,
    /// Missing or weak before, and not now.
    Gone,
    /// Another verdict now; neither is missing or weak.
    Other,
}

/// One update whose verdict differs; without one where a scan does not list the update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateChange {
    pub change: Change,
    pub kb: KbNumber,
    pub title: String,
    pub product: String,
    pub severity: Option<Severity>,
    pub old: Option<Verdict>,
    pub new: Option<Verdict>,
}

/// One setting whose verdict differs; without one where a scan does not list the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckChange {
    pub change: Change,
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub old: Option<CheckVerdict>,
    pub new: Option<CheckVerdict>,
    /// What the newer scan found, or the older one where the newer does not list the check.
    pub found: String,
}

impl Change {
    /// Every change, the one that asks for action first.
    pub const ALL: &[Self] = &[Self::New, Self::Gone, Self::Other];
}

impl Comparison {
    /// Version of the published schema.
    pub const SCHEMA: u32 = 1;
}

impl MachineComparison {
    /// Tells whether both scans say the same of the machine; another basis alone is no change.
    pub fn is_unchanged(&self) -> bool {
        self.identity.is_empty()
            && self.updates.is_empty()
            && self.checks.is_empty()
            && self.newly_exposed.is_empty()
            && self.closed.is_empty()
    }
}
