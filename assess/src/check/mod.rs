//! Settings that make a machine weak whatever updates it has.
//!
//! Each check stands in a file of its own with what it reads, how grave it is, what to do and which
//! document asks for it. Passwords are never tried: what the stored flags and lengths say is all.

mod guest_account;
mod outcome;
mod smb1;

use staunch_machine::Facts;
use staunch_model::{CheckFinding, MachineFacts, OperatingSystem, Severity};

use outcome::Outcome;

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Stable name: `smb1`.
    pub id: &'static str,
    /// What is checked, as a sentence without an end.
    pub title: &'static str,
    /// How grave it is where the setting is weak.
    pub severity: Severity,
    /// What to do where the setting is weak.
    pub remedy: &'static str,
    /// Document that asks for the setting.
    pub source: &'static str,
    judge: fn(&Subject<'_>) -> Outcome,
}

/// What is checked.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub facts: &'a dyn Facts,
    pub machine: &'a MachineFacts,
    pub system: &'a OperatingSystem,
}

/// Every check, in the order of reports.
pub const CHECKS: &[&Check] = &[&guest_account::CHECK, &smb1::CHECK];

/// Makes every check.
pub fn check_all(subject: &Subject<'_>) -> Vec<CheckFinding> {
    CHECKS.iter().map(|check| check.finding(subject)).collect()
}

impl Check {
    fn finding(&self, subject: &Subject<'_>) -> CheckFinding {
        let Outcome { verdict, found, details } = (self.judge)(subject);
        CheckFinding {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            severity: self.severity,
            verdict,
            found,
            details,
            remedy: self.remedy.to_owned(),
            source: self.source.to_owned(),
        }
    }
}
