//! Components that have updates of their own.

use staunch_model::{Collected, ComponentFacts, FileVersion, WinPath};

use super::net_framework::net_framework;
use crate::Facts;

const INTERNET_EXPLORER: &str = r"HKLM\SOFTWARE\Microsoft\Internet Explorer";
const FLASH_PLAYER: &str = r"HKLM\SOFTWARE\Macromedia\FlashPlayer";

/// Folders of the Flash Player that Internet Explorer uses, below the system root.
const FLASH_FOLDERS: [&str; 2] = [r"System32\Macromed\Flash", r"SysWOW64\Macromed\Flash"];

/// Returns what is known of components. The states of features are not documented; they stay
/// not collected.
pub(super) fn components(facts: &dyn Facts) -> ComponentFacts {
    ComponentFacts {
        internet_explorer: internet_explorer(facts),
        net_framework: net_framework(facts),
        flash_player: flash_player(facts),
        features: Collected::NotCollected,
    }
}

/// Returns the major version. Internet Explorer 10 and later have it in a value of its own and
/// call themselves 9.10 and 9.11 in the old one.
///
/// Source: Microsoft Knowledge Base article 969393.
fn internet_explorer(facts: &dyn Facts) -> Collected<u8> {
    match facts.key(INTERNET_EXPLORER) {
        Collected::Absent => Collected::Absent,
        Collected::NotCollected => Collected::NotCollected,
        Collected::Known(key) => {
            let major = |name| match parts(key.text(name)?)[..] {
                [9, minor @ 10..=11, ..] => Some(minor),
                [major, ..] => Some(major),
                [] => None,
            };
            super::known(major("svcVersion").or_else(|| major("Version")))
        }
    }
}

/// Reads the numbers at the beginning of `9.11.9600.16384`, up to the first that is none.
fn parts(text: &str) -> Vec<u8> {
    text.trim().split('.').map_while(|part| part.parse().ok()).collect()
}

/// Returns the version of the newest Flash Player of Internet Explorer: that of its files, or of
/// the registry where folders cannot be seen.
fn flash_player(facts: &dyn Facts) -> Collected<String> {
    let Collected::Known(root) = facts.system_root() else { return Collected::NotCollected };
    let mut newest: Option<FileVersion> = None;
    let mut is_seen = true;
    for folder in FLASH_FOLDERS.iter().filter_map(|folder| root.join(folder).ok()) {
        match controls(facts, &folder) {
            Collected::Known(version) => newest = newest.max(Some(version)),
            Collected::Absent => {}
            Collected::NotCollected => is_seen = false,
        }
    }
    match newest {
        Some(version) => Collected::Known(version.to_string()),
        None if is_seen => Collected::Absent,
        None => match facts.text(FLASH_PLAYER, "CurrentVersion") {
            Collected::Known(text) => Collected::Known(text.trim().replace(',', ".")),
            Collected::Absent | Collected::NotCollected => Collected::NotCollected,
        },
    }
}

/// Returns the newest version among `Flash.ocx`, `Flash10c.ocx` … of a folder.
fn controls(facts: &dyn Facts, folder: &WinPath) -> Collected<FileVersion> {
    let entries = match facts.folder(folder) {
        Collected::Known(entries) => entries,
        Collected::Absent => return Collected::Absent,
        Collected::NotCollected => return Collected::NotCollected,
    };
    let is_control = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("flash") && name.ends_with(".ocx")
    };
    let mut answer = Collected::Absent;
    for entry in entries.iter().filter(|entry| !entry.is_folder && is_control(&entry.name)) {
        let file = folder.join(&entry.name).ok().map(|path| facts.file(&path));
        let version = file.and_then(|file| file.known()?.version.known().copied());
        answer = match (version, answer) {
            (Some(version), Collected::Known(newest)) => Collected::Known(version.max(newest)),
            (Some(version), _) => Collected::Known(version),
            // A control is there, and its version cannot be seen.
            (None, Collected::Absent) => Collected::NotCollected,
            (None, answer) => answer,
        };
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CURRENT_VERSION, FileFacts, Memory};

    #[test]
    fn internet_explorer_is_told_by_its_own_value_first() {
        for (values, expected) in [
            (&[("Version", "5.00.3700.1000")][..], Collected::Known(5)),
            (&[("Version", "6.0.2900.5512")], Collected::Known(6)),
            (&[("Version", "9.0.8112.16421")], Collected::Known(9)),
            (
                &[("Version", "9.10.9200.16384"), ("svcVersion", "10.0.9200.16384")],
                Collected::Known(10),
            ),
            (&[("Version", "9.11.9600.16384")], Collected::Known(11)),
            (&[("Build", "1381")], Collected::NotCollected),
            (&[], Collected::Absent),
        ] {
            let mut facts = Memory::default();
            assert_eq!(internet_explorer(&facts), Collected::NotCollected);
            facts.collect_key(r"HKLM\SOFTWARE");
            for (name, text) in values {
                facts.set_text(INTERNET_EXPLORER, name, text);
            }
            assert_eq!(internet_explorer(&facts), expected, "{values:?}");
        }
    }

    #[test]
    fn the_flash_player_is_told_by_its_files() {
        let path = |text: &str| text.parse::<WinPath>().expect("a path");
        let mut facts = Memory::default();
        assert_eq!(flash_player(&facts), Collected::NotCollected);
        facts.collect_key(r"HKLM\SOFTWARE");
        facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\Windows");
        assert_eq!(flash_player(&facts), Collected::NotCollected);
        facts.set_text(FLASH_PLAYER, "CurrentVersion", "11,2,202,235");
        assert_eq!(flash_player(&facts), Collected::Known("11.2.202.235".to_owned()));
        facts.collect_folder(path(r"C:\Windows"), true);
        assert_eq!(flash_player(&facts), Collected::Absent);
        let control = path(r"C:\Windows\system32\Macromed\Flash\Flash.ocx");
        facts.add_file(control.clone(), FileFacts::default());
        for (file, version) in [
            (r"C:\Windows\System32\Macromed\Flash\Flash.ocx", "32.0.0.330"),
            (r"C:\Windows\SysWOW64\Macromed\Flash\Flash10c.ocx", "32.0.0.207"),
            (r"C:\Windows\SysWOW64\Macromed\Flash\FlashUtil.exe", "33.0.0.1"),
        ] {
            let version = Collected::Known(version.parse().expect("a version"));
            facts.add_file(path(file), FileFacts { version, ..FileFacts::default() });
        }
        assert_eq!(flash_player(&facts), Collected::Known("32.0.0.330".to_owned()));
    }
}
