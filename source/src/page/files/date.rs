//! Dates of file rows, in the orders and with the month names of every language.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::civil::Date;

use crate::page::lexicon::{Lexicon, normalise};

/// What a text that has the shape of a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Day(Date),
    /// Numbers whose order only the other rows of the page tell: first, second, year.
    Numbers(i8, i8, i16),
    /// No such day.
    Impossible,
}

/// A date at the beginning of a text, with the bytes that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) written: Written,
    pub(super) length: usize,
    /// Whether the month is a word, so that the text can be nothing but a date.
    pub(super) has_word: bool,
}

const ENGLISH: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Words between the parts of a date that say nothing.
const LINKS: [&str; 5] = ["de", "di", "del", "e", "of"];

/// Returns the month that a word names, in any language.
fn month(word: &str) -> Option<i8> {
    static MONTHS: OnceLock<HashMap<String, i8>> = OnceLock::new();
    let months = MONTHS.get_or_init(|| {
        let mut months = HashMap::new();
        for lexicon in Lexicon::all() {
            for section in ["months", "file_months"] {
                let section = lexicon.section(section);
                for (number, name) in (1..).zip(ENGLISH) {
                    let spellings = section.spellings(name).map(str::to_owned);
                    months.extend(spellings.map(|spelling| (spelling, number)));
                }
            }
        }
        months.extend(ENGLISH.iter().map(|name| (*name).to_owned()).zip(1..));
        months
    });
    months.get(&normalise(word)).copied()
}

enum Part {
    Number { value: i16, digits: usize },
    Month(i8),
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Passes over marks and linking words between two parts.
    fn separators(&mut self) -> &str {
        let from = self.at;
        while let Some(c) = self.rest().chars().next() {
            if is_separator(c) {
                self.at += c.len_utf8();
                continue;
            }
            let word = word(self.rest());
            if !LINKS.contains(&word.to_ascii_lowercase().as_str()) {
                break;
            }
            self.at += word.len();
        }
        &self.text[from..self.at]
    }

    /// Reads a number of at most `most` digits, or a month.
    fn part(&mut self, most: usize) -> Option<Part> {
        let digits = self.rest().bytes().take(most).take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let value = self.rest()[..digits].parse().ok()?;
            self.at += digits;
            return Some(Part::Number { value, digits });
        }
        let word = word(self.rest());
        let month = month(word)?;
        self.at += word.len();
        Some(Part::Month(month))
    }

    /// Reads a year: four digits that begin like one, else two.
    fn year(&mut self) -> Option<i16> {
        let digits = self.rest().bytes().take(4).take_while(u8::is_ascii_digit).count();
        let is_long = digits == 4 && matches!(&self.rest()[..2], "19" | "20");
        let taken = if is_long { 4 } else { 2 };
        let value: i16 = self.rest().get(..taken).filter(|_| digits >= taken)?.parse().ok()?;
        self.at += taken;
        Some(match value {
            0..=79 if !is_long => 2000 + value,
            80..=99 if !is_long => 1900 + value,
            _ => value,
        })
    }

    /// Passes over the marks that may close a date.
    fn close(&mut self) {
        for mark in ["\u{65e5}", "\u{c77c}", "."] {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\u{a0}']);
            if trimmed.starts_with(mark) {
                self.at += rest.len() - trimmed.len() + mark.len();
            }
        }
    }
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '.' | '-' | '/' | ',' | '\u{ba}' | '\u{aa}' | '\u{b0}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{5e74}'
                | '\u{6708}'
                | '\u{65e5}'
                | '\u{b144}'
                | '\u{c6d4}'
                | '\u{c77c}'
    )
}

/// Returns the letters that a text begins with, at most as many as a month has.
fn word(text: &str) -> &str {
    let end = text
        .char_indices()
        .take(14)
        .take_while(|(_, c)| c.is_alphabetic() && !is_separator(*c))
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    &text[..end]
}

/// Finds the date that a text begins with.
pub(super) fn at_start(text: &str) -> Option<Found> {
    let mut scanner = Scanner { text, at: 0 };
    let first = scanner.part(4)?;
    let (written, has_word) = match first {
        Part::Number { value, digits: 4 } => {
            if !(1980..2080).contains(&value) || scanner.separators().is_empty() {
                return None;
            }
            let (month, has_word) = match scanner.part(2)? {
                Part::Month(month) => (month, true),
                Part::Number { value, .. } => (i8::try_from(value).ok()?, false),
            };
            if scanner.separators().is_empty() {
                return None;
            }
            let Part::Number { value: day, .. } = scanner.part(2)? else { return None };
            scanner.close();
            (day_of(value, month, i8::try_from(day).ok()?), has_word)
        }
        Part::Number { digits: 3, .. } => return None,
        Part::Number { value: first, .. } => {
            if scanner.separators().is_empty() && word(scanner.rest()).is_empty() {
                return None;
            }
            let first = i8::try_from(first).ok()?;
            match scanner.part(2)? {
                Part::Month(month) => {
                    scanner.separators();
                    (day_of(scanner.year()?, month, first), true)
                }
                Part::Number { value: second, .. } => {
                    let second = i8::try_from(second).ok()?;
                    let mark = scanner.separators().trim().chars().next()?;
                    let year = scanner.year()?;
                    (in_order(first, second, year, mark), false)
                }
            }
        }
        Part::Month(month) => {
            scanner.separators();
            let Part::Number { value: day, .. } = scanner.part(2)? else { return None };
            if scanner.separators().is_empty() {
                return None;
            }
            (day_of(scanner.year()?, month, i8::try_from(day).ok()?), true)
        }
    };
    Some(Found { written, length: scanner.at, has_word })
}

