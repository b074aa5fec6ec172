//! Writes the example folder of an offline installation: `cargo run -p staunch-testkit --example
//! packaging_line -- examples/packaging-line`.

use std::path::PathBuf;

use staunch_testkit::{Account, Claim, Installation, Release};

/// Updates that are on the machine, as the registry says, besides those with files below.
const CLAIMED: &[u32] = &[];

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder to write to"));
    installation().write_tree(&folder)
}

/// Windows XP with Service Pack 1 that drives a packaging line, in June 2004.
fn installation() -> Installation {
    let release = Release::xp(1);
    let file = |version| release.executable(version).build();
    let machine = Installation::new(Release::xp(1))
        .account(Account::new("Packaging", 1004).administrator().password_never_expires())
        // The help center was put back after the update, and the registry does not know it.
        .file(r"WINDOWS\PCHealth\HelpCtr\Binaries\HelpCtr.exe", file([5, 1, 2600, 1106]))
        .claim(&Claim::new(840_374).service_pack(2))
        // An update of April 2004 that replaces one of September 2003.
        .file(r"WINDOWS\system32\ole32.dll", file([5, 1, 2600, 1362]))
        .file(r"WINDOWS\system32\rpcss.dll", file([5, 1, 2600, 1361]))
        .file(r"WINDOWS\system32\rpcrt4.dll", file([5, 1, 2600, 1361]))
        .claim(&Claim::new(828_741).service_pack(2))
        // The local security authority is as old as the service pack.
        .file(r"WINDOWS\system32\lsasrv.dll", file([5, 1, 2600, 1106]));
    CLAIMED
        .iter()
        .fold(machine, |machine, number| machine.claim(&Claim::new(*number).service_pack(2)))
}
