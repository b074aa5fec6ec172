//! Whole machines of three kinds, as they are installed, under every check.

use staunch_assess::{CHECKS, Subject, check_all};
use staunch_machine::{Facts, Memory, RegistryData};
use staunch_model::CheckVerdict::{self, NotApplicable, Sound, Undetermined, Weak};
use staunch_model::{CheckFinding, Collected, MachineFacts, OsBuild, Support};

const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";
const CONTROL: &str = r"HKLM\SYSTEM\CurrentControlSet\Control";
const VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const POWERSHELL: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell";
const POLICIES: &str = r"HKLM\SOFTWARE\Policies\Microsoft";
const SYSTEM: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";

/// Registry of an installation with these services and how they start.
fn installed(services: &[(&str, u32)]) -> Memory {
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SYSTEM").collect_key(r"HKLM\SOFTWARE").collect_key(r"HKU\Anna");
    facts.set_users(Collected::Known(vec!["Anna".into()]));
    facts.set_text(VERSION, "SystemRoot", r"C:\Windows");
    for (name, start) in services {
        let key = format!("{SERVICES}\\{name}");
        facts.set_u32(&key, "Start", *start).set_u32(&key, "Type", 0x20);
        let path = r"%SystemRoot%\system32\svchost.exe -k netsvcs".to_owned();
        facts.set(&key, "ImagePath", RegistryData::ExpandableText(path));
    }
    let interface = format!(r"{SERVICES}\NetBT\Parameters\Interfaces\Tcpip_{{A}}");
    facts.set_u32(&interface, "NetbiosOptions", 0);
    facts.set_u32(&format!(r"{CONTROL}\Terminal Server"), "fDenyTSConnections", 1);
    facts.set_u32(&format!(r"{CONTROL}\Lsa"), "NoLMHash", 1);
    facts.set_text(&format!(r"{VERSION}\Winlogon"), "CachedLogonsCount", "10");
    facts.set_text(&format!(r"{SERVICES}\Tcpip\Parameters"), "NV Domain", "");
    facts.set_u32(SYSTEM, "EnableLUA", 1).set_u32(SYSTEM, "ConsentPromptBehaviorAdmin", 5);
    facts
}

fn findings(facts: &dyn Facts, system: &str, build: OsBuild) -> Vec<CheckFinding> {
    let machine = MachineFacts { build: Collected::Known(build), ..MachineFacts::default() };
    let system = system.parse().expect("a system");
    let findings = check_all(&Subject {
        facts,
        machine: &machine,
        system: &system,
        support: &Support::default(),
    });
    for finding in &findings {
        println!("{:14} {:28} {}", finding.verdict.as_str(), finding.id, finding.found);
        for detail in &finding.details {
            println!("{:14}   {} {}: {}", "", detail.verdict.as_str(), detail.object, detail.found);
        }
    }
    findings
}

fn assert_verdicts(findings: &[CheckFinding], expected: &[(&str, CheckVerdict)]) {
    for (id, verdict) in expected {
        let finding = findings.iter().find(|finding| finding.id == *id).expect("a check");
        assert_eq!(finding.verdict, *verdict, "{id}: {}", finding.found);
    }
}

#[test]
fn windows_7_as_installed_with_a_service_of_somebody_else() {
    let mut facts = installed(&[
        ("BDESVC", 3),
        ("LanmanServer", 2),
        ("LanmanWorkstation", 2),
        ("NetBT", 1),
        ("RemoteRegistry", 3),
        ("Spooler", 2),
        ("TermService", 3),
        ("WinRM", 3),
        ("fvevol", 0),
        ("mrxsmb10", 3),
        ("srv", 3),
    ]);
    let engine = format!(r"{POWERSHELL}\1\PowerShellEngine");
    facts.set_text(&engine, "PowerShellVersion", "2.0");
    let backup = format!(r"{SERVICES}\Backup");
    facts.set_u32(&backup, "Type", 0x10).set_u32(&backup, "Start", 2);
    facts.set_text(&backup, "ImagePath", r"C:\Program Files\Backup Agent\agent.exe -s");
    let name = "Windows 7 for x64-based Systems Service Pack 1";
    let findings = findings(&facts, name, OsBuild::new(6, 1, 7601, Some(24_545)));
    assert_verdicts(
        &findings,
        &[
            ("always-install-elevated", Sound),
            ("autorun", Weak),
            ("bitlocker", Undetermined),
            ("cached-logons", NotApplicable),
            ("credential-guard", NotApplicable),
            ("credssp-encryption-oracle", Undetermined),
            ("defender", NotApplicable),
            ("insecure-guest-logons", NotApplicable),
            ("kernel-dma-protection", NotApplicable),
            ("llmnr", Weak),
            ("lm-compatibility-level", Sound),
            ("lm-hashes", Sound),
            ("local-account-token-filter", Sound),
            ("lsa-protection", NotApplicable),
            ("netbios-names", Weak),
            ("netlogon-secure-channel", NotApplicable),
            ("point-and-print", Sound),
            ("powershell-2", Weak),
            ("powershell-logging", Weak),
            ("rdp-encryption", NotApplicable),
            ("rdp-nla", NotApplicable),
            ("remote-registry", Sound),
            ("schannel-protocols", Weak),
            ("secure-boot", NotApplicable),
            ("smb-signing-client", Weak),
            ("smb-signing-server", Weak),
            ("smb1", Weak),
            ("smb1-client", Weak),
            ("uac", Sound),
            ("uac-consent", Sound),
            ("unquoted-service-paths", Weak),
            ("update-source", NotApplicable),
            ("wdigest", Weak),
            ("winrm-unencrypted", Sound),
        ],
    );
}

