//! Entries of the database before the numbers in them are resolved.

use std::sync::Arc;

use jiff::civil::Date;
use staunch_model::{
    BulletinId, FileAction, KbNumber, PackageRef, RegistryKind, Restart, StatedVersion, WarningCode,
};

use super::read_day;
use crate::dialect::xml::Attributes;
use crate::document::excerpt;
use crate::output::Output;

/// Most packages that one entry of successors may name; publications reach two.
const SUCCESSOR_LIMIT: usize = 16;
/// Most articles of one bulletin; publications reach ten.
const ARTICLE_LIMIT: usize = 100;
/// Most characters of a number that are told apart; publications reach four.
const NUMBER_LENGTH: usize = 32;
/// Number that stands where nothing is referred to.
const NO_NUMBER: &str = "0";
/// Word that stands where a property does not apply.
const NOT_APPLICABLE: &str = "na";

/// One element with its line.
pub(super) struct Stated<'a> {
    pub(super) attributes: &'a Attributes,
    pub(super) line: u32,
}

/// A reference to an entry by its number.
pub(super) struct Reference {
    pub(super) attribute: &'static str,
    pub(super) number: String,
    pub(super) line: u32,
}

pub(super) struct Bulletin {
    /// Nothing where the identifier is none; the bulletin and its patches are then left out.
    pub(super) id: Option<BulletinId>,
    pub(super) title: String,
    pub(super) kbs: Vec<KbNumber>,
    pub(super) published: Option<Date>,
    pub(super) revised: Option<Date>,
    pub(super) patches: Vec<Patch>,
    pub(super) line: u32,
}

pub(super) struct Patch {
    pub(super) name: Arc<str>,
    pub(super) kb: Option<KbNumber>,
    pub(super) origin: Option<Reference>,
    pub(super) restart: Option<Restart>,
    pub(super) successor: Option<Reference>,
    pub(super) products: Vec<PatchProduct>,
    pub(super) files: Vec<Reference>,
    pub(super) registry: Vec<Reference>,
    pub(super) line: u32,
}

pub(super) struct PatchProduct {
    pub(super) product: Reference,
    pub(super) service_packs: Vec<Reference>,
    pub(super) included_in: Option<Reference>,
}

pub(super) struct File {
    pub(super) name: Arc<str>,
    pub(super) folder: Option<Reference>,
    pub(super) action: Option<FileAction>,
    pub(super) version: Option<StatedVersion>,
    pub(super) date: Option<Date>,
    pub(super) size: Option<u64>,
    pub(super) checksum: Option<u32>,
    pub(super) line: u32,
}

pub(super) struct RegistryValue {
    pub(super) key: Option<Reference>,
    pub(super) value: Arc<str>,
    pub(super) kind: RegistryKind,
    pub(super) data: Option<Arc<str>>,
    pub(super) line: u32,
}

/// What supersedes the patches that refer to it.
pub(super) struct Successor {
    pub(super) packages: Vec<PackageRef>,
    /// The successors in words, which name a bulletin first: `MS00-081 (NT4)`.
    description: String,
    /// Bulletin whose packages are read.
    bulletin: Option<BulletinId>,
    pub(super) line: u32,
}

impl Stated<'_> {
    /// Returns a text that the element states.
    pub(super) fn text(&self, attribute: &str) -> Arc<str> {
        self.attributes.value(attribute).into()
    }

    /// Returns the number of an entry that the element states.
    pub(super) fn number(&self, attribute: &str) -> String {
        self.attributes.value(attribute).chars().take(NUMBER_LENGTH).collect()
    }
}

impl Reference {
    pub(super) fn read(stated: &Stated<'_>, attribute: &'static str) -> Self {
        Self { attribute, number: stated.number(attribute), line: stated.line }
    }

    /// Reads a reference to `target` that may be empty or zero for nothing.
    fn optional(stated: &Stated<'_>, attribute: &str, target: &'static str) -> Option<Self> {
        Self::to(target, stated.number(attribute), stated.line)
    }

