//! The readable form: the file, then what it is, line by line.

use std::fmt::Display;
use std::io::{self, Write};

use staunch_report::neutral;

/// Columns of the names of facts, with the space behind them.
const WIDTH: usize = 16;

pub(super) struct Page<'o> {
    out: &'o mut dyn Write,
    file: String,
}

impl<'o> Page<'o> {
    pub(super) fn new(out: &'o mut dyn Write, file: &str) -> Self {
        Self { out, file: neutral(file).into_owned() }
    }

    /// Writes the first line.
    pub(super) fn title(&mut self, what: impl Display) -> io::Result<()> {
        writeln!(self.out, "{}: {}", self.file, neutral(&what.to_string()))
    }

    /// Writes one fact.
    pub(super) fn fact(&mut self, name: &str, value: impl Display) -> io::Result<()> {
        writeln!(self.out, "  {name:WIDTH$}{}", neutral(&value.to_string()))
    }

    /// Writes facts of one name; the name stands once.
    pub(super) fn facts<T: Display>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        let mut name = name;
        for value in values {
            self.fact(name, value)?;
            name = "";
        }
        Ok(())
    }

    /// Writes a line as it is, but for what a terminal would obey.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", neutral(line))
    }
}
