//! Sees one Windows installation.
//!
//! What administrators collect on a machine is read into [`staunch_model::MachineFacts`]; which
//! operating system the facts describe is derived by [`operating_system`]. Nothing here knows of
//! updates beyond their numbers, and nothing decides which of them are missing.

mod facts;
mod identity;
mod inventory;
mod observe;

pub use facts::{
    Account, AccountFlags, CURRENT_VERSION, Facts, FileFacts, FolderEntry, Memory, RegistryData,
    RegistryKey, RegistryValue, VolumeFacts,
};
pub use identity::{IdentityError, MissingFact, operating_system};
pub use inventory::{
    Inventory, InventoryError, MAX_LINE, MAX_LINES, MAX_SIZE, MergeError, ReadError, TextError,
    facts_json, group, merge, read_inventory,
};
pub use observe::{
    ComponentPackage, PackageState, PendingRename, accounts_in_sam, component_packages, expand,
    observe, pending_renames,
};
