//! The Common Vulnerability Reporting Framework, version 1.1, as Microsoft publishes it: one
//! document for each month.
//!
//! Notes, scores, acknowledgements and remediations other than vendor fixes are counted or passed
//! over. Elements are told by their local names, as the prefixes are the publisher's choice.
//!
//! Source: ICASI, Common Vulnerability Reporting Framework 1.1.

mod element;
mod vulnerability;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use quick_xml::events::BytesStart;
use staunch_model::{Publication, PublicationId, WarningCode};

use self::element::Element;
use self::vulnerability::Draft;
use super::Dialect;
use super::xml::{Node, Xml};
use crate::document::excerpt;
use crate::encoding::{decode, head_text};
use crate::intern::Interner;
use crate::output::Output;
use crate::{Counts, Document, ReadError, Sink};

/// The dialect of CVRF documents.
pub(super) struct Cvrf;

impl Dialect for Cvrf {
    fn name(&self) -> &'static str {
        "cvrf"
    }

    fn description(&self) -> &'static str {
        "an XML document with the root element cvrfdoc"
    }

    fn recognises(&self, _file_name: &str, head: &[u8]) -> bool {
        let text = head_text(head);
        text.trim_start().starts_with('<') && text.contains("cvrfdoc")
    }

    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        let bytes = document.hold()?;
        let name = document.name();
        let (text, encoding) = decode(&bytes).map_err(|fault| ReadError::not_text(name, fault))?;
        CvrfReader {
            open: Vec::new(),
            text: String::new(),
            tracking: Tracking::default(),
            content: Content::default(),
            sink: Some(sink),
            output: None,
        }
        .read(Xml::new(name, &text, encoding, "cvrfdoc"))
    }
}

/// Text of a day, and its line.
type Dated = (String, u32);

/// What a document says about itself.
#[derive(Default)]
struct Tracking {
    id: Option<String>,
    title: String,
    revision: Option<String>,
    released: Option<Dated>,
    revised: Option<Dated>,
}

/// What was read of products and of the vulnerability that is open.
#[derive(Default)]
struct Content {
    products: HashMap<String, Product>,
    product_id: Option<String>,
    texts: Interner,
    draft: Draft,
}

struct CvrfReader<'s> {
    open: Vec<Element>,
    text: String,
    tracking: Tracking,
    content: Content,
    /// There until the publication is named; it then moves into the output.
    sink: Option<&'s mut dyn Sink>,
    output: Option<Output<'s>>,
}

/// A product of the product tree.
#[derive(Clone)]
struct Product {
    number: usize,
    name: Arc<str>,
}

