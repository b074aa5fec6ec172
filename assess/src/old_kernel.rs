//! A kernel that is far older than the revision of Windows that the registry names.
//!
//! Nearly every cumulative update replaces the kernel. Where the registry claims a year of them that
//! the kernel's file has not seen, one of the two is wrong: an update was rolled back, a file was
//! restored, or the registry was changed.

use std::fmt;
use std::ops::RangeInclusive;

use staunch_model::{Date, EvidenceKind, OsBuild, Verdict};

use crate::candidate::{Candidate, Candidates};
use crate::verdict::{Judgement, evidence};

/// Cumulative updates that the registry claims and the kernel's file denies.
#[derive(Debug)]
pub(crate) struct OldKernel {
    /// Revision of the kernel's file.
    kernel: u32,
    /// Build that the registry names.
    build: OsBuild,
    /// Day of the first update that the kernel has not seen.
    since: Date,
    denied: RangeInclusive<u32>,
}

/// Days of cumulative updates that may all leave the kernel as it is.
const A_YEAR: i64 = 365;

impl OldKernel {
    /// Compares the revision of the kernel's file with that of the registry.
    pub(crate) fn of(kernel: u32, build: OsBuild, candidates: &Candidates) -> Option<Self> {
        let denied = kernel.checked_add(1)?..=build.revision()?;
        let days = || {
            let fixed = candidates.all.iter().filter(|candidate| is_in(&denied, candidate));
            fixed.filter_map(|candidate| candidate.date)
        };
        let (since, until) = (days().min()?, days().max()?);
        let is_far = since.saturating_add(jiff::Span::new().days(A_YEAR)) <= until;
        is_far.then_some(Self { kernel, build, since, denied })
    }

    /// Leaves an update open that the kernel denies.
    pub(crate) fn judge(&self, candidate: &Candidate) -> Option<Judgement> {
        if !self.denies(candidate) {
            return None;
        }
        let expected = Some(self.build.to_string());
        let found = Some(format!("revision {}", self.kernel));
        let says = format!("{self}; the versions of other system files decide");
        let found = evidence(EvidenceKind::File, "ntoskrnl.exe", expected, found, says);
        let mut judgement = Judgement::new(Verdict::Undetermined, found);
        judgement.question = Some("ntoskrnl.exe".to_owned());
        Some(judgement)
    }

    /// Tells whether the kernel is from before an update that the registry claims.
    pub(crate) fn denies(&self, candidate: &Candidate) -> bool {
        is_in(&self.denied, candidate)
    }
}

impl fmt::Display for OldKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kernel, build, since, .. } = self;
        write!(f, "the registry says build {build}, but the kernel is of revision {kernel}, ")?;
        write!(f, "from before {since}")
    }
}

fn is_in(revisions: &RangeInclusive<u32>, candidate: &Candidate) -> bool {
    let fixed = candidate.fixed_build.and_then(OsBuild::revision);
    fixed.is_some_and(|revision| revisions.contains(&revision))
}
