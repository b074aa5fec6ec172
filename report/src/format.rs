use std::fmt;
use std::io;
use std::str::FromStr;

/// Form of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people, on a terminal or in a mail.
    Text,
    /// The published schema.
    Json,
    /// One row for each finding or step.
    Csv,
    /// Static Analysis Results Interchange Format 2.1.0.
    Sarif,
    /// One page without external resources.
    Html,
    /// The XML report of the Microsoft Baseline Security Analyzer, one for each machine.
    Mbsa,
}

/// A word that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of the formats text, json, csv, sarif, html, mbsa, found {found:?}")]
pub struct FormatError {
    found: String,
}

impl Format {
    /// Every format.
    pub const ALL: &[Self] =
        &[Self::Text, Self::Json, Self::Csv, Self::Sarif, Self::Html, Self::Mbsa];
    /// The formats in which one document holds a scan of any number of machines.
    pub const SCAN: &[Self] = &[Self::Text, Self::Json, Self::Csv, Self::Sarif, Self::Html];
    /// The formats of a plan.
    pub const PLAN: &[Self] = &[Self::Text, Self::Json, Self::Csv];
    /// The formats of a comparison.
    pub const COMPARISON: &[Self] = &[Self::Text, Self::Json];
    /// The formats of an explanation.
    pub const EXPLANATION: &[Self] = &[Self::Text, Self::Json];

    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Sarif => "sarif",
            Self::Html => "html",
            Self::Mbsa => "mbsa",
        }
    }

    pub(crate) fn unsupported(self, what: &str, formats: &[Self]) -> io::Error {
        let words: Vec<&str> = formats.iter().map(|format| format.as_str()).collect();
        let message = format!("{what} are written as {}, not as {self}", words.join(", "));
        io::Error::new(io::ErrorKind::Unsupported, message)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| FormatError { found: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_formats_agree() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(*format));
        }
        assert_eq!("HTML".parse(), Ok(Format::Html));
        assert_eq!(
            "xml".parse::<Format>().map_err(|error| error.to_string()),
            Err("expected one of the formats text, json, csv, sarif, html, mbsa, found \"xml\""
                .into())
        );
    }
}
