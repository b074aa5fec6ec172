//! Hives of every release: sound for us and for hivex, and true to their time.

use staunch_format::hive::{Hive, Version};
use staunch_format::pe;
use staunch_model::Architecture;
use staunch_testkit::{Hivex, Installation, Release, Role};

#[path = "../../../format/tests/listing/mod.rs"]
mod listing;

/// Finds the hives among the files of an installation.
fn hives(installation: &Installation) -> Vec<(String, Vec<u8>)> {
    let files = installation.files();
    files.into_iter().filter(|(_, content)| content.starts_with(b"regf")).collect()
}

/// Returns the text or number of a value, which is the last name of a path.
pub(crate) fn value(bytes: &[u8], path: &str) -> Option<String> {
    let hive = Hive::new(bytes).unwrap();
    let (key, name) = path.rsplit_once('\\').unwrap();
    let value = hive.root().unwrap().path(key).unwrap()?.value(name).unwrap()?;
    let texts = || value.texts().map(|texts| texts.join("|"));
    let number = || value.u32_value().map(|number| number.to_string());
    Some(value.text().or_else(|_| texts()).or_else(|_| number()).unwrap())
}

/// Returns the content of the file whose path has this end.
pub(crate) fn file(installation: &Installation, end: &str) -> Vec<u8> {
    let files = installation.files();
    let found = files.iter().find(|(path, _)| path.to_uppercase().ends_with(&end.to_uppercase()));
    found.unwrap_or_else(|| panic!("no {end}")).1.clone()
}

#[test]
fn hives_of_every_release_are_listed_alike_by_hivex() {
    let hivex = Hivex::build();
    for release in Release::all() {
        let installation = Installation::new(release);
        let hives = hives(&installation);
        assert_eq!(hives.len(), 7, "{release:?}");
        for (path, bytes) in hives {
            let hive = Hive::new(&bytes).unwrap();
            assert_eq!(hive.faults().collect::<Vec<_>>(), [], "{path}");
            let expected =
                if release.version() < [5, 1, 0, 0] { Version::V1_3 } else { Version::V1_5 };
            assert_eq!(hive.base_block().version, expected, "{path}");
            let ours = listing::list(&hive);
            assert_eq!(ours.faults, [], "{path}");
            assert!(ours.counts.keys > 2 && ours.counts.bytes >= 24, "{path}");
            if let Some(hivex) = &hivex {
                let (theirs, complaints) = hivex.list(&bytes);
                assert_eq!(complaints, "", "{path}");
                // Where we have nothing, it writes a sum of the data at the very end.
                let (theirs, _) = theirs.rsplit_once(" sum ").unwrap();
                let (ours, _) = ours.text.rsplit_once(" sum ").unwrap();
                let lines = ours.lines().zip(theirs.lines());
                assert_eq!(lines.clone().find(|(ours, theirs)| ours != theirs), None, "{path}");
                assert_eq!(ours.len(), theirs.len(), "{release:?} {path}");
            }
        }
    }
}

#[test]
fn folders_and_hives_are_named_as_they_were() {
    for (release, system, user) in [
        (Release::nt4(), "WINNT\\system32\\config\\system", "WINNT\\Profiles\\Administrator"),
        (
            Release::windows_2000(4),
            "WINNT\\system32\\config\\system",
            "Documents and Settings\\Administrator",
        ),
        (
            Release::xp(0),
            "WINDOWS\\system32\\config\\system",
            "Documents and Settings\\Default User",
        ),
        (Release::windows_7(1), "Windows\\System32\\config\\SYSTEM", "Users\\User"),
        (Release::windows_11("24H2"), "Windows\\System32\\config\\SYSTEM", "Users\\Default"),
    ] {
        let files = Installation::new(release).files();
        assert!(files.contains_key(system), "{system}");
        assert!(files.contains_key(&format!("{user}\\NTUSER.DAT")), "{user}");
    }
}

