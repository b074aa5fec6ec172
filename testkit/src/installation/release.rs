use staunch_format::hive::Version;
use staunch_model::{Architecture, Family};

use super::table::{BUILDS, Build};
use crate::{ExecutableLayout, VersionedExecutable};

/// A release of Windows with its service pack, architecture, role and language: what a setup disc
/// installs.
///
/// A constructor panics when there never was such a release or service pack. Releases before
/// Windows 7 are for x86 and later ones for x64, unless another architecture is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    build: &'static Build,
    architecture: Architecture,
    role: Role,
    revision: Option<u16>,
    language: u16,
}

/// What a computer is to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Workstation,
    Server,
    DomainController,
}

/// How the updates of a time are noted on a computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Era {
    /// A key per hotfix: Windows NT 4.0.
    Hotfix,
    /// Lists of files by service pack, beside the keys of hotfixes: Windows 2000 to 2003.
    Updates,
    /// Packages of the component store: Windows Vista and later.
    Components,
}

impl Release {
    /// Returns Windows NT Workstation 4.0 with Service Pack 6a.
    pub fn nt4() -> Self {
        Self::find(Family::WindowsNt4, 6, "")
    }

    /// Returns Windows 2000 Professional with a service pack, 0 for none to 4.
    pub fn windows_2000(service_pack: u8) -> Self {
        Self::find(Family::Windows2000, service_pack, "")
    }

    /// Returns Windows XP Professional with a service pack, 0 for none to 3.
    pub fn xp(service_pack: u8) -> Self {
        Self::find(Family::WindowsXp, service_pack, "")
    }

    /// Returns Windows Server 2003 with a service pack, 0 for none to 2.
    ///
    /// As a workstation for x64 it is Windows XP Professional x64 Edition, and as one for ia64
    /// Windows XP 64-Bit Edition Version 2003: their registries and files are those of the server.
    pub fn server_2003(service_pack: u8) -> Self {
        Self::find(Family::Server2003, service_pack, "")
    }

    /// Returns Windows Vista with a service pack, 0 for none to 2.
    pub fn vista(service_pack: u8) -> Self {
        Self::find(Family::WindowsVista, service_pack, "")
    }

    /// Returns Windows Server 2008 with a service pack, 1 (as it was released) or 2.
    pub fn server_2008(service_pack: u8) -> Self {
        Self::find(Family::Server2008, service_pack, "")
    }

    /// Returns Windows 7 with a service pack, 0 for none or 1.
    pub fn windows_7(service_pack: u8) -> Self {
        Self::find(Family::Windows7, service_pack, "")
    }

    /// Returns Windows Server 2008 R2 with a service pack, 0 for none or 1.
    pub fn server_2008_r2(service_pack: u8) -> Self {
        Self::find(Family::Server2008R2, service_pack, "")
    }

    /// Returns Windows 8.
    pub fn windows_8() -> Self {
        Self::find(Family::Windows8, 0, "")
    }

    /// Returns Windows Server 2012.
    pub fn server_2012() -> Self {
        Self::find(Family::Server2012, 0, "")
    }

    /// Returns Windows 8.1.
    pub fn windows_8_1() -> Self {
        Self::find(Family::Windows81, 0, "")
    }

    /// Returns Windows Server 2012 R2.
    pub fn server_2012_r2() -> Self {
        Self::find(Family::Server2012R2, 0, "")
    }

    /// Returns Windows 10 Pro of a version such as `1809` or `22H2`.
    pub fn windows_10(version: &str) -> Self {
        Self::find(Family::Windows10, 0, version)
    }

    /// Returns Windows 11 Pro of a version such as `24H2`.
    pub fn windows_11(version: &str) -> Self {
        Self::find(Family::Windows11, 0, version)
    }

    /// Returns Windows Server 2016.
    pub fn server_2016() -> Self {
        Self::find(Family::Server2016, 0, "1607")
    }

    /// Returns Windows Server 2019.
    pub fn server_2019() -> Self {
        Self::find(Family::Server2019, 0, "1809")
    }

    /// Returns Windows Server 2022.
    pub fn server_2022() -> Self {
        Self::find(Family::Server2022, 0, "21H2")
    }

    /// Returns Windows Server 2025.
    pub fn server_2025() -> Self {
        Self::find(Family::Server2025, 0, "24H2")
    }

    /// Returns every release and service pack, each in its usual architecture and role.
    pub fn all() -> impl Iterator<Item = Self> {
        BUILDS.iter().map(Self::of)
    }

    /// Sets the architecture.
    #[must_use]
    pub fn architecture(self, architecture: Architecture) -> Self {
        Self { architecture, ..self }
    }

    /// Sets the role, which also tells the editions of Windows NT 4.0, 2000 and 2003 apart.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// Sets the revision of the build (UBR) that cumulative updates have brought; the kernel files
    /// have it too.
    #[must_use]
    pub fn revision(self, revision: u16) -> Self {
        Self { revision: Some(revision), ..self }
    }

    /// Sets the language by its number, 0x0409 for US English. In French and German accounts, groups
    /// and folders have names of their own; other texts stay English.
    #[must_use]
    pub fn language(self, language: u16) -> Self {
        Self { language, ..self }
    }

