//! Hosts of which real inventories exist, seen through a registry that says the same.

use std::fmt::Write;

use staunch_machine::{CURRENT_VERSION, Memory, observe, read_inventory};
use staunch_model::{Collected, Family, HotfixId, MachineFacts};
use staunch_testkit::shared_data;

const PACKAGES: &str =
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";

/// Writes the registry of a machine as its generation of Windows does.
fn registry(host: &MachineFacts) -> Option<Memory> {
    let (family, build) = (host.family.known()?, host.build.known()?);
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SOFTWARE").collect_key(r"HKLM\SYSTEM");
    let (major, minor) = build.version();
    let text = if major < 10 { format!("{major}.{minor}") } else { "6.3".to_owned() };
    facts.set_text(CURRENT_VERSION, "CurrentVersion", &text);
    facts.set_text(CURRENT_VERSION, "CurrentBuildNumber", &build.build().to_string());
    if major >= 10 {
        facts.set_u32(CURRENT_VERSION, "CurrentMajorVersionNumber", major.into());
        facts.set_u32(CURRENT_VERSION, "CurrentMinorVersionNumber", minor.into());
    }
    if let Some(pack) = host.service_pack.known().filter(|pack| pack.0 > 0) {
        facts.set_text(CURRENT_VERSION, "CSDVersion", &format!("Service Pack {}", pack.0));
    }
    let mut name = match family {
        Family::WindowsXp => "Microsoft Windows XP".to_owned(),
        Family::Windows11 => Family::Windows10.to_string(),
        _ => family.to_string(),
    };
    if let Some(edition) = host.edition.known().filter(|_| *family >= Family::WindowsVista) {
        write!(name, " {edition}").expect("text is written");
    }
    facts.set_text(CURRENT_VERSION, "ProductName", &name);
    let control = r"HKLM\SYSTEM\CurrentControlSet\Control";
    let kind = if family.is_server() { "ServerNT" } else { "WinNT" };
    facts.set_text(&format!(r"{control}\ProductOptions"), "ProductType", kind);
    if let Some(architecture) = host.architecture.known() {
        let environment = format!(r"{control}\Session Manager\Environment");
        facts.set_text(&environment, "PROCESSOR_ARCHITECTURE", architecture.as_str());
    }
    for id in numbered(host) {
        match family >= &Family::WindowsVista {
            true => {
                let package = format!(r"{PACKAGES}\Package_for_{id}~31bf3856ad364e35~x86~~6.0.1.0");
                facts.set_u32(&package, "CurrentState", 0x70)
            }
            false => facts.set_u32(&format!(r"{CURRENT_VERSION}\HotFix\{id}"), "Installed", 1),
        };
    }
    if family >= &Family::WindowsVista {
        facts.add_key(PACKAGES);
    }
    Some(facts)
}

fn numbered(host: &MachineFacts) -> Vec<HotfixId> {
    let list = host.hotfixes.known().expect("a list of hotfixes");
    let ids = list.entries.iter().map(|entry| entry.id.clone());
    ids.filter(|id| matches!(id, HotfixId::Kb(_))).collect()
}

#[test]
fn a_registry_says_of_a_host_what_its_inventory_says() {
    let Some(folder) = shared_data() else {
        println!("skipped: no shared data");
        return;
    };
    let mut hosts = 0;
    for entry in std::fs::read_dir(folder.join("wesng/validation")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if !name.contains("systeminfo") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        let host = read_inventory(&name, &bytes).expect("an inventory").facts;
        let facts = registry(&host).unwrap_or_else(|| panic!("{name} names no system"));
        let (seen, warnings) = observe(&facts);
        assert_eq!(warnings, [], "{name}");
        assert_eq!(seen.family, host.family, "{name}");
        assert_eq!(seen.release, host.release, "{name}");
        assert_eq!(seen.service_pack, host.service_pack, "{name}");
        assert_eq!(seen.build, host.build, "{name}");
        assert_eq!(seen.edition, host.edition, "{name}");
        assert_eq!(seen.architecture, host.architecture, "{name}");
        assert_eq!(numbered(&seen), numbered(&host), "{name}");
        if !matches!(host.installation, Collected::NotCollected) {
            assert_eq!(seen.installation, host.installation, "{name}");
        }
        hosts += 1;
    }
    assert!(hosts >= 37, "{hosts} hosts");
}
