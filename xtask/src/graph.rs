//! The direction of dependency between the workspace crates.

use anyhow::bail;

use crate::metadata::Metadata;

/// Every crate with the crates of this workspace that it may use in what is shipped.
///
/// Dependencies of tests are free: cargo itself refuses a cycle among them.
const USES: &[(&str, &[&str])] = &[
    ("staunch-model", &[]),
    ("staunch-format", &["staunch-model"]),
    ("staunch-source", &["staunch-model"]),
    ("staunch-catalog", &["staunch-model"]),
    ("staunch-machine", &["staunch-format", "staunch-model"]),
    ("staunch-assess", &["staunch-catalog", "staunch-machine", "staunch-model"]),
    ("staunch-report", &["staunch-model"]),
    (
        "staunch",
        &[
            "staunch-assess",
            "staunch-catalog",
            "staunch-format",
            "staunch-machine",
            "staunch-model",
            "staunch-report",
            "staunch-source",
        ],
    ),
    ("staunch-testkit", &["staunch-format", "staunch-model"]),
    ("xtask", &["staunch-catalog", "staunch-model", "staunch-source"]),
];

/// Checks the workspace against the table.
///
/// # Errors
/// When a crate is not in the table or uses one that the table does not grant.
pub(crate) fn check() -> anyhow::Result<()> {
    let metadata = Metadata::read("Cargo.toml")?;
    let members: Vec<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    let mut edges = Vec::new();
    for package in metadata.members() {
        for dependency in &package.dependencies {
            let shipped = dependency.kind.as_deref() != Some("dev");
            if shipped && members.contains(&dependency.name.as_str()) {
                edges.push((package.name.as_str(), dependency.name.as_str()));
            }
        }
    }
    let faults = faults(&members, &edges);
    if !faults.is_empty() {
        bail!("dependencies against the direction of the workspace:\n  {}", faults.join("\n  "));
    }
    println!("{} crates, {} edges, all in the table", members.len(), edges.len());
    Ok(())
}

fn faults(members: &[&str], edges: &[(&str, &str)]) -> Vec<String> {
    let granted = |name: &str| USES.iter().find(|(user, _)| *user == name).map(|(_, used)| *used);
    let strangers = members
        .iter()
        .filter(|name| granted(name).is_none())
        .map(|name| format!("{name} is not in the table of xtask/src/graph.rs"));
    let extra = edges
        .iter()
        .filter(|(user, used)| granted(user).is_some_and(|granted| !granted.contains(used)))
        .map(|(user, used)| format!("{user} must not use {used}"));
    strangers.chain(extra).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_table_grants_passes() {
        let members = ["staunch-model", "staunch-source", "staunch-machine", "staunch-utils"];
        let edges = [
            ("staunch-source", "staunch-model"),
            ("staunch-source", "staunch-machine"),
            ("staunch-model", "staunch-source"),
        ];
        assert_eq!(
            faults(&members, &edges),
            [
                "staunch-utils is not in the table of xtask/src/graph.rs",
                "staunch-source must not use staunch-machine",
                "staunch-model must not use staunch-source",
            ]
        );
    }

    #[test]
    fn the_table_itself_has_one_direction() {
        let mut settled: Vec<&str> = Vec::new();
        while settled.len() < USES.len() {
            let before = settled.len();
            for (user, used) in USES {
                if !settled.contains(user) && used.iter().all(|name| settled.contains(name)) {
                    settled.push(user);
                }
            }
            assert!(settled.len() > before, "a cycle among those not in {settled:?}");
        }
    }
}
