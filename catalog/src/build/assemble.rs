//! Brings all statements together into the rows of the file, in one order for any input order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use staunch_model::{
    BulletinId, Impact, KbNumber, OsBuild, Publication, Restart, Series, Severity, VulnerabilityId,
};

use super::choice::{choose, most_stated};
use super::fixed_builds::FixedBuilds;
use super::intern::Interner;
use super::products::Products;
use super::series_of::SeriesOfUpdates;
use super::sorted::Sorted;
use super::vulnerabilities::{self, Described};
use super::{Builder, Statement, bulletins, dates, supersedence};

/// Kind of fact that publications disagree on. The numbers stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum ConflictKind {
    FixSeverity = 1,
    FixImpact = 2,
    Restart = 3,
    FixedBuild = 4,
    VulnerabilityTitle = 5,
    VulnerabilityPublished = 6,
    VulnerabilityExploited = 7,
    VulnerabilityDisclosed = 8,
}

impl ConflictKind {
    pub(crate) const ALL: &[Self] = &[
        Self::FixSeverity,
        Self::FixImpact,
        Self::Restart,
        Self::FixedBuild,
        Self::VulnerabilityTitle,
        Self::VulnerabilityPublished,
        Self::VulnerabilityExploited,
        Self::VulnerabilityDisclosed,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FixSeverity => "fix severity",
            Self::FixImpact => "fix impact",
            Self::Restart => "restart",
            Self::FixedBuild => "fixed build",
            Self::VulnerabilityTitle => "vulnerability title",
            Self::VulnerabilityPublished => "vulnerability published",
            Self::VulnerabilityExploited => "vulnerability exploited",
            Self::VulnerabilityDisclosed => "vulnerability disclosed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConflictValue {
    Number(i64),
    Text(String),
}

/// What publications say other than the chosen value; numbers are those of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conflict {
    pub(super) kind: ConflictKind,
    pub(super) update: Option<u32>,
    pub(super) vulnerability: Option<u32>,
    pub(super) value: ConflictValue,
    pub(super) publications: Vec<u32>,
}

pub(super) struct UpdateRow {
    pub(super) kb: KbNumber,
    pub(super) product: u32,
    pub(super) series: Series,
    pub(super) date: Option<Date>,
    pub(super) restart: Option<Restart>,
    pub(super) severity: Option<Severity>,
    pub(super) title: Option<u32>,
    pub(super) bulletin: Option<BulletinId>,
    pub(super) publications: Vec<u32>,
    pub(super) fixes: Vec<FixRow>,
    pub(super) fixed_build: Option<(OsBuild, Vec<u32>)>,
    pub(super) supersedes: Vec<(KbNumber, Vec<u32>)>,
    /// Statements that would close a cycle.
    pub(super) supersedes_dropped: Vec<(KbNumber, Vec<u32>)>,
}

pub(super) struct FixRow {
    pub(super) vulnerability: u32,
    pub(super) severity: Option<Severity>,
    pub(super) impact: Option<Impact>,
    pub(super) publications: Vec<u32>,
}

/// Everything that the file holds. Numbers index the vectors, from zero.
pub(super) struct Tables {
    pub(super) publications: Vec<Publication>,
    pub(super) products: Products,
    pub(super) titles: Vec<Arc<str>>,
    pub(super) updates: Vec<UpdateRow>,
    pub(super) vulnerability_ids: Vec<VulnerabilityId>,
    pub(super) described: Vec<Described>,
    pub(super) payloads: BTreeMap<(KbNumber, KbNumber), Vec<u32>>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) left_out: BTreeMap<(String, u32), u64>,
    pub(super) warnings: BTreeMap<(&'static str, u32), u64>,
    pub(super) read: BTreeMap<String, u64>,
    pub(super) supersedence_dropped: BTreeMap<String, u64>,
    pub(super) builds_dropped: BTreeMap<String, u64>,
    pub(super) bulletins: BTreeMap<BulletinId, bulletins::Bulletin>,
    pub(super) bulletin_titles: BTreeMap<BulletinId, Arc<str>>,
}

/// Greatest difference between the numbers of an update and one that it carries: they are given
/// within weeks of each other, and a link to an article of another decade is no delivery.
const PAYLOAD_DISTANCE: u32 = 1_000_000;

