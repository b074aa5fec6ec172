//! One machine's facts against the catalog.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use staunch_catalog::{Catalog, CatalogError};
use staunch_model::{
    Architecture, Assessment, BulletinId, CheckFinding, CheckVerdict, Collected, Date,
    EvidenceKind, Family, Finding, KbNumber, MachineFacts, MachineIdentity, OperatingSystem,
    ServicePack, Severity, Summary, Support, SupportState, Verdict, VulnerabilityId, Warning,
};

use staunch_machine::{Facts, kernel_revision};

use crate::candidate::{Candidate, Candidates};
use crate::check::{Subject, check_all};
use crate::claims::{Claims, Gap};
use crate::files::{Files, FilesSay, Manifests, Row};
use crate::gate::Gate;
use crate::old_kernel::OldKernel;
use crate::short_list::{is_optional, representatives};
use crate::verdict::{Bench, Judgement, evidence, is_in_view};

/// Assesses any number of machines against one catalog.
pub struct Assessor {
    catalog: Mutex<Catalog>,
    systems: BTreeSet<OperatingSystem>,
    candidates: Mutex<HashMap<OperatingSystem, Arc<Candidates>>>,
    manifests: Mutex<HashMap<OperatingSystem, Arc<RowsByBulletin>>>,
}

type RowsByBulletin = BTreeMap<BulletinId, Vec<Row>>;

/// One machine as it is put before the catalog.
#[derive(Clone)]
pub struct Machine {
    pub system: OperatingSystem,
    pub facts: MachineFacts,
    /// The installation itself, where more than lists can be seen.
    pub seen: Option<Arc<dyn Facts>>,
    /// Files that the facts come from.
    pub inputs: Vec<String>,
    pub warnings: Vec<Warning>,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Leaves out updates that were published after this day.
    pub as_of: Option<Date>,
    /// Takes only updates as installed that were installed by this day.
    pub installed_until: Option<Date>,
    /// Keeps only findings that close one of these, when there are any.
    pub vulnerabilities: Vec<VulnerabilityId>,
    /// Keeps only findings of this severity or graver.
    pub min_severity: Option<Severity>,
    /// Keeps all verdicts rather than the short list of what is missing and what is open.
    pub all: bool,
}

/// Reason why a machine cannot be assessed.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("the catalog knows no update for {0}")]
    UnknownSystem(OperatingSystem),
}

/// The verdicts on one machine, before anything is left out.
pub(crate) struct Judged {
    pub(crate) candidates: Arc<Candidates>,
    pub(crate) judgements: BTreeMap<KbNumber, Judgement>,
    pub(crate) represented_by: BTreeMap<KbNumber, KbNumber>,
    pub(crate) files: BTreeMap<KbNumber, FilesSay>,
    /// Vulnerabilities that a missing update closes and no alternative does.
    pub(crate) exposed: BTreeSet<VulnerabilityId>,
    /// What the kernel's file denies of the registry's revision.
    old_kernel: Option<OldKernel>,
}

impl Judged {
    /// Returns the day of an update for the machine that was published after the day of the question.
    pub(crate) fn later(&self, kb: KbNumber) -> Option<Date> {
        let is_judged = self.judgements.contains_key(&kb);
        self.candidates.find(kb).filter(|_| !is_judged)?.date
    }
}

impl Assessor {
    /// Takes the catalog that answers rest on.
    ///
    /// # Errors
    /// Fails when the catalog cannot be read.
    pub fn new(catalog: Catalog) -> Result<Self, AssessError> {
        let systems = catalog.operating_systems()?.into_iter().collect();
        Ok(Self {
            catalog: Mutex::new(catalog),
            systems,
            candidates: Mutex::default(),
            manifests: Mutex::default(),
        })
    }

