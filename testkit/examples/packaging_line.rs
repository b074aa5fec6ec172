//! Writes the example folder of an offline installation:
//! `cargo run -p staunch-testkit --example packaging_line -- examples/packaging-line`.

use std::path::PathBuf;

use staunch_format::hive::TreeKey;
use staunch_testkit::{Account, Claim, Installation, Release};

/// Updates that the registry lists, beside those whose files are here too.
const LISTED: &[u32] = &[
    323_255, 324_380, 328_310, 328_940, 329_048, 329_115, 329_170, 329_834, 810_577, 810_833,
    811_493, 817_606, 819_696, 821_557, 823_182, 823_559, 825_119, 828_035, 828_749, 832_894,
    837_009,
];

fn main() -> std::io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a program of its own")]
    let mut arguments = std::env::args();
    let folder = PathBuf::from(arguments.nth(1).expect("a folder to write to"));
    installation().write_tree(&folder)
}

/// Windows XP with Service Pack 1 that drives a packaging line, in June 2004.
pub(crate) fn installation() -> Installation {
    let release = Release::xp(1);
    let file = |version| release.executable(version);
    let help_center = r"WINDOWS\PCHealth\HelpCtr\Binaries\HelpCtr.exe";
    let machine = Installation::new(release)
        // A repair put the old help center back, and the registry does not know it.
        .claim(&Claim::new(840_374))
        .file(help_center, file([5, 1, 2600, 1106]))
        // The update of April 2004 replaces that of September 2003, which was never installed.
        .install(
            &Claim::new(828_741)
                .file(r"WINDOWS\system32\ole32.dll", [5, 1, 2600, 1362])
                .file(r"WINDOWS\system32\rpcrt4.dll", [5, 1, 2600, 1361])
                .file(r"WINDOWS\system32\rpcss.dll", [5, 1, 2600, 1361]),
        )
        // Nobody installed MS04-011.
        .file(r"WINDOWS\system32\lsasrv.dll", file([5, 1, 2600, 1106]))
        .account(Account::new("Packaging", 1004))
        .software(settings_of_programs)
        .system(settings_of_the_system)
        .user("Administrator", |user| {
            let explorer = r"Software\Microsoft\Windows\CurrentVersion\Policies\Explorer";
            user.create(explorer).set_u32("NoDriveTypeAutoRun", 255);
        });
    LISTED.iter().fold(machine, |machine, number| machine.claim(&Claim::new(*number)))
}

fn settings_of_programs(software: &mut TreeKey) {
    software
        .create(r"Microsoft\Windows NT\CurrentVersion\Winlogon")
        .set_text("AutoAdminLogon", "1")
        .set_text("DefaultUserName", "Packaging");
    let windows = r"Microsoft\Windows\CurrentVersion";
    software.create(&format!(r"{windows}\Policies\Explorer")).set_u32("NoDriveTypeAutoRun", 255);
    software.create(r"Policies\Microsoft\Windows\WindowsUpdate\AU").set_u32("AUOptions", 4);
}

fn settings_of_the_system(control_set: &mut TreeKey) {
    control_set
        .create(r"Control\Lsa")
        .set_u32("RestrictAnonymous", 1)
        .set_u32("RestrictAnonymousSAM", 1)
        .set_u32("EveryoneIncludesAnonymous", 0)
        .set_u32("LmCompatibilityLevel", 5)
        .set_u32("NoLMHash", 1);
    for protocol in ["SSL 2.0", "SSL 3.0", "TLS 1.0"] {
        let key = format!(r"Control\SecurityProviders\SCHANNEL\Protocols\{protocol}\Server");
        control_set.create(&key).set_u32("Enabled", 0);
    }
    control_set.create(r"Services\RemoteRegistry").set_u32("Start", 4);
    control_set.create(r"Services\NetBT\Parameters").set_u32("NodeType", 2);
    for service in ["LanmanServer", "LanmanWorkstation"] {
        control_set
            .create(&format!(r"Services\{service}\Parameters"))
            .set_u32("RequireSecuritySignature", 1);
    }
}
