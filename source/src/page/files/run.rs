//! File rows in lines of text: fenced, bare, or run together with everything glued.
//!
//! Such a row begins with its date; time, version, size, name, processor and folder follow it. The
//! row ends where the next date begins, whatever that is glued to.

use super::date::{self, Found};
use super::field::{self, Time, Version};
use super::glue::Glued;
use super::row::{Row, Rows};
use super::words::Words;

/// Tells quickly whether a line may hold rows.
pub(super) fn may_hold_rows(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(first) = bytes.iter().find(|b| !matches!(b, b' ' | b'`' | b'*' | b'\t')) else {
        return false;
    };
    let begins_well = first.is_ascii_digit()
        || memchr::memchr(b'`', bytes).is_some()
        || memchr::memmem::find(bytes, b"-----").is_some()
        || memchr::memchr_iter(b':', bytes).any(|at| {
            at > 0
                && bytes[at - 1].is_ascii_digit()
                && bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_digit))
        });
    begins_well
        && memchr::memchr_iter(b'.', bytes).any(|at| {
            bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_alphabetic))
        })
}

/// Reads the rows of a line.
pub(super) fn read(text: &str, line: u32, words: Words, rows: &mut Rows<'_>) {
    let text = text.trim().trim_matches('`').trim();
    let starts = dates(text);
    for (at, (start, found)) in starts.iter().enumerate() {
        let end = starts.get(at + 1).map_or(text.len(), |(next, _)| *next);
        if let Some(row) = read_row(&text[*start..end], *found, line, words, rows) {
            rows.push(row);
        }
    }
}

/// Finds the dates of a line that begin rows.
fn dates(text: &str) -> Vec<(usize, Found)> {
    let bytes = text.as_bytes();
    let mut dates = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + found;
        let run = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        let end = start + run;
        let is_inner = start >= 2
            && matches!(bytes[start - 1], b'.' | b',' | b':' | b'-' | b'/')
            && bytes[start - 2].is_ascii_digit();
        let date = if is_inner { None } else { date_in_run(text, start, run) };
        at = match date {
            Some((from, date)) => {
                dates.push((from, date));
                from + date.length
            }
            None => end,
        };
    }
    dates
}

/// Finds the date that begins within a run of digits, whose first ones may belong to a branch, a
/// processor or a name before it.
fn date_in_run(text: &str, start: usize, run: usize) -> Option<(usize, Found)> {
    let end = start + run;
    let after_service_pack = text[..start].ends_with("SP") && run == 2;
    let lengths: &[usize] = match run {
        1 => &[1],
        2 if after_service_pack => &[1],
        2 => &[2],
        4 => &[4, 2],
        _ => &[4, 2, 1],
    };
    lengths.iter().filter(|length| **length <= run).find_map(|length| {
        let from = end - length;
        let found = date::at_start(&text[from..])?;
        let after = &text[from + found.length..];
        let is_row = found.has_word || {
            let is_apart = after.starts_with([' ', '\u{a0}', '\t']);
            is_apart && (*length == 4 || Time::read(after.trim_start()).is_some())
        };
        is_row.then_some((from, found))
    })
}

fn read_row(text: &str, date: Found, line: u32, words: Words, rows: &mut Rows<'_>) -> Option<Row> {
    let (written, rest) = text.split_at(date.length);
    let rest = rest.trim_start();
    let time = time(rest, words);
    let (written_time, rest) = rest.split_at(time.map_or(0, |(_, length)| length));
    let (numbers, tail) = numbers(rest, words);
    let (name, places) = tail.split_once([' ', '\u{a0}', '\t']).unwrap_or((tail, ""));
    let (name, glued_place) = split_name(before_label(name));
    let mut row = Row::new(line);
    if !field::is_name(name) || !numbers.set(&mut row) {
        return None;
    }
    row.set_name(name, words);
    let places = Some(places.trim()).filter(|places| !words.is_nothing(places));
    let glued_place = Some(glued_place).filter(|place| !place.is_empty());
    let places: Vec<&str> = glued_place.into_iter().chain(places).collect();
    row.add_places(&places);
    rows.date(&mut row, date.written, written);
    if let Some((time, _)) = time {
        rows.time(&mut row, time, written_time);
    }
    Some(row)
}

