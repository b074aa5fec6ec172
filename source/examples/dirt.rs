//! Reads publications and prints what they state, how long it took, and their faults by kind:
//! `cargo run --release -p staunch-source --example dirt -- PATH…`

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use staunch_model::{Record, SourceWarning, WarningCode};
use staunch_source::{Progress, ReadError, Sink, read_path};

/// Counts faults by kind and keeps the first of each.
#[derive(Default)]
struct Dirt {
    warnings: BTreeMap<WarningCode, (u64, String)>,
}

impl Sink for Dirt {
    fn record(&mut self, record: Record) {
        std::hint::black_box(record);
    }

    fn warning(&mut self, warning: SourceWarning) {
        let place = &warning.provenance;
        let (count, _) = self.warnings.entry(warning.code).or_insert_with(|| {
            (0, format!("{} line {}: {}", place.publication, place.line, warning.message))
        });
        *count += 1;
    }
}

#[expect(clippy::disallowed_methods, reason = "the example measures time")]
fn print(path: &Path) -> Result<(), ReadError> {
    let mut dirt = Dirt::default();
    let start = Instant::now();
    let counts = read_path(path, &mut dirt, &mut |progress| {
        if let Progress::Skipped { document } = progress {
            println!("passed over: {document}");
        }
    })?;
    println!("{} in {:.2?}", path.display(), start.elapsed());
    for (name, count) in counts.entries() {
        println!("  {name:<20} {count:>9}");
    }
    for (code, (count, first)) in dirt.warnings {
        println!("  {code:<20} {count:>9}  {first}");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the example is a program of its own")]
fn main() -> ExitCode {
    for path in std::env::args_os().skip(1) {
        if let Err(error) = print(Path::new(&path)) {
            let mut source: Option<&dyn std::error::Error> = Some(&error);
            while let Some(error) = source {
                eprintln!("{error}");
                source = error.source();
            }
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
