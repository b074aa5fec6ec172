//! Which files of an update are meant for one machine.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use staunch_model::{
    Architecture, Component, Edition, Family, FileVersion, ManifestFile, OperatingSystem, Product,
};

use super::lineage::{Branch, Lineage, of_folder, of_version};

/// One file of an update as it has to be on a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Name in lower case.
    pub(crate) name: Arc<str>,
    /// Folder with the publisher's variables, where a publication states it.
    pub(crate) target: Option<Arc<str>>,
    /// Whether it is the 32-bit copy on a 64-bit Windows.
    pub(crate) is_wow: bool,
    /// Lowest versions that have the fix, by the branch that they are of; one without a branch is
    /// for every file.
    pub(crate) versions: Vec<(Option<Branch>, FileVersion)>,
}

/// Files of the installer itself, which are not left on the machine as parts of Windows.
const INSTALLER: &[&str] = &[
    "arpidfix.exe",
    "branches.inf",
    "custom_uninstall.dll",
    "empty.cat",
    "eula.txt",
    "geninst.exe",
    "genuinst.exe",
    "hotfix.exe",
    "hotfix.inf",
    "iecustom.dll",
    "mpsyschk.dll",
    "prebuild.exe",
    "spcustom.dll",
    "spmsg.dll",
    "spuninst.exe",
    "spupdsvc.exe",
    "spupdwxp.exe",
    "tzchange.exe",
    "update.exe",
    "updatebr.inf",
    "updspapi.dll",
    "wmfdist.exe",
    "xpsp1hfm.exe",
];

/// One row of a table that is meant for machines of one system.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    name: Arc<str>,
    target: Option<Arc<str>>,
    is_wow: bool,
    version: FileVersion,
    branch: Option<Branch>,
    language: Option<Arc<str>>,
    /// What the row is for: Windows itself, or something on it.
    components: Vec<Option<Component>>,
}

/// Rows of every update for one system.
#[derive(Debug)]
pub(crate) struct Manifests<'s> {
    system: &'s OperatingSystem,
    /// What the texts that name products mean on this system.
    read: HashMap<Arc<str>, Vec<Option<Component>>>,
}

impl<'s> Manifests<'s> {
    pub(crate) fn new(system: &'s OperatingSystem) -> Self {
        Self { system, read: HashMap::new() }
    }

    /// Keeps the rows for machines of the system that say something about its files.
    pub(crate) fn rows(&mut self, files: Vec<ManifestFile>) -> Vec<Row> {
        let mut rows: Vec<Row> = files.into_iter().filter_map(|file| self.row(file)).collect();
        // Since Windows 2000 languages share their programs. Where pages in a few languages alone
        // list files, those stand for all.
        let is_for_all = rows.iter().any(|row| row.language.is_none());
        if self.system.family > Family::WindowsNt4 && !is_for_all {
            rows.iter_mut().for_each(|row| row.language = None);
        }
        rows
    }

    fn row(&mut self, file: ManifestFile) -> Option<Row> {
        let (version, system) = (file.version?, self.system);
        let folder = file.folder.as_deref().unwrap_or_default();
        let is_in = |name: &str| folder.split('\\').any(|part| part.eq_ignore_ascii_case(name));
        let is_wow = is_in("WOW");
        if is_of_installer(&file)
            || is_in("ASMS")
            || is_wow && system.architecture == Architecture::X86
            || !is_wow && file.architecture.is_some_and(|own| own != system.architecture)
        {
            return None;
        }
        let lineage = lineage(folder, version, system.family);
        if lineage.pack.is_some_and(|pack| pack != pack_of_files(system)) {
            return None;
        }
        let products = file.products?;
        let components = match self.read.get(&products) {
            Some(components) => components,
            None => {
                let found = components(&products, system);
                self.read.entry(products).or_insert(found)
            }
        };
        if components.is_empty() {
            return None;
        }
        let name = match file.name.strip_prefix('w') {
            Some(rest) if is_wow => rest.into(),
            _ => file.name,
        };
        Some(Row {
            name,
            target: file.target,
            is_wow,
            version,
            branch: lineage.branch,
            language: file.language,
            components: components.clone(),
        })
    }
}