/// Release, hive, path of a value below `Microsoft\Windows NT\CurrentVersion` or from the root.
#[test]
fn registries_tell_their_release() {
    let current = |name: &str| format!("Microsoft\\Windows NT\\CurrentVersion\\{name}");
    let control = |name: &str| format!("ControlSet001\\Control\\{name}");
    let obsolete = "1.511.1 () (Obsolete data - do not use)";
    let server = Release::windows_2000(4).role(Role::DomainController);
    let itanium = Release::server_2003(1).architecture(Architecture::Ia64);
    let cumulative = Release::windows_10("22H2").revision(3803);
    for (release, path, expected) in [
        (Release::nt4(), current("CurrentVersion"), Some("4.0")),
        (Release::nt4(), current("CSDVersion"), Some("Service Pack 6")),
        (Release::nt4(), current("HotFix\\Q246009\\Installed"), Some("1")),
        (Release::nt4(), current("ProductName"), None),
        (server, current("CurrentBuild"), Some(obsolete)),
        (server, "Microsoft\\Internet Explorer\\Version".to_owned(), Some("5.00.3700.1000")),
        (Release::xp(0), current("CSDVersion"), None),
        (Release::xp(2), current("CurrentBuildNumber"), Some("2600")),
        (Release::xp(1), current("BuildLab"), Some("2600.xpsp1.020828-1920")),
        (itanium, current("CurrentBuild"), Some("3790")),
        (
            itanium,
            "Wow6432Node\\Microsoft\\Internet Explorer\\Version".to_owned(),
            Some("6.0.3790.1830"),
        ),
        (Release::vista(2), current("EditionID"), Some("Business")),
        (
            Release::windows_7(1),
            current("BuildLabEx"),
            Some("7601.17514.amd64fre.win7sp1_rtm.101119-1850"),
        ),
        (Release::server_2012_r2(), current("InstallationType"), Some("Server")),
        (cumulative, current("CurrentVersion"), Some("6.3")),
        (cumulative, current("CurrentMajorVersionNumber"), Some("10")),
        (cumulative, current("CurrentBuild"), Some("19045")),
        (cumulative, current("UBR"), Some("3803")),
        (cumulative, current("ReleaseId"), Some("2009")),
        (cumulative, current("DisplayVersion"), Some("22H2")),
        (Release::windows_10("1809"), current("ReleaseId"), Some("1809")),
        (
            Release::windows_10("1809"),
            "Microsoft\\Internet Explorer\\svcVersion".to_owned(),
            Some("11.0.17763.1"),
        ),
        (Release::windows_11("23H2"), current("ProductName"), Some("Windows 10 Pro")),
        (
            Release::server_2022(),
            "Microsoft\\NET Framework Setup\\NDP\\v4\\Full\\Release".to_owned(),
            Some("528449"),
        ),
    ] {
        let hive = file(&Installation::new(release), "config\\software");
        assert_eq!(value(&hive, &path).as_deref(), expected, "{release:?} {path}");
    }
    for (release, path, expected) in [
        (Release::nt4(), control("Windows\\CSDVersion"), "1536"),
        (server, control("ProductOptions\\ProductType"), "LanmanNT"),
        (Release::server_2003(0), control("ProductOptions\\ProductType"), "ServerNT"),
        (itanium, control("Session Manager\\Environment\\PROCESSOR_ARCHITECTURE"), "IA64"),
        (
            Release::windows_7(0),
            control("Session Manager\\Environment\\PROCESSOR_ARCHITECTURE"),
            "AMD64",
        ),
        (Release::xp(1), "Select\\Current".to_owned(), "1"),
        (Release::xp(1), "ControlSet001\\Services\\Messenger\\Start".to_owned(), "2"),
        (Release::xp(2), "ControlSet001\\Services\\Messenger\\Start".to_owned(), "4"),
    ] {
        let hive = file(&Installation::new(release), "config\\system");
        assert_eq!(value(&hive, &path).as_deref(), Some(expected), "{release:?} {path}");
    }
}

#[test]
fn kernel_files_have_the_version_of_their_release() {
    for release in Release::all().map(|release| release.revision(4321)) {
        let bytes = file(&Installation::new(release), "system32\\ntoskrnl.exe");
        let executable = pe::read(&&bytes[..]).unwrap();
        let version = executable.version().unwrap().fixed.unwrap();
        assert_eq!(version.file.parts(), release.version(), "{release:?}");
        assert_eq!(release.version()[3], 4321);
    }
}
