//! The operating system's own name and build to the vocabulary of products.

use staunch_model::{
    Architecture, Collected, Family, Installation, MachineFacts, OsBuild, Release, ServicePack,
};

/// What the name of an operating system says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WindowsName {
    family: Option<Family>,
    server: bool,
    core: bool,
    edition: Option<String>,
}

/// Editions in other languages by their English names, in lower case.
///
/// Source: names that Windows shows for itself.
const EDITIONS: &[(&str, &str)] = &[
    ("entreprise", "Enterprise"),
    ("empresa", "Enterprise"),
    ("корпоративная", "Enterprise"),
    ("企业版", "Enterprise"),
    ("企業版", "Enterprise"),
    ("professionnel", "Professional"),
    ("profesional", "Professional"),
    ("профессиональная", "Professional"),
    ("专业版", "Professional"),
    ("專業版", "Professional"),
    ("famille", "Home"),
    ("домашняя", "Home"),
    ("家庭版", "Home"),
    ("家用版", "Home"),
    ("famille unilingue", "Home Single Language"),
    ("домашняя для одного языка", "Home Single Language"),
    ("家庭单语言版", "Home Single Language"),
    ("家庭中文版", "Home China"),
    ("édition familiale premium", "Home Premium"),
    ("домашняя расширенная", "Home Premium"),
    ("家庭高级版", "Home Premium"),
    ("édition familiale basique", "Home Basic"),
    ("домашняя базовая", "Home Basic"),
    ("家庭普通版", "Home Basic"),
    ("édition intégrale", "Ultimate"),
    ("максимальная", "Ultimate"),
    ("旗舰版", "Ultimate"),
    ("旗艦版", "Ultimate"),
    ("starter", "Starter"),
    ("начальная", "Starter"),
    ("éducation", "Education"),
    ("для образовательных учреждений", "Education"),
    ("教育版", "Education"),
    ("专业工作站版", "Pro for Workstations"),
    ("pro pour les stations de travail", "Pro for Workstations"),
];

/// Names of servers that carry no year of their own, with the family that they are built on.
const SERVERS_BY_OTHER_NAMES: &[(&[&str], Family)] = &[
    (&["small", "business", "server", "2003"], Family::Server2003),
    (&["small", "business", "server", "2008"], Family::Server2008),
    (&["small", "business", "server", "2011"], Family::Server2008R2),
    (&["home", "server", "2011"], Family::Server2008R2),
    (&["multipoint", "server", "2011"], Family::Server2008R2),
];

impl WindowsName {
    /// Reads a name such as `Microsoft Windows 10 Pro` or `Microsoftr Windows VistaT Enterprise`.
    ///
    /// Trade marks are dropped, whole or mangled by a code page. Nothing is returned for a text
    /// that names no Windows.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let plain = name
            .replace("(R)", " ")
            .replace("(r)", " ")
            .replace("(TM)", " ")
            .replace("(tm)", " ")
            .replace(['®', '™', '\u{a0}', 'ÿ', ',', '\u{fffd}', '?'], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let start = words.iter().take(2).position(|word| {
            let word = word.to_lowercase();
            word == "windows" || word == "windowsr" || word == "hyper-v"
        })?;
        let lower: Vec<String> = words[start..].iter().map(|word| unmangled(word)).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        Self::after_maker(&lower, &words[start..])
    }

    fn after_maker(lower: &[&str], words: &[&str]) -> Option<Self> {
        let hyper_v = lower[0] == "hyper-v";
        let tail = &lower[1..];
        let other_name = SERVERS_BY_OTHER_NAMES.iter().find(|(name, _)| tail.starts_with(name));
        let (family, server, taken) = match (other_name, tail) {
            (Some((name, family)), _) => (Some(*family), true, name.len()),
            (None, ["server", rest @ ..]) => {
                let (family, taken) = server_family(rest);
                (family, true, 1 + taken)
            }
            (None, ["storage" | "multipoint", "server", rest @ ..]) => {
                let (family, taken) = server_family(rest);
                (family, true, 2 + taken)
            }
            (None, ["nt", ..]) => (Some(Family::WindowsNt4), false, 1),
            (None, ["rt", "8.1", ..]) => (Some(Family::WindowsRt81), false, 2),
            (None, [word, ..]) => (Some(client_family(word)?), false, 1),
            (None, []) => return None,
        };
        let r2_of_2003 = family == Some(Family::Server2003) && lower.contains(&"r2");
        let family = if r2_of_2003 { Some(Family::Server2003R2) } else { family };
        let core = hyper_v || lower.windows(2).any(|pair| pair == ["(core", "installation)"]);
        Some(Self { family, server, core, edition: edition(&words[1 + taken..], family) })
    }

