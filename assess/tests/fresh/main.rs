//! What checks say of machines that nobody has changed since setup, release by release.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use staunch_assess::{Assessor, CHECKS, Machine, Options};
use staunch_catalog::Catalog;
use staunch_machine::{Facts, Medium, observe, operating_system};
use staunch_model::Architecture::X64;
use staunch_model::{CheckFinding, CheckVerdict};
use staunch_testkit::Role::{DomainController, Server, Workstation};
use staunch_testkit::{Installation, Release};

/// The releases with what heads their columns, read from above.
fn releases() -> Vec<(&'static str, Release)> {
    vec![
        ("NT4", Release::nt4()),
        ("2k0", Release::windows_2000(0)),
        ("2k4", Release::windows_2000(4)),
        ("2kS", Release::windows_2000(4).role(Server)),
        ("XP", Release::xp(0)),
        ("XP1", Release::xp(1)),
        ("XP2", Release::xp(2)),
        ("X64", Release::server_2003(2).architecture(X64).role(Workstation)),
        ("3S", Release::server_2003(0)),
        ("3S1", Release::server_2003(1)),
        ("3Sx", Release::server_2003(1).architecture(X64)),
        ("Vi2", Release::vista(2)),
        ("8S2", Release::server_2008(2)),
        ("W7", Release::windows_7(1)),
        ("8R2", Release::server_2008_r2(1)),
        ("W8", Release::windows_8()),
        ("12S", Release::server_2012()),
        ("81", Release::windows_8_1()),
        ("12R", Release::server_2012_r2()),
        ("507", Release::windows_10("1507")),
        ("703", Release::windows_10("1703")),
        ("709", Release::windows_10("1709")),
        ("809", Release::windows_10("1809")),
        ("22H", Release::windows_10("22H2")),
        ("W11", Release::windows_11("21H2")),
        ("24H", Release::windows_11("24H2")),
        ("16S", Release::server_2016()),
        ("19S", Release::server_2019()),
        ("19D", Release::server_2019().role(DomainController)),
        ("22S", Release::server_2022()),
        ("25S", Release::server_2025()),
    ]
}

/// `!` is weak, `?` cannot be told, `+` is sound, and `.` is nothing for this Windows.
///
/// In the order of the columns: NT 4.0; 2000 without a service pack, with the fourth, and as a
/// server; XP without, with the first and the second, and for x64; Server 2003 without, with the
/// first, and for x64; Vista; Server 2008; 7; Server 2008 R2; 8; Server 2012; 8.1; Server 2012 R2;
/// 10 in versions 1507, 1703, 1709, 1809 and 22H2; 11 in versions 21H2 and 24H2; Server 2016; 2019,
/// and as a domain controller; 2022; 2025. The day is in September 2021.
const EXPECTED: &str = "
                           N222XXXX333V8W8W18157782W211122
                           TkkkPPP6SSSiS7R8212000021469925
                           404S 124 1x22 2 S R7399H1HSSDSS
