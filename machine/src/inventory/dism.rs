//! `dism /online /get-packages`, as its list and as `/format:table`.
//!
//! Labels and states are translated; identities of packages are not. The word for *installed* is
//! the state of the foundation package, which is installed on every machine.

use std::collections::BTreeMap;

use staunch_model::{
    Collected, Hotfix, HotfixId, HotfixList, Installation, KbNumber, MachineFacts, OsBuild,
};

use super::date::{day_order, read_day};
use super::quick_fix::sorted;
use super::text::Text;
use super::windows_name::{
    architecture, family_of_version, release, service_pack_of_build, servicing_branch,
};
use super::{InventoryFormat, ReadError};

/// Name of the fact that carries the newest installed rollup, when the build itself is not shown.
pub(super) const ROLLUP: &str = "rollup_fix";

/// Name of this format.
pub(super) const NAME: &str = "dism /get-packages";

/// Public key of the packages of Windows, which every identity carries.
const KEY: &str = "~31bf3856ad364e35~";

/// Stems of the words for an operation that waits for a restart, and for a removal.
const PENDING: &[&str] =
    &["pend", "aussteh", "attente", "sospeso", "ожида", "挂起", "擱置", "保留", "대기"];
const REMOVAL: &[&str] = &[
    "uninst",
    "deinst",
    "désinst",
    "desinst",
    "disinst",
    "удал",
    "卸载",
    "解除安裝",
    "アンイン",
    "제거",
];

pub(super) struct Dism;

/// One package with what stands beside its identity.
#[derive(Debug)]
struct Package<'t> {
    name: &'t str,
    architecture: &'t str,
    language: &'t str,
    version: &'t str,
    /// State, kind and time of install, in this order.
    columns: Vec<&'t str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Installed,
    Pending,
    Removing,
    Other,
}

impl InventoryFormat for Dism {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, text: &Text) -> bool {
        text.lines().any(|line| identity(line.text).is_some())
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        let packages = packages(text);
        let states = States::of(&packages);
        states.warn(&packages, warnings);
        let hotfixes = hotfixes(&packages, &states);
        if hotfixes.unread {
            warnings.push(
                "a rollup is installed, and its package does not name its update; \
                 `wmic qfe` or `Get-HotFix` names it"
                    .to_owned(),
            );
        }
        let mut facts =
            MachineFacts { hotfixes: Collected::Known(hotfixes), ..MachineFacts::default() };
        if let Some(architecture) =
            most_frequent(packages.iter().map(|p| p.architecture)).and_then(architecture)
        {
            facts.architecture = Collected::Known(architecture);
        }
        describe_build(image_version(text), newest_rollup(&packages, &states), &mut facts);
        describe_language(&packages, &states, &mut facts);
        Ok(facts)
    }
}

/// Finds the identity of a package in a line and splits it from what follows.
fn identity(line: &str) -> Option<Package<'_>> {
    let at = line.find(KEY)?;
    let start = line[..at].rfind([' ', ':', '\t', '|', '\u{a0}']).map_or(0, |space| space + 1);
    let start = (start..=at).find(|index| line.is_char_boundary(*index))?;
    let rest = &line[at + KEY.len()..];
    let end = rest.find([' ', '|', '\t']).unwrap_or(rest.len());
    let mut parts = rest[..end].split('~');
    Some(Package {
        name: line[start..at].trim(),
        architecture: parts.next()?,
        language: parts.next()?,
        version: parts.next()?,
        columns: rest[end..]
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .take(3)
            .collect(),
    })
}

fn packages(text: &Text) -> Vec<Package<'_>> {
    let mut packages: Vec<Package<'_>> = Vec::new();
    let mut is_list = false;
    for line in text.lines() {
        if let Some(package) = identity(line.text) {
            is_list = package.columns.is_empty();
            packages.push(package);
        } else if let (true, Some(package)) = (is_list, packages.last_mut())
            && let Some((_, value)) = line.text.split_once([':', '：'])
            && package.columns.len() < 3
        {
            package.columns.push(value.trim());
        }
    }
    packages
}

/// How the states of one listing are worded.
struct States<'t> {
    installed: Option<&'t str>,
}

