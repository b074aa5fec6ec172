//! Drive letters as Windows remembers them.

use std::collections::BTreeMap;

use staunch_format::disk::partition::Partition;

use crate::facts::RegistryKey;
use crate::image::DiskImage;

/// Key that remembers which letter belongs to which partition, since Windows 2000.
pub(super) const MOUNTED_DEVICES: &str = r"HKLM\SYSTEM\MountedDevices";

const NAME: &str = r"\DosDevices\";
const GPT: &[u8] = b"DMIO:ID:";

/// Finds the partitions of an image that have letters, by their places in its table.
///
/// On a disk with an MBR a letter belongs to the signature of the disk and an offset, with a GPT
/// to the identifier of a partition.
pub(super) fn letters(key: &RegistryKey, image: &DiskImage) -> BTreeMap<char, usize> {
    let partitions: Vec<&Partition> = image.partitions().map(|(partition, _)| partition).collect();
    let mut letters = BTreeMap::new();
    for value in &key.values {
        let name = value.name.get(NAME.len()..);
        let is_letter = value.name.to_ascii_lowercase().starts_with(&NAME.to_ascii_lowercase());
        let Some([letter, b':']) = name.filter(|_| is_letter).map(str::as_bytes) else { continue };
        let Some(data) = value.data.binary() else { continue };
        let place = partitions.iter().position(|partition| is_named(data, partition, image));
        if let (Some(place), true) = (place, letter.is_ascii_alphabetic()) {
            letters.insert(char::from(letter.to_ascii_uppercase()), place);
        }
    }
    letters
}

fn is_named(data: &[u8], partition: &Partition, image: &DiskImage) -> bool {
    if let Some(identifier) = data.strip_prefix(GPT) {
        return partition.identifier.is_some_and(|own| own == identifier);
    }
    let Some((signature, offset)) = data.split_first_chunk::<4>() else { return false };
    let same_disk = image.signature() == Some(*signature) && *signature != [0; 4];
    same_disk && *offset == partition.offset.to_le_bytes()
}
