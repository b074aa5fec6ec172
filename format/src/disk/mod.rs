//! Disk images: raw, qcow2, VHD, VHDX and VMDK, with the images that they stand on.
//!
//! Images are only read, and read lazily: tables in small pieces that are kept within a bound, and
//! data where it is asked for. No file is opened here. Parents, backing files and extents are named
//! by the image, and such a name may be hostile; the caller of [`open`] decides what it opens.
//!
//! Not read: encrypted images, snapshots inside an image, and formats other than these five.

use std::error::Error;
use std::fmt;

use crate::fields::{le32, le64, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

mod cache;
mod chain;
pub mod partition;
mod qcow2;
mod run;
mod vhd;
mod vhdx;
mod vmdk;

use chain::Chain;

/// A file of an image, which is read from several threads.
pub type Image = Box<dyn ReadAt + Send + Sync>;

/// Reason why the caller of [`open`] opens no file for a name.
pub type OpenOtherError = Box<dyn Error + Send + Sync>;

/// Format of a disk image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The bytes of the disk and nothing else.
    Raw,
    /// QEMU copy-on-write, versions 2 and 3.
    Qcow2,
    /// Virtual Hard Disk: fixed, dynamic or differencing.
    Vhd,
    /// Virtual Hard Disk version 2.
    Vhdx,
    /// VMware virtual disk: one file, or a description with its extents.
    Vmdk,
}

/// A disk inside an image, as the machine would see it.
pub struct Disk {
    format: Format,
    disk: Image,
    sector_size: u32,
    warnings: Vec<DiskWarning>,
}

/// Something in an image that is wrong and does not keep the disk from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", image.as_ref().map(|name| format!("{name:?}: ")).unwrap_or_default())]
pub struct DiskWarning {
    /// Name of the parent or extent as the image that needs it writes it; none for the image that
    /// was opened first.
    pub image: Option<String>,
    pub fault: Fault,
}

/// Reason why a disk image cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error(transparent)]
    Read(#[from] ReadAtError),
    #[error("{format} with {feature}, which is not supported")]
    Unsupported { format: &'static str, feature: String },
    #[error("{name:?}, which the image needs, cannot be opened")]
    Other { name: String, source: OpenOtherError },
    #[error("in {name:?}, which the image needs")]
    In { name: String, source: Box<DiskError> },
    #[error("{name:?} stands on itself")]
    Loop { name: String },
    #[error("{name:?} is one image too many: expected at most {most}")]
    TooMany { name: String, most: u32 },
    #[error("{name:?} is another image: expected identity {expected}, found {found}")]
    Identity { name: String, expected: String, found: String },
}

/// Tells the format of an image by its content; what has no known structure is raw.
///
/// # Errors
///
/// [`ReadAtError::Io`] when the image cannot be read.
pub fn detect(image: &dyn ReadAt) -> Result<Format, ReadAtError> {
    let head = head(image)?;
    Ok(if head.starts_with(qcow2::MAGIC) {
        Format::Qcow2
    } else if head.starts_with(vhdx::SIGNATURE) {
        Format::Vhdx
    } else if vmdk::is_sparse(&head) || vmdk::is_descriptor(&head) {
        Format::Vmdk
    } else if vhd::is_vhd(image, &head)? {
        Format::Vhd
    } else {
        Format::Raw
    })
}

/// Opens the disk inside an image.
///
/// `open_other` is called with the name of every further file that the image needs: a backing file,
/// a parent, an extent, exactly as the image writes it. It must resolve the name in a place that it
/// trusts and refuse all others.
///
/// # Errors
///
/// [`DiskError::Read`] for a damaged or unreadable image, [`DiskError::Unsupported`] for a feature
/// that this crate cannot read, and the others when a further file is missing, is itself faulty, is
/// not the one that the image was made on, or when there is no end to them.
pub fn open(
    image: Image,
    open_other: &mut dyn FnMut(&str) -> Result<Image, OpenOtherError>,
) -> Result<Disk, DiskError> {
    let mut chain = Chain::new(open_other);
    let opened = open_layer(image, None, &mut chain)?;
    Ok(Disk {
        format: opened.format,
        disk: opened.disk,
        sector_size: opened.sector_size,
        warnings: chain.into_warnings(),
    })
}

impl Disk {
    /// Returns the format of the image that was opened.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the size of a logical sector in bytes: 512, or what a VHDX says.
    pub fn sector_size(&self) -> u32 {
        self.sector_size
    }

    /// Returns what is wrong in the image and in those that it stands on.
    pub fn warnings(&self) -> &[DiskWarning] {
        &self.warnings
    }
}

impl ReadAt for Disk {
    fn len(&self) -> u64 {
        self.disk.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        self.disk.read_at(offset, buffer)
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk")
            .field("format", &self.format)
            .field("size", &self.len())
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Raw => "raw",
            Self::Qcow2 => "qcow2",
            Self::Vhd => "vhd",
            Self::Vhdx => "vhdx",
            Self::Vmdk => "vmdk",
        })
    }
}

impl From<Fault> for DiskError {
    fn from(fault: Fault) -> Self {
        Self::Read(fault.into())
    }
}

/// One image of a chain, with all that it stands on.
struct Opened {
    format: Format,
    disk: Image,
    sector_size: u32,
    /// What a child names its parent by.
    identity: Option<String>,
}

impl Opened {
    fn new(format: Format, disk: Image) -> Self {
        Self { format, disk, sector_size: 512, identity: None }
    }
}

/// Opens an image; a format that is stated is believed, so that the bytes of a raw disk are never
/// taken for an image.
fn open_layer(
    image: Image,
    stated: Option<Format>,
    chain: &mut Chain<'_>,
) -> Result<Opened, DiskError> {
    let format = match stated {
        Some(format) => format,
        None => detect(&image)?,
    };
    match format {
        Format::Raw => {
            if stated.is_none() {
                refuse_foreign(&head(&image)?)?;
            }
            Ok(Opened::new(Format::Raw, image))
        }
        Format::Qcow2 => qcow2::open(image, chain),
        Format::Vhd => vhd::open(image, chain),
        Format::Vhdx => vhdx::open(image, chain),
        Format::Vmdk => vmdk::open(image, chain),
    }
}

/// Reads the beginning that tells formats apart.
fn head(image: &dyn ReadAt) -> Result<Vec<u8>, ReadAtError> {
    read_vec(image, "image", 0, image.len().min(512) as usize)
}

/// Refuses the formats that would otherwise pass for raw disks.
fn refuse_foreign(head: &[u8]) -> Result<(), DiskError> {
    let format = if head.len() >= 68 && le32(head, 64) == 0xbeda_107f {
        "VirtualBox disk image"
    } else if head.starts_with(b"QED\0") {
        "QEMU enhanced disk"
    } else if head.starts_with(b"EVF\x09\x0d\x0a\xff\0") || head.starts_with(b"EVF2\x0d\x0a\x81\0")
    {
        "EnCase evidence file"
    } else if head.starts_with(b"MSWIM\0\0\0") {
        "Windows image (WIM)"
    } else if head.starts_with(b"COWD") {
        "VMware ESX sparse extent"
    } else if head.len() >= 8 && le64(head, 0) == 0x0000_0000_cafe_babe {
        "VMware space-efficient extent"
    } else if head.starts_with(b"WithoutFreeSpace") || head.starts_with(b"WithouFreSpacExt") {
        "Parallels disk image"
    } else {
        return Ok(());
    };
    Err(DiskError::Unsupported { format, feature: "a structure of its own".to_owned() })
}
