use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Version of a file in its four parts, as Windows compares them.
///
/// Source: `VS_FIXEDFILEINFO`, fields `dwFileVersionMS` and `dwFileVersionLS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileVersion {
    major: u16,
    minor: u16,
    build: u16,
    revision: u16,
}

/// Build of a Windows installation, with the update build revision (UBR) where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OsBuild {
    major: u16,
    minor: u16,
    build: u32,
    revision: Option<u32>,
}

/// Reason why a text is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} numbers separated by dots, found {found:?}")]
pub struct VersionError {
    expected: &'static str,
    found: String,
}

impl FileVersion {
    /// Makes a version from its four parts.
    pub fn new(major: u16, minor: u16, build: u16, revision: u16) -> Self {
        Self { major, minor, build, revision }
    }

    /// Returns the four parts, most significant first.
    pub fn parts(self) -> [u16; 4] {
        [self.major, self.minor, self.build, self.revision]
    }
}

impl OsBuild {
    /// Makes a build such as 10.0.17763 with an optional revision.
    pub fn new(major: u16, minor: u16, build: u32, revision: Option<u32>) -> Self {
        Self { major, minor, build, revision }
    }

    /// Returns the version of Windows NT: `(10, 0)`.
    pub fn version(self) -> (u16, u16) {
        (self.major, self.minor)
    }

    /// Returns the build number: 17763.
    pub fn build(self) -> u32 {
        self.build
    }

    /// Returns the update build revision, when it is known.
    pub fn revision(self) -> Option<u32> {
        self.revision
    }

    /// Returns the same build with another revision.
    pub fn with_revision(self, revision: Option<u32>) -> Self {
        Self { revision, ..self }
    }
}

fn parts<T: FromStr>(text: &str) -> Option<Vec<T>> {
    text.trim()
        .split('.')
        .map(|part| {
            (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        })
        .collect()
}

impl fmt::Display for FileVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.major, self.minor, self.build, self.revision)
    }
}

impl FromStr for FileVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match parts::<u16>(text).as_deref() {
            Some(&[major, minor, build, revision]) => Ok(Self { major, minor, build, revision }),
            _ => Err(VersionError { expected: "four", found: text.chars().take(40).collect() }),
        }
    }
}

impl fmt::Display for OsBuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.build)?;
        self.revision.map_or(Ok(()), |revision| write!(f, ".{revision}"))
    }
}

impl FromStr for OsBuild {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error =
            || VersionError { expected: "three or four", found: text.chars().take(40).collect() };
        let (major, minor, build, revision) = match parts::<u32>(text).as_deref() {
            Some(&[major, minor, build]) => (major, minor, build, None),
            Some(&[major, minor, build, revision]) => (major, minor, build, Some(revision)),
            _ => return Err(error()),
        };
        let (Ok(major), Ok(minor)) = (u16::try_from(major), u16::try_from(minor)) else {
            return Err(error());
        };
        Ok(Self { major, minor, build, revision })
    }
}

serde_as_text!(FileVersion);
serde_as_text!(OsBuild);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_compare_as_numbers() {
        let version = |text: &str| text.parse::<FileVersion>().expect("a version");
        assert!(version("5.1.2600.137") < version("5.1.2600.1106"));
        assert!(version("5.1.2600.1106") < version("5.1.2600.1515"));
    }

    #[test]
    fn builds_keep_an_unknown_revision_unknown() {
        let build: OsBuild = "10.0.17763".parse().expect("a build");
        assert_eq!((build.build(), build.revision()), (17763, None));
        assert_eq!("10.0.17763.4737".parse::<OsBuild>().map(|b| b.revision()), Ok(Some(4737)));
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in ["", "1.2.3", "1.2.3.4.5", "1.2.3.70000", "1..2.3", "1.2.3.-4", "a.b.c.d"] {
            assert!(text.parse::<FileVersion>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_version_are_the_same_thing(a: u16, b: u16, c: u16, d: u16) {
            let version = FileVersion::new(a, b, c, d);
            prop_assert_eq!(version.to_string().parse::<FileVersion>(), Ok(version));
        }

        #[test]
        fn version_order_is_total(x: [u16; 4], y: [u16; 4], z: [u16; 4]) {
            let [x, y, z] = [x, y, z].map(|[a, b, c, d]| FileVersion::new(a, b, c, d));
            prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
            prop_assert_eq!(x.cmp(&y).is_eq(), x == y);
            prop_assert!(!(x <= y && y <= z) || x <= z);
        }
    }
}
