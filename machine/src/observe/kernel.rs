//! The kernel's file beside what the registry says: files prove, registries claim.

use staunch_model::{Collected, FileVersion, MachineFacts, OsBuild, Warning};

use super::warn;
use crate::inventory::servicing_branch;
use crate::{Facts, FileFacts};

const KERNEL: &str = r"system32\ntoskrnl.exe";

/// Returns the kernel's file.
pub(super) fn file(facts: &dyn Facts) -> Collected<FileFacts> {
    match facts.system_root() {
        Collected::Known(root) => match root.join(KERNEL) {
            Ok(path) => facts.file(&path),
            Err(_) => Collected::NotCollected,
        },
        Collected::Absent | Collected::NotCollected => Collected::NotCollected,
    }
}

/// Tells where the kernel is of another build than the registry says.
pub(super) fn compare(facts: &dyn Facts, machine: &MachineFacts, warnings: &mut Vec<Warning>) {
    let file = file(facts);
    if matches!(file, Collected::Absent) {
        warn(warnings, KERNEL, "the kernel's file is not there");
    }
    let (Some(version), Some(build)) = (version(&file), machine.build.known()) else { return };
    let [.., revision] = version.parts();
    if !is_of(version, *build) {
        let message = format!("the kernel is {version}, and the registry says build {build}");
        warn(warnings, KERNEL, message);
    } else if is_newer(u32::from(revision), *build) {
        let message = format!("the kernel is {version}, newer than build {build} of the registry");
        warn(warnings, KERNEL, message);
    }
}

/// Returns the revision of the kernel's file, where the kernel is of the same build.
pub fn kernel_revision(facts: &dyn Facts, build: OsBuild) -> Option<u32> {
    let version = version(&file(facts)).filter(|version| is_of(*version, build))?;
    let [.., revision] = version.parts();
    Some(revision.into())
}

fn version(file: &Collected<FileFacts>) -> Option<FileVersion> {
    file.known()?.version.known().copied()
}

/// Tells whether a kernel is one that a build has, in some revision.
fn is_of(kernel: FileVersion, build: OsBuild) -> bool {
    let [major, minor, number, _] = kernel.parts();
    (major, minor) == build.version() && branch(number.into()) == branch(build.build())
}

/// Returns the build whose files a build has.
fn branch(build: u32) -> u32 {
    match build {
        // Later updates of Windows Server 2008 with its second service pack.
        6003 => 6002,
        _ => servicing_branch(build),
    }
}

fn is_newer(revision: u32, build: OsBuild) -> bool {
    build.revision().is_some_and(|ubr| revision > ubr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CURRENT_VERSION, Memory};

    #[test]
    fn a_kernel_of_another_build_is_told() {
        for (kernel, build, expected) in [
            ("4.0.1381.7268", "4.0.1381", None),
            ("5.1.2600.5512", "5.1.2600", None),
            ("6.0.6003.20489", "6.0.6002", None),
            ("10.0.19041.4046", "10.0.19045.4046", None),
            ("10.0.22621.3000", "10.0.22631.3155", None),
            (
                "10.0.19041.4046",
                "10.0.19045.3803",
                Some(
                    "the kernel is 10.0.19041.4046, newer than build 10.0.19045.3803 of the registry",
                ),
            ),
            (
                "6.1.7600.16385",
                "6.1.7601",
                Some("the kernel is 6.1.7600.16385, and the registry says build 6.1.7601"),
            ),
            (
                "5.2.3790.3959",
                "5.1.2600",
                Some("the kernel is 5.2.3790.3959, and the registry says build 5.1.2600"),
            ),
        ] {
            let mut facts = Memory::default();
            facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINNT");
            let version = Collected::Known(kernel.parse().expect("a version"));
            let path = r"C:\WINNT\System32\ntoskrnl.exe".parse().expect("a path");
            facts.add_file(path, FileFacts { version, ..FileFacts::default() });
            let build = Collected::Known(build.parse().expect("a build"));
            let machine = MachineFacts { build, ..MachineFacts::default() };
            let mut warnings = Vec::new();
            compare(&facts, &machine, &mut warnings);
            let messages: Vec<_> = warnings.iter().map(|w| w.message.as_str()).collect();
            assert_eq!(messages, expected.into_iter().collect::<Vec<_>>(), "{kernel}");
        }
    }
}
