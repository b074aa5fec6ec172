//! Versions of the .NET Framework.

use staunch_model::{Collected, NetFramework};

use crate::{Facts, RegistryKey};

/// Keys of the setup; the oldest versions exist for 32-bit programs only.
const SETUP: &str = r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP";
const SETUP_32: &str = r"HKLM\SOFTWARE\Wow6432Node\Microsoft\NET Framework Setup\NDP";

/// Keys of version 1.0, which has none in the setup.
const FIRST: [&str; 2] = [
    r"HKLM\SOFTWARE\Microsoft\.NETFramework\Policy\v1.0",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\Policy\v1.0",
];

/// Versions with their keys below the setup and the value that is 1 when they are installed.
const VERSIONS: &[(&str, &str, &str)] = &[
    ("1.1", "v1.1.4322", "Install"),
    ("2.0", "v2.0.50727", "Install"),
    ("3.0", r"v3.0\Setup", "InstallSuccess"),
    ("3.5", "v3.5", "Install"),
];

/// Least release numbers of version 4.5 and later, from the newest.
///
/// Source: Microsoft, "How to: Determine which .NET Framework versions are installed".
const RELEASES: &[(u64, &str)] = &[
    (533_320, "4.8.1"),
    (528_040, "4.8"),
    (461_808, "4.7.2"),
    (461_308, "4.7.1"),
    (460_798, "4.7"),
    (394_802, "4.6.2"),
    (394_254, "4.6.1"),
    (393_295, "4.6"),
    (379_893, "4.5.2"),
    (378_675, "4.5.1"),
    (378_389, "4.5"),
];

/// Returns the installed versions, once every place that could name one was seen.
pub(super) fn net_framework(facts: &dyn Facts) -> Collected<NetFramework> {
    let mut versions = Vec::new();
    let mut is_seen = true;
    for (version, is_installed) in answers(facts) {
        match is_installed {
            Collected::Known(true) => versions.push(version.to_owned()),
            Collected::Known(false) | Collected::Absent => {}
            Collected::NotCollected => is_seen = false,
        }
    }
    versions.dedup();
    match (is_seen, versions.is_empty()) {
        (false, _) => Collected::NotCollected,
        (true, true) => Collected::Absent,
        (true, false) => Collected::Known(NetFramework { versions }),
    }
}

/// Asks for every version, from the oldest.
fn answers(facts: &dyn Facts) -> Vec<(&'static str, Collected<bool>)> {
    let first = FIRST.map(|key| ("1.0", facts.key(key).map(|key| key.value("3705").is_some())));
    let setup = |root: &str, key: &str| facts.key(&format!(r"{root}\{key}"));
    let is_set = |key: RegistryKey, name: &str| key.number(name) == Some(1);
    let in_32 = (VERSIONS[0].0, setup(SETUP_32, VERSIONS[0].1).map(|key| is_set(key, "Install")));
    let in_setup = VERSIONS
        .iter()
        .map(|(version, key, name)| (*version, setup(SETUP, key).map(|key| is_set(key, name))));
    let fourth = setup(SETUP, r"v4\Full");
    let of_client = setup(SETUP, r"v4\Client").map(|key| is_set(key, "Install"));
    let fourth = match fourth {
        Collected::Known(key) if is_set(key.clone(), "Install") => {
            (fourth_version(&key), Collected::Known(true))
        }
        Collected::NotCollected => ("4.0", Collected::NotCollected),
        Collected::Known(_) | Collected::Absent => ("4.0", of_client),
    };
    first.into_iter().chain([in_32]).chain(in_setup).chain([fourth]).collect()
}

/// Returns the version that a release number stands for; the first one has no number.
fn fourth_version(key: &RegistryKey) -> &'static str {
    let release = key.number("Release").unwrap_or_default();
    RELEASES.iter().find(|(least, _)| release >= *least).map_or("4.0", |(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    fn installed(facts: &Memory) -> Vec<String> {
        match net_framework(facts) {
            Collected::Known(net) => net.versions,
            other => panic!("versions: {other:?}"),
        }
    }

    #[test]
    fn versions_are_told_by_the_setup() {
        let mut facts = Memory::default();
        assert_eq!(net_framework(&facts), Collected::NotCollected);
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(net_framework(&facts), Collected::Absent);
        facts.set_text(FIRST[0], "3705", "3321-3705");
        facts.set_u32(&format!(r"{SETUP}\v1.1.4322"), "Install", 1);
        facts.set_u32(&format!(r"{SETUP_32}\v1.1.4322"), "Install", 1);
        facts.set_u32(&format!(r"{SETUP}\v2.0.50727"), "Install", 1);
        facts.set_u32(&format!(r"{SETUP}\v3.0\Setup"), "InstallSuccess", 1);
        facts.set_u32(&format!(r"{SETUP}\v3.5"), "Install", 0);
        assert_eq!(installed(&facts), ["1.0", "1.1", "2.0", "3.0"]);
    }

    #[test]
    fn releases_of_the_fourth_version_are_told_by_their_numbers() {
        for (release, expected) in [
            (None, "4.0"),
            (Some(378_389), "4.5"),
            (Some(378_758), "4.5.1"),
            (Some(379_893), "4.5.2"),
            (Some(393_297), "4.6"),
            (Some(394_271), "4.6.1"),
            (Some(394_806), "4.6.2"),
            (Some(460_805), "4.7"),
            (Some(461_310), "4.7.1"),
            (Some(461_814), "4.7.2"),
            (Some(528_449), "4.8"),
            (Some(533_509), "4.8.1"),
        ] {
            let mut facts = Memory::default();
            facts.collect_key(r"HKLM\SOFTWARE");
            let key = format!(r"{SETUP}\v4\Full");
            facts.set_u32(&key, "Install", 1);
            if let Some(release) = release {
                facts.set_u32(&key, "Release", release);
            }
            assert_eq!(installed(&facts), [expected]);
        }
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        facts.set_u32(&format!(r"{SETUP}\v4\Client"), "Install", 1);
        assert_eq!(installed(&facts), ["4.0"]);
    }

    #[test]
    fn a_part_that_was_not_seen_leaves_the_whole_open() {
        let mut facts = Memory::default();
        facts.set_u32(&format!(r"{SETUP}\v4\Full"), "Install", 1);
        assert_eq!(net_framework(&facts), Collected::NotCollected);
    }
}
