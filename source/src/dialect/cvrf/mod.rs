//! The Common Vulnerability Reporting Framework, version 1.1, as Microsoft publishes it: one
//! document for each month.
//!
//! Notes, scores, acknowledgements and remediations other than vendor fixes are counted or passed
//! over. Elements are told by their local names, as the prefixes are the publisher's choice.
//! Document type declarations, and with them all entities but the predefined ones, are refused.
//!
//! Source: ICASI, Common Vulnerability Reporting Framework 1.1.

mod element;
mod vulnerability;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use staunch_model::{Publication, PublicationId, WarningCode};

use self::element::Element;
use self::vulnerability::Draft;
use super::Dialect;
use crate::document::excerpt;
use crate::encoding::{Encoding, decode, head_text};
use crate::intern::Interner;
use crate::output::Output;
use crate::{Counts, Document, ReadError, Sink};

/// The dialect of CVRF documents.
pub(super) struct Cvrf;

/// Most bytes of text in one element.
const TEXT_LIMIT: usize = 4 << 20;
/// Most elements within one another.
const DEPTH_LIMIT: usize = 64;

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
        let mut reader = Reader::from_str(&text);
        reader.config_mut().expand_empty_elements = true;
        CvrfReader {
            document: name,
            encoding,
            lines: Lines { text: text.as_bytes(), position: 0, line: 1 },
            open: Vec::new(),
            text: String::new(),
            text_length: 0,
            has_root: false,
            tracking: Tracking::default(),
            content: Content::default(),
            sink: Some(sink),
            output: None,
        }
        .read(&mut reader)
    }
}

/// Counts lines up to positions that only grow.
struct Lines<'t> {
    text: &'t [u8],
    position: usize,
    line: u32,
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

struct CvrfReader<'d, 's> {
    document: &'d str,
    encoding: Encoding,
    lines: Lines<'d>,
    open: Vec<Element>,
    text: String,
    text_length: usize,
    has_root: bool,
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

impl Lines<'_> {
    fn line_at(&mut self, position: u64) -> u32 {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(between) = self.text.get(self.position..position) {
            let newlines = memchr::memchr_iter(b'\n', between).count();
            self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
            self.position = position;
        }
        self.line
    }
}

