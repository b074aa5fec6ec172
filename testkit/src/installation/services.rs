//! Services as setup leaves them, with what they are told.

use staunch_format::hive::{TreeKey, ValueKind};

use super::release::{Era, Release};
use super::system::wide;

/// Kinds and starts of services.
const DRIVER: u32 = 1;
const FILE_SYSTEM: u32 = 2;
const OWN: u32 = 0x10;
const SHARED: u32 = 0x20;
const BOOT: u32 = 0;
const SYSTEM: u32 = 1;
const AUTOMATIC: u32 = 2;
const MANUAL: u32 = 3;
const DISABLED: u32 = 4;

/// The one network card.
const CARD: &str = "{5AFED15C-0000-4000-8000-000000000002}";

impl Release {
    /// Tells whether setup installs the server of SMB version 1.
    ///
    /// Source: Microsoft Learn, "SMBv1 is not installed by default in Windows 10 version 1709,
    /// Windows Server version 1709 and later versions".
    pub(super) fn speaks_first_smb(&self) -> bool {
        !self.is_build(16_299)
    }

    /// Tells whether setup installs Internet Information Services: of Windows 2000 on servers.
    pub(super) fn brings_iis(&self) -> bool {
        self.era() == Era::Updates && !self.is_since(5, 1) && !self.is_client()
    }

    /// Tells whether its server or its client asks for signed SMB without being told to.
    ///
    /// Source: Microsoft Learn, "Control SMB signing behavior".
    fn signs_smb(&self, is_server_side: bool) -> bool {
        let is_told = is_server_side && self.is_domain_controller();
        is_told || self.is_build(26_100) && (self.is_client() || !is_server_side)
    }

    /// Tells whether the firewall is the one with profiles.
    fn has_firewall(&self) -> bool {
        let pack = self.build().service_pack;
        match self.build().version {
            [..5, 0, ..] => false,
            [5, 1, ..] => pack >= 2,
            [5, 2, ..] => pack >= 1,
            _ => true,
        }
    }

    fn is_domain_controller(&self) -> bool {
        self.product_type() == "LanmanNT"
    }
}

/// Writes the services.
pub(super) fn services(key: &mut TreeKey, release: &Release) {
    drivers(key, release);
    networking(key, release);
    programs(key, release);
    firewall(key, release);
    if release.is_since(6, 0) {
        since_vista(key, release);
    } else {
        before_vista(key, release);
    }
    parameters(key, release);
}

fn add(key: &mut TreeKey, name: &str, title: &str, kind: u32, start: u32, image: &str) {
    let service = key.create(name);
    service.set_u32("Type", kind).set_u32("Start", start).set_u32("ErrorControl", 1);
    service.set("ImagePath", ValueKind::ExpandText, wide(image));
    service.set_text("DisplayName", title);
    if kind >= OWN {
        service.set_text("ObjectName", "LocalSystem");
    }
}

fn own(file: &str) -> String {
    format!("%SystemRoot%\\system32\\{file}")
}

fn svchost(group: &str) -> String {
    format!("%SystemRoot%\\system32\\svchost.exe -k {group}")
}

fn drivers(key: &mut TreeKey, release: &Release) {
    let mut driver = |name: &str, title: &str, kind, start| {
        let image = format!("system32\\drivers\\{}.sys", name.to_lowercase());
        add(key, name, title, kind, start, &image);
    };
    driver("Disk", "Disk", DRIVER, BOOT);
    driver("Ntfs", "Ntfs", FILE_SYSTEM, DISABLED);
    driver("Tcpip", "TCP/IP Protocol Driver", DRIVER, SYSTEM);
    driver("NetBT", "NetBios over Tcpip", DRIVER, SYSTEM);
    if release.speaks_first_smb() {
        driver("Srv", "Srv", FILE_SYSTEM, MANUAL);
    }
    if !release.is_since(6, 0) {
        return;
    }
    driver("srv2", "Server SMB 2.xxx Driver", FILE_SYSTEM, MANUAL);
    // The client of version 1 stayed on Windows 10 Pro until version 1803.
    if release.speaks_first_smb() || release.is_client() && !release.is_build(17_763) {
        let start = if release.is_since(6, 2) { AUTOMATIC } else { MANUAL };
        driver("mrxsmb10", "SMB 1.x MiniRedirector", FILE_SYSTEM, start);
    }
    if release.is_client() || release.is_since(6, 1) {
        driver("fvevol", "BitLocker Drive Encryption Filter Driver", DRIVER, BOOT);
    }
}

fn networking(key: &mut TreeKey, release: &Release) {
    let hosted = if release.is_since(5, 1) { svchost("netsvcs") } else { own("services.exe") };
    add(key, "LanmanServer", "Server", SHARED, AUTOMATIC, &hosted);
    add(key, "LanmanWorkstation", "Workstation", SHARED, AUTOMATIC, &hosted);
    let rpc = svchost("rpcss");
    add(key, "RpcSs", "Remote Procedure Call (RPC)", OWN, AUTOMATIC, &rpc);
    if !release.is_since(5, 0) {
        return;
    }
    // Vista stopped starting it on clients, and Windows 8 turned it off there.
    let start = match (release.is_client(), release.is_since(6, 0), release.is_since(6, 2)) {
        (true, _, true) => DISABLED,
        (true, true, false) => MANUAL,
        _ => AUTOMATIC,
    };
    add(key, "RemoteRegistry", "Remote Registry", SHARED, start, &svchost("regsvc"));
    if release.is_since(5, 1) || !release.is_client() {
        let start = if release.is_since(5, 1) { MANUAL } else { DISABLED };
        add(key, "TermService", "Terminal Services", SHARED, start, &svchost("termsvcs"));
    }
    // Windows 2000 has automatic updates since Service Pack 3.
    if release.is_since(5, 1) || release.build().service_pack >= 3 {
        let start = if release.is_since(10, 0) { MANUAL } else { AUTOMATIC };
        add(key, "wuauserv", "Automatic Updates", SHARED, start, &svchost("netsvcs"));
    }
}

