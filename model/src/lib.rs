//! The vocabulary of staunch: identifiers, versions, products, updates, facts and findings.
//!
//! Everything here is plain data with checked construction. There is no I/O, no clock and no
//! knowledge of any file format; those live in the crates that use this one.

mod bulletin;
mod bulletin_fact;
mod check;
mod comparison;
mod facts;
mod finding;
mod kb;
mod lifecycle;
mod package_record;
mod page;
mod plan;
mod product;
mod record;
mod severity;
mod support;
mod text;
mod update;
mod verification;
mod version;
mod vulnerability;
mod win_path;

pub use bulletin::{BulletinId, BulletinIdError, BulletinVersion, BulletinVersionError};
pub use bulletin_fact::{BulletinFact, ManifestFile, PageFacts};
pub use check::{CheckDetail, CheckFinding, CheckVerdict};
pub use comparison::{
    BasisChange, Change, CheckChange, Comparison, IdentityChange, MachineComparison, UpdateChange,
};
pub use facts::{
    Collected, ComponentFacts, Hotfix, HotfixId, HotfixList, MachineFacts, NetFramework, Warning,
};
pub use finding::{
    Assessment, CatalogIdentity, Evidence, EvidenceKind, Finding, MachineIdentity, Summary, Verdict,
};
pub use jiff::civil::{Date, DateTime};
pub use kb::{KbNumber, KbNumberError};
pub use lifecycle::{
    EditionClass, EditionClassError, LifecycleRecord, ServicePackRecord, SupportDates,
};
pub use package_record::{
    BulletinRecord, FileAction, FileChange, PackageProduct, PackageRecord, PackageRef,
    RegistryChange, RegistryKind, StatedVersion, Successors, Unclaimed,
};
pub use page::{
    BulletinPage, PageFile, PagePlatform, PageProduct, PageProducts, PageRating, PageRevision,
    PageSupersedence, PageSwitch, PageVulnerability, PageWarning, PageWorkaround, WorkaroundKind,
};
pub use plan::{ExplainedUpdate, Explanation, Plan, PlanStep, Reference};
pub use product::{
    Application, Architecture, Component, Edition, Family, Installation, OperatingSystem, Product,
    ProductNameError, Release, ServicePack,
};
pub use record::{
    Fix, FixKind, ProductMention, Provenance, Publication, PublicationId, Record, SourceWarning,
    SupersededRef, VulnerabilityRecord, WarningCode,
};
pub use severity::{Impact, Severity};
pub use support::{AnswerDay, DayOrigin, ServicePackSupport, Support, SupportLine, SupportState};
pub use update::{Restart, Series};
pub use verification::{FileState, KeyState, Verification, VerifiedFile, VerifiedKey};
pub use version::{FileVersion, OsBuild, VersionError};
pub use vulnerability::{AdvisoryId, CveId, VulnerabilityId, VulnerabilityIdError};
pub use win_path::{WinPath, WinPathError, fold_file_name};
