//! Which line of updates an update belongs to.
//!
//! Publications say it unevenly: in one word for the class, in the product, in a title, or not at
//! all. Each statement is read on its own by [`classify`]; the statements about one update are then
//! weighed together by [`resolve`], because an update has one line on all products of a kind.

use jiff::civil::Date;
use staunch_model::{Component, Product, Series};

/// First day of the rollups for Windows 7 to 8.1 and the servers of their age.
pub(crate) const SERVICING_CHANGE: Date = Date::constant(2016, 10, 11);

/// One statement about an update, as far as it tells the line.
#[derive(Debug, Clone, Copy)]
pub struct SeriesStatement<'a> {
    pub product: &'a Product,
    /// Class of the update in the publisher's words.
    pub sub_type: Option<&'a str>,
    pub title: Option<&'a str>,
    /// Day of the update.
    pub date: Option<Date>,
    /// Whether the update closes the rolling advisory of the servicing stack.
    pub closes_servicing_stack_advisory: bool,
}

/// A line, and whether the statement says it or only implies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Classified {
    Implied(Series),
    Stated(Series),
}

/// Kind of product, as far as lines of updates differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProductKind {
    OperatingSystem,
    /// Internet Explorer, and the Edge that is part of Windows.
    Browser,
    NetFramework,
    FlashPlayer,
    Other,
}

/// How the product is serviced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Servicing {
    /// Windows 10, Windows Server 2016 and later: one cumulative update a month.
    Cumulative,
    /// Older Windows: single updates, and rollups since the servicing change.
    Rollup,
    /// No operating system is stated.
    Unknown,
}

impl ProductKind {
    /// Returns the kind of a product.
    pub fn of(product: &Product) -> Self {
        let Some(component) = product.component() else { return Self::OperatingSystem };
        match component.name() {
            Component::INTERNET_EXPLORER => Self::Browser,
            name if name.starts_with("Edge") || name.starts_with("Microsoft Edge") => Self::Browser,
            Component::NET_FRAMEWORK => Self::NetFramework,
            Component::FLASH_PLAYER => Self::FlashPlayer,
            _ => Self::Other,
        }
    }
}

impl Servicing {
    /// Returns how the product's operating system is serviced.
    pub fn of(product: &Product) -> Self {
        match product.platform() {
            Some(system) if system.family.is_serviced_cumulatively() => Self::Cumulative,
            Some(_) => Self::Rollup,
            None => Self::Unknown,
        }
    }
}

/// Reads one statement.
pub fn classify(statement: &SeriesStatement<'_>) -> Classified {
    use Classified::{Implied, Stated};
    let kind = ProductKind::of(statement.product);
    let servicing = Servicing::of(statement.product);
    if statement.closes_servicing_stack_advisory {
        return Stated(Series::ServicingStack);
    }
    if kind == ProductKind::FlashPlayer {
        return Stated(Series::Flash);
    }
    let words: String = statement
        .sub_type
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphabetic())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let net = kind == ProductKind::NetFramework;
    let rollups = statement.date.is_none_or(|date| date >= SERVICING_CHANGE);
    match words.as_str() {
        "servicingstackupdate" => return Stated(Series::ServicingStack),
        "previewrollup" => return Stated(Series::Preview),
        "iecumulative" => return Stated(Series::IeCumulative),
        // Files for the setup of another release; a running system does not need them.
        "setupdu" => return Stated(Series::Preview),
        "other" => return Stated(Series::Individual),
        // The optional updates between two monthly ones.
        "update" if servicing == Servicing::Cumulative => return Stated(Series::Preview),
        "update" => return Stated(Series::Individual),
        _ if words.contains("hotpatch") => return Stated(Series::Hotpatch),
        // Fixes between two rollups; the next rollup contains them as it does security-only ones.
        "standalone" if servicing == Servicing::Rollup => return Stated(Series::SecurityOnly),
        _ if words.starts_with("standalone") => return Stated(Series::Individual),
        // Some publications name the update of each month alike for all systems.
        "monthlyrollup" | "securityonly" if servicing == Servicing::Cumulative && !net => {
            return Stated(Series::Cumulative);
        }
        // "VIA Processors Monthly Rollup" is a monthly rollup too.
        _ if words.ends_with("monthlyrollup") && rollups => {
            return Stated(if net { Series::NetRollup } else { Series::MonthlyRollup });
        }
        _ if words.ends_with("securityonly") && rollups => {
            return Stated(if net { Series::NetSecurityOnly } else { Series::SecurityOnly });
        }
        _ => {}
    }
    match (servicing, kind) {
        (Servicing::Cumulative, ProductKind::OperatingSystem | ProductKind::Browser) => {
            match words.as_str() {
                "securityupdate" | "alternatecumulative" | "cumulativeupdate" => {
                    Stated(Series::Cumulative)
                }
                "" => Implied(Series::Cumulative),
                _ => Implied(Series::Individual),
            }
        }
        (Servicing::Cumulative, ProductKind::NetFramework) => match words.as_str() {
            "securityupdate" | "alternatecumulative" => Stated(Series::NetRollup),
            "" => Implied(Series::NetRollup),
            _ => Implied(Series::Individual),
        },
        (Servicing::Rollup, ProductKind::NetFramework) if words == "securityupdate" && rollups => {
            Stated(Series::NetRollup)
        }
        (Servicing::Rollup, ProductKind::Browser) if is_browser_cumulative(statement.title) => {
            Implied(Series::IeCumulative)
        }
        _ => Implied(Series::Individual),
    }
}

