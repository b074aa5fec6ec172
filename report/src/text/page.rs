use std::io::{self, Write};

use super::TextStyle;
use super::ink::Ink;
use crate::columns::{fit, width, wrap};

const NARROWEST: usize = 72;

/// Lines of text on their way out, each kept within the width.
pub(super) struct Page<'o> {
    out: &'o mut dyn Write,
    colour: bool,
    width: usize,
    all: bool,
}

impl<'o> Page<'o> {
    pub(super) fn new(out: &'o mut dyn Write, style: &TextStyle) -> Self {
        Self { out, colour: style.colour, width: style.width.max(NARROWEST), all: style.all }
    }

    /// Returns how many columns a line may take.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Tells whether everything is to be listed.
    pub(super) fn all(&self) -> bool {
        self.all
    }

    /// Returns the text in a colour, when colours are wanted.
    pub(super) fn ink(&self, ink: Ink, text: &str) -> String {
        if self.colour { ink.on(text) } else { text.to_owned() }
    }

    /// Writes a line that is known to fit.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end())
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Writes a line across the page between two machines.
    pub(super) fn rule(&mut self) -> io::Result<()> {
        let line = self.ink(Ink::Faint, &"─".repeat(self.width));
        writeln!(self.out, "\n{line}\n")
    }

    /// Writes a heading after an empty line.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        let heading = self.ink(Ink::Strong, &fit(text, self.width));
        writeln!(self.out, "\n{heading}")
    }

    /// Writes a text wrapped and indented.
    pub(super) fn paragraph(&mut self, indent: usize, ink: Ink, text: &str) -> io::Result<()> {
        self.hanging(&" ".repeat(indent), Ink::Plain, ink, text)
    }

    /// Writes a text wrapped to the right of a lead, such as the number of a list.
    pub(super) fn hanging(
        &mut self,
        lead: &str,
        lead_ink: Ink,
        ink: Ink,
        text: &str,
    ) -> io::Result<()> {
        let indent = width(lead);
        let lines = wrap(text, self.width.saturating_sub(indent).max(NARROWEST / 2));
        for (at, line) in lines.iter().enumerate() {
            let before = if at == 0 { self.ink(lead_ink, lead) } else { " ".repeat(indent) };
            let line = self.ink(ink, line);
            writeln!(self.out, "{before}{line}")?;
        }
        Ok(())
    }

    /// Writes parts in one line with dots between them, wrapped between the parts.
    pub(super) fn parts(&mut self, indent: usize, ink: Ink, parts: &[String]) -> io::Result<()> {
        let limit = self.width.saturating_sub(indent);
        let mut line = String::new();
        for part in parts {
            if !line.is_empty() && width(&line) + 3 + width(part) > limit {
                self.paragraph(indent, ink, &line)?;
                line.clear();
            }
            if !line.is_empty() {
                line.push_str(" · ");
            }
            line.push_str(part);
        }
        self.paragraph(indent, ink, &line)
    }
}
