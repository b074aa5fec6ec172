use serde::{Deserialize, Serialize};
use staunch_model::{Architecture, Collected, FileVersion};

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileFacts {
    /// Length in bytes.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub size: Collected<u64>,
    /// Version of the fixed part of the version resource, by which Windows compares files.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub version: Collected<FileVersion>,
    /// The text `FileVersion` of the version resource, which may name the branch:
    /// `5.1.2600.2622 (xpsp_sp2_gdr.050301-1519)`.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub version_text: Collected<String>,
    /// Processor that the file is for.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub architecture: Collected<Architecture>,
    /// Language of the version resource as a Windows language identifier.
    #[serde(skip_serializing_if = "Collected::is_not_collected")]
    pub language: Collected<u16>,
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderEntry {
    pub name: String,
    pub is_folder: bool,
}
