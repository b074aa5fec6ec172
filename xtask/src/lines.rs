use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::process;

/// Longest source file, in lines.
const LIMIT: usize = 600;

/// Folders whose files are no source of this project.
const SKIPPED: &[&str] = &[".git", "fixtures", "target"];

/// Checks the length of every Rust source file.
///
/// # Errors
/// When a file is longer than the limit or cannot be read.
pub(crate) fn check() -> anyhow::Result<()> {
    let root = process::workspace_root();
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    let mut long = Vec::new();
    for file in &files {
        let text =
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let lines = text.lines().count();
        if lines > LIMIT {
            let name = file.strip_prefix(&root).unwrap_or(file).display();
            long.push(format!("{name}: {lines} lines"));
        }
    }
    if !long.is_empty() {
        bail!("source files longer than {LIMIT} lines:\n  {}", long.join("\n  "));
    }
    println!("{} source files, none longer than {LIMIT} lines", files.len());
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let unreadable = || format!("cannot list {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let path = entry.path();
        let kind = entry.file_type().with_context(unreadable)?;
        if kind.is_dir() {
            if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
