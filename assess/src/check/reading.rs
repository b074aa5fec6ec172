//! Questions of checks about settings, answered or put down as not seen.

use staunch_machine::{Account, CURRENT_VERSION, RegistryData, RegistryKey};
use staunch_model::{Collected, WinPath};

use super::{Outcome, Subject};
use crate::service::{SERVICES, is_installed};
use crate::truth::Truth;

/// Why a check cannot tell, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unseen(String);

pub(super) const PRODUCT_OPTIONS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions";

/// How a service starts, as its key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceStart {
    Automatic,
    Manual,
    Disabled,
}

impl Unseen {
    /// What was never collected and would decide.
    pub(super) fn object(object: &str) -> Self {
        Self(format!("{object} was not collected"))
    }

    pub(super) fn because(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl From<Unseen> for Outcome {
    fn from(Unseen(sentence): Unseen) -> Self {
        Self::undetermined(sentence)
    }
}

impl From<Result<Self, Unseen>> for Outcome {
    fn from(result: Result<Self, Unseen>) -> Self {
        result.unwrap_or_else(Self::from)
    }
}

/// Tells what is there; what was never collected is an error under its name.
pub(super) fn seen<T>(answer: Collected<T>, object: &str) -> Result<Option<T>, Unseen> {
    match answer {
        Collected::Known(known) => Ok(Some(known)),
        Collected::Absent => Ok(None),
        Collected::NotCollected => Err(Unseen::object(object)),
    }
}

impl Subject<'_> {
    pub(super) fn key(&self, path: &str) -> Result<Option<RegistryKey>, Unseen> {
        seen(self.facts.key(path), path)
    }

    pub(super) fn value(&self, path: &str, name: &str) -> Result<Option<RegistryData>, Unseen> {
        seen(self.facts.value(path, name), &format!("{path}\\{name}"))
    }

    /// Returns a number. A value of another type is not understood rather than taken for unset.
    pub(super) fn number(&self, path: &str, name: &str) -> Result<Option<u64>, Unseen> {
        let Some(data) = self.value(path, name)? else { return Ok(None) };
        let strange = || Unseen::because(format!("{path}\\{name} is no number"));
        data.number().map(Some).ok_or_else(strange)
    }

    /// Returns a number that Windows also reads from a text.
    pub(super) fn loose_number(&self, path: &str, name: &str) -> Result<Option<u64>, Unseen> {
        let Some(data) = self.value(path, name)? else { return Ok(None) };
        let number = match data.text().map(str::trim) {
            Some("") => return Ok(None),
            Some(text) => text.parse().ok(),
            None => data.number(),
        };
        let strange = || Unseen::because(format!("{path}\\{name} is no number"));
        number.map(Some).ok_or_else(strange)
    }

    /// Returns a text. A value of another type is not understood rather than taken for unset.
    pub(super) fn text(&self, path: &str, name: &str) -> Result<Option<String>, Unseen> {
        let Some(data) = self.value(path, name)? else { return Ok(None) };
        let strange = || Unseen::because(format!("{path}\\{name} is no text"));
        data.text().map(|text| Some(text.to_owned())).ok_or_else(strange)
    }

    /// Tells whether a service or driver is installed.
    pub(super) fn has_service(&self, name: &str) -> Result<bool, Unseen> {
        match is_installed(self.facts, name) {
            Truth::True => Ok(true),
            Truth::False => Ok(false),
            Truth::Unknown => Err(Unseen::object(&format!("{SERVICES}\\{name}"))),
        }
    }

    /// Tells how a service starts; nothing where it is not installed.
    pub(super) fn service(&self, name: &str) -> Result<Option<ServiceStart>, Unseen> {
        if !self.has_service(name)? {
            return Ok(None);
        }
        let path = format!("{SERVICES}\\{name}");
        match self.number(&path, "Start")? {
            Some(0..=2) => Ok(Some(ServiceStart::Automatic)),
            Some(3) => Ok(Some(ServiceStart::Manual)),
            Some(4) => Ok(Some(ServiceStart::Disabled)),
            Some(other) => Err(Unseen::because(format!("{path}\\Start is {other}, not 0 to 4"))),
            None => Err(Unseen::because(format!("{path} does not say how the service starts"))),
        }
    }

    /// Tells whether the machine is a domain controller.
    pub(super) fn is_domain_controller(&self) -> Result<bool, Unseen> {
        match self.text(PRODUCT_OPTIONS, "ProductType")? {
            Some(kind) => Ok(kind.eq_ignore_ascii_case("LanmanNT")),
            None => Err(Unseen::because(format!("{PRODUCT_OPTIONS}\\ProductType is not there"))),
        }
    }

    pub(super) fn accounts(&self) -> Result<Option<Vec<Account>>, Unseen> {
        seen(self.facts.accounts(), "the list of local accounts")
    }

    /// Lists the people whose part of the registry can be seen.
    pub(super) fn users(&self) -> Result<Vec<String>, Unseen> {
        let users = seen(self.facts.users(), "the list of profiles")?;
        Ok(users.unwrap_or_default())
    }

    /// Returns the folder that Windows is installed in.
    pub(super) fn system_root(&self) -> Result<WinPath, Unseen> {
        let root = seen(self.facts.system_root(), &format!("{CURRENT_VERSION}\\SystemRoot"))?;
        let unclear = || Unseen::because(format!("{CURRENT_VERSION}\\SystemRoot names no folder"));
        root.ok_or_else(unclear)
    }
}