/// Reads a text that is a date and nothing else; `г.` and `r.` may follow it.
pub(super) fn whole(text: &str) -> Option<Found> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let found = at_start(text)?;
    let rest = text[found.length..].trim();
    let is_year_word = rest.chars().filter(|c| c.is_alphanumeric()).count() <= 1;
    (is_year_word && !rest.contains(|c: char| c.is_ascii_digit())).then_some(found)
}

fn day_of(year: i16, month: i8, day: i8) -> Written {
    Date::new(year, month, day).map_or(Written::Impossible, Written::Day)
}

/// Dots go with the day first; other marks leave the order open.
fn in_order(first: i8, second: i8, year: i16, mark: char) -> Written {
    match (first, second) {
        (1..=12, 1..=12) if mark != '.' && first != second => Written::Numbers(first, second, year),
        (_, 1..=12) => day_of(year, second, first),
        (1..=12, _) if mark != '.' => day_of(year, first, second),
        _ => Written::Impossible,
    }
}

/// Order in which a page writes the numbers of its dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// Dates that can only have the day first.
    day_first: u32,
    /// Dates that can only have the month first.
    month_first: u32,
    /// Whether the page's language puts the day first.
    is_usually_day_first: bool,
}

impl Order {
    /// Takes notice of a date; `is_american` says that its time is written with `a` or `p`.
    pub(super) fn notice(&mut self, text: &str, is_american: bool) {
        self.month_first += u32::from(is_american);
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let mut next = || numbers.next().filter(|part| part.len() <= 2)?.parse::<u8>().ok();
        let (Some(first), Some(second)) = (next(), next()) else { return };
        self.day_first += u32::from(first > 12 && second <= 12);
        self.month_first += u32::from(second > 12 && first <= 12);
    }

    /// Takes the order of the page's language, which any date of the page outweighs.
    pub(super) fn of(lexicon: Option<&Lexicon>) -> Self {
        let order = lexicon
            .and_then(|lexicon| lexicon.section("header_formats").spellings("numeric_date").next());
        Self { is_usually_day_first: order == Some("dmy"), ..Self::default() }
    }

    /// Puts the numbers of a date in the page's order, where it has one.
    pub(super) fn settle(self, first: i8, second: i8, year: i16) -> Option<Date> {
        let (day, month) = match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => (first, second),
            std::cmp::Ordering::Less => (second, first),
            std::cmp::Ordering::Equal if self.day_first == 0 && self.is_usually_day_first => {
                (first, second)
            }
            std::cmp::Ordering::Equal => return None,
        };
        Date::new(year, month, day).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_language_are_read() {
        for (text, day) in [
            ("15-Apr-2004", "2004-04-15"),
            ("4 de maio de 2004", "2004-05-04"),
            ("1\u{ba} de setembro de 2006", "2006-09-01"),
            ("29. července 2003", "2003-07-29"),
            ("22-апр-2005", "2005-04-22"),
            ("13 Eyl 2006", "2006-09-13"),
            ("2005. 10. 20.", "2005-10-20"),
            ("2006. július 17.", "2006-07-17"),
            ("09-lip-2004", "2004-07-09"),
            ("2004/1/16", "2004-01-16"),
            ("2007 年 3 月 6 日", "2007-03-06"),
            ("2004년 7월 29일", "2004-07-29"),
            ("16 sett 2003", "2003-09-16"),
            ("05.05.04", "2004-05-05"),
            ("5-Jul-06", "2006-07-05"),
            ("29-09-2004", "2004-09-29"),
            ("24. Aug. 2004", "2004-08-24"),
            ("20 sierpnia 2004 r.", "2004-08-20"),
        ] {
            let found = whole(text).map(|found| found.written);
            assert_eq!(found, Some(Written::Day(day.parse().unwrap())), "{text}");
        }
        assert_eq!(whole("2007.06.31.").unwrap().written, Written::Impossible);
        assert_eq!(whole("0-May-2004").unwrap().written, Written::Impossible);
        assert_eq!(whole("05-10-2002").unwrap().written, Written::Numbers(5, 10, 2002));
        assert_eq!(whole("5.2.3790.1"), None);
    }

    #[test]
    fn the_page_tells_the_order_of_numbers() {
        let mut order = Order::default();
        assert_eq!(order.settle(5, 10, 2002), None);
        order.notice("10-24-2003", false);
        assert_eq!(order.settle(5, 10, 2002), Some("2002-05-10".parse().unwrap()));
    }
}
