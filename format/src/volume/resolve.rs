//! Paths within a volume, with its junctions and symbolic links followed.

use std::collections::VecDeque;

use super::{FileId, Reparse, Volume, VolumeError};

/// Most links that Windows follows on the way to one file.
const MOST_LINKS: usize = 63;

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    File(FileId),
    /// No such name in one of the folders on the way, or a file where a folder must be.
    Missing,
    /// A link leads to another volume or computer, or to what is no path.
    Outside {
        target: String,
    },
}

/// Finds a file by the names on the way from the root, and follows links.
///
/// The volume is taken to be the one with the given drive letter; links to others are reported.
///
/// # Errors
///
/// What prevents reading the folders on the way, or [`VolumeError::TooManyLinks`].
pub fn resolve(volume: &dyn Volume, drive: char, path: &[&str]) -> Result<Resolved, VolumeError> {
    let mut names: VecDeque<String> = path.iter().map(ToString::to_string).collect();
    // The way from the root, and what it has led to.
    let mut way = vec![volume.root()];
    let mut links = 0;
    while let Some(name) = names.pop_front() {
        match name.as_str() {
            "" | "." => continue,
            ".." => {
                way.truncate((way.len() - 1).max(1));
                continue;
            }
            _ => {}
        }
        let folder = *way.last().expect("the root is never removed");
        let entry = match volume.lookup(folder, &name) {
            Ok(Some(entry)) => entry,
            Ok(None) | Err(VolumeError::NotAFolder { .. }) => return Ok(Resolved::Missing),
            Err(error) => return Err(error),
        };
        let (target, relative) = match volume.metadata(entry.file)?.reparse {
            Some(Reparse::MountPoint { target }) => (target, false),
            Some(Reparse::SymbolicLink { target, relative }) => (target, relative),
            // Other reparse points lead nowhere else: their content is in the care of a driver.
            Some(Reparse::Other { .. }) | None => {
                way.push(entry.file);
                continue;
            }
        };
        links += 1;
        if links > MOST_LINKS {
            return Err(VolumeError::TooManyLinks { limit: MOST_LINKS, name: entry.name });
        }
        if !relative || target.starts_with('\\') {
            way.truncate(1);
        }
        let rest = if relative { Some(target.as_str()) } else { on_drive(&target, drive) };
        let Some(rest) = rest else { return Ok(Resolved::Outside { target }) };
        for name in rest.rsplit('\\') {
            names.push_front(name.to_owned());
        }
    }
    Ok(Resolved::File(*way.last().expect("the root is never removed")))
}

/// Returns the part of an absolute path behind its drive, if it is the given one.
fn on_drive(target: &str, drive: char) -> Option<&str> {
    let path = target.strip_prefix("\\??\\").or_else(|| target.strip_prefix("\\\\?\\"));
    let path = path.unwrap_or(target);
    let mut characters = path.chars();
    let same = characters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(&drive));
    let rest = characters.as_str().strip_prefix(':')?;
    (same && (rest.is_empty() || rest.starts_with('\\'))).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_on_the_drive() {
        for (target, rest) in [
            ("\\??\\C:\\Users", Some("\\Users")),
            ("c:\\x", Some("\\x")),
            ("\\??\\C:", Some("")),
            ("\\??\\D:\\Users", None),
            ("\\??\\C:x", None),
            ("\\??\\Volume{3558506b-6ae4-11eb-8698-806e6f6e6963}\\", None),
            ("\\??\\UNC\\server\\share", None),
        ] {
            assert_eq!(on_drive(target, 'C'), rest, "{target}");
        }
    }
}