    /// Returns the family as the name alone says it; names lag behind builds.
    pub(crate) fn family(&self) -> Option<Family> {
        self.family
    }

    /// Tells whether the name is that of a server.
    pub(crate) fn is_server(&self) -> bool {
        self.server
    }

    /// Returns the edition as it is called in a family.
    pub(crate) fn edition_in(&self, family: Family) -> Option<String> {
        self.edition.clone().map(|edition| modern_edition(edition, Some(family)))
    }

    /// Adds what name and build say together to facts.
    pub(crate) fn describe(self, build: Option<OsBuild>, facts: &mut MachineFacts) {
        let by_build = build
            .filter(|build| build.version() == (10, 0))
            .and_then(|build| family_of_build(self.server, build.build()));
        let family = by_build.or(self.family);
        if let Some(family) = family {
            facts.family = Collected::Known(family);
            facts.release = release(family, build);
        }
        if let Some(edition) = self.edition {
            facts.edition = Collected::Known(modern_edition(edition, family));
        }
        let always_core = matches!(family, Some(Family::ServerSemiAnnual | Family::Server23H2));
        // Windows NT has one name for workstations and servers.
        let is_client = |family: Family| !family.is_server() && family != Family::WindowsNt4;
        if !self.server && family.is_some_and(is_client) {
            facts.installation = Collected::Known(Installation::Client);
        } else if self.core || always_core {
            facts.installation = Collected::Known(Installation::ServerCore);
        }
    }
}

/// Undoes trade marks that became letters of the word: `Microsoftr`, `VistaT`.
fn unmangled(word: &str) -> String {
    let lower = word.to_lowercase();
    match lower.as_str() {
        "windowsr" => "windows".to_owned(),
        "serverr" => "server".to_owned(),
        "vistat" | "vistatm" => "vista".to_owned(),
        _ => lower,
    }
}

fn client_family(word: &str) -> Option<Family> {
    Some(match word {
        "2000" => Family::Windows2000,
        "xp" => Family::WindowsXp,
        "vista" => Family::WindowsVista,
        "7" => Family::Windows7,
        "8" => Family::Windows8,
        "8.1" => Family::Windows81,
        "rt" => Family::WindowsRt,
        "10" => Family::Windows10,
        "11" => Family::Windows11,
        _ => return None,
    })
}

/// Reads the year of a server; releases of the semi-annual channel have none.
fn server_family(words: &[&str]) -> (Option<Family>, usize) {
    match words {
        ["2003", "r2", ..] => (Some(Family::Server2003R2), 2),
        ["2003", ..] => (Some(Family::Server2003), 1),
        ["2008", "r2", ..] => (Some(Family::Server2008R2), 2),
        ["2008", ..] => (Some(Family::Server2008), 1),
        ["2012", "r2", ..] => (Some(Family::Server2012R2), 2),
        ["2012", ..] => (Some(Family::Server2012), 1),
        ["2016", ..] => (Some(Family::Server2016), 1),
        ["2019", ..] => (Some(Family::Server2019), 1),
        ["2022", ..] => (Some(Family::Server2022), 1),
        ["2025", ..] => (Some(Family::Server2025), 1),
        _ => (None, 0),
    }
}

/// Returns the edition in English, without words that only repeat the architecture or the kind.
fn edition(words: &[&str], family: Option<Family>) -> Option<String> {
    let is_old = family.is_some_and(|family| family < Family::WindowsVista);
    let kept = words.iter().filter(|word| {
        let word = word.to_lowercase();
        !(is_old && matches!(word.as_str(), "edition" | "x64" | "r2" | "for" | "itanium-based"))
    });
    let text = kept.copied().collect::<Vec<_>>().join(" ");
    let lower = text.to_lowercase();
    let (stem, suffix) = match lower.rsplit_once(' ') {
        Some((stem, "n" | "kn" | "e")) => (stem, &text[text.rfind(' ').unwrap_or(text.len())..]),
        _ => (lower.as_str(), ""),
    };
    let english = EDITIONS.iter().find(|(local, _)| *local == stem);
    let text = english.map_or(text.clone(), |(_, english)| format!("{english}{suffix}"));
    (!text.is_empty()).then_some(text)
}

/// Names the professional edition as the family does: `Pro` since Windows 8.
fn modern_edition(edition: String, family: Option<Family>) -> String {
    let is_modern = family.is_some_and(|family| family >= Family::Windows8);
    match edition.strip_prefix("Professional") {
        Some(rest) if is_modern && matches!(rest, "" | " N" | " KN") => format!("Pro{rest}"),
        _ => edition,
    }
}

