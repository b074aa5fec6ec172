//! Disk images of every format; what they need beside themselves is the same bytes again.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::disk::{self, Image};
use staunch_format::{ReadAt, ReadAtError};

struct Memory(Vec<u8>);

impl ReadAt for Memory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadAtError> {
        self.0.as_slice().read_at(offset, buffer)
    }
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let opened = disk::open(Box::new(Memory(bytes.to_vec())), &mut |_| {
        Ok(Box::new(Memory(bytes.to_vec())) as Image)
    });
    let Ok(disk) = opened else { return Corpus::Keep };
    let mut piece = vec![0; 4096];
    for at in [0, 512, 65_536, 2 << 20, disk.len().saturating_sub(4096)] {
        let first = disk.read_at(at, &mut piece).is_ok();
        let copy = piece.clone();
        // What is read once is read the same way again, from the caches.
        assert_eq!(first, disk.read_at(at, &mut piece).is_ok());
        assert!(!first || copy == piece);
    }
    Corpus::Keep
});
