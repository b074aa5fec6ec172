//! The instruction set that Windows runs on.

use staunch_model::{Architecture, Warning};

use super::{kernel, warn};
use crate::{CURRENT_VERSION, Facts};

const ENVIRONMENT: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment";

/// Returns the architecture: that of the kernel's file, of the variables of the system or of the
/// name of the build. Answers that differ are told.
pub(super) fn architecture(facts: &dyn Facts, warnings: &mut Vec<Warning>) -> Option<Architecture> {
    let file = kernel::file(facts);
    let file = file.known().and_then(|file| file.architecture.known()).copied();
    let variable = variable(facts, warnings);
    if let (Some(file), Some(variable)) = (file, variable)
        && file != variable
    {
        let message = format!("PROCESSOR_ARCHITECTURE says {variable}, and the kernel is {file}");
        warn(warnings, ENVIRONMENT, message);
    }
    file.or(variable).or_else(|| in_build(facts))
}

fn variable(facts: &dyn Facts, warnings: &mut Vec<Warning>) -> Option<Architecture> {
    let text = facts.text(ENVIRONMENT, "PROCESSOR_ARCHITECTURE");
    let text = text.known()?;
    let architecture = text.parse().ok();
    if architecture.is_none() {
        let message = format!("PROCESSOR_ARCHITECTURE: expected one such as AMD64, found {text:?}");
        warn(warnings, ENVIRONMENT, message);
    }
    architecture
}

/// Reads the middle of `7601.17514.amd64fre.win7sp1_rtm.101119-1850`.
fn in_build(facts: &dyn Facts) -> Option<Architecture> {
    let text = facts.text(CURRENT_VERSION, "BuildLabEx");
    let mut parts = text.known()?.split('.');
    parts.find_map(|part| part.strip_suffix("fre").or(part.strip_suffix("chk"))?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileFacts, Memory};
    use staunch_model::Collected;

    fn observed(facts: &Memory) -> (Option<Architecture>, usize) {
        let mut warnings = Vec::new();
        (architecture(facts, &mut warnings), warnings.len())
    }

    #[test]
    fn the_variable_the_build_and_the_kernel_name_the_architecture() {
        for (text, expected) in [
            ("x86", (Some(Architecture::X86), 0)),
            ("AMD64", (Some(Architecture::X64), 0)),
            ("IA64", (Some(Architecture::Ia64), 0)),
            ("ARM64", (Some(Architecture::Arm64), 0)),
            ("ALPHA", (None, 1)),
        ] {
            let mut facts = Memory::default();
            facts.set_text(ENVIRONMENT, "PROCESSOR_ARCHITECTURE", text);
            assert_eq!(observed(&facts), expected, "{text}");
        }
        let mut facts = Memory::default();
        let lab = "7601.17514.amd64fre.win7sp1_rtm.101119-1850";
        facts.set_text(CURRENT_VERSION, "BuildLabEx", lab);
        assert_eq!(observed(&facts), (Some(Architecture::X64), 0));
        facts.set_text(ENVIRONMENT, "PROCESSOR_ARCHITECTURE", "AMD64");
        facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\Windows");
        let kernel = r"C:\Windows\system32\ntoskrnl.exe".parse().expect("a path");
        let architecture = Collected::Known(Architecture::X86);
        facts.add_file(kernel, FileFacts { architecture, ..FileFacts::default() });
        assert_eq!(observed(&facts), (Some(Architecture::X86), 1));
    }
}
