//! Disk images with their partitions, and the installations on them.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::page::Page;
use crate::exit::Failure;
use crate::inputs;

/// What a disk image holds.
#[derive(Serialize)]
pub(super) struct Disk {
    format: String,
    /// Size in bytes, as the machine sees the disk.
    size: u64,
    partitions: Vec<Partition>,
    installations: Vec<Installation>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Partition {
    scheme: String,
    /// Number in the table; 0 for a disk without one.
    number: u32,
    /// Offset in bytes from the beginning of the disk.
    offset: u64,
    /// Size in bytes.
    size: u64,
    filesystem: String,
    /// Type of the table: two hexadecimal digits or an identifier.
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
}

#[derive(Serialize)]
struct Installation {
    /// Number for `--installation`.
    number: usize,
    partition: Option<u32>,
    folder: String,
    product: Option<String>,
}

pub(super) fn inspect(path: &Path) -> Result<Disk, Failure> {
    let medium = inputs::medium(path)?;
    let image = medium.image().expect("the path is that of an image");
    let partitions = image.partitions().map(|(partition, file_system)| Partition {
        scheme: partition.scheme.to_string(),
        number: partition.number,
        offset: partition.offset,
        size: partition.size,
        filesystem: file_system.to_string(),
        kind: partition.kind.to_string(),
        name: partition.name.clone(),
    });
    let installations =
        (1..).zip(medium.installations()).map(|(number, installation)| Installation {
            number,
            partition: installation.partition,
            folder: installation.folder.clone(),
            product: medium.product(installation),
        });
    Ok(Disk {
        format: image.format().to_string(),
        size: image.size(),
        partitions: partitions.collect(),
        installations: installations.collect(),
        warnings: medium
            .warnings()
            .iter()
            .map(|warning| match warning.object == medium.name() {
                true => warning.message.clone(),
                false => format!("{}: {}", warning.object, warning.message),
            })
            .collect(),
    })
}

impl Disk {
    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.title(format_args!("disk image, {}", self.format))?;
        page.fact("bytes", self.size)?;
        page.facts("partitions", self.partitions.iter().map(Partition::says))?;
        page.facts("installations", self.installations.iter().map(Installation::says))?;
        page.facts("warnings", &self.warnings)
    }
}

impl Partition {
    fn says(&self) -> String {
        let Self { scheme, number, offset, size, filesystem, kind, name } = self;
        if *number == 0 {
            return format!("no table: {filesystem}, {size} bytes");
        }
        let name = if name.is_empty() { String::new() } else { format!(", {name:?}") };
        format!("{number}  {scheme} {kind}: {filesystem}, {size} bytes at {offset}{name}")
    }
}

impl Installation {
    fn says(&self) -> String {
        let Self { number, folder, .. } = self;
        let partition = self.partition.map(|number| format!("partition {number}, "));
        let product = self.product.as_deref().unwrap_or("the product cannot be read");
        format!("{number}  {}{folder}: {product}", partition.unwrap_or_default())
    }
}
