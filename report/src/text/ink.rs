//! Terminal colours.
//!
//! Source: ECMA-48, section 8.3.117 (select graphic rendition).

use staunch_model::{Severity, Support, SupportState, Verdict};

/// Appearance of a piece of text; each is one of the sixteen colours that every theme defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Strong,
    Faint,
    Red,
    BoldRed,
    Yellow,
    Green,
    Cyan,
}

impl Ink {
    /// Returns the colour of a rating.
    pub(super) fn of_severity(severity: Option<Severity>) -> Self {
        match severity {
            Some(Severity::Critical) => Self::BoldRed,
            Some(Severity::Important) => Self::Red,
            Some(Severity::Moderate) => Self::Yellow,
            Some(Severity::Low) => Self::Cyan,
            None => Self::Faint,
        }
    }

    /// Returns the colour of a verdict.
    pub(super) fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Missing => Self::BoldRed,
            Verdict::Undetermined | Verdict::PendingReboot => Self::Yellow,
            Verdict::Installed | Verdict::Superseded | Verdict::IncludedInServicePack => {
                Self::Green
            }
            Verdict::NotApplicable => Self::Faint,
        }
    }

    /// Returns the colour of how long a machine is supported.
    pub(super) fn of_support(support: &Support) -> Self {
        match support.overall() {
            SupportState::Ended => Self::BoldRed,
            SupportState::PaidUpdatesOnly | SupportState::DependsOnEdition => Self::Yellow,
            SupportState::Supported | SupportState::NotKnown => Self::Faint,
        }
    }

    /// Returns the text between its colour and the default one.
    pub(super) fn on(self, text: &str) -> String {
        let parameters = match self {
            Self::Plain => return text.to_owned(),
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Red => "31",
            Self::BoldRed => "1;31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Cyan => "36",
        };
        format!("\u{1b}[{parameters}m{text}\u{1b}[0m")
    }
}