/// Finds the files that an update for Windows itself, or for one of the components, leaves on a
/// machine of this language.
pub(crate) fn wanted(
    rows: &[Row],
    components: &[Component],
    language: Option<&str>,
) -> Vec<Wanted> {
    let mut by_name: BTreeMap<(&str, bool), Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_for(components)) {
        by_name.entry((&row.name, row.is_wow)).or_default().push(row);
    }
    by_name
        .into_iter()
        .map(|((name, is_wow), rows)| {
            let rows = in_language(rows, language);
            let mut versions: Vec<_> = rows.iter().map(|row| (row.branch, row.version)).collect();
            versions.sort_unstable();
            versions.dedup();
            // Copies that Windows keeps to restore files from are not the ones in use.
            let is_used = |target: &&Arc<str>| !target.to_ascii_lowercase().ends_with("\\dllcache");
            let mut targets = rows.iter().filter_map(|row| row.target.as_ref());
            let target = targets.find(is_used).cloned();
            Wanted { name: name.into(), target, is_wow, versions }
        })
        // Files for other languages only are no part of this machine.
        .filter(|file| !file.versions.is_empty())
        .collect()
}

impl Row {
    fn is_for(&self, components: &[Component]) -> bool {
        self.components.iter().any(|of| match of {
            None => components.is_empty(),
            Some(one) => components.iter().any(|other| same_component(one, other)),
        })
    }
}

/// Lists what products mean on a system: Windows itself, or something on it.
fn components(products: &str, system: &OperatingSystem) -> Vec<Option<Component>> {
    let products = products.split("; ").map(Product::from_published_name);
    let own = products.filter(|product| match product.platform() {
        Some(named) => is_named(named, system),
        None => product.component().is_some(),
    });
    own.map(|product| product.component().cloned()).collect()
}

/// Service pack that the files of a system build on: some systems came out with the files of one
/// and were named without it.
fn pack_of_files(system: &OperatingSystem) -> u8 {
    let first = match (system.family, system.architecture) {
        (Family::WindowsXp | Family::Server2003, Architecture::X64)
        | (Family::Server2003R2 | Family::Server2008, _) => 1,
        _ => 0,
    };
    system.service_pack.0.max(first)
}

fn is_of_installer(row: &ManifestFile) -> bool {
    let folder = row.folder.as_deref().unwrap_or_default();
    INSTALLER.contains(&&*row.name)
        || row.name.ends_with(".cat")
        || folder.split('\\').next().is_some_and(|first| first.eq_ignore_ascii_case("UPDATE"))
}

/// A version that carries Windows' own number says more surely what it builds on than a folder.
fn lineage(folder: &str, version: FileVersion, family: Family) -> Lineage {
    let version = component_version(folder).unwrap_or(version);
    let (stated, counted) = (of_folder(folder), of_version(version, family));
    Lineage { pack: stated.pack.or(counted.pack), branch: stated.branch.or(counted.branch) }
}

/// Version of the component that a folder of the component store holds, which may be newer than
/// its files: `x86_microsoft-windows-rmcast_31bf3856ad364e35_6.0.6001.18069_none_5445ef4388138b25`.
fn component_version(folder: &str) -> Option<FileVersion> {
    let mut parts = folder.split('_').rev().skip(2);
    let version = parts.next()?;
    let key = parts.next()?;
    let is_key = key.len() == 16 && key.bytes().all(|b| b.is_ascii_hexdigit());
    version.parse().ok().filter(|_| is_key)
}

/// Keeps the rows of the machine's language, where some are for it alone; where the language is
/// not known all are kept.
fn in_language<'r>(rows: Vec<&'r Row>, language: Option<&str>) -> Vec<&'r Row> {
    if language.is_none() {
        return rows;
    }
    let of = |wanted: Option<&str>| -> Vec<&Row> {
        rows.iter().copied().filter(|row| row.language.as_deref() == wanted).collect()
    };
    let own = of(language);
    if own.is_empty() { of(None) } else { own }
}

fn same_component(one: &Component, other: &Component) -> bool {
    let pack = |component: &Component| component.service_pack();
    one.name() == other.name()
        && (one.versions() == other.versions()
            || one.versions().iter().any(|version| other.versions().contains(version)))
        && (pack(one) == pack(other) || pack(one).0 == 0 || pack(other).0 == 0)
}

