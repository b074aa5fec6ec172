//! What is kept of tables and unpacked clusters: a bound for a whole chain of images.

use std::sync::{Arc, Mutex, PoisonError};

use crate::fields::check;
use crate::{ReadAt, ReadAtError};

/// Bytes of a piece of a table that are read at once.
const PAGE: u64 = 4096;

/// Pieces of tables that are kept: 4 MiB.
const PAGES: usize = 1024;

/// Bytes of unpacked clusters that are kept, unless four clusters are more.
const UNPACKED_BYTES: usize = 8 << 20;

/// Unpacked clusters that are kept at most.
const UNPACKED: usize = 128;

type Slot = Mutex<Option<(Key, Arc<[u8]>)>>;

/// The file of a chain and the place in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    layer: u32,
    position: u64,
}

/// The caches that all layers and extents of one disk share.
pub(super) struct Caches {
    pages: Vec<Slot>,
    unpacked: Vec<Slot>,
}

/// The part that one file of a chain has in the caches.
pub(super) struct Cached {
    caches: Arc<Caches>,
    layer: u32,
}

impl Caches {
    pub(super) fn new() -> Self {
        let slots = |count| std::iter::repeat_with(Slot::default).take(count).collect();
        Self { pages: slots(PAGES), unpacked: slots(UNPACKED) }
    }
}

impl Cached {
    pub(super) fn new(caches: Arc<Caches>, layer: u32) -> Self {
        Self { caches, layer }
    }

    /// Reads a part of a table through the cache.
    pub(super) fn table(
        &self,
        file: &dyn ReadAt,
        object: &'static str,
        offset: u64,
        buffer: &mut [u8],
    ) -> Result<(), ReadAtError> {
        check(file, object, offset, buffer.len() as u64)?;
        let mut done = 0;
        while done < buffer.len() {
            let at = offset + done as u64;
            let start = at - at % PAGE;
            let page = self.fetch(&self.caches.pages, start, || {
                let length = PAGE.min(file.len() - start);
                let mut bytes = vec![0; length as usize];
                file.read_at(start, &mut bytes)?;
                Ok(bytes)
            })?;
            let from = (at - start) as usize;
            let count = (page.len() - from).min(buffer.len() - done);
            buffer[done..done + count].copy_from_slice(&page[from..from + count]);
            done += count;
        }
        Ok(())
    }

    /// Returns the cluster at a position, unpacked before or now; `size` is that of a cluster in
    /// bytes.
    pub(super) fn unpacked(
        &self,
        position: u64,
        size: usize,
        unpack: impl FnOnce() -> Result<Vec<u8>, ReadAtError>,
    ) -> Result<Arc<[u8]>, ReadAtError> {
        let slots = (UNPACKED_BYTES / size.max(1)).clamp(4, UNPACKED);
        self.fetch(&self.caches.unpacked[..slots], position, unpack)
    }

    fn fetch(
        &self,
        slots: &[Slot],
        position: u64,
        make: impl FnOnce() -> Result<Vec<u8>, ReadAtError>,
    ) -> Result<Arc<[u8]>, ReadAtError> {
        let key = Key { layer: self.layer, position };
        // Fibonacci hashing: positions are multiples of large powers of two.
        let mixed = (position ^ u64::from(self.layer) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &slots[(mixed >> 32) as usize % slots.len()];
        if let Some((kept, bytes)) = &*slot.lock().unwrap_or_else(PoisonError::into_inner)
            && *kept == key
        {
            return Ok(Arc::clone(bytes));
        }
        // Other threads are not kept waiting while the file is read.
        let bytes: Arc<[u8]> = make()?.into();
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, Arc::clone(&bytes)));
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_across_pages_and_at_the_end_are_read_and_layers_are_kept_apart() {
        let first: Vec<u8> = (0..10_000_u32).map(|index| (index % 251) as u8).collect();
        let second: Vec<u8> = first.iter().map(|byte| byte ^ 0xff).collect();
        let caches = Arc::new(Caches::new());
        let one = Cached::new(Arc::clone(&caches), 0);
        let two = Cached::new(caches, 1);
        for offset in [0, 4090, 4095, 8190, 9992] {
            let mut field = [0; 8];
            one.table(&first.as_slice(), "entry", offset, &mut field).unwrap();
            assert_eq!(field, first[offset as usize..offset as usize + 8]);
            two.table(&second.as_slice(), "entry", offset, &mut field).unwrap();
            assert_eq!(field, second[offset as usize..offset as usize + 8]);
        }
        let mut field = [0; 8];
        let error = one.table(&first.as_slice(), "entry", 9993, &mut field).unwrap_err();
        assert_eq!(error.to_string(), "entry at offset 0x2709: expected 8 bytes, found 7");
    }
}
