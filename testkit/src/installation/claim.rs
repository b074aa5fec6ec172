use staunch_format::hive::TreeKey;
use staunch_model::Family;

use super::Installation;
use super::release::{Era, Release};

/// Number from which articles, and with them hotfixes, are named `KB` instead of `Q`.
const KB_SINCE: u32 = 817_000;

/// The traces of an installed update in registry and folders, without the files that it brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    number: u32,
    /// Paths and versions of the files that the update says it installed.
    files: Vec<(String, [u16; 4])>,
    /// Service pack under which it is noted.
    service_pack: Option<u8>,
    state: ComponentState,
    /// Name and version of a package of the component store.
    package: Option<(String, String)>,
}

/// State of a package in the component store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentState {
    Staged = 0x40,
    Superseded = 0x50,
    InstallPending = 0x60,
    PartiallyInstalled = 0x65,
    Installed = 0x70,
    Permanent = 0x80,
}

impl Claim {
    /// Makes the traces of the update of a Knowledge Base article.
    pub fn new(number: u32) -> Self {
        let (files, state) = (Vec::new(), ComponentState::Installed);
        Self { number, files, service_pack: None, state, package: None }
    }

    /// Makes the traces of a cumulative update of Windows 10 or later, whose package is named by
    /// the build and revision that it brings; the revision of the release is set apart from it.
    pub fn cumulative(number: u32, build: u16, revision: u16) -> Self {
        let package = ("Package_for_RollupFix".to_owned(), format!("{build}.{revision}.1.1"));
        Self { package: Some(package), ..Self::new(number) }
    }

    /// Lists a file; where updates have no list of files, it is left out.
    #[must_use]
    pub fn file(mut self, path: &str, version: [u16; 4]) -> Self {
        self.files.push((path.to_owned(), version));
        self
    }

    /// Sets the service pack that the update was to be part of, under which Windows 2000 to 2003
    /// note it; unless this is called, it is the next one at the time of the release.
    #[must_use]
    pub fn service_pack(self, number: u8) -> Self {
        Self { service_pack: Some(number), ..self }
    }

    /// Sets the state in the component store.
    #[must_use]
    pub fn state(self, state: ComponentState) -> Self {
        Self { state, ..self }
    }

    fn name(&self) -> String {
        format!("{}{}", if self.number < KB_SINCE { "Q" } else { "KB" }, self.number)
    }
}

impl Installation {
    /// Installs an update: its traces, and the files that it lists in their versions.
    #[must_use]
    pub fn install(self, claim: &Claim) -> Self {
        claim.files.iter().fold(self.claim(claim), |installation, (path, version)| {
            let content = installation.release.executable(*version);
            installation.file(path, content)
        })
    }

    /// Installs an update as far as it goes before Windows starts again: before Windows Vista, the
    /// new files lie beside the old ones and wait for their names; since then, the package waits.
    #[must_use]
    pub fn install_pending(self, claim: &Claim) -> Self {
        if self.release.era() == Era::Components {
            return self.claim(&claim.clone().state(ComponentState::InstallPending));
        }
        let files = claim.files.iter().enumerate();
        files.fold(self.claim(claim), |installation, (number, (path, version))| {
            let (folder, _) = path.rsplit_once('\\').unwrap_or(("", path));
            let waiting = format!("{folder}\\SET{number:X}.tmp");
            let content = installation.release.executable(*version);
            installation.file(&waiting, content).pending_rename(&waiting, Some(path))
        })
    }

    /// Writes the traces of an installed update as the updates of the time left them: keys below
    /// `HotFix`, `Updates` and `Uninstall` and the folder for removal, or a package of the
    /// component store. The files themselves stay as they are.
    #[must_use]
    pub fn claim(mut self, claim: &Claim) -> Self {
        let release = self.release;
        if release.era() == Era::Components {
            self.package(claim);
            return self;
        }
        let hotfixes = "Microsoft\\Windows NT\\CurrentVersion\\HotFix";
        hotfix(self.software.root_mut().create(hotfixes), claim, &release);
        let mut program = "hotfix.exe";
        if release.era() == Era::Updates {
            self.updates(claim);
            program = "spuninst\\spuninst.exe";
        }
        let path = format!("%SystemRoot%\\$NtUninstall{}$\\{program}", claim.name());
        self.file(&path, release.executable([5, 4, 1, 0]))
    }

