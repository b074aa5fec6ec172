//! The verdict on each candidate, each step leaving its evidence.

use std::collections::{BTreeMap, BTreeSet};

use staunch_machine::PackageState;
use staunch_model::{
    Component, Date, Evidence, EvidenceKind, FileState, KbNumber, OsBuild, Series, Verdict,
    VulnerabilityId,
};

use crate::candidate::{Candidate, Candidates};
use crate::claims::{Claims, Gap, place};
use crate::component;
use crate::files::{self, FilesSay};
use crate::gate::{Applies, Gate};
use crate::old_kernel::OldKernel;
use crate::servicing::{ROLLUPS_BEGIN, covers, is_invisible_in_lists};
use crate::truth::Truth;

/// What is said of one candidate.
#[derive(Debug, Clone)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) superseded_by: Vec<KbNumber>,
    /// What a group of undetermined updates hangs on, when one answer decides them all.
    pub(crate) question: Option<String>,
}

/// Everything that verdicts on one machine rest on.
pub(crate) struct Bench<'a> {
    pub(crate) candidates: &'a Candidates,
    pub(crate) claims: &'a Claims,
    pub(crate) gate: &'a Gate<'a>,
    pub(crate) build: Option<OsBuild>,
    /// What the kernel's file denies of the build.
    old_kernel: Option<&'a OldKernel>,
    pub(crate) as_of: Option<Date>,
    /// What the files of the machine say about each update that has some.
    pub(crate) files: &'a BTreeMap<KbNumber, FilesSay>,
    /// Newest update in force of each line, with the evidence of it.
    in_force: BTreeMap<Series, (Date, KbNumber)>,
    /// Updates that facts show to be there, with the evidence.
    present: BTreeMap<KbNumber, Vec<Evidence>>,
    /// Vulnerabilities closed since the rollups began, by which updates of which lines.
    closed: BTreeMap<VulnerabilityId, BTreeSet<(Series, KbNumber)>>,
}

impl<'a> Bench<'a> {
    /// Prepares the verdicts: finds what is present before asking what is covered by it.
    pub(crate) fn new(
        candidates: &'a Candidates,
        claims: &'a Claims,
        gate: &'a Gate<'a>,
        build: Option<OsBuild>,
        old_kernel: Option<&'a OldKernel>,
        as_of: Option<Date>,
        files: &'a BTreeMap<KbNumber, FilesSay>,
    ) -> Self {
        let mut bench = Self {
            candidates,
            claims,
            gate,
            build,
            old_kernel,
            as_of,
            files,
            in_force: BTreeMap::new(),
            present: BTreeMap::new(),
            closed: BTreeMap::new(),
        };
        for candidate in &candidates.all {
            let Some(evidence) = bench.presence(candidate) else { continue };
            bench.present.insert(candidate.kb, evidence);
            let Some(date) = candidate.date else { continue };
            let newest = bench.in_force.entry(candidate.series).or_insert((date, candidate.kb));
            *newest = (*newest).max((date, candidate.kb));
            if date >= ROLLUPS_BEGIN {
                for id in candidate.vulnerabilities() {
                    bench.closed.entry(id).or_default().insert((candidate.series, candidate.kb));
                }
            }
        }
        bench
    }

