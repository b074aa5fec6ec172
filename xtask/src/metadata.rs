//! What `cargo metadata` says about a workspace.

use std::path::PathBuf;

use anyhow::Context;
use serde::Deserialize;

use crate::process;

/// A workspace with every package that it can depend on, on any platform.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: Vec<String>,
    pub(crate) target_directory: PathBuf,
}

/// One package.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// One direct dependency of a package.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev` or `build`; nothing for an ordinary dependency.
    pub(crate) kind: Option<String>,
}

/// One library, program or test of a package.
#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Metadata {
    /// Reads the workspace of a manifest, given relative to the root of the main workspace.
    ///
    /// # Errors
    /// When cargo fails, or when `Cargo.lock` does not fit the manifests.
    pub(crate) fn read(manifest: &str) -> anyhow::Result<Self> {
        let text = process::output(process::cargo().args([
            "metadata",
            "--locked",
            "--format-version=1",
            "--manifest-path",
            manifest,
        ]))?;
        serde_json::from_str(&text).context("cannot read the answer of cargo metadata")
    }

    /// Returns the packages that are members of the workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}
