//! Version and build of Windows, with the update build revision (UBR).

use staunch_model::{Collected, OsBuild, Warning};

use super::packages::{ComponentPackage, newest_rollup};
use super::warn;
use crate::inventory::servicing_branch;
use crate::{CURRENT_VERSION, Facts, RegistryKey};

/// Returns the build. Since Windows 10 it has a revision: the one in the registry, or that of
/// the newest cumulative update in the component store.
pub(super) fn build(
    facts: &dyn Facts,
    packages: &Collected<Vec<ComponentPackage>>,
    warnings: &mut Vec<Warning>,
) -> Option<OsBuild> {
    let key = match facts.key(CURRENT_VERSION) {
        Collected::Known(key) => key,
        Collected::Absent => {
            warn(warnings, CURRENT_VERSION, "expected the key that names the version, found none");
            return None;
        }
        Collected::NotCollected => return None,
    };
    let Some((major, minor)) = version(&key) else {
        warn(warnings, CURRENT_VERSION, "no version such as 6.1 is stated");
        return None;
    };
    let Some(number) = number(&key) else {
        warn(warnings, CURRENT_VERSION, "no build such as 7601 is stated");
        return None;
    };
    let build = OsBuild::new(major, minor, number, None);
    if build.version() != (10, 0) {
        return Some(build);
    }
    let ubr = key.number("UBR").and_then(|ubr| u32::try_from(ubr).ok());
    let rollup = || {
        let (base, revision) = newest_rollup(packages.known()?)?;
        (servicing_branch(base) == servicing_branch(number)).then_some(revision)
    };
    Some(build.with_revision(ubr.or_else(rollup)))
}

/// Reads the version. Windows 10 and later say 6.3 in the text that earlier ones have.
fn version(key: &RegistryKey) -> Option<(u16, u16)> {
    let part = |name| u16::try_from(key.number(name)?).ok();
    if let (Some(major), Some(minor)) =
        (part("CurrentMajorVersionNumber"), part("CurrentMinorVersionNumber"))
    {
        return Some((major, minor));
    }
    let (major, minor) = key.text("CurrentVersion")?.trim().split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Reads the number; the second name holds an obsolete text until Windows Server 2003.
fn number(key: &RegistryKey) -> Option<u32> {
    ["CurrentBuildNumber", "CurrentBuild"]
        .into_iter()
        .find_map(|name| key.text(name)?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;
    use crate::observe::packages::PACKAGES;

    fn observed(facts: &Memory) -> (Option<String>, usize) {
        let mut warnings = Vec::new();
        let packages = super::super::component_packages(facts);
        let build = build(facts, &packages, &mut warnings).map(|build| build.to_string());
        (build, warnings.len())
    }

    #[test]
    fn every_generation_states_its_build_in_its_own_way() {
        for (values, ubr, expected) in [
            (&[("CurrentVersion", "4.0"), ("CurrentBuildNumber", "1381")][..], None, "4.0.1381"),
            (
                &[
                    ("CurrentVersion", "5.1"),
                    ("CurrentBuildNumber", "2600"),
                    ("CurrentBuild", "1.511.1 () (Obsolete data - do not use)"),
                ],
                None,
                "5.1.2600",
            ),
            (&[("CurrentVersion", "6.1"), ("CurrentBuild", "7601")], Some(24_545), "6.1.7601"),
            (
                &[("CurrentVersion", "6.3"), ("CurrentBuildNumber", "19045")],
                Some(4046),
                "6.3.19045",
            ),
        ] {
            let mut facts = Memory::default();
            for (name, text) in values {
                facts.set_text(CURRENT_VERSION, name, text);
            }
            if let Some(ubr) = ubr {
                facts.set_u32(CURRENT_VERSION, "UBR", ubr);
            }
            assert_eq!(observed(&facts), (Some(expected.to_owned()), 0));
        }
    }

    #[test]
    fn windows_10_has_a_revision_from_the_registry_or_from_its_packages() {
        let mut facts = Memory::default();
        facts.set_text(CURRENT_VERSION, "CurrentVersion", "6.3");
        facts.set_text(CURRENT_VERSION, "CurrentBuildNumber", "19045");
        facts.set_u32(CURRENT_VERSION, "CurrentMajorVersionNumber", 10);
        facts.set_u32(CURRENT_VERSION, "CurrentMinorVersionNumber", 0);
        assert_eq!(observed(&facts).0.as_deref(), Some("10.0.19045"));
        facts.collect_key(PACKAGES);
        for (version, state) in
            [("19041.1586.1.7", 0x70), ("19041.4046.1.7", 0x60), ("17763.9000.1.1", 0x70)]
        {
            let name = format!("Package_for_RollupFix~31bf3856ad364e35~amd64~~{version}");
            facts.set_u32(&format!(r"{PACKAGES}\{name}"), "CurrentState", state);
        }
        assert_eq!(observed(&facts).0.as_deref(), Some("10.0.19045.1586"));
        facts.set_u32(CURRENT_VERSION, "UBR", 3803);
        assert_eq!(observed(&facts).0.as_deref(), Some("10.0.19045.3803"));
    }

    #[test]
    fn a_key_without_a_build_is_told_and_one_that_was_not_collected_is_not() {
        let mut facts = Memory::default();
        assert_eq!(observed(&facts), (None, 0));
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(observed(&facts), (None, 1));
        facts.set_text(CURRENT_VERSION, "CurrentVersion", "5.1");
        assert_eq!(observed(&facts), (None, 1));
        facts.set_text(CURRENT_VERSION, "CurrentVersion", "five");
        assert_eq!(observed(&facts), (None, 1));
    }
}
