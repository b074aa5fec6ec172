use super::bytes::{shown, u16_at, u32_at};
use super::cell::{Bins, Cell};
use crate::Fault;

/// Most bytes of data in one segment; larger data are divided since version 1.4.
pub(super) const SEGMENT: usize = 16344;

/// Pieces of the data of a value, which together have the length that the value states.
///
/// Source: regf, "Big data".
#[derive(Debug, Clone)]
pub struct Segments<'b> {
    pieces: Pieces<'b>,
}

#[derive(Debug, Clone)]
enum Pieces<'b> {
    One(&'b [u8]),
    Many { bins: Bins<'b>, list: &'b [[u8; 4]], left: usize },
    End,
}

impl<'b> Segments<'b> {
    pub(super) fn one(data: &'b [u8]) -> Self {
        Self { pieces: Pieces::One(data) }
    }
}

impl<'b> Iterator for Segments<'b> {
    type Item = Result<&'b [u8], Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = match &mut self.pieces {
            Pieces::One(data) => {
                let data = *data;
                self.pieces = Pieces::End;
                return Some(Ok(data));
            }
            Pieces::Many { bins, list, left } => {
                let (offset, rest) = list.split_first()?;
                *list = rest;
                let wanted = (*left).min(SEGMENT);
                *left -= wanted;
                segment(*bins, u32::from_le_bytes(*offset), wanted)
            }
            Pieces::End => return None,
        };
        if piece.is_err() {
            self.pieces = Pieces::End;
        }
        Some(piece)
    }
}

fn segment(bins: Bins<'_>, offset: u32, wanted: usize) -> Result<&[u8], Fault> {
    let Cell { bytes, position } = bins.cell("data segment", offset)?;
    bytes.get(..wanted).ok_or_else(|| {
        Fault::truncated("data segment", position, wanted as u64, bytes.len() as u64)
    })
}

/// Returns the pieces of data of a size that the cell at an offset holds or lists.
///
/// A cell that is large enough holds the data itself, in hives of any version: other writers than
/// Windows do not divide them.
pub(super) fn segments(bins: Bins<'_>, offset: u32, size: usize) -> Result<Segments<'_>, Fault> {
    const OBJECT: &str = "db cell";
    let Cell { bytes, position } = bins.cell("value data", offset)?;
    if let Some(data) = bytes.get(..size) {
        return Ok(Segments::one(data));
    }
    if size <= SEGMENT {
        return Err(Fault::truncated("value data", position, size as u64, bytes.len() as u64));
    }
    let (Some(count), Some(list)) = (u16_at(bytes, 2), u32_at(bytes, 4)) else {
        return Err(Fault::truncated(OBJECT, position, 8, bytes.len() as u64));
    };
    if !bytes.starts_with(b"db") {
        return Err(Fault::new(OBJECT, position, "\"db\"", shown(&bytes[..2])));
    }
    if size > bins.bytes().len() {
        let expected = format_args!("at most {} bytes of data", bins.bytes().len()).to_string();
        return Err(Fault::new(OBJECT, position, expected, size));
    }
    let needed = size.div_ceil(SEGMENT);
    if usize::from(count) != needed {
        let expected = format_args!("{needed} segments").to_string();
        return Err(Fault::new(OBJECT, position + 2, expected, count));
    }
    let cell = bins.cell("list of segments", list)?;
    let Some(list) = cell.bytes.as_chunks::<4>().0.get(..needed) else {
        let left = cell.bytes.len() as u64;
        return Err(Fault::truncated("list of segments", cell.position, 4 * needed as u64, left));
    };
    Ok(Segments { pieces: Pieces::Many { bins, list, left: size } })
}