#[test]
fn windows_10_of_a_company_that_has_looked_after_it() {
    let mut facts = installed(&[
        ("BDESVC", 3),
        ("LanmanServer", 2),
        ("LanmanWorkstation", 2),
        ("NetBT", 1),
        ("RemoteRegistry", 4),
        ("Spooler", 2),
        ("TermService", 3),
        ("WinDefend", 2),
        ("WinRM", 3),
        ("fvevol", 0),
    ]);
    let set = |facts: &mut Memory, key: String, name: &str, value: u32| {
        facts.set_u32(&key, name, value);
    };
    facts.set_text(VERSION, "EditionID", "Enterprise");
    set(&mut facts, format!(r"{CONTROL}\SecureBoot\State"), "UEFISecureBootEnabled", 1);
    set(&mut facts, format!(r"{CONTROL}\Lsa"), "RunAsPPL", 1);
    set(&mut facts, format!(r"{CONTROL}\Lsa"), "LmCompatibilityLevel", 5);
    set(&mut facts, format!(r"{POLICIES}\Windows\DeviceGuard"), "LsaCfgFlags", 2);
    let name = "EnableVirtualizationBasedSecurity";
    set(&mut facts, format!(r"{POLICIES}\Windows\DeviceGuard"), name, 1);
    set(&mut facts, format!(r"{POLICIES}\Windows NT\DNSClient"), "EnableMulticast", 0);
    set(&mut facts, format!(r"{SERVICES}\NetBT\Parameters"), "NodeType", 2);
    for name in ["LanmanServer", "LanmanWorkstation"] {
        let key = format!(r"{SERVICES}\{name}\Parameters");
        set(&mut facts, key, "RequireSecuritySignature", 1);
    }
    for name in ["TLS 1.0", "TLS 1.1"] {
        let key = format!(r"{CONTROL}\SecurityProviders\SCHANNEL\Protocols\{name}\Server");
        set(&mut facts, key, "Enabled", 0);
    }
    let explorer = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer";
    set(&mut facts, explorer.to_owned(), "NoDriveTypeAutoRun", 255);
    let logging = format!(r"{POLICIES}\Windows\PowerShell\ScriptBlockLogging");
    set(&mut facts, logging, "EnableScriptBlockLogging", 1);
    let engine = format!(r"{POWERSHELL}\3\PowerShellEngine");
    facts.set_text(&engine, "PowerShellVersion", "5.1.19041.1");
    let update = format!(r"{POLICIES}\Windows\WindowsUpdate");
    facts.set_text(&update, "WUServer", "https://updates.example:8531");
    set(&mut facts, format!(r"{update}\AU"), "UseWUServer", 1);
    let name = "Windows 10 Version 22H2 for x64-based Systems";
    let findings = findings(&facts, name, OsBuild::new(10, 0, 19_045, Some(6_000)));
    let today = findings.iter().skip_while(|finding| finding.id != "always-install-elevated");
    let left: Vec<_> = today
        .filter(|finding| finding.verdict != Sound)
        .map(|finding| (finding.id.as_str(), finding.verdict))
        .collect();
    assert_eq!(
        left,
        [
            ("bitlocker", Undetermined),
            ("cached-logons", NotApplicable),
            ("kernel-dma-protection", Undetermined),
            ("netlogon-secure-channel", NotApplicable),
            ("rdp-encryption", NotApplicable),
            ("rdp-nla", NotApplicable),
        ]
    );
}

