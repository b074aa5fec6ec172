use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Identifier of a Microsoft security bulletin: `MS04-015`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BulletinId {
    year: u16,
    number: u16,
}

/// Reason why a text names no bulletin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a bulletin identifier from MS98-001 to MS17-999, found {found:?}")]
pub struct BulletinIdError {
    found: String,
}

impl BulletinId {
    /// Makes an identifier from the full year (1998 to 2017) and the number within it.
    pub fn new(year: u16, number: u16) -> Option<Self> {
        ((1998..=2017).contains(&year) && (1..=999).contains(&number))
            .then_some(Self { year, number })
    }

    /// Returns the full year, such as 2004.
    pub fn year(self) -> u16 {
        self.year
    }

    /// Returns the number within the year.
    pub fn number(self) -> u16 {
        self.number
    }
}

impl fmt::Display for BulletinId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MS{:02}-{:03}", self.year % 100, self.number)
    }
}

impl FromStr for BulletinId {
    type Err = BulletinIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || BulletinIdError { found: text.chars().take(40).collect() };
        let body = text.trim();
        let bytes = body.as_bytes();
        let shaped = bytes.len() == 8
            && bytes[..2].eq_ignore_ascii_case(b"MS")
            && bytes[4] == b'-'
            && [2, 3, 5, 6, 7].iter().all(|&at| bytes[at].is_ascii_digit());
        if !shaped {
            return Err(error());
        }
        let digit = |at: usize| u16::from(bytes[at] - b'0');
        let short = digit(2) * 10 + digit(3);
        let year = if short >= 90 { 1900 + short } else { 2000 + short };
        Self::new(year, digit(5) * 100 + digit(6) * 10 + digit(7)).ok_or_else(error)
    }
}

serde_as_text!(BulletinId);
serde_as_text!(BulletinVersion);

/// Version of a bulletin: `1.0` when it is published, a new first number for a change that asks
/// for action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BulletinVersion {
    major: u16,
    minor: u16,
}

/// Reason why a text is no version of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a version such as 1.0, found {found:?}")]
pub struct BulletinVersionError {
    found: String,
}

impl BulletinVersion {
    /// Makes a version from its two numbers.
    pub fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for BulletinVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for BulletinVersion {
    type Err = BulletinVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || BulletinVersionError { found: text.chars().take(40).collect() };
        let (major, minor) = text.trim().split_once('.').ok_or_else(error)?;
        let number = |part: &str| part.parse().map_err(|_| error());
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulletins_order_by_year_over_the_century() {
        let old: BulletinId = "MS98-010".parse().expect("a bulletin");
        let new: BulletinId = "ms04-015".parse().expect("a bulletin");
        assert!(old < new);
        assert_eq!((old.to_string(), new.to_string()), ("MS98-010".into(), "MS04-015".into()));
    }

    #[test]
    fn what_is_no_bulletin_is_refused() {
        for text in ["MS04015", "MS18-001", "MS97-001", "MS04-000", "MS04-0１5", "KB840374"] {
            assert!(text.parse::<BulletinId>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_compare_as_numbers() {
        let version = |text: &str| text.parse::<BulletinVersion>().unwrap();
        assert!(version("1.10") > version("1.9"));
        assert_eq!(version(" 2.0 ").to_string(), "2.0");
        assert!("V1".parse::<BulletinVersion>().is_err());
    }
}
