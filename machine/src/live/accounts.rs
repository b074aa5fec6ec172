//! Local accounts, as the system tells them.
//!
//! Nothing is tried: whether a password is blank is not known here.

use std::io;
use std::ptr::{null, null_mut};
use std::slice;

use staunch_model::Collected;
use windows_sys::Win32::Foundation::ERROR_MORE_DATA;
use windows_sys::Win32::NetworkManagement::NetManagement::{
    FILTER_NORMAL_ACCOUNT, LOCALGROUP_MEMBERS_INFO_0, MAX_PREFERRED_LENGTH, NERR_Success as DONE,
    NetApiBufferFree, NetLocalGroupGetMembers, NetUserEnum, NetUserGetInfo, UF_ACCOUNTDISABLE,
    UF_DONT_EXPIRE_PASSWD, UF_LOCKOUT, UF_PASSWD_NOTREQD, USER_INFO_20, USER_INFO_23,
};
use windows_sys::Win32::Security::{
    CreateWellKnownSid, EqualSid, LookupAccountSidW, SECURITY_MAX_SID_SIZE,
    WinBuiltinAdministratorsSid,
};

use super::{text, wide};
use crate::facts::{Account, AccountFlags};
use crate::offline::Warnings;

/// Rounds of one list, each of as many entries as the system hands out at once.
const MOST_ROUNDS: usize = 4096;

/// Length in UTF-16 units of the longest name of a group or domain, with its NUL.
const LONGEST_NAME: usize = 257;

/// Lists the accounts of this machine in the order of their identifiers.
pub(super) fn accounts(warnings: &Warnings) -> io::Result<Vec<Account>> {
    let mut accounts = Vec::new();
    let mut resume = 0;
    enumerate(
        |buffer, read, total| {
            // SAFETY: every answer has a place of ours.
            unsafe {
                let (level, filter, resume) = (20, FILTER_NORMAL_ACCOUNT, &raw mut resume);
                NetUserEnum(
                    null(),
                    level,
                    filter,
                    buffer,
                    MAX_PREFERRED_LENGTH,
                    read,
                    total,
                    resume,
                )
            }
        },
        |user: &USER_INFO_20| {
            let has = |bit| user.usri20_flags & bit != 0;
            accounts.push(Account {
                // SAFETY: the name ends with a NUL and lives as long as its entry.
                name: unsafe { text(user.usri20_name) },
                rid: user.usri20_user_id,
                flags: AccountFlags {
                    is_disabled: has(UF_ACCOUNTDISABLE),
                    is_locked_out: has(UF_LOCKOUT),
                    needs_no_password: has(UF_PASSWD_NOTREQD),
                    password_never_expires: has(UF_DONT_EXPIRE_PASSWD),
                },
                has_blank_password: Collected::NotCollected,
                is_administrator: Collected::NotCollected,
            });
        },
    )?;
    accounts.sort_by_key(|account| account.rid);
    let told = |error: io::Error| warnings.add_error(&"members of the administrators", &error);
    if let Err(error) = administrators(&mut accounts) {
        told(error);
        for account in &mut accounts {
            account.is_administrator = Collected::NotCollected;
        }
    }
    Ok(accounts)
}

/// Marks those accounts that are direct members of the administrators.
fn administrators(accounts: &mut [Account]) -> io::Result<()> {
    let group = wide(&administrators_name()?)?;
    let mut identifiers = Vec::new();
    for account in &*accounts {
        identifiers.push(Buffer::of_user(&account.name)?);
    }
    for account in &mut *accounts {
        account.is_administrator = Collected::Known(false);
    }
    let mut resume = 0;
    enumerate(
        |buffer, read, total| {
            // SAFETY: the name ends with a NUL, and every answer has a place of ours.
            unsafe {
                let (group, most, resume) = (group.as_ptr(), MAX_PREFERRED_LENGTH, &raw mut resume);
                NetLocalGroupGetMembers(null(), group, 0, buffer, most, read, total, resume)
            }
        },
        |member: &LOCALGROUP_MEMBERS_INFO_0| {
            for (account, identifier) in accounts.iter_mut().zip(&identifiers) {
                // SAFETY: both identifiers live as long as the buffers that hold them.
                let is_same = unsafe {
                    let user = &*identifier.0.cast::<USER_INFO_23>();
                    EqualSid(member.lgrmi0_sid, user.usri23_user_sid) != 0
                };
                if is_same {
                    account.is_administrator = Collected::Known(true);
                }
            }
        },
    )
}

/// Returns what the group of the administrators is called in the language of this system.
fn administrators_name() -> io::Result<String> {
    let mut sid = [0_u32; SECURITY_MAX_SID_SIZE as usize / 4];
    let mut length = SECURITY_MAX_SID_SIZE;
    let (mut name, mut domain) = ([0; LONGEST_NAME], [0; LONGEST_NAME]);
    let (mut name_length, mut domain_length) = (LONGEST_NAME as u32, LONGEST_NAME as u32);
    let mut kind = 0;
    // SAFETY: each length is what its buffer has room for.
    let is_found = unsafe {
        let sid = sid.as_mut_ptr().cast();
        CreateWellKnownSid(WinBuiltinAdministratorsSid, null_mut(), sid, &raw mut length) != 0
            && LookupAccountSidW(
                null(),
                sid,
                name.as_mut_ptr(),
                &raw mut name_length,
                domain.as_mut_ptr(),
                &raw mut domain_length,
                &raw mut kind,
            ) != 0
    };
    if !is_found {
        return Err(io::Error::last_os_error());
    }
    Ok(String::from_utf16_lossy(&name[..name_length as usize]))
}

/// Memory that the system hands out.
struct Buffer(*mut u8);

impl Buffer {
    /// Asks for the entry of level 23 of an account.
    fn of_user(name: &str) -> io::Result<Self> {
        let name = wide(name)?;
        let mut buffer = Self(null_mut());
        // SAFETY: the name ends with a NUL, and the answer has a place of ours.
        match unsafe { NetUserGetInfo(null(), name.as_ptr(), 23, &raw mut buffer.0) } {
            DONE if !buffer.0.is_null() => Ok(buffer),
            status => Err(super::error(status)),
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the system handed it out, and nothing uses it any more.
            unsafe { NetApiBufferFree(self.0.cast()) };
        }
    }
}

/// Asks for one round of entries after the other until there are no more.
fn enumerate<T>(
    mut ask: impl FnMut(*mut *mut u8, *mut u32, *mut u32) -> u32,
    mut each: impl FnMut(&T),
) -> io::Result<()> {
    for _ in 0..MOST_ROUNDS {
        let (mut buffer, mut read, mut total) = (Buffer(null_mut()), 0, 0);
        let status = ask(&raw mut buffer.0, &raw mut read, &raw mut total);
        if !matches!(status, DONE | ERROR_MORE_DATA) {
            return Err(super::error(status));
        }
        if !buffer.0.is_null() {
            // SAFETY: the system says that the buffer holds so many entries of the level asked for.
            unsafe { slice::from_raw_parts(buffer.0.cast::<T>(), read as usize) }
                .iter()
                .for_each(&mut each);
        }
        if status == DONE {
            return Ok(());
        }
    }
    Err(io::Error::other(format!("a list that does not end after {MOST_ROUNDS} rounds")))
}
