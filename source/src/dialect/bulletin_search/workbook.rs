//! The parts of a workbook that hold its texts, within bounds.
//!
//! Only the parts that are read are expanded, each up to a limit; what a part claims about its
//! size, its dimensions or its number of texts is never believed.
//!
//! Source: ECMA-376, Office Open XML, part 1 (SpreadsheetML) and part 2 (packaging).

use std::io::{Cursor, Read};
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::element::Element;
use super::sheet::Sheet;
use crate::ReadError;
use crate::bounded::{Expanded, Meter};
use crate::dialect::xml::{Node, Xml};
use crate::encoding::{Encoding, decode};

/// Part that lists the sheets.
const WORKBOOK: &str = "xl/workbook.xml";
/// Part that says where the sheets are.
const RELATIONSHIPS: &str = "xl/_rels/workbook.xml.rels";
/// Folder that the relationships start from.
const FOLDER: &str = "xl/";
/// End of the type of the relationship to the shared texts.
const SHARED_TEXTS: &str = "/sharedStrings";
/// Most bytes of one part when expanded.
const PART_LIMIT: u64 = 64 << 20;
/// Most shared texts.
const SHARED_TEXT_LIMIT: usize = 1_000_000;
/// Most sheets that are looked at.
const SHEET_LIMIT: usize = 16;
/// Most bytes of the text of one cell; the format allows 32,767 characters.
const CELL_LIMIT: usize = 128 << 10;

/// A workbook that is open for reading.
pub(super) struct Workbook<'b> {
    name: &'b str,
    archive: ZipArchive<Cursor<&'b [u8]>>,
    meter: Meter,
    /// Names of the parts of the sheets, in order.
    sheets: Vec<String>,
    shared: Vec<Arc<str>>,
    counts_from_1904: bool,
}

/// One part as text.
pub(super) struct Part {
    /// Name of the part below that of the document.
    name: String,
    text: String,
    encoding: Encoding,
}

/// The text of a cell, put together from pieces.
#[derive(Default)]
pub(super) struct CellText(String);

impl CellText {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn add(&mut self, piece: &str, xml: &mut Xml<'_>) -> Result<(), ReadError> {
        if self.0.len() + piece.len() > CELL_LIMIT {
            return Err(xml.limit("a text in a cell", CELL_LIMIT as u64, "bytes"));
        }
        self.0.push_str(piece);
        Ok(())
    }

    /// Returns the text with each run of space, line ends included, as one space.
    pub(super) fn joined(&self) -> String {
        // A carriage return within a cell stands as this escape.
        let plain = self.0.replace("_x000D_", " ");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Part {
    fn xml(&self, root: &'static str) -> Xml<'_> {
        Xml::new(&self.name, &self.text, self.encoding, root)
    }
}

impl<'b> Workbook<'b> {
    /// Opens a workbook and reads its shared texts.
    ///
    /// # Errors
    ///
    /// [`ReadError::Archive`] for what is no package of parts, [`ReadError::Malformed`] for what
    /// is no workbook and [`ReadError::Limit`] for what is too large.
    pub(super) fn open(name: &'b str, bytes: &'b [u8]) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(name, error))?;
        let meter = Meter::new(bytes.len() as u64);
        let (sheets, shared) = (Vec::new(), Vec::new());
        let mut workbook = Self { name, archive, meter, sheets, shared, counts_from_1904: false };
        let relationships = workbook.read_sheets()?;
        if let Some(part) = workbook.read_relationships(&relationships)? {
            workbook.read_shared(&part)?;
        }
        Ok(workbook)
    }

    /// Returns how many sheets can be read.
    pub(super) fn sheet_count(&self) -> usize {
        self.sheets.len()
    }

    /// Tells whether days are counted from 1904 on.
    pub(super) fn counts_from_1904(&self) -> bool {
        self.counts_from_1904
    }

    /// Reads the part of one sheet, counted from zero.
    ///
    /// # Errors
    ///
    /// As for [`Self::open`].
    pub(super) fn sheet_part(&mut self, at: usize) -> Result<Part, ReadError> {
        let name = self.sheets[at].clone();
        self.part(&name)
    }

    /// Begins to read the rows of the part of a sheet.
    pub(super) fn sheet<'p>(&'p self, part: &'p Part) -> Sheet<'p> {
        Sheet::new(part.xml("worksheet"), &self.shared)
    }

    fn part(&mut self, part: &str) -> Result<Part, ReadError> {
        let name = format!("{}/{part}", self.name);
        let entry = match self.archive.by_name(part) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => {
                return Err(ReadError::malformed(&name, 1, "a part of a workbook", "none"));
            }
            Err(error) => return Err(damaged(&name, error)),
        };
        self.meter.allow(PART_LIMIT + 1);
        let mut bytes = Vec::new();
        Expanded(entry, &self.meter)
            .take(PART_LIMIT + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(&name, error))?;
        if bytes.len() as u64 > PART_LIMIT {
            return Err(ReadError::limit(&name, 1, "a part", PART_LIMIT));
        }
        let (text, encoding) = decode(&bytes).map_err(|fault| ReadError::not_text(&name, fault))?;
        let text = text.into_owned();
        Ok(Part { name, text, encoding })
    }

