//! VMware virtual disks: sparse, stream-optimised, flat and split.
//!
//! Source: VMware, Virtual Disk Format 5.0.

use super::chain::Chain;
use super::run::{Layer, Mapped, Run};
use super::{DiskError, Format, Image, Opened};
use crate::fields::read_vec;
use crate::{Fault, ReadAt, ReadAtError};

mod descriptor;
mod sparse;

use descriptor::{Content, Descriptor};
use sparse::Sparse;

pub(super) use descriptor::is_descriptor;
pub(super) use sparse::is_sparse;

/// Sectors of a VMDK have 512 bytes.
const SECTOR: u64 = 512;

/// A description with thousands of extents stays far below: 1 MiB.
const LONGEST_DESCRIPTOR: u64 = 1 << 20;

struct Vmdk {
    /// Extents in the order of the disk.
    extents: Vec<Extent>,
    parent: Option<Image>,
    size: u64,
}

struct Extent {
    /// Offset on the disk in bytes at which the extent ends.
    end: u64,
    /// Length in bytes.
    length: u64,
    store: Store,
}

enum Store {
    Zeros,
    /// The bytes of the disk from an offset in the file.
    Flat(Image, u64),
    Sparse(Sparse),
}

pub(super) fn open(image: Image, chain: &mut Chain<'_>) -> Result<Opened, DiskError> {
    let mut head = [0; 4];
    let known = image.len().min(4) as usize;
    image.read_at(0, &mut head[..known])?;
    let (descriptor, extents) = if is_sparse(&head) {
        let sparse = Sparse::open(image, chain)?;
        let descriptor = embedded(&sparse, chain)?;
        let length = sparse.capacity();
        (descriptor, vec![Extent { end: length, length, store: Store::Sparse(sparse) }])
    } else {
        if image.len() > LONGEST_DESCRIPTOR {
            let expected = format!("at most {LONGEST_DESCRIPTOR} bytes");
            return Err(Fault::new("VMDK descriptor", 0, expected, image.len()).into());
        }
        let bytes = read_vec(&image, "VMDK descriptor", 0, image.len() as usize)?;
        let descriptor = Descriptor::parse(&bytes, 0)?;
        let extents = open_extents(&descriptor, chain)?;
        (Some(descriptor), extents)
    };
    let parent = match descriptor.as_ref().and_then(|descriptor| descriptor.parent.as_ref()) {
        Some((identity, name)) => {
            let names = std::slice::from_ref(name);
            Some(chain.parent(names, Some(Format::Vmdk), Some(identity))?.disk)
        }
        None => None,
    };
    let size = extents.last().map_or(0, |extent| extent.end);
    let identity = descriptor.and_then(|descriptor| descriptor.identity);
    let disk = Box::new(Layer(Vmdk { extents, parent, size }));
    Ok(Opened { identity, ..Opened::new(Format::Vmdk, disk) })
}

/// Reads the description inside a sparse file that is a disk by itself.
fn embedded(sparse: &Sparse, chain: &mut Chain<'_>) -> Result<Option<Descriptor>, DiskError> {
    let Some((offset, length)) = sparse.descriptor() else {
        let expected = "a description of the disk";
        chain.warn(Fault::new("VMDK header", 28, expected, "none: perhaps one extent of several"));
        return Ok(None);
    };
    if length > LONGEST_DESCRIPTOR {
        let expected = format!("a description of at most {LONGEST_DESCRIPTOR} bytes");
        return Err(Fault::new("VMDK header", 36, expected, length).into());
    }
    let bytes = read_vec(sparse.file(), "VMDK descriptor", offset, length as usize)?;
    let descriptor = Descriptor::parse(&bytes, offset)?;
    if descriptor.extents.len() > 1 {
        let feature = format!("{} extents in a sparse file", descriptor.extents.len());
        return Err(DiskError::Unsupported { format: "vmdk", feature });
    }
    Ok(Some(descriptor))
}

fn open_extents(descriptor: &Descriptor, chain: &mut Chain<'_>) -> Result<Vec<Extent>, DiskError> {
    let mut extents = Vec::new();
    let mut end = 0_u64;
    for line in &descriptor.extents {
        let store = match &line.content {
            Content::Zeros => Store::Zeros,
            Content::Flat { name, offset } => Store::Flat(chain.file(name)?, *offset),
            Content::Sparse { name } => {
                let sparse = chain.file(name).and_then(|file| Sparse::open(file, chain));
                Store::Sparse(sparse.map_err(|error| match error {
                    DiskError::Read(_) => {
                        DiskError::In { name: name.clone(), source: Box::new(error) }
                    }
                    other => other,
                })?)
            }
        };
        end = end.checked_add(line.length).filter(|end| i64::try_from(*end).is_ok()).ok_or_else(
            || Fault::new("VMDK descriptor", 0, "a size below 2^63 bytes", "a larger one"),
        )?;
        extents.push(Extent { end, length: line.length, store });
    }
    Ok(extents)
}

impl Mapped for Vmdk {
    fn size(&self) -> u64 {
        self.size
    }

    fn locate(&self, offset: u64, _wanted: u64) -> Result<Run<'_>, ReadAtError> {
        let index = self.extents.partition_point(|extent| extent.end <= offset);
        let extent = &self.extents[index];
        let left = extent.end - offset;
        let within = extent.length - left;
        match &extent.store {
            Store::Zeros => Ok(Run::zeros(left)),
            Store::Flat(file, start) => Ok(Run::file(file, start.saturating_add(within), left)),
            Store::Sparse(sparse) => match sparse.locate(within)? {
                (Some(place), length) => Ok(Run { place, length: length.min(left) }),
                (None, length) => {
                    let parent = self.parent.as_ref().map(|disk| disk as &dyn ReadAt);
                    Ok(Run::below(parent, offset, length.min(left)))
                }
            },
        }
    }
}
