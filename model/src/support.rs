//! How long a machine's system is supported. The serialised form is part of the published schemas.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{EditionClass, Installation, ServicePack};

/// Whether a product gets security updates on a day.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SupportState {
    Supported,
    /// Only those who pay for extended updates get them.
    PaidUpdatesOnly,
    Ended,
    /// The answer is another one for each edition, and the edition is not known.
    DependsOnEdition,
    #[default]
    NotKnown,
}

/// Where the day of an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOrigin {
    /// The day that was asked for.
    AsOf,
    /// The day of the newest publication in the catalog.
    Catalog,
}

/// The day that an answer holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDay {
    pub date: Date,
    pub from: DayOrigin,
}

/// Support of the product that a machine runs, and of its service pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// Day that the states hold for.
    pub day: Option<AnswerDay>,
    pub state: SupportState,
    /// What is published for each line of the product that the machine may be: one, unless its
    /// edition decides and is not known. None when nothing is published.
    pub lines: Vec<SupportLine>,
    /// Support of the service pack, for products that have any.
    pub service_pack: Option<ServicePackSupport>,
    /// All of it as one sentence in plain English.
    pub says: String,
}

/// Support of one line of a product. Each end is the last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportLine {
    /// Editions that it holds for; none when it holds for all.
    pub editions: Vec<EditionClass>,
    /// Kind of installation that it holds for; none when it holds for all.
    pub installation: Option<Installation>,
    pub available: Option<Date>,
    pub mainstream_end: Option<Date>,
    /// End of extended support, or of servicing.
    pub extended_end: Option<Date>,
    /// End of extended security updates for those who pay.
    pub paid_end: Option<Date>,
    pub state: SupportState,
    /// Name of the publisher's page that says it.
    pub page: String,
    /// Publication of the catalog that it was read from.
    pub publication: String,
}

/// Support of the service pack level that a machine is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicePackSupport {
    pub level: ServicePack,
    pub state: SupportState,
    /// Last day of support for the level; none while it is the newest.
    pub end: Option<Date>,
    /// Day by which support for the level had ended, where only that of a later level is known.
    pub end_at_latest: Option<Date>,
    /// Newest service pack that was released by the day of the answer.
    pub newest: ServicePack,
    pub newest_released: Option<Date>,
}

impl SupportState {
    /// Every state.
    pub const ALL: &[Self] = &[
        Self::Supported,
        Self::PaidUpdatesOnly,
        Self::Ended,
        Self::DependsOnEdition,
        Self::NotKnown,
    ];
}

impl Support {
    /// Tells whether security updates are no longer published for the machine as it stands.
    pub fn is_lost(&self) -> bool {
        let pack = self.service_pack.as_ref().map(|pack| pack.state);
        matches!(self.state, SupportState::Ended | SupportState::PaidUpdatesOnly)
            || pack == Some(SupportState::Ended)
    }

    /// Returns the state of the machine as it stands: a service pack that lost its support is as
    /// good as a product that did.
    pub fn overall(&self) -> SupportState {
        match &self.service_pack {
            Some(pack) if pack.state == SupportState::Ended => SupportState::Ended,
            _ => self.state,
        }
    }
}
