//! Whole installations, seen as a scan of a folder or a disk image sees them.

use std::sync::Arc;

use staunch_assess::Machine;
use staunch_machine::{Medium, observe, operating_system};
use staunch_model::{Architecture, Collected, Edition, Family, OperatingSystem};
use staunch_testkit::{Claim, Installation, Release, Role, VersionedExecutable};

use crate::State;
use crate::rows::Row;

/// Installs the system of a row and brings it into a state.
pub(super) fn installation(row: &Row, state: State) -> Installation {
    let system: OperatingSystem = row.system.parse().expect("a system");
    let release = release(&system).language(language(row.language));
    let executable = |version: &str, branch| executable(release, version, branch);
    let mut installation = Installation::new(release);
    if system.edition == Some(Edition::TerminalServer) {
        installation = installation.system(|key| {
            key.create("Control\\ProductOptions").set_texts("ProductSuite", &["Terminal Server"]);
        });
    }
    if state.is_claimed() {
        installation = installation.claim(&Claim::new(row.kb));
    }
    if state == State::ClaimedOnly {
        return installation;
    }
    for (at, file) in row.files.iter().enumerate() {
        let path = file.path.replace(r"C:\WINDOWS", "%SystemRoot%");
        let (version, branch) = state.version(at, file);
        installation = installation.file(&path, executable(version, branch));
        if let Some((version, branch)) = state.coming(file) {
            let new = format!(r"%SystemRoot%\system32\SET{at}.tmp");
            let content = executable(version, branch);
            installation = installation.file(&new, content).pending_rename(&new, Some(&path));
        }
    }
    installation
}

/// Sees an installation and asserts that it is that of the row.
pub(super) fn machine(medium: &Medium, number: usize, row: &Row) -> Machine {
    let seen = medium.see(number).expect("an installation");
    let (facts, mut warnings) = observe(&seen);
    let system = operating_system(&facts).expect("an operating system");
    warnings.extend(staunch_machine::Facts::warnings(&seen));
    assert_eq!(system.to_string(), row.system);
    assert_eq!(facts.language, Collected::Known(row.language.to_owned()));
    assert_eq!(warnings, [], "{}", row.system);
    Machine { system, facts, seen: Some(Arc::new(seen)), inputs: Vec::new(), warnings }
}

fn release(system: &OperatingSystem) -> Release {
    let is_of_server_2003 = system.family == Family::Server2003
        || system.architecture == Architecture::X64
        || system.edition == Some(Edition::Version2003);
    let pack = system.service_pack.0;
    let release = match system.family {
        Family::WindowsNt4 => Release::nt4(),
        Family::Windows2000 => Release::windows_2000(pack),
        _ if is_of_server_2003 => Release::server_2003(pack),
        Family::WindowsXp => Release::xp(pack),
        family => panic!("{family} is none of the matrix"),
    };
    let is_server =
        system.family == Family::Server2003 || system.edition == Some(Edition::TerminalServer);
    let role = if is_server { Role::Server } else { Role::Workstation };
    release.architecture(system.architecture).role(role)
}

fn language(tag: &str) -> u16 {
    match tag {
        "en-us" => 0x0409,
        "de-de" => 0x0407,
        "ja-jp" => 0x0411,
        "zh-tw" => 0x0404,
        _ => panic!("{tag} is none of the matrix"),
    }
}

/// Makes a file that says its branch in the text of its version.
fn executable(release: Release, version: &str, branch: &str) -> VersionedExecutable {
    let parts: Vec<u16> = version.split('.').map(|part| part.parse().expect("a number")).collect();
    let parts = parts.try_into().expect("four parts");
    let text = format!("{version} ({branch}.040401-1200)");
    release.executable(parts).string("FileVersion", &text)
}