    fn to(attribute: &'static str, number: String, line: u32) -> Option<Self> {
        let is_there = !number.is_empty() && number != NO_NUMBER;
        is_there.then_some(Self { attribute, number, line })
    }
}

impl Bulletin {
    pub(super) fn read(stated: &Stated<'_>, output: &mut Output<'_>) -> Self {
        let attributes = stated.attributes;
        Self {
            id: bulletin_id(stated, output),
            title: attributes.value("Title").to_owned(),
            kbs: Vec::new(),
            published: read_day(attributes.value("DatePosted"), stated.line, output),
            revised: read_day(attributes.value("DateRevised"), stated.line, output),
            patches: Vec::new(),
            line: stated.line,
        }
    }

    /// Adds an article such as `Q274226 (Word 2000)`.
    pub(super) fn add_number(&mut self, stated: &Stated<'_>, output: &mut Output<'_>) {
        let text = stated.attributes.value("QNumber");
        let number = text.split_once('(').map_or(text, |(number, _)| number);
        let Some(kb) = kb(number, stated.line, output) else { return };
        if self.kbs.contains(&kb) {
            return;
        }
        if self.kbs.len() == ARTICLE_LIMIT {
            let message = format!("expected at most {ARTICLE_LIMIT} articles, found more");
            output.warn(WarningCode::BadKbNumber, stated.line, message);
            return;
        }
        self.kbs.push(kb);
    }
}

impl Patch {
    pub(super) fn read(stated: &Stated<'_>, output: &mut Output<'_>) -> Self {
        let attributes = stated.attributes;
        let restart = match attributes.value("NoReboot") {
            "1" => Some(Restart::No),
            // Zero stands for every patch that is not marked, also for what is no package at all.
            "0" | "" => None,
            other => {
                let message = format!("expected 0 or 1, found {}", excerpt(other));
                output.warn(WarningCode::BadRestart, stated.line, message);
                None
            }
        };
        let kb = match attributes.value("SQNumber") {
            "" | NO_NUMBER => None,
            number => kb(number, stated.line, output),
        };
        Self {
            name: attributes.value("PatchName").into(),
            kb,
            origin: Reference::optional(stated, "PatchLocationID", "LocationID"),
            restart,
            successor: Reference::optional(stated, "SBID", "SBID"),
            products: Vec::new(),
            files: Vec::new(),
            registry: Vec::new(),
            line: stated.line,
        }
    }
}

impl PatchProduct {
    pub(super) fn read(stated: &Stated<'_>) -> Self {
        Self {
            product: Reference::read(stated, "ProductID"),
            service_packs: Vec::new(),
            included_in: Reference::optional(stated, "FixedInSP", "ServicePackID"),
        }
    }
}

impl File {
    /// Reads a change of the file with this name, in the location with this number.
    pub(super) fn read(
        (name, location): &(Arc<str>, String),
        stated: &Stated<'_>,
        output: &mut Output<'_>,
    ) -> Self {
        let (attributes, line) = (stated.attributes, stated.line);
        Self {
            name: Arc::clone(name),
            folder: Reference::to("LocationID", location.clone(), line),
            action: action(attributes.value("CommandID")),
            version: version(attributes.value("Version"), line, output),
            date: read_day(attributes.value("Date"), line, output),
            size: number_of("a size in bytes", attributes.value("Size"), line, output),
            checksum: number_of("a checksum", attributes.value("Checksum"), line, output),
            line,
        }
    }
}

impl RegistryValue {
    /// Reads a change of a value with this name and type.
    pub(super) fn read((name, kind): &(Arc<str>, RegistryKind), stated: &Stated<'_>) -> Self {
        let data = stated.attributes.value("RegChangeValue");
        Self {
            key: Reference::optional(stated, "LocationID", "LocationID"),
            value: Arc::clone(name),
            kind: kind.clone(),
            data: (!data.is_empty()).then(|| data.into()),
            line: stated.line,
        }
    }
}

