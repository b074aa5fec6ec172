//! Executables with their versions, and cabinets.

use std::io;
use std::path::Path;

use serde::Serialize;
use staunch_format::cabinet::CabinetHeader;
use staunch_format::pe::{self, Layout, VersionResource};
use staunch_format::{ReadAt, ReadAtError};
use staunch_machine::open_file;
use staunch_model::FileVersion;

use super::page::Page;
use crate::exit::{Exit, Failure};

/// What an executable says of itself.
#[derive(Serialize)]
pub(super) struct Pe {
    layout: &'static str,
    machine: String,
    /// Version of the fixed part, by which Windows compares files.
    fixed_version: Option<FileVersion>,
    product_version: Option<FileVersion>,
    /// The text `FileVersion`.
    string_version: Option<String>,
    /// Windows language identifier.
    language: Option<u16>,
    warnings: Vec<String>,
}

/// What the header of a cabinet says.
#[derive(Serialize)]
pub(super) struct Cabinet {
    version: String,
    /// Length in bytes.
    size: u32,
    folders: u16,
    files: u16,
    /// Number that the cabinets of a set share.
    set: u16,
    /// Place in the set, from 0.
    number: u16,
    has_previous: bool,
    has_next: bool,
}

pub(super) fn pe(path: &Path) -> Result<Pe, Failure> {
    let executable = read(path, |file| pe::read(file))?;
    let version = executable.version();
    let fixed = version.and_then(|version| version.fixed);
    let text = version.and_then(VersionResource::file_version_text);
    let mut warnings: Vec<String> = executable.warnings.iter().map(ToString::to_string).collect();
    if let (Some(fixed), Some(text)) = (fixed, text)
        && let Some(other) = leading_version(text)
        && other != fixed.file
    {
        warnings.push(format!("the fixed version is {}, and the text says {other}", fixed.file));
    }
    let resource = version.map(|version| version.language).filter(|language| *language != 0);
    let translation = version.and_then(|version| version.translations.first());
    Ok(Pe {
        layout: match executable.layout {
            Layout::Ne => "ne",
            Layout::Pe32 => "pe32",
            Layout::Pe32Plus => "pe32+",
        },
        machine: executable.machine.to_string(),
        fixed_version: fixed.map(|fixed| fixed.file),
        product_version: fixed.map(|fixed| fixed.product),
        string_version: text.map(str::to_owned),
        language: resource.or(translation.map(|translation| translation.language)),
        warnings,
    })
}

/// Returns the version that a text begins with, if it has all four numbers.
fn leading_version(text: &str) -> Option<FileVersion> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let text = text.trim_start();
    text[..text.find(|c| !is_part(c)).unwrap_or(text.len())].parse().ok()
}

pub(super) fn cabinet(path: &Path) -> Result<Cabinet, Failure> {
    let header = read(path, |file| CabinetHeader::read(file))?;
    let (major, minor) = header.version;
    Ok(Cabinet {
        version: format!("{major}.{minor}"),
        size: header.size,
        folders: header.folders,
        files: header.files,
        set: header.set,
        number: header.number,
        has_previous: header.has_previous,
        has_next: header.has_next,
    })
}

fn read<T>(
    path: &Path,
    read: impl Fn(&dyn ReadAt) -> Result<T, ReadAtError>,
) -> Result<T, Failure> {
    let name = path.display();
    let file =
        open_file(path).map_err(|error| Failure::new(Exit::Input, format!("{name}: {error}")))?;
    read(&file).map_err(|error| {
        let failure = Failure::of(Exit::Input, &error);
        Failure::new(Exit::Input, format!("{name}: {failure}"))
    })
}

impl Pe {
    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.title(format_args!("executable, {} for {}", self.layout, self.machine))?;
        page.facts("fixed version", self.fixed_version)?;
        page.facts("product version", self.product_version)?;
        page.facts("text version", &self.string_version)?;
        page.facts("language", self.language.map(|language| format!("{language:#06x}")))?;
        page.facts("warnings", &self.warnings)
    }
}

impl Cabinet {
    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.title(format_args!("cabinet, version {}", self.version))?;
        page.fact("bytes", self.size)?;
        page.fact("files", self.files)?;
        page.fact("folders", self.folders)?;
        if self.has_previous || self.has_next {
            page.fact("set", format_args!("{}, cabinet {}", self.set, self.number))?;
        }
        Ok(())
    }
}
