//! A folder of this computer with the files of a Windows volume, seen as Windows would see it.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use staunch_format::volume::{
    Content, Entry, FileId, FileName, FileSystem, Metadata, Reparse, Visit, Volume, VolumeError,
};
use staunch_format::{Fault, ReadAt};
use staunch_model::fold_file_name;

use crate::host_file::HostFile;
use crate::offline::Warnings;

const ROOT: FileId = FileId::new(0);

/// Most names that are kept of all folders that were looked into.
const MOST_NAMES: usize = 1 << 20;

/// A folder that stands for the root of a volume.
///
/// Names are found without regard to case, whatever the file system below does; of names that
/// differ only in case the one that is written as asked is taken. Links within the folder are
/// followed, and those that lead out of it are links to elsewhere.
pub(crate) struct Tree {
    /// Without links on the way.
    root: PathBuf,
    state: Mutex<State>,
    warnings: Arc<Warnings>,
}

/// Folders that were looked into. A file is named by its folder's place here and its own in it.
#[derive(Default)]
struct State {
    listings: Vec<Arc<Listing>>,
    by_path: HashMap<PathBuf, usize>,
    names: usize,
}

struct Listing {
    path: PathBuf,
    /// In the order of folded names.
    names: Vec<Listed>,
}

struct Listed {
    folded: String,
    name: OsString,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
    Link,
    /// A pipe, a device or the like.
    Special,
}

/// What a file is, with links within the folder followed.
enum Node {
    Folder(PathBuf),
    File(PathBuf),
    Outside(PathBuf),
    Special(PathBuf),
}

impl Tree {
    /// Opens a folder.
    pub(crate) fn open(folder: &Path, warnings: Arc<Warnings>) -> io::Result<Self> {
        let root = folder.canonicalize()?;
        fs::read_dir(&root)?;
        Ok(Self { root, state: Mutex::default(), warnings })
    }

    fn node(&self, file: FileId) -> Result<Node, VolumeError> {
        if file == ROOT {
            return Ok(Node::Folder(self.root.clone()));
        }
        let (listing, index) = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let number = (file.number() >> 32) as usize;
            let listing = number.checked_sub(1).and_then(|at| state.listings.get(at)).cloned();
            (listing, file.number() as u32 as usize)
        };
        let listed =
            listing.as_ref().and_then(|listing| Some((listing, listing.names.get(index)?)));
        let Some((listing, listed)) = listed else {
            return Err(Fault::new("folder", 0, "a file of it", file.number()).into());
        };
        let path = listing.path.join(&listed.name);
        Ok(match listed.kind {
            Kind::Folder => Node::Folder(path),
            Kind::File => Node::File(path),
            Kind::Special => Node::Special(path),
            Kind::Link => self.follow(path)?,
        })
    }

    /// Follows a link, and those behind it, as long as they stay inside.
    fn follow(&self, path: PathBuf) -> Result<Node, VolumeError> {
        let target = match path.canonicalize() {
            Ok(target) if target.starts_with(&self.root) => target,
            // Nothing is said of what lies outside, not even whether it is there.
            _ => {
                let target = fs::read_link(&path).map_err(|error| unreadable(&path, error))?;
                return Ok(Node::Outside(target));
            }
        };
        let metadata = target.metadata().map_err(|error| unreadable(&target, error))?;
        Ok(match kind(metadata.file_type()) {
            Kind::Folder => Node::Folder(target),
            Kind::File => Node::File(target),
            Kind::Link | Kind::Special => Node::Special(target),
        })
    }

    /// Returns the names of a folder and its number.
    fn listing(&self, folder: FileId) -> Result<(u64, Arc<Listing>), VolumeError> {
        let Node::Folder(path) = self.node(folder)? else {
            return Err(VolumeError::NotAFolder { file: folder.number() });
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = state.by_path.get(&path) {
            return Ok((*at as u64 + 1, Arc::clone(&state.listings[*at])));
        }
        let names = read_names(&path, MOST_NAMES - state.names)?;
        state.names += names.len();
        let listing = Arc::new(Listing { path: path.clone(), names });
        state.listings.push(Arc::clone(&listing));
        let number = state.listings.len();
        state.by_path.insert(path, number - 1);
        Ok((number as u64, listing))
    }

    fn entry(&self, number: u64, index: usize, listed: &Listed) -> Result<Entry, VolumeError> {
        let file = FileId::new(number << 32 | index as u64);
        let units = listed.name.to_string_lossy().encode_utf16().collect();
        let name = FileName::new("name of a file", 0, units)?;
        let is_directory = match listed.kind {
            Kind::Folder => true,
            Kind::File | Kind::Special => false,
            Kind::Link => matches!(self.node(file)?, Node::Folder(_)),
        };
        Ok(Entry { name, file, is_directory })
    }
}

