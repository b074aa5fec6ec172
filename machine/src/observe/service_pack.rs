//! The service pack.

use staunch_model::{OsBuild, ServicePack, Warning};

use super::warn;
use crate::inventory::service_pack_of_build;
use crate::{CURRENT_VERSION, Facts};

/// Key whose number the kernel reads at its start: `0x300` is the third service pack.
const KERNEL_CLAIM: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Windows";

/// Returns the service pack that Windows says it has.
///
/// Builds that imply one decide from Windows Vista on. Two answers that differ are told.
pub(super) fn service_pack(
    facts: &dyn Facts,
    build: Option<OsBuild>,
    warnings: &mut Vec<Warning>,
) -> Option<ServicePack> {
    let stated = stated(facts, warnings);
    let kernel = kernel_claim(facts);
    let by_build = build.and_then(service_pack_of_build);
    if let (Some(stated), Some(implied)) = (stated, by_build)
        && stated != implied
        && build.is_some_and(|build| build.version() < (6, 2))
    {
        let build = build.map(|build| build.build()).unwrap_or_default();
        warn(
            warnings,
            CURRENT_VERSION,
            format!("CSDVersion says {stated}, and build {build} is {implied}"),
        );
    }
    if let (Some(stated), Some(kernel)) = (stated, kernel)
        && stated != kernel
        && by_build.is_none()
    {
        warn(
            warnings,
            KERNEL_CLAIM,
            format!(
                "CSDVersion says {kernel} here and {stated} in {CURRENT_VERSION}, as after a \
                 service pack that waits for a restart"
            ),
        );
    }
    by_build.or(stated).or(kernel)
}

/// Reads the text; the release to manufacturing has none.
fn stated(facts: &dyn Facts, warnings: &mut Vec<Warning>) -> Option<ServicePack> {
    let key = facts.key(CURRENT_VERSION);
    let key = key.known()?;
    let Some(text) = key.text("CSDVersion").filter(|text| !text.trim().is_empty()) else {
        // A key without a build was not collected in full.
        return key.text("CurrentVersion").map(|_| ServicePack(0));
    };
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let number = numbers.next().and_then(|number| number.parse().ok()).filter(|n: &u8| *n <= 9);
    if number.is_none() {
        let found = format!(
            "CSDVersion: expected a service pack such as \"Service Pack 3\", found {text:?}"
        );
        warn(warnings, CURRENT_VERSION, found);
    }
    number.map(ServicePack)
}

fn kernel_claim(facts: &dyn Facts) -> Option<ServicePack> {
    let number = *facts.number(KERNEL_CLAIM, "CSDVersion").known()?;
    u8::try_from(number >> 8).ok().filter(|pack| *pack <= 9).map(ServicePack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    fn observed(facts: &Memory, build: &str) -> (Option<u8>, usize) {
        let mut warnings = Vec::new();
        let build = (!build.is_empty()).then(|| build.parse().expect("a build"));
        let pack = service_pack(facts, build, &mut warnings).map(|pack| pack.0);
        (pack, warnings.len())
    }

    fn with(version: &str, text: &str) -> Memory {
        let mut facts = Memory::default();
        facts.set_text(CURRENT_VERSION, "CurrentVersion", version);
        if !text.is_empty() {
            facts.set_text(CURRENT_VERSION, "CSDVersion", text);
        }
        facts
    }

    #[test]
    fn the_text_decides_until_builds_do() {
        for (text, build, expected) in [
            ("Service Pack 6", "4.0.1381", (Some(6), 0)),
            ("", "5.1.2600", (Some(0), 0)),
            ("Service Pack 3, v.3311", "5.1.2600", (Some(3), 0)),
            ("Szervizcsomag 2", "5.2.3790", (Some(2), 0)),
            ("Service Pack 1", "6.1.7601", (Some(1), 0)),
            ("", "6.1.7601", (Some(1), 1)),
            ("Service Pack 2", "6.0.6003", (Some(2), 0)),
            ("", "10.0.19045", (Some(0), 0)),
            ("Service Pack", "5.1.2600", (None, 1)),
        ] {
            assert_eq!(observed(&with("5.1", text), build), expected, "{text} {build}");
        }
        assert_eq!(observed(&Memory::default(), ""), (None, 0));
    }

    #[test]
    fn the_number_of_the_kernel_speaks_where_the_text_cannot_be_seen() {
        let mut facts = Memory::default();
        facts.set_u32(KERNEL_CLAIM, "CSDVersion", 0x300);
        assert_eq!(observed(&facts, ""), (Some(3), 0));
        let mut facts = with("5.1", "Service Pack 2");
        facts.set_u32(KERNEL_CLAIM, "CSDVersion", 0x300);
        assert_eq!(observed(&facts, "5.1.2600"), (Some(2), 1));
    }
}
