//! Rows of named properties in the layouts that WMIC and PowerShell print: table, list, CSV.

use super::ReadError;
use super::text::{Line, Text};

/// Most properties that an object can have; those of WMI have fewer than 40.
const MAX_PROPERTIES: usize = 64;

/// The properties of one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Line at which the object begins.
    pub(super) line: usize,
    properties: Vec<(String, String)>,
}

/// One column of a table: its name and the character at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    name: String,
    start: usize,
}

impl Row {
    /// Makes a row of its properties.
    pub(super) fn new(line: usize, properties: Vec<(String, String)>) -> Self {
        Self { line, properties }
    }

    /// Returns the properties in their order.
    pub(super) fn into_properties(self) -> Vec<(String, String)> {
        self.properties
    }

    /// Returns a property that has a value, by its name in any case.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(of, value)| of.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }
}

/// Splits a line into words with the character at which each begins.
pub(super) fn words(line: &str) -> Vec<Column> {
    let mut words: Vec<Column> = Vec::new();
    let mut within = false;
    for (index, c) in line.chars().enumerate() {
        match (c.is_whitespace(), within) {
            (true, _) => within = false,
            (false, true) => {
                if let Some(word) = words.last_mut() {
                    word.name.push(c);
                }
            }
            (false, false) => {
                words.push(Column { name: c.to_string(), start: index });
                within = true;
            }
        }
    }
    words
}

impl Column {
    /// Returns the column's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Finds the header line of a table that has `key` among names of `known` properties only.
///
/// A message that the program printed without a line end may stand before the first name.
pub(super) fn header_of<'t>(
    text: &'t Text,
    key: &str,
    known: &[&str],
) -> Option<(Line<'t>, Vec<Column>)> {
    text.lines().find_map(|line| {
        if !line.text.contains(key) {
            return None;
        }
        let mut columns = words(line.text);
        let is_known = |column: &Column| known.contains(&column.name());
        let first = columns.iter().rposition(|column| !is_known(column)).unwrap_or(0);
        columns.drain(..first);
        let name = known
            .iter()
            .filter(|name| columns[0].name.ends_with(**name))
            .max_by_key(|name| name.len())?;
        let dropped = columns[0].name.chars().count() - name.chars().count();
        let origin = columns[0].start + dropped;
        columns[0] = Column { name: (*name).to_owned(), start: origin };
        // A message shifts the whole header; indentation of the header alone does not.
        let shift = if dropped > 0 || first > 0 { origin } else { 0 };
        for column in &mut columns {
            column.start -= shift;
        }
        columns.iter().any(|column| column.name == key).then_some((line, columns))
    })
}

/// Finds the header line of a table that is underlined with dashes and has the column `key`.
pub(super) fn underlined_header_of<'t>(
    text: &'t Text,
    key: &str,
) -> Option<(Line<'t>, Vec<Column>)> {
    let mut lines = text.lines().filter(|line| !line.text.trim().is_empty()).peekable();
    while let Some(line) = lines.next() {
        let Some(under) = lines.peek() else { break };
        let is_underline =
            under.text.contains('-') && under.text.chars().all(|c| c == '-' || c.is_whitespace());
        if !is_underline || !line.text.contains(key) {
            continue;
        }
        let starts: Vec<usize> =
            words(under.text).iter().map(|word| word.start).take(MAX_PROPERTIES).collect();
        let columns: Vec<Column> = cells(line.text, &starts)
            .into_iter()
            .zip(&starts)
            .map(|(name, start)| Column { name, start: *start })
            .collect();
        if columns.iter().any(|column| column.name == key) {
            return Some((*under, columns));
        }
    }
    None
}

/// Cuts a line at the columns' first characters.
fn cells(line: &str, starts: &[usize]) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    let cell = |(index, start): (usize, &usize)| {
        let end = starts.get(index + 1).copied().unwrap_or(chars.len()).min(chars.len());
        let cell: String = chars.get(*start..end).unwrap_or_default().iter().collect();
        cell.trim().to_owned()
    };
    starts.iter().enumerate().map(cell).collect()
}

/// Tells whether a column begins within a word of the line, so that its cells cannot be cut.
fn is_misaligned(line: &str, starts: &[usize]) -> bool {
    let chars: Vec<char> = line.chars().collect();
    starts.iter().any(|start| {
        let inside = |index: usize| chars.get(index).is_some_and(|c| !c.is_whitespace());
        *start > 0 && inside(start - 1) && inside(*start)
    })
}

