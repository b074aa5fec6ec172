//! Drive letters as Windows remembers them.

use std::collections::BTreeMap;

use staunch_format::disk::partition::Partition;

use crate::facts::RegistryKey;
use crate::image::DiskImage;

/// Key that remembers which letter belongs to which partition, since Windows 2000.
///
/// Windows NT 4.0 remembers them in a value whose layout is not published: there only the volume of
/// Windows itself has a letter, and what is on others is not collected.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{RegistryData, RegistryValue};

    /// A disk with an MBR and two partitions of one MiB.
    fn disk() -> DiskImage {
        let mut bytes = vec![0; 4 << 20];
        bytes[440..444].copy_from_slice(&[1, 2, 3, 4]);
        for (at, first) in [(446, 2048_u32), (462, 4096)] {
            bytes[at + 4] = 7;
            bytes[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
            bytes[at + 12..at + 16].copy_from_slice(&2048_u32.to_le_bytes());
        }
        bytes[510..512].copy_from_slice(&[0x55, 0xAA]);
        let image: Box<[u8]> = bytes.into();
        DiskImage::read("disk", Box::new(image), &mut |_| Err("none".into())).unwrap()
    }

    fn key(values: &[(&str, &[u8])]) -> RegistryKey {
        let values = values.iter().map(|(name, data)| RegistryValue {
            name: (*name).to_owned(),
            data: RegistryData::Binary(data.to_vec()),
        });
        RegistryKey { values: values.collect(), subkeys: Vec::new() }
    }

    #[test]
    fn a_letter_belongs_to_a_signature_and_an_offset() {
        let offset = |at: u64| [&[1, 2, 3, 4][..], &at.to_le_bytes()].concat();
        let (first, second) = (offset(1 << 20), offset(2 << 20));
        let other = [&[9, 2, 3, 4][..], &(1_u64 << 20).to_le_bytes()].concat();
        let found = letters(
            &key(&[
                (r"\DosDevices\C:", &first),
                (r"\dosdevices\d:", &second),
                (r"\DosDevices\E:", &other),
                (r"\DosDevices\F:", &offset(3)),
                (r"\DosDevices\GG:", &first),
                (r"\DosDevices\5:", &first),
                (r"\DosDevices\é", &first),
                (r"\??\Volume{1}", &first),
                (r"\DosDevices\H:", b"DMIO:ID:"),
                (r"\DosDevices\I:", &[]),
            ]),
            &disk(),
        );
        assert_eq!(found, BTreeMap::from([('C', 0), ('D', 1)]));
    }
}
