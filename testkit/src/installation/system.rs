//! The hive SYSTEM as setup leaves it.

use staunch_format::hive::{Tree, TreeKey, ValueKind};
use staunch_model::Family;

use super::release::Release;
use super::services::services;

/// Signature of the disk in its master boot record.
pub(super) const DISK_SIGNATURE: u32 = 0x5AFE_D15C;

/// Makes the hive; the current control set is number 1.
pub(super) fn system(release: &Release) -> Tree {
    let mut tree = Tree::new(release.hive_version(), release.ticks());
    tree.set_name("SYSTEM");
    let root = tree.root_mut();
    root.create("Select").set_u32("Current", 1).set_u32("Default", 1);
    root.create("Select").set_u32("Failed", 0).set_u32("LastKnownGood", 2);
    let setup = root.create("Setup");
    setup.set_u32("SystemSetupInProgress", 0).set_u32("SetupType", 0);
    setup.set_text("SystemPartition", "\\Device\\HarddiskVolume1");
    if release.is_since(5, 0) {
        let mut place = DISK_SIGNATURE.to_le_bytes().to_vec();
        place.extend(release.volume_offset().to_le_bytes());
        root.create("MountedDevices").set("\\DosDevices\\C:", ValueKind::Binary, place);
    }
    for number in 1..=2 {
        let set = root.create(&format!("ControlSet{number:03}"));
        control(set.create("Control"), release);
        services(set.create("Services"), release);
    }
    tree
}

fn control(key: &mut TreeKey, release: &Release) {
    key.create("ComputerName\\ComputerName").set_text("ComputerName", "STAUNCH");
    key.create("ComputerName\\ActiveComputerName").set_text("ComputerName", "STAUNCH");
    let options = key.create("ProductOptions");
    options.set_text("ProductType", release.product_type());
    let suite: &[&str] = if release.is_since(5, 1) { &["Terminal Server"] } else { &[] };
    options.set_texts("ProductSuite", suite);
    let windows = key.create("Windows");
    windows.set_u32("CSDVersion", u32::from(release.build().service_pack) << 8);
    windows.set("Directory", ValueKind::ExpandText, wide("%SystemRoot%"));
    windows.set("SystemDirectory", ValueKind::ExpandText, wide("%SystemRoot%\\system32"));
    windows.set_u32("NoInteractiveServices", 0);
    let environment = key.create("Session Manager\\Environment");
    environment.set_text("OS", "Windows_NT").set_text("NUMBER_OF_PROCESSORS", "1");
    environment.set_text("PROCESSOR_ARCHITECTURE", release.architecture_names().0);
    environment.set("windir", ValueKind::ExpandText, wide("%SystemRoot%"));
    key.create("Session Manager").set_u32("ProtectionMode", u32::from(release.is_since(5, 0)));
    let language = release.language_text();
    let languages = key.create("Nls\\Language");
    languages.set_text("Default", &language).set_text("InstallLanguage", &language);
    let [windows_page, dos_page] = release.words().code_pages;
    key.create("Nls\\CodePage").set_text("ACP", windows_page).set_text("OEMCP", dos_page);
    key.create("FileSystem").set_u32("NtfsDisable8dot3NameCreation", 0);
    let zone = key.create("TimeZoneInformation");
    zone.set_u32("Bias", 0).set_text("StandardName", "GMT Standard Time");

    let lsa = key.create("Lsa");
    lsa.set_texts("Authentication Packages", &["msv1_0"]).set_texts("Security Packages", &[]);
    lsa.set_u32("crashonauditfail", 0).set_u32("auditbaseobjects", 0);
    if release.is_since(5, 0) {
        lsa.set_u32("SecureBoot", 1).set_u32("restrictanonymous", 0);
    }
    if release.is_since(5, 1) {
        let is_guest_forced = release.is_client() && !release.is_since(6, 0);
        lsa.set_u32("limitblankpassworduse", 1).set_u32("restrictanonymoussam", 1);
        lsa.set_u32("everyoneincludesanonymous", 0);
        lsa.set_u32("forceguest", is_guest_forced.into());
    }
    match (release.is_since(5, 0), release.is_since(6, 0)) {
        (true, false) => {
            let level = if release.is_since(5, 2) { 2 } else { 0 };
            lsa.set_u32("lmcompatibilitylevel", level).set_u32("nolmhash", 0);
        }
        (true, true) => drop(lsa.set_u32("NoLmHash", 1)),
        _ => {}
    }
    terminal_server(key, release);
    if release.is_since(6, 2) {
        // What starts the machine: a BIOS, or the firmware that Windows 11 asks for.
        let is_uefi = release.build().family == Family::Windows11;
        key.set_u32("PEFirmwareType", if is_uefi { 2 } else { 1 });
        if is_uefi {
            key.create("SecureBoot\\State").set_u32("UEFISecureBootEnabled", 1);
        }
    }
}

/// Windows XP and later bring Remote Desktop, turned off; Windows 2000 brings terminal services
/// with its servers only.
fn terminal_server(key: &mut TreeKey, release: &Release) {
    if !release.is_since(5, 1) && (!release.is_since(5, 0) || release.is_client()) {
        return;
    }
    let terminal = key.create("Terminal Server");
    terminal.set_u32("fDenyTSConnections", u32::from(release.is_since(5, 1)));
    let listener = terminal.create("WinStations\\RDP-Tcp");
    listener.set_u32("PortNumber", 3389).set_u32("fEnableWinStation", 1);
    if release.is_since(6, 0) {
        listener.set_u32("UserAuthentication", u32::from(release.is_since(6, 2)));
        listener.set_u32("SecurityLayer", 2).set_u32("MinEncryptionLevel", 2);
    }
}

/// Returns terminated text in UTF-16.
pub(super) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}