impl Successor {
    pub(super) fn read(stated: &Stated<'_>) -> Self {
        Self {
            packages: Vec::new(),
            description: stated.attributes.value("Description").to_owned(),
            bulletin: None,
            line: stated.line,
        }
    }

    pub(super) fn begin_bulletin(&mut self, stated: &Stated<'_>, output: &mut Output<'_>) {
        self.bulletin = bulletin_id(stated, output);
    }

    pub(super) fn add_patch(&mut self, stated: &Stated<'_>, output: &mut Output<'_>) {
        let Some(bulletin) = self.bulletin else { return };
        if self.packages.len() == SUCCESSOR_LIMIT {
            let message = format!("expected at most {SUCCESSOR_LIMIT} successors, found more");
            output.warn(WarningCode::BadSupersedence, stated.line, message);
            return;
        }
        let package = Some(stated.attributes.value("PatchName").into());
        self.packages.push(PackageRef { bulletin, package });
    }

    /// Takes the bulletin of the description where the entry lists no package.
    pub(super) fn complete(&mut self, output: &mut Output<'_>) {
        if !self.packages.is_empty() {
            return;
        }
        let described = self.description.get(..8).and_then(|id| id.parse().ok());
        if let Some(bulletin) = described {
            self.packages.push(PackageRef { bulletin, package: None });
        }
        let found = if described.is_some() { "a bulletin alone" } else { "none" };
        let message = format!("expected the packages that supersede others, found {found}");
        output.warn(WarningCode::BadSupersedence, self.line, message);
    }
}

fn bulletin_id(stated: &Stated<'_>, output: &mut Output<'_>) -> Option<BulletinId> {
    let id = stated.attributes.value("BulletinID").parse();
    id.map_err(|error: staunch_model::BulletinIdError| {
        output.warn(WarningCode::BadBulletinId, stated.line, error.to_string());
    })
    .ok()
}

fn kb(text: &str, line: u32, output: &mut Output<'_>) -> Option<KbNumber> {
    text.parse()
        .map_err(|error: staunch_model::KbNumberError| {
            output.warn(WarningCode::BadKbNumber, line, error.to_string());
        })
        .ok()
}

fn action(command: &str) -> Option<FileAction> {
    Some(match command {
        "" => return None,
        "a" => FileAction::Add,
        "c" => FileAction::Change,
        "e" => FileAction::ChangeIfPresent,
        "d" => FileAction::Delete,
        "u" => FileAction::Unsupported,
        other => FileAction::Unknown(other.into()),
    })
}

fn version(text: &str, line: u32, output: &mut Output<'_>) -> Option<StatedVersion> {
    if text.is_empty() {
        return None;
    }
    if text.eq_ignore_ascii_case(NOT_APPLICABLE) {
        return Some(StatedVersion::NotApplicable);
    }
    Some(match text.parse() {
        Ok(version) => StatedVersion::Number(version),
        Err(error) => {
            let error: staunch_model::VersionError = error;
            output.warn(WarningCode::BadVersion, line, error.to_string());
            StatedVersion::Other(text.into())
        }
    })
}

fn number_of<T: std::str::FromStr>(
    what: &str,
    text: &str,
    line: u32,
    output: &mut Output<'_>,
) -> Option<T> {
    if text.is_empty() || text.eq_ignore_ascii_case(NOT_APPLICABLE) {
        return None;
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    if number.is_none() {
        let message = format!("expected {what}, found {}", excerpt(text));
        output.warn(WarningCode::BadNumber, line, message);
    }
    number
}

/// Reads the type as the flags of an `AddReg` directive.
///
/// Source: setupapi.h, `FLG_ADDREG_TYPE_SZ` and `FLG_ADDREG_TYPE_DWORD`.
pub(super) fn registry_kind(flags: &str) -> RegistryKind {
    match flags {
        "0" => RegistryKind::Text,
        "0x10001" => RegistryKind::Number,
        other => RegistryKind::Unknown(other.into()),
    }
}
