//! XML as publications use it, one event at a time.
//!
//! Document type declarations, and with them all entities but the predefined ones, are refused.
//! Depth, text and the number of attributes are bounded, and every event knows its line.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use crate::ReadError;
use crate::document::excerpt;
use crate::encoding::Encoding;

/// Most bytes of text in one element.
const TEXT_LIMIT: usize = 4 << 20;
/// Most elements within one another.
const DEPTH_LIMIT: usize = 64;
/// Most attributes of one element.
const ATTRIBUTE_LIMIT: usize = 64;

/// What stands next in a document. An empty element has a start and an end.
pub(super) enum Node<'t> {
    Start(BytesStart<'t>),
    Text(Cow<'t, str>),
    End,
}

/// A document on its way in.
pub(super) struct Xml<'t> {
    document: &'t str,
    root: &'static str,
    encoding: Encoding,
    reader: Reader<&'t [u8]>,
    lines: Lines<'t>,
    position: u64,
    depth: usize,
    text_length: usize,
    has_root: bool,
}

/// Counts lines up to positions that only grow.
struct Lines<'t> {
    text: &'t [u8],
    position: usize,
    line: u32,
}

/// Attributes of one element by their local names.
pub(super) struct Attributes(Vec<(String, String)>);

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

impl Attributes {
    /// Returns the value of an attribute without the space around it, if it is there.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Returns the value of an attribute without the space around it; one that is not there is
    /// empty.
    pub(super) fn value(&self, name: &str) -> &str {
        self.optional(name).unwrap_or("")
    }
}

impl<'t> Xml<'t> {
    /// Begins to read a decoded document that must have this root element.
    pub(super) fn new(
        document: &'t str,
        text: &'t str,
        encoding: Encoding,
        root: &'static str,
    ) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            document,
            root,
            encoding,
            reader,
            lines: Lines { text: text.as_bytes(), position: 0, line: 1 },
            position: 0,
            depth: 0,
            text_length: 0,
            has_root: false,
        }
    }

    /// Returns the line on which the last event begins.
    pub(super) fn line(&mut self) -> u32 {
        self.lines.line_at(self.position)
    }

    /// Returns the next event; nothing after the end of a whole document.
    ///
    /// # Errors
    ///
    /// [`ReadError::Malformed`] for what is no XML, has another root or declares entities;
    /// [`ReadError::Limit`] for what is too deep or too long.
    pub(super) fn next(&mut self) -> Result<Option<Node<'t>>, ReadError> {
        loop {
            self.position = self.reader.buffer_position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    self.position = self.reader.error_position().max(self.position);
                    return Err(self.malformed("well-formed XML", error.to_string()));
                }
            };
            let text = match event {
                Event::Start(start) => {
                    self.enter(&start)?;
                    return Ok(Some(Node::Start(start)));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Node::End));
                }
                Event::Eof => return self.finish(),
                Event::Text(text) => text.xml10_content(),
                Event::CData(data) => data.xml10_content(),
                Event::GeneralRef(reference) => self.reference(&reference)?,
                Event::Decl(declaration) => {
                    self.declaration(&declaration)?;
                    continue;
                }
                Event::DocType(_) => {
                    return Err(self.malformed("no entities", "a document type declaration"));
                }
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) => continue,
            };
            if self.takes_text(&text)? {
                return Ok(Some(Node::Text(text)));
            }
        }
    }

    /// Reads the attributes of an element that was just returned.
    ///
    /// # Errors
    ///
    /// [`ReadError::Malformed`] for what is no attribute; [`ReadError::Limit`] for too many.
    pub(super) fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Attributes, ReadError> {
        let mut attributes = Vec::new();
        // The check for repeated attributes takes quadratic time, which hostile text could use.
        for attribute in start.attributes().with_checks(false) {
            if attributes.len() == ATTRIBUTE_LIMIT {
                return Err(self.limit("an element", ATTRIBUTE_LIMIT as u64, "attributes"));
            }
            let attribute =
                attribute.map_err(|error| self.malformed("attributes", error.to_string()))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| self.malformed("an attribute", error.to_string()))?;
            let name = attribute.key.local_name();
            attributes.push((name.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Attributes(attributes))
    }

    /// Makes the error that says what stands on the line of the last event.
    pub(super) fn malformed(
        &mut self,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> ReadError {
        ReadError::malformed(self.document, self.line(), expected, found)
    }

    /// Makes the error that says that there is too much on the line of the last event.
    pub(super) fn limit(
        &mut self,
        what: &'static str,
        limit: u64,
        unit: &'static str,
    ) -> ReadError {
        let line = self.line();
        ReadError::Limit { document: self.document.to_owned(), line, what, limit, unit }
    }

    fn enter(&mut self, start: &BytesStart<'_>) -> Result<(), ReadError> {
        if self.depth == DEPTH_LIMIT {
            return Err(self.limit("a nesting", DEPTH_LIMIT as u64, "elements"));
        }
        let name = start.local_name();
        let name = name.as_ref();
        if self.depth == 0 && (self.has_root || name != self.root) {
            let expected = match self.has_root {
                true => "the end of the document".to_owned(),
                false => format!("the element {}", self.root),
            };
            return Err(self.malformed(expected, format!("<{}", excerpt(name))));
        }
        self.has_root = true;
        self.depth += 1;
        self.text_length = 0;
        Ok(())
    }

    /// Tells whether a text stands within an element; outside there may only be space.
    fn takes_text(&mut self, text: &str) -> Result<bool, ReadError> {
        self.text_length = self.text_length.saturating_add(text.len());
        if self.text_length > TEXT_LIMIT {
            return Err(self.limit("a text in an element", TEXT_LIMIT as u64, "bytes"));
        }
        if self.depth > 0 {
            return Ok(true);
        }
        if text.trim().is_empty() {
            return Ok(false);
        }
        self.position += (text.len() - text.trim_start().len()) as u64;
        Err(self.malformed("an element", excerpt(text.trim())))
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>) -> Result<(), ReadError> {
        let encoding = match declaration.encoding() {
            None => return Ok(()),
            Some(Ok(encoding)) => encoding,
            Some(Err(error)) => return Err(self.malformed("an encoding", error.to_string())),
        };
        let fits = match self.encoding {
            Encoding::Utf8 => ["utf-8", "utf8", "us-ascii"].as_slice(),
            Encoding::Utf16Le | Encoding::Utf16Be => &["utf-16", "utf-16le", "utf-16be"],
        };
        if fits.iter().any(|name| name.eq_ignore_ascii_case(&encoding)) {
            return Ok(());
        }
        let found = format!("the declared encoding {}", excerpt(&encoding));
        Err(self.malformed(format!("{} text", self.encoding.name()), found))
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<Cow<'t, str>, ReadError> {
        let expected = "a character or one of the five predefined entities";
        match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(Cow::Owned(character.to_string())),
            Ok(None) => match quick_xml::escape::resolve_predefined_entity(reference) {
                Some(text) => Ok(Cow::Borrowed(text)),
                None => {
                    let found = format!("the entity {}", excerpt(reference));
                    Err(self.malformed(expected, found))
                }
            },
            Err(error) => Err(self.malformed(expected, error.to_string())),
        }
    }

    fn finish(&mut self) -> Result<Option<Node<'t>>, ReadError> {
        let end = "the end of the document";
        if !self.has_root {
            let expected = format!("the element {}", self.root);
            return Err(self.malformed(expected, end));
        }
        if self.depth > 0 {
            let expected = format!("the end of {} open elements", self.depth);
            return Err(self.malformed(expected, end));
        }
        Ok(None)
    }
}
