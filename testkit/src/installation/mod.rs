//! Whole small Windows installations, as far as a scanner looks at them.
//!
//! An [`Installation`] begins as setup leaves it and is changed from there. It is written as a
//! folder or as a disk image. Its executables hold nothing but a version, its accounts no
//! password, and it never starts.

mod account;
mod claim;
mod files;
mod image;
mod language;
mod release;
mod sam;
mod services;
mod setup;
mod software;
mod system;
mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use staunch_format::hive::{Tree, TreeKey, ValueKind};

pub use account::Account;
pub use claim::{Claim, ComponentState};
pub use image::{Image, Partition, partition_place, write_disk};
pub use release::{Release, Role};

use files::Files;

/// A Windows installation with its volume.
///
/// Paths have `\` between names and begin at the root of the volume; `%SystemRoot%` at their
/// beginning stands for the folder of Windows. Names are compared without regard to case.
///
/// ```
/// use staunch_testkit::{Claim, Installation, Release};
///
/// let release = Release::xp(1);
/// let helpctr = "%SystemRoot%\\PCHealth\\HelpCtr\\Binaries\\helpctr.exe";
/// let installation = Installation::new(release)
///     .file(helpctr, release.executable([5, 1, 2600, 1515]))
///     .claim(&Claim::new(840374).file(helpctr, [5, 1, 2600, 1515]))
///     .software(|key| {
///         key.create("Policies").set_u32("Example", 1);
///     });
/// assert!(installation.files().contains_key("WINDOWS\\system32\\config\\software"));
/// ```
#[derive(Debug, Clone)]
pub struct Installation {
    release: Release,
    files: Files,
    software: Tree,
    system: Tree,
    sam: Tree,
    security: Tree,
    default: Tree,
    /// Hives of the users by the names of their profiles.
    users: BTreeMap<String, Tree>,
    accounts: Vec<Account>,
    control_set: u16,
    renames: Vec<String>,
}

impl Installation {
    /// Installs a release.
    pub fn new(release: Release) -> Self {
        let mut installation = Self {
            release,
            files: setup::files(&release),
            software: software::software(&release),
            system: system::system(&release),
            sam: sam::sam(&release),
            security: sam::security(&release),
            default: setup::user(&release),
            users: BTreeMap::new(),
            accounts: Vec::new(),
            control_set: 1,
            renames: Vec::new(),
        };
        let default = if release.is_since(6, 0) { "Default" } else { "Default User" };
        installation.users.insert(default.to_owned(), setup::user(&release));
        for account in setup::accounts(&release) {
            installation = installation.account(account);
        }
        let is_asked = installation.accounts.iter().any(|account| account.name() == "User");
        installation.user(if is_asked { "User" } else { release.administrator() }, |_| {})
    }