/// Reads the rows below a header. Lines that the columns do not fit, as wide characters cause,
/// are given to `unaligned` word by word.
pub(super) fn table_rows(
    text: &Text,
    header: Line<'_>,
    columns: &[Column],
    unaligned: impl Fn(&[Column]) -> Vec<(String, String)>,
) -> Vec<Row> {
    let starts: Vec<usize> = columns.iter().map(|column| column.start).collect();
    text.lines()
        .skip(header.number)
        .filter(|line| !line.text.trim().is_empty())
        .map(|line| {
            let properties = if is_misaligned(line.text, &starts) {
                unaligned(&words(line.text))
            } else {
                let names = columns.iter().map(|column| column.name.clone());
                names.zip(cells(line.text, &starts)).collect()
            };
            Row::new(line.number, properties)
        })
        .collect()
}

/// Reads objects that are printed as one property a line, divided by `separator`.
///
/// An object ends where a property comes for the second time; programs differ in how many empty
/// lines they print between and within objects.
pub(super) fn list_rows(text: &Text, separator: char) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in text.lines() {
        let Some((name, value)) = line.text.split_once(separator) else { continue };
        let (name, value) = (name.trim(), value.trim());
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_name {
            continue;
        }
        let repeats = rows.last().is_none_or(|row| {
            row.properties.len() == MAX_PROPERTIES
                || row.properties.iter().any(|(of, _)| of == name)
        });
        if repeats {
            rows.push(Row::new(line.number, Vec::new()));
        }
        if let Some(row) = rows.last_mut() {
            row.properties.push((name.to_owned(), value.to_owned()));
        }
    }
    rows
}

/// Finds the header line of separated values that has the column `key`, and the separator.
pub(super) fn csv_header<'t>(text: &'t Text, key: &str) -> Option<(Line<'t>, u8)> {
    text.lines().find_map(|line| {
        let separator = [b',', b';', b'\t'].into_iter().find(|separator| {
            let mut names = line.text.split(char::from(*separator));
            line.text.contains(char::from(*separator))
                && names.any(|name| name.trim().trim_matches('"') == key)
        })?;
        Some((line, separator))
    })
}

/// Reads the rows below a header of separated values.
///
/// # Errors
/// [`ReadError::Csv`] when quotes or the number of values are damaged.
pub(super) fn csv_rows(
    text: &Text,
    header: Line<'_>,
    separator: u8,
) -> Result<Vec<Row>, ReadError> {
    let body: String =
        text.lines().skip(header.number - 1).flat_map(|line| [line.text, "\n"]).collect();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(body.as_bytes());
    let names = reader.headers()?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let offset = record.position().map_or(0, csv::Position::line);
        let line = header.number - 1 + usize::try_from(offset).unwrap_or(0);
        let properties = names
            .iter()
            .zip(&record)
            .take(MAX_PROPERTIES)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        rows.push(Row::new(line, properties));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["Caption", "CSName", "HotFixID"];

    #[test]
    fn a_message_before_the_header_does_not_shift_the_columns() {
        let text =
            Text::of("Please wait.Caption  CSName  HotFixID  \r\r\n         HOST    KB1\r\r\n");
        let (header, columns) = header_of(&text, "HotFixID", KNOWN).expect("a header");
        let rows = table_rows(&text, header, &columns, |_| Vec::new());
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].value("csname"), Some("HOST"));
        assert_eq!(rows[0].value("HotFixID"), Some("KB1"));
    }

    #[test]
    fn doubled_empty_lines_do_not_split_an_object() {
        let text = Text::of("A=1\n\nB=2\n\n\n\nA=3\n\nB=\n");
        let rows = list_rows(&text, '=');
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].value("A"), rows[0].value("B")), (Some("1"), Some("2")));
        assert_eq!((rows[1].value("A"), rows[1].value("B")), (Some("3"), None));
    }

    #[test]
    fn words_know_their_place_in_characters() {
        let found = words("é b  cd");
        let found: Vec<_> = found.iter().map(|word| (word.name(), word.start)).collect();
        assert_eq!(found, [("é", 0), ("b", 2), ("cd", 5)]);
    }
}
