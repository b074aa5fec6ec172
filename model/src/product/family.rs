use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Instruction set that a Windows installation runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Architecture {
    X86 = 1,
    X64 = 2,
    Ia64 = 3,
    Arm = 4,
    Arm64 = 5,
}

/// Kind of installation: client, full server, or Server Core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Installation {
    Client = 1,
    Server = 2,
    ServerCore = 3,
}

/// Edition that publications tell apart from the ordinary ones of its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Edition {
    MediaCenter = 1,
    TabletPc = 2,
    HoloLens = 3,
    Mobile = 4,
    /// Windows NT Server 4.0, Terminal Server Edition.
    TerminalServer = 5,
    /// Windows XP 64-Bit Edition Version 2003, for Itanium and made from Server 2003.
    Version2003 = 6,
}

/// Number of a service pack; zero is the release to manufacturing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServicePack(pub u8);

/// Family of operating systems that share a name and a line of updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Family {
    WindowsNt4 = 1,
    Windows2000 = 2,
    WindowsXp = 3,
    Server2003 = 4,
    Server2003R2 = 5,
    WindowsVista = 6,
    Server2008 = 7,
    Windows7 = 8,
    Server2008R2 = 9,
    Windows8 = 10,
    WindowsRt = 11,
    Server2012 = 12,
    Windows81 = 13,
    WindowsRt81 = 14,
    Server2012R2 = 15,
    Windows10 = 16,
    Server2016 = 17,
    ServerSemiAnnual = 18,
    Server2019 = 19,
    Server2022 = 20,
    Windows11 = 21,
    Server2025 = 22,
    Server23H2 = 23,
}

/// Release of a family that is serviced by version: `1803`, `22H2`.
///
/// Windows 10's first release, which publications leave unnamed, is `1507`; Windows 11's is `21H2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release([u8; 4]);

/// A word that names no value of this vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found:?}")]
pub struct UnknownName {
    expected: &'static str,
    found: String,
}

impl UnknownName {
    fn new(expected: &'static str, found: &str) -> Self {
        Self { expected, found: found.chars().take(40).collect() }
    }
}

/// Releases with the build that each was published as.
///
/// Source: Microsoft, "Windows 10 release information" and "Windows Server release information".
const RELEASES: &[(Family, &str, u32)] = &[
    (Family::Windows10, "1507", 10240),
    (Family::Windows10, "1511", 10586),
    (Family::Windows10, "1607", 14393),
    (Family::Windows10, "1703", 15063),
    (Family::Windows10, "1709", 16299),
    (Family::Windows10, "1803", 17134),
    (Family::Windows10, "1809", 17763),
    (Family::Windows10, "1903", 18362),
    (Family::Windows10, "1909", 18363),
    (Family::Windows10, "2004", 19041),
    (Family::Windows10, "20H2", 19042),
    (Family::Windows10, "21H1", 19043),
    (Family::Windows10, "21H2", 19044),
    (Family::Windows10, "22H2", 19045),
    (Family::Windows11, "21H2", 22000),
    (Family::Windows11, "22H2", 22621),
    (Family::Windows11, "23H2", 22631),
    (Family::Windows11, "24H2", 26100),
    (Family::Windows11, "25H2", 26200),
    (Family::Windows11, "26H1", 28000),
    (Family::ServerSemiAnnual, "1709", 16299),
    (Family::ServerSemiAnnual, "1803", 17134),
    (Family::ServerSemiAnnual, "1903", 18362),
    (Family::ServerSemiAnnual, "1909", 18363),
    (Family::ServerSemiAnnual, "2004", 19041),
    (Family::ServerSemiAnnual, "20H2", 19042),
];

impl Release {
    /// Returns the release of this family that was published as this build.
    pub fn of_build(family: Family, build: u32) -> Option<Self> {
        RELEASES
            .iter()
            .find(|(of, _, at)| *of == family && *at == build)
            .and_then(|(_, name, _)| name.parse().ok())
    }

    /// Returns the release's name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a release is made from ASCII only")
    }
}

impl Family {
    /// Every family, from the oldest.
    pub const ALL: &[Self] = &[
        Self::WindowsNt4,
        Self::Windows2000,
        Self::WindowsXp,
        Self::Server2003,
        Self::Server2003R2,
        Self::WindowsVista,
        Self::Server2008,
        Self::Windows7,
        Self::Server2008R2,
        Self::Windows8,
        Self::WindowsRt,
        Self::Server2012,
        Self::Windows81,
        Self::WindowsRt81,
        Self::Server2012R2,
        Self::Windows10,
        Self::Server2016,
        Self::ServerSemiAnnual,
        Self::Server2019,
        Self::Server2022,
        Self::Windows11,
        Self::Server2025,
        Self::Server23H2,
    ];

