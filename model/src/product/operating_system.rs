use std::fmt;
use std::str::FromStr;

use super::family::{Architecture, Edition, Family, Installation, Release, ServicePack};

/// An operating system as updates are published for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatingSystem {
    pub family: Family,
    /// Set for families that are serviced by version, and only for them.
    pub release: Option<Release>,
    pub service_pack: ServicePack,
    pub architecture: Architecture,
    pub installation: Installation,
    pub edition: Option<Edition>,
}

/// Reason why a name is no operating system of this vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductNameError {
    #[error("{name:?} does not begin with the name of a Windows family")]
    Family { name: String },
    #[error("{name:?} names {family} with {rest:?}, which is not understood")]
    Rest { name: String, family: Family, rest: String },
}

impl OperatingSystem {
    /// Returns the build number that updates for this system carry.
    pub fn build(&self) -> Option<u32> {
        // The 64-bit editions of Windows XP after the first are made from Server 2003.
        let is_of_server_2003 = self.family == Family::WindowsXp
            && (self.architecture == Architecture::X64
                || self.edition == Some(Edition::Version2003));
        let family = if is_of_server_2003 { Family::Server2003 } else { self.family };
        family.build(self.release, self.service_pack)
    }
}

/// Families by the words that begin a published name, longest first where one begins another.
const FAMILIES: &[(&str, Family)] = &[
    ("windows nt server 4.0", Family::WindowsNt4),
    ("windows nt workstation 4.0", Family::WindowsNt4),
    ("windows nt 4.0", Family::WindowsNt4),
    ("windows 2000", Family::Windows2000),
    ("windows xp", Family::WindowsXp),
    ("windows server 2003 r2", Family::Server2003R2),
    ("windows server 2003", Family::Server2003),
    ("windows vista", Family::WindowsVista),
    ("windows server 2008 r2", Family::Server2008R2),
    ("windows server 2008", Family::Server2008),
    ("windows 7", Family::Windows7),
    ("windows 8.1", Family::Windows81),
    ("windows 8", Family::Windows8),
    ("windows rt 8.1", Family::WindowsRt81),
    ("windows rt", Family::WindowsRt),
    ("windows server 2012 r2", Family::Server2012R2),
    ("windows server 2012", Family::Server2012),
    ("windows 10", Family::Windows10),
    ("windows server 2016", Family::Server2016),
    ("windows server 2019", Family::Server2019),
    ("windows server 2022, 23h2 edition", Family::Server23H2),
    ("windows server 2022", Family::Server2022),
    ("windows server 2025", Family::Server2025),
    ("windows server", Family::ServerSemiAnnual),
    ("windows 11", Family::Windows11),
];

/// Splits a name into lower-case words; punctuation that carries nothing is dropped.
fn normalise(name: &str) -> String {
    let mut text = name.to_lowercase().replace(['®', '™', '\u{a0}'], " ").replace("(r)", " ");
    text = text.replace("(server core installation)", " server-core ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl FromStr for OperatingSystem {
    type Err = ProductNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let text = normalise(name);
        let text = text.strip_prefix("microsoft ").unwrap_or(&text);
        let (family, rest) = FAMILIES
            .iter()
            .find_map(|(words, family)| {
                let rest = text.strip_prefix(words)?;
                rest.chars().next().is_none_or(|c| c == ' ' || c == ',').then_some((*family, rest))
            })
            .ok_or_else(|| ProductNameError::Family { name: name.chars().take(120).collect() })?;
        Qualifiers::read(rest).and_then(|qualifiers| qualifiers.system(family)).ok_or_else(|| {
            ProductNameError::Rest {
                name: name.chars().take(120).collect(),
                family,
                rest: rest.trim().chars().take(80).collect(),
            }
        })
    }
}

/// What follows the family in a published name.
#[derive(Default)]
struct Qualifiers {
    release: Option<Release>,
    service_pack: ServicePack,
    architecture: Option<Architecture>,
    edition: Option<Edition>,
    core: bool,
    /// Whether a word names an edition that shares all updates with its family.
    sold_edition: bool,
}