account-passwords          +++++++++++++++++++++++++++++++
administrators             +++++++++++++++++++++++++++++++
always-install-elevated    +++++++++++++++++++++++++++++++
anonymous-access           !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
auditing                   !!!!!!!!!!!!+!+!+!+!!!!!!!+++++
autologon                  +++++++++++++++++++++++++++++++
automatic-updates          ..!!!!!!!!!!!!!!!!!++++++++++++
autorun                    !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
bitlocker                  ...........?!?!?!?!???????!!!!!
cached-logons              ++++++++!!!....................
credential-guard           ..........................!!.!?
credssp-encryption-oracle  ...........????????!!!++++!++++
defender                   ...............+.+.++++++++++++
file-systems               ???????????????????????????????
guest-account              +++++++++++++++++++++++++++++++
ie-enhanced-security       ........+++.+.+.+.+.......+++++
iis-admin-password         ...?...........................
iis-logging                ...?...........................
iis-on-domain-controller   ...+...........................
iis-parent-paths           ...?...........................
iis-samples                ...!...........................
iis-virtual-folders        ...?...........................
incomplete-updates         +++++++++++++++++++++++++++++++
insecure-guest-logons      ...................!!!!!!+!++++
internet-zones             +++++++++++++++++++++++++++++++
kernel-dma-protection      ......................????.????
llmnr                      ...........!!!!!!!!!!!!!!!!!!!!
lm-compatibility-level     !!!!!!!!!!!+++++++++++++++++!++
lm-hashes                  !!!!!!!!!!!++++++++++++++++++++
local-account-token-filter ...........++++++++++++++++++++
lsa-protection             .................!!!!!!!!?!!!!?
macro-security             ...............................
netbios-names              !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
netlogon-secure-channel    ............................!..
password-expiration        !!!!!!!!!!!+!+!+!+!+++++++!!!!!
point-and-print            ...........++++++++++++++++++++
powershell-2               .............!!++++++++++++++++
powershell-logging         .............!!!!!!!!!!!!!!!!!!
rdp-encryption             ...............................
rdp-nla                    ...............................
remote-registry            !!!!!!!!!!!+!+!+!+!+++++++!!!!!
schannel-protocols         !!!!!!!!!!!!!!!!!!!!!!!!!?!!!!+
secure-boot                ........................++.....
shares                     +++++++++++++++++++++++++++++++
smb-signing-client         !!!!!!!!!!!!!!!!!!!!!!!!!+!!!!+
smb-signing-server         !!!!!!!!!!!!!!!!!!!!!!!!!+!!+!!
smb1                       !!!!!!!!!!!!!!!!!!!!!+++++!++++
smb1-client                !!!!!!!!!!!!!!!!!!!!!!++++!++++
sql-authentication         ...............................
sql-folder-permissions     ...............................
sql-on-domain-controller   ...............................
sql-roles                  ...............................
sql-service-accounts       ...............................
uac                        ...........++++++++++++++++++++
uac-consent                ...........++++++++++++++++++++
unnecessary-services       +++!+++++++++++++++++++++++++++
unquoted-service-paths     +++++++++++++++++++++++++++++++
update-source              ...............................
wdigest                    ....!!!!!!!!!!!!!++++++++++++++
windows-firewall           ......++.!!++++++++++++++++++++
windows-version            !!!!!!!!!!!!!!!!+++!!!!++++++++
winrm-unencrypted          ...........++++++++++++++++++++
";

fn assessor() -> Assessor {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/data/default.sqlite.zst");
    let file = std::fs::File::open(path).expect("the default catalog");
    let bytes = zstd::decode_all(file).expect("a whole catalog");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    std::fs::write(&path, bytes).expect("the catalog is written");
    Assessor::new(Catalog::open(&path).expect("a catalog")).expect("a readable catalog")
}

/// Scans the folder of a fresh installation.
fn checks(assessor: &Assessor, release: Release) -> Vec<CheckFinding> {
    let folder = tempfile::tempdir().expect("a folder");
    Installation::new(release).write_tree(folder.path()).expect("a folder of files");
    let medium = Medium::of_folder(folder.path()).expect("a folder");
    let seen = medium.see(1).expect("an installation");
    let (facts, warnings) = observe(&seen);
    assert_eq!((warnings, seen.warnings()), (vec![], vec![]), "{release:?}");
    let system = operating_system(&facts).expect("an operating system");
    let (seen, inputs, warnings) = (Some(Arc::new(seen) as Arc<dyn Facts>), vec![], vec![]);
    let machine = Machine { system, facts, seen, inputs, warnings };
    let as_of = Some("2021-09-30".parse().expect("a day"));
    let options = Options { all: true, as_of, ..Options::default() };
    assessor.assess(&machine, &options).expect("an assessment").checks
}

#[test]
fn checks_of_a_fresh_machine_are_those_of_its_release() {
    let assessor = assessor();
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for (name, release) in releases() {
        let checks = checks(&assessor, release);
        assert_eq!(checks.len(), CHECKS.len(), "{name}");
        for check in checks {
            rows.entry(check.id).or_default().push(match check.verdict {
                CheckVerdict::Weak => '!',
                CheckVerdict::Undetermined => '?',
                CheckVerdict::Sound => '+',
                CheckVerdict::NotApplicable => '.',
            });
        }
    }
    let mut found = String::from("\n");
    for line in 0..3 {
        let heads: String =
            releases().iter().map(|(name, _)| name.chars().nth(line).unwrap_or(' ')).collect();
        _ = writeln!(found, "{:26} {}", "", heads.trim_end());
    }
    for (id, row) in rows {
        _ = writeln!(found, "{id:26} {row}");
    }
    assert_eq!(found, EXPECTED, "{found}");
}
