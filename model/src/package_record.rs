//! What a database of update packages says: bulletins, their packages, and what each changes.

use std::sync::Arc;

use jiff::civil::Date;

use crate::{BulletinId, FileVersion, KbNumber, ProductMention, Provenance, Restart};

/// A bulletin as a database of packages lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinRecord {
    pub id: BulletinId,
    pub title: String,
    pub kbs: Vec<KbNumber>,
    pub published: Option<Date>,
    pub revised: Option<Date>,
    pub provenance: Provenance,
}

/// A package that a bulletin offers, with what it changes on a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRecord {
    pub bulletin: BulletinId,
    /// File name of the package; another word where there is no file to install.
    pub name: Arc<str>,
    pub kb: Option<KbNumber>,
    /// Address or place that the package comes from, in the publisher's words.
    pub origin: Option<Arc<str>>,
    pub products: Vec<PackageProduct>,
    pub files: Vec<FileChange>,
    pub registry: Vec<RegistryChange>,
    /// Packages that contain this one.
    pub superseded_by: Vec<PackageRef>,
    pub restart: Option<Restart>,
    pub provenance: Provenance,
}

/// A product that a package is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageProduct {
    pub product: ProductMention,
    /// Service packs that the package can be installed on, in the publisher's words.
    pub service_packs: Vec<Arc<str>>,
    /// First service pack that contains the package, in the publisher's words.
    pub included_in: Option<Arc<str>>,
}

/// A package named from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageRef {
    pub bulletin: BulletinId,
    /// File name of the package; nothing where only the bulletin is named.
    pub package: Option<Arc<str>>,
}

/// A file as a package leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub name: Arc<str>,
    /// Folder with the publisher's variables: `%windir%\system32`.
    pub folder: Option<Arc<str>>,
    pub action: Option<FileAction>,
    pub version: Option<StatedVersion>,
    pub date: Option<Date>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Checksum as the publisher's scanner computes it over the file.
    pub checksum: Option<u32>,
    pub provenance: Provenance,
}

/// What a package does with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAction {
    Add,
    Change,
    /// Change a file that is there; one that is not there is no fault.
    ChangeIfPresent,
    Delete,
    /// The publisher's scanner does not check the file.
    Unsupported,
    Unknown(Arc<str>),
}

/// What a publication says about the version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedVersion {
    Number(FileVersion),
    /// The publication says that the file has no version.
    NotApplicable,
    /// A version that has not four parts, as written.
    Other(Arc<str>),
}

/// A registry value as a package leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryChange {
    /// Key with the short name of its root: `HKLM\SOFTWARE\Microsoft`.
    pub key: Option<Arc<str>>,
    /// Name of the value.
    pub value: Arc<str>,
    pub kind: RegistryKind,
    /// Content of the value as written; nothing where none is stated.
    pub data: Option<Arc<str>>,
    pub provenance: Provenance,
}

/// Type of a registry value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryKind {
    /// `REG_SZ`.
    Text,
    /// `REG_DWORD`.
    Number,
    Unknown(Arc<str>),
}

/// Something that a database of packages lists and no package of it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclaimed {
    File(FileChange),
    Registry(RegistryChange),
    /// Packages that supersede one that is not named.
    Successors(Successors),
}

/// Packages that together supersede another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successors {
    pub packages: Vec<PackageRef>,
    pub provenance: Provenance,
}

impl Unclaimed {
    /// Returns the place where it stands.
    pub fn provenance(&self) -> &Provenance {
        match self {
            Self::File(file) => &file.provenance,
            Self::Registry(change) => &change.provenance,
            Self::Successors(successors) => &successors.provenance,
        }
    }
}