fn programs(key: &mut TreeKey, release: &Release) {
    add(key, "EventLog", "Event Log", SHARED, AUTOMATIC, &own("services.exe"));
    add(key, "Spooler", "Print Spooler", OWN, AUTOMATIC, &own("spoolsv.exe"));
    let start = if release.is_since(5, 0) { AUTOMATIC } else { MANUAL };
    if release.is_since(5, 1) {
        add(key, "Schedule", "Task Scheduler", SHARED, start, &svchost("netsvcs"));
    } else {
        add(key, "Schedule", "Task Scheduler", OWN, start, &own("mstask.exe"));
    }
}

/// Before it had profiles, the firewall started when somebody asked for it.
fn firewall(key: &mut TreeKey, release: &Release) {
    let (vista, is_client) = (release.is_since(6, 0), release.is_client());
    if release.is_since(5, 1) {
        let start = match (vista, is_client, release.has_firewall()) {
            (true, ..) | (false, true, false) => MANUAL,
            (false, true, true) => AUTOMATIC,
            (false, false, _) => DISABLED,
        };
        let title = "Windows Firewall/Internet Connection Sharing (ICS)";
        add(key, "SharedAccess", title, SHARED, start, &svchost("netsvcs"));
    }
    if !release.has_firewall() {
        return;
    }
    for profile in ["DomainProfile", "StandardProfile", "PublicProfile"] {
        if vista || profile != "PublicProfile" {
            let policy = key.create("SharedAccess\\Parameters\\FirewallPolicy");
            policy.create(profile).set_u32("EnableFirewall", (vista || is_client).into());
        }
    }
}

fn before_vista(key: &mut TreeKey, release: &Release) {
    let hosted = if release.is_since(5, 1) { svchost("netsvcs") } else { own("services.exe") };
    // Windows Server 2003 and Service Pack 2 of Windows XP turned the messenger off.
    let is_off = release.is_since(5, 2) || release.is_since(5, 1) && release.has_firewall();
    let start = if is_off { DISABLED } else { AUTOMATIC };
    add(key, "Messenger", "Messenger", SHARED, start, &hosted);
    add(key, "Alerter", "Alerter", SHARED, start, &hosted);
    if release.is_since(5, 0) {
        let start = if release.is_since(5, 2) { DISABLED } else { MANUAL };
        add(key, "TlntSvr", "Telnet", OWN, start, &own("tlntsvr.exe"));
    }
    if release.brings_iis() {
        let image = own("inetsrv\\inetinfo.exe");
        add(key, "W3SVC", "World Wide Web Publishing Service", SHARED, AUTOMATIC, &image);
        add(key, "IISADMIN", "IIS Admin Service", SHARED, AUTOMATIC, &image);
    }
}

fn since_vista(key: &mut TreeKey, release: &Release) {
    let host = svchost("LocalServiceNoNetwork");
    add(key, "MpsSvc", "Windows Firewall", SHARED, AUTOMATIC, &host);
    let installer = "%SystemRoot%\\servicing\\TrustedInstaller.exe";
    add(key, "TrustedInstaller", "Windows Modules Installer", OWN, MANUAL, installer);
    let start = if release.is_client() { MANUAL } else { AUTOMATIC };
    let title = "Windows Remote Management (WS-Management)";
    add(key, "WinRM", title, SHARED, start, &svchost("NetworkService"));
    // On servers the one for BitLocker comes with its feature, and Defender since Server 2016.
    if release.is_client() && release.is_since(6, 1) {
        let title = "BitLocker Drive Encryption Service";
        add(key, "BDESVC", title, SHARED, MANUAL, &svchost("netsvcs"));
    }
    if release.is_client() || release.is_since(10, 0) {
        if release.is_since(6, 2) {
            let image = "\"%ProgramFiles%\\Windows Defender\\MsMpEng.exe\"";
            add(key, "WinDefend", "Windows Defender Service", OWN, AUTOMATIC, image);
        } else {
            let image = svchost("secsvcs");
            add(key, "WinDefend", "Windows Defender", SHARED, AUTOMATIC, &image);
        }
    }
}

fn parameters(key: &mut TreeKey, release: &Release) {
    let server = key.create("LanmanServer\\Parameters");
    let is_signed = release.signs_smb(true).into();
    server.set_u32("EnableSecuritySignature", is_signed);
    server.set_u32("RequireSecuritySignature", is_signed).set_u32("AutoDisconnect", 15);
    key.create("LanmanServer\\Shares");
    key.create("LanmanWorkstation\\Parameters").set_u32("EnablePlainTextPassword", 0);
    key.create("Tcpip\\Parameters").set_text("Hostname", "staunch").set_text("Domain", "");
    if release.is_since(5, 0) {
        let client = key.create("LanmanWorkstation\\Parameters");
        client.set_u32("EnableSecuritySignature", 1);
        client.set_u32("RequireSecuritySignature", release.signs_smb(false).into());
        key.create("Tcpip\\Parameters").set_text("NV Domain", "");
        key.create("Tcpip\\Parameters\\Interfaces").create(CARD).set_u32("EnableDHCP", 1);
        let names = key.create("NetBT\\Parameters\\Interfaces");
        names.create(&format!("Tcpip_{CARD}")).set_u32("NetbiosOptions", 0);
    }
}
