//! Reports of MBSA.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_machine::MbsaReport;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(Some(report)) = MbsaReport::read(bytes) else { return Corpus::Reject };
    assert!(report.checks + report.updates <= bytes.len());
    Corpus::Keep
});
