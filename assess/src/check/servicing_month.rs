//! Settings whose default an update changed, told by the build.

use super::{Subject, Unseen};

/// The cumulative updates of one month, as the builds that they make.
pub(super) struct ServicingMonth {
    /// Build with the revision that it has since.
    pub(super) revisions: &'static [(u32, u32)],
    /// Every build from this one on was made later.
    pub(super) later: u32,
}

impl ServicingMonth {
    /// Tells whether a machine has them; nothing where its build does not say.
    pub(super) fn is_reached(&self, subject: &Subject<'_>) -> Result<Option<bool>, Unseen> {
        let build = subject.build()?;
        if build >= self.later {
            return Ok(Some(true));
        }
        let revision = subject.machine.build.known().and_then(|build| build.revision());
        let since = self.revisions.iter().find(|(of, _)| *of == build).map(|(_, since)| *since);
        Ok(revision.zip(since).map(|(revision, since)| revision >= since))
    }
}