impl<'d, 's> CvrfReader<'d, 's> {
    fn read(mut self, reader: &mut Reader<&'d [u8]>) -> Result<Counts, ReadError> {
        loop {
            let position = reader.buffer_position();
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let position = reader.error_position().max(position);
                    return Err(self.malformed(position, "well-formed XML", error.to_string()));
                }
            };
            match event {
                Event::Start(start) => self.start(&start, position)?,
                Event::End(_) => self.end(position)?,
                Event::Text(text) => self.add_text(&text.xml10_content(), position)?,
                Event::CData(data) => self.add_text(&data.xml10_content(), position)?,
                Event::GeneralRef(reference) => self.reference(&reference, position)?,
                Event::Decl(declaration) => self.declaration(&declaration, position)?,
                Event::DocType(_) => {
                    let found = "a document type declaration";
                    return Err(self.malformed(position, "no entities", found));
                }
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => return self.finish(position),
            }
        }
    }

    fn malformed(
        &mut self,
        position: u64,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> ReadError {
        ReadError::malformed(self.document, self.lines.line_at(position), expected, found)
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>, position: u64) -> Result<(), ReadError> {
        let encoding = match declaration.encoding() {
            None => return Ok(()),
            Some(Ok(encoding)) => encoding,
            Some(Err(error)) => {
                return Err(self.malformed(position, "an encoding", error.to_string()));
            }
        };
        let fits = match self.encoding {
            Encoding::Utf8 => ["utf-8", "utf8", "us-ascii"].as_slice(),
            Encoding::Utf16Le | Encoding::Utf16Be => &["utf-16", "utf-16le", "utf-16be"],
        };
        if fits.iter().any(|name| name.eq_ignore_ascii_case(&encoding)) {
            return Ok(());
        }
        let found = format!("the declared encoding {}", excerpt(&encoding));
        Err(self.malformed(position, format!("{} text", self.encoding.name()), found))
    }

    fn reference(&mut self, reference: &BytesRef<'_>, position: u64) -> Result<(), ReadError> {
        let expected = "a character or one of the five predefined entities";
        match reference.resolve_char_ref() {
            Ok(Some(character)) => self.add_text(character.encode_utf8(&mut [0; 4]), position),
            Ok(None) => match quick_xml::escape::resolve_predefined_entity(reference) {
                Some(text) => self.add_text(text, position),
                None => {
                    let found = format!("the entity {}", excerpt(reference));
                    Err(self.malformed(position, expected, found))
                }
            },
            Err(error) => Err(self.malformed(position, expected, error.to_string())),
        }
    }

    fn add_text(&mut self, text: &str, position: u64) -> Result<(), ReadError> {
        self.text_length = self.text_length.saturating_add(text.len());
        if self.text_length > TEXT_LIMIT {
            let line = self.lines.line_at(position);
            let what = "a text in an element";
            return Err(ReadError::limit(self.document, line, what, TEXT_LIMIT as u64));
        }
        match self.open.last() {
            Some(Element::Other) => {}
            Some(_) => self.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => {
                let before = (text.len() - text.trim_start().len()) as u64;
                let found = excerpt(text.trim());
                return Err(self.malformed(position + before, "an element", found));
            }
        }
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), ReadError> {
        if self.open.len() == DEPTH_LIMIT {
            return Err(ReadError::Limit {
                document: self.document.to_owned(),
                line: self.lines.line_at(position),
                what: "a nesting",
                limit: DEPTH_LIMIT as u64,
                unit: "elements",
            });
        }
        let name = start.local_name();
        let name = name.as_ref();
        let element = match self.open.last() {
            Some(parent) => parent.child(name),
            None if name == "cvrfdoc" && !self.has_root => Element::Document,
            None => {
                let expected =
                    if self.has_root { "the end of the document" } else { "the element cvrfdoc" };
                return Err(self.malformed(position, expected, format!("<{}", excerpt(name))));
            }
        };
        self.has_root = true;
        self.text.clear();
        self.text_length = 0;
        self.open.push(element);
        match element {
            Element::Vulnerability => {
                let line = self.lines.line_at(position);
                self.statements(line)?.counts.vulnerabilities += 1;
                self.content.draft = Draft::new(line);
            }
            Element::FullProductName => {
                self.content.product_id = self.attribute(start, "ProductID", position)?;
            }
            Element::Threat => {
                let kind = self.attribute(start, "Type", position)?;
                let line = self.lines.line_at(position);
                if !self.content.draft.begin_threat(kind.as_deref(), line) {
                    self.pass_over();
                }
            }
            Element::Remediation => {
                let kind = self.attribute(start, "Type", position)?;
                let line = self.lines.line_at(position);
                let is_fix = kind.as_deref() == Some("Vendor Fix");
                if let Some(output) = &mut self.output {
                    output.counts.vendor_fixes += u64::from(is_fix);
                    output.counts.other_remediations += u64::from(!is_fix);
                }
                if is_fix {
                    self.content.draft.begin_fix(line);
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

    fn attribute(
        &mut self,
        start: &BytesStart<'_>,
        name: &str,
        position: u64,
    ) -> Result<Option<String>, ReadError> {
        // The check for repeated attributes takes quadratic time, which hostile text could use.
        for attribute in start.attributes().with_checks(false) {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    return Err(self.malformed(position, "attributes", error.to_string()));
                }
            };
            if attribute.key.local_name().as_ref() == name {
                return match attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0) {
                    Ok(value) => Ok(Some(value.trim().to_owned())),
                    Err(error) => Err(self.malformed(position, "an attribute", error.to_string())),
                };
            }
        }
        Ok(None)
    }

    fn end(&mut self, position: u64) -> Result<(), ReadError> {
        let Some(element) = self.open.pop() else { return Ok(()) };
        if element == Element::Other {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        let line = self.lines.line_at(position);
        self.content.take(element, text.trim(), line, &mut self.tracking, self.output.as_mut());
        self.text = text;
        self.text.clear();
        Ok(())
    }

    /// Returns the way out; the first time, the publication is named by what was read of it.
    fn statements(&mut self, line: u32) -> Result<&mut Output<'s>, ReadError> {
        if let Some(sink) = self.sink.take() {
            let Some(id) = self.tracking.id.take().filter(|id| is_name(id)) else {
                let expected = "a document identifier such as 2019-Mar before the content";
                return Err(ReadError::malformed(self.document, line, expected, "none"));
            };
            return Ok(self.output.insert(self.tracking.publish(&id, sink)));
        }
        Ok(self.output.as_mut().expect("the sink leaves only for the output"))
    }

    fn finish(mut self, position: u64) -> Result<Counts, ReadError> {
        let end = "the end of the document";
        if !self.has_root {
            return Err(self.malformed(position, "the element cvrfdoc", end));
        }
        if !self.open.is_empty() {
            let expected = format!("the end of {} open elements", self.open.len());
            return Err(self.malformed(position, expected, end));
        }
        let line = self.lines.line_at(position);
        let products = self.content.products.len() as u64;
        let counts = &mut self.statements(line)?.counts;
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
