//! Partition tables: what is found lies inside the disk.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_format::disk::partition;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    for sector_size in [512, 4096] {
        let table = partition::read(&bytes, sector_size).expect("a slice can be read");
        assert!(table.partitions.len() <= 1024);
        for found in &table.partitions {
            assert!(found.offset + found.size <= bytes.len() as u64, "{found:?}");
            let volume = found.volume(bytes);
            partition::file_system(&volume).expect("a slice can be read");
        }
    }
    Corpus::Keep
});
