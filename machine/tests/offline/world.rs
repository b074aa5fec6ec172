//! A small Windows XP in a folder, made by hand.

use std::fs;
use std::path::{Path, PathBuf};

use staunch_format::hive::{Tree, Version};
use staunch_machine::{Medium, Offline};
use staunch_testkit::{ExecutableLayout, VersionedExecutable};

/// Some time in 2004: 100-ns ticks since 1601.
pub(crate) const TIME: u64 = 127_420_128_000_000_000;

pub(crate) const CONFIG: &str = "WINDOWS/system32/config";

pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// An empty volume.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// An installation with one profile and one library.
    pub(crate) fn new() -> Self {
        let world = Self::empty();
        world.install("WINDOWS");
        world.write("Documents and Settings/alice/NTUSER.DAT", user("0"));
        fs::create_dir_all(world.path("Documents and Settings/All Users")).expect("a folder");
        let library = VersionedExecutable::new(ExecutableLayout::Pe32, [5, 1, 2600, 2622])
            .string("FileVersion", "5.1.2600.2622 (xpsp_sp2_gdr.050301-1519)")
            .build();
        world.write("WINDOWS/system32/ntdll.dll", library);
        world.write("boot.ini", "[boot loader]");
        world
    }

    /// Adds the hives of an installation.
    pub(crate) fn install(&self, windows: &str) {
        let config = format!("{windows}/system32/config");
        self.write(&format!("{config}/SOFTWARE"), bytes(&software("Microsoft Windows XP")));
        self.write(&format!("{config}/SYSTEM"), bytes(&system()));
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn see(&self) -> Offline {
        let medium = Medium::of_folder(self.root()).expect("a medium");
        medium.see(1).expect("an installation")
    }
}

pub(crate) fn bytes(tree: &Tree) -> Vec<u8> {
    tree.to_bytes().expect("a hive that fits")
}

pub(crate) fn software(product: &str) -> Tree {
    let mut tree = Tree::new(Version::V1_3, TIME);
    tree.set_name("emRoot\\System32\\Config\\SOFTWARE");
    let key = tree.root_mut().create("Microsoft\\Windows NT\\CurrentVersion");
    key.set_text("ProductName", product)
        .set_text("CSDVersion", "Service Pack 2")
        .set_text("CurrentBuildNumber", "2600")
        .set_text("SystemRoot", "C:\\WINDOWS");
    let list = key.create("ProfileList");
    list.create("S-1-5-18")
        .set_text("ProfileImagePath", "%systemroot%\\system32\\config\\systemprofile");
    list.create("S-1-5-21-1-2-3-1004")
        .set_text("ProfileImagePath", "%SystemDrive%\\Documents and Settings\\alice");
    tree.root_mut().create("Classes\\.txt").set_text("", "txtfile");
    tree
}

pub(crate) fn system() -> Tree {
    let mut tree = Tree::new(Version::V1_3, TIME);
    let select = tree.root_mut().create("Select");
    select.set_u32("Current", 2).set_u32("Default", 1).set_u32("LastKnownGood", 1);
    for (number, name) in [(1, "OLD"), (2, "PC")] {
        tree.root_mut()
            .create(&format!("ControlSet{number:03}\\Control\\ComputerName\\ComputerName"))
            .set_text("ComputerName", name);
    }
    tree
}

pub(crate) fn user(screen_saver: &str) -> Vec<u8> {
    let mut tree = Tree::new(Version::V1_3, TIME);
    tree.root_mut().create("Control Panel\\Desktop").set_text("ScreenSaveActive", screen_saver);
    bytes(&tree)
}

/// Writes a number into bytes and the checksum of a base block after it.
pub(crate) fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    let words = bytes[..508].as_chunks::<4>().0;
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    bytes[508..512].copy_from_slice(&sum.to_le_bytes());
}

/// Makes the log of the old format that turns a hive whose write did not end into another one.
pub(crate) fn old_log(after: &[u8], sequence: u32) -> Vec<u8> {
    let bins = &after[4096..];
    let mut log = after[..512].to_vec();
    put(&mut log, 28, 1);
    put(&mut log, 4, sequence);
    put(&mut log, 8, sequence);
    let mut vector = b"DIRT".to_vec();
    vector.resize(4 + bins.len() / 4096, 0xFF);
    vector.resize(vector.len().next_multiple_of(512), 0);
    log.extend(vector);
    log.extend(bins);
    log
}
