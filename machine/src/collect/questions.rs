//! Everything that is asked of an installation where scanning itself cannot look.

/// Keys, with all below them; one with `\` at its end without. A star stands for every name.
///
/// What is not asked: the hives SAM and SECURITY beyond the audit policy, and the contents of files.
pub(super) const KEYS: &[&str] = &[
    // Which Windows it is.
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\",
    r"HKLM\SYSTEM\CurrentControlSet\Control\",
    r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\Language",
    r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Windows",
    r"HKLM\SYSTEM\WPA\MediaCenter",
    r"HKLM\SYSTEM\WPA\TabletPC",
    // Which updates it claims, and which wait for a restart.
    r"HKLM\SOFTWARE\Microsoft\Updates",
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\HotFix",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\*\",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*\",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Updates",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall\*\",
    // Components with updates of their own.
    r"HKLM\SOFTWARE\Macromedia\FlashPlayer",
    r"HKLM\SOFTWARE\Microsoft\.NETFramework\Policy\v1.0",
    r"HKLM\SOFTWARE\Microsoft\DataAccess\",
    r"HKLM\SOFTWARE\Microsoft\DirectX\",
    r"HKLM\SOFTWARE\Microsoft\Internet Explorer\",
    r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\Policy\v1.0",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\NET Framework Setup\NDP",
    // Settings.
    r"HKLM\SECURITY\Policy\PolAdtEv",
    r"HKLM\SOFTWARE\Microsoft\Active Setup\Installed Components",
    r"HKLM\SOFTWARE\Microsoft\InetStp",
    r"HKLM\SOFTWARE\Microsoft\MSSQLServer\MSSQLServer\",
    r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server\*\MSSQLServer\",
    r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL",
    r"HKLM\SOFTWARE\Microsoft\Office\*\*\Security",
    r"HKLM\SOFTWARE\Microsoft\PowerShell\1\PowerShellEngine",
    r"HKLM\SOFTWARE\Microsoft\PowerShell\3\PowerShellEngine",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\Features",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\Real-Time Protection",
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN",
    r"HKLM\SOFTWARE\Policies\Microsoft",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\MSSQLServer\MSSQLServer\",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Microsoft SQL Server\*\MSSQLServer\",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Microsoft SQL Server\Instance Names\SQL",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Office\*\*\Security",
    r"HKLM\SYSTEM\CurrentControlSet\Control\DeviceGuard",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa",
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State",
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL",
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\WDigest",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp\",
    r"HKLM\SYSTEM\CurrentControlSet\Services\*\",
    r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer",
    r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanWorkstation",
    r"HKLM\SYSTEM\CurrentControlSet\Services\NetBT\Parameters",
    r"HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters",
    r"HKLM\SYSTEM\CurrentControlSet\Services\Rdr\Parameters",
    r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy",
    r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\",
    r"HKLM\SYSTEM\CurrentControlSet\Services\W3SVC\Parameters\",
    r"HKLM\SYSTEM\CurrentControlSet\Services\W3SVC\Parameters\Virtual Roots",
    r"HKU\*\Software\Microsoft\Office\*\*\Security",
    r"HKU\*\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
    r"HKU\*\Software\Microsoft\Windows\CurrentVersion\Policies\Explorer",
    r"HKU\*\Software\Policies\Microsoft",
];

/// Folders below the folder of Windows that updates replace files in.
pub const IN_WINDOWS: &[&str] = &[
    "",
    "system32",
    "system32\\drivers",
    "system32\\wbem",
    "system32\\inetsrv",
    "system32\\com",
    "system32\\setup",
    "system32\\usmt",
    "system32\\spool\\prtprocs\\w32x86",
    "system32\\dhcp",
    "system32\\xircom",
    "system32\\oobe",
    "system32\\migwiz",
    "system32\\windowspowershell\\v1.0",
    "system32\\macromed\\flash",
    "system",
    "pchealth\\helpctr\\binaries",
    "pchealth\\uploadlb\\binaries",
    "pchealth\\helpctr\\system",
    "srchasst",
    "srchasst\\chars",
    "apppatch",
    "msagent",
    "help",
    "inf",
    "ime",
    "ime\\imejp",
    "ime\\imjp8_1",
    "ime\\chsime\\applets",
    "java\\classes",
    "microsoft.net\\framework\\v1.0.3705",
    "microsoft.net\\framework\\v1.1.4322",
    "microsoft.net\\framework\\v2.0.50727",
    "microsoft.net\\framework64\\v2.0.50727",
    "fonts",
    "web",
    "ehome",
    "clustermig",
    "cluster",
    "downloaded program files",
];

