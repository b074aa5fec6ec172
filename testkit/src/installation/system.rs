//! The hive SYSTEM as setup leaves it.

use staunch_format::hive::{Tree, TreeKey, ValueKind};

use super::release::Release;

/// Signature of the disk in its master boot record.
pub(super) const DISK_SIGNATURE: u32 = 0x5AFE_D15C;

/// Kinds and starts of services.
const DRIVER: u32 = 1;
const FILE_SYSTEM: u32 = 2;
const OWN: u32 = 0x10;
const SHARED: u32 = 0x20;
const BOOT: u32 = 0;
const AUTOMATIC: u32 = 2;
const MANUAL: u32 = 3;
const DISABLED: u32 = 4;

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
    key.create("Nls\\CodePage").set_text("ACP", "1252").set_text("OEMCP", "437");
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
    if release.is_since(5, 0) {
        let terminal = key.create("Terminal Server");
        terminal.set_u32("fDenyTSConnections", u32::from(release.is_since(5, 1)));
        let listener = terminal.create("WinStations\\RDP-Tcp");
        listener.set_u32("PortNumber", 3389).set_u32("fEnableWinStation", 1);
        if release.is_since(6, 0) {
            listener.set_u32("UserAuthentication", u32::from(release.is_since(6, 2)));
            listener.set_u32("SecurityLayer", 2).set_u32("MinEncryptionLevel", 2);
        }
    }
}

fn services(key: &mut TreeKey, release: &Release) {
    let (xp, vista) = (release.is_since(5, 1), release.is_since(6, 0));
    let since_2000 = release.is_since(5, 0);
    let svchost = |group: &str| format!("%SystemRoot%\\system32\\svchost.exe -k {group}");
    let own = |file: &str| format!("%SystemRoot%\\system32\\{file}");
    let mut add = |name: &str, title: &str, kind: u32, start: u32, image: &str| {
        let service = key.create(name);
        service.set_u32("Type", kind).set_u32("Start", start).set_u32("ErrorControl", 1);
        service.set("ImagePath", ValueKind::ExpandText, wide(image));
        service.set_text("DisplayName", title);
        if kind >= OWN {
            service.set_text("ObjectName", "LocalSystem");
        }
    };
    add("Disk", "Disk", DRIVER, BOOT, "system32\\drivers\\disk.sys");
    add("Ntfs", "Ntfs", FILE_SYSTEM, DISABLED, "");
    add("Tcpip", "TCP/IP Protocol Driver", DRIVER, 1, "system32\\drivers\\tcpip.sys");
    add("Srv", "Srv", FILE_SYSTEM, MANUAL, "system32\\drivers\\srv.sys");
    let hosted = if xp { svchost("netsvcs") } else { own("services.exe") };
    add("LanmanServer", "Server", SHARED, AUTOMATIC, &hosted);
    add("LanmanWorkstation", "Workstation", SHARED, AUTOMATIC, &hosted);
    add("EventLog", "Event Log", SHARED, AUTOMATIC, &own("services.exe"));
    add("Spooler", "Print Spooler", OWN, AUTOMATIC, &own("spoolsv.exe"));
    let start = if since_2000 { AUTOMATIC } else { MANUAL };
    let scheduler = if xp { svchost("netsvcs") } else { own("mstask.exe") };
    add("Schedule", "Task Scheduler", if xp { SHARED } else { OWN }, start, &scheduler);
    add("RpcSs", "Remote Procedure Call (RPC)", OWN, AUTOMATIC, &svchost("rpcss"));
    if !vista {
        // Windows Server 2003 and Service Pack 2 of Windows XP turned the messenger off.
        let is_off = release.is_since(5, 2) || xp && release.build().service_pack >= 2;
        let start = if is_off { DISABLED } else { AUTOMATIC };
        add("Messenger", "Messenger", SHARED, start, &hosted);
        add("Alerter", "Alerter", SHARED, start, &hosted);
    }
    if since_2000 {
        let start = if xp && release.is_client() { MANUAL } else { AUTOMATIC };
        add("RemoteRegistry", "Remote Registry", SHARED, start, &svchost("regsvc"));
        add("wuauserv", "Automatic Updates", SHARED, AUTOMATIC, &svchost("wugroup"));
        add("TermService", "Terminal Services", SHARED, MANUAL, &svchost("termsvcs"));
    }
    if since_2000 && !vista {
        add("TlntSvr", "Telnet", OWN, MANUAL, &own("tlntsvr.exe"));
    }
    if release.era() == super::release::Era::Updates && !xp && !release.is_client() {
        add("W3SVC", "World Wide Web Publishing Service", SHARED, AUTOMATIC, "inetinfo.exe");
        add("IISADMIN", "IIS Admin Service", SHARED, AUTOMATIC, "inetinfo.exe");
    }
    if xp {
        add("SharedAccess", "Windows Firewall", SHARED, AUTOMATIC, &svchost("netsvcs"));
    }
    if vista {
        add("MpsSvc", "Windows Firewall", SHARED, AUTOMATIC, &svchost("LocalServiceNoNetwork"));
        add("TrustedInstaller", "Windows Modules Installer", OWN, MANUAL, "servicing");
    }
    let server = key.create("LanmanServer\\Parameters");
    server.set_u32("EnableSecuritySignature", 0).set_u32("RequireSecuritySignature", 0);
    server.set_u32("AutoDisconnect", 15);
    key.create("LanmanServer\\Shares");
    key.create("LanmanWorkstation\\Parameters").set_u32("EnablePlainTextPassword", 0);
    key.create("Tcpip\\Parameters").set_text("Hostname", "staunch").set_text("Domain", "");
    let is_firewall_on = vista || xp && release.is_client() && release.build().service_pack >= 2;
    if xp {
        for profile in ["DomainProfile", "StandardProfile", "PublicProfile"] {
            if vista || profile != "PublicProfile" {
                let policy = key.create("SharedAccess\\Parameters\\FirewallPolicy");
                policy.create(profile).set_u32("EnableFirewall", is_firewall_on.into());
            }
        }
    }
}

/// Returns terminated text in UTF-16.
pub(super) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}
