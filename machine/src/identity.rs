//! Which operating system, as updates are published for it, a machine runs.

use std::fmt;

use staunch_model::{
    Architecture, Edition, Family, Installation, MachineFacts, OperatingSystem, Release,
    ServicePack,
};

use crate::inventory::{is_serviced_by_version, service_pack_of_build};

/// A fact without which the operating system is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingFact {
    Family,
    Release,
    ServicePack,
    Architecture,
}

/// Reason why facts do not say which operating system a machine runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("operating system of {machine}: not known: {}", listed(.missing))]
    Missing { machine: String, missing: Vec<MissingFact> },
    #[error("operating system of {machine}: build {build} is no release of {family} that is known")]
    UnknownRelease { machine: String, family: Family, build: u32 },
}

impl MissingFact {
    /// Returns the commands that provide the fact.
    pub fn provided_by(self) -> &'static str {
        match self {
            Self::Family | Self::Release | Self::ServicePack => {
                "systeminfo, or osquery's os_version"
            }
            Self::Architecture => "systeminfo, dism /online /get-packages, or osquery's os_version",
        }
    }
}

impl fmt::Display for MissingFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Family => "family",
            Self::Release => "release",
            Self::ServicePack => "service pack",
            Self::Architecture => "architecture",
        })
    }
}

fn listed(missing: &[MissingFact]) -> String {
    let each: Vec<String> =
        missing.iter().map(|fact| format!("{fact} (from {})", fact.provided_by())).collect();
    each.join("; ")
}

/// Makes the operating system of a machine's facts.
///
/// Windows calls the first Server 2008 "Service Pack 1", since it was released with Vista's; the
/// facts keep that, and the operating system is the published one without a service pack. A
/// server is taken for a full installation unless the facts say otherwise.
///
/// # Errors
/// [`IdentityError::Missing`] with every fact that is missing, and
/// [`IdentityError::UnknownRelease`] for a build that is newer than this vocabulary.
pub fn operating_system(facts: &MachineFacts) -> Result<OperatingSystem, IdentityError> {
    let family = facts.family.known().copied();
    let release = family.map_or(Ok(None), |family| release(family, facts))?;
    let needs_release = family.is_some_and(is_serviced_by_version);
    let service_pack = family.and_then(|family| service_pack(family, facts));
    let architecture = facts.architecture.known().copied();
    let (Some(family), Some(service_pack), Some(architecture), false) =
        (family, service_pack, architecture, needs_release && release.is_none())
    else {
        let missing = [
            (MissingFact::Family, family.is_none()),
            (MissingFact::Release, needs_release && release.is_none()),
            (MissingFact::ServicePack, family.is_some() && service_pack.is_none()),
            (MissingFact::Architecture, architecture.is_none()),
        ];
        let missing =
            missing.into_iter().filter(|(_, is_missing)| *is_missing).map(|(fact, _)| fact);
        return Err(IdentityError::Missing { machine: machine(facts), missing: missing.collect() });
    };
    Ok(OperatingSystem {
        family,
        release,
        service_pack,
        architecture,
        installation: installation(family, facts),
        edition: edition(family, facts),
    })
}

fn machine(facts: &MachineFacts) -> String {
    facts.name.known().map_or_else(|| "the machine".to_owned(), Clone::clone)
}

fn release(family: Family, facts: &MachineFacts) -> Result<Option<Release>, IdentityError> {
    if !is_serviced_by_version(family) {
        return Ok(None);
    }
    if let Some(release) = facts.release.known() {
        return Ok(Some(*release));
    }
    let Some(build) = facts.build.known().map(|build| build.build()) else { return Ok(None) };
    match Release::of_build(family, build) {
        Some(release) => Ok(Some(release)),
        None => Err(IdentityError::UnknownRelease { machine: machine(facts), family, build }),
    }
}

fn service_pack(family: Family, facts: &MachineFacts) -> Option<ServicePack> {
    let by_build = || facts.build.known().and_then(|build| service_pack_of_build(*build));
    let pack = match facts.service_pack.known() {
        _ if family >= Family::Windows8 => ServicePack(0),
        Some(pack) => *pack,
        None => by_build()?,
    };
    Some(match (family, pack) {
        (Family::Server2008, ServicePack(1)) => ServicePack(0),
        _ => pack,
    })
}

