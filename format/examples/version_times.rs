//! Measures how long the version resource of an executable takes to read.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use staunch_format::pe;
use staunch_testkit::{ExecutableLayout, VersionedExecutable};

/// Reads of each file, of which the median counts.
const READS: usize = 100_001;

/// What the files of Windows say of themselves.
const STRINGS: &[(&str, &str)] = &[
    ("CompanyName", "Microsoft Corporation"),
    ("FileDescription", "NT Layer DLL"),
    ("FileVersion", "5.1.2600.2622 (xpsp_sp2_gdr.050301-1519)"),
    ("InternalName", "ntdll.dll"),
    ("LegalCopyright", "\u{a9} Microsoft Corporation. All rights reserved."),
    ("OriginalFilename", "ntdll.dll"),
    ("ProductName", "Microsoft\u{ae} Windows\u{ae} Operating System"),
    ("ProductVersion", "5.1.2600.2622"),
];

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn main() -> ExitCode {
    for layout in [ExecutableLayout::Ne, ExecutableLayout::Pe32, ExecutableLayout::Pe32Plus] {
        let empty = VersionedExecutable::new(layout, [5, 1, 2600, 2622]);
        let named = STRINGS.iter().fold(empty, |file, (name, text)| file.string(name, text));
        let file = named.build();
        let mut times = Vec::with_capacity(READS);
        for _ in 0..READS {
            let start = Instant::now();
            let read = pe::read(black_box(&file.as_slice()));
            times.push(start.elapsed().as_nanos());
            let strings = read
                .as_ref()
                .ok()
                .and_then(|read| read.version())
                .map(|v| v.tables.iter().map(|table| table.strings.len()).sum::<usize>());
            if strings != Some(STRINGS.len()) {
                eprintln!("{layout:?}: expected {} strings, found {read:?}", STRINGS.len());
                return ExitCode::FAILURE;
            }
        }
        times.sort_unstable();
        let middle = times[READS / 2] as f64 / 1000.0;
        println!("{layout:?}, {} bytes: {middle:.2} µs", file.len());
    }
    ExitCode::SUCCESS
}