/// Brings the statements of a builder together.
pub(super) fn assemble(builder: Builder) -> Tables {
    let mut sorted = Sorted::new(builder);
    let rank = ranks(&sorted.publications);
    let is_authority: Vec<bool> = sorted.publications.iter().map(is_authority).collect();
    let mut described =
        vulnerabilities::describe(&sorted.records, sorted.vulnerability_ids.len(), &rank);
    let facts = sorted.bulletins.values().flat_map(|bulletin| &bulletin.facts);
    let facts = facts.map(|(fact, _)| fact);
    vulnerabilities::complete(&mut described, &sorted.vulnerability_ids, facts);
    let dates = dates::of_updates(
        &sorted.statements,
        &sorted.vulnerability_ids,
        &vulnerabilities::revisions(&described),
        &is_authority,
    );
    let series = SeriesOfUpdates::new(
        &sorted.statements,
        &sorted.products,
        &sorted.vulnerability_ids,
        &sorted.texts,
        &dates,
    );
    sorted.leave_out_strays(&series);
    let builds = FixedBuilds::new(&sorted.statements, &sorted.products.rows, &sorted.texts);
    let bulletins = Bulletins::new(&sorted);
    let mut rows = Rows {
        sorted: &sorted,
        rank: &rank,
        dates: &dates,
        series: &series,
        builds: &builds,
        bulletins: &bulletins,
        described: &described,
        titles: Interner::default(),
        updates: Vec::new(),
        conflicts: Vec::new(),
    };
    for group in sorted.statements.chunk_by(|a, b| (a.product, a.kb) == (b.product, b.kb)) {
        rows.push(group);
    }
    let Rows { titles, mut updates, mut conflicts, .. } = rows;
    let (titles, renumbered) = titles.into_sorted();
    for update in &mut updates {
        update.title = update.title.map(|title| renumbered[title as usize]);
    }
    let supersedence_dropped = add_supersedences(&mut updates, &sorted, &bulletins, &dates);
    let builds_dropped = BTreeMap::from([
        ("not a build".to_owned(), builds.unread),
        ("build of another branch".to_owned(), builds.other_branch),
        ("product not serviced by build".to_owned(), builds.not_serviced_by_build),
    ]);
    let kept = kept_vulnerabilities(&updates, described.len());
    for (number, one) in described.iter().enumerate() {
        if kept[number] {
            conflicts.extend(one.conflicts.iter().cloned());
        }
    }
    let mut payloads: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for (kb, payload, publication) in &sorted.payloads {
        if kb.number().abs_diff(payload.number()) > PAYLOAD_DISTANCE {
            continue;
        }
        payloads.entry((*kb, *payload)).or_default().push(*publication);
    }
    Tables {
        publications: sorted.publications,
        products: sorted.products,
        titles,
        updates,
        vulnerability_ids: sorted.vulnerability_ids,
        described,
        payloads,
        conflicts,
        left_out: sorted.left_out,
        warnings: sorted.warnings,
        read: sorted.read,
        supersedence_dropped,
        builds_dropped,
        bulletins: sorted.bulletins,
        bulletin_titles: sorted.bulletin_titles,
    }
}

/// Tells which vulnerabilities some update fixes.
pub(super) fn kept_vulnerabilities(updates: &[UpdateRow], count: usize) -> Vec<bool> {
    let mut kept = vec![false; count];
    for fix in updates.iter().flat_map(|update| &update.fixes) {
        kept[fix.vulnerability as usize] = true;
    }
    kept
}

/// Tells whether a publication is the publisher's own, whose word outweighs compilations of it.
fn is_authority(publication: &Publication) -> bool {
    publication.id.as_str().starts_with("cvrf/")
}

/// Numbers publications by how much their word counts: authorities above others, newer revisions
/// above older ones.
fn ranks(publications: &[Publication]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..publications.len()).collect();
    order.sort_by_key(|&at| (is_authority(&publications[at]), publications[at].revised, at));
    let mut ranks = vec![0; publications.len()];
    for (rank, at) in (0..).zip(order) {
        ranks[at] = rank;
    }
    ranks
}

/// Which bulletin an update belongs to, where any publication says it.
struct Bulletins {
    of_update: HashMap<KbNumber, BulletinId>,
    updates: HashMap<BulletinId, BTreeSet<KbNumber>>,
}

