//! What a Windows installation lies on, and which are found there.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use staunch_format::fat::CodePage;
use staunch_format::volume::{Entry, FileId, Reparse, Volume, VolumeError};

use staunch_model::{Warning, WinPath};

use super::hive_file::{Budget, HiveFile, HiveState};
use super::registry::{self, Found};
use super::{Offline, Warnings};
use crate::image::{DiskImage, ImageError};
use crate::tree::Tree;

/// Names in a root folder that are looked at; real ones have some dozens.
const MOST_ROOT_NAMES: usize = 4096;

/// Installations that are told of one disk.
const MOST_INSTALLATIONS: usize = 64;

/// Folder of the hives, below that of Windows.
const CONFIG: &[&str] = &["system32", "config"];

/// Hives without which nothing can be told of an installation.
const HIVES: [&str; 2] = ["SOFTWARE", "SYSTEM"];

/// A folder or a disk image, with the Windows installations on it.
pub struct Medium {
    pub(super) name: String,
    pub(super) source: Source,
    installations: Vec<Installation>,
    pub(super) warnings: Arc<Warnings>,
}

pub(super) enum Source {
    Folder(PathBuf),
    Image(DiskImage),
}

/// One Windows installation of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Place of the volume among those of the medium.
    pub(super) volume: usize,
    /// Number of the partition in its table; none where there is no table.
    pub partition: Option<u32>,
    /// Name of the folder of Windows.
    pub folder: String,
}

/// Reason why no Windows installation can be seen.
#[derive(Debug, thiserror::Error)]
pub enum MediumError {
    #[error("{path}: the folder cannot be read")]
    Folder { path: String, source: io::Error },
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error("{path}: the volume cannot be read")]
    Volume { path: String, source: VolumeError },
    #[error("{path}: expected an installation of 1 to {most}, found {number}")]
    NoSuchInstallation { path: String, number: usize, most: usize },
}