impl Qualifiers {
    /// Reads every word of the rest; a word that is not understood makes the whole name unknown.
    fn read(rest: &str) -> Option<Self> {
        let words: Vec<&str> = rest.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let mut found = Self::default();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let tail = &words[at..];
            at += match tail {
                ["version", release, ..] => {
                    found.release = Some(release.parse().ok()?);
                    2
                }
                ["service", "pack", number, ..] => {
                    // NT 4.0's "6a" replaces "6", and its updates are the same.
                    let number = number.strip_suffix('a').unwrap_or(number);
                    found.service_pack = ServicePack(number.parse().ok().filter(|n| *n <= 9)?);
                    3
                }
                ["64-bit", "edition", "version", "2003", ..] => {
                    found.architecture = Some(Architecture::Ia64);
                    found.edition = Some(Edition::Version2003);
                    4
                }
                ["64-bit", "edition", ..] => {
                    found.architecture = Some(Architecture::Ia64);
                    found.sold_edition = true;
                    2
                }
                ["terminal", "server", "edition", ..] => {
                    found.edition = Some(Edition::TerminalServer);
                    3
                }
                ["professional", "x64", "edition", ..] => {
                    found.architecture = Some(Architecture::X64);
                    3
                }
                ["x64", "edition", ..] => {
                    found.architecture = Some(Architecture::X64);
                    2
                }
                ["media", "center", "edition", "2005", ..] => {
                    found.edition = Some(Edition::MediaCenter);
                    4
                }
                ["tablet", "pc", "edition", "2005", ..] => {
                    found.edition = Some(Edition::TabletPc);
                    4
                }
                ["for", "hololens", ..] => {
                    found.edition = Some(Edition::HoloLens);
                    2
                }
                ["for", "arm", "systems", ..] => {
                    found.architecture = Some(Architecture::Arm64);
                    3
                }
                ["for", architecture, "systems", ..] => {
                    found.architecture = Some(architecture.parse().ok()?);
                    3
                }
                ["mobile"] => {
                    found.edition = Some(Edition::Mobile);
                    1
                }
                ["server-core", ..] => {
                    found.core = true;
                    1
                }
                // Azure Edition is Server 2022 or 2025 on Azure and shares its updates.
                ["datacenter:", "azure", "edition", ..] => 3,
                ["-", "extra"] => 2,
                ["professional" | "server" | "workstation", ..] => {
                    found.sold_edition = true;
                    1
                }
                ["advanced" | "datacenter", "server", ..]
                | ["home" | "standard" | "enterprise" | "datacenter" | "web", "edition", ..] => {
                    found.sold_edition = true;
                    2
                }
                _ if *word == "rtm" => 1,
                _ => return None,
            };
        }
        Some(found)
    }

    /// Puts the parts together, with what the family implies and the name leaves out.
    fn system(self, family: Family) -> Option<OperatingSystem> {
        let edition_fits = match self.edition {
            Some(Edition::TerminalServer) => family == Family::WindowsNt4,
            Some(Edition::Version2003) => family == Family::WindowsXp,
            _ => !self.sold_edition || family < Family::WindowsVista,
        };
        if !edition_fits {
            return None;
        }
        let release = match (family, self.release) {
            (Family::Windows10, None) => "1507".parse().ok(),
            (Family::Windows11, None) => "21H2".parse().ok(),
            (Family::Windows10 | Family::Windows11 | Family::ServerSemiAnnual, Some(release)) => {
                Some(release)
            }
            (Family::ServerSemiAnnual, None) | (_, Some(_)) => return None,
            (_, None) => None,
        };
        let architecture = match (self.architecture, self.edition) {
            (Some(architecture), _) => architecture,
            (None, Some(Edition::Mobile)) => Architecture::Arm,
            (None, Some(Edition::HoloLens)) => match release.as_ref().map(Release::as_str) {
                Some("1607" | "1809") => Architecture::X86,
                _ => Architecture::Arm64,
            },
            (None, _) => match family {
                Family::WindowsRt | Family::WindowsRt81 => Architecture::Arm,
                _ if family.is_server() && family >= Family::Server2008R2 => Architecture::X64,
                // Without a word for it these names mean the 32-bit product.
                _ if family < Family::Windows7 => Architecture::X86,
                _ => return None,
            },
        };
        let always_core = matches!(family, Family::Server23H2 | Family::ServerSemiAnnual);
        let installation = match (family.is_server(), self.core || always_core) {
            (true, true) => Installation::ServerCore,
            (true, false) => Installation::Server,
            (false, true) => return None,
            (false, false) => Installation::Client,
        };
        Some(OperatingSystem {
            family,
            release,
            service_pack: self.service_pack,
            architecture,
            installation,
            edition: self.edition,
        })
    }
}