impl<'s> CvrfReader<'s> {
    fn read(mut self, mut xml: Xml<'_>) -> Result<Counts, ReadError> {
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(start) => self.start(&start, &mut xml)?,
                Node::Text(text) => self.add_text(&text),
                Node::End => self.end(&mut xml),
            }
        }
        self.finish(&mut xml)
    }

    fn add_text(&mut self, text: &str) {
        if self.open.last().is_some_and(|element| *element != Element::Other) {
            self.text.push_str(text);
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, xml: &mut Xml<'_>) -> Result<(), ReadError> {
        let name = start.local_name();
        let parent = self.open.last();
        let element = parent.map_or(Element::Document, |parent| parent.child(name.as_ref()));
        self.text.clear();
        self.open.push(element);
        match element {
            Element::Vulnerability => {
                self.statements(xml)?.counts.vulnerabilities += 1;
                self.content.draft = Draft::new(xml.line());
            }
            Element::FullProductName => {
                let attributes = xml.attributes(start)?;
                self.content.product_id = attributes.optional("ProductID").map(str::to_owned);
            }
            Element::Threat => {
                let attributes = xml.attributes(start)?;
                let kind = attributes.optional("Type");
                if !self.content.draft.begin_threat(kind, xml.line()) {
                    self.pass_over();
                }
            }
            Element::Remediation => {
                let is_fix = xml.attributes(start)?.optional("Type") == Some("Vendor Fix");
                if let Some(output) = &mut self.output {
                    output.counts.vendor_fixes += u64::from(is_fix);
                    output.counts.other_remediations += u64::from(!is_fix);
                }
                if is_fix {
                    self.content.draft.begin_fix(xml.line());
                } else {
                    self.pass_over();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Leaves the element that was just opened, and all within it, unread.
    fn pass_over(&mut self) {
        if let Some(element) = self.open.last_mut() {
            *element = Element::Other;
        }
    }

    fn end(&mut self, xml: &mut Xml<'_>) {
        let Some(element) = self.open.pop() else { return };
        if element == Element::Other {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let line = xml.line();
        self.content.take(element, text.trim(), line, &mut self.tracking, self.output.as_mut());
        self.text = text;
        self.text.clear();
    }

    /// Returns the way out; the first time, the publication is named by what was read of it.
    fn statements(&mut self, xml: &mut Xml<'_>) -> Result<&mut Output<'s>, ReadError> {
        if let Some(sink) = self.sink.take() {
            let Some(id) = self.tracking.id.take().filter(|id| is_name(id)) else {
                let expected = "a document identifier such as 2019-Mar before the content";
                return Err(xml.malformed(expected, "none"));
            };
            return Ok(self.output.insert(self.tracking.publish(&id, sink)));
        }
        Ok(self.output.as_mut().expect("the sink leaves only for the output"))
    }

    fn finish(mut self, xml: &mut Xml<'_>) -> Result<Counts, ReadError> {
        let products = self.content.products.len() as u64;
        let counts = &mut self.statements(xml)?.counts;
        counts.products = products;
        Ok(*counts)
    }
}

impl Tracking {
    fn take(&mut self, element: Element, text: &str, line: u32) {
        match element {
            Element::DocumentTitle => text.clone_into(&mut self.title),
            Element::DocumentId => self.id = Some(text.to_owned()),
            Element::DocumentRevision => self.revision = Some(text.to_owned()),
            Element::InitialReleaseDate => self.released = Some((text.to_owned(), line)),
            Element::CurrentReleaseDate => self.revised = Some((text.to_owned(), line)),
            _ => {}
        }
    }

    fn publish<'s>(&mut self, id: &str, sink: &'s mut dyn Sink) -> Output<'s> {
        let [released, revised] = [self.released.take(), self.revised.take()];
        let day = |dated: &Option<Dated>| dated.as_ref().and_then(|(text, _)| day(text));
        let publication = Publication {
            id: PublicationId::new("cvrf", id),
            title: std::mem::take(&mut self.title),
            revision: self.revision.take(),
            released: day(&released),
            revised: day(&revised),
        };
        let mut output = Output::new(publication, sink);
        for (text, line) in [released, revised].into_iter().flatten() {
            read_day(&text, line, &mut output);
        }
        output
    }
}

impl Content {
    /// Takes the text of an element at its end.
    fn take(
        &mut self,
        element: Element,
        text: &str,
        line: u32,
        tracking: &mut Tracking,
        output: Option<&mut Output<'_>>,
    ) {
        if element == Element::FullProductName {
            self.take_product(text);
            return;
        }
        match output {
            None => tracking.take(element, text, line),
            Some(output) => self.take_statement(element, text, line, output),
        }
    }

    fn take_product(&mut self, name: &str) {
        let number = self.products.len();
        if let Some(id) = self.product_id.take() {
            let name = self.texts.intern(name);
            self.products.entry(id).or_insert(Product { number, name });
        }
    }

    fn take_statement(&mut self, element: Element, text: &str, line: u32, output: &mut Output<'_>) {
        let Self { products, texts, draft, .. } = self;
        let fix = &mut draft.fix;
        match element {
            Element::Title => text.clone_into(&mut draft.title),
            Element::Cve => text.clone_into(&mut draft.id),
            Element::ThreatDescription => text.clone_into(&mut draft.threat.description),
            Element::ThreatProduct => draft.threat.product(products.get(text)),
            Element::FixDescription => text.clone_into(&mut fix.description),
            Element::FixUrl => text.clone_into(&mut fix.url),
            Element::FixProduct => fix.product(text, products, output),
            Element::FixRestart => fix.restart(text, output),
            Element::FixSubType => fix.sub_type = texts.intern_some(text),
            Element::FixBuild => fix.fixed_build = texts.intern_some(text),
            Element::FixSupercedence => text.clone_into(&mut fix.supersedes),
            Element::RevisionDate => draft.revision(read_day(text, line, output)),
            Element::Threat => draft.end_threat(output),
            Element::Remediation => draft.end_fix(texts, output),
            Element::Vulnerability => draft.end(output),
            _ => {}
        }
    }
}

/// Tells whether a text can name a publication.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

/// Returns the day of `2019-03-12T07:00:00Z`.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn read_day(text: &str, line: u32, output: &mut Output<'_>) -> Option<Date> {
    let day = day(text);
    if day.is_none() {
        let message = format!("expected a day such as 2019-03-12, found {}", excerpt(text));
        output.warn(WarningCode::BadDate, line, message);
    }
    day
}

#[cfg(test)]
mod tests;