impl Medium {
    /// Opens a folder that holds the files of a Windows volume.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn of_folder(folder: &Path) -> Result<Self, MediumError> {
        let name = folder.display().to_string();
        Self::new(name, Source::Folder(folder.to_owned()))
    }

    /// Opens a disk image.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn of_image(path: &Path) -> Result<Self, MediumError> {
        let image = DiskImage::open(path)?;
        Self::of_disk(path.display().to_string(), image)
    }

    /// Takes a disk image that is open.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn of_disk(name: String, image: DiskImage) -> Result<Self, MediumError> {
        Self::new(name, Source::Image(image))
    }

    fn new(name: String, source: Source) -> Result<Self, MediumError> {
        let warnings = Arc::new(Warnings::default());
        let mut medium = Self { name, source, installations: Vec::new(), warnings };
        if let Source::Image(image) = &medium.source {
            image.warn(&medium.name, &medium.warnings);
        }
        for (volume, partition) in medium.volumes() {
            let opened = match medium.open(volume, CodePage::Cp437) {
                None => continue,
                Some(Ok(opened)) => opened,
                Some(Err(source)) if partition.is_none() => {
                    return Err(MediumError::Volume { path: medium.name, source });
                }
                Some(Err(error)) => {
                    medium.warnings.add_error(&medium.volume_name(volume), &error);
                    continue;
                }
            };
            match find(&*opened, &medium.volume_name(volume), &medium.warnings) {
                Ok(folders) => {
                    let found = folders.into_iter().map(|folder| Installation {
                        volume,
                        partition,
                        folder,
                    });
                    medium.installations.extend(found);
                }
                Err(error) => medium.warnings.add_error(&medium.volume_name(volume), &error),
            }
            if medium.installations.len() > MOST_INSTALLATIONS {
                medium.installations.truncate(MOST_INSTALLATIONS);
                let message =
                    format!("more than {MOST_INSTALLATIONS} installations; the rest is left out");
                medium.warnings.add(&medium.name, message);
                break;
            }
        }
        Ok(medium)
    }

    /// Returns what the medium was called when it was opened.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the disk image, if it is one.
    pub fn image(&self) -> Option<&DiskImage> {
        match &self.source {
            Source::Image(image) => Some(image),
            Source::Folder(_) => None,
        }
    }

    /// Returns the installations; they are numbered from 1 in this order.
    pub fn installations(&self) -> &[Installation] {
        &self.installations
    }

    /// Returns what an installation calls itself, where its hive can be read.
    pub fn product(&self, installation: &Installation) -> Option<String> {
        // What is wrong with the hive is told when the installation is seen.
        let (unheard, budget) = (Warnings::default(), Budget::default());
        let volume = self.open(installation.volume, CodePage::Cp437)?.ok()?;
        let config = config_folder(&*volume, &installation.folder).ok()??;
        let name = String::new();
        let state = HiveFile::load(&*volume, config, "SOFTWARE", name, &budget, &unheard);
        let HiveState::Open(hive) = state else { return None };
        let names = ["Microsoft", "Windows NT", "CurrentVersion"];
        let Found::Key(key) = registry::find(&hive, &names, &unheard) else { return None };
        let text =
            |name| registry::value(&hive, &key, name, &unheard).known()?.text().map(str::to_owned);
        // The first Windows NT have a version and no name.
        let unnamed = || Some(format!("Windows NT {}", text("CurrentVersion")?));
        let product = text("ProductName").or_else(unnamed)?;
        let build = text("CurrentBuildNumber");
        // Windows 11 goes on calling itself by the name of its predecessor.
        let is_11 = build.as_ref().and_then(|build| build.parse().ok()) >= Some(22000_u32);
        let product = match product.strip_prefix("Windows 10") {
            Some(edition) if is_11 => format!("Windows 11{edition}"),
            _ => product,
        };
        let parts =
            [Some(product), text("CSDVersion"), build.map(|build| format!("build {build}"))];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }

    /// Sees one of the installations by its number from 1.
    ///
    /// # Errors
    ///
    /// [`MediumError::NoSuchInstallation`], or when its volume cannot be read.
    pub fn see(&self, number: usize) -> Result<Offline, MediumError> {
        let most = self.installations.len();
        match number.checked_sub(1).and_then(|at| self.installations.get(at)) {
            Some(installation) => Offline::open(self, installation),
            None => Err(MediumError::NoSuchInstallation { path: self.name.clone(), number, most }),
        }
    }

    /// Tells what could not be read so far.
    pub fn warnings(&self) -> Vec<Warning> {
        self.warnings.all()
    }

    /// Lists the volumes by their place, with the numbers of their partitions.
    fn volumes(&self) -> Vec<(usize, Option<u32>)> {
        match &self.source {
            Source::Folder(_) => vec![(0, None)],
            Source::Image(image) => image
                .partitions()
                .map(|(partition, _)| (partition.number > 0).then_some(partition.number))
                .enumerate()
                .collect(),
        }
    }

    /// Opens a volume; nothing where it has no file system that can be read.
    pub(super) fn open(
        &self,
        volume: usize,
        code_page: CodePage,
    ) -> Option<Result<Box<dyn Volume>, VolumeError>> {
        match &self.source {
            Source::Folder(path) => {
                let tree = Tree::open(path, Arc::clone(&self.warnings));
                let object = path.display().to_string();
                Some(match tree {
                    Ok(tree) => Ok(Box::new(tree)),
                    Err(source) => Err(VolumeError::Host { object, source }),
                })
            }
            Source::Image(image) => image.volume(volume, code_page),
        }
    }

    /// Names a volume in warnings.
    pub(super) fn volume_name(&self, volume: usize) -> String {
        match &self.source {
            Source::Folder(_) => self.name.clone(),
            Source::Image(image) => match image.partitions().nth(volume) {
                Some((partition, _)) if partition.number > 0 => {
                    format!("{}, partition {}", self.name, partition.number)
                }
                _ => self.name.clone(),
            },
        }
    }
}

