//! Whether the component that an update is for is on the machine.
//!
//! Only what is known decides. A title is never taken for a fact about a component.

use staunch_model::{Collected, Component, Family, KbNumber, MachineFacts};

use crate::candidate::Candidate;
use crate::claims::Claims;
use crate::servicing::EXPLORER_INSTALLERS;
use crate::truth::Truth;

/// What is known of the components of one machine.
#[derive(Debug)]
pub(crate) struct Gate<'f> {
    explorer: Collected<u8>,
    facts: &'f MachineFacts,
    family: Family,
}

impl<'f> Gate<'f> {
    /// Collects what facts and claims say about components.
    pub(crate) fn new(facts: &'f MachineFacts, family: Family, claims: &Claims) -> Self {
        let explorer = match &facts.components.internet_explorer {
            Collected::NotCollected => explorer_by_installer(claims),
            answer => answer.clone(),
        };
        Self { explorer, facts, family }
    }

    /// Tells whether what the candidate is for is on the machine.
    pub(crate) fn applies(&self, candidate: &Candidate) -> Truth {
        if candidate.components.is_empty() {
            return Truth::True;
        }
        Truth::any(candidate.components.iter().map(|component| self.has(component)))
    }

    /// Leaves out the components that are known not to be on the machine.
    pub(crate) fn possible(&self, components: &[Component]) -> Vec<Component> {
        components.iter().filter(|one| self.has(one) != Truth::False).cloned().collect()
    }

    fn has(&self, component: &Component) -> Truth {
        let facts = &self.facts.components;
        match component.name() {
            Component::INTERNET_EXPLORER => match &self.explorer {
                Collected::Known(major) => {
                    let text = major.to_string();
                    let matches = |version: &String| version.split('.').next() == Some(&text);
                    let versions = component.versions();
                    (versions.is_empty() || versions.iter().any(matches)).into()
                }
                Collected::Absent => Truth::False,
                Collected::NotCollected => Truth::Unknown,
            },
            Component::NET_FRAMEWORK => match &facts.net_framework {
                Collected::Known(net) => {
                    let installed = |version: &String| {
                        net.versions.iter().any(|known| same_net_version(known, version))
                    };
                    let versions = component.versions();
                    (versions.is_empty() || versions.iter().any(installed)).into()
                }
                Collected::Absent => Truth::False,
                Collected::NotCollected => Truth::Unknown,
            },
            Component::FLASH_PLAYER => match &facts.flash_player {
                Collected::Known(_) => Truth::True,
                Collected::Absent => Truth::False,
                Collected::NotCollected => Truth::Unknown,
            },
            // Windows 10 came with both browsers of its time.
            "Edge (EdgeHTML-based)" if self.family == Family::Windows10 => Truth::True,
            _ => Truth::Unknown,
        }
    }
}

/// The version that the newest installed installer of Internet Explorer brought.
fn explorer_by_installer(claims: &Claims) -> Collected<u8> {
    EXPLORER_INSTALLERS
        .iter()
        .rev()
        .find(|(kb, _)| KbNumber::new(*kb).is_some_and(|kb| claims.has(kb) == Truth::True))
        .map_or(Collected::NotCollected, |(_, major)| Collected::Known(*major))
}

/// Tells whether an installed version is the one that an update names.
///
/// 3.5 contains 2.0 and 3.0, and Windows 7 calls its own 3.5.1.
fn same_net_version(installed: &str, named: &str) -> bool {
    let third = |version: &str| matches!(version, "2.0" | "3.0" | "3.5" | "3.5.1");
    match installed {
        "3.5" | "3.5.1" => third(named),
        "4.0" | "4" => matches!(named, "4.0" | "4"),
        _ => installed == named,
    }
}