    /// Tells whether some update of the catalog closes a vulnerability.
    ///
    /// # Errors
    /// Fails when the catalog cannot be read.
    pub fn knows(&self, id: VulnerabilityId) -> Result<bool, AssessError> {
        Ok(self.catalog().vulnerability(id)?.is_some())
    }

    /// Gives the verdicts on one machine.
    ///
    /// # Errors
    /// [`AssessError::UnknownSystem`] when no update was ever published for the machine's system.
    pub fn assess(&self, machine: &Machine, options: &Options) -> Result<Assessment, AssessError> {
        let judged = self.judge(machine, options)?;
        let mut findings = self.findings(&judged);
        let mut summary = summary(&judged);
        let mut warnings = machine.warnings.clone();
        let support = self.support(machine, options.as_of)?;
        warnings.extend(self.warnings(machine, options, &judged, &support));
        let released = self.service_pack_released(&judged.candidates.system)?;
        findings.extend(earlier_service_packs(&judged.candidates, released, options.as_of));
        findings.iter().for_each(|finding| summary.count(finding));
        let keep = |finding: &Finding| {
            (options.all || finding.is_listed())
                && options.min_severity.is_none_or(|least| finding.severity >= Some(least))
                && (options.vulnerabilities.is_empty()
                    || options.vulnerabilities.iter().any(|id| finding.cves.contains(id)))
        };
        findings.retain(keep);
        findings.sort_by_key(order);
        let checks = checks(machine, options, &support);
        // Judging has asked more of the installation than observing it had.
        let unseen = machine.seen.iter().flat_map(|seen| seen.warnings());
        warnings.extend(unseen.filter(|warning| !machine.warnings.contains(warning)));
        Ok(Assessment {
            schema: Assessment::SCHEMA,
            inputs: machine.inputs.clone(),
            machine: identity(machine),
            support,
            as_of: options.as_of,
            catalog: self.catalog().identity(),
            findings,
            checks,
            summary,
            warnings,
        })
    }

    /// Judges every candidate in view.
    pub(crate) fn judge(
        &self,
        machine: &Machine,
        options: &Options,
    ) -> Result<Judged, AssessError> {
        let candidates = self.candidates(machine.system)?;
        let claims = Claims::of(machine, options.installed_until);
        let gate =
            Gate::new(machine, candidates.system, &claims, options.installed_until.is_some());
        // A revision says what is installed today, not what was on an earlier day.
        let build =
            machine.facts.build.known().copied().filter(|_| options.installed_until.is_none());
        let files = match &machine.seen {
            Some(seen) if options.installed_until.is_none() => {
                self.files_say(seen.as_ref(), machine, &candidates, &gate)?
            }
            _ => BTreeMap::new(),
        };
        let old_kernel = machine.seen.as_ref().zip(build).and_then(|(seen, build)| {
            OldKernel::of(kernel_revision(seen.as_ref(), build)?, build, &candidates)
        });
        let kernel = old_kernel.as_ref();
        let bench = Bench::new(&candidates, &claims, &gate, build, kernel, options.as_of, &files);
        let judgements: BTreeMap<KbNumber, Judgement> =
            bench.in_view().map(|candidate| (candidate.kb, bench.judge(candidate))).collect();
        let represented_by = representatives(&candidates, &judgements);
        let missing = |candidate: &&Candidate| {
            judgements.get(&candidate.kb).is_some_and(|j| j.verdict == Verdict::Missing)
        };
        let exposed = bench
            .in_view()
            .filter(missing)
            .flat_map(|candidate| candidate.vulnerabilities().map(move |id| (candidate, id)))
            .filter(|(candidate, id)| bench.alternative(candidate, *id).is_none())
            .map(|(_, id)| id)
            .collect();
        Ok(Judged { candidates, judgements, represented_by, files, exposed, old_kernel })
    }

