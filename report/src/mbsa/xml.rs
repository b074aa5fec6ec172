//! Elements and attributes on their way out.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

/// A text as XML 1.0 has it in elements and in quoted attributes; characters that XML forbids are
/// left out.
///
/// Source: W3C, "Extensible Markup Language (XML) 1.0 (Fifth Edition)", 2.2.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // References keep them as they are, where a reader would make spaces of them.
                '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}' => write!(f, "&#{};", u32::from(c))?,
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A document; what it has open it closes in the end.
pub(super) struct Xml<'o> {
    out: &'o mut dyn Write,
    open: Vec<&'static str>,
}

impl<'o> Xml<'o> {
    /// Begins a document in UTF-8.
    pub(super) fn new(out: &'o mut dyn Write) -> io::Result<Self> {
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        Ok(Self { out, open: Vec::new() })
    }

    /// Opens an element.
    pub(super) fn open(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &str)],
    ) -> io::Result<()> {
        write!(self.out, "{}<{name}", "  ".repeat(self.open.len()))?;
        for (name, value) in attributes {
            write!(self.out, " {name}=\"{}\"", Escaped(value))?;
        }
        self.open.push(name);
        writeln!(self.out, ">")
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) -> io::Result<()> {
        match self.open.pop() {
            Some(name) => writeln!(self.out, "{}</{name}>", "  ".repeat(self.open.len())),
            None => Ok(()),
        }
    }

    /// Writes an element that has nothing but text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let indent = "  ".repeat(self.open.len());
        writeln!(self.out, "{indent}<{name}>{}</{name}>", Escaped(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_is_text_and_forbidden_characters_are_gone() {
        assert_eq!(
            Escaped("<a b=\"'&'\">]]>\u{0}\u{1b}[0m\r\n\t\u{9b}\u{ffff}é").to_string(),
            "&lt;a b=&quot;'&amp;'&quot;&gt;]]&gt;[0m&#13;&#10;&#9;&#155;é"
        );
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_opens_markup_or_is_forbidden(text: String) {
            let escaped = Escaped(&text).to_string();
            let is_left = escaped.contains(['<', '>', '"', '\u{fffe}', '\u{ffff}']);
            prop_assert!(!is_left && !escaped.contains(char::is_control));
        }
    }
}
