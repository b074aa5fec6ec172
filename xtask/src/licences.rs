//! Licences of all dependencies, on every platform, against the list in `deny.toml`.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, bail};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use crate::fuzz;
use crate::metadata::{Metadata, Package};
use crate::process;

/// File with the list, which cargo-deny reads too.
const LIST: &str = "deny.toml";

/// File that gives the reason for every direct dependency, with its licence.
const REASONS: &str = "docs/dependencies.md";

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

/// Checks the packages of the workspace and of the fuzz targets.
///
/// # Errors
/// When a package has no licence, one that cannot be read, or one outside the list, and when a
/// direct dependency does not stand in `docs/dependencies.md` with its licence.
pub(crate) fn check() -> anyhow::Result<()> {
    let deny: Deny = toml::from_str(&read(LIST)?).with_context(|| format!("cannot read {LIST}"))?;
    let reasons = read(REASONS)?;

    let workspaces = [Metadata::read("Cargo.toml")?, Metadata::read(fuzz::MANIFEST)?];
    let direct: BTreeSet<String> = workspaces
        .iter()
        .flat_map(Metadata::members)
        .flat_map(|package| &package.dependencies)
        .map(|dependency| dependency.name.clone())
        .collect();
    let own: BTreeSet<String> =
        workspaces.iter().flat_map(Metadata::members).map(|package| package.name.clone()).collect();

    let mut packages: Vec<Package> =
        workspaces.into_iter().flat_map(|workspace| workspace.packages).collect();
    packages.sort_by(|a, b| a.id.cmp(&b.id));
    packages.dedup_by(|a, b| a.id == b.id);

    let faults: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            fault(package.license.as_deref(), &deny.licenses.allow)
                .map(|fault| format!("{}: {fault}", named(package)))
        })
        .collect();
    let unlisted: Vec<String> = packages
        .iter()
        .filter(|package| direct.contains(&package.name) && !own.contains(&package.name))
        .map(|package| row(&package.name, package.license.as_deref().unwrap_or_default()))
        .filter(|(begin, end)| !has_row(&reasons, begin, end))
        .map(|(begin, end)| format!("{begin} … {end}"))
        .collect();
    if !unlisted.is_empty() {
        bail!("direct dependencies without their row in {REASONS}:\n  {}", unlisted.join("\n  "));
    }
    if !faults.is_empty() {
        bail!("licences outside the list in {LIST}:\n  {}", faults.join("\n  "));
    }
    println!("{} packages, every licence in {LIST}", packages.len());
    Ok(())
}

fn read(name: &str) -> anyhow::Result<String> {
    let path = process::workspace_root().join(name);
    fs::read_to_string(path).with_context(|| format!("cannot read {name}"))
}

/// Returns how the row of a dependency begins and ends.
fn row(name: &str, license: &str) -> (String, String) {
    (format!("| `{name}` | "), format!(" | {license} |"))
}

fn has_row(reasons: &str, begin: &str, end: &str) -> bool {
    reasons.lines().any(|line| line.starts_with(begin) && line.ends_with(end))
}

fn named(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}

/// Says what is wrong with the licence of a package, if anything is.
fn fault(license: Option<&str>, allowed: &[String]) -> Option<String> {
    let Some(license) = license else { return Some("no licence is stated".to_owned()) };
    // Older manifests write `MIT/Apache-2.0`, which only the lax mode reads.
    let expression = match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("{license:?} is no licence expression: {error}")),
    };
    let granted = expression.evaluate(|requirement| {
        let name = requirement.to_string();
        allowed.contains(&name)
    });
    (!granted).then(|| format!("{license} is not allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed_as_written() {
        let allowed: Vec<String> = ["MIT", "Apache-2.0", "Unicode-3.0"].map(String::from).into();
        for license in
            ["MIT", "Apache-2.0 OR GPL-3.0-only", "MIT/Apache-2.0", "(MIT OR ISC) AND Unicode-3.0"]
        {
            assert_eq!(fault(Some(license), &allowed), None, "{license}");
        }
        for license in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "Apache-2.0 WITH LLVM-exception"] {
            assert!(fault(Some(license), &allowed).is_some(), "{license}");
        }
        assert!(fault(Some("do what you want"), &allowed).is_some());
        assert!(fault(None, &allowed).is_some());
    }

    #[test]
    fn a_dependency_is_listed_under_its_name_and_licence() {
        let reasons = "| crate | what for | licence |\n| `zip` | archives | MIT |\n";
        let listed = |name, license| {
            let (begin, end) = row(name, license);
            has_row(reasons, &begin, &end)
        };
        assert!(listed("zip", "MIT"));
        assert!(!listed("zip", "MIT OR Apache-2.0"));
        assert!(!listed("zi", "MIT"));
    }
}
