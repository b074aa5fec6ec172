//! Services and drivers, as the registry of an installation lists them.

use staunch_machine::Facts;
use staunch_model::Collected;

use crate::truth::Truth;

/// Key with one subkey for every service and driver.
pub(crate) const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";

/// Values of which the key of every service and driver has at least one.
const MARKS: [&str; 3] = ["Start", "Type", "ImagePath"];

/// Tells whether a service or driver is installed. A key with settings only, as other products
/// leave behind, is none.
pub(crate) fn is_installed(facts: &dyn Facts, name: &str) -> Truth {
    match facts.key(&format!("{SERVICES}\\{name}")) {
        Collected::Known(key) => MARKS.iter().any(|mark| key.value(mark).is_some()).into(),
        Collected::Absent => Truth::False,
        Collected::NotCollected => Truth::Unknown,
    }
}
