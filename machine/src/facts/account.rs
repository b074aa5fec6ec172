use serde::{Deserialize, Serialize};
use staunch_model::Collected;

/// A local account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub name: String,
    /// Relative identifier: 500 for the first administrator, 501 for the guest.
    pub rid: u32,
    pub flags: AccountFlags,
    /// Whether the account has an empty password, as far as the stored lengths say.
    #[serde(default, skip_serializing_if = "Collected::is_not_collected")]
    pub has_blank_password: Collected<bool>,
    /// Whether it is a direct member of the local administrators.
    #[serde(default, skip_serializing_if = "Collected::is_not_collected")]
    pub is_administrator: Collected<bool>,
}

/// What the control bits of an account say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "they are bits, and independent of each other")]
pub struct AccountFlags {
    pub is_disabled: bool,
    pub is_locked_out: bool,
    /// The account may have an empty password.
    pub needs_no_password: bool,
    pub password_never_expires: bool,
}

/// A volume of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeFacts {
    /// Drive letter with its colon, or where the volume lies: `partition 2`.
    pub name: String,
    /// File system as Windows names it: `NTFS`, `FAT32`.
    pub file_system: String,
}
