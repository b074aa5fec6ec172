//! The database of HFNetChk and of the Baseline Security Analyzer: bulletins, their patches, and
//! the files and registry values that tell whether a patch is on a machine.
//!
//! Summaries, comments, severities (all of them unset) and support statements are passed over.
//! Entries refer to one another by numbers, and mostly to entries that follow: everything is read
//! first and put together at the end. What no patch refers to is passed on by itself.
//!
//! Source: `mssecure.xml`, schema version 1.0.0.11; Microsoft Knowledge Base article Q306460.

mod draft;
mod element;
mod resolve;
mod table;

use std::sync::Arc;

use jiff::civil::Date;
use quick_xml::events::BytesStart;
use staunch_model::{Publication, PublicationId, RegistryKind, WarningCode};

use self::draft::{
    Bulletin, File, Patch, PatchProduct, Reference, RegistryValue, Stated, Successor, registry_kind,
};
use self::element::Element;
use self::resolve::Database;
use super::Dialect;
use super::xml::{Node, Xml};
use crate::document::excerpt;
use crate::encoding::{decode, head_text};
use crate::output::Output;
use crate::{Counts, Document, ReadError, Sink};

/// The dialect of the database.
pub(super) struct MsSecure;

/// Root element of the database.
const ROOT: &str = "BulletinDatastore";

impl Dialect for MsSecure {
    fn name(&self) -> &'static str {
        "mssecure"
    }

    fn description(&self) -> &'static str {
        "an XML document with the root element BulletinDatastore"
    }

    fn recognises(&self, _file_name: &str, head: &[u8]) -> bool {
        let text = head_text(head);
        text.trim_start().starts_with('<') && text.contains(ROOT)
    }

    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        let bytes = document.hold()?;
        let name = document.name();
        let (text, encoding) = decode(&bytes).map_err(|fault| ReadError::not_text(name, fault))?;
        let mut xml = Xml::new(name, &text, encoding, ROOT);
        let Some(Node::Start(root)) = xml.next()? else {
            return Err(xml.malformed(format!("the element {ROOT}"), "none"));
        };
        let mut output = begin(&root, &mut xml, sink)?;
        let mut reader = DatabaseReader {
            open: Vec::new(),
            database: Database::default(),
            file: Default::default(),
            value: (Arc::default(), RegistryKind::Text),
        };
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(start) => reader.start(&start, &mut xml, &mut output)?,
                Node::Text(_) => {}
                Node::End => reader.end(),
            }
        }
        reader.database.pass_on(&mut output);
        Ok(output.counts)
    }
}

/// Names the publication after the version of its data.
fn begin<'s>(
    root: &BytesStart<'_>,
    xml: &mut Xml<'_>,
    sink: &'s mut dyn Sink,
) -> Result<Output<'s>, ReadError> {
    let attributes = xml.attributes(root)?;
    let version = attributes.value("DataVersion");
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !(1..=64).contains(&version.len()) || !version.chars().all(is_name) {
        return Err(xml.malformed("a DataVersion such as 1.0.1.148", excerpt(version)));
    }
    let updated = attributes.value("LastDataUpdate");
    let publication = Publication {
        id: PublicationId::new("mssecure", version),
        title: "Database of security bulletins and patches".to_owned(),
        revision: Some(version.to_owned()),
        released: None,
        revised: day(updated),
    };
    let mut output = Output::new(publication, sink);
    read_day(updated, xml.line(), &mut output);
    Ok(output)
}

