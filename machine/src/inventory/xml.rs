//! XML of inventories, one event at a time, with bounds.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{ReadError, excerpt};

/// Most elements within one another.
const DEPTH_LIMIT: usize = 32;
/// Most attributes of one element.
const ATTRIBUTE_LIMIT: usize = 64;
/// Most bytes of text in one element.
const TEXT_LIMIT: usize = 64 << 10;

/// What stands next in a document. An empty element has a start and an end.
#[derive(Debug)]
pub(super) enum Node {
    /// Element with its attributes.
    Start(String, Vec<(String, String)>),
    Text(String),
    End,
}

/// A document on its way in. Document types, and with them entities of their own, are refused.
pub(super) struct Xml<'t> {
    text: &'t str,
    root: &'static str,
    reader: Reader<&'t [u8]>,
    depth: usize,
    text_length: usize,
    has_root: bool,
    line: usize,
    counted: usize,
}

impl<'t> Xml<'t> {
    /// Begins to read a document that must have this root element.
    pub(super) fn new(text: &'t str, root: &'static str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { text, root, reader, depth: 0, text_length: 0, has_root: false, line: 1, counted: 0 }
    }

    /// Returns the next event; nothing after the end of a whole document.
    ///
    /// # Errors
    /// [`ReadError::Unexpected`] for what is no XML, has another root, declares entities, or is
    /// too deep or too long.
    pub(super) fn next(&mut self) -> Result<Option<Node>, ReadError> {
        loop {
            self.count_lines();
            let text = match self.reader.read_event() {
                Ok(Event::Start(start)) => return self.enter(&start).map(Some),
                Ok(Event::End(_)) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Node::End));
                }
                Ok(Event::Eof) => return self.finish(),
                Ok(Event::Text(text)) => text.xml10_content(),
                Ok(Event::CData(data)) => data.xml10_content(),
                Ok(Event::GeneralRef(reference)) => self.reference(&reference)?,
                Ok(Event::DocType(_)) => {
                    return Err(self.unexpected("no entities", "a document type declaration"));
                }
                Ok(Event::Decl(_) | Event::Empty(_) | Event::Comment(_) | Event::PI(_)) => continue,
                Err(error) => {
                    return Err(self.unexpected("well-formed XML", &error.to_string()));
                }
            };
            if self.takes_text(&text)? {
                return Ok(Some(Node::Text(text.into_owned())));
            }
        }
    }

    /// Makes the error that says what stands on the line of the last event.
    pub(super) fn unexpected(&self, expected: &'static str, found: &str) -> ReadError {
        ReadError::Unexpected { line: self.line, expected, found: excerpt(found) }
    }

    fn count_lines(&mut self) {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        if let Some(between) = self.text.as_bytes().get(self.counted..position) {
            self.line += between.iter().filter(|byte| **byte == b'\n').count();
            self.counted = position;
        }
    }

    fn enter(&mut self, start: &BytesStart<'_>) -> Result<Node, ReadError> {
        let name = start.local_name().as_ref().to_owned();
        if self.depth == DEPTH_LIMIT {
            return Err(self.unexpected("at most 32 elements within one another", &name));
        }
        if self.depth == 0 && (self.has_root || name != self.root) {
            return Err(self.unexpected("one root element and no other", &name));
        }
        self.has_root = true;
        self.depth += 1;
        self.text_length = 0;
        let mut attributes = Vec::new();
        // The check for repeated attributes takes quadratic time, which hostile text could use.
        for attribute in start.attributes().with_checks(false) {
            if attributes.len() == ATTRIBUTE_LIMIT {
                return Err(self.unexpected("at most 64 attributes", &name));
            }
            let attribute =
                attribute.map_err(|error| self.unexpected("attributes", &error.to_string()))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| self.unexpected("an attribute", &error.to_string()))?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Node::Start(name, attributes))
    }

    /// Tells whether a text stands within an element; outside there may only be space.
    fn takes_text(&mut self, text: &str) -> Result<bool, ReadError> {
        self.text_length = self.text_length.saturating_add(text.len());
        if self.text_length > TEXT_LIMIT {
            return Err(self.unexpected("at most 65536 bytes of text in an element", text));
        }
        match (self.depth > 0, text.trim().is_empty()) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(self.unexpected("an element", text)),
        }
    }

    fn reference(&self, reference: &BytesRef<'_>) -> Result<Cow<'t, str>, ReadError> {
        let character = reference
            .resolve_char_ref()
            .map_err(|error| self.unexpected("a character", &error.to_string()))?;
        if let Some(character) = character {
            return Ok(Cow::Owned(character.to_string()));
        }
        quick_xml::escape::resolve_predefined_entity(reference)
            .map(Cow::Borrowed)
            .ok_or_else(|| self.unexpected("one of the five predefined entities", reference))
    }

    fn finish(&mut self) -> Result<Option<Node>, ReadError> {
        if !self.has_root || self.depth > 0 {
            return Err(self.unexpected("a whole document", "its end"));
        }
        Ok(None)
    }
}
