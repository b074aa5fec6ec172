//! What a machine shows of components that have updates of their own.

mod table;

use staunch_machine::{Facts, expand};
use staunch_model::Architecture::X86;
use staunch_model::{Collected, Component, Evidence, EvidenceKind, OperatingSystem, ServicePack};

use crate::service::is_installed;
use crate::truth::Truth;
use crate::verdict::{evidence, list};
use table::{COMPONENTS, Row, Sign};

/// Whether a component is on a machine, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Presence {
    pub(crate) truth: Truth,
    /// What excludes the component; nothing unless the answer is no.
    pub(crate) evidence: Vec<Evidence>,
}

impl Presence {
    pub(crate) fn of(truth: impl Into<Truth>) -> Self {
        Self { truth: truth.into(), evidence: Vec::new() }
    }
}

/// What is found where a component shows.
#[derive(Debug)]
enum Found {
    /// It is there; numbers of its version, where they can be read.
    There {
        object: String,
        version: Option<Vec<u32>>,
    },
    /// None of these is there.
    Absent(Vec<String>),
    NotSeen,
}

/// Says what a machine shows of a component: of one with several versions, whether one of them is
/// there.
pub(crate) fn presence(
    component: &Component,
    system: &OperatingSystem,
    seen: &dyn Facts,
) -> Presence {
    let answers: Vec<Presence> = versions(component)
        .iter()
        .map(|version| match row(component.name(), version) {
            Some(row) => one(row, component, version, system, seen),
            None => Presence::of(Truth::Unknown),
        })
        .collect();
    let truth = Truth::any(answers.iter().map(|answer| answer.truth));
    let mut evidence = Vec::new();
    if truth == Truth::False {
        evidence = answers.into_iter().flat_map(|answer| answer.evidence).collect();
        evidence.dedup_by(|a, b| a.object == b.object);
    }
    Presence { truth, evidence }
}

/// Tells whether a component is none that every installation of a system has.
pub(crate) fn is_optional(component: &Component, system: &OperatingSystem) -> bool {
    versions(component).iter().all(|version| {
        row(component.name(), version).is_some_and(|row| (row.is_optional)(system, version))
    })
}

/// Names what tells whether a component is there, the usual place where there are several:
/// `%SystemRoot%\system32\msxml4.dll`.
pub(crate) fn places(component: &Component) -> Vec<String> {
    let versions = versions(component);
    let rows = versions.iter().filter_map(|version| row(component.name(), version));
    rows.filter_map(|row| match &row.sign {
        Sign::Services([one]) => Some(format!("the service {one}")),
        Sign::Services(names) => Some(format!("the services {}", list(names.iter()))),
        Sign::Files(paths) => paths.first().map(|path| (*path).to_owned()),
        Sign::Text { key, value } => Some(format!("{key}\\{value}")),
        Sign::Unpublished => None,
    })
    .collect()
}

/// Lists the versions of a component as the table names them; one without any is one.
fn versions(component: &Component) -> Vec<String> {
    let pack = match component.service_pack() {
        ServicePack(0) => String::new(),
        ServicePack(number) => format!(" SP{number}"),
    };
    match component.versions() {
        [] => vec![String::new()],
        versions => versions.iter().map(|version| format!("{version}{pack}")).collect(),
    }
}

fn row(name: &str, version: &str) -> Option<&'static Row> {
    COMPONENTS.iter().find(|row| {
        row.names.contains(&name)
            && (row.versions.is_empty() || row.versions.iter().any(|(named, _)| *named == version))
    })
}

