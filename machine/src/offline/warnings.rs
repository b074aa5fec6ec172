use std::cmp::Ordering;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use staunch_model::Warning;

/// Warnings that are kept at most.
const MOST: usize = 500;

/// What could not be read so far, told from any thread; nothing is told twice.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Mutex<Vec<Warning>>);

impl Warnings {
    /// Adds a warning about an object.
    pub(crate) fn add(&self, object: &dyn Display, message: impl Display) {
        let warning = Warning { object: object.to_string(), message: message.to_string() };
        let mut warnings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match warnings.len().cmp(&MOST) {
            _ if warnings.contains(&warning) => {}
            Ordering::Less => warnings.push(warning),
            Ordering::Equal => warnings.push(Warning {
                object: "warnings".to_owned(),
                message: format!("more than {MOST}; the rest is left out"),
            }),
            Ordering::Greater => {}
        }
    }

    /// Adds an error with what lies behind it.
    pub(crate) fn add_error(&self, object: &dyn Display, error: &dyn std::error::Error) {
        let behind = std::iter::successors(error.source(), |error| error.source());
        let message = behind.fold(error.to_string(), |line, source| format!("{line}: {source}"));
        self.add(object, message);
    }

    /// Returns all, in the order in which they came.
    pub(crate) fn all(&self) -> Vec<Warning> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
