use super::stream::{Cache, in_pieces, read_cached, within};
use crate::{
    Fault, ReadAt, ReadAtError, check_range,
    codec::{lzx, xpress_huffman},
    volume::bytes,
};

/// Tag of files that the Windows overlay filter provides.
pub(super) const TAG: u32 = 0x8000_0017;
/// Name of the stream with the chunks.
pub(super) const STREAM: &str = "WofCompressedData";
const POINT: &str = "overlay reparse point";
const TABLE: &str = "chunk table";

/// How a file of the overlay filter is compressed.
///
/// Source: \[MS-FSCC\] 2.1.2, `WOF_EXTERNAL_INFO` and `FILE_PROVIDER_EXTERNAL_INFO_V1` of the
/// Windows headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Xpress4K,
    Lzx,
    Xpress8K,
    Xpress16K,
}

impl Algorithm {
    /// Reads the reparse point; nothing for a file in an image elsewhere.
    pub(super) fn parse(value: &[u8]) -> Result<Option<Self>, Fault> {
        if value.len() < 24 {
            return Err(Fault::truncated(POINT, 0, 24, value.len() as u64));
        }
        let field = |at| u32::from_le_bytes(bytes(value, at));
        let expect = |at: usize, expected: &str| Fault::new(POINT, at as u64, expected, field(at));
        match (field(8), field(12)) {
            (1, 1) => return Ok(None),
            (1, 2) => {}
            (1, _) => return Err(expect(12, "provider 1 or 2")),
            _ => return Err(expect(8, "version 1")),
        }
        if field(16) != 1 {
            return Err(expect(16, "version 1"));
        }
        match field(20) {
            0 => Ok(Some(Self::Xpress4K)),
            1 => Ok(Some(Self::Lzx)),
            2 => Ok(Some(Self::Xpress8K)),
            3 => Ok(Some(Self::Xpress16K)),
            _ => Err(expect(20, "compression 0 to 3")),
        }
    }

    /// Returns the bytes that each chunk stands for.
    fn chunk(self) -> u64 {
        match self {
            Self::Xpress4K => 4096,
            Self::Xpress8K => 8192,
            Self::Xpress16K => 16384,
            Self::Lzx => lzx::CHUNK as u64,
        }
    }

    fn decompress(self, input: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        match self {
            Self::Lzx => lzx::decompress(input, output),
            _ => xpress_huffman::decompress(input, output),
        }
    }
}

/// Content of a file that is stored in chunks: a table of their ends, then the chunks.
pub(super) struct Chunks<S> {
    stream: S,
    algorithm: Algorithm,
    /// Length of the content in bytes.
    length: u64,
    cache: Cache,
}

impl<S: ReadAt> Chunks<S> {
    /// Makes the content readable that a stream holds in chunks.
    pub(super) fn new(stream: S, algorithm: Algorithm, length: u64) -> Result<Self, Fault> {
        let chunks = Self { stream, algorithm, length, cache: Cache::default() };
        let table = chunks.table();
        if table > chunks.stream.len() {
            return Err(Fault::truncated(TABLE, 0, table, chunks.stream.len()));
        }
        Ok(chunks)
    }

    fn last(&self) -> u64 {
        self.length.div_ceil(self.algorithm.chunk()).saturating_sub(1)
    }

    /// Returns the bytes of an offset in the table.
    fn width(&self) -> u64 {
        if self.length > u32::MAX.into() { 8 } else { 4 }
    }

    /// Returns the length of the table in bytes: the chunks but the first begin where it says.
    fn table(&self) -> u64 {
        self.last() * self.width()
    }

    /// Returns where a chunk begins, counted from the end of the table.
    fn begin(&self, number: u64) -> Result<u64, ReadAtError> {
        if number == 0 {
            return Ok(0);
        }
        if number > self.last() {
            return Ok(self.stream.len() - self.table());
        }
        let mut field = [0; 8];
        let width = self.width();
        self.stream.read_at((number - 1) * width, &mut field[..width as usize])?;
        Ok(u64::from_le_bytes(field))
    }

    fn chunk(&self, number: u64) -> Result<Vec<u8>, ReadAtError> {
        let size = self.algorithm.chunk();
        let plain = (self.length - number * size).min(size);
        let (begin, end) = (self.begin(number)?, self.begin(number + 1)?);
        let most = self.stream.len() - self.table();
        let length = end.checked_sub(begin).filter(|length| (1..=plain).contains(length));
        let Some(length) = length.filter(|_| end <= most) else {
            let expected = format_args!("chunk {number} of 1 to {plain} bytes below {most}");
            let found = format_args!("{begin} to {end}");
            let offset = number.saturating_sub(1) * self.width();
            return Err(Fault::new(TABLE, offset, expected, found).into());
        };
        let mut stored = vec![0; length as usize];
        let start = self.table() + begin;
        self.stream.read_at(start, &mut stored)?;
        if length == plain {
            return Ok(stored);
        }
        let mut content = vec![0; plain as usize];
        self.algorithm.decompress(&stored, &mut content).map_err(|fault| within(fault, start))?;
        Ok(content)
    }
}

impl<S: ReadAt> ReadAt for Chunks<S> {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        check_range(self.length, offset, buffer.len())?;
        let size = self.algorithm.chunk();
        in_pieces(offset, buffer, size, |offset, part| {
            let (number, inside) = (offset / size, (offset % size) as usize);
            read_cached(&self.cache, number, inside, part, || self.chunk(number))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reparse_points() {
        let point = |fields: [u32; 4]| {
            let header = [TAG, 16].into_iter().chain(fields);
            header.flat_map(u32::to_le_bytes).collect::<Vec<_>>()
        };
        assert_eq!(Algorithm::parse(&point([1, 2, 1, 1])), Ok(Some(Algorithm::Lzx)));
        assert_eq!(Algorithm::parse(&point([1, 2, 1, 3])), Ok(Some(Algorithm::Xpress16K)));
        assert_eq!(Algorithm::parse(&point([1, 1, 1, 0])), Ok(None));
        for (fields, message) in [
            ([2, 2, 1, 0], "offset 0x8: expected version 1, found 2"),
            ([1, 3, 1, 0], "offset 0xc: expected provider 1 or 2, found 3"),
            ([1, 2, 2, 0], "offset 0x10: expected version 1, found 2"),
            ([1, 2, 1, 4], "offset 0x14: expected compression 0 to 3, found 4"),
        ] {
            let fault = Algorithm::parse(&point(fields)).unwrap_err();
            assert_eq!(fault.to_string(), format!("overlay reparse point at {message}"));
        }
    }
}
