//! The list of installed hotfixes: the union of what the registry claims.

use std::collections::BTreeMap;

use staunch_model::{Collected, Hotfix, HotfixId, HotfixList, KbNumber, OsBuild, Warning, WinPath};

use super::claims::{Claim, Claims, hotfix_keys, product_updates, uninstall_keys};
use super::packages::{ComponentPackage, PACKAGES, PackageState};
use super::warn;
use crate::inventory::{day_order, read_day, sorted};
use crate::{CURRENT_VERSION, Facts};

/// Keys that are there while a restart is due, and who made them.
const RESTARTS: &[(&str, &str)] = &[
    (
        r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
        "component store",
    ),
    (
        r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
        "Windows Update",
    ),
];

/// Returns the list, once the places that must have every update of the system were seen: the
/// component store since Windows Vista, the keys of `HotFix` and of products before.
pub(super) fn hotfixes(
    facts: &dyn Facts,
    build: Option<OsBuild>,
    packages: &Collected<Vec<ComponentPackage>>,
    warnings: &mut Vec<Warning>,
) -> Collected<HotfixList> {
    let Some(build) = build else { return Collected::NotCollected };
    let places = [hotfix_keys(facts), product_updates(facts), uninstall_keys(facts)];
    let [by_hotfix, by_product, _] = &places;
    let has_store = build.version() >= (6, 0);
    let is_seen = match (has_store, build.version()) {
        (true, _) => packages.known().is_some(),
        (false, (4, 0)) => by_hotfix.is_collected(),
        (false, _) => by_hotfix.is_collected() && by_product.is_collected(),
    };
    if !is_seen {
        if matches!(packages, Collected::Absent) && has_store {
            warn(warnings, PACKAGES, "expected packages of the component store, found none");
        }
        return Collected::NotCollected;
    }
    let mut list = HotfixList::default();
    let mut unread = 0;
    let mut entries = claimed(places, &mut unread, warnings);
    if let (true, Some(packages)) = (has_store, packages.known()) {
        entries.extend(installed(packages, &mut list.pending));
        unread += unknown_states(packages, warnings);
        // Since Windows 10 the revision of the build says what a rollup of Windows brought.
        let is_unnamed = |package: &&ComponentPackage| {
            is_net_rollup(package.name()) || package.name() == ROLLUP && build.version() < (10, 0)
        };
        for package in packages.iter().filter(is_unnamed) {
            let is_named = rollup(facts, package, &mut entries, &mut list.pending, warnings);
            unread += usize::from(!is_named);
        }
    }
    list.entries = sorted(entries);
    list.unread = unread > 0 || facts.lacks_last_writes();
    Collected::Known(list)
}

