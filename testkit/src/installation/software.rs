//! The hive SOFTWARE as setup leaves it.

use staunch_format::hive::{Tree, TreeKey};
use staunch_model::Family;

use super::release::Release;

/// Seconds between the beginnings of file times and of the years that C counts.
const UNIX_EPOCH: u64 = 11_644_473_600;

/// Makes the hive.
pub(super) fn software(release: &Release) -> Tree {
    let mut tree = Tree::new(release.hive_version(), release.ticks());
    tree.set_name("emRoot\\System32\\Config\\SOFTWARE");
    let root = tree.root_mut();
    root.create("Classes");
    let system_root = format!("C:\\{}", release.folder());
    current_version(root.create("Microsoft\\Windows NT\\CurrentVersion"), release, &system_root);
    winlogon(root.create("Microsoft\\Windows NT\\CurrentVersion\\Winlogon"));
    windows(root.create("Microsoft\\Windows\\CurrentVersion"), release, &system_root);
    explorer(root, release);
    net_framework(root, release);
    power_shell(root, release);
    if release.brings_iis() {
        let key = root.create("Microsoft\\InetStp");
        key.set_u32("MajorVersion", 5).set_u32("MinorVersion", 0);
        key.set_text("PathWWWRoot", "C:\\Inetpub\\wwwroot");
        key.set_text("InstallPath", &format!("{system_root}\\System32\\inetsrv"));
    }
    if !release.is_client() && release.is_since(5, 2) {
        // For administrators and for users.
        for component in ["A509B1A7", "A509B1A8"] {
            let name = format!("{{{component}-37EF-4b3f-8CFC-4F3A74704073}}");
            let components = root.create("Microsoft\\Active Setup\\Installed Components");
            components.create(&name).set_u32("IsInstalled", 1);
        }
    }
    if release.is_since(6, 0) {
        policies(root.create("Microsoft\\Windows\\CurrentVersion\\Policies\\System"));
    }
    if release.is_since(5, 0) {
        root.create("Microsoft\\Driver Signing").set_u32("Policy", 1);
    }
    if release.is_64_bit() {
        let narrow = root.create("Wow6432Node");
        let key = narrow.create("Microsoft\\Windows NT\\CurrentVersion");
        current_version(key, release, &system_root);
        explorer(narrow, release);
        net_framework(narrow, release);
    }
    tree
}

fn current_version(key: &mut TreeKey, release: &Release, system_root: &str) {
    let build = release.build();
    let [major, minor, ..] = build.version;
    // Since Windows 8.1 the number has stood still for the sake of old programs.
    let version = if major == 10 { "6.3".to_owned() } else { format!("{major}.{minor}") };
    let number = build.number.to_string();
    key.set_text("CurrentVersion", &version).set_text("CurrentBuildNumber", &number);
    // Windows 2000 and XP tell nothing in the value that others have the number in.
    let obsolete = "1.511.1 () (Obsolete data - do not use)";
    let is_obsolete = !release.is_since(5, 2);
    key.set_text("CurrentBuild", if is_obsolete { obsolete } else { &number });
    key.set_text("CurrentType", "Multiprocessor Free").set_text("SoftwareType", "SYSTEM");
    key.set_text("SystemRoot", system_root).set_text("PathName", system_root);
    key.set_text("SourcePath", "D:\\I386").set_text("RegisteredOwner", "User");
    key.set_text("RegisteredOrganization", "").set_text("ProductId", "51873-335-0000007-05911");
    key.set_u32("InstallDate", (release.ticks() / 10_000_000 - UNIX_EPOCH) as u32);
    if build.service_pack > 0 {
        key.set_text("CSDVersion", &format!("Service Pack {}", build.service_pack));
    }
    if let Some(name) = product_name(release) {
        key.set_text("ProductName", &name);
    }
    if build.family == Family::WindowsNt4 {
        // What Service Pack 6a is beyond Service Pack 6 is told as a hotfix.
        key.create("HotFix\\Q246009").set_u32("Installed", 1);
    }
    if release.is_since(5, 1) {
        key.set_text("BuildLab", &format!("{}.{}", build.version[2], build.branch));
    }
    if release.is_since(6, 0) {
        let [_, _, files, revision] = build.version;
        let (_, architecture) = release.architecture_names();
        let lab = format!("{files}.{revision}.{architecture}fre.{}", build.branch);
        key.set_text("BuildLabEx", &lab);
        let edition = if release.is_client() { "Professional" } else { "ServerStandard" };
        let edition = if build.family == Family::WindowsVista { "Business" } else { edition };
        key.set_text("EditionID", edition);
    }
    if release.is_since(6, 1) {
        let kind = if release.is_client() { "Client" } else { "Server" };
        key.set_text("InstallationType", kind);
    }
    if release.is_since(10, 0) {
        key.set_u32("CurrentMajorVersionNumber", 10).set_u32("CurrentMinorVersionNumber", 0);
        key.set_u32("UBR", release.version()[3].into());
        // The older name of a release was given up, and the value stayed as it was.
        let is_named_anew = build.number >= 19_042;
        if build.name != "1507" {
            key.set_text("ReleaseId", if is_named_anew { "2009" } else { build.name });
        }
        if is_named_anew {
            key.set_text("DisplayVersion", build.name);
        }
    }
}

