//! Where documents go: the standard output, or a file that appears whole or not at all.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use staunch_report::TextStyle;

/// Where to write, and how it should look.
#[derive(Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// Write to this file instead of the standard output; mbsa also takes a folder
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Colours in text
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

const NARROWEST: usize = 40;
const WIDEST: usize = 140;
const WITHOUT_TERMINAL: usize = 100;

impl OutputArgs {
    /// Returns the style for text.
    pub(crate) fn style(&self, all: bool) -> TextStyle {
        let terminal = self.output.is_none() && io::stdout().is_terminal();
        #[expect(clippy::disallowed_methods, reason = "the program speaks to the terminal")]
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match self.color {
            Colour::Auto => terminal && !plain,
            Colour::Always => true,
            Colour::Never => false,
        };
        let width = terminal_size::terminal_size()
            .filter(|_| terminal)
            .map_or(WITHOUT_TERMINAL, |(columns, _)| usize::from(columns.0));
        TextStyle { colour, width: width.clamp(NARROWEST, WIDEST), all }
    }

    /// Returns the output when it is a folder, which takes a file for each machine.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.is_dir())
    }

    /// Writes one document.
    pub(crate) fn write(
        &self,
        document: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        match &self.output {
            Some(path) => write_whole(path, document),
            None => {
                let mut out = io::BufWriter::new(io::stdout().lock());
                document(&mut out)?;
                out.flush()?;
                Ok(())
            }
        }
    }
}

/// Whether to print JSON rather than text.
#[derive(Debug, clap::Args)]
pub(crate) struct JsonArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl JsonArgs {
    /// Prints a document to the standard output, or the text that says the same.
    pub(crate) fn print(
        &self,
        document: &impl Serialize,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.json {
            serde_json::to_writer_pretty(&mut out, document)?;
            writeln!(out)?;
        } else {
            text(&mut out)?;
        }
        out.flush()?;
        Ok(())
    }
}

/// Writes a file that appears whole or not at all.
pub(crate) fn write_whole(
    path: &Path,
    document: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let write = || -> io::Result<()> {
        let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        let mut out = io::BufWriter::new(file);
        document(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))
}