/// Says what a machine shows of one version.
fn one(
    row: &Row,
    component: &Component,
    version: &str,
    system: &OperatingSystem,
    seen: &dyn Facts,
) -> Presence {
    let named = row.versions.iter().find(|(named, _)| *named == version);
    let beginnings = named.map_or(&[][..], |(_, beginnings)| beginnings);
    match look(&row.sign, system, seen) {
        Found::NotSeen => Presence::of(Truth::Unknown),
        // A part of Windows that does not show is rather hidden than gone.
        Found::Absent(_) if !(row.is_optional)(system, version) => Presence::of(Truth::Unknown),
        Found::Absent(objects) => {
            let what = if matches!(row.sign, Sign::Services(_)) { "service " } else { "" };
            let says = match objects.as_slice() {
                [one] => format!("{what}{one} is not there"),
                several => format!("of {what}{}, none is there", list(several.iter())),
            };
            let found = Some("not there".to_owned());
            let evidence = evidence(kind(&row.sign), objects.join(", "), None, found, says);
            Presence { truth: Truth::False, evidence: vec![evidence] }
        }
        Found::There { .. } if beginnings.is_empty() => Presence::of(Truth::True),
        Found::There { version: None, .. } => Presence::of(Truth::Unknown),
        Found::There { object, version: Some(found) } => {
            if beginnings.iter().any(|beginning| found.starts_with(&numbers(beginning))) {
                return Presence::of(Truth::True);
            }
            let expected = beginnings.iter().map(|beginning| format!("{beginning}.*"));
            let expected = expected.collect::<Vec<_>>().join(", ");
            let found = found.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
            let says = format!("{object} is of version {found}, which is not that of {component}");
            let evidence = evidence(kind(&row.sign), object, Some(expected), Some(found), says);
            Presence { truth: Truth::False, evidence: vec![evidence] }
        }
    }
}

fn kind(sign: &Sign) -> EvidenceKind {
    match sign {
        Sign::Files(_) => EvidenceKind::File,
        Sign::Services(_) | Sign::Text { .. } | Sign::Unpublished => EvidenceKind::Registry,
    }
}

fn look(sign: &Sign, system: &OperatingSystem, seen: &dyn Facts) -> Found {
    match sign {
        Sign::Services(names) => services(names, seen),
        Sign::Files(paths) => files(paths, system, seen),
        Sign::Text { key, value } => match seen.text(key, value) {
            Collected::Known(text) => {
                let version = Some(numbers(&text)).filter(|version| version.len() > 1);
                Found::There { object: format!("{key}\\{value}"), version }
            }
            Collected::Absent => Found::Absent(vec![format!("{key}\\{value}")]),
            Collected::NotCollected => Found::NotSeen,
        },
        Sign::Unpublished => Found::NotSeen,
    }
}

/// Looks for one of several services.
fn services(names: &[&str], seen: &dyn Facts) -> Found {
    let mut unseen = false;
    for name in names {
        match is_installed(seen, name) {
            Truth::True => return Found::There { object: (*name).to_owned(), version: None },
            Truth::False => {}
            Truth::Unknown => unseen = true,
        }
    }
    let absent = || names.iter().map(|name| (*name).to_owned()).collect();
    if unseen { Found::NotSeen } else { Found::Absent(absent()) }
}

/// Looks for one of several files. Absence counts where Windows itself is there to be seen.
fn files(paths: &[&str], system: &OperatingSystem, seen: &dyn Facts) -> Found {
    let mut unseen = false;
    let mut absent = Vec::new();
    for path in paths {
        let Some(path) = expand(seen, path) else {
            // A 32-bit Windows has no folder for 32-bit programs alone.
            unseen |= system.architecture != X86 || !path.starts_with("%ProgramFiles(x86)%");
            continue;
        };
        match seen.file(&path) {
            Collected::Known(file) => {
                let version = file.version.known();
                let version = version.map(|version| version.parts().map(u32::from).to_vec());
                return Found::There { object: path.to_string(), version };
            }
            Collected::Absent => absent.push(path.to_string()),
            Collected::NotCollected => unseen = true,
        }
    }
    let kernel = expand(seen, KERNEL).map(|path| seen.file(&path));
    let is_whole = matches!(kernel, Some(Collected::Known(_)));
    if unseen || !is_whole { Found::NotSeen } else { Found::Absent(absent) }
}

/// Reads the numbers of `4.09.00.0904`, up to the first that is none.
fn numbers(version: &str) -> Vec<u32> {
    version.trim().split('.').map_while(|part| part.parse().ok()).collect()
}

const KERNEL: &str = r"%SystemRoot%\system32\ntoskrnl.exe";

#[cfg(test)]
mod tests;
