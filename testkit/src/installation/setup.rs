//! What setup puts on a volume and whom it makes an account for.

use staunch_format::hive::{Tree, TreeKey};
use staunch_model::Family;

use super::account::Account;
use super::files::Files;
use super::release::Release;

/// Folders and files of a fresh installation, without its hives.
pub(super) fn files(release: &Release) -> Files {
    let mut files = Files::default();
    let windows = release.folder();
    let system = format!("{windows}\\{}", system_folder(release));
    for folder in ["config", "drivers", "drivers\\etc", "spool"] {
        files.folder(&format!("{system}\\{folder}"));
    }
    files.folder(&format!("{windows}\\inf"));
    let (programs, words) = (release.programs(), release.folder_words());
    files.folder(&format!("{programs}\\{}", words.shared_programs));
    root(&mut files, release);

    let version = release.version();
    let kernel = release.executable(version).build();
    for name in ["ntoskrnl.exe", "hal.dll", "kernel32.dll", "ntdll.dll", "user32.dll", "smss.exe"] {
        files.put(&format!("{system}\\{name}"), kernel.clone());
    }
    let server = release.speaks_first_smb().then_some("srv.sys");
    for name in ["ntfs.sys", "tcpip.sys"].into_iter().chain(server) {
        files.put(&format!("{system}\\drivers\\{name}"), kernel.clone());
    }
    files.put(&format!("{windows}\\explorer.exe"), kernel);
    files.put(&format!("{system}\\drivers\\etc\\hosts"), b"127.0.0.1 localhost\r\n".to_vec());
    if release.brings_iis() {
        files.put("Inetpub\\wwwroot\\iisstart.asp", b"<% @Language = \"VBScript\" %>\r\n".to_vec());
        files.put("Inetpub\\iissamples\\sdk\\readme.txt", b"Samples\r\n".to_vec());
    }
    let explorer = release.build().explorer;
    if explorer != [0; 4] {
        let browser = release.executable(explorer).build();
        files.put(&format!("{system}\\mshtml.dll"), browser.clone());
        files.put(&format!("{programs}\\Internet Explorer\\iexplore.exe"), browser);
    }
    if release.is_64_bit() {
        let narrow = Release::architecture(*release, staunch_model::Architecture::X86);
        files.folder(&format!("{programs} (x86)\\{}", words.shared_programs));
        for name in ["kernel32.dll", "ntdll.dll", "user32.dll"] {
            let content = narrow.executable(version).build();
            files.put(&format!("{windows}\\SysWOW64\\{name}"), content);
        }
        let content = narrow.executable(explorer).build();
        files.put(&format!("{windows}\\SysWOW64\\mshtml.dll"), content);
    }
    files
}

/// Files of the root by which a computer starts.
fn root(files: &mut Files, release: &Release) {
    if release.is_since(6, 0) {
        files.put("bootmgr", b"\xEB\x3Cbootmgr".to_vec());
        files.folder("Boot");
        files.folder("Users\\Public");
        files.folder("ProgramData");
        if release.is_since(6, 2) {
            files.put("BOOTNXT", vec![1]);
        }
        return;
    }
    files.put("pagefile.sys", vec![0; 4096]);
    if release.is_ia64() {
        files.put("IA64ldr.efi", release.executable(release.version()).build());
        return;
    }
    let disk = "multi(0)disk(0)rdisk(0)partition(1)";
    let title = match release.build().family {
        Family::WindowsNt4 => "Windows NT Workstation Version 4.00",
        Family::Windows2000 => "Microsoft Windows 2000 Professional",
        Family::Server2003 => "Windows Server 2003, Standard",
        _ => "Microsoft Windows XP Professional",
    };
    let folder = release.folder();
    let menu = format!(
        "[boot loader]\r\ntimeout=30\r\ndefault={disk}\\{folder}\r\n[operating systems]\r\n\
         {disk}\\{folder}=\"{title}\" /fastdetect\r\n"
    );
    files.put("boot.ini", menu.into_bytes());
    files.put("ntldr", b"\xE9\xD5\x01ntldr".to_vec());
    files.put("NTDETECT.COM", b"\xE9\0\0".to_vec());
}

/// Accounts that setup makes, and from Windows Vista on the one that is asked for.
pub(super) fn accounts(release: &Release) -> Vec<Account> {
    let set = release.ticks();
    let is_off = release.is_since(6, 0) && release.is_client();
    let mut administrator = Account::new(release.administrator(), 500)
        .administrator()
        .password_never_expires()
        .password_set(set)
        .described("", "Built-in account for administering the computer/domain");
    if is_off {
        administrator = administrator.disabled().blank_password();
    }
    let guest = Account::new(release.guest(), 501)
        .disabled()
        .blank_password()
        .password_not_required()
        .password_never_expires()
        .described("", "Built-in account for guest access to the computer/domain");
    let mut accounts = vec![administrator, guest];
    if release.is_since(10, 0) {
        let default = Account::new("DefaultAccount", 503)
            .disabled()
            .blank_password()
            .password_not_required()
            .password_never_expires();
        accounts.push(default);
    }
    if release.is_build(16_299) {
        accounts.push(Account::new("WDAGUtilityAccount", 504).disabled().password_set(set));
    }
    if is_off {
        let number = if release.is_since(6, 2) { 1001 } else { 1000 };
        accounts.push(Account::new("User", number).administrator().password_set(set));
    }
    accounts
}

/// Makes the hive of a user who has changed nothing.
pub(super) fn user(release: &Release) -> Tree {
    let mut tree = Tree::new(release.hive_version(), release.ticks());
    tree.set_name("\\NTUSER.DAT");
    user_keys(tree.root_mut());
    tree
}

fn user_keys(root: &mut TreeKey) {
    let desktop = root.create("Control Panel\\Desktop");
    desktop.set_text("ScreenSaveActive", "1").set_text("ScreenSaverIsSecure", "0");
    desktop.set_text("ScreenSaveTimeOut", "600");
    root.create("Environment").set_text("TEMP", "%USERPROFILE%\\Local Settings\\Temp");
    root.create("Software\\Microsoft\\Office");
    let settings = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
    let zones = root.create(settings).create("Zones");
    // Computer, intranet, trusted sites, internet, restricted sites.
    let levels = [0_u32, 0x10500, 0x10000, 0x11000, 0x12000];
    for (zone, level) in levels.into_iter().enumerate() {
        let key = zones.create(&zone.to_string());
        key.set_u32("CurrentLevel", level).set_u32("MinLevel", level);
        key.set_u32("RecommendedLevel", level);
    }
}

/// Returns the name of the folder `system32` in the spelling of the time.
pub(super) fn system_folder(release: &Release) -> &'static str {
    if release.is_since(6, 0) { "System32" } else { "system32" }
}

/// Returns the names of the hives SAM, SECURITY, SOFTWARE, SYSTEM and DEFAULT as they are spelled.
pub(super) fn hive_names(release: &Release) -> [&'static str; 5] {
    if release.is_since(6, 0) {
        ["SAM", "SECURITY", "SOFTWARE", "SYSTEM", "DEFAULT"]
    } else {
        ["SAM", "SECURITY", "software", "system", "default"]
    }
}
