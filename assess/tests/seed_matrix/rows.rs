//! The products that the bulletins name, with the files that they fix.

/// A file before an update and after it, in both branches.
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) before: &'static str,
    pub(super) gdr: &'static str,
    pub(super) qfe: &'static str,
}

/// A product that a bulletin names, with its files.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) kb: u32,
    pub(super) system: &'static str,
    pub(super) language: &'static str,
    pub(super) files: &'static [File],
}

const fn file(path: &'static str, before: &'static str, after: &'static str) -> File {
    File { path, before, gdr: after, qfe: after }
}

const HELP_CENTER: &str = r"C:\WINDOWS\PCHealth\HelpCtr\Binaries\HelpCtr.exe";
const HELP_UPDATE: &str = r"C:\WINDOWS\PCHealth\HelpCtr\Binaries\HscUpd.exe";
pub(super) const XP_SP1: &[File] = &[
    file(HELP_CENTER, "5.1.2600.1106", "5.1.2600.1515"),
    file(HELP_UPDATE, "5.1.2600.1106", "5.1.2600.1515"),
];
const SERVER_2003: &[File] = &[
    file(HELP_CENTER, "5.2.3790.0", "5.2.3790.161"),
    file(HELP_UPDATE, "5.2.3790.0", "5.2.3790.161"),
];
const UTILITY_MANAGER: &[File] = &[
    file(r"C:\WINDOWS\system32\umandlg.dll", "1.0.0.3", "1.0.0.5"),
    file(r"C:\WINDOWS\system32\sp3res.dll", "5.0.2195.6717", "5.0.2195.6928"),
];
const NT4: &[File] = &[
    file(r"C:\WINDOWS\system32\ole32.dll", "4.0.1381.7224", "4.0.1381.7263"),
    file(r"C:\WINDOWS\system32\rpcrt4.dll", "4.0.1381.7230", "4.0.1381.7299"),
    file(r"C:\WINDOWS\system32\rpcss.exe", "4.0.1381.7224", "4.0.1381.7263"),
];
/// The Japanese files have versions of their own, and the fix of the others is too old for them.
const NT4_JAPANESE: &[File] = &[
    file(r"C:\WINDOWS\system32\ole32.dll", "4.0.1381.7224", "4.0.1381.7263"),
    file(r"C:\WINDOWS\system32\rpcrt4.dll", "4.0.1381.7299", "4.0.1381.7303"),
    file(r"C:\WINDOWS\system32\rpcss.exe", "4.0.1381.7224", "4.0.1381.7263"),
];
const TERMINAL_SERVER: &[File] = &[
    file(r"C:\WINDOWS\system32\ole32.dll", "4.0.1381.33551", "4.0.1381.33562"),
    file(r"C:\WINDOWS\system32\rpcrt4.dll", "4.0.1381.33551", "4.0.1381.33578"),
    file(r"C:\WINDOWS\system32\rpcss.exe", "4.0.1381.33551", "4.0.1381.33562"),
];

pub(super) const AFFECTED: &[Row] = &[
    Row {
        kb: 840_374,
        system: "Windows XP",
        language: "en-us",
        files: &[
            file(HELP_CENTER, "5.1.2600.0", "5.1.2600.137"),
            file(HELP_UPDATE, "5.1.2600.0", "5.1.2600.134"),
        ],
    },
    Row { kb: 840_374, system: "Windows XP Service Pack 1", language: "en-us", files: XP_SP1 },
    Row {
        kb: 840_374,
        system: "Windows XP for Itanium-based Systems Service Pack 1",
        language: "ja-jp",
        files: XP_SP1,
    },
    Row {
        kb: 840_374,
        system: "Windows XP 64-Bit Edition Version 2003",
        language: "en-us",
        files: SERVER_2003,
    },
    Row { kb: 840_374, system: "Windows Server 2003", language: "en-us", files: SERVER_2003 },
    Row {
        kb: 840_374,
        system: "Windows Server 2003 for Itanium-based Systems",
        language: "de-de",
        files: SERVER_2003,
    },
    Row {
        kb: 842_526,
        system: "Windows 2000 Service Pack 2",
        language: "zh-tw",
        files: UTILITY_MANAGER,
    },
    Row {
        kb: 842_526,
        system: "Windows 2000 Service Pack 3",
        language: "en-us",
        files: UTILITY_MANAGER,
    },
    Row {
        kb: 842_526,
        system: "Windows 2000 Service Pack 4",
        language: "en-us",
        files: UTILITY_MANAGER,
    },
    Row { kb: 873_350, system: "Windows NT 4.0 Service Pack 6", language: "en-us", files: NT4 },
    Row {
        kb: 873_350,
        system: "Windows NT 4.0 Service Pack 6",
        language: "ja-jp",
        files: NT4_JAPANESE,
    },
    Row {
        kb: 873_350,
        system: "Windows NT 4.0 Terminal Server Edition Service Pack 6",
        language: "en-us",
        files: TERMINAL_SERVER,
    },
];

/// Products that the bulletins name as not affected, or that contain the fix.
pub(super) const UNAFFECTED: &[(u32, &[&str])] = &[
    (
        840_374,
        &[
            "Windows 2000 Service Pack 2",
            "Windows 2000 Service Pack 3",
            "Windows 2000 Service Pack 4",
            "Windows NT 4.0 Service Pack 6",
            "Windows NT 4.0 Terminal Server Edition Service Pack 6",
            "Windows XP Service Pack 2",
            "Windows XP Service Pack 3",
            "Windows XP x64 Edition Service Pack 1",
            "Windows Server 2003 Service Pack 1",
            "Windows Server 2003 Service Pack 2",
            "Windows Server 2003 x64 Edition Service Pack 1",
        ],
    ),
    (
        842_526,
        &[
            "Windows XP",
            "Windows XP Service Pack 1",
            "Windows Server 2003",
            "Windows NT 4.0 Service Pack 6",
        ],
    ),
    (
        873_350,
        &[
            "Windows 2000 Service Pack 3",
            "Windows 2000 Service Pack 4",
            "Windows XP",
            "Windows XP Service Pack 1",
            "Windows XP Service Pack 2",
            "Windows Server 2003",
        ],
    ),
];