    /// Makes an executable of a version, laid out for the architecture.
    pub fn executable(&self, version: [u16; 4]) -> VersionedExecutable {
        let (layout, machine) = match self.architecture {
            Architecture::X86 => (ExecutableLayout::Pe32, 0x014c),
            Architecture::X64 => (ExecutableLayout::Pe32Plus, 0x8664),
            Architecture::Ia64 => (ExecutableLayout::Pe32Plus, 0x0200),
            Architecture::Arm => (ExecutableLayout::Pe32, 0x01c4),
            Architecture::Arm64 => (ExecutableLayout::Pe32Plus, 0xaa64),
        };
        let [major, minor, build, revision] = version;
        let text = format!("{major}.{minor}.{build}.{revision}");
        VersionedExecutable::new(layout, version)
            .machine(machine)
            .translation(self.language, 1200)
            .string("CompanyName", "Microsoft Corporation")
            .string("FileVersion", &text)
            .string("ProductVersion", &text)
    }

    /// Returns the version of the kernel files.
    pub fn version(&self) -> [u16; 4] {
        let [major, minor, build, revision] = self.build.version;
        [major, minor, build, self.revision.unwrap_or(revision)]
    }

    /// Returns the folder of Windows on the volume of the system, without its drive.
    pub fn folder(&self) -> &'static str {
        match self.build.family {
            Family::WindowsNt4 | Family::Windows2000 => "WINNT",
            Family::WindowsXp | Family::Server2003 => "WINDOWS",
            _ => "Windows",
        }
    }

    /// Returns the folder of the profiles.
    pub fn profiles(&self) -> &'static str {
        match self.build.family {
            Family::WindowsNt4 => "WINNT\\Profiles",
            Family::Windows2000 | Family::WindowsXp | Family::Server2003 => {
                self.folder_words().profiles
            }
            _ => "Users",
        }
    }

    pub(super) fn build(&self) -> &'static Build {
        self.build
    }

    pub(super) fn era(&self) -> Era {
        match self.build.version[0] {
            ..5 => Era::Hotfix,
            5 => Era::Updates,
            6.. => Era::Components,
        }
    }

    pub(super) fn is_client(&self) -> bool {
        self.role == Role::Workstation
    }

    pub(super) fn is_64_bit(&self) -> bool {
        !matches!(self.architecture, Architecture::X86 | Architecture::Arm)
    }

    /// Tells whether the architecture is that of the Itanium.
    pub(super) fn is_ia64(&self) -> bool {
        self.architecture == Architecture::Ia64
    }

    /// Tells whether the version of the kernel is at least this one.
    pub(super) fn is_since(&self, major: u16, minor: u16) -> bool {
        self.build.version[..2] >= [major, minor][..]
    }

    /// Tells whether the build is at least the one of this number.
    pub(super) fn is_build(&self, number: u16) -> bool {
        self.build.number >= number
    }

    /// Returns the architecture as the environment says it, and as the names of packages do.
    pub(super) fn architecture_names(&self) -> (&'static str, &'static str) {
        match self.architecture {
            Architecture::X86 => ("x86", "x86"),
            Architecture::X64 => ("AMD64", "amd64"),
            Architecture::Ia64 => ("IA64", "ia64"),
            Architecture::Arm => ("ARM", "arm"),
            Architecture::Arm64 => ("ARM64", "arm64"),
        }
    }

    /// Returns the number of the language as the registry has it.
    pub(super) fn language_text(&self) -> String {
        format!("{:04X}", self.language)
    }

    pub(super) fn product_type(&self) -> &'static str {
        match self.role {
            Role::Workstation => "WinNT",
            Role::Server => "ServerNT",
            Role::DomainController => "LanmanNT",
        }
    }

    /// Returns where setup puts the first partition: the offset in bytes, a track or a megabyte.
    pub(super) fn volume_offset(&self) -> u64 {
        if self.is_since(6, 0) { 1 << 20 } else { 63 * 512 }
    }

    /// Returns the version of the hives that the system keeps.
    pub(super) fn hive_version(&self) -> Version {
        if self.is_since(5, 1) { Version::V1_5 } else { Version::V1_3 }
    }

    /// Returns noon of the day of the release: 100-ns ticks since 1601-01-01 UTC.
    pub fn ticks(&self) -> u64 {
        let (year, month, day) =
            (self.build.day / 10_000, self.build.day / 100 % 100, self.build.day % 100);
        // Years begin in March, so that the leap day is the last one.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
        // The first of January 1601 is day 584,695 of this count.
        (u64::from(days - 584_695) * 24 + 12) * 3600 * 10_000_000
    }

    fn find(family: Family, service_pack: u8, name: &str) -> Self {
        let found = BUILDS.iter().find(|build| {
            (build.family, build.service_pack, build.name) == (family, service_pack, name)
        });
        match found {
            Some(build) => Self::of(build),
            None => panic!("{family:?} never had service pack {service_pack} or version {name:?}"),
        }
    }

    fn of(build: &'static Build) -> Self {
        let is_server = matches!(
            build.family,
            Family::Server2003
                | Family::Server2008
                | Family::Server2008R2
                | Family::Server2012
                | Family::Server2012R2
                | Family::Server2016
                | Family::Server2019
                | Family::Server2022
                | Family::Server2025
        );
        let is_old = build.version[..2] < [6, 1][..];
        Self {
            build,
            architecture: if is_old { Architecture::X86 } else { Architecture::X64 },
            role: if is_server { Role::Server } else { Role::Workstation },
            revision: None,
            language: 0x0409,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_file_times() {
        // 2004-10-12 00:00 UTC is 127,420,128,000,000,000.
        let noon = |days: i64| 127_420_128_000_000_000 + days * 864_000_000_000 + 432_000_000_000;
        for (release, days) in
            [(Release::xp(2), -67), (Release::server_2003(1), 169), (Release::nt4(), -1778)]
        {
            assert_eq!(release.ticks() as i64, noon(days), "{release:?}");
        }
    }
}