/// Reads `1998/06/01` and `10/04/2001`.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('/').map(|part| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(part)
    });
    let parts = [parts.next()??, parts.next()??, parts.next()??, parts.next().map_or("", |_| "x")];
    let [year, month, day] = match parts {
        [year, month, day, ""] if year.len() == 4 => [year, month, day],
        [month, day, year, ""] if year.len() == 4 => [year, month, day],
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn read_day(text: &str, line: u32, output: &mut Output<'_>) -> Option<Date> {
    let day = day(text);
    if day.is_none() && !text.is_empty() {
        let message = format!("expected a day such as 2001/10/04, found {}", excerpt(text));
        output.warn(WarningCode::BadDate, line, message);
    }
    day
}

/// Fills the database element by element.
struct DatabaseReader {
    /// Elements that are open below the root.
    open: Vec<Element>,
    database: Database,
    /// Name and location of the file whose changes are read.
    file: (Arc<str>, String),
    /// Name and type of the registry value whose changes are read.
    value: (Arc<str>, RegistryKind),
}

impl DatabaseReader {
    fn start(
        &mut self,
        start: &BytesStart<'_>,
        xml: &mut Xml<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), ReadError> {
        let name = start.local_name();
        let parent = self.open.last().copied().unwrap_or(Element::Datastore);
        let element = parent.child(name.as_ref());
        self.open.push(element);
        if !element.has_attributes() {
            return Ok(());
        }
        let attributes = xml.attributes(start)?;
        let stated = Stated { attributes: &attributes, line: xml.line() };
        self.take(element, &stated, output);
        Ok(())
    }

    fn end(&mut self) {
        self.open.pop();
    }

    fn take(&mut self, element: Element, stated: &Stated<'_>, output: &mut Output<'_>) {
        match element {
            Element::Product
            | Element::ServicePack
            | Element::Location
            | Element::File
            | Element::FileChange
            | Element::RegKey
            | Element::RegChange => self.take_entry(element, stated, output),
            Element::SupercededBy | Element::SupercededBulletin | Element::SupercededPatch => {
                self.take_successor(element, stated, output);
            }
            _ => self.take_bulletin(element, stated, output),
        }
    }

    fn take_entry(&mut self, element: Element, stated: &Stated<'_>, output: &mut Output<'_>) {
        let database = &mut self.database;
        match element {
            Element::Product => {
                output.counts.products += 1;
                database.products.add(stated, "ProductID", stated.text("Name"), output);
            }
            Element::ServicePack => {
                database.service_packs.add(stated, "ServicePackID", stated.text("Name"), output);
            }
            Element::Location => {
                database.locations.add(stated, "LocationID", stated.text("Path"), output);
            }
            Element::File => self.file = (stated.text("Name"), stated.number("LocationID")),
            Element::FileChange => {
                output.counts.file_changes += 1;
                let file = File::read(&self.file, stated, output);
                database.files.add(stated, "FileChangeID", file, output);
            }
            Element::RegKey => {
                self.value = (stated.text("Name"), registry_kind(stated.attributes.value("Type")));
            }
            Element::RegChange => {
                output.counts.registry_changes += 1;
                let value = RegistryValue::read(&self.value, stated);
                database.registry.add(stated, "RegChangeID", value, output);
            }
            _ => {}
        }
    }

    fn take_successor(&mut self, element: Element, stated: &Stated<'_>, output: &mut Output<'_>) {
        let successors = &mut self.database.successors;
        match element {
            Element::SupercededBy => {
                output.counts.supersedences += 1;
                successors.add(stated, "SBID", Successor::read(stated), output);
            }
            Element::SupercededBulletin => {
                if let Some(successor) = successors.last_mut() {
                    successor.begin_bulletin(stated, output);
                }
            }
            _ => {
                if let Some(successor) = successors.last_mut() {
                    successor.add_patch(stated, output);
                }
            }
        }
    }

    fn take_bulletin(&mut self, element: Element, stated: &Stated<'_>, output: &mut Output<'_>) {
        if element == Element::Bulletin {
            output.counts.bulletins += 1;
            self.database.bulletins.push(Bulletin::read(stated, output));
            return;
        }
        let Some(bulletin) = self.database.bulletins.last_mut() else { return };
        match element {
            Element::QNumber => bulletin.add_number(stated, output),
            Element::Patch => {
                output.counts.packages += 1;
                bulletin.patches.push(Patch::read(stated, output));
            }
            _ => {
                if let Some(patch) = bulletin.patches.last_mut() {
                    take_part(patch, element, stated);
                }
            }
        }
    }
}

/// Takes what a patch is for and what it changes.
fn take_part(patch: &mut Patch, element: Element, stated: &Stated<'_>) {
    match element {
        Element::AffectedProduct => patch.products.push(PatchProduct::read(stated)),
        Element::AffectedServicePack => {
            if let Some(product) = patch.products.last_mut() {
                product.service_packs.push(Reference::read(stated, "ServicePackID"));
            }
        }
        Element::FileChg => patch.files.push(Reference::read(stated, "FileChangeID")),
        Element::RegChg => patch.registry.push(Reference::read(stated, "RegChangeID")),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
