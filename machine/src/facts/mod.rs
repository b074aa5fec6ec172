//! What can be asked of one Windows installation, whatever it is seen through.

mod account;
mod file;
mod memory;
mod registry;

use staunch_model::{Collected, Warning, WinPath};

pub use account::{Account, AccountFlags, VolumeFacts};
pub use file::{FileFacts, FolderEntry};
pub use memory::Memory;
pub use registry::{RegistryData, RegistryKey, RegistryValue};

/// Answers questions about one Windows installation.
///
/// Every question has three answers. [`Collected::Absent`] says that the thing is not there;
/// [`Collected::NotCollected`] that nobody looked, or that looking failed, which
/// [`Facts::warnings`] then tells.
///
/// Paths in the registry begin with `HKLM\SOFTWARE`, `HKLM\SYSTEM\CurrentControlSet`, `HKLM\SAM`,
/// `HKLM\SECURITY` or, for a person, `HKU\NAME` with a name of [`Facts::users`]; case does not
/// matter. The view is the one of 64-bit programs: what 32-bit ones see stands below `Wow6432Node`.
pub trait Facts: Send + Sync {
    /// Says what the installation is seen through: `folder`, `disk image`.
    fn kind(&self) -> &'static str;

    /// Returns a key with its values and the names of its subkeys.
    fn key(&self, path: &str) -> Collected<RegistryKey>;

    /// Returns what a file says of itself.
    fn file(&self, path: &WinPath) -> Collected<FileFacts>;

    /// Lists a folder.
    fn folder(&self, path: &WinPath) -> Collected<Vec<FolderEntry>>;

    /// Returns the content of a file of at most so many bytes, as for texts of settings.
    fn content(&self, path: &WinPath, most: usize) -> Collected<Vec<u8>>;

    /// Names the people whose part of the registry can be seen: their profiles.
    fn users(&self) -> Collected<Vec<String>>;

    /// Lists the local accounts.
    fn accounts(&self) -> Collected<Vec<Account>>;

    /// Lists the volumes with their file systems.
    fn volumes(&self) -> Collected<Vec<VolumeFacts>>;

    /// Tells what could not be read so far.
    fn warnings(&self) -> Vec<Warning>;

    /// Tells whether `HKLM\SOFTWARE` lacks what Windows wrote to it last: its hive was copied while
    /// in use, without the logs that make up for that.
    fn lacks_last_writes(&self) -> bool {
        false
    }

    /// Returns a value of a key; absent where the key is.
    fn value(&self, path: &str, name: &str) -> Collected<RegistryData> {
        match self.key(path) {
            Collected::Known(key) => {
                key.value(name).cloned().map_or(Collected::Absent, Collected::Known)
            }
            Collected::Absent => Collected::Absent,
            Collected::NotCollected => Collected::NotCollected,
        }
    }

    /// Returns a value as text; absent where it is no text.
    fn text(&self, path: &str, name: &str) -> Collected<String> {
        self.value(path, name).and_then(|data| data.text().map(str::to_owned))
    }

    /// Returns a value as number; absent where it is none.
    fn number(&self, path: &str, name: &str) -> Collected<u64> {
        self.value(path, name).and_then(|data| data.number())
    }

    /// Returns the folder that Windows is installed in: `C:\WINDOWS`.
    fn system_root(&self) -> Collected<WinPath> {
        self.text(CURRENT_VERSION, "SystemRoot").and_then(|path| path.parse().ok())
    }
}

/// Key that says which Windows is installed.
pub const CURRENT_VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
