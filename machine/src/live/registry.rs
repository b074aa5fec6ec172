//! Keys of the running system, in the view of 64-bit programs.

use std::borrow::Cow;
use std::io;
use std::ptr::{null, null_mut};

use staunch_format::hive::ValueKind;
use windows_sys::Win32::Foundation::{
    ERROR_MORE_DATA, ERROR_NO_MORE_ITEMS, ERROR_SUCCESS, FILETIME, WIN32_ERROR,
};
use windows_sys::Win32::System::Registry::{
    HKEY, KEY_ENUMERATE_SUB_KEYS, KEY_QUERY_VALUE, KEY_WOW64_64KEY, RegCloseKey, RegEnumKeyExW,
    RegEnumValueW, RegOpenKeyExW, RegQueryInfoKeyW, RegQueryValueExW,
};

use super::wide;
use crate::facts::{RegistryData, RegistryKey, RegistryValue};

/// Length in UTF-16 units of the longest name of a value, with its NUL.
const LONGEST_NAME: usize = 16_384;

/// Length in bytes of the largest data that are read.
const LARGEST_DATA: usize = 64 << 20;

/// How often a key is read that changes meanwhile.
const MOST_TRIES: usize = 4;

/// A key that is open for reading.
pub(super) struct OpenKey(HKEY);

/// What changes when a key does: its time, and how many values and subkeys it has.
type Stamp = (u32, u32, u32, u32);

impl OpenKey {
    /// Opens a key below a predefined one.
    pub(super) fn open(root: HKEY, path: &str) -> io::Result<Self> {
        let path = wide(path)?;
        let rights = KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS | KEY_WOW64_64KEY;
        let mut key = null_mut();
        // SAFETY: the path ends with a NUL, and the key is written to a place of ours.
        check(unsafe { RegOpenKeyExW(root, path.as_ptr(), 0, rights, &raw mut key) })?;
        Ok(Self(key))
    }

    /// Reads all values and the names of the subkeys, as they are at one moment.
    pub(super) fn read(&self) -> io::Result<RegistryKey> {
        for _ in 0..MOST_TRIES {
            let before = self.stamp()?;
            let key = RegistryKey { values: self.values()?, subkeys: self.subkeys()? };
            if self.stamp()? == before {
                return Ok(key);
            }
        }
        Err(io::Error::other("the key changes while it is read"))
    }

    /// Reads the data of a value.
    pub(super) fn value(&self, name: &str) -> io::Result<RegistryData> {
        let name = wide(name)?;
        let mut data = vec![0; 512];
        loop {
            let (mut kind, mut length) = (0, length_of(&data));
            // SAFETY: the name ends with a NUL, and `length` is what `data` has room for.
            let status = unsafe {
                let (kind, length) = (&raw mut kind, &raw mut length);
                RegQueryValueExW(self.0, name.as_ptr(), null(), kind, data.as_mut_ptr(), length)
            };
            match status {
                ERROR_MORE_DATA => grow(&mut data, length)?,
                status => {
                    check(status)?;
                    return Ok(data_of(kind, &data[..length as usize]));
                }
            }
        }
    }

    fn values(&self) -> io::Result<Vec<RegistryValue>> {
        let (mut name, mut data) = (vec![0; LONGEST_NAME], vec![0; 4096]);
        let mut values = Vec::new();
        let mut index = 0;
        loop {
            let (mut units, mut kind, mut length) = (LONGEST_NAME as u32, 0, length_of(&data));
            // SAFETY: `units` and `length` are what `name` and `data` have room for.
            let status = unsafe {
                let (name, units) = (name.as_mut_ptr(), &raw mut units);
                let (kind, length) = (&raw mut kind, &raw mut length);
                RegEnumValueW(self.0, index, name, units, null(), kind, data.as_mut_ptr(), length)
            };
            match status {
                ERROR_NO_MORE_ITEMS => return Ok(values),
                ERROR_MORE_DATA => grow(&mut data, length)?,
                status => {
                    check(status)?;
                    values.push(RegistryValue {
                        name: String::from_utf16_lossy(&name[..units as usize]),
                        data: data_of(kind, &data[..length as usize]),
                    });
                    index += 1;
                }
            }
        }
    }

    fn subkeys(&self) -> io::Result<Vec<String>> {
        let mut name = vec![0; LONGEST_NAME];
        let mut names = Vec::new();
        for index in 0.. {
            let mut units = LONGEST_NAME as u32;
            // SAFETY: `units` is what `name` has room for; nothing else is asked for.
            let status = unsafe {
                let (name, units, none) = (name.as_mut_ptr(), &raw mut units, null_mut());
                RegEnumKeyExW(self.0, index, name, units, null(), none, null_mut(), null_mut())
            };
            if status == ERROR_NO_MORE_ITEMS {
                break;
            }
            check(status)?;
            names.push(String::from_utf16_lossy(&name[..units as usize]));
        }
        Ok(names)
    }

    fn stamp(&self) -> io::Result<Stamp> {
        let (mut subkeys, mut values, mut time) = (0, 0, FILETIME::default());
        // SAFETY: every answer that is asked for has a place of ours.
        check(unsafe {
            RegQueryInfoKeyW(
                self.0,
                null_mut(),
                null_mut(),
                null(),
                &raw mut subkeys,
                null_mut(),
                null_mut(),
                &raw mut values,
                null_mut(),
                null_mut(),
                null_mut(),
                &raw mut time,
            )
        })?;
        Ok((subkeys, values, time.dwLowDateTime, time.dwHighDateTime))
    }
}

impl Drop for OpenKey {
    fn drop(&mut self) {
        // SAFETY: the key is open, and nothing uses it any more.
        unsafe { RegCloseKey(self.0) };
    }
}

fn data_of(kind: u32, bytes: &[u8]) -> RegistryData {
    RegistryData::of(ValueKind::from(kind), Cow::Borrowed(bytes))
}

fn length_of(data: &[u8]) -> u32 {
    u32::try_from(data.len()).expect("no more than the largest data")
}

/// Makes room for data of a length, or for twice as much where it is not told.
fn grow(data: &mut Vec<u8>, length: u32) -> io::Result<()> {
    let room = (length as usize).max(data.len() * 2);
    if room > LARGEST_DATA {
        return Err(io::Error::other(format!(
            "expected a value of at most {LARGEST_DATA} bytes, found {length}"
        )));
    }
    data.resize(room, 0);
    Ok(())
}

fn check(status: WIN32_ERROR) -> io::Result<()> {
    match status {
        ERROR_SUCCESS => Ok(()),
        status => Err(super::error(status)),
    }
}
