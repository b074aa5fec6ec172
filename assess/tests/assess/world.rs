//! A small catalog made of statements, and machines to put before it.

use std::sync::Arc;

use staunch_assess::{Assessor, Machine, Options};
use staunch_catalog::{Builder, Catalog};
use staunch_model::{
    Assessment, Collected, Date, Fix, FixKind, Hotfix, HotfixId, HotfixList, Impact, KbNumber,
    MachineFacts, OperatingSystem, OsBuild, ProductMention, Provenance, Publication, PublicationId,
    Record, Restart, Severity, SupersededRef, Verdict, VulnerabilityRecord,
};

pub(crate) const WINDOWS_7: &str = "Windows 7 for x64-based Systems Service Pack 1";
pub(crate) const WINDOWS_10: &str = "Windows 10 Version 1809 for x64-based Systems";

/// What is published about one update for one product.
#[derive(Debug, Clone, Default)]
pub(crate) struct Update {
    pub(crate) kb: u32,
    pub(crate) product: &'static str,
    pub(crate) class: &'static str,
    pub(crate) date: &'static str,
    pub(crate) cve: u32,
    pub(crate) supersedes: &'static [u32],
    pub(crate) build: Option<&'static str>,
    pub(crate) payload: Option<u32>,
}

pub(crate) fn kb(number: u32) -> KbNumber {
    KbNumber::new(number).expect("a knowledge base number")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

impl Update {
    /// Returns the statements of the update's publication.
    pub(crate) fn records(&self) -> Vec<Record> {
        let publication = PublicationId::new("cvrf", &self.date[..7]);
        let provenance = Provenance { publication: publication.clone(), line: 1 };
        let id = format!("CVE-{}-{:04}", &self.date[..4], self.cve).parse().expect("a CVE");
        vec![
            Record::Publication(Publication {
                id: publication,
                title: "Monthly updates".into(),
                revision: None,
                released: Some(day(self.date)),
                revised: Some(day(self.date)),
            }),
            Record::Vulnerability(VulnerabilityRecord {
                id,
                title: "A vulnerability".into(),
                published: Some(day(self.date)),
                revised: Some(day(self.date)),
                exploited: None,
                disclosed: None,
                provenance: provenance.clone(),
            }),
            Record::Fix(Fix {
                vulnerability: Some(id),
                kind: FixKind::Update(kb(self.kb)),
                product: ProductMention { name: self.product.into(), component: None },
                severity: Some(Severity::Important),
                impact: Some(Impact::RemoteCodeExecution),
                supersedes: self
                    .supersedes
                    .iter()
                    .map(|older| SupersededRef { kb: Some(kb(*older)), bulletin: None })
                    .collect(),
                restart: Some(Restart::Yes),
                sub_type: Some(self.class).filter(|class| !class.is_empty()).map(Arc::from),
                fixed_build: self.build.map(Arc::from),
                payload: self.payload.map(kb),
                title: None,
                bulletin: None,
                posted: None,
                provenance,
            }),
        ]
    }
}

/// Builds a catalog of the updates and takes it for assessing.
pub(crate) fn assessor(updates: &[Update]) -> Assessor {
    assessor_of(|builder| {
        for record in updates.iter().flat_map(Update::records) {
            builder.push(record);
        }
    })
}

/// Builds a catalog of whatever is filled in and takes it for assessing.
pub(crate) fn assessor_of(fill: impl FnOnce(&mut Builder)) -> Assessor {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    let mut builder = Builder::new();
    fill(&mut builder);
    builder.write(&path).expect("the catalog is written");
    Assessor::new(Catalog::open(&path).expect("a catalog")).expect("a readable catalog")
}

/// A machine with a complete list of installed updates.
pub(crate) fn machine(system: &str, installed: &[u32]) -> Machine {
    let entries = installed
        .iter()
        .map(|number| Hotfix { id: HotfixId::Kb(kb(*number)), installed_on: None })
        .collect();
    let hotfixes = HotfixList { entries, ..HotfixList::default() };
    let facts = MachineFacts { hotfixes: Collected::Known(hotfixes), ..MachineFacts::default() };
    let system: OperatingSystem = system.parse().expect("an operating system");
    Machine { system, facts, seen: None, inputs: Vec::new(), warnings: Vec::new() }
}

/// The same machine with a known build.
pub(crate) fn with_build(mut machine: Machine, build: &str) -> Machine {
    let build: OsBuild = build.parse().expect("a build");
    machine.facts.build = Collected::Known(build);
    machine
}

/// Every finding of one machine.
pub(crate) fn everything(updates: &[Update], machine: &Machine) -> Assessment {
    let options = Options { all: true, ..Options::default() };
    assessor(updates).assess(machine, &options).expect("an assessment")
}

/// The verdict on one update.
pub(crate) fn verdict(assessment: &Assessment, number: u32) -> Verdict {
    assessment
        .findings
        .iter()
        .find(|finding| finding.kb == kb(number))
        .unwrap_or_else(|| panic!("a finding about KB{number}"))
        .verdict
}