/// Folders below the folder of programs that updates replace files in.
pub const IN_PROGRAMS: &[&str] = &[
    "internet explorer",
    "outlook express",
    "netmeeting",
    "messenger",
    "movie maker",
    "windows media player",
    "windows mail",
    "windows nt",
    "windows nt\\accessories",
    "windows journal",
    "windows calendar",
    "windows sidebar",
    "common files\\system",
    "common files\\system\\ado",
    "common files\\system\\msadc",
    "common files\\system\\ole db",
    "common files\\system\\mapi\\1033\\nt",
    "common files\\services",
    "common files\\microsoft shared\\vgx",
    "common files\\microsoft shared\\dao",
    "common files\\microsoft shared\\msinfo",
    "common files\\microsoft shared\\textconv",
    "common files\\microsoft shared\\triedit",
    "common files\\microsoft shared\\speech",
    "common files\\microsoft shared\\ink",
    "common files\\microsoft shared\\web folders",
    "common files\\microsoft shared\\web server extensions\\40\\bin",
    "common files\\microsoft shared\\web server extensions\\50\\bin",
    "common files\\microsoft shared\\msclientdatamgr",
    "windows media components\\encoder",
    "microsoft frontpage\\version3.0\\bin",
];

/// Folders below the folder of Windows with the files of 32-bit programs on a 64-bit Windows.
pub const IN_WINDOWS_32: &[&str] = &["syswow64", "syswow64\\drivers", "syswow64\\wbem"];

/// Folders that single updates name, and those that components and checks look into.
const OTHERS: &[&str] = &[
    r"%SystemRoot%\adam",
    r"%SystemRoot%\driver cache\i386",
    r"%SystemRoot%\system32\dllcache",
    r"%SystemRoot%\system32\export",
    r"%SystemRoot%\system32\netmon",
    r"%SystemRoot%\system32\netmon\parsers",
    r"%ProgramFiles%\common files\microsoft shared\database replication",
    r"%ProgramFiles%\microsoft visual studio\vb98\tsql",
    r"%ProgramFiles%\msn messenger",
    r"%ProgramFiles%\windows live\mail",
    r"%ProgramFiles%\windows live\messenger",
    r"%ProgramFiles(x86)%\msn messenger",
    r"%ProgramFiles(x86)%\windows live\mail",
    r"%ProgramFiles(x86)%\windows live\messenger",
    r"%SystemRoot%\syswow64\macromed\flash",
    r"%SystemRoot%\assembly\GAC_MSIL\System.Management.Automation\1.0.0.0__31bf3856ad364e35",
    r"%SystemRoot%\help\iishelp",
    r"%SystemDrive%\inetpub\iissamples",
    r"%ProgramFiles%\common files\system\msadc\samples",
];

/// Lists the folders whose files are asked for, with variables of the system at their beginning.
pub(super) fn folders() -> impl Iterator<Item = String> {
    let below = |root: &'static str, names: &'static [&'static str]| {
        names.iter().map(move |name| format!(r"{root}\{name}").trim_end_matches('\\').to_owned())
    };
    below("%SystemRoot%", IN_WINDOWS)
        .chain(below("%SystemRoot%", IN_WINDOWS_32))
        .chain(below("%ProgramFiles%", IN_PROGRAMS))
        .chain(below("%ProgramFiles(x86)%", IN_PROGRAMS))
        .chain(OTHERS.iter().map(|folder| (*folder).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_well_formed_and_asked_once() {
        for (at, key) in KEYS.iter().enumerate() {
            assert!(key.starts_with(r"HKLM\") || key.starts_with(r"HKU\*\"), "{key}");
            let path = key.trim_end_matches('\\');
            assert!(!path.split('\\').any(|name| name.is_empty()), "{key}");
            assert!(path.split('\\').all(|name| name == "*" || !name.contains('*')), "{key}");
            assert!(!path.ends_with('*') || key.ends_with('\\'), "{key} has no bounds");
            assert!(!KEYS[..at].iter().any(|other| other.eq_ignore_ascii_case(key)), "{key}");
        }
        let folders: Vec<String> = folders().map(|folder| folder.to_lowercase()).collect();
        for (at, folder) in folders.iter().enumerate() {
            assert!(folder.starts_with('%') && !folder.ends_with('\\'), "{folder}");
            assert!(!folders[..at].contains(folder), "{folder} is asked for twice");
        }
    }
}
