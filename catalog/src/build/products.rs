//! From names in publications to canonical products.

use std::collections::{BTreeMap, BTreeSet};

use staunch_model::{Application, Component, OperatingSystem, Product, ProductMention};

use super::MentionCount;
use crate::component::installed_component;

/// Canonical products in the order of their numbers: each operating system is followed by what
/// sits on it, and what names no operating system comes first.
#[derive(Default)]
pub(super) struct Products {
    pub(super) rows: Vec<Product>,
    /// Product of each mention that has one.
    pub(super) of_mention: Vec<Option<u32>>,
    pub(super) names: Vec<PublishedName>,
}

/// A name in publications, with the product behind it when something is kept for it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PublishedName {
    pub(super) name: String,
    /// Component column, when it names something installed in its own right.
    pub(super) component: String,
    pub(super) product: Option<u32>,
    pub(super) statements: u64,
}

type Key = (Option<OperatingSystem>, Option<Component>);

fn key(product: &Product) -> Key {
    (product.platform().copied(), product.component().cloned())
}

/// Returns the product behind a mention, and whether its component column decided it.
///
/// The canonical name reads back as the same product, so that the name alone identifies it in the
/// file.
pub(super) fn product_of(mention: &ProductMention) -> (Product, bool) {
    let named = Product::from_published_name(&mention.name);
    let component = mention.component.as_deref().and_then(installed_component);
    let (product, by_component) = match (named, component) {
        (Product::OperatingSystem(system), Some(component)) => {
            (Product::Application(Application::new(component, Some(system))), true)
        }
        (named, _) => (named, false),
    };
    (settled(product), by_component)
}

/// Most times that a prefix can be taken from a name before it is taken as it is.
const SETTLE_LIMIT: usize = 8;

fn settled(mut product: Product) -> Product {
    for _ in 0..SETTLE_LIMIT {
        let again = Product::from_published_name(&product.to_string());
        if again == product {
            break;
        }
        product = again;
    }
    product
}

impl Products {
    /// Maps every mention; mentions that nothing is kept for matter only when they name Windows.
    pub(super) fn new(mentions: &[ProductMention], counts: &[MentionCount]) -> Self {
        let mapped: Vec<(Product, bool)> = mentions.iter().map(product_of).collect();
        let mut keys: BTreeMap<Key, Product> = BTreeMap::new();
        for ((product, _), count) in mapped.iter().zip(counts) {
            // A system counts as soon as it is named: what nothing is published for is known too.
            if count.kept == 0 && product.component().is_some() {
                continue;
            }
            if let Some(platform) = product.platform() {
                let platform = Product::OperatingSystem(*platform);
                keys.insert(key(&platform), platform);
            }
            keys.insert(key(product), product.clone());
        }
        let numbers: BTreeMap<&Key, u32> = keys.keys().zip(0..).collect();
        let mut names: BTreeMap<(&str, &str), PublishedName> = BTreeMap::new();
        let mut of_mention = Vec::with_capacity(mentions.len());
        for ((mention, count), (product, by_component)) in mentions.iter().zip(counts).zip(&mapped)
        {
            let number = numbers.get(&key(product)).copied();
            of_mention.push(number);
            if number.is_none() && !mention.name.contains("Windows") {
                continue;
            }
            let component = mention.component.as_deref().filter(|_| *by_component).unwrap_or("");
            let entry = names.entry((&*mention.name, component)).or_insert(PublishedName {
                name: mention.name.to_string(),
                component: component.to_owned(),
                product: None,
                statements: 0,
            });
            entry.product = entry.product.max(number);
            entry.statements += count.kept + count.left_out;
        }
        let names = names.into_values().collect();
        Self { rows: keys.into_values().collect(), of_mention, names }
    }

    /// Returns the number of the operating system that a product is or sits on.
    pub(super) fn platform(&self, product: &Product) -> Option<u32> {
        let platform = Product::OperatingSystem(*product.platform()?);
        let wanted = key(&platform);
        let at = self.rows.partition_point(|row| key(row) < wanted);
        self.rows.get(at).filter(|row| **row == platform)?;
        u32::try_from(at).ok()
    }

    /// Returns the operating systems.
    pub(super) fn operating_systems(&self) -> BTreeSet<OperatingSystem> {
        self.rows.iter().filter_map(|product| product.platform().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(name: &str, component: Option<&str>) -> String {
        let mention = ProductMention { name: name.into(), component: component.map(Into::into) };
        product_of(&mention).0.to_string()
    }

    #[test]
    fn the_component_column_counts_where_it_names_an_installed_component() {
        let system = "Windows 7 for x64-based Systems Service Pack 1";
        for (component, expected) in [
            (None, system.to_owned()),
            (Some("Windows Kernel"), system.to_owned()),
            (Some("Internet Explorer"), system.to_owned()),
            (Some("Windows Internet Explorer 8"), format!("Internet Explorer 8 on {system}")),
            (Some("Adobe Flash Player"), format!("Adobe Flash Player on {system}")),
        ] {
            assert_eq!(canonical(system, component), expected);
        }
        let application = "Microsoft .NET Framework 3.5 on Windows 10 for x64-based Systems";
        assert_eq!(
            canonical(application, Some("Windows Internet Explorer 8")),
            ".NET Framework 3.5 on Windows 10 Version 1507 for x64-based Systems"
        );
    }

    #[test]
    fn canonical_names_read_back_as_themselves() {
        for name in [
            "Microsoft Microsoft Office 2010",
            "Microsoft Windows Internet Explorer 8 on Windows XP Service Pack 3",
            "Microsoft Edge (Chromium-based) in IE Mode on Windows Server 2012 R2",
            "Microsoft Visual C++ 2005 Service Pack 1 Redistributable Package",
        ] {
            let once = canonical(name, None);
            assert_eq!(canonical(&once, None), once);
        }
    }

    #[test]
    fn what_sits_on_a_system_follows_it() {
        let mention = |name: &str| ProductMention { name: name.into(), component: None };
        let mentions = [
            mention("Internet Explorer 11 on Windows Server 2019"),
            mention("Microsoft Office 2016"),
            mention("Windows Server 2016"),
        ];
        let counts = [MentionCount { kept: 1, left_out: 0 }; 3];
        let products = Products::new(&mentions, &counts);
        let names: Vec<_> = products.rows.iter().map(ToString::to_string).collect();
        assert_eq!(
            names,
            [
                "Office 2016",
                "Windows Server 2016",
                "Windows Server 2019",
                "Internet Explorer 11 on Windows Server 2019"
            ]
        );
        assert_eq!(products.platform(&products.rows[3]), Some(2));
        assert_eq!(products.operating_systems().len(), 2);
    }
}
