//! Fixed volumes with drive letters.

use std::io;
use std::ptr::null_mut;

use windows_sys::Win32::Storage::FileSystem::{
    GetDriveTypeW, GetLogicalDrives, GetVolumeInformationW,
};
use windows_sys::Win32::System::WindowsProgramming::DRIVE_FIXED;

use super::wide;
use crate::facts::VolumeFacts;

/// Length in UTF-16 units of the longest name of a file system, with its NUL.
const LONGEST_NAME: usize = 261;

/// Lists the volumes; what can be taken out and what lies on other machines is left out.
pub(super) fn volumes() -> io::Result<Vec<VolumeFacts>> {
    // SAFETY: nothing is handed over.
    let drives = unsafe { GetLogicalDrives() };
    if drives == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut volumes = Vec::new();
    for letter in (b'A'..=b'Z').filter(|letter| drives & 1 << (letter - b'A') != 0) {
        let name = format!("{}:", char::from(letter));
        let root = wide(&format!("{name}\\"))?;
        // SAFETY: the path ends with a NUL.
        if unsafe { GetDriveTypeW(root.as_ptr()) } != DRIVE_FIXED {
            continue;
        }
        let file_system = file_system(&root)
            .map_err(|error| io::Error::new(error.kind(), format!("{name} {error}")))?;
        volumes.push(VolumeFacts { name, file_system });
    }
    Ok(volumes)
}

fn file_system(root: &[u16]) -> io::Result<String> {
    let mut name = [0; LONGEST_NAME];
    // SAFETY: the path ends with a NUL, and the length is what the buffer has room for.
    let is_told = unsafe {
        let (none, length) = (null_mut(), LONGEST_NAME as u32);
        GetVolumeInformationW(
            root.as_ptr(),
            none,
            0,
            null_mut(),
            null_mut(),
            null_mut(),
            name.as_mut_ptr(),
            length,
        )
    };
    if is_told == 0 {
        return Err(io::Error::last_os_error());
    }
    let end = name.iter().position(|unit| *unit == 0).unwrap_or(name.len());
    Ok(String::from_utf16_lossy(&name[..end]))
}
