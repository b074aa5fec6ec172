//! Programs that are not ours, which write volumes or read them as a second opinion.

#![expect(clippy::disallowed_methods, reason = "tests compare with what other programs say")]

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
};

use staunch_format::volume::{FileId, Volume};

/// Tells whether all programs are installed, and says that the test is skipped where one is not.
pub(crate) fn installed(programs: &[&str]) -> bool {
    let absent = programs.iter().find(|program| {
        let found = Command::new("sh").args(["-c", "command -v \"$0\"", program]).output();
        !found.is_ok_and(|found| found.status.success())
    });
    if let Some(program) = absent {
        println!("skipped: {program} is not installed");
    }
    absent.is_none()
}

/// Runs a program that must succeed and returns its output.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    try_run(program, arguments).unwrap_or_else(|message| panic!("{message}"))
}

/// Runs a program and returns its output, or what it complained about.
pub(crate) fn try_run(program: &str, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// A volume that is mounted, until the end of the test.
pub(crate) struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    /// Mounts an image with ntfs-3g, where the machine lets one.
    pub(crate) fn ntfs(image: &Path, folder: &'a Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let paths = [image.to_str().unwrap(), folder.to_str().unwrap()];
        match try_run("ntfs-3g", &[paths[0], paths[1], "-o", options]) {
            Ok(_) => Some(Self(folder)),
            Err(message) => {
                println!("skipped: cannot mount: {message}");
                None
            }
        }
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = try_run("umount", &[self.0.to_str().unwrap()]);
    }
}

/// What a volume holds: paths with `/`, streams as `path:name`, and the content of files.
pub(crate) fn tree(volume: &dyn Volume) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![(String::new(), volume.root())];
    while let Some((path, folder)) = folders.pop() {
        let mut entries = vec![];
        volume
            .list(folder, &mut |entry| {
                entries.push(entry.unwrap());
                ControlFlow::Continue(())
            })
            .unwrap();
        for entry in entries {
            let path = format!("{path}{}", entry.name);
            let metadata = volume.metadata(entry.file).unwrap();
            assert_eq!(metadata.is_directory, entry.is_directory, "{path}");
            for stream in metadata.streams {
                let content = content(volume, entry.file, &stream.to_string()).unwrap();
                tree.insert(format!("{path}:{stream}"), Some(content));
            }
            if entry.is_directory {
                folders.push((format!("{path}/"), entry.file));
                tree.insert(path, None);
            } else if let Some(content) = content(volume, entry.file, "") {
                tree.insert(path, Some(content));
            }
        }
    }
    tree
}

/// Reads a stream; nothing for content that is elsewhere.
pub(crate) fn content(volume: &dyn Volume, file: FileId, stream: &str) -> Option<Vec<u8>> {
    let content = volume.open(file, stream).ok()?;
    let mut bytes = vec![0; usize::try_from(content.len()).unwrap()];
    content.read_at(0, &mut bytes).unwrap();
    Some(bytes)
}

/// Finds a path with `/`.
pub(crate) fn find(volume: &dyn Volume, path: &str) -> Option<FileId> {
    path.split('/')
        .try_fold(volume.root(), |folder, name| Some(volume.lookup(folder, name).unwrap()?.file))
}

/// Makes bytes that are alike in parts, as those of programs and texts are.
pub(crate) fn sample(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut bytes: Vec<u8> = vec![];
    while bytes.len() < length {
        let choice = next();
        let count = (choice >> 8 & 63) as usize;
        match choice & 7 {
            0..4 if bytes.len() > 64 => {
                let back = (next() as usize % bytes.len().min(40_000)).max(1);
                for _ in 0..count + 3 {
                    bytes.push(bytes[bytes.len() - back]);
                }
            }
            4 => bytes.extend(std::iter::repeat_n(0, count * 4)),
            5 => bytes.extend([0xE8, choice as u8, (choice >> 16 & 7) as u8, 0, 0]),
            _ => bytes.extend((0..count).map(|_| b"etaoin shrdlu\n"[next() as usize % 14])),
        }
    }
    bytes.truncate(length);
    bytes
}