    /// Lists the candidates that were published by the day of the question.
    pub(crate) fn in_view(&self) -> impl Iterator<Item = &'a Candidate> {
        let as_of = self.as_of;
        self.candidates.all.iter().filter(move |candidate| is_in_view(candidate, as_of))
    }

    /// Returns the newest update of a line that is in force.
    pub(crate) fn in_force(&self, series: Series) -> Option<(Date, KbNumber)> {
        self.in_force.get(&series).copied()
    }

    /// Tells by build, files and lists, in this order, whether the candidate itself is there.
    fn presence(&self, candidate: &Candidate) -> Option<Vec<Evidence>> {
        if self.old_kernel.is_some_and(|kernel| kernel.denies(candidate)) {
            return None;
        }
        match self.by_build(candidate) {
            Some((true, evidence)) => return Some(vec![evidence]),
            Some((false, _)) => return None,
            None => {}
        }
        let claim = self.claim(candidate).or_else(|| self.replaced(candidate.kb));
        match self.files.get(&candidate.kb) {
            Some(FilesSay::InForce(files)) => {
                Some(files::evidence(files).into_iter().chain(claim).collect())
            }
            Some(FilesSay::Older(_) | FilesSay::Pending(_)) => None,
            Some(FilesSay::NoneThere(_) | FilesSay::Open(_) | FilesSay::Nothing) | None => {
                claim.map(|claim| vec![claim])
            }
        }
    }

    /// Finds the entry of a list that claims the candidate or what it delivers.
    fn claim(&self, candidate: &Candidate) -> Option<Evidence> {
        std::iter::once(candidate.kb).chain(candidate.payloads.iter().copied()).find_map(|kb| {
            (self.claims.has(kb) == Truth::True).then(|| {
                let kind = self.claims.kind_of(kb);
                let place = place(kind);
                let says = if kb == candidate.kb {
                    format!("{kb} is in {place}")
                } else {
                    format!("{kb}, which {} delivers, is in {place}", candidate.kb)
                };
                evidence(kind, kb, None, Some("installed".into()), says)
            })
        })
    }

    /// Finds the package of an update that a newer one has replaced in the component store.
    fn replaced(&self, kb: KbNumber) -> Option<Evidence> {
        (self.claims.state(kb) == Some(PackageState::Superseded)).then(|| {
            let says = format!("a newer version of what {kb} brings is in the component store");
            evidence(EvidenceKind::Component, kb, None, Some(SUPERSEDED.into()), says)
        })
    }

    /// Compares the build of the machine with the fixed build, where both are known.
    fn by_build(&self, candidate: &Candidate) -> Option<(bool, Evidence)> {
        let own = self.build?;
        let (own_revision, fixed) = (own.revision()?, candidate.fixed_build?);
        let contains = own_revision >= fixed.revision()?;
        let says = if contains {
            format!("build {own} is at or past {fixed}, the build with this fix")
        } else {
            format!("build {own} is before {fixed}, the first build with this fix")
        };
        Some((
            contains,
            evidence(
                EvidenceKind::Build,
                candidate.kb,
                Some(fixed.to_string()),
                Some(own.to_string()),
                says,
            ),
        ))
    }

    /// Gives the verdict on one candidate.
    pub(crate) fn judge(&self, candidate: &Candidate) -> Judgement {
        let kb = candidate.kb;
        if let Some(found) = self.present.get(&kb) {
            return self.there(candidate, found);
        }
        let applies = self.gate.applies(candidate);
        if let Applies::No(why) = applies {
            let names = names(&candidate.components);
            let says = format!("it is for {names}, and the machine has another version or none");
            let found =
                evidence(EvidenceKind::Component, names, None, Some("not installed".into()), says);
            let found = std::iter::once(found).chain(why).collect();
            return Judgement::all(Verdict::NotApplicable, found);
        }
        let revision = candidate.fixed_build.filter(|_| self.build.is_some());
        let revision = revision.and_then(OsBuild::revision);
        let by_build = revision.is_some_and(|fixed| self.claims.pending_revision >= Some(fixed));
        let coming = self.coming(candidate);
        if by_build || coming.is_some() {
            let says = match coming {
                Some(own) if own == kb => {
                    format!("{kb} is staged and becomes installed with the next restart")
                }
                Some(other) => {
                    format!("{other}, which the next restart installs, contains or supersedes it")
                }
                None => {
                    "the cumulative update that the next restart installs contains it".to_owned()
                }
            };
            let found =
                evidence(EvidenceKind::Component, kb, None, Some("install pending".into()), says);
            return Judgement::new(Verdict::PendingReboot, found);
        }
        if let Some(judgement) = self.old_kernel.and_then(|kernel| kernel.judge(candidate)) {
            return judgement;
        }
        if let Some(judgement) = self.files.get(&kb).and_then(|say| self.by_files(candidate, say)) {
            return judgement;
        }
        let mut judgement =
            self.superseded(candidate).unwrap_or_else(|| self.absent(candidate, &applies));
        // What the files leave open is told beside what decided instead.
        if let Some(FilesSay::Open(files)) = self.files.get(&kb) {
            judgement.evidence.extend(files::evidence(files));
        }
        judgement
    }

    /// Finds the update that the next restart installs and that is the candidate, contains it or
    /// supersedes it.
    fn coming(&self, candidate: &Candidate) -> Option<KbNumber> {
        if self.claims.is_pending(candidate.kb) {
            return Some(candidate.kb);
        }
        self.claims.pending().next()?;
        let superseders = self.candidates.superseders(candidate.kb);
        self.claims.pending().find(|kb| {
            let contains = |pending: &Candidate| {
                let system = &self.candidates.system;
                pending.date.is_some_and(|day| covers(pending.series, day, candidate, system))
            };
            superseders.contains(kb) || self.candidates.find(*kb).is_some_and(contains)
        })
    }

    /// Decides about a candidate that is there: one that only files show may have come with a
    /// later update.
    fn there(&self, candidate: &Candidate, found: &[Evidence]) -> Judgement {
        let judgement = Judgement::all(Verdict::Installed, found.to_vec());
        if found.iter().any(|one| one.found.as_deref() == Some(SUPERSEDED)) {
            let superseded_by = self.superseders_there(candidate.kb);
            return Judgement { verdict: Verdict::Superseded, superseded_by, ..judgement };
        }
        let by_files_only = found.iter().all(|evidence| evidence.kind == EvidenceKind::File);
        if !by_files_only {
            return judgement;
        }
        let mut by = self.superseders_there(candidate.kb);
        by.retain(|newer| self.claims.has(*newer) == Truth::True);
        match by.last() {
            None => judgement,
            Some(newest) => {
                let says = format!("{newest}, which is installed, supersedes {}", candidate.kb);
                let mut judgement = judgement;
                judgement.verdict = Verdict::Superseded;
                judgement.evidence.push(self.proof_of(*newest, says));
                judgement.superseded_by = by;
                judgement
            }
        }
    }

    /// Decides by what the files say against the candidate.
    fn by_files(&self, candidate: &Candidate, say: &FilesSay) -> Option<Judgement> {
        let (verdict, files) = match say {
            FilesSay::Older(files) => (Verdict::Missing, files),
            FilesSay::Pending(files) => (Verdict::PendingReboot, files),
            FilesSay::NoneThere(files) => (Verdict::NotApplicable, files),
            FilesSay::Open(files)
                if files.iter().any(|file| file.state == FileState::Open)
                    && self.superseded(candidate).is_none() =>
            {
                (Verdict::Undetermined, files)
            }
            FilesSay::InForce(_) | FilesSay::Open(_) | FilesSay::Nothing => return None,
        };
        let mut judgement = Judgement::all(verdict, files::evidence(files));
        if let Some(mut claim) = self.claim(candidate).filter(|_| verdict == Verdict::Missing) {
            claim.says = format!("{}: contradicted by files", claim.says);
            judgement.evidence.push(claim);
        }
        Some(judgement)
    }

    /// Lists what supersedes an update and is there.
    fn superseders_there(&self, kb: KbNumber) -> Vec<KbNumber> {
        let newer = self.candidates.superseders(kb).into_iter();
        newer.filter(|newer| self.present.contains_key(newer)).collect()
    }

    /// Looks for something in force that contains the candidate or stands in for it.
    fn superseded(&self, candidate: &Candidate) -> Option<Judgement> {
        let kb = candidate.kb;
        let by = self.superseders_there(kb);
        if let Some(newest) = by.last() {
            let says = format!("{newest}, which is installed, supersedes {kb}");
            let mut judgement = Judgement::new(Verdict::Superseded, self.proof_of(*newest, says));
            judgement.superseded_by = by;
            return Some(judgement);
        }
        let covering = self.in_force.iter().find(|(series, (date, _))| {
            covers(**series, *date, candidate, &self.candidates.system)
        });
        if let Some((series, (date, by))) = covering {
            let says = format!(
                "{by}, the {series} of {date}, is installed and contains this {} of {}",
                candidate.series,
                candidate.date.map(|date| date.to_string()).unwrap_or_default()
            );
            let mut judgement = Judgement::new(Verdict::Superseded, self.proof_of(*by, says));
            judgement.superseded_by = vec![*by];
            return Some(judgement);
        }
        self.alternatives(candidate)
    }

    /// Tells whether other updates in force close every vulnerability of a monthly update.
    fn alternatives(&self, candidate: &Candidate) -> Option<Judgement> {
        let monthly = candidate.date.is_some_and(|date| date >= ROLLUPS_BEGIN)
            && !matches!(
                candidate.series,
                Series::Individual | Series::ServicingStack | Series::Flash
            );
        if !monthly || candidate.fixes.is_empty() {
            return None;
        }
        let by: BTreeSet<KbNumber> = candidate
            .vulnerabilities()
            .map(|id| self.alternative(candidate, id))
            .collect::<Option<_>>()?;
        let names = list(by.iter());
        let says =
            format!("every vulnerability that it closes is closed by {names}, which is installed");
        let kind = by.iter().find_map(|kb| Some(self.present.get(kb)?.first()?.kind));
        let kind = kind.unwrap_or(EvidenceKind::List);
        let found = evidence(kind, &names, None, Some("installed".into()), says);
        let mut judgement = Judgement::new(Verdict::Superseded, found);
        judgement.superseded_by = by.into_iter().collect();
        Some(judgement)
    }

    /// Finds an update of another line that is present and closes one vulnerability of a monthly
    /// update: since the rollups began, lines are alternatives to each other.
    pub(crate) fn alternative(
        &self,
        candidate: &Candidate,
        id: VulnerabilityId,
    ) -> Option<KbNumber> {
        candidate.date.filter(|date| *date >= ROLLUPS_BEGIN)?;
        let by = self.closed.get(&id)?;
        by.iter().find(|(series, _)| *series != candidate.series).map(|(_, kb)| *kb)
    }

    /// Decides about a candidate that nothing shows to be there.
    fn absent(&self, candidate: &Candidate, applies: &Applies) -> Judgement {
        let kb = candidate.kb;
        if let Some((false, found)) = self.by_build(candidate) {
            let mut judgement = Judgement::new(Verdict::Missing, found);
            if self.claims.has(kb) == Truth::True {
                let kind = self.claims.kind_of(kb);
                let says = format!("{kb} is in {}, but the build decides", place(kind));
                judgement.evidence.push(evidence(kind, kb, None, Some("installed".into()), says));
            }
            return judgement;
        }
        if !self.claims.is_denied(kb)
            && let Some(judgement) = self.unseen(candidate)
        {
            return judgement;
        }
        if *applies == Applies::NotKnownAndOptional && !self.claims.is_denied(kb) {
            return self.perhaps_without(candidate);
        }
        let (found, says) = if self.claims.is_denied(kb) {
            ("not installed", format!("{kb} was looked for and is not installed"))
        } else if self.claims.state(kb) == Some(PackageState::Staged) {
            ("staged", format!("{kb} is staged in the component store and not installed"))
        } else {
            ("not listed", format!("{kb} is not in {}", place(self.claims.kind)))
        };
        let says = format!("{says}, and nothing installed contains it");
        let found = evidence(self.claims.kind, kb, None, Some(found.into()), says);
        let mut judgement = Judgement::new(Verdict::Missing, found);
        if matches!(applies, Applies::NotKnown | Applies::NotKnownAndOptional) {
            let names = names(&candidate.components);
            let says =
                format!("it applies to {names}; whether that is installed was not collected");
            judgement.evidence.push(evidence(EvidenceKind::Component, names, None, None, says));
        }
        judgement
    }

    /// Leaves an update open that is for what the machine may not have.
    fn perhaps_without(&self, candidate: &Candidate) -> Judgement {
        let names = joined(candidate.components.iter(), "or");
        let places: BTreeSet<String> =
            candidate.components.iter().flat_map(component::places).collect();
        let decides = match places.is_empty() {
            true => String::new(),
            false => format!("; it shows in {}", list(places.iter())),
        };
        let says = format!(
            "whether {names} is installed is not known, and not every {} has it{decides}",
            self.candidates.system
        );
        let found = evidence(EvidenceKind::Component, &names, None, None, says);
        let mut judgement = Judgement::new(Verdict::Undetermined, found);
        judgement.question = Some(names);
        judgement
    }

    /// Names what was never collected and would decide.
    fn unseen(&self, candidate: &Candidate) -> Option<Judgement> {
        let kb = candidate.kb;
        let undetermined = |kind, object: String, says: String| {
            let found = evidence(kind, object, None, None, says);
            Some(Judgement::new(Verdict::Undetermined, found))
        };
        if is_invisible_in_lists(candidate, &self.candidates.system) {
            let name = candidate.components.first().map_or("", Component::name);
            let says = format!(
                "updates of {name} 4 do not appear in hotfix lists of this Windows; \
                 the installed versions of {name} and their files decide"
            );
            let mut judgement =
                undetermined(EvidenceKind::Component, names(&candidate.components), says)?;
            judgement.question = Some(format!("{name} 4"));
            return Some(judgement);
        }
        match self.claims.gap {
            Gap::Selective => {
                let says = "the list tells only of the updates that its tool looked for, and this \
                            one is not among them; a complete list decides";
                return undetermined(EvidenceKind::List, kb.to_string(), says.into());
            }
            Gap::Unread => {
                let says = "something that may name further updates could not be read, as the \
                            warnings tell, so that absence from the list decides nothing";
                return undetermined(EvidenceKind::List, kb.to_string(), says.into());
            }
            Gap::NotCollected => {
                let says = "no list of installed updates was collected, and no build decides";
                return undetermined(EvidenceKind::List, kb.to_string(), says.into());
            }
            Gap::Truncated { stated, listed } => {
                let says = format!(
                    "the list of installed updates is cut short: it shows {listed} of {stated} \
                     entries; a complete list, as `wmic qfe` prints it, decides"
                );
                return undetermined(EvidenceKind::List, kb.to_string(), says);
            }
            Gap::None => {}
        }
        let before_rollups = candidate.date.is_some_and(|date| date < ROLLUPS_BEGIN);
        let is_single = candidate.series == Series::Individual;
        if is_single || before_rollups && candidate.series != Series::ServicingStack {
            let line = if candidate.is_only_net_framework() {
                Series::NetRollup
            } else {
                Series::MonthlyRollup
            };
            // A fix between the rollups is in those that come after it, which no publication says.
            if let Some((day, rollup)) = self.in_force(line)
                && (before_rollups || candidate.date.is_some_and(|date| date < day))
            {
                let says = format!(
                    "{rollup}, which is installed, services most of this component; \
                     the file version or the component state decides"
                );
                return undetermined(EvidenceKind::List, rollup.to_string(), says);
            }
        }
        let (kind, unpublished) = self.unpublished(candidate)?;
        let says = format!(
            "{unpublished} is installed and in no publication; it may be a newer {} that contains \
             this one, and {kind} decides",
            candidate.series
        );
        undetermined(EvidenceKind::List, unpublished.to_string(), says)
    }

    /// Finds an installed update that no publication describes and that may contain the candidate,
    /// with what tells whether it does.
    ///
    /// Between two publications there are previews, corrections and servicing stacks that close no
    /// vulnerability of their own.
    fn unpublished(&self, candidate: &Candidate) -> Option<(&'static str, KbNumber)> {
        let in_another_line = |kb: KbNumber| {
            self.candidates
                .named_by(kb)
                .filter_map(|newer| self.candidates.find(newer))
                .any(|newer| newer.series != candidate.series)
        };
        let mut unknown = self
            .claims
            .installed()
            .filter(|kb| self.candidates.find(*kb).is_none() && !in_another_line(*kb))
            .peekable();
        unknown.peek()?;
        let line = || self.candidates.all.iter().filter(|other| other.series == candidate.series);
        match candidate.series {
            Series::ServicingStack => unknown
                .find(|other| *other > candidate.kb)
                .map(|other| ("the version of the installed stack", other)),
            // Windows lists the newest cumulative update that it has, so without a known one an
            // unknown one is there; numbers are given out up to a month before they are used.
            Series::Cumulative if self.in_force(Series::Cumulative).is_none() => unknown
                .find(|other| {
                    let next =
                        line().filter(|newer| newer.kb > *other).filter_map(|c| c.date).min();
                    next.is_none_or(|next| candidate.date <= next.checked_add(A_MONTH).ok())
                })
                .map(|other| ("the build with its revision", other)),
            // A later member of the line names it as its predecessor.
            series if series.is_cumulative() => unknown
                .find(|other| {
                    line().any(|later| {
                        later.date > candidate.date && later.supersedes.contains(other)
                    })
                })
                .map(|other| ("the component state", other)),
            _ => None,
        }
    }

    /// Repeats the evidence for an update that is present, with what it says here.
    fn proof_of(&self, kb: KbNumber, says: String) -> Evidence {
        match self.present.get(&kb).and_then(|found| found.first()) {
            Some(found) => Evidence { says, ..found.clone() },
            None => evidence(EvidenceKind::List, kb, None, None, says),
        }
    }
}

