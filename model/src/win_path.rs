use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::text::serde_as_text;

/// Absolute path on a drive: `C:\WINDOWS\system32\ntdll.dll`.
///
/// It never leads above its drive and names no stream or device. Two paths are equal as Windows
/// compares them, without regard to case.
#[derive(Debug, Clone)]
pub struct WinPath {
    drive: char,
    /// Names from the root on, with `\` between them.
    names: String,
}

/// Reason why a text is no absolute path on a drive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("path {path:?}: expected {expected}")]
pub struct WinPathError {
    path: String,
    expected: &'static str,
}

/// Characters that no name of a file has.
const FORBIDDEN: &[char] = &['<', '>', ':', '"', '|', '?', '*', '\0'];

impl WinPath {
    /// Returns the drive as a capital letter.
    pub fn drive(&self) -> char {
        self.drive
    }

    /// Lists the names from the root on.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.names.split('\\').filter(|name| !name.is_empty())
    }

    /// Returns the last name; empty for the root of a drive.
    pub fn name(&self) -> &str {
        self.names.rsplit('\\').next().unwrap_or_default()
    }

    /// Returns the folder; the root is its own.
    #[must_use]
    pub fn parent(&self) -> Self {
        let names = self.names.rsplit_once('\\').map_or("", |(above, _)| above);
        Self { drive: self.drive, names: names.to_owned() }
    }

    /// Returns what a relative path below this one names.
    ///
    /// # Errors
    /// When the relative path leads upwards or has a name that no file can have.
    pub fn join(&self, below: &str) -> Result<Self, WinPathError> {
        format!("{self}\\{below}").parse()
    }

    /// Tells whether this is the other path or lies below it.
    pub fn is_inside(&self, folder: &Self) -> bool {
        let mut own = self.names().map(fold_file_name);
        self.drive == folder.drive
            && folder.names().all(|name| own.next() == Some(fold_file_name(name)))
    }
}

/// Folds the case of a file's name as Windows compares names; the length in characters stays.
pub fn fold_file_name(name: &str) -> String {
    let single = |c: char| {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(upper), None) => upper,
            _ => c,
        }
    };
    name.chars().map(single).collect()
}

impl FromStr for WinPath {
    type Err = WinPathError;

    /// Reads a path; `/` counts as `\`, and the prefixes `\\?\` and `\??\` are left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |expected| WinPathError { path: text.to_owned(), expected };
        let path = text.replace('/', "\\");
        let path =
            path.strip_prefix(r"\\?\").or_else(|| path.strip_prefix(r"\??\")).unwrap_or(&path);
        let mut characters = path.chars();
        let drive = characters
            .next()
            .filter(char::is_ascii_alphabetic)
            .ok_or_else(|| error("a drive such as C:"))?
            .to_ascii_uppercase();
        let rest = characters
            .as_str()
            .strip_prefix(":\\")
            .or_else(|| (characters.as_str() == ":").then_some(""));
        let rest = rest.ok_or_else(|| error("a drive and a backslash"))?;
        let mut names = String::new();
        for name in rest.split('\\').filter(|name| !name.is_empty() && *name != ".") {
            if name == ".." {
                return Err(error("no way upwards"));
            }
            if name.contains(FORBIDDEN) {
                return Err(error("names of files"));
            }
            if !names.is_empty() {
                names.push('\\');
            }
            names.push_str(name);
        }
        Ok(Self { drive, names })
    }
}

impl fmt::Display for WinPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:\\{}", self.drive, self.names)
    }
}

impl PartialEq for WinPath {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for WinPath {}

impl PartialOrd for WinPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for WinPath {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.drive, fold_file_name(&self.names)).cmp(&(other.drive, fold_file_name(&other.names)))
    }
}

impl Hash for WinPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.drive, fold_file_name(&self.names)).hash(state);
    }
}

serde_as_text!(WinPath);

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WinPath {
        text.parse().expect("a path")
    }

    #[test]
    fn paths_are_read_and_compared_as_windows_does() {
        assert_eq!(path(r"c:/Windows//.\System32\"), path(r"\??\C:\WINDOWS\system32"));
        assert_eq!(path(r"c:\Windows\x.dll").to_string(), r"C:\Windows\x.dll");
        assert_eq!(path("C:").to_string(), "C:\\");
        assert_eq!(path(r"C:\a\b").parent(), path(r"C:\A"));
        assert_eq!(path(r"C:\a").parent().parent(), path("C:"));
        assert_eq!(path(r"C:\a\B.dll").name(), "B.dll");
        assert!(path(r"C:\WINDOWS\a").is_inside(&path(r"c:\windows")));
        assert!(!path(r"C:\WINDOWSX").is_inside(&path(r"c:\windows")));
        assert!(!path(r"D:\WINDOWS").is_inside(&path(r"c:\windows")));
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for text in [
            r"C:\a\..\b",
            r"\\server\share",
            "system32",
            r"C:x",
            r"C:\a:stream",
            r"1:\a",
            "",
            r"\Device\HarddiskVolume1\x",
            "C:\\a\0b",
        ] {
            assert!(text.parse::<WinPath>().is_err(), "{text}");
        }
        assert!(path(r"C:\a").join(r"..\b").is_err());
    }
}
