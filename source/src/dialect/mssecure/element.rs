/// An element by its place in the database; what is never read is `Other`, with all within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Datastore,
    Bulletins,
    Bulletin,
    QNumbers,
    QNumber,
    Patches,
    Patch,
    AffectedProduct,
    AffectedServicePack,
    FileChgs,
    FileChg,
    RegChgs,
    RegChg,
    Products,
    Product,
    ServicePacks,
    ServicePack,
    RegKeys,
    RegKey,
    RegChanges,
    RegChange,
    Files,
    File,
    FileChanges,
    FileChange,
    Locations,
    Location,
    SupercededBys,
    SupercededBy,
    SupercededBulletins,
    SupercededBulletin,
    SupercededPatches,
    SupercededPatch,
    Other,
}

impl Element {
    /// Returns the element with this local name within this one.
    pub(super) fn child(self, name: &str) -> Self {
        match (self, name) {
            (Self::Datastore, "Bulletins") => Self::Bulletins,
            (Self::Bulletins, "Bulletin") => Self::Bulletin,
            (Self::Bulletin, "QNumbers") => Self::QNumbers,
            (Self::QNumbers, "QNumber") => Self::QNumber,
            (Self::Bulletin, "Patches") => Self::Patches,
            (Self::Patches, "Patch") => Self::Patch,
            (Self::Patch, "AffectedProduct") => Self::AffectedProduct,
            (Self::AffectedProduct, "AffectedServicePack") => Self::AffectedServicePack,
            (Self::Patch, "FileChgs") => Self::FileChgs,
            (Self::FileChgs, "FileChg") => Self::FileChg,
            (Self::Patch, "RegChgs") => Self::RegChgs,
            (Self::RegChgs, "RegChg") => Self::RegChg,
            (Self::Datastore, "Products") => Self::Products,
            (Self::Products, "Product") => Self::Product,
            (Self::Datastore, "ServicePacks") => Self::ServicePacks,
            (Self::ServicePacks, "ServicePack") => Self::ServicePack,
            (Self::Datastore, "RegKeys") => Self::RegKeys,
            (Self::RegKeys, "RegKey") => Self::RegKey,
            (Self::RegKey, "RegChanges") => Self::RegChanges,
            (Self::RegChanges, "RegChange") => Self::RegChange,
            (Self::Datastore, "Files") => Self::Files,
            (Self::Files, "File") => Self::File,
            (Self::File, "FileChanges") => Self::FileChanges,
            (Self::FileChanges, "FileChange") => Self::FileChange,
            (Self::Datastore, "Locations") => Self::Locations,
            (Self::Locations, "Location") => Self::Location,
            (Self::Datastore, "SupercededBys") => Self::SupercededBys,
            (Self::SupercededBys, "SupercededBy") => Self::SupercededBy,
            (Self::SupercededBy, "SupercededBulletins") => Self::SupercededBulletins,
            (Self::SupercededBulletins, "SupercededBulletin") => Self::SupercededBulletin,
            (Self::SupercededBulletin, "SupercededPatches") => Self::SupercededPatches,
            (Self::SupercededPatches, "SupercededPatch") => Self::SupercededPatch,
            _ => Self::Other,
        }
    }

    /// Tells whether the attributes of the element are read.
    pub(super) fn has_attributes(self) -> bool {
        !matches!(
            self,
            Self::Datastore
                | Self::Bulletins
                | Self::QNumbers
                | Self::Patches
                | Self::FileChgs
                | Self::RegChgs
                | Self::Products
                | Self::ServicePacks
                | Self::RegKeys
                | Self::RegChanges
                | Self::Files
                | Self::FileChanges
                | Self::Locations
                | Self::SupercededBys
                | Self::SupercededBulletins
                | Self::SupercededPatches
                | Self::Other
        )
    }
}