    /// Returns the relationships to the sheets, in order.
    fn read_sheets(&mut self) -> Result<Vec<String>, ReadError> {
        let part = self.part(WORKBOOK)?;
        let mut xml = part.xml("workbook");
        let mut sheets = Vec::new();
        while let Some(node) = xml.next()? {
            let Node::Start(start) = node else { continue };
            match start.local_name().as_ref() {
                "workbookPr" => {
                    let attributes = xml.attributes(&start)?;
                    self.counts_from_1904 = matches!(attributes.value("date1904"), "1" | "true");
                }
                "sheet" if sheets.len() < SHEET_LIMIT => {
                    sheets.push(xml.attributes(&start)?.value("id").to_owned());
                }
                _ => {}
            }
        }
        Ok(sheets)
    }

    /// Finds the parts of the sheets; returns the part with the shared texts.
    fn read_relationships(&mut self, sheets: &[String]) -> Result<Option<String>, ReadError> {
        let part = self.part(RELATIONSHIPS)?;
        let mut xml = part.xml("Relationships");
        let mut targets = vec![None; sheets.len()];
        let mut shared = None;
        while let Some(node) = xml.next()? {
            let Node::Start(start) = node else { continue };
            if start.local_name().as_ref() != "Relationship" {
                continue;
            }
            let attributes = xml.attributes(&start)?;
            let target = attributes.value("Target");
            let target = match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => format!("{FOLDER}{target}"),
            };
            let id = attributes.value("Id");
            if let Some(at) = sheets.iter().position(|sheet| sheet == id) {
                targets[at] = Some(target);
            } else if attributes.value("Type").ends_with(SHARED_TEXTS) {
                shared = Some(target);
            }
        }
        self.sheets = targets.into_iter().flatten().collect();
        Ok(shared)
    }

    fn read_shared(&mut self, part: &str) -> Result<(), ReadError> {
        let part = self.part(part)?;
        let mut xml = part.xml("sst");
        let mut open: Vec<Element> = Vec::new();
        let mut cell = CellText::default();
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(start) => {
                    let name = start.local_name();
                    let parent = open.last();
                    let element =
                        parent.map_or(Element::SharedTexts, |parent| parent.child(name.as_ref()));
                    if element == Element::RichText {
                        cell.clear();
                    }
                    open.push(element);
                }
                Node::Text(text) if open.last() == Some(&Element::Text) => {
                    cell.add(&text, &mut xml)?;
                }
                Node::Text(_) => {}
                Node::End => {
                    if open.pop() != Some(Element::RichText) {
                        continue;
                    }
                    if self.shared.len() == SHARED_TEXT_LIMIT {
                        let limit = SHARED_TEXT_LIMIT as u64;
                        return Err(xml.limit("a workbook", limit, "shared texts"));
                    }
                    self.shared.push(cell.joined().into());
                }
            }
        }
        Ok(())
    }
}

fn damaged(name: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ReadError {
    ReadError::Archive { archive: name.to_owned(), source: source.into() }
}
