use staunch_model::{
    BulletinRecord, Fix, LifecycleRecord, PackageRecord, Provenance, Publication, PublicationId,
    Record, SourceWarning, Unclaimed, VulnerabilityRecord, WarningCode,
};

use crate::document::excerpt;
use crate::supersedence::Supersedence;
use crate::{Counts, Sink};

/// The way out of a dialect: passes statements of one publication on and counts them.
pub(crate) struct Output<'s> {
    pub(crate) counts: Counts,
    publication: PublicationId,
    sink: &'s mut dyn Sink,
}

impl<'s> Output<'s> {
    /// Begins a publication.
    pub(crate) fn new(publication: Publication, sink: &'s mut dyn Sink) -> Self {
        let id = publication.id.clone();
        let mut output =
            Self { counts: Counts { documents: 1, ..Counts::default() }, publication: id, sink };
        output.record(Record::Publication(publication));
        output
    }

    pub(crate) fn provenance(&self, line: u32) -> Provenance {
        Provenance { publication: self.publication.clone(), line }
    }

    pub(crate) fn vulnerability(&mut self, vulnerability: VulnerabilityRecord) {
        self.record(Record::Vulnerability(vulnerability));
    }

    pub(crate) fn fix(&mut self, fix: Fix) {
        self.record(Record::Fix(fix));
    }

    pub(crate) fn bulletin(&mut self, bulletin: BulletinRecord) {
        self.record(Record::Bulletin(bulletin));
    }

    pub(crate) fn package(&mut self, package: PackageRecord) {
        self.record(Record::Package(package));
    }

    pub(crate) fn lifecycle(&mut self, lifecycle: LifecycleRecord) {
        self.record(Record::Lifecycle(lifecycle));
    }

    pub(crate) fn unclaimed(&mut self, unclaimed: Unclaimed) {
        self.record(Record::Unclaimed(unclaimed));
    }

    pub(crate) fn warn(&mut self, code: WarningCode, line: u32, message: impl Into<String>) {
        self.counts.warnings += 1;
        let provenance = self.provenance(line);
        self.sink.warning(SourceWarning { code, provenance, message: message.into() });
    }

    /// Reports what is wrong with a list of superseded updates.
    pub(crate) fn supersedence_faults(&mut self, list: &Supersedence, line: u32) {
        if list.names_itself {
            let message = "expected a predecessor, found the update itself";
            self.warn(WarningCode::SelfReference, line, message);
        }
        if let Some(unread) = &list.unread {
            let message =
                format!("expected the number of a superseded update, found {}", excerpt(unread));
            self.warn(WarningCode::BadSupersedence, line, message);
        }
    }

    fn record(&mut self, record: Record) {
        self.counts.records += 1;
        self.sink.record(record);
    }
}