/// Returns the name that the registry gives the product.
fn product_name(release: &Release) -> Option<String> {
    let edition = if release.is_client() { "Pro" } else { "Standard" };
    Some(match release.build().family {
        Family::WindowsNt4 => return None,
        Family::Windows2000 => "Microsoft Windows 2000".to_owned(),
        Family::Server2003 if release.is_client() => "Microsoft Windows XP".to_owned(),
        Family::WindowsXp => "Microsoft Windows XP".to_owned(),
        Family::Server2003 => "Microsoft Windows Server 2003".to_owned(),
        Family::WindowsVista => "Windows Vista (TM) Business".to_owned(),
        Family::Server2008 => "Windows Server (R) 2008 Standard".to_owned(),
        Family::Windows7 => "Windows 7 Professional".to_owned(),
        // Windows 11 calls itself by the name of its predecessor.
        Family::Windows11 => "Windows 10 Pro".to_owned(),
        family => format!("{family} {edition}"),
    })
}

fn winlogon(key: &mut TreeKey) {
    key.set_text("Shell", "Explorer.exe").set_text("AutoAdminLogon", "0");
    key.set_text("DefaultUserName", "").set_text("DefaultDomainName", "");
    key.set_text("LegalNoticeCaption", "").set_text("LegalNoticeText", "");
    key.set_text("CachedLogonsCount", "10").set_text("ShutdownWithoutLogon", "1");
}

fn windows(key: &mut TreeKey, release: &Release, system_root: &str) {
    let programs = format!("C:\\{}", release.programs());
    let shared = format!("{programs}\\{}", release.folder_words().shared_programs);
    key.set_text("ProgramFilesDir", &programs).set_text("CommonFilesDir", &shared);
    if release.is_64_bit() {
        key.set_text("ProgramFilesDir (x86)", &format!("{programs} (x86)"));
    }
    key.set_text("DevicePath", &format!("{system_root}\\inf"));
    key.create("Uninstall");
    key.create("Run");
    if release.is_since(5, 0) {
        key.create("WindowsUpdate\\Auto Update");
    }
    if release.is_since(6, 0) {
        key.create("Component Based Servicing\\Packages");
    }
}

fn policies(key: &mut TreeKey) {
    key.set_u32("EnableLUA", 1).set_u32("ConsentPromptBehaviorAdmin", 5);
    key.set_u32("ConsentPromptBehaviorUser", 3).set_u32("PromptOnSecureDesktop", 1);
    key.set_u32("FilterAdministratorToken", 0).set_u32("dontdisplaylastusername", 0);
}

/// Writes the versions of Internet Explorer; from 9 on the old value stays at 9.
fn explorer(root: &mut TreeKey, release: &Release) {
    let version @ [major, minor, build, revision] = release.build().explorer;
    if version == [0; 4] {
        return;
    }
    let key = root.create("Microsoft\\Internet Explorer");
    match major {
        5 => key.set_text("Version", &format!("5.00.{build}.{revision:04}")),
        ..10 => key.set_text("Version", &format!("{major}.{minor}.{build}.{revision}")),
        10.. => {
            key.set_text("svcVersion", &format!("{major}.{minor}.{build}.{revision}"));
            key.set_text("Version", &format!("9.{major}.{build}.{revision}"))
        }
    };
    key.set_text("Build", &format!("{major}{build}"));
}

/// Writes the versions of PowerShell: the first key tells of the second version only, and a newer
/// one has a key of its own.
///
/// Source: Microsoft Learn, "Windows PowerShell System Requirements".
fn power_shell(root: &mut TreeKey, release: &Release) {
    if !release.is_since(6, 1) {
        return;
    }
    let mut engine = |key: &str, version: &str| {
        let key = root.create("Microsoft\\PowerShell").create(key);
        key.create("PowerShellEngine").set_text("PowerShellVersion", version);
    };
    engine("1", "2.0");
    let [major, minor, build, revision] = release.build().version;
    match (major, minor, build) {
        (6, 1, _) => {}
        (6, 2, _) => engine("3", "3.0"),
        (6, 3, _) => engine("3", "4.0"),
        (_, _, ..14_393) => engine("3", &format!("5.0.{build}.{revision}")),
        _ => engine("3", &format!("5.1.{build}.{revision}")),
    }
}

fn net_framework(root: &mut TreeKey, release: &Release) {
    let versions: &[(&str, &str, u32)] = match release.build().version {
        [5, 2, ..] => &[("v1.1.4322", "1.1.4322.573", 0)],
        [6, 0, ..] => &[("v2.0.50727", "2.0.50727.312", 0), ("v3.0", "3.0.04506.30", 0)],
        [6, 1, ..] => &[
            ("v2.0.50727", "2.0.50727.4927", 2),
            ("v3.0", "3.0.30729.4926", 2),
            ("v3.5", "3.5.30729.4926", 1),
        ],
        _ => &[],
    };
    for (name, version, service_pack) in versions {
        let key = root.create("Microsoft\\NET Framework Setup\\NDP").create(name);
        key.set_u32("Install", 1).set_u32("SP", *service_pack).set_text("Version", version);
    }
    let number = release.build().net_release;
    let version = match number {
        0 => return,
        378_389 => "4.5.50709",
        378_675 => "4.5.51641",
        393_295 => "4.6.00079",
        394_254 => "4.6.01038",
        394_802 => "4.6.01586",
        460_798 => "4.7.02046",
        461_308 => "4.7.02556",
        461_808 => "4.7.03056",
        461_814 => "4.7.03190",
        528_040 => "4.8.03752",
        528_372 => "4.8.04084",
        528_449 => "4.8.04161",
        _ => "4.8.09032",
    };
    for kind in ["Client", "Full"] {
        let key = root.create("Microsoft\\NET Framework Setup\\NDP\\v4").create(kind);
        key.set_u32("Install", 1).set_u32("Release", number).set_text("Version", version);
    }
}