/// Finds the folders of Windows among those in the root of a volume.
fn find(volume: &dyn Volume, name: &str, warnings: &Warnings) -> Result<Vec<String>, VolumeError> {
    let (mut folders, mut others) = (Vec::<Entry>::new(), Vec::<Entry>::new());
    let mut names = 0;
    volume.list(volume.root(), &mut |entry| {
        names += 1;
        match entry {
            // A folder whose name no path can have is none that Windows runs from.
            Ok(entry) if entry.is_directory && has_path(&entry) => folders.push(entry),
            Ok(entry) if is_windows_name(&entry.name.to_string()) => others.push(entry),
            Ok(_) => {}
            Err(fault) => warnings.add(&name, fault),
        }
        if names == MOST_ROOT_NAMES {
            let message = format!(
                "more than {MOST_ROOT_NAMES} names in the root folder; the rest is left out"
            );
            warnings.add(&name, message);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    let mut found = Vec::new();
    for folder in folders {
        match hives(volume, folder.file) {
            Ok(Some([true, true])) => found.push(folder.name.to_string()),
            Ok(Some(has)) => {
                let missing: Vec<&str> =
                    HIVES.iter().zip(has).filter(|(_, has)| !has).map(|(hive, _)| *hive).collect();
                let message = format!(
                    "this folder is no installation: {} holds no {}",
                    CONFIG.join("\\"),
                    missing.join(" and no ")
                );
                warnings.add(&format_args!("{name}: {}", folder.name), message);
            }
            Ok(None) => {}
            Err(error) => warnings.add_error(&format_args!("{name}: {}", folder.name), &error),
        }
    }
    // Windows may be behind a link; which one is of interest only where there is nothing else.
    if found.is_empty() {
        for other in others {
            let object = format_args!("{name}: {}", other.name);
            match volume.metadata(other.file) {
                Ok(metadata) => {
                    if let Some(Reparse::SymbolicLink { target, .. }) = metadata.reparse {
                        let message =
                            format!("a link leads to {target}, and is not followed to Windows");
                        warnings.add(&object, message);
                    }
                }
                Err(error) => warnings.add_error(&object, &error),
            }
        }
    }
    Ok(found)
}

/// Tells whether a link may be meant for Windows by its name: `Windows`, `WINNT`.
fn is_windows_name(name: &str) -> bool {
    name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("win"))
}

fn has_path(entry: &Entry) -> bool {
    format!("C:\\{}", entry.name).parse::<WinPath>().is_ok()
}

/// Tells which of the hives that an installation must have are in a folder of Windows; nothing
/// where the folder is none.
fn hives(volume: &dyn Volume, folder: FileId) -> Result<Option<[bool; 2]>, VolumeError> {
    let Some(config) = below(volume, folder, CONFIG)? else { return Ok(None) };
    let has = |hive: &str| -> Result<bool, VolumeError> {
        Ok(volume.lookup(config, hive)?.is_some_and(|entry| !entry.is_directory))
    };
    Ok(Some([has(HIVES[0])?, has(HIVES[1])?]))
}

/// Finds the folder of the hives of a Windows folder.
pub(super) fn config_folder(
    volume: &dyn Volume,
    windows: &str,
) -> Result<Option<FileId>, VolumeError> {
    match volume.lookup(volume.root(), windows)? {
        Some(entry) => below(volume, entry.file, CONFIG),
        None => Ok(None),
    }
}

/// Follows the names of folders; links on the way lead to no installation of their own.
fn below(
    volume: &dyn Volume,
    folder: FileId,
    names: &[&str],
) -> Result<Option<FileId>, VolumeError> {
    let mut folder = folder;
    for name in names {
        match volume.lookup(folder, name)? {
            Some(entry) if entry.is_directory => folder = entry.file,
            _ => return Ok(None),
        }
    }
    Ok(Some(folder))
}