    /// Asks the files of a machine about every update whose files are known.
    fn files_say(
        &self,
        seen: &dyn Facts,
        machine: &Machine,
        candidates: &Candidates,
        gate: &Gate<'_>,
    ) -> Result<BTreeMap<KbNumber, FilesSay>, AssessError> {
        let manifests = self.manifests(machine.system, candidates)?;
        let language = machine.facts.language.known().map(String::as_str);
        let mut said = BTreeMap::new();
        if manifests.is_empty() {
            return Ok(said);
        }
        let Some(files) = Files::of(seen, &machine.system, language) else { return Ok(said) };
        for (bulletin, updates) in candidates.by_bulletin() {
            let Some(rows) = manifests.get(&bulletin) else { continue };
            for candidate in &updates {
                // Rows name no update, so that two of a bulletin for one thing share them.
                let same = |other: &&&Candidate| other.components == candidate.components;
                let possible = gate.possible(&candidate.components);
                let is_there = possible.is_empty() == candidate.components.is_empty();
                if is_there && updates.iter().filter(same).count() == 1 {
                    said.insert(candidate.kb, files.say(rows, &possible));
                }
            }
        }
        Ok(said)
    }

    /// Reads the files of all updates for a system, once for all machines that run it.
    fn manifests(
        &self,
        system: OperatingSystem,
        candidates: &Candidates,
    ) -> Result<Arc<RowsByBulletin>, AssessError> {
        let cache = || self.manifests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = cache().get(&system) {
            return Ok(Arc::clone(found));
        }
        let mut manifests = Manifests::new(&system);
        let mut found = RowsByBulletin::new();
        for bulletin in candidates.by_bulletin().into_keys() {
            let rows = manifests.rows(self.catalog().files_of(bulletin)?);
            if !rows.is_empty() {
                found.insert(bulletin, rows);
            }
        }
        let found = Arc::new(found);
        cache().insert(system, Arc::clone(&found));
        Ok(found)
    }

    pub(crate) fn catalog(&self) -> std::sync::MutexGuard<'_, Catalog> {
        self.catalog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the candidates for a system, once for all machines that run it.
    fn candidates(&self, system: OperatingSystem) -> Result<Arc<Candidates>, AssessError> {
        let (system, names) = self.published(system)?;
        let cache = || self.candidates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = cache().get(&system) {
            return Ok(Arc::clone(found));
        }
        let others = |keep: &dyn Fn(&OperatingSystem) -> bool| -> Vec<OperatingSystem> {
            self.systems
                .iter()
                .filter(|other| !names.contains(other) && keep(other))
                .copied()
                .collect()
        };
        let siblings = others(&|other| {
            system.family.is_serviced_cumulatively()
                && OperatingSystem { architecture: system.architecture, ..*other } == system
        });
        let earlier = others(&|other| {
            other.service_pack < system.service_pack
                && OperatingSystem { service_pack: system.service_pack, ..*other } == system
        });
        let found = {
            let catalog = self.catalog();
            Arc::new(Candidates::new(
                system,
                catalog.updates_for(&names)?,
                catalog.updates_for(&siblings)?,
                catalog.updates_for(&earlier)?,
            ))
        };
        if found.all.is_empty() {
            return Err(AssessError::UnknownSystem(system));
        }
        cache().insert(system, Arc::clone(&found));
        Ok(found)
    }

    /// Finds the names under which publications list updates for a system, and the first of them.
    fn published(
        &self,
        system: OperatingSystem,
    ) -> Result<(OperatingSystem, Vec<OperatingSystem>), AssessError> {
        let names: Vec<OperatingSystem> =
            names(system).into_iter().filter(|name| self.systems.contains(name)).collect();
        match names.first() {
            Some(first) => Ok((*first, names)),
            None => Err(AssessError::UnknownSystem(system)),
        }
    }