/// Reads the time that a text begins with, and the bytes that it takes with a word before it.
fn time(text: &str, words: Words) -> Option<(Time, usize)> {
    if let Some(time) = Time::read(text).filter(|time| is_time(text, *time)) {
        return Some((time, time.length));
    }
    let (word, after) = text.split_once(' ')?;
    let is_afternoon = words.is_afternoon(word)?;
    let time = Time::read(after)?;
    Some((time.in_half(is_afternoon), text.len() - after.len() + time.length))
}

/// A time with a dot ends at a space, or it would be the beginning of a version.
fn is_time(text: &str, time: Time) -> bool {
    let has_colon = text[..time.length].contains([':', '\u{ff1a}']);
    has_colon || text[time.length..].starts_with([' ', '\u{a0}'])
}

/// Version and size as a row writes them before its name.
#[derive(Debug, Default)]
struct Numbers {
    version: Option<Version>,
    size: Option<u64>,
    glued: Option<Glued>,
}

impl Numbers {
    /// Tells the row what there is, and says whether there is anything.
    fn set(self, row: &mut Row) -> bool {
        let has_any = self.version.is_some() || self.size.is_some() || self.glued.is_some();
        match self.version {
            Some(Version::Four(version)) => row.file.version = Some(version),
            Some(Version::Raw(raw)) => row.file.raw_version = Some(raw),
            None => {}
        }
        row.file.size = self.size;
        row.glued = self.glued;
        has_any
    }

    fn of(tokens: &[&str]) -> Self {
        let Some((first, others)) = tokens.split_first() else { return Self::default() };
        let parts = field::dotted_parts(first);
        let is_size_alone = others.is_empty() && field::size(first).is_some();
        let is_version = parts >= 3 || (parts == 2 && !others.is_empty());
        if is_version && !is_size_alone {
            let is_glued = others.is_empty()
                && field::version(first)
                    .is_none_or(|version| matches!(version, Version::Raw(_)) && parts != 3);
            if is_glued && let Some(glued) = Glued::read(first) {
                return Self { glued: Some(glued), ..Self::default() };
            }
            let size = field::size(&others.join(" "));
            return Self { version: field::version(first), size, glued: None };
        }
        if others.is_empty()
            && let Some(glued) = Glued::read(first)
        {
            return Self { glued: Some(glued), ..Self::default() };
        }
        Self { size: field::size(&tokens.join(" ")), ..Self::default() }
    }
}

/// Reads version and size, and returns what follows them: the name and the places.
fn numbers(text: &str, words: Words) -> (Numbers, &str) {
    let mut tokens: Vec<&str> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = rest.find([' ', '\u{a0}', '\t']).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        if token.is_empty() || tokens.len() > 8 {
            break;
        }
        let digits = token
            .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))
            .unwrap_or(token.len());
        if digits == token.len() {
            tokens.push(token);
            rest = after;
        } else if tokens.is_empty() && words.is_nothing(token) {
            rest = after;
        } else {
            let has_size = tokens.last().is_some_and(|last| field::size(last).is_some());
            if digits > 0 && !(has_size && field::is_name(token)) {
                tokens.push(&token[..digits]);
                rest = &rest[digits..];
            }
            break;
        }
    }
    (Numbers::of(&tokens), rest)
}

/// Drops a label in other letters that is glued to an extension: `Setup.exe檔案：`.
fn before_label(text: &str) -> &str {
    let Some(dot) = text.find('.') else { return text };
    let label = text[dot..].find(|c: char| !c.is_ascii());
    label.map_or(text, |label| &text[..dot + label])
}

/// Splits a name from the processor or branch that is glued to its extension.
fn split_name(text: &str) -> (&str, &str) {
    let dot = text.find('.').filter(|_| text.len() <= 2 * field::LONGEST_NAME);
    let Some(dot) = dot else { return (text, "") };
    let mut places = text
        .char_indices()
        .map(|(at, _)| at)
        .filter(|at| *at >= dot + 3 && !text[*at..].contains('.'))
        .filter(|at| text.as_bytes()[at - 2] != b'.' && text.as_bytes()[at - 1] != b'.');
    let place = places.find(|at| {
        let rest = &text[*at..];
        let ends_well = |length: usize| {
            let after = &rest[length..];
            after.is_empty() || field::is_branch(after)
        };
        field::is_branch(rest)
            || field::processor(rest).is_some_and(|(_, length)| ends_well(length))
    });
    place.map_or((text, ""), |at| text.split_at(at))
}
