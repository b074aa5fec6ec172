use std::fmt;

use super::component::Component;
use super::operating_system::OperatingSystem;

/// A component together with the operating system that it sits on, when that is stated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Application {
    component: Component,
    platform: Option<OperatingSystem>,
}

impl Application {
    /// Makes an application from its parts.
    pub fn new(component: Component, platform: Option<OperatingSystem>) -> Self {
        Self { component, platform }
    }

    /// Reads a name as publications write it: `Internet Explorer 11 on Windows Server 2016`.
    pub fn from_published_name(name: &str) -> Self {
        // The last "on" that is followed by an operating system divides the two.
        let divided = [" on ", " for Windows on "].iter().find_map(|word| {
            name.rmatch_indices(word).find_map(|(at, word)| {
                let platform = name[at + word.len()..].parse().ok()?;
                Some((&name[..at], platform))
            })
        });
        match divided {
            Some((component, platform)) => Self {
                component: Component::from_published_name(
                    component.strip_suffix(" when installed").unwrap_or(component),
                ),
                platform: Some(platform),
            },
            None => Self { component: Component::from_published_name(name), platform: None },
        }
    }

    /// Returns the component.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Returns the operating system, when the name states one.
    pub fn platform(&self) -> Option<&OperatingSystem> {
        self.platform.as_ref()
    }
}

impl fmt::Display for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.component.fmt(f)?;
        match &self.platform {
            Some(platform) => write!(f, " on {platform}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Product;

    #[test]
    fn component_and_platform_are_told_apart() {
        let product = Product::from_published_name(
            "Microsoft .NET Framework 4.6.2/4.7 on Windows Server 2008 R2 for x64-based Systems Service Pack 1 (Server Core installation)",
        );
        assert_eq!(
            product.component().map(Component::versions),
            Some(&["4.6.2".to_owned(), "4.7".to_owned()][..])
        );
        assert_eq!(
            product.platform().map(ToString::to_string).as_deref(),
            Some(
                "Windows Server 2008 R2 for x64-based Systems Service Pack 1 (Server Core installation)"
            )
        );
    }

    #[test]
    fn an_unknown_platform_stays_in_the_name() {
        let product = Product::from_published_name(".NET 8.0 installed on Windows");
        assert_eq!(product.platform(), None);
        assert_eq!(product.to_string(), ".NET 8.0 installed on Windows");
    }
}
