/// A local account in SAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: String,
    pub(super) number: u32,
    pub(super) flags: u16,
    pub(super) password: Password,
    pub(super) password_set: u64,
    pub(super) last_logon: u64,
    pub(super) is_administrator: bool,
    pub(super) full_name: String,
    pub(super) comment: String,
}

/// What is known of a password without knowing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Password {
    Blank,
    Set,
}

/// Bits of the flags of an account.
pub(super) mod flag {
    pub(crate) const DISABLED: u16 = 0x0001;
    pub(crate) const PASSWORD_NOT_REQUIRED: u16 = 0x0004;
    pub(crate) const NORMAL: u16 = 0x0010;
    pub(crate) const PASSWORD_NEVER_EXPIRES: u16 = 0x0200;
    pub(crate) const LOCKED: u16 = 0x0400;
}

impl Account {
    /// Makes an enabled account with a password that expires; the number is the last part of its
    /// security identifier, 1000 and above for those that setup does not make.
    pub fn new(name: &str, number: u32) -> Self {
        Self {
            name: name.to_owned(),
            number,
            flags: 0,
            password: Password::Set,
            password_set: 0,
            last_logon: 0,
            is_administrator: false,
            full_name: String::new(),
            comment: String::new(),
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts the account into the group of the administrators.
    #[must_use]
    pub fn administrator(self) -> Self {
        Self { is_administrator: true, ..self }
    }

    /// Takes the password away.
    #[must_use]
    pub fn blank_password(self) -> Self {
        Self { password: Password::Blank, ..self }
    }

    /// Lets the account have no password.
    #[must_use]
    pub fn password_not_required(self) -> Self {
        self.with(flag::PASSWORD_NOT_REQUIRED)
    }

    /// Lets the password never expire.
    #[must_use]
    pub fn password_never_expires(self) -> Self {
        self.with(flag::PASSWORD_NEVER_EXPIRES)
    }

    /// Disables the account.
    #[must_use]
    pub fn disabled(self) -> Self {
        self.with(flag::DISABLED)
    }

    /// Locks the account, as too many wrong passwords do.
    #[must_use]
    pub fn locked(self) -> Self {
        self.with(flag::LOCKED)
    }

    /// Sets when the password was set: 100-ns ticks since 1601-01-01 UTC, 0 for never.
    #[must_use]
    pub fn password_set(self, ticks: u64) -> Self {
        Self { password_set: ticks, ..self }
    }

    /// Sets the last log-on: 100-ns ticks since 1601-01-01 UTC, 0 for never.
    #[must_use]
    pub fn last_logon(self, ticks: u64) -> Self {
        Self { last_logon: ticks, ..self }
    }

    /// Sets the full name and the comment.
    #[must_use]
    pub fn described(self, full_name: &str, comment: &str) -> Self {
        Self { full_name: full_name.to_owned(), comment: comment.to_owned(), ..self }
    }

    pub(super) fn is_guest(&self) -> bool {
        self.number == 501
    }

    fn with(self, flag: u16) -> Self {
        Self { flags: self.flags | flag, ..self }
    }
}