    fn findings(&self, judged: &Judged) -> Vec<Finding> {
        let mut findings: Vec<Finding> = judged
            .judgements
            .iter()
            .filter_map(|(kb, judgement)| {
                let candidate = judged.candidates.find(*kb)?;
                let represented_by = judged.represented_by.get(kb).copied();
                Some(finding(candidate, judgement.clone(), represented_by))
            })
            .collect();
        let by_kb: BTreeMap<KbNumber, usize> =
            findings.iter().enumerate().map(|(at, finding)| (finding.kb, at)).collect();
        // What stands for others closes what they would have closed.
        for at in 0..findings.len() {
            let represented = &findings[at];
            if represented.verdict != Verdict::Missing {
                continue;
            }
            let Some(by) = represented.represented_by.and_then(|kb| by_kb.get(&kb)) else {
                continue;
            };
            let (cves, severity) = (represented.cves.clone(), represented.severity);
            let representative = &mut findings[*by];
            representative.cves.extend(cves);
            representative.severity = representative.severity.max(severity);
        }
        for finding in &mut findings {
            finding.cves.sort_unstable();
            finding.cves.dedup();
        }
        findings
    }

    fn warnings(
        &self,
        machine: &Machine,
        options: &Options,
        judged: &Judged,
        support: &Support,
    ) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |object: String, message: String| warnings.push(Warning { object, message });
        let newest = judged.candidates.all.iter().filter_map(|candidate| candidate.date).max();
        let of_catalog = self.catalog().identity().date;
        if let (Some(day), Some(as_of)) = (of_catalog, options.as_of)
            && day < as_of
        {
            warn(
                "catalog".into(),
                format!("it is of {day}, and knows nothing that came out later"),
            );
        }
        let until = options.as_of.or(of_catalog);
        // Where support has ended, its end says the same.
        let is_over = |state| state == SupportState::Ended;
        let has_ended = is_over(support.state)
            || support.service_pack.as_ref().is_some_and(|p| is_over(p.state));
        if !has_ended
            && let (Some(newest), Some(until)) = (newest, until)
            && newest.saturating_add(jiff::Span::new().days(HALF_A_YEAR)) < until
        {
            warn(
                judged.candidates.system.to_string(),
                format!(
                    "the catalog knows no update for this product after {newest}: faults found \
                     since then stay open, unless an update that no publication names closes them"
                ),
            );
        }
        if let Some(kernel) = &judged.old_kernel {
            warn("ntoskrnl.exe".into(), kernel.to_string());
        }
        if let Gap::Truncated { stated, listed } = Gap::of(&machine.facts) {
            warn(
                "list of installed updates".into(),
                format!(
                    "it shows {listed} of {stated} entries, so absence from it decides nothing; \
                     give the output of `wmic qfe` as well"
                ),
            );
        }
        warnings
    }
}

const HALF_A_YEAR: i64 = 183;

/// Lists the names that publications may give a system, the one that says most of it first.
fn names(system: OperatingSystem) -> Vec<OperatingSystem> {
    let of_pack = |pack| OperatingSystem { service_pack: ServicePack(pack), ..system };
    match (system.family, system.architecture, system.service_pack) {
        // Windows Server 2003 R2 is Server 2003 with additions, and takes its updates.
        (Family::Server2003R2, ..) => {
            let base = OperatingSystem { family: Family::Server2003, ..system };
            names(base).into_iter().chain([system]).collect()
        }
        // These came out with the first service pack inside, and only some publications say it.
        (Family::WindowsXp | Family::Server2003, Architecture::X64, ServicePack(0 | 1))
        | (Family::Server2008, _, ServicePack(0 | 1)) => {
            vec![of_pack(system.service_pack.0), of_pack(1 - system.service_pack.0)]
        }
        _ => vec![system],
    }
}