    /// Returns the release.
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// Puts a file in place of the one that is there, if any; a hive too can be replaced.
    ///
    /// # Panics
    ///
    /// When a file is in the place of a folder.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.put(&self.located(path), content.into());
        self
    }

    /// Removes a file or a folder with all that it holds.
    ///
    /// # Panics
    ///
    /// When it is not there.
    #[must_use]
    pub fn without(mut self, path: &str) -> Self {
        let path = self.located(path);
        assert!(self.files.remove(&path), "there is no {path:?}");
        self
    }

    /// Puts many small files of different content beside the installation.
    #[must_use]
    pub fn small_files(mut self, count: u32) -> Self {
        for number in 0..count {
            let path = format!("Documents\\{:04}\\Note {number:06}.txt", number / 200);
            self.files.put(&path, format!("Note number {number}\r\n").into_bytes());
        }
        self
    }

    /// Puts the volume of another installation into a folder, such as `Windows.old`, or beside this
    /// one where the folder is empty; what is there stays.
    #[must_use]
    pub fn with(mut self, folder: &str, other: &Installation) -> Self {
        for (path, content) in other.complete().iter() {
            if let Some(content) = content {
                let path = format!("{folder}\\{path}");
                self.files.put_missing(path.trim_start_matches('\\'), || content.to_vec());
            }
        }
        self
    }

    /// Changes the hive SOFTWARE, given its root.
    #[must_use]
    pub fn software(mut self, change: impl FnOnce(&mut TreeKey)) -> Self {
        change(self.software.root_mut());
        self
    }

    /// Changes the current control set of the hive SYSTEM.
    #[must_use]
    pub fn system(mut self, change: impl FnOnce(&mut TreeKey)) -> Self {
        change(self.current_control_set());
        self
    }

    /// Makes Windows remember a drive letter, as it does since Windows 2000.
    ///
    /// The place of a volume is the signature of its disk and its offset in bytes, both
    /// little-endian, or on a disk with GPT that of [`partition_place`].
    #[must_use]
    pub fn drive_letter(mut self, letter: char, place: &[u8]) -> Self {
        let devices = self.system.root_mut().create("MountedDevices");
        devices.set(&format!("\\DosDevices\\{letter}:"), ValueKind::Binary, place);
        self
    }

    /// Changes the hive SAM, given its root.
    #[must_use]
    pub fn sam(mut self, change: impl FnOnce(&mut TreeKey)) -> Self {
        change(self.sam.root_mut());
        self
    }

    /// Changes the hive SECURITY, given its root.
    #[must_use]
    pub fn security(mut self, change: impl FnOnce(&mut TreeKey)) -> Self {
        change(self.security.root_mut());
        self
    }

    /// Changes the hive of a user, given its root; the profile and the account are made if they
    /// are not there.
    #[must_use]
    pub fn user(mut self, name: &str, change: impl FnOnce(&mut TreeKey)) -> Self {
        if !self.accounts.iter().any(|account| account.name() == name) {
            let taken = self.accounts.iter().map(|account| account.number).max().unwrap_or(0);
            let account = Account::new(name, taken.max(999) + 1);
            let set = self.release.ticks();
            self = self.account(account.password_set(set));
        }
        let account = self.accounts.iter().find(|account| account.name() == name);
        let identifier = sam::sid_text(account.expect("the account was made").number);
        let list = "Microsoft\\Windows NT\\CurrentVersion\\ProfileList";
        let key = self.software.root_mut().create(list).create(&identifier);
        let drive = if self.release.is_since(5, 0) { "%SystemDrive%" } else { "C:" };
        let path = system::wide(&format!("{drive}\\{}\\{name}", self.release.profiles()));
        key.set("ProfileImagePath", ValueKind::ExpandText, path).set_u32("Flags", 0);
        let hive = self.users.entry(name.to_owned());
        change(hive.or_insert_with(|| setup::user(&self.release)).root_mut());
        self
    }

    /// Puts an account into SAM in place of the one of that name or number, if any.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.retain(|other| {
            let is_other = other.number != account.number && other.name() != account.name();
            if !is_other {
                let users = self.sam.root_mut().create("SAM\\Domains\\Account\\Users");
                users.remove(&format!("{:08X}", other.number));
                users.create("Names").remove(other.name());
            }
            is_other
        });
        self.accounts.push(account.clone());
        sam::write(&mut self.sam, &self.release, &account, &self.accounts);
        self
    }

    /// Makes a file be renamed, or removed where there is no second path, when Windows starts next.
    #[must_use]
    pub fn pending_rename(mut self, from: &str, to: Option<&str>) -> Self {
        let full = |path: &str| format!("\\??\\C:\\{}", self.located(path));
        // The mark before the new name lets a file of that name be replaced.
        let to = to.map(|to| format!("!{}", full(to))).unwrap_or_default();
        let from = full(from);
        self.renames.extend([from, to]);
        let renames: Vec<String> = self.renames.clone();
        let texts: Vec<&str> = renames.iter().map(String::as_str).collect();
        let manager = self.current_control_set().create("Control\\Session Manager");
        manager.set_texts("PendingFileRenameOperations", &texts);
        self
    }

    /// Makes another control set the current one, with what the current one holds. Later changes
    /// go there, and the sets before it stay as they are.
    #[must_use]
    pub fn control_set(mut self, number: u16) -> Self {
        let current = self.current_control_set().clone();
        self.control_set = number;
        copy(&current, self.current_control_set());
        let select = self.system.root_mut().create("Select");
        select.set_u32("Current", number.into()).set_u32("Default", number.into());
        self
    }

    /// Returns the files by their paths, hives included.
    ///
    /// # Panics
    ///
    /// When something in a hive is too long for its format.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.complete();
        let files = files.iter().filter_map(|(path, content)| Some((path, content?)));
        files.map(|(path, content)| (path.to_owned(), content.to_vec())).collect()
    }

    /// Writes the volume into a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// When a file or folder cannot be written.
    ///
    /// # Panics
    ///
    /// When something in a hive is too long for its format.
    pub fn write_tree(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for (path, content) in self.complete().iter() {
            let path = folder.join(path.replace('\\', "/"));
            match content {
                Some(content) => fs::write(path, content)?,
                None => fs::create_dir_all(path)?,
            }
        }
        Ok(())
    }

    /// Puts the hives beside the files, unless they were replaced.
    fn complete(&self) -> Files {
        let mut files = self.files.clone();
        let mut put = |path: String, tree: &Tree| {
            files.put_missing(&path, || tree.to_bytes().expect("a tree that fits the format"));
        };
        let config =
            format!("{}\\{}\\config", self.release.folder(), setup::system_folder(&self.release));
        let hives = [&self.sam, &self.security, &self.software, &self.system, &self.default];
        for (name, tree) in setup::hive_names(&self.release).into_iter().zip(hives) {
            put(format!("{config}\\{name}"), tree);
        }
        for (name, tree) in &self.users {
            put(format!("{}\\{name}\\NTUSER.DAT", self.release.profiles()), tree);
        }
        files
    }

    fn current_control_set(&mut self) -> &mut TreeKey {
        self.system.root_mut().create(&format!("ControlSet{:03}", self.control_set))
    }

    /// Returns a path from the root of the volume.
    fn located(&self, path: &str) -> String {
        const VARIABLE: &str = "%SystemRoot%";
        match path.split_at_checked(VARIABLE.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(VARIABLE) => {
                format!("{}{rest}", self.release.folder())
            }
            _ => path.to_owned(),
        }
    }
}

/// Copies values and subkeys; the trees that are made here are shallow.
fn copy(from: &TreeKey, to: &mut TreeKey) {
    for value in from.values() {
        to.set(&value.name(), value.kind(), value.bytes());
    }
    for key in from.subkeys() {
        copy(key, to.create(&key.name()));
    }
}
