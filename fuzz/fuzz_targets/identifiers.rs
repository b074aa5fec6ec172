//! Identifiers and versions: any text is refused or read, and what is read is written back to a
//! text that reads as the same value.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use staunch_model::{
    AdvisoryId, Architecture, BulletinId, CveId, Family, FileVersion, HotfixId, Impact,
    Installation, KbNumber, OsBuild, Release, ServicePack, Severity, VulnerabilityId,
};

fuzz_target!(|text: &str| {
    reads_back::<AdvisoryId>(text);
    reads_back::<Architecture>(text);
    reads_back::<BulletinId>(text);
    reads_back::<CveId>(text);
    reads_back::<Family>(text);
    reads_back::<FileVersion>(text);
    reads_back::<HotfixId>(text);
    reads_back::<Impact>(text);
    reads_back::<Installation>(text);
    reads_back::<KbNumber>(text);
    reads_back::<OsBuild>(text);
    reads_back::<Release>(text);
    reads_back::<ServicePack>(text);
    reads_back::<Severity>(text);
    reads_back::<VulnerabilityId>(text);
});

fn reads_back<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    let Ok(value) = text.parse::<T>() else { return };
    let written = value.to_string();
    assert_eq!(written.parse::<T>().ok(), Some(value), "{text:?} was written as {written:?}");
}