fn is_browser_cumulative(title: Option<&str>) -> bool {
    title.is_some_and(|title| {
        title.to_ascii_lowercase().contains("cumulative security update for internet explorer")
    })
}

/// How many statements say and imply each line, for one update on products of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Votes {
    stated: [u32; Series::ALL.len()],
    implied: [u32; Series::ALL.len()],
}

/// Lines from the one that decides most to the one that says nothing.
const PRECEDENCE: [Series; Series::ALL.len()] = [
    Series::ServicingStack,
    Series::Hotpatch,
    Series::Cumulative,
    Series::MonthlyRollup,
    Series::SecurityOnly,
    Series::IeCumulative,
    Series::NetRollup,
    Series::NetSecurityOnly,
    Series::Flash,
    Series::Preview,
    Series::Individual,
];

impl Votes {
    /// Counts one statement.
    pub fn add(&mut self, classified: Classified) {
        match classified {
            Classified::Stated(series) => self.stated[series as usize] += 1,
            Classified::Implied(series) => self.implied[series as usize] += 1,
        }
    }

    /// Returns the line with the most votes; what is said outweighs what is implied.
    fn leading(&self) -> Option<Classified> {
        most(&self.stated)
            .map(Classified::Stated)
            .or_else(|| most(&self.implied).map(Classified::Implied))
    }
}

fn most(votes: &[u32; Series::ALL.len()]) -> Option<Series> {
    let most = votes.iter().copied().max().filter(|most| *most > 0)?;
    PRECEDENCE.into_iter().find(|series| votes[*series as usize] == most)
}

impl Classified {
    /// Returns the line itself.
    pub fn series(self) -> Series {
        match self {
            Self::Implied(series) | Self::Stated(series) => series,
        }
    }
}

/// Everything known of one update on products that are serviced in one way.
#[derive(Debug, Clone, Default)]
pub struct KbVotes {
    by_kind: [Votes; 5],
}

impl KbVotes {
    /// Counts one statement about a product of a kind.
    pub fn add(&mut self, kind: ProductKind, classified: Classified) {
        self.by_kind[kind as usize].add(classified);
    }
}

