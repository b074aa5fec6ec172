//! XML reports of MBSA.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_machine::MbsaReport;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if let Ok(Some(report)) = MbsaReport::read("a report", bytes) {
        assert!(report.checks + report.updates <= bytes.len());
    }
    staunch_fuzz::inventory("MBSA", bytes)
});
