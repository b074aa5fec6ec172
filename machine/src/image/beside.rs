//! Files that a disk image names, found in its own folder or not at all.

use std::path::{Component, Path, PathBuf};

use staunch_format::disk::{Image, OpenOtherError};

use crate::host_file::HostFile;

/// Reason why a file that an image names is not opened.
#[derive(Debug, thiserror::Error)]
enum BesideError {
    #[error("expected a file in the image's own folder, found a path that leads out of it")]
    Outside,
    #[error("expected the path of a file, found {0:?}")]
    NoPath(String),
}

/// Opens a file under the name that an image writes; `\` separates as `/` does.
pub(super) fn open(folder: &Path, name: &str) -> Result<Image, OpenOtherError> {
    let folder = folder.canonicalize()?;
    let named = path(name)?;
    // A path of this computer may be written in full and still lie in the folder.
    let path = folder.join(named).canonicalize()?;
    if !path.starts_with(&folder) {
        return Err(BesideError::Outside.into());
    }
    Ok(Box::new(HostFile::open_regular(&path)?))
}

fn path(name: &str) -> Result<PathBuf, BesideError> {
    let name = name.strip_prefix("file://").or_else(|| name.strip_prefix("file:")).unwrap_or(name);
    if name.is_empty() || name.contains('\0') {
        return Err(BesideError::NoPath(name.to_owned()));
    }
    let path = PathBuf::from(name.replace('\\', "/"));
    let leads_up = path.components().any(|part| part == Component::ParentDir);
    // `C:\base.vhd` and `nbd://host` name nothing here, and nothing of another name is guessed.
    let has_scheme = name.split(['/', '\\']).next().is_some_and(|first| first.contains(':'));
    if leads_up || name.starts_with("\\\\") || has_scheme {
        return Err(BesideError::Outside);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_files_of_the_own_folder_are_opened() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("images");
        fs::create_dir_all(folder.join("base")).unwrap();
        fs::write(folder.join("base/a.qcow2"), "a").unwrap();
        fs::write(above.path().join("secret"), "no").unwrap();
        let full = folder.join("base/a.qcow2").display().to_string();
        for name in ["base/a.qcow2", ".\\base\\a.qcow2", "file:base/a.qcow2", &full] {
            assert!(open(&folder, name).is_ok(), "{name}");
        }
        let secret = above.path().join("secret").display().to_string();
        for name in [
            "../secret",
            "base/../../secret",
            &secret,
            "/etc/passwd",
            "C:\\base\\a.qcow2",
            "\\\\server\\share\\a",
            "nbd://host/a",
            "json:{}",
        ] {
            let error = open(&folder, name).err().unwrap().to_string();
            assert!(error.contains("leads out"), "{name}: {error}");
        }
        for name in ["", "base", "absent", "a\0b"] {
            assert!(open(&folder, name).is_err(), "{name:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("images");
        fs::create_dir(&folder).unwrap();
        fs::write(above.path().join("secret"), "no").unwrap();
        std::os::unix::fs::symlink("../secret", folder.join("base")).unwrap();
        assert!(open(&folder, "base").err().unwrap().to_string().contains("leads out"));
    }
}
