//! The rows of one sheet, one at a time.

use std::sync::Arc;

use quick_xml::events::BytesStart;

use super::element::Element;
use super::workbook::CellText;
use crate::ReadError;
use crate::dialect::xml::{Node, Xml};
use crate::document::excerpt;

/// Columns that are kept; later ones are passed over.
const COLUMN_LIMIT: u32 = 64;
/// Most rows that the format allows.
const ROW_LIMIT: u32 = 1 << 20;

/// Most bytes of text in all cells, a shared text counted in every cell that refers to it.
const TEXT_LIMIT: usize = 256 << 20;

/// A sheet on its way in.
pub(super) struct Sheet<'p> {
    xml: Xml<'p>,
    shared: &'p [Arc<str>],
    open: Vec<Element>,
    row: Row,
    /// Column of the next cell that does not say its own, counted from zero.
    column: u32,
    kind: Kind,
    text: CellText,
    /// Bytes of text in the cells so far.
    text_length: usize,
}

/// One row with its cells from left to right as they stand.
#[derive(Default)]
pub(super) struct Row {
    /// Number of the row, counted from one.
    pub(super) number: u32,
    cells: Vec<(u32, Cell)>,
}

/// Content of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// The text without runs of space, or the number in decimal digits.
    pub(super) text: Arc<str>,
    /// Whether the cell holds a number, as days do.
    pub(super) is_number: bool,
}

/// What the value of a cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    SharedText,
    Text,
    Fault,
}

impl Row {
    /// Returns the cell in a column, counted from zero.
    pub(super) fn cell(&self, column: u32) -> Option<&Cell> {
        self.cells.iter().find(|(at, _)| *at == column).map(|(_, cell)| cell)
    }

    /// Returns every cell that has content, with its column counted from zero.
    pub(super) fn cells(&self) -> &[(u32, Cell)] {
        &self.cells
    }
}

impl<'p> Sheet<'p> {
    /// Begins to read a sheet whose cells refer to these texts.
    pub(super) fn new(xml: Xml<'p>, shared: &'p [Arc<str>]) -> Self {
        Self {
            xml,
            shared,
            open: Vec::new(),
            row: Row::default(),
            column: 0,
            kind: Kind::Number,
            text: CellText::default(),
            text_length: 0,
        }
    }

    /// Returns the next row that has content.
    ///
    /// # Errors
    ///
    /// [`ReadError::Malformed`] for what is no sheet; [`ReadError::Limit`] for what is too large.
    pub(super) fn next_row(&mut self) -> Result<Option<&Row>, ReadError> {
        while let Some(node) = self.xml.next()? {
            match node {
                Node::Start(start) => self.start(&start)?,
                Node::Text(text) => {
                    if matches!(self.open.last(), Some(Element::Value | Element::Text)) {
                        self.text.add(&text, &mut self.xml)?;
                    }
                }
                Node::End => match self.open.pop() {
                    Some(Element::Cell) => self.end_cell()?,
                    Some(Element::Row) if !self.row.cells.is_empty() => {
                        return Ok(Some(&self.row));
                    }
                    _ => {}
                },
            }
        }
        Ok(None)
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), ReadError> {
        let name = start.local_name();
        let parent = self.open.last();
        let element = parent.map_or(Element::Worksheet, |parent| parent.child(name.as_ref()));
        self.open.push(element);
        match element {
            Element::Row => self.start_row(start),
            Element::Cell => self.start_cell(start),
            _ => Ok(()),
        }
    }

    fn start_row(&mut self, start: &BytesStart<'_>) -> Result<(), ReadError> {
        let attributes = self.xml.attributes(start)?;
        self.row.cells.clear();
        self.column = 0;
        self.row.number = match attributes.optional("r") {
            None => self.row.number + 1,
            Some(number) => match number.parse() {
                Ok(number) => number,
                Err(_) => return Err(self.xml.malformed("the number of a row", excerpt(number))),
            },
        };
        if (1..=ROW_LIMIT).contains(&self.row.number) {
            return Ok(());
        }
        Err(self.xml.limit("a sheet", u64::from(ROW_LIMIT), "rows"))
    }

    fn start_cell(&mut self, start: &BytesStart<'_>) -> Result<(), ReadError> {
        let attributes = self.xml.attributes(start)?;
        self.text.clear();
        if let Some(place) = attributes.optional("r") {
            self.column = match column(place) {
                Some(column) => column,
                None => return Err(self.xml.malformed("a cell such as B12", excerpt(place))),
            };
        }
        self.kind = match attributes.value("t") {
            "" | "n" => Kind::Number,
            "s" => Kind::SharedText,
            "e" => Kind::Fault,
            _ => Kind::Text,
        };
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), ReadError> {
        let column = self.column;
        self.column = column.saturating_add(1);
        let text = self.text.joined();
        if text.is_empty() || column >= COLUMN_LIMIT || self.kind == Kind::Fault {
            return Ok(());
        }
        let cell = match self.kind {
            Kind::SharedText => {
                let at = text.parse::<usize>().ok();
                let Some(shared) = at.and_then(|at| self.shared.get(at)) else {
                    let expected = format!("one of {} shared texts", self.shared.len());
                    return Err(self.xml.malformed(expected, excerpt(&text)));
                };
                Cell { text: Arc::clone(shared), is_number: false }
            }
            Kind::Number => Cell { text: digits(&text).into(), is_number: true },
            Kind::Text | Kind::Fault => Cell { text: text.into(), is_number: false },
        };
        self.text_length += cell.text.len();
        if self.text_length > TEXT_LIMIT {
            return Err(self.xml.limit("a sheet", TEXT_LIMIT as u64, "bytes of text"));
        }
        if !cell.text.is_empty() && self.row.cell(column).is_none() {
            self.row.cells.push((column, cell));
        }
        Ok(())
    }
}

/// Returns the column of `B12`, counted from zero.
fn column(place: &str) -> Option<u32> {
    let letters = place.bytes().take(4).take_while(u8::is_ascii_alphabetic);
    let length = letters.clone().count();
    let number = letters
        .map(|letter| u32::from(letter.to_ascii_uppercase() - b'A') + 1)
        .fold(0, |column, letter| column * 26 + letter);
    (1..=3).contains(&length).then(|| number - 1)
}

/// Writes a whole number such as `9.36021E5` without a fraction or an exponent.
fn digits(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_name_their_columns() {
        for (place, expected) in
            [("A1", Some(0)), ("Z9", Some(25)), ("aa3", Some(26)), ("XFD1048576", Some(16_383))]
        {
            assert_eq!(column(place), expected, "{place}");
        }
        for place in ["", "1", "ABCD1", "é1"] {
            assert_eq!(column(place), None, "{place}");
        }
    }

    #[test]
    fn whole_numbers_are_written_as_digits() {
        for (text, expected) in
            [("936021", "936021"), ("936021.0", "936021"), ("9.36021E5", "936021"), ("1.5", "1.5")]
        {
            assert_eq!(digits(text), expected);
        }
        assert_eq!(digits("NaN"), "NaN");
    }
}
