//! Whether the component that an update is for is on the machine.
//!
//! Only what is known decides. A title is never taken for a fact about a component.

use std::cell::RefCell;
use std::collections::BTreeMap;

use staunch_machine::Facts;
use staunch_model::{
    Collected, Component, Evidence, Family, KbNumber, MachineFacts, OperatingSystem,
};

use crate::assessor::Machine;
use crate::candidate::Candidate;
use crate::claims::Claims;
use crate::component::{self, Presence};
use crate::servicing::EXPLORER_INSTALLERS;
use crate::truth::Truth;

/// What is known of the components of one machine.
pub(crate) struct Gate<'f> {
    explorer: Collected<u8>,
    facts: &'f MachineFacts,
    system: OperatingSystem,
    /// The installation itself, as it is today.
    seen: Option<&'f dyn Facts>,
    /// What the installation shows, once it was asked.
    shown: RefCell<BTreeMap<Component, Presence>>,
}

/// Whether what an update is for is on a machine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    Yes,
    /// It is not there, for these reasons where there are some.
    No(Vec<Evidence>),
    /// Nothing known tells, and every installation of the system has it in some version.
    NotKnown,
    /// Nothing known tells, and it is a choice or a download.
    NotKnownAndOptional,
}

impl<'f> Gate<'f> {
    /// Collects what facts, claims and the installation say about components.
    ///
    /// The system is the one that publications speak of. Of an earlier day the installation says
    /// nothing.
    pub(crate) fn new(
        machine: &'f Machine,
        system: OperatingSystem,
        claims: &Claims,
        is_rewound: bool,
    ) -> Self {
        let explorer = match &machine.facts.components.internet_explorer {
            Collected::NotCollected => explorer_by_installer(claims),
            answer => answer.clone(),
        };
        Self {
            explorer,
            facts: &machine.facts,
            system,
            seen: machine.seen.as_deref().filter(|_| !is_rewound),
            shown: RefCell::default(),
        }
    }

    /// Tells whether what the candidate is for is on the machine.
    pub(crate) fn applies(&self, candidate: &Candidate) -> Applies {
        if candidate.components.is_empty() {
            return Applies::Yes;
        }
        let answers: Vec<(&Component, Presence)> =
            candidate.components.iter().map(|one| (one, self.has(one))).collect();
        match Truth::any(answers.iter().map(|(_, answer)| answer.truth)) {
            Truth::True => Applies::Yes,
            Truth::False => {
                let mut evidence: Vec<Evidence> =
                    answers.into_iter().flat_map(|(_, answer)| answer.evidence).collect();
                evidence.dedup_by(|a, b| a.object == b.object);
                Applies::No(evidence)
            }
            Truth::Unknown => {
                let mut open = answers.iter().filter(|(_, answer)| answer.truth == Truth::Unknown);
                match open.all(|(one, _)| component::is_optional(one, &self.system)) {
                    true => Applies::NotKnownAndOptional,
                    false => Applies::NotKnown,
                }
            }
        }
    }

    /// Leaves out the components that are known not to be on the machine.
    pub(crate) fn possible(&self, components: &[Component]) -> Vec<Component> {
        components.iter().filter(|one| self.has(one).truth != Truth::False).cloned().collect()
    }

    fn has(&self, component: &Component) -> Presence {
        let facts = &self.facts.components;
        let versions = component.versions();
        let truth = match component.name() {
            Component::INTERNET_EXPLORER => match &self.explorer {
                Collected::Known(major) => {
                    let text = major.to_string();
                    let matches = |version: &String| version.split('.').next() == Some(&text);
                    (versions.is_empty() || versions.iter().any(matches)).into()
                }
                Collected::Absent => Truth::False,
                Collected::NotCollected => Truth::Unknown,
            },
            Component::NET_FRAMEWORK => match &facts.net_framework {
                Collected::Known(net) => has_net_framework(&net.versions, versions).into(),
                Collected::Absent => Truth::False,
                Collected::NotCollected => Truth::Unknown,
            },
            Component::FLASH_PLAYER => match &facts.flash_player {
                Collected::Known(_) => Truth::True,
                Collected::Absent => Truth::False,
                Collected::NotCollected => Truth::Unknown,
            },
            // Windows 10 came with both browsers of its time.
            "Edge (EdgeHTML-based)" if self.system.family == Family::Windows10 => Truth::True,
            _ => return self.shown(component),
        };
        Presence::of(truth)
    }

