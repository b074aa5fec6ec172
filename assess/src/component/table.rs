//! Where components show that they are on a machine, one row a component.
//!
//! Rows are for what the catalog knows as a component *on a system*; what is published without one,
//! as Office and SQL Server are, is judged on no machine.

use staunch_model::Architecture::X86;
use staunch_model::Family::{
    Server2003, Server2008, Server2008R2, Server2012, Server2012R2, Windows2000, WindowsVista,
    WindowsXp,
};
use staunch_model::{Family, OperatingSystem};

/// A component by the names that publications have for it.
pub(super) struct Row {
    pub(super) names: &'static [&'static str],
    /// Versions as they are named (`2.8 SP1`, and nothing where only the name tells), each with the
    /// beginnings of the version that then shows. Without any, every version shows alike.
    pub(super) versions: &'static [(&'static str, &'static [&'static str])],
    pub(super) sign: Sign,
    /// Tells whether a version is a choice or a download on a system: one that not every
    /// installation of it has.
    pub(super) is_optional: fn(&OperatingSystem, &str) -> bool,
}

/// Where a component shows.
pub(super) enum Sign {
    /// One of these services is installed.
    Services(&'static [&'static str]),
    /// One of these files is there; its version is the component's.
    Files(&'static [&'static str]),
    /// A text in the registry is the component's version.
    Text { key: &'static str, value: &'static str },
    /// Nothing that is published tells.
    Unpublished,
}

const SCRIPT_ENGINES: &[(&str, &[&str])] = &[
    ("5.1", &["5.1"]),
    ("5.5", &["5.5"]),
    ("5.6", &["5.6"]),
    ("5.7", &["5.7"]),
    ("5.8", &["5.8"]),
];

const ANY: &[(&str, &[&str])] = &[];