/// Decides the line of one update on products of one kind.
///
/// The operating system's line holds for what sits on it too, as Internet Explorer, Edge and the
/// early fixes for .NET came inside its updates; the Flash Player never did. A line that is only
/// implied for the system does not outweigh one that is said for the product. An update that is
/// spread over several build branches is no cumulative update, because those are made per branch.
pub fn resolve(votes: &KbVotes, kind: ProductKind, is_spread_over_branches: bool) -> Series {
    let own = votes.by_kind[kind as usize].leading();
    let system = votes.by_kind[ProductKind::OperatingSystem as usize]
        .leading()
        .filter(|system| system.series() != Series::Individual)
        .filter(|_| kind != ProductKind::FlashPlayer)
        .filter(|system| {
            matches!(system, Classified::Stated(_)) || !matches!(own, Some(Classified::Stated(_)))
        });
    match system.or(own).map(Classified::series) {
        Some(Series::Cumulative) if is_spread_over_branches => Series::Individual,
        Some(series) => series,
        None => Series::Individual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM_7: &str = "Windows 7 for x64-based Systems Service Pack 1";
    const SYSTEM_10: &str = "Windows 10 Version 1809 for x64-based Systems";
    const IE_7: &str = "Internet Explorer 11 on Windows 7 for x64-based Systems Service Pack 1";
    const IE_10: &str = "Internet Explorer 11 on Windows 10 Version 1809 for x64-based Systems";
    const NET_7: &str =
        "Microsoft .NET Framework 4.7 on Windows 7 for x64-based Systems Service Pack 1";
    const NET_10: &str =
        "Microsoft .NET Framework 3.5 on Windows 10 Version 1809 for x64-based Systems";
    const FLASH: &str = "Adobe Flash Player on Windows 10 Version 1809 for x64-based Systems";
    const AFTER: Date = Date::constant(2019, 3, 12);
    const BEFORE: Date = Date::constant(2016, 9, 13);

    fn stated(product: &str, sub_type: &str, title: &str, date: Date) -> Classified {
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        classify(&SeriesStatement {
            product: &Product::from_published_name(product),
            sub_type: some(Box::leak(sub_type.into())),
            title: some(Box::leak(title.into())),
            date: Some(date),
            closes_servicing_stack_advisory: false,
        })
    }

    #[test]
    fn every_way_of_saying_the_line_is_read() {
        use Classified::{Implied, Stated};
        let ie_title = "Cumulative Security Update for Internet Explorer (3170106)";
        let table = [
            (SYSTEM_7, "Monthly Rollup", "", AFTER, Stated(Series::MonthlyRollup)),
            (SYSTEM_7, "VIA Processors Monthly Rollup", "", AFTER, Stated(Series::MonthlyRollup)),
            (SYSTEM_7, "Security Only", "", AFTER, Stated(Series::SecurityOnly)),
            (SYSTEM_7, "Security Only", "", BEFORE, Implied(Series::Individual)),
            (SYSTEM_7, "Security Update", "", AFTER, Implied(Series::Individual)),
            (SYSTEM_7, "IE Cumulative", "", AFTER, Stated(Series::IeCumulative)),
            (SYSTEM_7, "ServicingStackUpdate", "", AFTER, Stated(Series::ServicingStack)),
            (SYSTEM_7, "Preview Rollup", "", AFTER, Stated(Series::Preview)),
            (SYSTEM_7, "Standalone", "", AFTER, Stated(Series::SecurityOnly)),
            (SYSTEM_7, "", "", AFTER, Implied(Series::Individual)),
            (IE_7, "IE Cumulative", "", AFTER, Stated(Series::IeCumulative)),
            (IE_7, "Monthly Rollup", "", AFTER, Stated(Series::MonthlyRollup)),
            (IE_7, "", ie_title, BEFORE, Implied(Series::IeCumulative)),
            (IE_7, "Security Update", ie_title, BEFORE, Implied(Series::IeCumulative)),
            (IE_7, "", "Scripting Engine Memory Corruption", BEFORE, Implied(Series::Individual)),
            (NET_7, "Monthly Rollup", "", AFTER, Stated(Series::NetRollup)),
            (NET_7, "Security Only", "", AFTER, Stated(Series::NetSecurityOnly)),
            (NET_7, "Security Update", "", BEFORE, Implied(Series::Individual)),
            (NET_10, "Security Update", "", AFTER, Stated(Series::NetRollup)),
            (NET_10, "", "", AFTER, Implied(Series::NetRollup)),
            (SYSTEM_10, "Security Update", "", AFTER, Stated(Series::Cumulative)),
            (SYSTEM_10, "Alternate Cumulative", "", AFTER, Stated(Series::Cumulative)),
            (SYSTEM_10, "Servicing Stack Update", "", AFTER, Stated(Series::ServicingStack)),
            (SYSTEM_10, "Setup DU", "", AFTER, Stated(Series::Preview)),
            (SYSTEM_10, "Update", "", AFTER, Stated(Series::Preview)),
            (SYSTEM_7, "Update", "", AFTER, Stated(Series::Individual)),
            (SYSTEM_10, "Security Hotpatch Update", "", AFTER, Stated(Series::Hotpatch)),
            (SYSTEM_10, "SecurityHotpatchUpdate", "", AFTER, Stated(Series::Hotpatch)),
            (SYSTEM_10, "", "", AFTER, Implied(Series::Cumulative)),
            (IE_10, "Security Update", "", AFTER, Stated(Series::Cumulative)),
            (FLASH, "Security Update", "", AFTER, Stated(Series::Flash)),
            (
                "Microsoft Office 2016 (32-bit edition)",
                "Security Update",
                "",
                AFTER,
                Implied(Series::Individual),
            ),
        ];
        for (product, sub_type, title, date, expected) in table {
            assert_eq!(
                stated(product, sub_type, title, date),
                expected,
                "{sub_type:?} {title:?} for {product} on {date}"
            );
        }
    }

    #[test]
    fn the_rolling_advisory_means_servicing_stack() {
        let found = classify(&SeriesStatement {
            product: &Product::from_published_name(SYSTEM_10),
            sub_type: Some("Security Update"),
            title: None,
            date: Some(AFTER),
            closes_servicing_stack_advisory: true,
        });
        assert_eq!(found, Classified::Stated(Series::ServicingStack));
    }

    fn votes(statements: &[(&str, &str)]) -> KbVotes {
        let mut votes = KbVotes::default();
        for (product, sub_type) in statements {
            let kind = ProductKind::of(&Product::from_published_name(product));
            votes.add(kind, stated(product, sub_type, "", AFTER));
        }
        votes
    }

    #[test]
    fn the_operating_system_decides_for_what_sits_on_it() {
        let rollup = votes(&[(SYSTEM_7, "Monthly Rollup"), (IE_7, "IE Cumulative"), (IE_7, "")]);
        assert_eq!(resolve(&rollup, ProductKind::Browser, false), Series::MonthlyRollup);
        let inside = votes(&[(SYSTEM_10, "Security Update"), (NET_10, "Security Update")]);
        assert_eq!(resolve(&inside, ProductKind::NetFramework, false), Series::Cumulative);
        let stray = votes(&[(SYSTEM_10, ""), (NET_10, "Security Update")]);
        assert_eq!(resolve(&stray, ProductKind::NetFramework, false), Series::NetRollup);
        let alone = votes(&[(NET_10, "Security Update")]);
        assert_eq!(resolve(&alone, ProductKind::NetFramework, false), Series::NetRollup);
    }

    #[test]
    fn a_word_of_the_publisher_outweighs_many_implications() {
        let setup = votes(&[(SYSTEM_10, "Setup DU"), (SYSTEM_10, ""), (SYSTEM_10, "")]);
        assert_eq!(resolve(&setup, ProductKind::OperatingSystem, false), Series::Preview);
        let odd = votes(&[(NET_7, "Security Only"), (NET_7, "Other"), (NET_7, "")]);
        assert_eq!(resolve(&odd, ProductKind::NetFramework, false), Series::NetSecurityOnly);
    }

    #[test]
    fn an_update_for_many_branches_is_not_cumulative() {
        let secure_boot = votes(&[(SYSTEM_10, "Security Update")]);
        assert_eq!(resolve(&secure_boot, ProductKind::OperatingSystem, true), Series::Individual);
        assert_eq!(resolve(&secure_boot, ProductKind::OperatingSystem, false), Series::Cumulative);
    }

    #[test]
    fn the_flash_player_keeps_its_own_line() {
        let flash = votes(&[(FLASH, "Security Update"), (SYSTEM_10, "Security Update")]);
        assert_eq!(resolve(&flash, ProductKind::FlashPlayer, false), Series::Flash);
    }
}
