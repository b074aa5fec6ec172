//! What bulletin pages state, in terms that are the same in every language.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    Architecture, BulletinId, BulletinVersion, CveId, FileVersion, Impact, KbNumber, Provenance,
    Restart, Severity, WorkaroundKind,
};

/// The facts of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFacts {
    pub bulletin: BulletinId,
    /// Language of the page as a tag: `de-de`.
    pub locale: Option<Arc<str>>,
    /// Newest version that the page states of itself.
    pub version: Option<BulletinVersion>,
    /// Each fact once, in order.
    pub facts: Vec<BulletinFact>,
    pub provenance: Provenance,
}

/// One fact of a bulletin. Products and platforms are canonical names where the vocabulary has
/// them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum BulletinFact {
    Severity(Severity),
    Impact(Impact),
    /// Day of the first publication.
    Published(Date),
    Revision {
        version: BulletinVersion,
        date: Date,
    },
    Kb(KbNumber),
    Vulnerability(CveId),
    /// Whether the vulnerability was publicly known at release.
    Disclosed {
        cve: CveId,
        is_so: bool,
    },
    /// Whether attacks were known at release.
    Exploited {
        cve: CveId,
        is_so: bool,
    },
    Affected {
        product: Arc<str>,
        kb: Option<KbNumber>,
    },
    /// Identifier of the download family for a product: a GUID.
    Download {
        product: Arc<str>,
        family: Arc<str>,
    },
    Unaffected {
        product: Arc<str>,
    },
    Rating {
        product: Arc<str>,
        cve: Option<CveId>,
        severity: Severity,
    },
    /// Stated where it is another than the bulletin's.
    RatedImpact {
        product: Arc<str>,
        cve: Option<CveId>,
        impact: Impact,
    },
    /// What is replaced on a product, or on all of them.
    Supersedes {
        product: Option<Arc<str>>,
        bulletin: Option<BulletinId>,
        kb: Option<KbNumber>,
    },
    /// That nothing is replaced on a product, or on any.
    SupersedesNothing {
        product: Option<Arc<str>>,
    },
    /// A product that has to be there before the update.
    Prerequisite {
        platform: Arc<str>,
        product: Arc<str>,
    },
    /// The service pack that contains the update.
    IncludedIn {
        platform: Arc<str>,
        product: Arc<str>,
    },
    Switch {
        platform: Arc<str>,
        switch: Arc<str>,
    },
    Command {
        platform: Arc<str>,
        command: Arc<str>,
    },
    NeedsRestart {
        platform: Arc<str>,
        restart: Restart,
    },
    Removable {
        platform: Arc<str>,
        is_so: bool,
    },
    /// A program or folder that removes the update.
    RemovalTool {
        platform: Arc<str>,
        tool: Arc<str>,
    },
    RegistryKey {
        platform: Arc<str>,
        key: Arc<str>,
    },
    /// A value that the update leaves, from a database of packages.
    RegistryValue {
        platform: Arc<str>,
        key: Arc<str>,
        value: Arc<str>,
        data: Arc<str>,
    },
    /// File name of a package.
    Package {
        platform: Arc<str>,
        name: Arc<str>,
    },
    File(ManifestFile),
    /// An object of a workaround: a key, a port, a service, a class identifier.
    Workaround {
        cve: Option<CveId>,
        kind: WorkaroundKind,
        object: Arc<str>,
    },
}

/// One file as an update leaves it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ManifestFile {
    /// Products that the table is for, in their order with `; ` between them; nothing where it is
    /// for all that the bulletin is for.
    pub products: Option<Arc<str>>,
    /// Name in lower case.
    pub name: Arc<str>,
    pub architecture: Option<Architecture>,
    /// Branch or folder in upper case: `RTMQFE`, `SP2GDR\\WOW`.
    pub folder: Option<Arc<str>>,
    /// Folder on the machine with the publisher's variables: `%windir%\system32`.
    pub target: Option<Arc<str>>,
    pub version: Option<FileVersion>,
    /// Size in bytes.
    pub size: Option<u64>,
    pub date: Option<Date>,
    /// Time of day in minutes.
    pub minute: Option<u16>,
    /// Checksum as the publisher's scanner computes it over the file.
    pub checksum: Option<u32>,
    /// Language of a file that comes in several: `ja-jp`.
    pub language: Option<Arc<str>>,
}