/// What is found of an update whose package a newer one has replaced.
const SUPERSEDED: &str = "superseded";

const A_MONTH: jiff::SignedDuration = jiff::SignedDuration::from_hours(31 * 24);

impl Judgement {
    pub(crate) fn new(verdict: Verdict, evidence: Evidence) -> Self {
        Self::all(verdict, vec![evidence])
    }

    fn all(verdict: Verdict, evidence: Vec<Evidence>) -> Self {
        Self { verdict, evidence, superseded_by: Vec::new(), question: None }
    }
}

pub(crate) fn is_in_view(candidate: &Candidate, as_of: Option<Date>) -> bool {
    match (candidate.date, as_of) {
        (Some(date), Some(as_of)) => date <= as_of,
        (None, _) | (_, None) => true,
    }
}

pub(crate) fn evidence(
    kind: EvidenceKind,
    object: impl ToString,
    expected: Option<String>,
    found: Option<String>,
    says: impl Into<String>,
) -> Evidence {
    Evidence { kind, object: object.to_string(), expected, found, says: says.into() }
}

fn names(components: &[Component]) -> String {
    list(components.iter())
}

/// Joins names as a sentence does: `A, B and C`.
pub(crate) fn list(items: impl Iterator<Item = impl ToString>) -> String {
    joined(items, "and")
}

fn joined(items: impl Iterator<Item = impl ToString>, word: &str) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} {word} {last}", head.join(", ")),
    }
}
