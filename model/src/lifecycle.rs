//! How long products and their service packs are supported, as their publisher announces it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::text::serde_as_text;
use crate::{Architecture, Family, Installation, Provenance, Release, ServicePack};

/// Editions of a release that are supported for the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EditionClass {
    Home = 1,
    Pro = 2,
    Enterprise = 3,
    /// Long-Term Servicing Branch or Channel.
    LongTerm = 4,
    /// Long-Term Servicing Channel of the IoT editions.
    IotLongTerm = 5,
}

/// A word that names no class of editions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected Home, Pro, Enterprise, LTSC or IoT LTSC, found {found:?}")]
pub struct EditionClassError {
    found: String,
}

/// What a publication says about one line of a product: a family, or a release of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LifecycleRecord {
    pub family: Family,
    /// Set for families that are serviced by version, and only for them.
    pub release: Option<Release>,
    /// Set where it holds for one architecture only.
    pub architecture: Option<Architecture>,
    /// Set where it holds for clients or for servers only.
    pub installation: Option<Installation>,
    /// Set where it holds for some editions only.
    pub editions: Option<EditionClass>,
    pub dates: SupportDates,
    /// In the order of their numbers.
    pub service_packs: Vec<ServicePackRecord>,
    /// Name of the publisher's page that says it.
    pub page: String,
    pub provenance: Provenance,
}

/// Days between which a product is supported. Each end is the last day; `None` is not known, or
/// there is no such phase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SupportDates {
    /// First day of support.
    pub available: Option<Date>,
    /// Last day of mainstream support, where an extended phase follows.
    pub mainstream_end: Option<Date>,
    /// Last day of security updates for everybody: end of extended support, or of servicing.
    pub support_end: Option<Date>,
    /// Last day of extended security updates for those who pay.
    pub paid_end: Option<Date>,
}

/// A service pack of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServicePackRecord {
    pub number: ServicePack,
    pub released: Option<Date>,
    /// Last day of support for the level before this service pack.
    pub earlier_end: Option<Date>,
}

impl SupportDates {
    /// Tells whether the days that are known come one after the other.
    pub fn is_in_order(&self) -> bool {
        let known = [self.available, self.mainstream_end, self.support_end, self.paid_end];
        known.iter().flatten().is_sorted()
    }
}

/// Editions by the names that Windows, its tools and its registry use.
///
/// Source: Microsoft, lifecycle pages of Windows 7, 10 and 11, "Editions".
const EDITIONS: &[(EditionClass, &[&str])] = &[
    (
        EditionClass::Home,
        &[
            "home",
            "home n",
            "home single language",
            "home china",
            "home basic",
            "home premium",
            "starter",
            "core",
            "coren",
            "coresinglelanguage",
            "corecountryspecific",
        ],
    ),
    (
        EditionClass::Pro,
        &[
            "pro",
            "pro n",
            "pro education",
            "pro education n",
            "pro for workstations",
            "pro n for workstations",
            "professional",
            "professional n",
            "professionaln",
            "professionaleducation",
            "professionalworkstation",
        ],
    ),
    (
        EditionClass::Enterprise,
        &[
            "enterprise",
            "enterprise n",
            "enterprisen",
            "enterprise multi-session",
            "education",
            "education n",
            "educationn",
            "iot enterprise",
            "iotenterprise",
            "ultimate",
            "ultimate n",
        ],
    ),
    (
        EditionClass::LongTerm,
        &[
            "enterprise 2015 ltsb",
            "enterprise 2015 ltsb n",
            "enterprise 2016 ltsb",
            "enterprise 2016 ltsb n",
            "enterprise ltsc",
            "enterprise ltsc n",
            "enterprise ltsc 2019",
            "enterprise n ltsc 2019",
            "enterprise ltsc 2021",
            "enterprise n ltsc 2021",
            "enterprise ltsc 2024",
            "enterprise n ltsc 2024",
            "enterprise n ltsc",
            "enterprises",
            "enterprisesn",
        ],
    ),
    (
        EditionClass::IotLongTerm,
        &[
            "iot enterprise ltsc",
            "iot enterprise ltsc 2019",
            "iot enterprise ltsc 2021",
            "iot enterprise ltsc 2024",
            "iotenterprises",
        ],
    ),
];

impl EditionClass {
    /// Every class.
    pub const ALL: &[Self] =
        &[Self::Home, Self::Pro, Self::Enterprise, Self::LongTerm, Self::IotLongTerm];

    /// Returns the class of an edition as Windows names it; a name is known exactly or not at all.
    pub fn of_edition(edition: &str) -> Option<Self> {
        let name = edition.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        EDITIONS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(class, _)| *class)
    }

    /// Returns the name of the class.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Pro => "Pro",
            Self::Enterprise => "Enterprise",
            Self::LongTerm => "LTSC",
            Self::IotLongTerm => "IoT LTSC",
        }
    }

    /// Returns the class with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| *class as u8 == number)
    }
}

impl fmt::Display for EditionClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for EditionClass {
    type Err = EditionClassError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| EditionClassError { found: text.chars().take(40).collect() })
    }
}

serde_as_text!(EditionClass);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_known_by_their_whole_name() {
        for (name, class) in [
            ("Enterprise", Some(EditionClass::Enterprise)),
            ("Education", Some(EditionClass::Enterprise)),
            ("Pro for Workstations", Some(EditionClass::Pro)),
            ("Home Single Language", Some(EditionClass::Home)),
            ("Enterprise 2016 LTSB", Some(EditionClass::LongTerm)),
            ("EnterpriseS", Some(EditionClass::LongTerm)),
            ("Enterprise LTSC 2021", Some(EditionClass::LongTerm)),
            ("IoT Enterprise LTSC 2024", Some(EditionClass::IotLongTerm)),
            ("IoT Enterprise LTSC", Some(EditionClass::IotLongTerm)),
            ("Enterprise LTSC Evaluation", None),
            ("", None),
        ] {
            assert_eq!(EditionClass::of_edition(name), class, "{name}");
        }
    }

    #[test]
    fn classes_read_back_and_name_no_edition_twice() {
        for class in EditionClass::ALL {
            assert_eq!(class.to_string().parse(), Ok(*class));
            assert_eq!(EditionClass::from_number(*class as u8), Some(*class));
        }
        let mut names: Vec<_> = EDITIONS.iter().flat_map(|(_, names)| *names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn days_out_of_order_are_told() {
        let day = |year| Some(Date::constant(year, 1, 1));
        let dates =
            SupportDates { available: day(2001), paid_end: day(2023), ..Default::default() };
        assert!(dates.is_in_order());
        assert!(!SupportDates { support_end: day(2000), ..dates }.is_in_order());
    }
}