    fn updates(&mut self, claim: &Claim) {
        let name = claim.name();
        let product = match self.release.build().family {
            Family::Windows2000 => "Windows 2000",
            Family::WindowsXp => "Windows XP",
            _ if self.release.is_client() => "Windows XP Version 2003",
            _ => "Windows Server 2003",
        };
        let service_pack = claim.service_pack.unwrap_or_else(|| next_service_pack(&self.release));
        let root = format!("C:\\{}", self.release.folder());
        let located: Vec<(String, String, [u16; 4])> = claim
            .files
            .iter()
            .map(|(path, version)| {
                let path = self.located(path);
                let (folder, file) = path.rsplit_once('\\').unwrap_or(("", &path));
                (format!("C:\\{folder}"), file.to_owned(), *version)
            })
            .collect();
        let software = self.software.root_mut();
        let path = format!("Microsoft\\Updates\\{product}\\SP{service_pack}\\{name}");
        let key = software.create(&path);
        key.set_text("Description", &format!("{product} Hotfix - {name}"));
        key.set_text("InstalledBy", "Administrator").set_text("InstalledDate", "10/13/2004");
        key.set_text("Type", "Update").set_text("PackageName", "Hotfix");
        let removal = format!("{root}\\$NtUninstall{name}$\\spuninst\\spuninst.exe");
        key.set_text("UninstallCommand", &removal);
        for (number, (folder, file, version)) in located.iter().enumerate() {
            let [major, minor, build, revision] = version;
            let entry = key.create(&format!("Filelist\\{number}"));
            entry.set_text("FileName", file).set_text("Location", folder);
            entry.set_text("Version", &format!("{major}.{minor}.{build}.{revision}"));
        }
        let path = format!("Microsoft\\Windows\\CurrentVersion\\Uninstall\\{name}");
        let key = software.create(&path);
        key.set_text("DisplayName", &format!("{product} Hotfix - {name}"));
        key.set_text("ParentKeyName", "OperatingSystem").set_text("UninstallString", &removal);
    }

    fn package(&mut self, claim: &Claim) {
        let build = self.release.build().version;
        let default = || {
            let major = if build[0] == 10 { 10 } else { 6 };
            (format!("Package_for_KB{}", claim.number), format!("{major}.{}.1.0", build[1]))
        };
        let (name, version) = claim.package.clone().unwrap_or_else(default);
        let (_, architecture) = self.release.architecture_names();
        let package = format!("{name}~31bf3856ad364e35~{architecture}~~{version}");
        let cbs = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing";
        let servicing = self.software.root_mut().create(cbs);
        let state = claim.state as u32;
        let key = servicing.create("Packages").create(&package);
        key.set_u32("CurrentState", state).set_u32("SelfUpdate", 0).set_u32("Visibility", 1);
        key.set_text("InstallName", &format!("{package}.mum"));
        let short = if self.release.is_64_bit() { "x64" } else { "x86" };
        let cabinet = format!("Windows{}.{}-KB{}-{short}.cab", build[0], build[1], claim.number);
        let folder = format!("C:\\Windows\\SoftwareDistribution\\Download\\Install\\{cabinet}");
        key.set_text("InstallLocation", &folder);
        key.set_text("InstallClient", "WindowsUpdateAgent");
        let ticks = self.release.ticks();
        key.set_u32("InstallTimeHigh", (ticks >> 32) as u32);
        key.set_u32("InstallTimeLow", ticks as u32);
        key.create("Owners").set_u32(&package, state | 0x20000);
        if claim.state == ComponentState::InstallPending {
            servicing.create("RebootPending");
            let path = "%SystemRoot%\\WinSxS\\pending.xml";
            self.files.put(&self.located(path), b"<PendingTransaction/>\r\n".to_vec());
        }
        let path = format!("%SystemRoot%\\servicing\\Packages\\{package}.mum");
        self.files.put(&self.located(&path), b"<assembly/>\r\n".to_vec());
    }
}

fn hotfix(hotfixes: &mut TreeKey, claim: &Claim, release: &Release) {
    let name = claim.name();
    let key = hotfixes.create(&name);
    key.set_u32("Installed", 1).set_u32("Valid", 1);
    key.set_text("Comments", "Windows Hotfix").set_text("Fix Description", &name);
    key.set_text("Installed By", "Administrator").set_text("Installed On", "10/13/2004");
    key.set_u32("Service Pack", next_service_pack(release).into());
    let folder = format!("C:\\{}\\$NtUninstall{name}$", release.folder());
    key.set_text("Backup Dir", &folder);
    for (number, (path, _)) in claim.files.iter().enumerate() {
        let (_, file) = path.rsplit_once('\\').unwrap_or(("", path));
        let entry = key.create(&format!("File {}", number + 1));
        entry.set_text("New File", file).set_u32("Flags", 0);
    }
}

/// Returns the service pack that updates were noted under in the last years before the next one:
/// those for Windows XP and for its first service pack share one, all for Windows 2000 too.
fn next_service_pack(release: &Release) -> u8 {
    let build = release.build();
    match build.family {
        Family::Windows2000 => 5,
        Family::WindowsXp if build.service_pack == 0 => 2,
        _ => build.service_pack + 1,
    }
}
