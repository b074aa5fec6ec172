use super::{Executable, Layout, Machine};
use crate::fields::{le16, read_array, read_vec};
use crate::{Fault, ReadAt, ReadAtError};

const TABLE: &str = "NE resource table";

/// Type of version resources; the high bit says that it is a number.
const RT_VERSION: u16 = 0x8010;

/// Types in a resource table at most.
const MOST_TYPES: usize = 1024;

/// Reads the headers of an NE file and finds its version resources.
pub(super) fn read(file: &dyn ReadAt, at: u64) -> Result<Executable, ReadAtError> {
    let header: [u8; 64] = read_array(file, "NE header", at)?;
    let mut executable = Executable::new(Layout::Ne, Machine::I286);
    let (table, names) = (u64::from(le16(&header, 0x24)), u64::from(le16(&header, 0x26)));
    // Without resources the tables of resources and of names begin at the same place.
    if table == 0 || table >= names {
        return Ok(executable);
    }
    match versions(file, at + table, &mut executable) {
        Err(ReadAtError::Fault(fault)) => executable.warnings.push(fault),
        other => other?,
    }
    Ok(executable)
}

fn versions(file: &dyn ReadAt, table: u64, executable: &mut Executable) -> Result<(), ReadAtError> {
    let shift = le16(&read_array::<2>(file, TABLE, table)?, 0);
    if shift > 15 {
        return Err(Fault::new(TABLE, table, "a shift of at most 15", shift).into());
    }
    let mut at = table + 2;
    for _ in 0..MOST_TYPES {
        let kind = le16(&read_array::<2>(file, TABLE, at)?, 0);
        if kind == 0 {
            return Ok(());
        }
        let header: [u8; 8] = read_array(file, TABLE, at)?;
        let count = le16(&header, 2);
        let length = usize::from(count) * 12;
        if kind == RT_VERSION {
            let entries = read_vec(file, TABLE, at + 8, length)?;
            for entry in entries.chunks_exact(12) {
                let offset = u64::from(le16(entry, 0)) << shift;
                let bytes = u32::from(le16(entry, 2)) << shift;
                let id = le16(entry, 6);
                let id = (id & 0x8000 != 0).then_some(id & 0x7fff);
                // The length is in whole units and may pass the end of the file.
                let bytes = u64::from(bytes).min(file.len().saturating_sub(offset)) as u32;
                // Resources of 16 bits have no language of their own.
                if !executable.keep(file, id, 0, offset, bytes)? {
                    return Ok(());
                }
            }
        }
        at += 8 + length as u64;
    }
    Err(Fault::new(TABLE, at, format_args!("at most {MOST_TYPES} types"), "more").into())
}
