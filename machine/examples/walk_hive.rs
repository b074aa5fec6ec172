//! Walks a whole hive and touches every byte of its data: what `cargo xtask bench hive` measures.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use memmap2::Mmap;
use staunch_format::Fault;
use staunch_format::hive::{Hive, Visit};

/// Counts of a walk, in the form of `bench/hivex_walk.c`.
#[derive(Default)]
struct Tally {
    keys: u64,
    values: u64,
    bytes: u64,
    /// Sum of all bytes of data and of the first byte of each name in UTF-8.
    sum: u64,
    failures: u64,
}

#[expect(clippy::disallowed_methods, reason = "a program reads its arguments")]
fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next();
    let walks = arguments.next().and_then(|walks| walks.to_str()?.parse().ok());
    let (Some(path), Some(walks @ 1..)) = (path, walks) else {
        eprintln!("usage: walk_hive FILE TIMES");
        return ExitCode::from(2);
    };
    let bytes = match map(path.as_ref()) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{}: {error}", Path::new(&path).display());
            return ExitCode::from(2);
        }
    };
    let hive = match Hive::new(&bytes) {
        Ok(hive) => hive,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::from(2);
        }
    };
    let (tally, nanoseconds) = timed(&hive, walks);
    let Tally { keys, values, bytes, sum, failures } = tally;
    println!("keys {keys} values {values} bytes {bytes} sum {sum}");
    println!("{nanoseconds}");
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Walks a hive some times; returns the counts of the last walk and the nanoseconds of the middle
/// one.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed(hive: &Hive<'_>, walks: usize) -> (Tally, u128) {
    let mut tally = Tally::default();
    let mut times = Vec::new();
    for _ in 0..walks {
        tally = Tally::default();
        let start = Instant::now();
        for visit in hive.walk() {
            if let Err(fault) = visit.and_then(|visit| tally.add(visit)) {
                eprintln!("{fault}");
                tally.failures += 1;
            }
        }
        times.push(start.elapsed().as_nanos());
    }
    times.sort_unstable();
    (tally, times[walks / 2])
}

/// Maps a file, as the C program beside it does.
#[expect(unsafe_code, reason = "a measured file is not changed while it is read")]
fn map(path: &Path) -> std::io::Result<Mmap> {
    // SAFETY: nothing writes to the file while the program runs.
    unsafe { Mmap::map(&File::open(path)?) }
}

impl Tally {
    fn add(&mut self, visit: Visit<'_>) -> Result<(), Fault> {
        let name = match visit {
            Visit::Key(key) => {
                self.keys += 1;
                key.name()
            }
            Visit::Value(value) => {
                for segment in value.segments()? {
                    let segment = segment?;
                    self.bytes += segment.len() as u64;
                    self.sum += segment.iter().map(|byte| u64::from(*byte)).sum::<u64>();
                }
                self.values += 1;
                value.name()
            }
        };
        let first = char::decode_utf16(name.units()).next();
        if let Some(character) = first {
            let mut utf8 = [0; 4];
            character.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut utf8);
            self.sum += u64::from(utf8[0]);
        }
        Ok(())
    }
}
