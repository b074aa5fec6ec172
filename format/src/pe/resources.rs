use super::{Executable, Layout, Machine};
use crate::fields::{le16, le32, read_array, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

const HEADER: &str = "PE header";
const DIRECTORY: &str = "resource directory";

/// Type of version resources.
const RT_VERSION: u32 = 16;

/// Entries of a resource directory at most.
const MOST_ENTRIES: usize = 4096;

/// Sections of an executable at most, as Windows has it.
const MOST_SECTIONS: u16 = 96;

/// Bit of an entry that names a further directory, or a name instead of a number.
const HIGH: u32 = 1 << 31;

/// A section of the file.
struct Section {
    /// Relative virtual address and length in memory, in bytes.
    address: u32,
    virtual_length: u32,
    /// Offset and length in the file, in bytes.
    offset: u32,
    length: u32,
}

/// Reads the headers of a PE file and finds its version resources.
pub(super) fn read(file: &dyn ReadAt, at: u64) -> Result<Executable, ReadAtError> {
    let header: [u8; 24] = read_array(file, HEADER, at)?;
    let sections = le16(&header, 6);
    let optional_length = u64::from(le16(&header, 20));
    let optional_at = at + 24;
    let magic = le16(&read_array::<2>(file, HEADER, optional_at)?, 0);
    let (layout, directories_at) = match magic {
        0x010b => (Layout::Pe32, 92),
        0x020b => (Layout::Pe32Plus, 108),
        other => {
            let found = format!("{other:#06x}");
            return Err(Fault::new(HEADER, optional_at, "magic 0x010b or 0x020b", found).into());
        }
    };
    let mut executable = Executable::new(layout, Machine::from(le16(&header, 4)));
    // The third directory is that of the resources.
    if optional_length < directories_at + 4 + 24 {
        return Ok(executable);
    }
    let directories: [u8; 28] = read_array(file, HEADER, optional_at + directories_at)?;
    let (root, length) = (le32(&directories, 20), le32(&directories, 24));
    if le32(&directories, 0) < 3 || root == 0 || length == 0 {
        return Ok(executable);
    }
    if sections > MOST_SECTIONS {
        let expected = format!("at most {MOST_SECTIONS} sections");
        return Err(Fault::new(HEADER, at + 6, expected, sections).into());
    }
    let table_at = optional_at + optional_length;
    let table = read_vec(file, "PE section table", table_at, usize::from(sections) * 40)?;
    let sections: Vec<Section> = table.chunks_exact(40).map(Section::new).collect();
    let found = match offset(&sections, root) {
        Some(base) => versions(file, base, &sections, &mut executable),
        None => {
            let expected = "an address inside a section";
            Err(Fault::new(DIRECTORY, optional_at, expected, format_args!("{root:#x}")).into())
        }
    };
    match found {
        Err(ReadAtError::Fault(fault)) => executable.warnings.push(fault),
        other => other?,
    }
    Ok(executable)
}

impl Section {
    fn new(bytes: &[u8]) -> Self {
        Self {
            virtual_length: le32(bytes, 8),
            address: le32(bytes, 12),
            length: le32(bytes, 16),
            offset: le32(bytes, 20),
        }
    }
}

/// Finds where a relative virtual address lies in the file.
fn offset(sections: &[Section], address: u32) -> Option<u64> {
    sections.iter().find_map(|section| {
        let within = address.checked_sub(section.address)?;
        // Some linkers leave the length in memory at zero.
        let inside = within < section.length.max(section.virtual_length);
        (inside && within < section.length).then_some(u64::from(section.offset) + u64::from(within))
    })
}

/// Goes down the three levels of the directory: type, identifier, language.
fn versions(
    file: &dyn ReadAt,
    base: u64,
    sections: &[Section],
    executable: &mut Executable,
) -> Result<(), ReadAtError> {
    let types = entries(file, base)?;
    let of_versions = types.iter().filter(|(kind, to)| *kind == RT_VERSION && to & HIGH != 0);
    for (_, identifiers) in of_versions {
        for (id, languages) in entries(file, base + u64::from(identifiers & !HIGH))? {
            if languages & HIGH == 0 {
                continue;
            }
            // A name instead of a number is not one that Windows looks for.
            let number = (id & HIGH == 0).then_some(id as u16);
            for (language, leaf) in entries(file, base + u64::from(languages & !HIGH))? {
                let leaf_at = base + u64::from(leaf & !HIGH);
                let leaf: [u8; 16] = read_array(file, "resource data entry", leaf_at)?;
                let Some(at) = offset(sections, le32(&leaf, 0)) else {
                    let found = format!("{:#x}", le32(&leaf, 0));
                    let expected = "an address inside a section";
                    return Err(Fault::new("resource data entry", leaf_at, expected, found).into());
                };
                if !executable.keep(file, number, language as u16, at, le32(&leaf, 4))? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Reads a directory: names or numbers, and where they lead.
fn entries(file: &dyn ReadAt, at: u64) -> Result<Vec<(u32, u32)>, ReadAtError> {
    let header: [u8; 16] = read_array(file, DIRECTORY, at)?;
    let count = usize::from(le16(&header, 12)) + usize::from(le16(&header, 14));
    if count > MOST_ENTRIES {
        let expected = format!("at most {MOST_ENTRIES} entries");
        return Err(Fault::new(DIRECTORY, at + 12, expected, count).into());
    }
    let table = read_vec(file, DIRECTORY, at + 16, count * 8)?;
    Ok(table.chunks_exact(8).map(|entry| (le32(entry, 0), le32(entry, 4))).collect())
}
