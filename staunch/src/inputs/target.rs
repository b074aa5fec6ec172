//! A folder or a disk image to the machine on it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use staunch_assess::Machine;
use staunch_machine::{Facts, Medium, is_disk_image, observe, operating_system};
use staunch_report::neutral;

use crate::exit::{Exit, Failure};

/// Faults of a medium without an installation that are told.
const MOST_TOLD: usize = 3;

/// Tells whether something is a folder or a disk image; everything else is read as a text.
pub(super) fn is_target(path: &Path) -> Result<bool, Failure> {
    // What is no file, such as a pipe, can be read only once.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(metadata) if is_seekable(&metadata) => is_disk_image(path)
            .map_err(|error| Failure::new(Exit::Input, format!("{}: {error}", path.display()))),
        _ => Ok(false),
    }
}

/// Tells whether a file can be read more than once and from any place.
pub(super) fn is_seekable(metadata: &fs::Metadata) -> bool {
    metadata.is_file() || is_disk(metadata)
}

#[cfg(unix)]
fn is_disk(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_block_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_disk(_: &fs::Metadata) -> bool {
    false
}

/// Opens a folder or a disk image.
pub(crate) fn medium(path: &Path) -> Result<Medium, Failure> {
    let opened = if path.is_dir() { Medium::of_folder(path) } else { Medium::of_image(path) };
    opened.map_err(|error| Failure::of(Exit::Input, &error))
}

/// Observes the machine that a folder or a disk image holds.
pub(super) fn see(path: &Path, installation: Option<usize>) -> Result<Machine, Failure> {
    let medium = medium(path)?;
    let number = match (medium.installations().len(), installation) {
        (0, _) => return Err(none(path, &medium)),
        (_, Some(number)) => number,
        (1, None) => 1,
        (_, None) => return Err(several(&medium)),
    };
    let seen = medium.see(number).map_err(|error| Failure::of(Exit::Input, &error))?;
    observed(medium.name(), seen)
}

/// Observes an installation under a name.
pub(super) fn observed(name: &str, seen: impl Facts + 'static) -> Result<Machine, Failure> {
    let (facts, mut warnings) = observe(&seen);
    let system = operating_system(&facts).map_err(|error| {
        let unread = told(&seen.warnings());
        Failure::new(Exit::Machine, format!("{name}: {error}{unread}"))
    })?;
    warnings.extend(seen.warnings());
    let inputs = vec![name.to_owned()];
    Ok(Machine { system, facts, seen: Some(Arc::new(seen)), inputs, warnings })
}

fn none(path: &Path, medium: &Medium) -> Failure {
    let unread = told(&medium.warnings());
    let message = format!("{}: expected a Windows installation, found none{unread}", medium.name());
    let failure = Failure::new(Exit::Input, message);
    if !path.is_dir() {
        return failure.hint("`staunch inspect` says what is on the disk");
    }
    let is_windows = |name: &std::ffi::OsStr| name.eq_ignore_ascii_case("system32");
    let inside = fs::read_dir(path)
        .is_ok_and(|mut names| names.any(|entry| entry.is_ok_and(|e| is_windows(&e.file_name()))));
    if inside {
        failure.hint("name the folder above it, which stands for the drive")
    } else {
        failure.hint(
            "name a folder that holds a folder such as WINDOWS, or the inventory files in it, for \
             example with a pattern such as hosts/*",
        )
    }
}

fn several(medium: &Medium) -> Failure {
    let count = medium.installations().len();
    let mut message = format!("{}: found {count} Windows installations", medium.name());
    for (number, installation) in (1..).zip(medium.installations()) {
        let partition = installation.partition.map(|number| format!("partition {number}, "));
        let product = medium.product(installation);
        let product = product.as_deref().unwrap_or("the product cannot be read");
        message.push_str(&format!(
            "\n  {number}  {}{}: {}",
            partition.unwrap_or_default(),
            neutral(&installation.folder),
            neutral(product)
        ));
    }
    Failure::new(Exit::Input, message).hint("choose one with --installation N")
}

/// Puts the first warnings into lines below an error.
fn told(warnings: &[staunch_model::Warning]) -> String {
    let line = |warning: &staunch_model::Warning| {
        format!("\n  {}: {}", neutral(&warning.object), neutral(&warning.message))
    };
    warnings.iter().take(MOST_TOLD).map(line).collect()
}
