//! File rows of pipe and HTML tables, column by column.

use super::cell::{self, Cell, FIELDS, Field};
use super::date;
use super::field::{self, Version};
use super::row::{Row, Rows};
use super::words::Words;
use crate::page::block::{self, Table};
use crate::page::inline::Inline;

/// Most columns of a file table.
const MOST_COLUMNS: usize = 16;

/// Longest row of text alone that is a heading for the rows below it, in bytes.
const LONGEST_HEADING: usize = 600;

/// Reads the file rows of a table, when it has any.
pub(super) fn read(table: &Table, words: Words, rows: &mut Rows<'_>) {
    if !may_hold_files(table) || !has_names(table) {
        return;
    }
    let all = table.rows.iter().flat_map(|row| Line::all(row, words));
    let mut lines: Vec<Line<'_>> = all.collect();
    if !lines.iter().any(|line| line.facts() >= 1 && line.has(Field::Name)) {
        return;
    }
    for cell in lines.iter_mut().flat_map(|line| &mut line.cells) {
        cell.look_up(words);
    }
    let columns = Columns::of(&lines);
    let has_files = lines.iter().any(|line| line.facts() >= 2 && line.has(Field::Name));
    for line in &lines {
        match read_line(line, &columns, has_files, words, rows) {
            Some(row) => rows.push(row),
            None => heading(line, words, rows),
        }
    }
}

/// Tells quickly whether a table has something like a version, time or date beside a dotted word.
fn may_hold_files(table: &Table) -> bool {
    table.rows.iter().any(|row| {
        let is_number = |cell: &block::Cell| {
            let bytes = cell.text.as_bytes();
            bytes.len() < 80
                && bytes.iter().any(u8::is_ascii_digit)
                && bytes.iter().any(|b| matches!(b, b'.' | b':' | b',' | b' ' | b'-' | b'/'))
        };
        row.cells.len() >= 2 && row.cells.len() <= MOST_COLUMNS && row.cells.iter().any(is_number)
    })
}

/// Tells whether a line of a cell is the name of a file.
fn has_names(table: &Table) -> bool {
    let cells = table.rows.iter().flat_map(|row| row.cells.iter().take(MOST_COLUMNS));
    cells.map(|cell| Inline::new(&cell.text).plain()).any(|text| {
        text.lines().any(|line| field::is_name(line) || field::lost_dot(line).is_some())
    })
}

/// One row of a table; a row whose cells hold several lines each is several.
struct Line<'t> {
    number: u32,
    cells: Vec<Cell<'t>>,
}

impl<'t> Line<'t> {
    fn all(row: &'t block::Row, words: Words) -> Vec<Self> {
        let cells = row.cells.get(..MOST_COLUMNS).unwrap_or(&row.cells);
        let counts: Vec<usize> = cells.iter().map(|cell| cell.text.lines().count()).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let first_lines = |cell: &'t block::Cell| cell.text.lines().next().unwrap_or_default();
        let is_stacked = (2..=50).contains(&most)
            && counts.iter().filter(|count| **count == most).count() >= 2
            && counts.iter().all(|count| *count <= 1 || *count == most)
            && cells.iter().any(|cell| field::is_name(&Inline::new(first_lines(cell)).plain()));
        let line = |at: usize| Self {
            number: row.line,
            cells: cells
                .iter()
                .zip(&counts)
                .map(|(cell, count)| match count {
                    2.. if is_stacked => cell.text.lines().nth(at).unwrap_or_default(),
                    _ => &cell.text,
                })
                .map(|raw| Cell::new(raw, words))
                .collect(),
        };
        if is_stacked { (0..most).map(line).collect() } else { vec![line(0)] }
    }

    fn has(&self, field: Field) -> bool {
        self.cells.iter().any(|cell| cell.fields.is_only(field))
    }

