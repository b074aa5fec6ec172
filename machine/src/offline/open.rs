//! How an installation is opened: its hives, its control set, its drive letters.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use staunch_format::disk::partition::FileSystem;
use staunch_format::fat::CodePage;
use staunch_format::volume;
use staunch_model::{Collected, WinPath};

use super::hive_file::{Budget, HiveState};
use super::letters::{MOUNTED_DEVICES, letters};
use super::medium::{Source, config_folder};
use super::{Hives, Installation, Medium, MediumError, Mounted, Offline};
use crate::facts::{CURRENT_VERSION, Facts, VolumeFacts};
use crate::image::{DiskImage, is_hidden};

/// Values of `HKLM\SYSTEM\Select` that name a control set, the right one first.
const SELECT: &[&str] = &["Current", "Default", "LastKnownGood"];

impl Offline {
    pub(super) fn open(medium: &Medium, installation: &Installation) -> Result<Self, MediumError> {
        let place = installation.volume;
        let path = || medium.volume_name(place);
        let failed = |source| MediumError::Volume { path: path(), source };
        let open = |code_page| {
            let opened = medium.open(place, code_page).expect("an installation was found on it");
            opened.map_err(failed)
        };
        let volume = open(CodePage::Cp437)?;
        let config = config_folder(&*volume, &installation.folder).map_err(failed)?;
        let kind = match &medium.source {
            Source::Folder(_) => "folder",
            Source::Image(_) => "disk image",
        };
        let mut offline = Self {
            kind,
            windows: on_drive('C', &installation.folder),
            mounted: vec![Mounted { letter: 'C', volume }],
            volumes: Collected::NotCollected,
            config: config.expect("an installation has its folder of hives"),
            hives: Hives::default(),
            control_set: None,
            profiles: OnceLock::new(),
            folders: Mutex::new(HashMap::new()),
            budget: Budget::default(),
            warnings: Arc::clone(&medium.warnings),
        };
        for fault in offline.mounted[0].volume.warnings() {
            offline.warnings.add(&path(), fault);
        }
        offline.choose_drive(&installation.folder);
        offline.control_set = offline.choose_control_set();
        if let Some(code_page) = offline.code_page()
            && offline.mounted[0].volume.file_system() != volume::FileSystem::Ntfs
            && code_page != CodePage::Cp437
        {
            offline.mounted[0].volume = open(code_page)?;
        }
        if let Source::Image(image) = &medium.source {
            offline.mount_others(medium, image, place);
        }
        Ok(offline)
    }

    /// Takes the drive that Windows itself says it is on.
    fn choose_drive(&mut self, folder: &str) {
        let root = match self.system_root() {
            Collected::Known(root) => root,
            _ => {
                let message = "SystemRoot cannot be read; the drive of Windows is taken to be C:";
                self.warnings.add(&CURRENT_VERSION, message);
                return;
            }
        };
        let windows = on_drive(root.drive(), folder);
        if root != windows {
            let message = format_args!("SystemRoot is {root}, and the folder is {folder}");
            self.warnings.add(&CURRENT_VERSION, message);
        }
        self.mounted[0].letter = root.drive();
        self.windows = windows;
    }

    /// Finds the control set that Windows starts with.
    fn choose_control_set(&self) -> Option<String> {
        const KEY: &str = r"HKLM\SYSTEM\Select";
        for (at, name) in SELECT.iter().enumerate() {
            let Collected::Known(number) = self.number(KEY, name) else { continue };
            let set = format!("ControlSet{number:03}");
            if self.with_key(&format!("HKLM\\SYSTEM\\{set}"), |_, _| Collected::Known(()))
                != Collected::Known(())
            {
                continue;
            }
            if at > 0 {
                let message = format_args!("{} names no control set; {name} is taken", SELECT[0]);
                self.warnings.add(&KEY, message);
            }
            return Some(set);
        }
        if matches!(self.hives.system.get(), Some(HiveState::Open(_))) {
            self.warnings.add(&KEY, "no control set is named; what is in it is not known");
        }
        None
    }

    /// Returns the code page of short names, if it is one that is read.
    fn code_page(&self) -> Option<CodePage> {
        let key = r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage";
        CodePage::from_number(self.text(key, "OEMCP").known()?.parse().ok()?)
    }

    /// Gives the other volumes of the disk the letters that Windows remembers, and lists all.
    fn mount_others(&mut self, medium: &Medium, image: &DiskImage, own: usize) {
        let mut letters = match self.key(MOUNTED_DEVICES) {
            Collected::Known(key) => letters(&key, image),
            _ => Default::default(),
        };
        let drive = self.windows.drive();
        letters.retain(|letter, place| *letter != drive && *place != own);
        let code_page = self.code_page().unwrap_or(CodePage::Cp437);
        for (letter, place) in &letters {
            match medium.open(*place, code_page) {
                Some(Ok(volume)) => {
                    for fault in volume.warnings() {
                        self.warnings.add(&medium.volume_name(*place), fault);
                    }
                    self.mounted.push(Mounted { letter: *letter, volume });
                }
                Some(Err(error)) => {
                    self.warnings.add_error(&medium.volume_name(*place), &error);
                }
                None => {}
            }
        }
        letters.insert(drive, own);
        let facts = image.partitions().enumerate().filter_map(|(place, (partition, found))| {
            let file_system = windows_name(found)?;
            let letter = letters.iter().find(|(_, other)| **other == place);
            // Windows gives the partitions of the firmware no letter.
            if letter.is_none() && is_hidden(partition.kind) {
                return None;
            }
            let name = match letter {
                Some((letter, _)) => format!("{letter}:"),
                None => format!("partition {}", partition.number),
            };
            Some(VolumeFacts { name, file_system: file_system.to_owned() })
        });
        self.volumes = Collected::Known(facts.collect());
    }
}

fn on_drive(drive: char, folder: &str) -> WinPath {
    format!("{drive}:\\{folder}").parse().expect("the name of the folder was checked when found")
}

/// Returns what Windows calls a file system; nothing for those that it does not know.
fn windows_name(file_system: FileSystem) -> Option<&'static str> {
    Some(match file_system {
        FileSystem::Ntfs => "NTFS",
        FileSystem::Fat12 | FileSystem::Fat16 => "FAT",
        FileSystem::Fat32 => "FAT32",
        FileSystem::ExFat => "exFAT",
        FileSystem::ReFs => "ReFS",
        FileSystem::BitLocker => "BitLocker",
        FileSystem::Unknown => return None,
    })
}