    /// Tells of any other component what the installation shows, else what the facts imply.
    fn shown(&self, component: &Component) -> Presence {
        if let Some(seen) = self.seen {
            let mut shown = self.shown.borrow_mut();
            let presence = shown
                .entry(component.clone())
                .or_insert_with(|| component::presence(component, &self.system, seen));
            if presence.truth != Truth::Unknown {
                return presence.clone();
            }
        }
        Presence::of(match component.name() {
            "VBScript" | "JScript" => self.engine(component),
            "Internet Information Services" => match &self.facts.components.features {
                Collected::Known(features) => is_one_of(features, WEB_SERVER).into(),
                Collected::Absent | Collected::NotCollected => Truth::Unknown,
            },
            _ => Truth::Unknown,
        })
    }

    /// Tells which version of the script engines Internet Explorer brought: from 7 on each brings
    /// its own.
    fn engine(&self, component: &Component) -> Truth {
        let own = match self.explorer {
            Collected::Known(7) => "5.7",
            Collected::Known(8..) => "5.8",
            _ => return Truth::Unknown,
        };
        match component.versions() {
            [] => Truth::Unknown,
            versions => versions.iter().any(|version| version == own).into(),
        }
    }
}

/// Features that are the web server, by the names of DISM.
const WEB_SERVER: &[&str] = &["IIS-WebServerRole", "IIS-WebServer", "IIS-FTPServer", "IIS-FTPSvc"];

fn is_one_of(features: &[String], names: &[&str]) -> bool {
    features.iter().any(|feature| names.iter().any(|name| name.eq_ignore_ascii_case(feature)))
}

/// The version that the newest installed installer of Internet Explorer brought.
fn explorer_by_installer(claims: &Claims) -> Collected<u8> {
    EXPLORER_INSTALLERS
        .iter()
        .rev()
        .find(|(kb, _)| KbNumber::new(*kb).is_some_and(|kb| claims.has(kb) == Truth::True))
        .map_or(Collected::NotCollected, |(_, major)| Collected::Known(*major))
}

/// Tells whether one of the versions of an update is installed.
///
/// An update for `3.5 and 4.8.1` is for machines with 4.8.1; those with another 4 have one of their
/// own, which brings the same for 3.5.
fn has_net_framework(installed: &[String], named: &[String]) -> bool {
    let is_fourth = |version: &&String| version.starts_with('4');
    let decides = |version: &&String| {
        is_fourth(version)
            || !named.iter().any(|v| is_fourth(&v))
            || !installed.iter().any(|v| is_fourth(&v))
    };
    let is_there =
        |version: &String| installed.iter().any(|known| same_net_version(known, version));
    named.is_empty() || named.iter().filter(decides).any(is_there)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_for_two_versions_is_for_machines_with_its_fourth() {
        let has = |installed: &[&str], named: &[&str]| {
            let texts = |list: &[&str]| list.iter().map(|&v| v.to_owned()).collect::<Vec<_>>();
            has_net_framework(&texts(installed), &texts(named))
        };
        assert!(has(&["3.5", "4.8"], &["3.5", "4.8"]));
        assert!(!has(&["3.5", "4.8"], &["3.5", "4.8.1"]));
        assert!(has(&["4.8.1"], &["3.5", "4.8.1"]));
        assert!(has(&["3.5"], &["3.5", "4.8.1"]));
        assert!(has(&["3.5.1", "4.8"], &["2.0"]));
        assert!(!has(&["4.8"], &["3.5"]));
        assert!(has(&["4.8"], &[]));
    }
}