    /// Counts which of version, date, time and size the row can have, each in a cell of its own.
    fn facts(&self) -> usize {
        let fields = [Field::Version, Field::Date, Field::Time, Field::Size];
        let is_fact = |cell: &&Cell<'_>| fields.iter().any(|field| cell.fields.has(*field));
        let can_have = |field: &&Field| self.cells.iter().any(|cell| cell.fields.has(**field));
        self.cells.iter().filter(is_fact).count().min(fields.iter().filter(can_have).count())
    }
}

/// Which column holds which field, as most of the rows have it.
#[derive(Debug, Default)]
struct Columns([Option<usize>; FIELDS.len()]);

impl Columns {
    fn of(lines: &[Line<'_>]) -> Self {
        let mut scores = [[0_usize; FIELDS.len()]; MOST_COLUMNS];
        // Where the page ends within a row, the row's last cell is not what it seems.
        let whole = match lines {
            [first, .., last] if last.cells.len() < first.cells.len() => &lines[..lines.len() - 1],
            _ => lines,
        };
        for line in whole.iter().filter(|line| line.facts() > 0) {
            for (column, cell) in line.cells.iter().enumerate() {
                let weight = if cell.fields.is_certain() { 8 } else { 1 };
                for field in FIELDS.into_iter().filter(|field| cell.fields.has(*field)) {
                    scores[column][field as usize] += weight;
                }
            }
        }
        settle_sizes(&mut scores);
        let mut columns = Self::default();
        while let Some((column, field)) = best(&scores) {
            columns.0[field] = Some(column);
            scores[column] = [0; FIELDS.len()];
            for scores in &mut scores {
                scores[field] = 0;
            }
        }
        columns
    }

    fn cell<'l, 't>(&self, line: &'l Line<'t>, field: Field) -> Option<(usize, &'l Cell<'t>)> {
        let column = self.0[field as usize]?;
        line.cells.get(column).map(|cell| (column, cell))
    }
}

/// Takes a column for sizes that can as well be versions (`1.167`) where no other can be sizes.
///
/// Later rows would tell most of them apart, but a page may be cut before those.
fn settle_sizes(scores: &mut [[usize; FIELDS.len()]; MOST_COLUMNS]) {
    let (version, size) = (Field::Version as usize, Field::Size as usize);
    let mut sizes = scores.iter_mut().filter(|fields| fields[size] > 0);
    if let (Some(only), None) = (sizes.next(), sizes.next())
        && only[size] == only[version]
    {
        only[version] = 0;
    }
}

/// Finds the greatest score; of equals, the first column and field.
fn best(scores: &[[usize; FIELDS.len()]; MOST_COLUMNS]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for (column, fields) in scores.iter().enumerate() {
        for (field, score) in fields.iter().enumerate() {
            if *score > best.map_or(0, |(column, field)| scores[column][field]) {
                best = Some((column, field));
            }
        }
    }
    best
}

fn read_line(
    line: &Line<'_>,
    columns: &Columns,
    has_files: bool,
    words: Words,
    rows: &mut Rows<'_>,
) -> Option<Row> {
    let is_listed = if line.has(Field::Name) {
        line.facts() >= 2 || (has_files && line.facts() >= 1) || is_version_of_product(line)
    } else {
        has_files && line.facts() >= 2
    };
    if !is_listed {
        return None;
    }
    let mut taken = [false; MOST_COLUMNS];
    let mut row = Row::new(line.number);
    let name_at = name_column(line, columns);
    let Some(name_at) = name_at else {
        rows.warn("file-without-name", line.number, "a row of a file table has no name");
        return None;
    };
    taken[name_at] = true;
    row.set_name(&line.cells[name_at].text, words);
    for field in FIELDS.into_iter().skip(1) {
        let given = columns.cell(line, field).filter(|(column, cell)| {
            !taken[*column] && (cell.fields.has(field) || !cell.is_empty && !is_other(cell, field))
        });
        let certain = || {
            let mut cells = line.cells.iter().enumerate();
            cells.find(|(column, cell)| !taken[*column] && cell.fields.is_only(field))
        };
        let fits = |found: &(usize, &Cell<'_>)| found.1.fields.has(field);
        let Some((column, cell)) = given.filter(fits).or_else(certain).or(given) else { continue };
        if set(&mut row, field, &cell.text, words, rows) {
            taken[column] = true;
        }
    }
    let rest = line.cells.iter().enumerate().filter(|(column, cell)| {
        !taken[*column] && !cell.is_empty && !field::is_rounded_size(&cell.text)
    });
    let rest: Vec<&str> = rest.map(|(_, cell)| &*cell.text).collect();
    if has_files {
        row.add_places(&rest);
    } else {
        row.file.section = rest.first().map(|product| (*product).to_owned());
    }
    Some(row)
}

/// Tells whether a row names a product, a file and the file's version, and nothing else.
fn is_version_of_product(line: &Line<'_>) -> bool {
    let filled = || line.cells.iter().filter(|cell| !cell.is_empty);
    let is = |field: Field| filled().filter(move |cell| cell.fields.is_only(field)).count() == 1;
    is(Field::Name) && is(Field::Version) && (2..=3).contains(&filled().count())
}

/// Finds the cell with the file's name: a certain one, else what stands in the column of names.
fn name_column(line: &Line<'_>, columns: &Columns) -> Option<usize> {
    let given = columns.cell(line, Field::Name);
    let is_free = |cell: &Cell<'_>| cell.fields == cell::Fields::default() && !cell.is_empty;
    given
        .filter(|(_, cell)| cell.fields.has(Field::Name))
        .or_else(|| {
            let mut cells = line.cells.iter().enumerate();
            cells.find(|(_, cell)| cell.fields.is_only(Field::Name))
        })
        .or_else(|| given.filter(|(_, cell)| is_free(cell) && !cell.text.contains('\\')))
        .map(|(column, _)| column)
}

/// Tells whether a cell is certainly another field than the one of its column.
fn is_other(cell: &Cell<'_>, field: Field) -> bool {
    cell.fields.is_certain() && !cell.fields.has(field)
}

/// Sets a field, and says whether the cell was for it; what cannot be read is reported.
fn set(row: &mut Row, field: Field, text: &str, words: Words, rows: &mut Rows<'_>) -> bool {
    let line = row.file.line;
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    match field {
        Field::Name => {}
        Field::Date => match date::whole(text) {
            Some(found) => rows.date(row, found.written, text),
            None if has_digit => rows.bad("date", line, text),
            None => return false,
        },
        Field::Time => match cell::time(text, words) {
            Some(time) => rows.time(row, time, text),
            None if has_digit => rows.bad("time", line, text),
            None => return false,
        },
        Field::Version => match field::version(text) {
            Some(Version::Four(version)) => row.file.version = Some(version),
            Some(Version::Raw(raw)) => row.file.raw_version = Some(raw),
            None if text.starts_with(|c: char| c.is_ascii_digit()) => {
                rows.bad("version", line, text);
            }
            None => return false,
        },
        Field::Size => match field::size(text) {
            Some(size) => row.file.size = Some(size),
            None if has_digit => rows.bad("size", line, text),
            None => return false,
        },
        Field::Processor => match field::processor(text) {
            Some((processor, length)) if length == text.len() => {
                row.file.platform = Some(processor.to_owned());
            }
            _ => return false,
        },
    }
    true
}

/// Takes a row of one text as the heading of the rows below it: a product, or a branch.
fn heading(line: &Line<'_>, words: Words, rows: &mut Rows<'_>) {
    let mut filled = line.cells.iter().filter(|cell| !cell.is_empty);
    let Some(first) = filled.next() else { return };
    let is_heading = filled.all(|cell| cell.text == first.text)
        && first.fields == cell::Fields::default()
        && first.text.len() <= LONGEST_HEADING
        && !words.is_head(&first.text);
    if is_heading {
        rows.heading(&first.text);
    }
}
