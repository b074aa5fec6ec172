use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Number of a Microsoft Knowledge Base article, which names an update: `KB4487017`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KbNumber(u32);

/// Reason why a text is not a Knowledge Base number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a knowledge base number of 5 to 8 digits such as KB4487017, found {found:?}")]
pub struct KbNumberError {
    found: String,
}

impl KbNumber {
    /// The update with which Windows 7, Server 2008 and Server 2008 R2 take what is signed with SHA-2
    /// alone, as every update of theirs is since August 2019.
    ///
    /// Source: Microsoft, KB4472027, "2019 SHA-2 code signing support requirement for Windows and
    /// WSUS".
    pub const SHA2_SIGNING: Self = Self(4_474_419);

    const MIN: u32 = 10_000;
    const MAX: u32 = 99_999_999;

    /// Makes a number from its digits, or nothing when no article can have that number.
    pub fn new(number: u32) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&number).then_some(Self(number))
    }

    /// Returns the digits as a number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for KbNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KB{}", self.0)
    }
}

impl FromStr for KbNumber {
    type Err = KbNumberError;

    /// Reads `KB4487017`, `kb 4487017`, `Q147222` and `4487017`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || KbNumberError { found: text.chars().take(40).collect() };
        let body = text.trim();
        let digits = body
            .get(..2)
            .filter(|prefix| prefix.eq_ignore_ascii_case("kb"))
            .map(|_| &body[2..])
            .or_else(|| body.strip_prefix(['Q', 'q']))
            .unwrap_or(body)
            .trim_start();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        digits.parse().ok().and_then(Self::new).ok_or_else(error)
    }
}

serde_as_text!(KbNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_the_same_article() {
        for text in ["KB4487017", "kb4487017", "KB 4487017", "4487017", " Q4487017 "] {
            assert_eq!(text.parse(), Ok(KbNumber(4_487_017)), "{text}");
        }
    }

    #[test]
    fn what_is_no_article_is_refused() {
        for text in ["", "KB", "File 1", "KB12", "KB123456789", "KB44870l7", "-4487017", "é4487017"]
        {
            assert!(text.parse::<KbNumber>().is_err(), "{text}");
        }
    }
}