impl fmt::Display for BulletinFact {
    /// Writes a fact as a short phrase: `Windows XP Service Pack 1 is affected (KB840374)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let for_all = |product: &Option<Arc<str>>| match product {
            Some(product) => format!(" on {product}"),
            None => String::new(),
        };
        let of = |cve: &Option<CveId>| cve.map(|cve| format!("{cve} ")).unwrap_or_default();
        let in_brackets = |kb: &Option<KbNumber>| kb.map(|kb| format!(" ({kb})"));
        let not = |is_so: bool| if is_so { "" } else { "not " };
        match self {
            Self::Severity(severity) => write!(f, "severity {severity}"),
            Self::Impact(impact) => write!(f, "impact {impact}"),
            Self::Published(date) => write!(f, "published {date}"),
            Self::Revision { version, date } => write!(f, "version {version} of {date}"),
            Self::Kb(kb) => write!(f, "update {kb}"),
            Self::Vulnerability(cve) => write!(f, "closes {cve}"),
            Self::Disclosed { cve, is_so } => write!(f, "{cve} was {}publicly known", not(*is_so)),
            Self::Exploited { cve, is_so } => write!(f, "{cve} was {}exploited", not(*is_so)),
            Self::Affected { product, kb } => {
                write!(f, "{product} is affected{}", in_brackets(kb).unwrap_or_default())
            }
            Self::Unaffected { product } => write!(f, "{product} is not affected"),
            Self::Download { product, family } => write!(f, "download {family} for {product}"),
            Self::Rating { product, cve, severity } => {
                write!(f, "{}is {severity} on {product}", of(cve))
            }
            Self::RatedImpact { product, cve, impact } => {
                write!(f, "{}means {impact} on {product}", of(cve))
            }
            Self::Supersedes { product, bulletin, kb } => {
                let bulletin = bulletin.map(|bulletin| bulletin.to_string());
                let name = bulletin.or_else(|| kb.map(|kb| kb.to_string())).unwrap_or_default();
                write!(f, "replaces {name}{}", for_all(product))
            }
            Self::SupersedesNothing { product } => {
                write!(f, "replaces nothing{}", for_all(product))
            }
            Self::Prerequisite { platform, product } => write!(f, "{platform}: needs {product}"),
            Self::IncludedIn { platform, product } => write!(f, "{platform}: part of {product}"),
            Self::Switch { platform, switch } => write!(f, "{platform}: switch {switch}"),
            Self::Command { platform, command } => write!(f, "{platform}: command {command}"),
            Self::NeedsRestart { platform, restart } => {
                write!(f, "{platform}: restart {}", restart.as_str())
            }
            Self::Removable { platform, is_so } => {
                write!(f, "{platform}: can {}be removed", not(*is_so))
            }
            Self::RemovalTool { platform, tool } => write!(f, "{platform}: removed with {tool}"),
            Self::RegistryKey { platform, key } => write!(f, "{platform}: key {key}"),
            Self::RegistryValue { platform, key, value, data } => {
                write!(f, "{platform}: value {key}\\{value} = {data}")
            }
            Self::Package { platform, name } => write!(f, "{platform}: package {name}"),
            Self::File(file) => file.fmt(f),
            Self::Workaround { cve, kind, object } => {
                write!(f, "{}workaround by {}: {object}", of(cve), kind.as_str())
            }
        }
    }
}

impl fmt::Display for ManifestFile {
    /// Writes what is known of the file: `helpctr.exe 5.1.2600.1515 (SP1QFE, 743936 bytes)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(version) = self.version {
            write!(f, " {version}")?;
        }
        let rest = [
            self.architecture.map(|architecture| architecture.as_str().to_owned()),
            self.folder.as_ref().or(self.target.as_ref()).map(ToString::to_string),
            self.size.map(|size| format!("{size} bytes")),
            self.date.map(|date| date.to_string()),
            self.minute.map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)),
            self.language.as_ref().map(ToString::to_string),
        ];
        let rest: Vec<String> = rest.into_iter().flatten().collect();
        if !rest.is_empty() {
            write!(f, " ({})", rest.join(", "))?;
        }
        match &self.products {
            Some(products) => write!(f, " for {products}"),
            None => Ok(()),
        }
    }
}