impl Bulletins {
    fn new(sorted: &Sorted) -> Self {
        let mut said: BTreeMap<KbNumber, BTreeMap<BulletinId, u32>> = BTreeMap::new();
        let of_statements =
            sorted.statements.iter().filter_map(|one| Some((one.kb, one.bulletin?)));
        let of_supersedences = sorted
            .supersedences
            .iter()
            .filter_map(|one| Some((one.superseded.kb?, one.superseded.bulletin?)));
        for (kb, bulletin) in of_statements.chain(of_supersedences) {
            *said.entry(kb).or_default().entry(bulletin).or_default() += 1;
        }
        let of_update: HashMap<KbNumber, BulletinId> = said
            .into_iter()
            .filter_map(|(kb, bulletins)| Some((kb, most_stated(bulletins)?)))
            .collect();
        let mut updates: HashMap<BulletinId, BTreeSet<KbNumber>> = HashMap::new();
        for (kb, bulletin) in &of_update {
            updates.entry(*bulletin).or_default().insert(*kb);
        }
        Self { of_update, updates }
    }
}

/// Makes the rows of updates, one group of statements after another.
struct Rows<'a> {
    sorted: &'a Sorted,
    rank: &'a [u32],
    dates: &'a HashMap<KbNumber, Date>,
    series: &'a SeriesOfUpdates,
    builds: &'a FixedBuilds,
    bulletins: &'a Bulletins,
    described: &'a [Described],
    titles: Interner<Arc<str>>,
    updates: Vec<UpdateRow>,
    conflicts: Vec<Conflict>,
}

impl Rows<'_> {
    /// Makes one row from all statements that an update is for a product.
    fn push(&mut self, group: &[Statement]) {
        let (kb, product) = (group[0].kb, group[0].product);
        let number = u32::try_from(self.updates.len()).expect("updates are fewer than statements");
        let fixes: Vec<FixRow> = group
            .chunk_by(|a, b| a.vulnerability == b.vulnerability)
            .filter_map(|of_one| self.fix(number, of_one))
            .collect();
        let without_vulnerability =
            group.iter().filter(|one| one.vulnerability.is_none()).filter_map(|one| one.severity);
        let severity =
            fixes.iter().filter_map(|fix| fix.severity).chain(without_vulnerability).max();
        let restart = self.chosen(number, None, group, |one| one.restart, ConflictKind::Restart);
        let of_product = &self.sorted.products.rows[product as usize];
        let series = self.series.of(kb, of_product, &self.sorted.products.rows);
        let title = self.title(group, series).map(|title| self.titles.number(&title));
        let fixed_build = self.builds.of(kb, of_product).map(|(build, fixed)| {
            for (revision, publications) in &fixed.others {
                let other = build.with_revision(Some(*revision));
                self.conflicts.push(Conflict {
                    kind: ConflictKind::FixedBuild,
                    update: Some(number),
                    vulnerability: None,
                    value: ConflictValue::Text(other.to_string()),
                    publications: publications.clone(),
                });
            }
            (build, fixed.publications.clone())
        });
        self.updates.push(UpdateRow {
            kb,
            product,
            series,
            date: self.dates.get(&kb).copied(),
            restart,
            severity,
            title,
            bulletin: self.bulletins.of_update.get(&kb).copied(),
            publications: publications(group),
            fixes,
            fixed_build,
            supersedes: Vec::new(),
            supersedes_dropped: Vec::new(),
        });
    }

    fn fix(&mut self, update: u32, group: &[Statement]) -> Option<FixRow> {
        let vulnerability = group[0].vulnerability?;
        let subject = Some(vulnerability);
        let severity =
            self.chosen(update, subject, group, |one| one.severity, ConflictKind::FixSeverity);
        let impact = self.chosen(update, subject, group, |one| one.impact, ConflictKind::FixImpact);
        Some(FixRow { vulnerability, severity, impact, publications: publications(group) })
    }

    /// Chooses a value and keeps what other publications say instead.
    fn chosen<V: StoredNumber>(
        &mut self,
        update: u32,
        vulnerability: Option<u32>,
        group: &[Statement],
        value: impl Fn(&Statement) -> Option<V>,
        kind: ConflictKind,
    ) -> Option<V> {
        let mut values = group.iter().filter_map(&value);
        let first = values.next()?;
        if values.all(|value| value == first) {
            return Some(first);
        }
        let choice =
            choose(group.iter().filter_map(|one| Some((one.publication, value(one)?))), self.rank)?;
        for (other, publications) in choice.others {
            self.conflicts.push(Conflict {
                kind,
                update: Some(update),
                vulnerability,
                value: ConflictValue::Number(other.stored()),
                publications,
            });
        }
        Some(choice.value)
    }

    /// Returns the title that more than half of the titled statements give.
    ///
    /// Publications since 2017 give the title of the vulnerability. It serves for a single fix; an
    /// update of a line, or one that fixes several, gets a title from the line, the day and the
    /// product when it is asked for.
    fn title(&self, group: &[Statement], series: Series) -> Option<Arc<str>> {
        let said: BTreeSet<(Option<u32>, u32)> =
            group.iter().filter_map(|one| Some((one.vulnerability, one.title?))).collect();
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, title) in &said {
            *counts.entry(*title).or_default() += 1;
        }
        let only_one = series == Series::Individual
            && group[0].vulnerability == group[group.len() - 1].vulnerability;
        let (title, count) = counts.into_iter().find(|(_, count)| count * 2 > said.len())?;
        let text = &self.sorted.texts[title as usize];
        let of_vulnerabilities = said
            .iter()
            .filter(|(vulnerability, said)| {
                // Titles in the table are cut, so they begin the whole title.
                *said == title
                    && vulnerability.is_some_and(|number| {
                        self.described[number as usize].title.starts_with(&**text)
                    })
            })
            .count();
        (only_one || of_vulnerabilities * 2 <= count).then(|| Arc::clone(text))
    }
}

