//! Builds a catalog and tells how long that and a first and a second query take:
//! `cargo run --release --example measure -- CATALOG SOURCE…`

#![expect(clippy::disallowed_methods, reason = "measuring time is what this program is for")]

use std::path::Path;
use std::time::Instant;

use staunch_catalog::{Builder, Catalog};
use staunch_model::{OperatingSystem, Record, SourceWarning};
use staunch_source::{Sink, read_path};

struct Push(Builder);

impl Sink for Push {
    fn record(&mut self, record: Record) {
        self.0.push(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        self.0.warn(&warning);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let catalog = arguments.next().ok_or("expected a path for the catalog")?;
    let start = Instant::now();
    let mut push = Push(Builder::new());
    for source in arguments {
        let counts = read_path(Path::new(&source), &mut push, &mut |_| {})?;
        for (name, count) in counts.entries() {
            push.0.read_totals(name, count);
        }
    }
    let read = start.elapsed();
    let report = push.0.write(Path::new(&catalog))?;
    println!("read in {read:.1?}, read and built in {:.1?}", start.elapsed());
    println!("{report:#?}");

    let start = Instant::now();
    let catalog = Catalog::open(Path::new(&catalog))?;
    println!("opened with digest in {:.1?}", start.elapsed());
    let system: OperatingSystem = "Windows 10 Version 1809 for x64-based Systems".parse()?;
    for _ in 0..10 {
        let start = Instant::now();
        let updates = catalog.updates_for(&[system])?;
        let fixes: usize = updates.iter().map(|update| update.fixes.len()).sum();
        println!("{} updates, {fixes} fixes in {:.2?}", updates.len(), start.elapsed());
    }
    let start = Instant::now();
    let systems = catalog.operating_systems()?;
    let updates = catalog.updates_for(&systems)?.len();
    println!("{updates} updates of {} systems in {:.1?}", systems.len(), start.elapsed());
    Ok(())
}
