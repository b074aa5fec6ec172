//! The Windows that runs, seen through its own interfaces.
//!
//! Only programs of 64 bits see the registry and the system files as they are, so there is no
//! `Live` in others. Nothing is changed, and no privilege is taken that the process does not have:
//! what it may not see is not collected.

#![expect(unsafe_code, reason = "the interfaces of Windows are those of C")]

mod accounts;
mod files;
mod registry;
mod volumes;

use std::io;
use std::sync::OnceLock;

use staunch_model::{Collected, Warning, WinPath};
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, HKEY_USERS};

use registry::OpenKey;

use crate::facts::{
    Account, Facts, FileFacts, FolderEntry, RegistryData, RegistryKey, VolumeFacts,
};
use crate::observe::expand;
use crate::offline::Warnings;
use crate::offline::profiles::{MOST_PROFILES, PROFILE_LIST, is_nobody, is_service};

/// Key that tells whether the machine is a domain controller.
const PRODUCT_OPTIONS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions";

/// The running Windows.
#[derive(Default)]
pub struct Live {
    profiles: OnceLock<Collected<Vec<Profile>>>,
    warnings: Warnings,
}

/// A person with a profile on this machine.
struct Profile {
    name: String,
    /// Identifier, under which the person's part of the registry is loaded.
    sid: String,
    folder: WinPath,
}

impl Live {
    /// Sees the system that the program runs on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads something of a key.
    fn with_key<T>(&self, path: &str, read: impl Fn(&OpenKey) -> io::Result<T>) -> Collected<T> {
        let names: Vec<&str> = path.split('\\').filter(|name| !name.is_empty()).collect();
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        let opened = match names.as_slice() {
            [root, below @ ..] if is(root, "HKLM") && !below.is_empty() => {
                OpenKey::open(HKEY_LOCAL_MACHINE, &below.join("\\"))
            }
            [root, name, below @ ..] if is(root, "HKU") => {
                let Some(part) = self.loaded(name) else { return Collected::NotCollected };
                OpenKey::open(HKEY_USERS, &[&[part.as_str()], below].concat().join("\\"))
            }
            _ => return Collected::NotCollected,
        };
        self.answer(&path, opened.and_then(|key| read(&key)))
    }

    /// Returns the name of the loaded part of the registry of a person.
    fn loaded(&self, name: &str) -> Option<String> {
        let is_default = name.eq_ignore_ascii_case(".DEFAULT");
        let part = if is_default {
            name.to_owned()
        } else {
            let profiles = self.profiles().known()?;
            profiles.iter().find(|each| each.name.eq_ignore_ascii_case(name))?.sid.clone()
        };
        match OpenKey::open(HKEY_USERS, &part) {
            Ok(_) => Some(part),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let message = "the registry of this person is loaded only while the person is \
                               logged on";
                self.warnings.add(&format_args!("HKU\\{name}"), message);
                None
            }
            Err(error) => {
                self.warnings.add_error(&format_args!("HKU\\{name}"), &error);
                None
            }
        }
    }

    /// Makes an answer of what the system said, and tells why where it is none.
    fn answer<T>(&self, object: &dyn std::fmt::Display, said: io::Result<T>) -> Collected<T> {
        match said {
            Ok(value) => Collected::Known(value),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Collected::Absent,
            Err(error) => {
                self.warnings.add_error(object, &error);
                Collected::NotCollected
            }
        }
    }

    fn profiles(&self) -> &Collected<Vec<Profile>> {
        self.profiles.get_or_init(|| match self.key(PROFILE_LIST) {
            Collected::Known(list) => self.listed(&list.subkeys),
            Collected::Absent => Collected::Known(Vec::new()),
            Collected::NotCollected => Collected::NotCollected,
        })
    }

    fn listed(&self, sids: &[String]) -> Collected<Vec<Profile>> {
        let mut profiles: Vec<Profile> = Vec::new();
        for sid in sids.iter().filter(|sid| !is_service(sid)) {
            let path = match self.text(&format!("{PROFILE_LIST}\\{sid}"), "ProfileImagePath") {
                Collected::Known(path) => path,
                Collected::Absent => continue,
                Collected::NotCollected => return Collected::NotCollected,
            };
            let Some(folder) = expand(self, &path) else {
                let message = format_args!("expected the path of a profile, found {path:?}");
                self.warnings.add(sid, message);
                continue;
            };
            let is_known = profiles.iter().any(|known| known.folder == folder);
            if is_known || is_nobody(folder.name()) || profiles.len() == MOST_PROFILES {
                continue;
            }
            let is_same = |known: &Profile| known.name.eq_ignore_ascii_case(folder.name());
            let is_taken = profiles.iter().any(is_same);
            let name = if is_taken { sid.clone() } else { folder.name().to_owned() };
            profiles.push(Profile { name, sid: sid.clone(), folder });
        }
        Collected::Known(profiles)
    }
}

impl Facts for Live {
    fn kind(&self) -> &'static str {
        "running system"
    }

    fn key(&self, path: &str) -> Collected<RegistryKey> {
        self.with_key(path, OpenKey::read)
    }

    fn file(&self, path: &WinPath) -> Collected<FileFacts> {
        self.answer(path, files::facts(path, &self.warnings))
    }

    fn folder(&self, path: &WinPath) -> Collected<Vec<FolderEntry>> {
        self.answer(path, files::folder(path))
    }

    fn content(&self, path: &WinPath, most: usize) -> Collected<Vec<u8>> {
        self.answer(path, files::content(path, most))
    }

    fn users(&self) -> Collected<Vec<String>> {
        match self.profiles() {
            Collected::Known(profiles) => {
                Collected::Known(profiles.iter().map(|profile| profile.name.clone()).collect())
            }
            Collected::Absent => Collected::Absent,
            Collected::NotCollected => Collected::NotCollected,
        }
    }

    fn accounts(&self) -> Collected<Vec<Account>> {
        if let Collected::Known(role) = self.text(PRODUCT_OPTIONS, "ProductType")
            && role.eq_ignore_ascii_case("LanmanNT")
        {
            let message =
                "a domain controller shows the accounts of its domain, and none of its own";
            self.warnings.add(&"accounts", message);
            return Collected::NotCollected;
        }
        self.answer(&"accounts", accounts::accounts(&self.warnings))
    }

    fn volumes(&self) -> Collected<Vec<VolumeFacts>> {
        self.answer(&"volumes", volumes::volumes())
    }

    fn warnings(&self) -> Vec<Warning> {
        self.warnings.all()
    }

    fn value(&self, path: &str, name: &str) -> Collected<RegistryData> {
        self.with_key(path, |key| key.value(name))
    }
}

/// Makes UTF-16 with a NUL at its end.
fn wide(text: &str) -> io::Result<Vec<u16>> {
    if text.contains('\0') {
        let message = format!("expected a name without NUL, found {text:?}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(text.encode_utf16().chain([0]).collect())
}

/// Reads UTF-16 up to its NUL.
///
/// # Safety
///
/// The pointer is null or leads to units of which one is NUL.
unsafe fn text(start: *const u16) -> String {
    if start.is_null() {
        return String::new();
    }
    // SAFETY: nothing behind the NUL is read.
    let units = unsafe {
        let length = (0..).take_while(|at| *start.add(*at) != 0).count();
        std::slice::from_raw_parts(start, length)
    };
    String::from_utf16_lossy(units)
}

/// Makes an error of a number that the system returned.
fn error(status: u32) -> io::Error {
    io::Error::from_raw_os_error(status.cast_signed())
}