impl fmt::Display for OperatingSystem {
    /// Writes the name in the form that publications use, such as
    /// `Windows 10 Version 1803 for x64-based Systems`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.family)?;
        match (self.family, &self.release) {
            (Family::ServerSemiAnnual, Some(release)) => write!(f, " {release}")?,
            (_, Some(release)) if self.edition != Some(Edition::Mobile) => {
                write!(f, " Version {release}")?;
            }
            _ => {}
        }
        match self.edition {
            Some(Edition::HoloLens) => f.write_str(" for HoloLens")?,
            Some(Edition::Mobile) => f.write_str(" Mobile")?,
            Some(edition @ (Edition::TerminalServer | Edition::Version2003)) => {
                write!(f, " {}", edition.as_str())?;
            }
            Some(edition) => write!(f, " {} 2005", edition.as_str())?,
            None => {}
        }
        let implied = self.family.is_server() && self.family >= Family::Server2012
            || matches!(self.family, Family::WindowsRt | Family::WindowsRt81)
            || matches!(
                self.edition,
                Some(Edition::HoloLens | Edition::Mobile | Edition::Version2003)
            );
        match self.architecture {
            _ if implied => {}
            Architecture::X86 if self.family < Family::WindowsVista => {}
            Architecture::X86 => f.write_str(" for 32-bit Systems")?,
            Architecture::Ia64 => f.write_str(" for Itanium-based Systems")?,
            Architecture::X64 if self.family < Family::WindowsVista => {
                f.write_str(" x64 Edition")?
            }
            Architecture::X64 => f.write_str(" for x64-based Systems")?,
            Architecture::Arm => f.write_str(" for ARM-based Systems")?,
            Architecture::Arm64 => f.write_str(" for ARM64-based Systems")?,
        }
        if self.service_pack.0 > 0 {
            write!(f, " Service Pack {}", self.service_pack.0)?;
        }
        if self.installation == Installation::ServerCore {
            f.write_str(" (Server Core installation)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(name: &str) -> String {
        match name.parse::<OperatingSystem>() {
            Ok(system) => system.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn awkward_published_names_have_one_canonical_form() {
        let names = [
            ("Windows 11 for x64-based Systems", "Windows 11 Version 21H2 for x64-based Systems"),
            (
                "Windows 11 Version 26H1 for x64-based Systems - extra",
                "Windows 11 Version 26H1 for x64-based Systems",
            ),
            (
                "Windows 11 Version 25H2 for ARM systems",
                "Windows 11 Version 25H2 for ARM64-based Systems",
            ),
            ("Windows 8.1 for 32-bit systems", "Windows 8.1 for 32-bit Systems"),
            (
                "Windows Server 2016  (Server Core installation)",
                "Windows Server 2016 (Server Core installation)",
            ),
            (
                "Windows Server 2012 R2 (server core installation)",
                "Windows Server 2012 R2 (Server Core installation)",
            ),
            (
                "Windows Server, version 1709  (Server Core Installation)",
                "Windows Server, version 1709 (Server Core installation)",
            ),
            (
                "Windows Server 2008 for Itanium-Based Systems Service Pack 2",
                "Windows Server 2008 for Itanium-based Systems Service Pack 2",
            ),
            (
                "Microsoft Windows XP Professional x64 Edition Service Pack 2",
                "Windows XP x64 Edition Service Pack 2",
            ),
            ("Windows Vista x64 Edition", "Windows Vista for x64-based Systems"),
            ("Windows Vista", "Windows Vista for 32-bit Systems"),
            (
                "Microsoft Windows XP Tablet PC Edition 2005 Service Pack 2",
                "Windows XP Tablet PC Edition 2005 Service Pack 2",
            ),
            ("Windows 10 Version 1809 for HoloLens", "Windows 10 Version 1809 for HoloLens"),
            (
                "Windows Server 2022, 23H2 Edition (Server Core installation)",
                "Windows Server 2022, 23H2 Edition (Server Core installation)",
            ),
            ("Windows Server 2022 Datacenter: Azure Edition", "Windows Server 2022"),
            ("Windows RT 8.1", "Windows RT 8.1"),
            (
                "Microsoft Windows NT Workstation 4.0 Service Pack 6a",
                "Windows NT 4.0 Service Pack 6",
            ),
            (
                "Windows NT Server 4.0 Terminal Server Edition Service Pack 6",
                "Windows NT 4.0 Terminal Server Edition Service Pack 6",
            ),
            ("Windows 2000 Professional Service Pack 4", "Windows 2000 Service Pack 4"),
            ("Windows 2000 Advanced Server", "Windows 2000"),
            (
                "Windows XP 64-Bit Edition Service Pack 1",
                "Windows XP for Itanium-based Systems Service Pack 1",
            ),
            ("Windows XP 64-Bit Edition Version 2003", "Windows XP 64-Bit Edition Version 2003"),
            ("Windows Server 2003 64-Bit Edition", "Windows Server 2003 for Itanium-based Systems"),
        ];
        for (published, expected) in names {
            assert_eq!(canonical(published), expected, "{published}");
            assert_eq!(canonical(expected), expected, "the canonical form reads as itself");
        }
    }

    #[test]
    fn names_that_only_begin_like_a_system_are_refused() {
        for name in [
            "Windows Admin Center",
            "Windows Server 2012 R3",
            "Windows Server 2012 Datacenter Edition",
            "Windows 2000 Terminal Server Edition",
            "Windows 10 HLK Version 22H2",
            "Windows 100 for x64-based Systems",
            "Windows 7 for x64-based Systems Service Pack x",
            "Windows Terminal for Windows 10",
            "",
        ] {
            assert!(name.parse::<OperatingSystem>().is_err(), "{name}");
        }
    }
}