/// A value with a number in the file.
trait StoredNumber: Copy + Ord {
    fn stored(self) -> i64;
}

impl StoredNumber for Severity {
    fn stored(self) -> i64 {
        self as i64
    }
}

impl StoredNumber for Impact {
    fn stored(self) -> i64 {
        self as i64
    }
}

impl StoredNumber for Restart {
    fn stored(self) -> i64 {
        self as i64
    }
}

/// Returns the publications of statements, each once and in order.
fn publications(group: &[Statement]) -> Vec<u32> {
    let mut found: Vec<u32> = group.iter().map(|one| one.publication).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Hangs the statements about superseding on their updates, without cycles, and counts the rest.
fn add_supersedences(
    updates: &mut [UpdateRow],
    sorted: &Sorted,
    bulletins: &Bulletins,
    dates: &HashMap<KbNumber, Date>,
) -> BTreeMap<String, u64> {
    let mut itself = 0;
    let mut unresolved = 0;
    let mut said: BTreeMap<u32, BTreeMap<(KbNumber, KbNumber), BTreeSet<u32>>> = BTreeMap::new();
    let rows: HashMap<(u32, KbNumber), usize> =
        updates.iter().enumerate().map(|(at, row)| ((row.product, row.kb), at)).collect();
    for statement in &sorted.supersedences {
        let named: Vec<KbNumber> = match (statement.superseded.kb, statement.superseded.bulletin) {
            (Some(kb), _) => vec![kb],
            // A bulletin stands for its updates on the same product.
            (None, Some(bulletin)) => bulletins
                .updates
                .get(&bulletin)
                .into_iter()
                .flatten()
                .copied()
                .filter(|kb| rows.contains_key(&(statement.product, *kb)))
                .collect(),
            (None, None) => Vec::new(),
        };
        unresolved += u64::from(named.is_empty());
        for superseded in named {
            if superseded == statement.kb {
                itself += 1;
                continue;
            }
            said.entry(statement.product)
                .or_default()
                .entry((statement.kb, superseded))
                .or_default()
                .insert(statement.publication);
        }
    }
    let mut cycles = 0;
    for (product, edges) in said {
        let keys = edges.keys().copied().collect();
        let acyclic = supersedence::break_cycles(&keys, |kb| dates.get(&kb).copied());
        let publications = |edge| edges[edge].iter().copied().collect::<Vec<_>>();
        cycles += acyclic.dropped.len() as u64;
        for edge in &acyclic.kept {
            let row = &mut updates[rows[&(product, edge.0)]];
            row.supersedes.push((edge.1, publications(edge)));
        }
        for edge in &acyclic.dropped {
            let row = &mut updates[rows[&(product, edge.0)]];
            row.supersedes_dropped.push((edge.1, publications(edge)));
        }
    }
    BTreeMap::from([
        ("names itself".to_owned(), itself),
        ("bulletin without a known update for the product".to_owned(), unresolved),
        ("closes a cycle".to_owned(), cycles),
    ])
}
