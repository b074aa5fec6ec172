use std::fmt;

use super::family::ServicePack;

/// Something that is installed on Windows and has updates of its own: `Internet Explorer 11`,
/// `.NET Framework 3.5 and 4.8`, `Adobe Flash Player`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component {
    name: String,
    versions: Vec<String>,
    service_pack: ServicePack,
}

impl Component {
    /// Internet Explorer's canonical name.
    pub const INTERNET_EXPLORER: &str = "Internet Explorer";
    /// The .NET Framework's canonical name.
    pub const NET_FRAMEWORK: &str = ".NET Framework";
    /// The canonical name of the Flash Player that ships with Windows 8 and later.
    pub const FLASH_PLAYER: &str = "Adobe Flash Player";

    /// Reads a component as publications name it.
    ///
    /// Versions at the end of the name are split off: `4.6.2/4.7` and `3.5 AND 4.8` are two each.
    /// The publisher's name in front is dropped, and the spellings of one thing become one.
    pub fn from_published_name(name: &str) -> Self {
        let text = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let (text, service_pack) = split_service_pack(&text);
        let (mut name, versions) = split_versions(text);
        if name != "Microsoft Edge" {
            name = name.strip_prefix("Microsoft ").unwrap_or(name);
        }
        if name == "Windows Internet Explorer" {
            name = Self::INTERNET_EXPLORER;
        }
        Self { name: name.to_owned(), versions, service_pack }
    }

    /// Returns the canonical name, without versions.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the versions that the publication lists, in its order.
    pub fn versions(&self) -> &[String] {
        &self.versions
    }

    /// Returns the component's own service pack.
    pub fn service_pack(&self) -> ServicePack {
        self.service_pack
    }
}

fn split_service_pack(text: &str) -> (&str, ServicePack) {
    text.rsplit_once(" Service Pack ")
        .and_then(|(head, number)| {
            let pack = number.parse().ok().filter(|n: &u8| (1..=9).contains(n))?;
            Some((head, ServicePack(pack)))
        })
        .unwrap_or((text, ServicePack(0)))
}

fn is_version(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && word.len() <= 12
}

/// Splits the words at the end that are versions, or joins of versions, from the name.
fn split_versions(text: &str) -> (&str, Vec<String>) {
    let mut end = text.len();
    let mut versions = Vec::new();
    while let Some((head, word)) = text[..end].rsplit_once(' ') {
        if word.split('/').all(is_version) {
            versions.splice(0..0, word.split('/').map(str::to_owned));
        } else if !word.eq_ignore_ascii_case("and") || versions.is_empty() {
            break;
        }
        end = head.len();
    }
    (&text[..end], versions)
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.versions.is_empty() {
            write!(f, " {}", self.versions.join("/"))?;
        }
        match self.service_pack {
            ServicePack(0) => Ok(()),
            ServicePack(number) => write!(f, " Service Pack {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_component_become_one() {
        for (published, expected) in [
            ("Windows Internet Explorer 8", "Internet Explorer 8"),
            ("Internet Explorer 11", "Internet Explorer 11"),
            ("Microsoft Internet Explorer 6.0", "Internet Explorer 6.0"),
            ("Microsoft .NET Framework 3.5 AND 4.6.2/4.7", ".NET Framework 3.5/4.6.2/4.7"),
            ("Microsoft .NET Framework 2.0 Service Pack 2", ".NET Framework 2.0 Service Pack 2"),
            ("Microsoft Edge (EdgeHTML-based)", "Edge (EdgeHTML-based)"),
            ("Windows Media Player 11", "Windows Media Player 11"),
        ] {
            assert_eq!(Component::from_published_name(published).to_string(), expected);
        }
    }
}
