use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Severity rating of the Microsoft Security Response Center, from the least to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Severity {
    Low = 1,
    Moderate = 2,
    Important = 3,
    Critical = 4,
}

/// Worst consequence of a vulnerability, in the words of the bulletins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Impact {
    DefenseInDepth = 1,
    Tampering = 2,
    Spoofing = 3,
    InformationDisclosure = 4,
    SecurityFeatureBypass = 5,
    DenialOfService = 6,
    ElevationOfPrivilege = 7,
    RemoteCodeExecution = 8,
}

/// A word that is none of the field's words for this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {expected}, found {found:?}")]
pub struct UnknownWord {
    expected: &'static str,
    found: String,
}

/// Ties each variant to its one spelling and its stored number.
macro_rules! words {
    ($type:ident, $expected:literal, $($variant:ident => $word:literal),+ $(,)?) => {
        impl $type {
            /// Every value, from the least to the gravest.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the word that publications use.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns the value with this stored number.
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| *value as u8 == number)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let word = text.trim();
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_str().eq_ignore_ascii_case(word))
                    .ok_or_else(|| UnknownWord {
                        expected: $expected,
                        found: word.chars().take(40).collect(),
                    })
            }
        }

        serde_as_text!($type);
    };
}

words!(Severity, "Low, Moderate, Important, Critical",
    Low => "Low",
    Moderate => "Moderate",
    Important => "Important",
    Critical => "Critical",
);

words!(Impact, "the impacts of the security bulletins",
    DefenseInDepth => "Defense in Depth",
    Tampering => "Tampering",
    Spoofing => "Spoofing",
    InformationDisclosure => "Information Disclosure",
    SecurityFeatureBypass => "Security Feature Bypass",
    DenialOfService => "Denial of Service",
    ElevationOfPrivilege => "Elevation of Privilege",
    RemoteCodeExecution => "Remote Code Execution",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_order_agree() {
        for &severity in Severity::ALL {
            assert_eq!(severity.as_str().parse(), Ok(severity));
            assert_eq!(Severity::from_number(severity as u8), Some(severity));
        }
        assert!(Severity::Critical > Severity::Important);
        assert_eq!("Remote code execution".parse(), Ok(Impact::RemoteCodeExecution));
        assert!("None".parse::<Severity>().is_err());
    }
}
