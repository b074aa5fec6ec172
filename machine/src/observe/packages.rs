//! Packages of the component store, since Windows Vista.

use jiff::Span;
use staunch_model::{Collected, Date, KbNumber};

use crate::{Facts, RegistryKey};

/// Key with one subkey for every package.
pub(super) const PACKAGES: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";

/// A package of an update in the component store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentPackage {
    /// Identity: `Package_for_KB976932~31bf3856ad364e35~amd64~~6.1.1.17514`.
    pub identity: String,
    pub state: Collected<PackageState>,
    /// Day on which the state was reached, in UTC.
    pub changed_on: Option<Date>,
}

/// State of a package in the component store.
///
/// Source: the states that `dism` and the servicing events of the event log name, with the
/// numbers of those events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageState {
    NotPresent,
    /// Installed until the next restart.
    UninstallPending,
    Resolving,
    Resolved,
    Staging,
    Staged,
    /// Replaced by a newer version of what it brought.
    Superseded,
    /// Becomes installed with the next restart.
    InstallPending,
    PartiallyInstalled,
    Installed,
    /// Installed, and not to be removed.
    Permanent,
    /// A number that this vocabulary does not have.
    Unknown(u64),
}

impl PackageState {
    fn of_number(number: u64) -> Self {
        match number {
            0x00 => Self::NotPresent,
            0x05 => Self::UninstallPending,
            0x10 => Self::Resolving,
            0x20 => Self::Resolved,
            0x30 => Self::Staging,
            0x40 => Self::Staged,
            0x50 => Self::Superseded,
            0x60 => Self::InstallPending,
            0x65 => Self::PartiallyInstalled,
            0x70 => Self::Installed,
            0x80 => Self::Permanent,
            other => Self::Unknown(other),
        }
    }

    /// Tells whether what the package brought is in force, and stays so with the next restart.
    pub fn is_installed(self) -> bool {
        matches!(self, Self::Installed | Self::Permanent)
    }
}

impl ComponentPackage {
    /// Returns the name, without key, architecture, language and version.
    pub fn name(&self) -> &str {
        self.part(0).unwrap_or_default()
    }

    /// Returns the version: `6.1.1.17514`.
    pub fn version(&self) -> Option<&str> {
        self.part(4)
    }

    /// Returns the number of the update that the package is of, or is a part of.
    pub fn kb(&self) -> Option<KbNumber> {
        let (_, tail) = self.name().split_once("_for_KB")?;
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        tail[..end].parse().ok()
    }

    /// Tells whether it is the whole update rather than a part of it.
    pub fn is_whole(&self) -> bool {
        self.name().starts_with("Package_for_")
    }

    /// Tells whether it is in force, as far as its state is known.
    pub fn is_installed(&self) -> bool {
        self.state.known().is_some_and(|state| state.is_installed())
    }

    fn part(&self, index: usize) -> Option<&str> {
        self.identity.split('~').nth(index).filter(|part| !part.is_empty())
    }
}

/// Lists the packages of updates in the component store; those of Windows itself are left out.
pub fn component_packages(facts: &dyn Facts) -> Collected<Vec<ComponentPackage>> {
    facts.key(PACKAGES).map(|packages| {
        let of_updates = packages.subkeys.into_iter().filter(|name| name.starts_with("Package_"));
        of_updates.map(|identity| package(facts, identity)).collect()
    })
}

fn package(facts: &dyn Facts, identity: String) -> ComponentPackage {
    let key = facts.key(&format!(r"{PACKAGES}\{identity}"));
    let changed_on = key.known().and_then(day);
    let state = key.and_then(|key| key.number("CurrentState")).map(PackageState::of_number);
    ComponentPackage { identity, state, changed_on }
}

/// Reads the time in ticks of 100 ns since 1601-01-01 UTC, in two halves.
fn day(key: &RegistryKey) -> Option<Date> {
    const TICKS_PER_DAY: u64 = 864_000_000_000;
    let half = |name| u32::try_from(key.number(name)?).ok();
    let ticks = u64::from(half("InstallTimeHigh")?) << 32 | u64::from(half("InstallTimeLow")?);
    let days = i64::try_from(ticks / TICKS_PER_DAY).ok().filter(|days| *days > 0)?;
    Date::constant(1601, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Returns build and revision of the newest cumulative update that is installed.
pub(super) fn newest_rollup(packages: &[ComponentPackage]) -> Option<(u32, u32)> {
    packages
        .iter()
        .filter(|package| package.name() == "Package_for_RollupFix" && package.is_installed())
        .filter_map(|package| {
            let mut parts = package.version()?.split('.').map(|part| part.parse().ok());
            Some((parts.next()??, parts.next()??))
        })
        .filter(|(build, _): &(u32, u32)| *build >= 10240)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    #[test]
    fn a_package_has_a_number_a_version_a_state_and_a_day() {
        let mut facts = Memory::default();
        assert_eq!(component_packages(&facts), Collected::NotCollected);
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(component_packages(&facts), Collected::Absent);
        let identity = "Package_2_for_KB976932~31bf3856ad364e35~amd64~~6.1.1.17514";
        let key = format!(r"{PACKAGES}\{identity}");
        facts.add_key(&format!(r"{PACKAGES}\Microsoft-Windows-Foundation-Package~31~amd64~~6.1"));
        facts.set_u32(&key, "CurrentState", 0x70);
        // 2011-03-11T21:20:00Z.
        facts.set_u32(&key, "InstallTimeHigh", 0x01cb_e032);
        facts.set_u32(&key, "InstallTimeLow", 0x1413_8000);
        let Collected::Known(packages) = component_packages(&facts) else { panic!("packages") };
        let [package] = &packages[..] else { panic!("one package of an update: {packages:?}") };
        assert_eq!(package.kb(), KbNumber::new(976_932));
        assert_eq!(package.version(), Some("6.1.1.17514"));
        assert!(package.is_installed() && !package.is_whole());
        assert_eq!(package.changed_on, Some(Date::constant(2011, 3, 11)));
    }

    #[test]
    fn states_are_those_of_the_component_store() {
        for (number, installed) in [
            (0x05, false),
            (0x20, false),
            (0x40, false),
            (0x50, false),
            (0x60, false),
            (0x65, false),
            (0x70, true),
            (0x80, true),
            (0x71, false),
        ] {
            assert_eq!(PackageState::of_number(number).is_installed(), installed, "{number:#x}");
        }
        assert_eq!(PackageState::of_number(0x71), PackageState::Unknown(0x71));
    }
}