#[test]
fn server_2022_as_a_domain_controller_that_somebody_loosened() {
    let mut facts = installed(&[
        ("LanmanServer", 2),
        ("LanmanWorkstation", 2),
        ("NetBT", 1),
        ("RemoteRegistry", 2),
        ("Spooler", 2),
        ("TermService", 3),
        ("WinDefend", 2),
        ("WinRM", 2),
        ("fvevol", 0),
        ("mrxsmb10", 2),
        ("srv", 3),
    ]);
    let set = |facts: &mut Memory, key: String, name: &str, value: u32| {
        facts.set_u32(&key, name, value);
    };
    facts.set_text(VERSION, "EditionID", "ServerStandard");
    facts.set_text(&format!(r"{CONTROL}\ProductOptions"), "ProductType", "LanmanNT");
    set(&mut facts, format!(r"{CONTROL}\SecureBoot\State"), "UEFISecureBootEnabled", 0);
    set(&mut facts, format!(r"{CONTROL}\Terminal Server"), "fDenyTSConnections", 0);
    let listener = format!(r"{CONTROL}\Terminal Server\WinStations\RDP-Tcp");
    set(&mut facts, listener.clone(), "UserAuthentication", 0);
    set(&mut facts, listener, "SecurityLayer", 0);
    let wdigest = format!(r"{CONTROL}\SecurityProviders\WDigest");
    set(&mut facts, wdigest, "UseLogonCredential", 1);
    let server = format!(r"{SERVICES}\LanmanServer\Parameters");
    set(&mut facts, server, "RequireSecuritySignature", 1);
    let netlogon = format!(r"{SERVICES}\Netlogon\Parameters");
    facts.set_text(&netlogon, "VulnerableChannelAllowList", "O:BAG:BAD:(A;;RC;;;S-1-5-21-1)");
    set(&mut facts, format!(r"{SYSTEM}\CredSSP\Parameters"), "AllowEncryptionOracle", 2);
    let printers = format!(r"{POLICIES}\Windows NT\Printers\PointAndPrint");
    set(&mut facts, printers, "RestrictDriverInstallationToAdministrators", 0);
    let real_time = format!(r"{POLICIES}\Windows Defender\Real-Time Protection");
    set(&mut facts, real_time, "DisableRealtimeMonitoring", 1);
    let update = format!(r"{POLICIES}\Windows\WindowsUpdate");
    facts.set_text(&update, "WUServer", "http://updates.example:8530");
    set(&mut facts, format!(r"{update}\AU"), "UseWUServer", 1);
    let remote = format!(r"{POLICIES}\Windows\WinRM\Service");
    set(&mut facts, remote, "AllowUnencryptedTraffic", 1);
    let elevated = r"Software\Policies\Microsoft\Windows\Installer";
    set(&mut facts, format!(r"HKLM\{elevated}"), "AlwaysInstallElevated", 1);
    set(&mut facts, format!(r"HKU\Anna\{elevated}"), "AlwaysInstallElevated", 1);
    set(&mut facts, SYSTEM.to_owned(), "LocalAccountTokenFilterPolicy", 1);
    let workstation = format!(r"{POLICIES}\Windows\LanmanWorkstation");
    set(&mut facts, workstation, "AllowInsecureGuestAuth", 1);
    let engine = |number: u32| format!(r"{POWERSHELL}\{number}\PowerShellEngine");
    facts.set_text(&engine(1), "PowerShellVersion", "2.0");
    facts.set_text(&engine(3), "PowerShellVersion", "5.1.20348.1");
    let net = r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v2.0.50727";
    set(&mut facts, net.to_owned(), "Install", 1);
    let findings =
        findings(&facts, "Windows Server 2022", OsBuild::new(10, 0, 20_348, Some(2_000)));
    let today = findings.iter().skip_while(|finding| finding.id != "always-install-elevated");
    let left: Vec<_> = today
        .filter(|finding| finding.verdict != Weak)
        .map(|finding| (finding.id.as_str(), finding.verdict))
        .collect();
    assert_eq!(
        left,
        [
            ("cached-logons", NotApplicable),
            ("credential-guard", NotApplicable),
            ("kernel-dma-protection", Undetermined),
            ("lm-hashes", Sound),
            ("smb-signing-server", Sound),
            ("uac", Sound),
            ("uac-consent", Sound),
            ("unquoted-service-paths", Sound),
        ]
    );
}

#[test]
fn nothing_is_called_sound_or_weak_of_a_machine_that_was_not_looked_at() {
    for name in ["Windows 10 Version 22H2 for x64-based Systems", "Windows Server 2022"] {
        let findings = findings(&Memory::default(), name, OsBuild::new(10, 0, 19_045, None));
        for finding in findings {
            let is_silent = matches!(finding.verdict, Undetermined | NotApplicable);
            assert!(is_silent || finding.id == "windows-version", "{}", finding.id);
        }
    }
}

#[test]
fn checks_have_names_of_their_own_and_say_what_they_read() {
    let mut ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CHECKS.len());
    for check in CHECKS {
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(check.id.chars().all(is_kebab), "{}", check.id);
        assert!(!check.reads.is_empty(), "{}", check.id);
    }
}