/// Returns the family that a build of Windows NT 10.0 belongs to.
///
/// Names lag behind builds: Windows 11 still calls itself Windows 10 in its registry.
pub(crate) fn family_of_build(server: bool, build: u32) -> Option<Family> {
    let servers = [
        (14393, Family::Server2016),
        (17763, Family::Server2019),
        (20348, Family::Server2022),
        (25398, Family::Server23H2),
        (26100, Family::Server2025),
    ];
    if server {
        let by_year = servers.iter().find(|(of, _)| *of == build).map(|(_, family)| *family);
        let semi_annual =
            || Release::of_build(Family::ServerSemiAnnual, build).map(|_| Family::ServerSemiAnnual);
        return by_year.or_else(semi_annual);
    }
    match build {
        10240..22000 => Some(Family::Windows10),
        22000.. => Some(Family::Windows11),
        _ => None,
    }
}

/// Returns the family that a version of Windows belongs to when it is known to be a server or not.
pub(crate) fn family_of_version(server: bool, build: OsBuild) -> Option<Family> {
    let (client, of_server) = match build.version() {
        (10, 0) => return family_of_build(server, build.build()),
        (6, 0) => (Family::WindowsVista, Family::Server2008),
        (6, 1) => (Family::Windows7, Family::Server2008R2),
        (6, 2) => (Family::Windows8, Family::Server2012),
        (6, 3) => (Family::Windows81, Family::Server2012R2),
        _ => return None,
    };
    Some(if server { of_server } else { client })
}

/// Returns the build whose cumulative updates a build takes: releases that an enablement package
/// switches on share them.
pub(crate) fn servicing_branch(build: u32) -> u32 {
    match build {
        18362 | 18363 => 18362,
        19041..=19045 => 19041,
        22621 | 22631 => 22621,
        26100 | 26200 => 26100,
        _ => build,
    }
}

/// Returns the release of a family that is serviced by version; other families have none.
pub(crate) fn release(family: Family, build: Option<OsBuild>) -> Collected<Release> {
    if !is_serviced_by_version(family) {
        return Collected::Absent;
    }
    build
        .and_then(|build| Release::of_build(family, build.build()))
        .map_or(Collected::NotCollected, Collected::Known)
}

/// Tells whether a family has releases with a life of their own.
pub(crate) fn is_serviced_by_version(family: Family) -> bool {
    matches!(family, Family::Windows10 | Family::Windows11 | Family::ServerSemiAnnual)
}

/// Returns the service pack that a build implies, for the versions that count it in the build.
pub(crate) fn service_pack_of_build(build: OsBuild) -> Option<ServicePack> {
    match (build.version(), build.build()) {
        ((6, 0), 6000..=6002) => Some(build.build() - 6000),
        ((6, 0), 6003) => Some(2),
        ((6, 1), 7600 | 7601) => Some(build.build() - 7600),
        ((6, 2..) | (10, _), _) => Some(0),
        _ => None,
    }
    .and_then(|pack| u8::try_from(pack).ok())
    .map(ServicePack)
}