impl Volume for Tree {
    fn file_system(&self) -> FileSystem {
        FileSystem::Host
    }

    fn warnings(&self) -> &[Fault] {
        &[]
    }

    fn root(&self) -> FileId {
        ROOT
    }

    fn lookup(&self, folder: FileId, name: &str) -> Result<Option<Entry>, VolumeError> {
        let (number, listing) = self.listing(folder)?;
        let folded = fold_file_name(name);
        let start = listing.names.partition_point(|listed| listed.folded < folded);
        let same = listing.names[start..].iter().take_while(|listed| listed.folded == folded);
        let same: Vec<(usize, &Listed)> = (start..).zip(same).collect();
        let exact = same.iter().find(|(_, listed)| listed.name == *name);
        let Some((index, listed)) = exact.or(same.first()) else { return Ok(None) };
        if same.len() > 1 {
            let all: Vec<_> =
                same.iter().map(|(_, listed)| listed.name.to_string_lossy()).collect();
            let taken = listed.name.to_string_lossy();
            let found = format!("{}: names differ only in case; {taken} is taken", all.join(", "));
            self.warnings.add(&listing.path.display(), found);
        }
        self.entry(number, *index, listed).map(Some)
    }

    fn list(&self, folder: FileId, visit: &mut Visit<'_>) -> Result<(), VolumeError> {
        let (number, listing) = self.listing(folder)?;
        for (index, listed) in listing.names.iter().enumerate() {
            let entry = match self.entry(number, index, listed) {
                Ok(entry) => Ok(entry),
                Err(error) => Err(Fault::new("name of a file", 0, "one of Windows", error)),
            };
            if visit(entry) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    fn metadata(&self, file: FileId) -> Result<Metadata, VolumeError> {
        let mut metadata =
            Metadata { is_directory: false, length: 0, reparse: None, streams: Vec::new() };
        match self.node(file)? {
            Node::Folder(_) => metadata.is_directory = true,
            Node::File(path) => {
                let found = path.metadata().map_err(|error| unreadable(&path, error))?;
                metadata.length = found.len();
            }
            Node::Outside(target) => {
                let target = target.display().to_string();
                metadata.reparse = Some(Reparse::SymbolicLink { target, relative: false });
            }
            Node::Special(_) => {}
        }
        Ok(metadata)
    }

    fn open(&self, file: FileId, stream: &str) -> Result<Content<'_>, VolumeError> {
        let none = || VolumeError::NoSuchStream { file: file.number(), stream: stream.to_owned() };
        if !stream.is_empty() {
            return Err(none());
        }
        match self.node(file)? {
            Node::Folder(_) => Err(none()),
            Node::File(path) | Node::Special(path) => {
                let opened = HostFile::open_regular(&path);
                let opened = opened.map_err(|error| unreadable(&path, error))?;
                Ok(Box::new(opened) as Box<dyn ReadAt>)
            }
            Node::Outside(target) => {
                let outside = io::Error::other("the link leads out of the folder");
                Err(unreadable(&target, outside))
            }
        }
    }
}

fn read_names(path: &Path, most: usize) -> Result<Vec<Listed>, VolumeError> {
    let failed = |error| unreadable(path, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if names.len() == most {
            let expected = format_args!("at most {MOST_NAMES} names in all folders");
            return Err(Fault::new("folder", 0, expected, "more").into());
        }
        let name = entry.file_name();
        let folded = fold_file_name(&name.to_string_lossy());
        names.push(Listed { folded, name, kind: kind(entry.file_type().map_err(failed)?) });
    }
    names.sort_by(|a, b| match a.folded.cmp(&b.folded) {
        Ordering::Equal => a.name.cmp(&b.name),
        unequal => unequal,
    });
    Ok(names)
}

fn kind(file_type: fs::FileType) -> Kind {
    if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else if file_type.is_symlink() {
        Kind::Link
    } else {
        Kind::Special
    }
}

fn unreadable(path: &Path, source: io::Error) -> VolumeError {
    VolumeError::Host { object: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use staunch_format::volume::resolve::{Resolved, resolve};

    fn tree(folder: &Path) -> (Tree, Arc<Warnings>) {
        let warnings = Arc::new(Warnings::default());
        (Tree::open(folder, Arc::clone(&warnings)).unwrap(), warnings)
    }

    fn content(tree: &Tree, path: &[&str]) -> Option<Vec<u8>> {
        let Resolved::File(file) = resolve(tree, 'C', path).unwrap() else { return None };
        let content = tree.open(file, "").unwrap();
        let mut bytes = vec![0; content.len() as usize];
        content.read_at(0, &mut bytes).unwrap();
        Some(bytes)
    }

    #[test]
    fn names_are_found_without_regard_to_case() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("WINDOWS/System32")).unwrap();
        fs::write(folder.path().join("WINDOWS/System32/Größe.dll"), "1").unwrap();
        let (tree, warnings) = tree(folder.path());
        assert_eq!(content(&tree, &["windows", "SYSTEM32", "GRÖßE.DLL"]), Some(b"1".to_vec()));
        assert_eq!(content(&tree, &["windows", "system32", "other"]), None);
        assert_eq!(content(&tree, &["windows", "system32", "größe.dll", "below"]), None);
        assert_eq!(warnings.all(), []);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn of_names_that_differ_in_case_the_exact_one_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.dll"), "lower").unwrap();
        fs::write(folder.path().join("A.dll"), "upper").unwrap();
        let (tree, warnings) = tree(folder.path());
        assert_eq!(content(&tree, &["a.dll"]), Some(b"lower".to_vec()));
        assert_eq!(content(&tree, &["A.dll"]), Some(b"upper".to_vec()));
        assert_eq!(content(&tree, &["A.DLL"]), Some(b"upper".to_vec()));
        let said: Vec<String> = warnings.all().into_iter().map(|w| w.message).collect();
        assert_eq!(said[0], "A.dll, a.dll: names differ only in case; a.dll is taken");
        assert_eq!(said.len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_only() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "no").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("Users")).unwrap();
        fs::write(at("Users/a.txt"), "yes").unwrap();
        symlink("Users", at("Documents and Settings")).unwrap();
        symlink(outside.path(), at("out")).unwrap();
        symlink(outside.path().join("secret"), at("file")).unwrap();
        symlink(".", at("Users/loop")).unwrap();
        symlink("nowhere", at("gone")).unwrap();
        let (tree, _) = tree(folder.path());
        assert_eq!(content(&tree, &["documents and settings", "a.txt"]), Some(b"yes".to_vec()));
        let loops = ["users", "loop", "loop", "loop", "a.txt"];
        assert_eq!(content(&tree, &loops), Some(b"yes".to_vec()));
        for path in [&["out", "secret"][..], &["file"], &["gone"]] {
            let found = resolve(&tree, 'C', path).unwrap();
            assert!(matches!(found, Resolved::Outside { .. }), "{path:?}: {found:?}");
        }
        let file = tree.lookup(tree.root(), "file").unwrap().unwrap().file;
        assert!(tree.open(file, "").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("ntdll.dll");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let (tree, _) = tree(folder.path());
        let file = tree.lookup(tree.root(), "NTDLL.DLL").unwrap().unwrap().file;
        let error = tree.open(file, "").err().unwrap();
        assert!(matches!(error, VolumeError::Host { .. }), "{error}");
    }
}