impl<'t> States<'t> {
    fn of(packages: &[Package<'t>]) -> Self {
        let states = || packages.iter().filter_map(|package| package.columns.first().copied());
        let foundation = packages
            .iter()
            .find(|package| package.name == "Microsoft-Windows-Foundation-Package")
            .and_then(|package| package.columns.first().copied());
        let english = || states().find(|state| state.eq_ignore_ascii_case("Installed"));
        Self { installed: foundation.or_else(english).or_else(|| most_frequent(states())) }
    }

    fn state(&self, package: &Package<'_>) -> State {
        let Some(state) = package.columns.first() else { return State::Other };
        if self.installed == Some(*state) {
            return State::Installed;
        }
        let lower = state.to_lowercase();
        let has = |stems: &[&str]| stems.iter().any(|stem| lower.contains(stem));
        match (has(PENDING), has(REMOVAL)) {
            (true, false) => State::Pending,
            (true, true) => State::Removing,
            (false, _) => State::Other,
        }
    }

    fn warn(&self, packages: &[Package<'_>], warnings: &mut Vec<String>) {
        let count = |of| packages.iter().filter(|package| self.state(package) == of).count();
        let (pending, removing) = (count(State::Pending), count(State::Removing));
        if pending > 0 {
            warnings.push(format!("{pending} packages become installed with the next restart"));
        }
        if removing > 0 {
            warnings.push(format!(
                "{removing} packages are removed with the next restart, and count as not installed"
            ));
        }
    }
}

fn most_frequent<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts.filter(|text| !text.is_empty() && *text != "neutral") {
        *counts.entry(text).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(text, _)| text)
}

fn kb(name: &str) -> Option<KbNumber> {
    let (_, tail) = name.split_once("_for_KB")?;
    let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
    tail[..end].parse().ok()
}

fn hotfixes(packages: &[Package<'_>], states: &States<'_>) -> HotfixList {
    let days = packages.iter().filter_map(|package| package.columns.get(2).copied());
    let order = day_order(days);
    let mut list = HotfixList::default();
    let mut entries = Vec::new();
    for package in packages.iter().filter(|package| package.name.starts_with("Package_")) {
        let id = match kb(package.name) {
            Some(kb) => HotfixId::Kb(kb),
            None => {
                HotfixId::Other(format!("{} {}", package.name, package.version).trim().to_owned())
            }
        };
        match (states.state(package), &id) {
            (State::Installed, _) => {
                let installed_on = package.columns.get(2).and_then(|text| read_day(text, order));
                entries.push(Hotfix { id, installed_on });
            }
            (State::Pending, HotfixId::Kb(kb)) => list.pending.push(*kb),
            _ => {}
        }
    }
    list.pending.sort_unstable();
    list.pending.dedup();
    list.entries = sorted(entries);
    list.unread = packages.iter().any(|package| {
        let is_unnamed = package.name.starts_with("Package_for_DotNetRollup")
            || build_and_revision(package).is_some_and(|(build, _)| build < WINDOWS_10);
        is_unnamed && matches!(states.state(package), State::Installed | State::Pending)
    });
    list
}

/// First build since which the revision of the build tells what a rollup brought. Before, only the
/// manifest of its package names the update.
const WINDOWS_10: u32 = 10240;

/// Returns build and revision that the package of a rollup brings.
fn build_and_revision(package: &Package<'_>) -> Option<(u32, u32)> {
    if package.name != "Package_for_RollupFix" {
        return None;
    }
    let mut parts = package.version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// Returns build and revision of the newest cumulative update that is installed.
fn newest_rollup(packages: &[Package<'_>], states: &States<'_>) -> Option<(u32, u32)> {
    let installed = packages.iter().filter(|package| states.state(package) == State::Installed);
    installed.filter_map(build_and_revision).filter(|(build, _)| *build >= WINDOWS_10).max()
}

/// Reads the version of the image: the second version in the heading, after the tool's own.
fn image_version(text: &Text) -> Option<OsBuild> {
    let versions = text
        .lines()
        .take_while(|line| identity(line.text).is_none())
        .filter_map(|line| line.text.split_once([':', '：'])?.1.trim().parse::<OsBuild>().ok());
    versions.filter(|build| build.revision().is_some()).nth(1)
}

fn describe_build(image: Option<OsBuild>, rollup: Option<(u32, u32)>, facts: &mut MachineFacts) {
    let build = match (image, rollup) {
        (Some(image), _) if image.version() != (10, 0) => Some(image.with_revision(None)),
        (Some(image), Some((base, revision)))
            if servicing_branch(base) == servicing_branch(image.build()) =>
        {
            Some(image.with_revision(Some(revision)))
        }
        (Some(image), _) => Some(image),
        (None, Some((base, revision))) => {
            facts.other.insert(ROLLUP.to_owned(), format!("{base}.{revision}"));
            let is_alone = (base + 1..base + 100).all(|other| servicing_branch(other) != base);
            is_alone.then(|| OsBuild::new(10, 0, base, Some(revision)))
        }
        (None, None) => None,
    };
    let Some(build) = build else { return };
    facts.build = Collected::Known(build);
    if let Some(pack) = service_pack_of_build(build) {
        facts.service_pack = Collected::Known(pack);
    }
}

/// The language pack tells the language, and whether Windows is a client or a server.
fn describe_language(packages: &[Package<'_>], states: &States<'_>, facts: &mut MachineFacts) {
    let installed = |name: &'static str| {
        packages.iter().filter(move |package| {
            package.name == name && states.state(package) == State::Installed
        })
    };
    let client = installed("Microsoft-Windows-Client-LanguagePack-Package");
    let server = installed("Microsoft-Windows-Server-LanguagePack-Package");
    let is_server = match (client.clone().next(), server.clone().next()) {
        (Some(_), None) => false,
        (None, Some(_)) => true,
        _ => return,
    };
    let languages: Vec<&str> = client.chain(server).map(|package| package.language).collect();
    if let [language] = languages[..] {
        facts.language = Collected::Known(language.to_ascii_lowercase());
    }
    if !is_server {
        facts.installation = Collected::Known(Installation::Client);
    }
    let build = facts.build.known().copied();
    if let Some(family) = build.and_then(|build| family_of_version(is_server, build)) {
        facts.family = Collected::Known(family);
        facts.release = release(family, build);
    }
}