/// Names who waits for a restart.
pub(super) fn restarts(facts: &dyn Facts) -> Option<String> {
    let due = RESTARTS.iter().filter(|(key, _)| facts.key(key).known().is_some());
    let names: Vec<&str> = due.map(|(_, name)| *name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn claimed(
    places: [Collected<Claims>; 3],
    unread: &mut usize,
    warnings: &mut Vec<Warning>,
) -> Vec<Hotfix> {
    let mut all = Claims::default();
    for place in places {
        let Collected::Known(claims) = place else { continue };
        all.found.extend(claims.found);
        all.unread.extend(claims.unread);
        all.unsaid.extend(claims.unsaid);
    }
    *unread += all.unread.len();
    for (paths, what) in [
        (all.unread, "could not be read"),
        (all.unsaid, "do not say whether they are in force and count as not installed"),
    ] {
        if let Some(first) = paths.first() {
            let message = format!("{} keys of updates {what}; {first} is one", paths.len());
            warn(warnings, CURRENT_VERSION, message);
        }
    }
    let found = all.found;
    let order = day_order(found.iter().filter_map(|claim| claim.day.as_deref()));
    let day = |text: &String| read_day(text, order);
    found
        .into_iter()
        .map(|Claim { id, day: text }| Hotfix { id, installed_on: text.as_ref().and_then(day) })
        .collect()
}

/// Returns the updates that packages brought; the package of a whole update speaks for its parts.
fn installed(packages: &[ComponentPackage], pending: &mut Vec<KbNumber>) -> Vec<Hotfix> {
    let mut updates: BTreeMap<KbNumber, Vec<&ComponentPackage>> = BTreeMap::new();
    let mut entries = Vec::new();
    for package in packages {
        match package.kb() {
            Some(kb) => updates.entry(kb).or_default().push(package),
            None if package.is_installed() => {
                let text = format!("{} {}", package.name(), package.version().unwrap_or_default());
                let id = HotfixId::Other(text.trim_end().to_owned());
                entries.push(Hotfix { id, installed_on: package.changed_on });
            }
            None => {}
        }
    }
    for (kb, mut packages) in updates {
        if packages.iter().any(|package| package.is_whole()) {
            packages.retain(|package| package.is_whole());
        }
        let days = packages.iter().filter(|package| package.is_installed());
        let days: Vec<_> = days.map(|package| package.changed_on).collect();
        if !days.is_empty() {
            let installed_on = days.into_iter().flatten().min();
            entries.push(Hotfix { id: HotfixId::Kb(kb), installed_on });
        } else if packages
            .iter()
            .any(|package| package.state.known() == Some(&PackageState::InstallPending))
        {
            pending.push(kb);
        }
    }
    entries
}

/// Adds the update that the package of a rollup is of, as its manifest names it; a rollup in force, or
/// on its way, whose manifest does not is told and is not named.
fn rollup(
    facts: &dyn Facts,
    package: &ComponentPackage,
    entries: &mut Vec<Hotfix>,
    pending: &mut Vec<KbNumber>,
    warnings: &mut Vec<Warning>,
) -> bool {
    let is_pending = package.state.known() == Some(&PackageState::InstallPending);
    if !is_pending && !package.is_installed() {
        return true;
    }
    match named_in_manifest(facts, package) {
        Some(kb) if is_pending => pending.push(kb),
        Some(kb) => {
            entries.push(Hotfix { id: HotfixId::Kb(kb), installed_on: package.changed_on });
        }
        None => {
            let message = "this rollup is installed or waits for a restart, and its manifest, which \
                           names its update, cannot be read: what it may contain is not known to be \
                           missing";
            warn(warnings, &package.identity, message);
            return false;
        }
    }
    true
}

/// Name of the packages of rollups, which do not name their update.
const ROLLUP: &str = "Package_for_RollupFix";

/// Tells whether a package is of a rollup of the .NET Framework, which does not name its update either:
/// `Package_for_DotNetRollup`, `Package_for_DotNetRollup_481`.
fn is_net_rollup(name: &str) -> bool {
    name.starts_with("Package_for_DotNetRollup")
}

/// Most bytes of a manifest of a package.
const MOST_OF_MANIFEST: usize = 32 << 20;

/// Reads the update that the manifest of a package names.
fn named_in_manifest(facts: &dyn Facts, package: &ComponentPackage) -> Option<KbNumber> {
    let (_, tag) = package_tag(facts, &package.identity)?;
    let (_, value) = tag.split_once("identifier=\"")?;
    value.split('"').next()?.parse().ok()
}

/// Returns the manifest of a package and the tag in it that names the update:
/// `<package identifier="KB4534310" …>`.
fn package_tag(facts: &dyn Facts, identity: &str) -> Option<(WinPath, String)> {
    let root = facts.system_root().known().cloned()?;
    let path = root.join(&format!(r"servicing\Packages\{identity}.mum")).ok()?;
    let content = facts.content(&path, MOST_OF_MANIFEST).known().cloned()?;
    let text = String::from_utf8_lossy(&content);
    let start = text.find("<package ")?;
    let end = start + text[start..].find('>')? + 1;
    Some((path, text[start..end].to_owned()))
}

/// Lists the manifests of the rollups that the component store has, with the tag that names the update
/// of each: all that is carried of them.
pub(crate) fn rollup_manifests(facts: &dyn Facts) -> Vec<(WinPath, String)> {
    let Collected::Known(key) = facts.key(PACKAGES) else { return Vec::new() };
    let name = |identity: &String| identity.split('~').next().unwrap_or_default().to_owned();
    let is_rollup = |identity: &&String| {
        let name = name(identity);
        name == ROLLUP || is_net_rollup(&name)
    };
    let rollups = key.subkeys.iter().filter(is_rollup);
    rollups.filter_map(|identity| package_tag(facts, identity)).collect()
}

/// Returns how many packages could not be read. Those in a state that does not tell are named and
/// count as not installed.
fn unknown_states(packages: &[ComponentPackage], warnings: &mut Vec<Warning>) -> usize {
    use PackageState::{PartiallyInstalled, Unknown};
    let of = |is: fn(&Collected<PackageState>) -> bool| {
        let found: Vec<_> = packages.iter().filter(|package| is(&package.state)).collect();
        found.first().map(|first| (found.len(), first.identity.clone()))
    };
    let unread = of(Collected::is_not_collected);
    let unsaid = of(|state| match state {
        Collected::Known(state) => matches!(state, Unknown(_) | PartiallyInstalled),
        Collected::Absent => true,
        Collected::NotCollected => false,
    });
    let leaving = of(|state| state.known() == Some(&PackageState::UninstallPending));
    let unread_packages = unread.as_ref().map_or(0, |(number, _)| *number);
    for (found, what) in [
        (unread, "could not be read"),
        (leaving, "are removed with the next restart, and count as not installed"),
        (unsaid, "are in no state that tells whether they are installed, and count as not"),
    ] {
        if let Some((number, first)) = found {
            warn(warnings, PACKAGES, format!("{number} packages {what}; {first} is one"));
        }
    }
    unread_packages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;
    use crate::observe::component_packages;

    const KEY: &str = "31bf3856ad364e35~amd64~";

    fn observed(facts: &Memory, build: &str) -> (Collected<HotfixList>, Vec<String>) {
        let mut warnings = Vec::new();
        let build = Some(build.parse().expect("a build"));
        let list = hotfixes(facts, build, &component_packages(facts), &mut warnings);
        (list, warnings.into_iter().map(|warning| warning.message).collect())
    }

    fn listed(list: &Collected<HotfixList>) -> Vec<String> {
        let Collected::Known(list) = list else { panic!("a list: {list:?}") };
        let entry = |entry: &Hotfix| {
            entry.installed_on.map_or(entry.id.to_string(), |day| format!("{} {day}", entry.id))
        };
        list.entries.iter().map(entry).collect()
    }

    fn package(facts: &mut Memory, name: &str, version: &str, state: u32) {
        let key = format!(r"{PACKAGES}\{name}~{KEY}~{version}");
        facts.set_u32(&key, "CurrentState", state);
    }

    #[test]
    fn a_rollup_is_named_by_its_manifest_or_leaves_the_list_open() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\Windows");
        package(&mut facts, "Package_for_RollupFix", "7601.24545.1.8", 0x70);
        package(&mut facts, "Package_for_RollupFix", "7601.24002.1.4", 0x50);
        let (list, warnings) = observed(&facts, "6.1.7601");
        assert!(list.known().is_some_and(|list| list.unread), "{list:?}");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        let manifest = format!(
            r"C:\Windows\servicing\Packages\Package_for_RollupFix~{KEY}~7601.24545.1.8.mum"
        );
        let text = "<assembly><package identifier=\"KB4534310\" restart=\"possible\"></package>";
        facts.add_text_file(manifest.parse().expect("a path"), text);
        let (list, warnings) = observed(&facts, "6.1.7601");
        let expected = ["KB4534310", "Package_for_RollupFix 7601.24545.1.8"];
        assert_eq!(listed(&list), expected);
        package(&mut facts, "Package_for_RollupFix", "7601.24546.1.8", 0x60);
        assert!(observed(&facts, "6.1.7601").0.known().is_some_and(|list| list.unread));
        let coming = manifest.replace("24545", "24546");
        facts.add_text_file(coming.parse().expect("a path"), &text.replace("4534310", "4534314"));
        let (coming, _) = observed(&facts, "6.1.7601");
        let coming = coming.known().expect("a list");
        assert_eq!(coming.pending, [KbNumber::new(4_534_314).expect("a number")]);
        assert!(!coming.unread);
        let carried = crate::collect(&facts);
        assert_eq!(listed(&observed(&carried, "6.1.7601").0), expected);
        assert!(list.known().is_some_and(|list| !list.unread), "{list:?}");
        assert_eq!(warnings, [""; 0]);
    }

    #[test]
    fn a_rollup_of_the_net_framework_leaves_the_list_of_windows_10_open() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        package(&mut facts, "Package_for_KB5011048", "6.1.1.3", 0x70);
        package(&mut facts, "Package_for_DotNetRollup_481", "10.0.9326.3", 0x70);
        let (list, warnings) = observed(&facts, "10.0.19045");
        assert!(list.known().is_some_and(|list| list.unread), "{list:?}");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
    }

    #[test]
    fn a_package_that_the_next_restart_removes_is_not_installed() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        package(&mut facts, "Package_for_KB976932", "6.1.1.17514", 0x70);
        package(&mut facts, "Package_for_KB5022338", "6.1.1.3", 0x05);
        let (list, warnings) = observed(&facts, "6.1.7601");
        assert_eq!(listed(&list), ["KB976932"]);
        assert!(warnings[0].contains("removed with the next restart"), "{warnings:?}");
    }

    #[test]
    fn nothing_is_said_before_the_deciding_places_were_seen() {
        let mut facts = Memory::default();
        for build in ["4.0.1381", "5.1.2600", "6.1.7601", "10.0.19045"] {
            assert_eq!(observed(&facts, build), (Collected::NotCollected, vec![]), "{build}");
        }
        facts.collect_key(&format!(r"{CURRENT_VERSION}\HotFix"));
        let empty = Collected::Known(HotfixList::default());
        assert_eq!(observed(&facts, "4.0.1381").0, empty);
        assert_eq!(observed(&facts, "5.1.2600").0, Collected::NotCollected);
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(observed(&facts, "5.1.2600").0, empty);
        let (list, warnings) = observed(&facts, "6.1.7601");
        assert_eq!((list, warnings.len()), (Collected::NotCollected, 1));
    }

    #[test]
    fn claims_of_old_windows_are_united_with_their_days() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        let update = r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP3\KB873333";
        facts.set_text(update, "InstalledDate", "3/14/2005");
        for name in ["KB873333", "KB885835"] {
            facts.set_u32(&format!(r"{CURRENT_VERSION}\HotFix\{name}"), "Installed", 1);
        }
        let uninstall = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\KB896358";
        facts.set_text(uninstall, "InstallDate", "20050615");
        let (list, warnings) = observed(&facts, "5.1.2600");
        assert_eq!(listed(&list), ["KB873333 2005-03-14", "KB885835", "KB896358 2005-06-15"]);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn states_of_packages_decide_and_the_whole_speaks_for_its_parts() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        for (name, version, state) in [
            ("Package_for_KB976932", "6.1.1.17514", 0x70),
            ("Package_1_for_KB976932", "6.1.1.17514", 0x50),
            ("Package_for_KB2534366", "6.1.1.0", 0x50),
            ("Package_for_KB2534366", "6.1.2.0", 0x80),
            ("Package_2_for_KB2999226", "6.1.1.3", 0x70),
            ("Package_for_KB4012215_RTM", "6.1.1.4", 0x60),
            ("Package_for_KB4534310", "6.1.1.4", 0x40),
            ("Package_1_for_KB4534310", "6.1.1.4", 0x70),
            ("Package_for_RollupFix", "19041.1586.1.7", 0x70),
            ("Package_for_RollupFix", "19041.1.1.7", 0x50),
        ] {
            package(&mut facts, name, version, state);
        }
        let (list, warnings) = observed(&facts, "10.0.19045");
        assert_eq!(
            listed(&list),
            ["KB976932", "KB2534366", "KB2999226", "Package_for_RollupFix 19041.1586.1.7"]
        );
        let list = list.known().expect("a list");
        assert_eq!(list.pending, [KbNumber::new(4_012_215).expect("a number")]);
        assert!(!list.unread);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn a_state_that_is_not_understood_is_told_and_one_not_read_leaves_the_list_incomplete() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        package(&mut facts, "Package_for_KB976932", "6.1.1.17514", 0x70);
        package(&mut facts, "Package_for_KB2999226", "6.1.1.3", 0x71);
        facts.add_key(&format!(r"{PACKAGES}\Package_for_KB2534366~{KEY}~6.1.1.0"));
        let (list, warnings) = observed(&facts, "6.1.7601");
        assert_eq!(listed(&list), ["KB976932"]);
        assert!(list.known().is_some_and(|list| !list.unread), "{list:?}");
        assert_eq!(
            warnings,
            [format!(
                "2 packages are in no state that tells whether they are installed, and count as \
                 not; Package_for_KB2534366~{KEY}~6.1.1.0 is one"
            )]
        );
        let identity = format!("Package_for_KB3172605~{KEY}~6.1.1.0");
        let unread = ComponentPackage {
            identity: identity.clone(),
            state: Collected::NotCollected,
            changed_on: None,
        };
        let mut warnings = Vec::new();
        let build = Some("6.1.7601".parse().expect("a build"));
        let packages = Collected::Known(vec![unread]);
        let list = hotfixes(&facts, build, &packages, &mut warnings);
        assert!(list.known().is_some_and(|list| list.unread), "{list:?}");
        let message = format!("1 packages could not be read; {identity} is one");
        assert_eq!(warnings[0].message, message);
    }

    #[test]
    fn restarts_that_are_due_are_named() {
        let mut facts = Memory::default();
        assert_eq!(restarts(&facts), None);
        for (key, _) in RESTARTS {
            facts.add_key(key);
        }
        assert_eq!(restarts(&facts).as_deref(), Some("component store, Windows Update"));
    }
}
