//! Sees one Windows installation.
//!
//! What administrators collect on a machine is read into [`staunch_model::MachineFacts`]; which
//! operating system the facts describe is derived by [`operating_system`]. An installation itself
//! answers questions through [`Facts`]: one that is not running through [`Medium`] and [`Offline`],
//! in a folder or on a disk image, and on Windows itself the one that runs through `Live`. Nothing
//! here knows of updates beyond their numbers, and nothing decides which of them are missing.

mod collect;
mod facts;
mod host_file;
mod identity;
mod image;
mod inventory;
#[cfg(all(windows, target_pointer_width = "64"))]
mod live;
mod observe;
mod offline;
mod tree;

pub use collect::{Collector, IN_PROGRAMS, IN_WINDOWS, IN_WINDOWS_32, collect};
pub use facts::{
    Account, AccountFlags, CURRENT_VERSION, Facts, FileFacts, FolderEntry, Memory, RegistryData,
    RegistryKey, RegistryValue, VolumeFacts,
};
pub use host_file::open_file;
pub use identity::{IdentityError, MissingFact, operating_system};
pub use image::{DiskImage, ImageError, is_disk_image};
pub use inventory::{
    Inventory, InventoryError, MAX_LINE, MAX_LINES, MAX_SIZE, MbsaReport, MergeError, ReadError,
    TextError, facts_json, group, merge, read_inventory, seen_in,
};
#[cfg(all(windows, target_pointer_width = "64"))]
pub use live::Live;
pub use observe::{
    ComponentPackage, PackageState, PendingRename, accounts_in_sam, component_packages, expand,
    kernel_revision, observe, pending_renames,
};
pub use offline::{Installation, Medium, MediumError, Offline};