pub(super) const COMPONENTS: &[Row] = &[
    // Source: Microsoft, bulletins MS08-022, MS10-022 and MS13-099: version of each engine by system
    // and Internet Explorer.
    Row {
        names: &["VBScript"],
        versions: SCRIPT_ENGINES,
        sign: Sign::Files(&[r"%SystemRoot%\system32\vbscript.dll"]),
        is_optional: is_later_engine,
    },
    Row {
        names: &["JScript"],
        versions: SCRIPT_ENGINES,
        sign: Sign::Files(&[r"%SystemRoot%\system32\jscript.dll"]),
        is_optional: is_later_engine,
    },
    Row {
        names: &["Windows Script"],
        versions: SCRIPT_ENGINES,
        sign: Sign::Files(&[r"%SystemRoot%\system32\scrrun.dll"]),
        is_optional: is_later_engine,
    },
    // Source: Microsoft Knowledge Base article 269238, versions of XML parsers by product.
    Row {
        names: &["XML Core Services"],
        versions: &[("3.0", &[])],
        sign: Sign::Files(&[r"%SystemRoot%\system32\msxml3.dll"]),
        is_optional: |system, version| version == "3.0" && system.family <= Windows2000,
    },
    Row {
        names: &["XML Core Services"],
        versions: &[("4.0", &[])],
        sign: Sign::Files(&[
            r"%SystemRoot%\system32\msxml4.dll",
            r"%SystemRoot%\syswow64\msxml4.dll",
        ]),
        is_optional: |_, version| version == "4.0",
    },
    Row {
        names: &["XML Core Services"],
        versions: &[("6.0", &[])],
        sign: Sign::Files(&[r"%SystemRoot%\system32\msxml6.dll"]),
        is_optional: |system, version| {
            version == "6.0"
                && system.family < WindowsVista
                && !(system.family == WindowsXp && system.service_pack.0 >= 3)
        },
    },
    // Source: Microsoft, "IIS services" of each release; bulletins MS08-005, MS09-053, MS10-065.
    Row {
        names: &["Internet Information Services"],
        versions: ANY,
        sign: Sign::Services(&["W3SVC", "IISADMIN", "MSFTPSVC", "FTPSVC"]),
        is_optional: |_, _| true,
    },
    Row {
        names: &["FTP Service 7.0 for IIS", "FTP Service 7.5 for IIS"],
        versions: ANY,
        sign: Sign::Services(&["FTPSVC"]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletins MS07-047 and MS10-082: version of the player by system.
    Row {
        names: &["Windows Media Player"],
        versions: &[
            ("7.1", &["7"]),
            ("9", &["9"]),
            ("10", &["10"]),
            ("11", &["11"]),
            ("12", &["12"]),
        ],
        sign: Sign::Files(&[r"%SystemRoot%\system32\wmp.dll"]),
        is_optional: is_later_player,
    },
    Row {
        names: &["Windows Media Player 9 Series", "Windows Media Player 9 Reihe"],
        versions: &[("", &["9"])],
        sign: Sign::Files(&[r"%SystemRoot%\system32\wmp.dll"]),
        is_optional: |system, _| is_later_player(system, "9"),
    },
    // Source: Microsoft, bulletins MS08-076 and MS09-047: the runtime of 9.5 came with the player 10.
    Row {
        names: &["Windows Media Format Runtime", "Windows Media Format Runtime 9.5 x64"],
        versions: &[("9", &["9"]), ("9.5", &["10"]), ("", &["10"]), ("11", &["11"])],
        sign: Sign::Files(&[r"%SystemRoot%\system32\wmvcore.dll"]),
        is_optional: |system, version| {
            let is_xp = system.family == WindowsXp && system.architecture == X86;
            match version {
                "9" => system.family == Windows2000,
                "9.5" => system.family == Windows2000 || is_xp && system.edition.is_none(),
                "11" => matches!(system.family, WindowsXp | Server2003 | Server2008),
                _ => false,
            }
        },
    },
    // Source: Microsoft DirectX SDK, numbers of the releases: 4.09.00.0904 is 9.0c.
    direct_x(
        &["DirectX"],
        &[("7.0", &["4.7"]), ("8.1", &["4.8.1"]), ("8.2", &["4.8.2"]), ("9.0", &["4.9"])],
    ),
    direct_x(&["DirectX 9.0a"], &[("", &["4.9.0.900", "4.9.0.901"])]),
    direct_x(&["DirectX 9.0b"], &[("", &["4.9.0.902", "4.9.0.903"])]),
    direct_x(&["DirectX 9.0c"], &[("", &["4.9.0.903", "4.9.0.904"])]),
    direct_x(&["DirectX 9.0 9.0a"], &[("", &["4.9.0.900", "4.9.0.901"])]),
    direct_x(
        &["DirectX 9.0 9.0a 9.0b"],
        &[("", &["4.9.0.900", "4.9.0.901", "4.9.0.902", "4.9.0.903"])],
    ),
    direct_x(&["DirectX 8.0 8.0a"], &[("", &["4.8.0"])]),
    direct_x(
        &["DirectX 8.0 8.0a 8.1 8.1a", "DirectX 8.0 8.0a 8.1 8.1a 8.1b"],
        &[("", &["4.8.0", "4.8.1"])],
    ),
    // Source: Microsoft Knowledge Base article 301202, "How to check for MDAC version".
    Row {
        names: &["Data Access Components"],
        versions: &[
            ("2.5 SP2", &["2.52"]),
            ("2.5 SP3", &["2.53"]),
            ("2.7", &["2.70"]),
            ("2.7 SP1", &["2.71"]),
            ("2.8", &["2.80"]),
            ("2.8 SP1", &["2.81"]),
            ("2.8 SP2", &["2.82"]),
        ],
        sign: Sign::Text { key: r"HKLM\SOFTWARE\Microsoft\DataAccess", value: "FullInstallVer" },
        is_optional: |_, _| false,
    },
    // Source: Microsoft, bulletins MS09-044 and MS11-017: version of the client by system.
    // The client 5.2 for Windows XP has a folder of its own.
    Row {
        names: &["Remote Desktop Connection 5.2 Client"],
        versions: ANY,
        sign: Sign::Unpublished,
        is_optional: |system, _| system.family <= WindowsXp && system.architecture == X86,
    },
    remote_desktop(
        &[
            "Remote Desktop Connection 6.0 Client",
            "Remote Desktop Connection 6.0 Client Multilingual User Interface (MUI)",
        ],
        &[("", &["6.0.6000"])],
        |system, _| system.family < WindowsVista,
    ),
    remote_desktop(
        &["Remote Desktop Connection 6.1 Client"],
        &[("", &["6.0.6001", "6.0.6002", "6.0.6003"])],
        |system, _| match system.family {
            WindowsXp => system.service_pack.0 < 3,
            family => family < WindowsVista,
        },
    ),
    remote_desktop(&["Remote Desktop Connection 7.0 Client"], &[("", &["6.1"])], |system, _| {
        system.family <= Server2008
    }),
    // Source: Microsoft, bulletins MS05-009, MS07-054 and MS08-050.
    Row {
        names: &["Windows Messenger"],
        versions: &[("5.0", &["5.0"]), ("5.1", &["5.1"])],
        sign: Sign::Files(&[
            r"%ProgramFiles%\Messenger\msmsgs.exe",
            r"%ProgramFiles(x86)%\Messenger\msmsgs.exe",
        ]),
        is_optional: |_, version| version.starts_with("5."),
    },
    Row {
        names: &["MSN Messenger", "Windows Live Messenger"],
        versions: &[("6.2", &["6.2"]), ("7.0", &["7.0"]), ("7.5", &["7.5"]), ("8.0", &["8.0"])],
        sign: Sign::Files(&[
            r"%ProgramFiles%\MSN Messenger\msnmsgr.exe",
            r"%ProgramFiles(x86)%\MSN Messenger\msnmsgr.exe",
            r"%ProgramFiles%\Windows Live\Messenger\msnmsgr.exe",
            r"%ProgramFiles(x86)%\Windows Live\Messenger\msnmsgr.exe",
        ]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS10-030. The version of 2011 is 15.
    Row {
        names: &["Windows Live Mail"],
        versions: &[("2011", &["15"])],
        sign: Sign::Files(&[
            r"%ProgramFiles%\Windows Live\Mail\wlmail.exe",
            r"%ProgramFiles(x86)%\Windows Live\Mail\wlmail.exe",
        ]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletins MS08-053 and MS10-033.
    Row {
        names: &["Windows Media Encoder 9 x86", "Windows Media Encoder 9 x64"],
        versions: ANY,
        sign: Sign::Files(&[
            r"%ProgramFiles%\Windows Media Components\Encoder\wmex.dll",
            r"%ProgramFiles(x86)%\Windows Media Components\Encoder\wmex.dll",
        ]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS08-003.
    Row {
        names: &["ADAM"],
        versions: ANY,
        sign: Sign::Files(&[r"%SystemRoot%\ADAM\adamdsa.dll"]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, "AD FS 2.0 troubleshooting": the service of version 2.0 and later.
    Row {
        names: &["Active Directory Federation Services"],
        versions: ANY,
        sign: Sign::Services(&["adfssrv"]),
        is_optional: |_, _| true,
    },
    // Agents of these versions need no service.
    Row {
        names: &["Active Directory Federation Services 1.x"],
        versions: ANY,
        sign: Sign::Unpublished,
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS10-016.
    Row {
        names: &["Windows Movie Maker 2.6 for Vista"],
        versions: ANY,
        sign: Sign::Unpublished,
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS09-023; Knowledge Base article 940157.
    Row {
        names: &["Windows Search"],
        versions: ANY,
        sign: Sign::Services(&["WSearch"]),
        is_optional: |system, _| system.family < WindowsVista,
    },
    // Source: Microsoft, "Windows SharePoint Services Timer": the service of version 3.0.
    Row {
        names: &["Windows SharePoint Services"],
        versions: &[("3.0", &[])],
        sign: Sign::Services(&["SPTimerV3"]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS04-008.
    Row {
        names: &["Windows Media Services"],
        versions: &[("4.1", &[])],
        sign: Sign::Services(&["nsunicast", "nsstation", "nsprogram", "nsmonitor"]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS04-035.
    Row {
        names: &["Exchange Server"],
        versions: ANY,
        sign: Sign::Services(&["MSExchangeIS", "MSExchangeSA", "RESvc"]),
        is_optional: |_, _| true,
    },
    // Source: Microsoft, bulletin MS00-084.
    Row {
        names: &["Indexing Server"],
        versions: ANY,
        sign: Sign::Services(&["CiSvc"]),
        is_optional: |system, _| system.family < Windows2000,
    },
];

const fn direct_x(
    names: &'static [&'static str],
    versions: &'static [(&'static str, &'static [&'static str])],
) -> Row {
    Row {
        names,
        versions,
        sign: Sign::Text { key: r"HKLM\SOFTWARE\Microsoft\DirectX", value: "Version" },
        is_optional: |system, version| {
            system.family == Windows2000 && matches!(version, "8.1" | "9.0")
        },
    }
}

const fn remote_desktop(
    names: &'static [&'static str],
    versions: &'static [(&'static str, &'static [&'static str])],
    is_optional: fn(&OperatingSystem, &str) -> bool,
) -> Row {
    let sign = Sign::Files(&[r"%SystemRoot%\system32\mstscax.dll"]);
    Row { names, versions, sign, is_optional }
}

/// Tells whether a version of the script engines came with an Internet Explorer or a download that
/// is later than the system.
fn is_later_engine(system: &OperatingSystem, version: &str) -> bool {
    let own = match system.family {
        Family::WindowsNt4 | Windows2000 => "5.1",
        WindowsXp if system.service_pack.0 >= 3 => "5.7",
        WindowsXp | Server2003 | Family::Server2003R2 => "5.6",
        WindowsVista | Server2008 => "5.7",
        _ => "5.8",
    };
    // All are 5 and one digit.
    version > own
}

/// Tells whether a version of the player is a download on a system, or a part of the desktop
/// experience of a server.
fn is_later_player(system: &OperatingSystem, version: &str) -> bool {
    let is_x86 = system.architecture == X86;
    match (version, system.family) {
        ("7.1" | "9" | "10", Windows2000) | ("11", WindowsXp | Server2003) => true,
        ("9", WindowsXp) => is_x86 && system.service_pack.0 < 2,
        ("10", WindowsXp) => is_x86 && system.edition.is_none(),
        ("10", Server2003) => system.service_pack.0 < 1,
        ("11", Server2008) => true,
        ("12", Server2008R2 | Server2012 | Server2012R2) => true,
        _ => false,
    }
}
