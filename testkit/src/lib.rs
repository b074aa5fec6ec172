//! Paths of test data and helpers for tests; never shipped.

mod executable;
mod hivex;
mod installation;
mod tools;

use std::path::{Path, PathBuf};

pub use executable::{ExecutableLayout, VersionedExecutable};
pub use hivex::Hivex;
pub use installation::{
    Account, Claim, ComponentState, Image, Installation, Partition, Release, Role, partition_place,
    write_disk,
};

/// Returns the folder of real data beside the workspace, or nothing where it is absent.
///
/// A test that needs it prints a line that says `skipped` and ends when it is not there.
pub fn shared_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    folder.is_dir().then_some(folder)
}