    /// Returns the product name that Microsoft uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WindowsNt4 => "Windows NT 4.0",
            Self::Windows2000 => "Windows 2000",
            Self::WindowsXp => "Windows XP",
            Self::Server2003 => "Windows Server 2003",
            Self::Server2003R2 => "Windows Server 2003 R2",
            Self::WindowsVista => "Windows Vista",
            Self::Server2008 => "Windows Server 2008",
            Self::Windows7 => "Windows 7",
            Self::Server2008R2 => "Windows Server 2008 R2",
            Self::Windows8 => "Windows 8",
            Self::WindowsRt => "Windows RT",
            Self::Server2012 => "Windows Server 2012",
            Self::Windows81 => "Windows 8.1",
            Self::WindowsRt81 => "Windows RT 8.1",
            Self::Server2012R2 => "Windows Server 2012 R2",
            Self::Windows10 => "Windows 10",
            Self::Server2016 => "Windows Server 2016",
            Self::ServerSemiAnnual => "Windows Server, version",
            Self::Server2019 => "Windows Server 2019",
            Self::Server2022 => "Windows Server 2022",
            Self::Windows11 => "Windows 11",
            Self::Server2025 => "Windows Server 2025",
            Self::Server23H2 => "Windows Server 2022, 23H2 Edition",
        }
    }

    /// Returns the family with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|family| *family as u8 == number)
    }

    /// Tells whether installations of this family are servers.
    pub fn is_server(self) -> bool {
        self.as_str().starts_with("Windows Server")
    }

    /// Tells whether one cumulative update a month services the whole system.
    pub fn is_serviced_cumulatively(self) -> bool {
        self >= Self::Windows10
    }

    /// Returns the build of an installation with this release and service pack, if it is known.
    ///
    /// Windows XP and Server 2003 keep their build over service packs.
    pub fn build(self, release: Option<Release>, service_pack: ServicePack) -> Option<u32> {
        if let Some(release) = release {
            return RELEASES
                .iter()
                .find(|(family, name, _)| *family == self && *name == release.as_str())
                .map(|(_, _, build)| *build);
        }
        let pack = u32::from(service_pack.0);
        match self {
            Self::WindowsNt4 => Some(1381),
            Self::Windows2000 => Some(2195),
            Self::WindowsXp => Some(2600),
            Self::Server2003 | Self::Server2003R2 => Some(3790),
            Self::WindowsVista => Some(6000 + pack),
            // Server 2008 came out together with the first service pack of Vista.
            Self::Server2008 => Some(6000 + pack.max(1)),
            Self::Windows7 | Self::Server2008R2 => Some(7600 + pack),
            Self::Windows8 | Self::WindowsRt | Self::Server2012 => Some(9200),
            Self::Windows81 | Self::WindowsRt81 | Self::Server2012R2 => Some(9600),
            Self::Server2016 => Some(14393),
            Self::Server2019 => Some(17763),
            Self::Server2022 => Some(20348),
            Self::Server23H2 => Some(25398),
            Self::Server2025 => Some(26100),
            Self::Windows10 | Self::Windows11 | Self::ServerSemiAnnual => None,
        }
    }
}

impl Architecture {
    /// Every architecture that Windows NT was published for since version 4.0, without Alpha.
    pub const ALL: &[Self] = &[Self::X86, Self::X64, Self::Ia64, Self::Arm, Self::Arm64];

    /// Returns the short name: `x64`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86",
            Self::X64 => "x64",
            Self::Ia64 => "ia64",
            Self::Arm => "arm",
            Self::Arm64 => "arm64",
        }
    }
}

impl Edition {
    const ALL: &[Self] = &[
        Self::MediaCenter,
        Self::TabletPc,
        Self::HoloLens,
        Self::Mobile,
        Self::TerminalServer,
        Self::Version2003,
    ];

    /// Returns the edition's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MediaCenter => "Media Center Edition",
            Self::TabletPc => "Tablet PC Edition",
            Self::HoloLens => "HoloLens",
            Self::Mobile => "Mobile",
            Self::TerminalServer => "Terminal Server Edition",
            Self::Version2003 => "64-Bit Edition Version 2003",
        }
    }

    /// Returns the edition with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|edition| *edition as u8 == number)
    }
}

impl Installation {
    const ALL: &[Self] = &[Self::Client, Self::Server, Self::ServerCore];

    /// Returns the word for this kind of installation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::ServerCore => "server core",
        }
    }

    /// Returns the kind with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| *kind as u8 == number)
    }
}

impl fmt::Display for ServicePack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("RTM"),
            number => write!(f, "SP{number}"),
        }
    }
}

impl FromStr for ServicePack {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || UnknownName::new("RTM or a service pack such as SP2", text);
        if text.eq_ignore_ascii_case("RTM") {
            return Ok(Self(0));
        }
        let digits = text.strip_prefix("SP").or_else(|| text.strip_prefix("sp"));
        digits
            .filter(|digits| digits.len() == 1)
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(error)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Release {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.trim().to_ascii_uppercase();
        <[u8; 4]>::try_from(upper.as_bytes())
            .ok()
            .filter(|name| name.iter().all(|b| b.is_ascii_digit() || *b == b'H'))
            .map(Self)
            .ok_or_else(|| UnknownName::new("a release such as 1803 or 22H2", text))
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Architecture {
    type Err = UnknownName;

    /// Reads the spellings of Windows itself and of publications: `x64`, `AMD64`, `x64-based PC`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim().to_ascii_lowercase();
        let stem = word.split("-based").next().unwrap_or(&word).trim();
        match stem {
            "x86" | "i386" | "32-bit" => Ok(Self::X86),
            "x64" | "amd64" | "x86_64" | "em64t" | "64-bit" => Ok(Self::X64),
            "ia64" | "itanium" => Ok(Self::Ia64),
            "arm" => Ok(Self::Arm),
            "arm64" | "aarch64" => Ok(Self::Arm64),
            _ => Err(UnknownName::new("an architecture such as x64", text)),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Family {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|family| family.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownName::new("a Windows family such as Windows 7", text))
    }
}

impl fmt::Display for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Installation {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownName::new("client, server or server core", text))
    }
}

serde_as_text!(Installation);
serde_as_text!(ServicePack);
serde_as_text!(Release);
serde_as_text!(Architecture);
serde_as_text!(Family);
