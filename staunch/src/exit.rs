//! What the program's exit says. The numbers are published in docs/output.md and in `--help`.

use std::process::ExitCode;

use staunch_assess::AssessError;
use staunch_catalog::{BuildError, CatalogError};
use staunch_source::ReadError;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done; nothing is missing, or nothing was asked about missing updates.
    Success = 0,
    /// Done; at least one machine misses an update, or got worse.
    Missing = 1,
    /// The arguments make no sense; the argument parser ends with the same.
    Usage = 2,
    /// An input cannot be read or is no inventory, publication or known name.
    Input = 3,
    /// The catalog is damaged or not a catalog.
    Integrity = 4,
    /// The files do not say enough about the machine, or contradict each other about it.
    Machine = 5,
    /// `verify`: a restart is outstanding, or what would decide cannot be seen.
    Open = 6,
    /// Writing failed, or something that must not happen happened.
    Internal = 70,
}

/// A failure of the person's making or of the machine's, with its exit and a way out.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl ToString) -> Self {
        Self { exit, message: message.to_string(), hint: None }
    }

    /// Puts an error and what lies behind it into one line.
    pub(crate) fn of(exit: Exit, error: &dyn std::error::Error) -> Self {
        let behind = std::iter::successors(error.source(), |error| error.source());
        let message = behind.fold(error.to_string(), |line, source| format!("{line}: {source}"));
        Self::new(exit, message)
    }

    pub(crate) fn hint(self, hint: impl ToString) -> Self {
        Self { hint: Some(hint.to_string()), ..self }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Prints a failure to the error stream and says which exit it deserves.
pub(crate) fn report(error: &anyhow::Error) -> Exit {
    // A reader that closes the pipe early is no failure of ours.
    let closed = |io: &std::io::Error| io.kind() == std::io::ErrorKind::BrokenPipe;
    if error.downcast_ref::<std::io::Error>().is_some_and(closed) {
        return Exit::Success;
    }
    eprintln!("error: {error:#}");
    if let Some(Failure { hint: Some(hint), .. }) = error.downcast_ref() {
        eprintln!("hint: {hint}");
    }
    sort(error)
}

fn sort(error: &anyhow::Error) -> Exit {
    // Reports are written in some of the formats only.
    let is_other_format = |io: &std::io::Error| io.kind() == std::io::ErrorKind::Unsupported;
    if error.downcast_ref().is_some_and(is_other_format) {
        Exit::Usage
    } else if let Some(failure) = error.downcast_ref::<Failure>() {
        failure.exit
    } else if error.is::<ReadError>() {
        Exit::Input
    } else if error.is::<CatalogError>() || error.is::<BuildError>() {
        Exit::Integrity
    } else if let Some(error) = error.downcast_ref::<AssessError>() {
        match error {
            AssessError::Catalog(_) => Exit::Integrity,
            AssessError::UnknownSystem(_) => Exit::Machine,
        }
    } else {
        Exit::Internal
    }
}