fn finding(
    candidate: &Candidate,
    judgement: Judgement,
    represented_by: Option<KbNumber>,
) -> Finding {
    let missing = judgement.verdict == Verdict::Missing;
    let mut superseded_by = judgement.superseded_by;
    if missing {
        superseded_by.extend(represented_by);
    }
    Finding {
        kb: candidate.kb,
        bulletin: candidate.bulletin,
        title: candidate.title.clone(),
        product: candidate.product.to_string(),
        series: candidate.series,
        date: candidate.date,
        severity: candidate.severity,
        restart: candidate.restart,
        cves: candidate.vulnerabilities().collect(),
        verdict: judgement.verdict,
        offered: missing && represented_by.is_none() && !is_optional(candidate),
        evidence: judgement.evidence,
        superseded_by,
        represented_by,
    }
}

/// Updates for earlier service packs: those published before the machine's own are inside it.
fn earlier_service_packs(
    candidates: &Candidates,
    released: Option<Date>,
    as_of: Option<Date>,
) -> Vec<Finding> {
    let system = &candidates.system;
    let Some(released) = released else {
        return Vec::new();
    };
    candidates
        .earlier
        .iter()
        .filter(|candidate| is_in_view(candidate, as_of))
        .map(|candidate| {
            let inside = candidate.date.is_some_and(|date| date < released);
            let (verdict, says) = if inside {
                let says = format!("{} of {released} includes it", system.service_pack);
                (Verdict::IncludedInServicePack, says)
            } else {
                let says = format!("it was not published for {}", system.service_pack);
                (Verdict::NotApplicable, says)
            };
            let found = Some(system.service_pack.to_string());
            let found = evidence(EvidenceKind::Build, "service pack", None, found, says);
            finding(candidate, Judgement::new(verdict, found), None)
        })
        .collect()
}

fn summary(judged: &Judged) -> Summary {
    let exploited: BTreeSet<VulnerabilityId> = judged
        .judgements
        .iter()
        .filter(|(_, judgement)| judgement.verdict == Verdict::Missing)
        .filter_map(|(kb, _)| judged.candidates.find(*kb))
        .flat_map(|candidate| candidate.fixes.iter())
        .filter(|fix| fix.exploited && judged.exposed.contains(&fix.vulnerability))
        .map(|fix| fix.vulnerability)
        .collect();
    Summary {
        exposed_cves: judged.exposed.len(),
        exposed: judged.exposed.iter().copied().collect(),
        exploited_cves: exploited.len(),
        exploited: exploited.into_iter().collect(),
        ..Summary::default()
    }
}

/// What to install first, then the gravest and newest, then what is open.
fn order(finding: &Finding) -> impl Ord + use<> {
    (
        Verdict::ALL.iter().position(|verdict| *verdict == finding.verdict),
        !finding.offered,
        finding.series != staunch_model::Series::ServicingStack,
        std::cmp::Reverse(finding.severity),
        std::cmp::Reverse(finding.date),
        finding.kb,
    )
}

pub(crate) fn identity(machine: &Machine) -> MachineIdentity {
    let facts = &machine.facts;
    let text = |fact: &Collected<String>| fact.known().cloned();
    let system = &machine.system;
    MachineIdentity {
        name: text(&facts.name),
        file: machine.inputs.first().cloned(),
        family: system.family,
        version: system.release.map(|release| release.to_string()),
        service_pack: facts.service_pack.known().copied().unwrap_or(ServicePack(0)),
        architecture: Architecture::clone(&system.architecture),
        edition: text(&facts.edition),
        language: text(&facts.language),
        build: facts.build.known().map(ToString::to_string),
        product: system.to_string(),
    }
}

/// Checks the settings of a machine that can be seen; those that are sound or about nothing that
/// the machine has are left out unless all are asked for.
fn checks(machine: &Machine, options: &Options, support: &Support) -> Vec<CheckFinding> {
    let Some(seen) = &machine.seen else { return Vec::new() };
    let subject =
        Subject { facts: seen.as_ref(), machine: &machine.facts, system: &machine.system, support };
    let mut found = check_all(&subject);
    found.retain(|check| {
        options.all || matches!(check.verdict, CheckVerdict::Weak | CheckVerdict::Undetermined)
    });
    found
}
