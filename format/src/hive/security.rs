use super::bytes::{shown, u32_at};
use super::cell::Bins;
use crate::Fault;

/// Length in bytes of a key security item without its descriptor.
pub(super) const HEADER: usize = 20;

/// Returns the descriptor of the key security item at an offset. The links between the items of a
/// hive are not followed: each key names its own.
///
/// Source: regf, "Key security".
pub(super) fn descriptor(bins: Bins<'_>, offset: u32) -> Result<&[u8], Fault> {
    const OBJECT: &str = "sk cell";
    let cell = bins.cell(OBJECT, offset)?;
    let left = cell.bytes.len() as u64;
    if !cell.bytes.starts_with(b"sk") {
        let found = shown(&cell.bytes[..cell.bytes.len().min(2)]);
        return Err(Fault::new(OBJECT, cell.position, "\"sk\"", found));
    }
    let Some(length) = u32_at(cell.bytes, 16) else {
        return Err(Fault::truncated(OBJECT, cell.position, HEADER as u64, left));
    };
    cell.bytes[HEADER..].get(..length as usize).ok_or_else(|| {
        Fault::truncated("security descriptor", cell.position, u64::from(length) + 20, left)
    })
}