/// Returns the edition, where all of its updates are its own.
fn edition(family: Family, facts: &MachineFacts) -> Option<Edition> {
    let is_terminal_server =
        || facts.edition.known().is_some_and(|name| name == Edition::TerminalServer.as_str());
    let is_of_server = || facts.build.known().is_some_and(|build| build.version() == (5, 2));
    match (family, facts.architecture.known()) {
        (Family::WindowsNt4, _) if is_terminal_server() => Some(Edition::TerminalServer),
        (Family::WindowsXp, Some(Architecture::Ia64)) if is_of_server() => {
            Some(Edition::Version2003)
        }
        _ => None,
    }
}

fn installation(family: Family, facts: &MachineFacts) -> Installation {
    if !family.is_server() {
        return Installation::Client;
    }
    match facts.installation.known() {
        Some(Installation::ServerCore) => Installation::ServerCore,
        _ if matches!(family, Family::ServerSemiAnnual | Family::Server23H2) => {
            Installation::ServerCore
        }
        _ => Installation::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use staunch_model::{Architecture, Collected};

    fn facts(family: Family, build: &str, pack: Option<u8>) -> MachineFacts {
        MachineFacts {
            name: Collected::Known("HOST".to_owned()),
            family: Collected::Known(family),
            build: Collected::Known(build.parse().expect("a build")),
            service_pack: pack
                .map_or(Collected::NotCollected, |pack| Collected::Known(ServicePack(pack))),
            architecture: Collected::Known(Architecture::X64),
            ..MachineFacts::default()
        }
    }

    #[test]
    fn facts_name_the_published_system() {
        for (facts, expected) in [
            (
                facts(Family::Windows10, "10.0.17134", None),
                "Windows 10 Version 1803 for x64-based Systems",
            ),
            (
                facts(Family::Windows7, "6.1.7601", None),
                "Windows 7 for x64-based Systems Service Pack 1",
            ),
            (
                facts(Family::Server2008, "6.0.6001", Some(1)),
                "Windows Server 2008 for x64-based Systems",
            ),
            (
                facts(Family::Server2008, "6.0.6002", Some(2)),
                "Windows Server 2008 for x64-based Systems Service Pack 2",
            ),
            (
                facts(Family::WindowsXp, "5.2.3790", Some(2)),
                "Windows XP x64 Edition Service Pack 2",
            ),
            (
                facts(Family::ServerSemiAnnual, "10.0.17134", None),
                "Windows Server, version 1803 (Server Core installation)",
            ),
            (facts(Family::Server2019, "10.0.17763", None), "Windows Server 2019"),
        ] {
            let system = operating_system(&facts).map(|system| system.to_string());
            assert_eq!(system.as_deref(), Ok(expected));
        }
    }

    #[test]
    fn editions_with_updates_of_their_own_are_systems_of_their_own() {
        let name = |facts: &MachineFacts| operating_system(facts).map(|system| system.to_string());
        let mut terminal = facts(Family::WindowsNt4, "4.0.1381", Some(6));
        terminal.architecture = Collected::Known(Architecture::X86);
        terminal.edition = Collected::Known("Terminal Server Edition".to_owned());
        let mut itanium = facts(Family::WindowsXp, "5.2.3790", Some(1));
        itanium.architecture = Collected::Known(Architecture::Ia64);
        for (facts, published) in [
            (terminal, "Windows NT 4.0 Terminal Server Edition Service Pack 6"),
            (itanium, "Windows XP 64-Bit Edition Version 2003 Service Pack 1"),
        ] {
            assert_eq!(name(&facts).as_deref(), Ok(published));
        }
    }

    #[test]
    fn what_is_missing_is_listed_with_the_command_that_provides_it() {
        let message = |facts: &MachineFacts| {
            operating_system(facts).expect_err("facts are missing").to_string()
        };
        assert_eq!(
            message(&MachineFacts::default()),
            "operating system of the machine: not known: family (from systeminfo, or osquery's \
             os_version); architecture (from systeminfo, dism /online /get-packages, or osquery's \
             os_version)"
        );
        assert_eq!(
            message(&facts(Family::WindowsXp, "5.1.2600", None)),
            "operating system of HOST: not known: service pack (from systeminfo, or osquery's \
             os_version)"
        );
        assert_eq!(
            message(&facts(Family::Windows11, "10.0.99999", None)),
            "operating system of HOST: build 99999 is no release of Windows 11 that is known"
        );
    }
}
