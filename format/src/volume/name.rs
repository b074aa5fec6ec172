use std::fmt;

use crate::Fault;

/// Name of a file, folder or stream: UTF-16 units that Windows lets stand in one.
///
/// It is not empty, not `.` or `..`, and has no separator and no NUL, so that it never names
/// anything outside its folder. Units may be unpaired surrogates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(Box<[u16]>);

impl FileName {
    /// Accepts a name that was read at an offset in bytes.
    ///
    /// # Errors
    ///
    /// When it is no name.
    pub fn new(object: &'static str, offset: u64, units: Vec<u16>) -> Result<Self, Fault> {
        let name = Self(units.into());
        let separator = |unit: &u16| [0, b'/'.into(), b'\\'.into()].contains(unit);
        let dots = (1..=2).contains(&name.0.len()) && name.0.iter().all(|unit| *unit == 0x2E);
        if name.0.is_empty() || dots || name.0.iter().any(separator) {
            let found = format!("{:?}", name.to_string());
            return Err(Fault::new(object, offset, "a name", found));
        }
        Ok(name)
    }

    /// Returns the UTF-16 units.
    pub fn units(&self) -> &[u16] {
        &self.0
    }
}

/// Writes the name with replacement characters for unpaired surrogates.
impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf16_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        for name in ["", ".", "..", "a/b", "..\\x", "nul\0"] {
            let error = FileName::new("entry", 8, name.encode_utf16().collect()).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("entry at offset 0x8: expected a name, found {name:?}")
            );
        }
        for name in ["...", "a:b", " ", "\u{1}"] {
            assert!(FileName::new("entry", 8, name.encode_utf16().collect()).is_ok(), "{name}");
        }
    }
}
