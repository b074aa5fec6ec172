//! Facts of a machine out of its registry and files: what inventories say of others.
//!
//! One file a question. What cannot be seen stays not collected: a key that nobody could read
//! never becomes an absent component or an empty list. Nothing here decides about updates.

mod architecture;
mod build;
mod claims;
mod components;
mod hotfixes;
mod kernel;
mod language;
mod name;
mod net_framework;
mod packages;
mod pending_renames;
mod sam;
mod service_pack;
mod system;
mod variables;

use staunch_model::{MachineFacts, Warning};

use crate::Facts;

pub(crate) use hotfixes::rollup_manifests;
pub use kernel::kernel_revision;
pub use packages::{ComponentPackage, PackageState, component_packages};
pub use pending_renames::{PendingRename, pending_renames};
pub use sam::accounts_in_sam;
pub use variables::expand;

/// Name of the fact that tells who waits for a restart.
const RESTART_PENDING: &str = "restart_pending";

/// Derives the facts of one machine, with what is contradictory or not understood in them.
///
/// What the installation itself could not be asked is told by [`Facts::warnings`] afterwards.
pub fn observe(facts: &dyn Facts) -> (MachineFacts, Vec<Warning>) {
    let mut warnings = Vec::new();
    let packages = component_packages(facts);
    let build = build::build(facts, &packages, &mut warnings);
    let mut machine = MachineFacts {
        name: name::name(facts),
        build: known(build),
        service_pack: known(service_pack::service_pack(facts, build, &mut warnings)),
        architecture: known(architecture::architecture(facts, &mut warnings)),
        language: known(language::language(facts, &mut warnings)),
        hotfixes: hotfixes::hotfixes(facts, build, &packages, &mut warnings),
        components: components::components(facts),
        ..MachineFacts::default()
    };
    if let Some(who) = hotfixes::restarts(facts) {
        machine.other.insert(RESTART_PENDING.to_owned(), who);
    }
    system::describe(facts, build, &mut machine, &mut warnings);
    kernel::compare(facts, &machine, &mut warnings);
    (machine, warnings)
}

fn known<T>(value: Option<T>) -> staunch_model::Collected<T> {
    value.map_or(staunch_model::Collected::NotCollected, staunch_model::Collected::Known)
}

fn warn(warnings: &mut Vec<Warning>, object: &str, message: impl Into<String>) {
    warnings.push(Warning { object: object.to_owned(), message: message.into() });
}

#[cfg(test)]
mod tests;