/// Reads the architecture out of a localised text such as `x64-based PC` or `Equipo con x64`.
pub(crate) fn architecture(text: &str) -> Option<Architecture> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.map(str::to_ascii_lowercase).find_map(|word| match word.as_str() {
        "x64" | "amd64" | "x86_64" | "em64t" => Some(Architecture::X64),
        "x86" | "i386" => Some(Architecture::X86),
        "arm64" | "aarch64" => Some(Architecture::Arm64),
        "arm" => Some(Architecture::Arm),
        "itanium" | "ia64" => Some(Architecture::Ia64),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(name: &str, build: &str) -> (String, String, String) {
        let mut facts = MachineFacts::default();
        let build = build.parse().expect("a build");
        WindowsName::read(name).expect("a name").describe(Some(build), &mut facts);
        (
            facts.family.known().map(ToString::to_string).unwrap_or_default(),
            facts.release.known().map(ToString::to_string).unwrap_or_default(),
            facts.edition.known().cloned().unwrap_or_default(),
        )
    }

    #[test]
    fn names_and_builds_give_family_release_and_edition() {
        let cases = [
            ("Microsoft Windows 10 Pro", "10.0.17134", "Windows 10", "1803", "Pro"),
            ("Microsoft Windows 10 Pro", "10.0.22631", "Windows 11", "23H2", "Pro"),
            ("Microsoft Windows 11 Enterprise", "10.0.26100", "Windows 11", "24H2", "Enterprise"),
            ("Microsoft Windows 10 Famille", "10.0.19045", "Windows 10", "22H2", "Home"),
            ("Microsoft Windows 10 Professionnel N", "10.0.19045", "Windows 10", "22H2", "Pro N"),
            ("Майкрософт Windows 10 Домашняя", "10.0.19044", "Windows 10", "21H2", "Home"),
            ("Microsoft Windows 10 专业版", "10.0.19044", "Windows 10", "21H2", "Pro"),
            (
                "Microsoft Windows 10 Enterprise 2016 LTSB",
                "10.0.14393",
                "Windows 10",
                "1607",
                "Enterprise 2016 LTSB",
            ),
            (
                "Microsoft Windows 11 Home Single Language",
                "10.0.22621",
                "Windows 11",
                "22H2",
                "Home Single Language",
            ),
            ("Microsoft Windows\u{a0}7 Entreprise N ", "6.1.7601", "Windows 7", "", "Enterprise N"),
            ("Microsoft Windowsÿ7 Entreprise N ", "6.1.7601", "Windows 7", "", "Enterprise N"),
            ("Microsoft Windows 7 Профессиональная ", "6.1.7601", "Windows 7", "", "Professional"),
            (
                "Microsoftr Windows VistaT Enterprise ",
                "6.0.6000",
                "Windows Vista",
                "",
                "Enterprise",
            ),
            (
                "Microsoft® Windows Vista™ Édition Familiale Premium",
                "6.0.6001",
                "Windows Vista",
                "",
                "Home Premium",
            ),
            ("Microsoft Windows XP Professional", "5.1.2600", "Windows XP", "", "Professional"),
            (
                "Microsoft(R) Windows(R) XP Professional x64 Edition",
                "5.2.3790",
                "Windows XP",
                "",
                "Professional",
            ),
            (
                "Microsoft(R) Windows(R) Server 2003, Standard Edition",
                "5.2.3790",
                "Windows Server 2003",
                "",
                "Standard",
            ),
            (
                "Microsoft(R) Windows(R) Server 2003 Enterprise x64 Edition R2",
                "5.2.3790",
                "Windows Server 2003 R2",
                "",
                "Enterprise",
            ),
            (
                "Microsoftr Windows Serverr 2008 Standard ",
                "6.0.6001",
                "Windows Server 2008",
                "",
                "Standard",
            ),
            (
                "Microsoft Windows Server 2008 R2 Standard ",
                "6.1.7601",
                "Windows Server 2008 R2",
                "",
                "Standard",
            ),
            (
                "Microsoft Windows Server 2025 Datacenter",
                "10.0.26100",
                "Windows Server 2025",
                "",
                "Datacenter",
            ),
            (
                "Microsoft Windows Server Datacenter",
                "10.0.17134",
                "Windows Server, version",
                "1803",
                "Datacenter",
            ),
            (
                "Microsoft Windows Server 2022 Datacenter",
                "10.0.25398",
                "Windows Server 2022, 23H2 Edition",
                "",
                "Datacenter",
            ),
            ("Microsoft Hyper-V Server 2019", "10.0.17763", "Windows Server 2019", "", ""),
            (
                "Windows Small Business Server 2011 Standard ",
                "6.1.7601",
                "Windows Server 2008 R2",
                "",
                "Standard",
            ),
        ];
        for (name, build, family, release, edition) in cases {
            assert_eq!(
                described(name, build),
                (family.into(), release.into(), edition.into()),
                "{name} {build}"
            );
        }
    }

    #[test]
    fn what_names_no_windows_is_refused() {
        for name in
            ["Windows User", "Windows", "Microsoft Corporation", "Ubuntu 24.04", "X Windows 7"]
        {
            let read = WindowsName::read(name);
            assert!(read.is_none() || name.starts_with("X "), "{name}: {read:?}");
        }
    }

    #[test]
    fn architecture_is_found_in_any_language() {
        for (text, expected) in [
            ("x64-based PC", Architecture::X64),
            ("X86-basierter PC", Architecture::X86),
            ("基于 x64 的电脑", Architecture::X64),
            ("ARM64-based PC", Architecture::Arm64),
            ("Itanium (TM) -based System", Architecture::Ia64),
            ("Компьютер на базе x64", Architecture::X64),
        ] {
            assert_eq!(architecture(text), Some(expected), "{text}");
        }
        assert_eq!(architecture("HP EliteBook 840 G3"), None);
    }
}