/// Tells whether a system that a table names is the machine's: one without a service pack stands
/// for all of them.
pub(crate) fn is_named(named: &OperatingSystem, system: &OperatingSystem) -> bool {
    let family = |family| match family {
        Family::Server2003R2 => Family::Server2003,
        other => other,
    };
    let is_shared = |edition: Option<Edition>| {
        matches!(edition, None | Some(Edition::MediaCenter | Edition::TabletPc))
    };
    family(named.family) == family(system.family)
        && named.architecture == system.architecture
        && (named.edition == system.edition
            || is_shared(named.edition) && is_shared(system.edition))
        && (named.release.is_none() || named.release == system.release)
        && (named.service_pack.0 == 0 || named.service_pack == system.service_pack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Branch::{Gdr, Qfe};

    fn row(products: &str, name: &str, folder: &str, version: &str) -> ManifestFile {
        ManifestFile {
            products: Some(products.into()),
            name: name.into(),
            architecture: None,
            folder: (!folder.is_empty()).then(|| folder.into()),
            target: None,
            version: version.parse().ok(),
            size: None,
            date: None,
            minute: None,
            checksum: None,
            language: None,
        }
    }

    fn versions(rows: &[ManifestFile], system: &str) -> Vec<(String, Option<Branch>, String)> {
        let system = system.parse().expect("a system");
        let rows = Manifests::new(&system).rows(rows.to_vec());
        let wanted = wanted(&rows, &[], Some("en-us"));
        let flat = wanted.iter().flat_map(|file| {
            file.versions
                .iter()
                .map(|(branch, version)| (file.name.to_string(), *branch, version.to_string()))
        });
        flat.collect()
    }

    #[test]
    fn a_bare_folder_is_told_by_the_version() {
        let both = "Windows XP; Windows XP Service Pack 1";
        let rows = [
            row(both, "helpctr.exe", "SP1", "5.1.2600.137"),
            row(both, "helpctr.exe", "SP2", "5.1.2600.1515"),
        ];
        let file = |version: &str| vec![("helpctr.exe".to_owned(), None, version.to_owned())];
        assert_eq!(versions(&rows, "Windows XP"), file("5.1.2600.137"));
        assert_eq!(versions(&rows, "Windows XP Service Pack 1"), file("5.1.2600.1515"));
        assert_eq!(versions(&rows, "Windows XP Service Pack 2"), []);
        assert_eq!(versions(&rows, "Windows XP for Itanium-based Systems Service Pack 1"), []);
    }

    #[test]
    fn the_first_release_for_x64_has_the_files_of_service_pack_1() {
        let rows = [
            row("Windows XP x64 Edition", "shell32.dll", "SP1QFE", "6.0.3790.2746"),
            row("Windows XP x64 Edition", "shell32.dll", "SP2QFE", "6.0.3790.3950"),
            row("Windows Server 2008 for 32-bit Systems", "win32k.sys", "", "6.0.6001.18226"),
        ];
        let first = |system| versions(&rows, system).into_iter().map(|(_, _, v)| v).next();
        assert_eq!(first("Windows XP x64 Edition").as_deref(), Some("6.0.3790.2746"));
        let second = first("Windows XP x64 Edition Service Pack 2");
        assert_eq!(second.as_deref(), Some("6.0.3790.3950"));
        let server = first("Windows Server 2008 for 32-bit Systems");
        assert_eq!(server.as_deref(), Some("6.0.6001.18226"));
    }

    #[test]
    fn both_branches_of_the_machines_service_pack_are_wanted() {
        let all = "Windows XP Service Pack 2; Windows XP Tablet PC Edition 2005";
        let rows = [
            row(all, "shell32.dll", "SP1QFE", "6.0.2800.1751"),
            row(all, "shell32.dll", "SP2GDR", "6.0.2900.2763"),
            row(all, "shell32.dll", "SP2QFE", "6.0.2900.2764"),
            row(all, "update.exe", "UPDATE", "6.1.22.4"),
        ];
        let name = || "shell32.dll".to_owned();
        assert_eq!(
            versions(&rows, "Windows XP Service Pack 2"),
            [
                (name(), Some(Gdr), "6.0.2900.2763".to_owned()),
                (name(), Some(Qfe), "6.0.2900.2764".to_owned())
            ]
        );
    }

    #[test]
    fn a_language_with_files_of_its_own_has_only_those() {
        let of = |language: Option<&str>, version| ManifestFile {
            language: language.map(Arc::from),
            ..row("Windows NT 4.0", "rpcrt4.dll", "", version)
        };
        let rows = [of(None, "4.0.1381.7299"), of(Some("ja-jp"), "4.0.1381.7303")];
        let system: OperatingSystem = "Windows NT 4.0".parse().expect("a system");
        let rows = Manifests::new(&system).rows(rows.to_vec());
        for (language, expected) in [
            (Some("de-de"), vec!["4.0.1381.7299"]),
            (Some("ja-jp"), vec!["4.0.1381.7303"]),
            (None, vec!["4.0.1381.7299", "4.0.1381.7303"]),
        ] {
            let wanted = wanted(&rows, &[], language);
            let found: Vec<String> =
                wanted[0].versions.iter().map(|(_, version)| version.to_string()).collect();
            assert_eq!(found, expected, "{language:?}");
        }
    }

    #[test]
    fn a_component_says_which_service_pack_its_files_are_for() {
        let folder =
            |version: &str| format!("X86_A-B_31BF3856AD364E35_{version}_NONE_5445EF4388138B25");
        let rows = [
            row("Windows Vista", "a.dll", &folder("6.0.6000.16687"), "6.0.6000.16687"),
            row("Windows Vista", "a.dll", &folder("6.0.6001.18069"), "6.0.6000.16386"),
        ];
        for (name, expected) in [
            ("Windows Vista", "6.0.6000.16687"),
            ("Windows Vista Service Pack 1", "6.0.6000.16386"),
        ] {
            let system: OperatingSystem = name.parse().expect("a system");
            let rows = Manifests::new(&system).rows(rows.to_vec());
            let versions = &wanted(&rows, &[], None)[0].versions;
            let found: Vec<String> = versions.iter().map(|(_, v)| v.to_string()).collect();
            assert_eq!(found, [expected], "{name}");
        }
    }

    #[test]
    fn files_that_pages_in_one_language_list_stand_for_all_since_windows_2000() {
        for (name, count) in [("Windows NT 4.0", 0), ("Windows Server 2003", 1)] {
            let file = ManifestFile {
                language: Some("ja-jp".into()),
                ..row(name, "a.dll", "", "5.2.1.2")
            };
            let system: OperatingSystem = name.parse().expect("a system");
            let rows = Manifests::new(&system).rows(vec![file]);
            assert_eq!(wanted(&rows, &[], Some("en-us")).len(), count, "{name}");
            assert_eq!(wanted(&rows, &[], Some("ja-jp")).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_copy_that_windows_restores_files_from_is_not_the_one_in_use() {
        let to = |target: &str| ManifestFile {
            target: Some(target.into()),
            ..row("Windows 2000", "ntoskrnl.exe", "", "5.0.2195.2099")
        };
        let system = "Windows 2000".parse().expect("a system");
        let target = |rows: Vec<ManifestFile>| {
            let rows = Manifests::new(&system).rows(rows);
            wanted(&rows, &[], None)[0].target.clone()
        };
        let cache = || to(r"%windir%\System32\DllCache");
        assert_eq!(target(vec![cache()]), None);
        let used = target(vec![cache(), to(r"%windir%\system32")]);
        assert_eq!(used.as_deref(), Some(r"%windir%\system32"));
    }

    #[test]
    fn what_only_installs_an_update_says_nothing_of_it() {
        let rows = ["geninst.exe", "genuinst.exe"]
            .map(|name| row("Windows XP Service Pack 3", name, "", "6.0.2800.1571"));
        assert_eq!(versions(&rows, "Windows XP Service Pack 3"), []);
    }

    #[test]
    fn a_copy_for_32_bit_programs_is_no_file_of_a_32_bit_system() {
        let all = "Windows Server 2003 Service Pack 2";
        let rows = [row(all, "wschannel.dll", "SP2QFE\\WOW", "5.2.3790.4068")];
        assert_eq!(versions(&rows, all), []);
    }

    #[test]
    fn a_copy_for_32_bit_programs_goes_by_its_own_name() {
        let mut copy =
            row("Windows XP x64 Edition", "wshell32.dll", "SP2QFE\\WOW", "6.0.3790.4184");
        copy.architecture = Some(Architecture::X86);
        let system = "Windows XP x64 Edition Service Pack 2".parse().expect("a system");
        let found = wanted(&Manifests::new(&system).rows(vec![copy]), &[], None);
        assert_eq!((&*found[0].name, found[0].is_wow), ("shell32.dll", true));
    }
}
