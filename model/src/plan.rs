//! What to do about an assessment, and why: the serialised forms are published schemas.

use serde::{Deserialize, Serialize};

use crate::{BulletinId, KbNumber, MachineIdentity, Restart, Series, Severity, Support, Verdict};
use crate::{Evidence, VulnerabilityId};
use jiff::civil::Date;

/// One update of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    pub kb: KbNumber,
    pub title: String,
    pub series: Series,
    #[serde(default)]
    pub severity: Option<Severity>,
    #[serde(default)]
    pub restart: Option<Restart>,
    /// Exposed vulnerabilities that this step closes and no earlier step did.
    pub closes: Vec<VulnerabilityId>,
    /// Missing updates that become superseded when this one is installed.
    pub replaces: Vec<KbNumber>,
    /// Why it stands where it stands, as a sentence.
    pub reason: String,
}

/// The least set of updates that closes every exposed vulnerability, in the order of installing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub schema: u32,
    pub machine: MachineIdentity,
    /// How long the machine's system is supported.
    #[serde(default)]
    pub support: Support,
    pub steps: Vec<PlanStep>,
    /// Fewest restarts with which the whole plan can be carried out.
    pub reboots: usize,
    /// Exposed vulnerabilities that no update of the catalog closes on this machine.
    pub left_open: Vec<VulnerabilityId>,
    /// Those that are closed or left open and had known attacks at release.
    #[serde(default)]
    pub exploited: Vec<VulnerabilityId>,
}

/// A publication that a statement of an explanation rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// Name of the publication in the catalog: `cvrf/2019-Mar`.
    pub publication: String,
    pub title: String,
    #[serde(default)]
    pub revision: Option<String>,
    #[serde(default)]
    pub revised: Option<Date>,
}

/// What is said of one update in the explanation of an update or a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedUpdate {
    pub kb: KbNumber,
    #[serde(default)]
    pub bulletin: Option<BulletinId>,
    pub title: String,
    pub product: String,
    #[serde(default)]
    pub date: Option<Date>,
    pub verdict: Verdict,
    /// The chain of reasons, from the facts to the verdict.
    pub evidence: Vec<Evidence>,
    pub publications: Vec<Reference>,
}

/// Why an update or a vulnerability has the verdict that it has on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub schema: u32,
    /// The update or vulnerability that was asked for.
    pub subject: String,
    pub machine: MachineIdentity,
    /// How long the machine's system is supported.
    #[serde(default)]
    pub support: Support,
    /// The answer as one sentence.
    pub answer: String,
    pub updates: Vec<ExplainedUpdate>,
}
