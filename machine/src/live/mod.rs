//! The Windows that runs, seen through its own interfaces.
//!
//! Only programs of 64 bits see the registry and the system files as they are, so there is no
//! `Live` in others. Nothing is changed, and no privilege is taken that the process does not have:
//! what it may not see is not collected.

#![expect(unsafe_code, reason = "the interfaces of Windows are those of C")]

mod accounts;
mod files;
mod person;
mod registry;
mod volumes;

use std::io;
use std::sync::{Arc, OnceLock};

use staunch_format::hive::Key;
use staunch_model::{Collected, Warning, WinPath};
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, HKEY_USERS};

use person::Person;
use registry::OpenKey;

use crate::facts::{
    Account, Facts, FileFacts, FolderEntry, RegistryData, RegistryKey, VolumeFacts,
};
use crate::offline::Warnings;
use crate::offline::hive_file::{Budget, HiveFile, HiveState};
use crate::offline::registry::{self as hives, Found};

/// Key that tells whether the machine is a domain controller.
const PRODUCT_OPTIONS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions";

/// The running Windows.
#[derive(Default)]
pub struct Live {
    people: OnceLock<Collected<Vec<Person>>>,
    budget: Budget,
    warnings: Arc<Warnings>,
}

impl Live {
    /// Sees the system that the program runs on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads something of a key, in the registry itself or in the file of a person who is not
    /// logged on.
    fn with_key<T>(
        &self,
        path: &str,
        read: impl Fn(&OpenKey) -> io::Result<T>,
        read_file: impl Fn(&HiveFile, &Key<'_>) -> Collected<T>,
    ) -> Collected<T> {
        let names: Vec<&str> = path.split('\\').filter(|name| !name.is_empty()).collect();
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        let (root, key) = match names.as_slice() {
            [root, below @ ..] if is(root, "HKLM") && !below.is_empty() => {
                (HKEY_LOCAL_MACHINE, below.join("\\"))
            }
            [root, name, below @ ..] if is(root, "HKU") && is(name, ".DEFAULT") => {
                (HKEY_USERS, [&[*name], below].concat().join("\\"))
            }
            [root, name, below @ ..] if is(root, "HKU") => {
                let Some(person) = self.person(name) else { return Collected::NotCollected };
                if !person.is_loaded(self) {
                    let file = match person.hive(self) {
                        HiveState::Open(file) => file,
                        HiveState::Unreadable => return Collected::NotCollected,
                        HiveState::Absent => {
                            let message = "the person is not logged on, and the profile holds no \
                                           part of the registry";
                            self.warnings.add(&format_args!("HKU\\{name}"), message);
                            return Collected::NotCollected;
                        }
                    };
                    return match hives::find(file, below, &self.warnings) {
                        Found::Key(key) => read_file(file, &key),
                        Found::Absent => Collected::Absent,
                        // Links of a person lead to the parts of the registry that are loaded.
                        Found::Damaged | Found::Link(_) => Collected::NotCollected,
                    };
                }
                (HKEY_USERS, [&[person.sid.as_str()], below].concat().join("\\"))
            }
            _ => return Collected::NotCollected,
        };
        self.answer(&path, OpenKey::open(root, &key).and_then(|key| read(&key)))
    }

    fn person(&self, name: &str) -> Option<&Person> {
        self.people().known()?.iter().find(|person| person.name.eq_ignore_ascii_case(name))
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

    fn people(&self) -> &Collected<Vec<Person>> {
        self.people.get_or_init(|| person::people(self))
    }
}

impl Facts for Live {
    fn kind(&self) -> &'static str {
        "running system"
    }

    fn key(&self, path: &str) -> Collected<RegistryKey> {
        let read_file = |file: &HiveFile, key: &Key<'_>| hives::key(file, key, &self.warnings);
        self.with_key(path, OpenKey::read, read_file)
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
        match self.people() {
            Collected::Known(people) => {
                Collected::Known(people.iter().map(|person| person.name.clone()).collect())
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
        let read_file =
            |file: &HiveFile, key: &Key<'_>| hives::value(file, key, name, &self.warnings);
        self.with_key(path, |key| key.value(name), read_file)
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
