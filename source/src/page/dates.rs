//! Dates in every spelling that the pages use.
//!
//! Day and month stand in any order, with the month as a number or as a word of the page's
//! language, in any case form. A date of which no calendar day exists is told from no date at all.

use jiff::civil::Date;

use super::lexicon::{Lexicon, normalise};

/// Years that a page can speak of; the first bulletins are of 1998, their files are older.
const YEARS: std::ops::RangeInclusive<i16> = 1985..=2030;

/// A page states a date at the beginning of a cell or line; what follows is not looked at.
const MOST_TOKENS: usize = 200;

/// Letters of a word between day, month and year, as in `4 de maio de 2004`.
const LONGEST_FILLER: usize = 3;

const MONTHS: [&str; 12] = [
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

/// Finds the first date of a text.
///
/// Nothing is found where no part of the text has the shape of a date. The error names the parts of
/// a date that no calendar has (`31-Jun-2004`), or whose order the language does not tell.
pub(crate) fn date_in(text: &str, lexicon: Option<&Lexicon>) -> Option<Result<Date, String>> {
    let reader = Reader { tokens: tokens(text), lexicon };
    (0..reader.tokens.len()).find_map(|at| reader.date_at(at))
}

/// Returns the number of the month that a word names: 1 for January.
///
/// The words of the page's language come first, then the English ones. Without a language, a word
/// counts when all the languages that know it agree.
pub(crate) fn month(word: &str, lexicon: Option<&Lexicon>) -> Option<i8> {
    let word = normalise(word);
    let of = |lexicon: &Lexicon| {
        let key = lexicon.section("months").key(&word)?;
        MONTHS.iter().zip(1..).find(|(name, _)| **name == key).map(|(_, number)| number)
    };
    match lexicon {
        Some(lexicon) => of(lexicon).or_else(|| Lexicon::of("en-us").and_then(of)),
        None => {
            let mut months = Lexicon::all().iter().filter_map(of);
            let first = months.next()?;
            months.all(|month| month == first).then_some(first)
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// Value and number of digits, at most four.
    Number(i16, usize),
    /// Digits that are no part of a date.
    LongNumber,
    Word(&'t str),
    /// A character that is neither, other than space.
    Mark(char),
}

struct Reader<'t, 'l> {
    tokens: Vec<Token<'t>>,
    lexicon: Option<&'l Lexicon>,
}

/// The part that comes first in a date of numbers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Day,
    Month,
    Year,
}

impl Reader<'_, '_> {
    fn date_at(&self, at: usize) -> Option<Result<Date, String>> {
        match self.tokens[at] {
            Token::Number(year, 4) => self.year_first(at, year),
            Token::Number(first, 1 | 2) => {
                self.day_and_word(at, first).or_else(|| self.numbers(at, first))
            }
            Token::Word(word) => self.word_first(at, word),
            _ => None,
        }
    }

    /// Reads `2005. 10. 20.`, `2006. július 17.`, `2004/1/16`, `2004年5月11日`.
    fn year_first(&self, at: usize, year: i16) -> Option<Result<Date, String>> {
        let mut next = at + 1;
        let mark = self.year_mark(next);
        next += usize::from(mark.is_some());
        let month = match self.token(next)? {
            Token::Number(month, 1 | 2) => {
                let mark = mark?;
                let is_closed = match mark {
                    Token::Mark(mark) => self.token(next + 1) == Some(Token::Mark(mark)),
                    _ => self.is_word(next + 1, &['月', '월']),
                };
                if !is_closed {
                    return None;
                }
                next += 2;
                month
            }
            Token::Word(word) => {
                next += 1;
                next += usize::from(matches!(self.token(next), Some(Token::Mark('.' | '-' | ','))));
                i16::from(self.month(word)?)
            }
            _ => return None,
        };
        match self.token(next)? {
            Token::Number(day, 1 | 2) => self.date(year, month, day),
            _ => None,
        }
    }

    /// Returns what stands between a leading year and the month.
    fn year_mark(&self, at: usize) -> Option<Token<'_>> {
        let token = self.token(at)?;
        let is_mark = matches!(token, Token::Mark('.' | '/' | '-'));
        (is_mark || self.is_word(at, &['年', '년'])).then_some(token)
    }

    /// Reads `15-Apr-2004`, `4 de maio de 2004`, `29. července 2003`, `1º de maio de 2004`.
    fn day_and_word(&self, at: usize, day: i16) -> Option<Result<Date, String>> {
        let word_at = self.after_fillers(at + 1)?;
        let Token::Word(word) = self.token(word_at)? else { return None };
        let month = self.month(word)?;
        let year_at = self.after_fillers(word_at + 1)?;
        match self.token(year_at)? {
            Token::Number(year, 4) => self.date(year, month.into(), day),
            Token::Number(year, 2) if self.is_mark(year_at - 1, &['-', '/', '.']) => {
                self.date(century(year), month.into(), day)
            }
            _ => None,
        }
    }

    /// Reads `August 3, 2010` and `Juli 13 2004`.
    fn word_first(&self, at: usize, word: &str) -> Option<Result<Date, String>> {
        let day_at = at + 1 + usize::from(self.is_mark(at + 1, &['.', '-']));
        let Token::Number(day, 1 | 2) = self.token(day_at)? else { return None };
        let month = self.month(word)?;
        let year_at = self.after_fillers(day_at + 1)?;
        match self.token(year_at)? {
            Token::Number(year, 4) => self.date(year, month.into(), day),
            _ => None,
        }
    }

    /// Reads `05.05.04`, `08/09/2015`, `05-10-2002`.
    fn numbers(&self, at: usize, first: i16) -> Option<Result<Date, String>> {
        let Token::Mark(mark @ ('.' | '/' | '-')) = self.token(at + 1)? else { return None };
        let Token::Number(second, 1 | 2) = self.token(at + 2)? else { return None };
        let Token::Number(third, digits @ (2 | 4)) = self.token(at + 4)? else { return None };
        let is_version = mark == '.'
            && (at > 0 && self.is_mark(at - 1, &['.'])
                || self.is_mark(at + 5, &['.']) && self.is_number(at + 6));
        if self.token(at + 3)? != Token::Mark(mark) || is_version {
            return None;
        }
        let order = self.order(at + 5, digits);
        if order == Some(Order::Year) {
            return self.date(century(first), second, third);
        }
        let year = if digits == 2 { century(third) } else { third };
        let day_first = (first, second);
        let month_first = (second, first);
        let (day, month) = match order {
            _ if first == second => day_first,
            _ if first > 12 => day_first,
            _ if second > 12 => month_first,
            Some(Order::Day) => day_first,
            Some(Order::Month) => month_first,
            _ => {
                let parts = format!("{first}{mark}{second}{mark}{third}");
                return YEARS.contains(&year).then(|| Err(format!("{parts} in unknown order")));
            }
        };
        self.date(year, month, day)
    }

    /// Returns the order of the language; a time such as `12:47p` shows an American listing.
    fn order(&self, after: usize, year_digits: usize) -> Option<Order> {
        let is_american = self.is_number(after)
            && self.is_mark(after + 1, &[':'])
            && self.is_number(after + 2)
            && matches!(self.token(after + 3), Some(Token::Word("a" | "p")));
        if is_american {
            return Some(Order::Month);
        }
        let order = self.lexicon?.section("header_formats").spellings("numeric_date").next()?;
        match order {
            "dmy" => Some(Order::Day),
            "mdy" => Some(Order::Month),
            "ymd" if year_digits == 2 => Some(Order::Year),
            _ => None,
        }
    }

    /// Makes a date of parts; a year out of range shows that the parts were no date.
    fn date(&self, year: i16, month: i16, day: i16) -> Option<Result<Date, String>> {
        if !YEARS.contains(&year) {
            return None;
        }
        let part = |value: i16| i8::try_from(value).unwrap_or(0);
        let date = Date::new(year, part(month), part(day));
        Some(date.map_err(|_| format!("{year}-{month:02}-{day:02} is no day")))
    }

    /// Passes the marks and short words between the parts of a date.
    fn after_fillers(&self, from: usize) -> Option<usize> {
        (from..from + 4).find(|at| match self.token(*at) {
            Some(Token::Mark('.' | ',' | '-' | '/' | ':' | 'º' | 'ª' | '°')) => false,
            Some(Token::Word(word)) => {
                word.chars().count() > LONGEST_FILLER || self.month(word).is_some()
            }
            _ => true,
        })
    }

    fn month(&self, word: &str) -> Option<i8> {
        month(word, self.lexicon)
    }

    fn token(&self, at: usize) -> Option<Token<'_>> {
        self.tokens.get(at).copied()
    }

    fn is_mark(&self, at: usize, marks: &[char]) -> bool {
        matches!(self.token(at), Some(Token::Mark(mark)) if marks.contains(&mark))
    }

    fn is_number(&self, at: usize) -> bool {
        matches!(self.token(at), Some(Token::Number(..) | Token::LongNumber))
    }

    fn is_word(&self, at: usize, first: &[char]) -> bool {
        matches!(self.token(at), Some(Token::Word(word)) if word.starts_with(first))
    }
}

fn century(year: i16) -> i16 {
    if year >= 85 { 1900 + year } else { 2000 + year }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if tokens.len() == MOST_TOKENS {
            break;
        }
        let length = match c {
            '0'..='9' => rest.bytes().take_while(u8::is_ascii_digit).count(),
            _ if is_letter(c) => rest.find(|c| !is_letter(c)).unwrap_or(rest.len()),
            _ => c.len_utf8(),
        };
        let (part, tail) = rest.split_at(length);
        rest = tail;
        match c {
            '0'..='9' => tokens.push(match part.parse() {
                Ok(value) if length <= 4 => Token::Number(value, length),
                _ => Token::LongNumber,
            }),
            _ if is_letter(c) => tokens.push(Token::Word(part)),
            _ if c.is_whitespace() || is_invisible(c) => {}
            '\u{2010}'..='\u{2015}' => tokens.push(Token::Mark('-')),
            _ => tokens.push(Token::Mark(c)),
        }
    }
    tokens
}

/// Letters of words; the ordinal signs after a day are none.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, 'º' | 'ª') || ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, locale: &str) -> String {
        match date_in(text, Lexicon::of(locale)) {
            Some(Ok(date)) => date.to_string(),
            Some(Err(error)) => error,
            None => "none".to_owned(),
        }
    }

    #[test]
    fn every_spelling_is_read() {
        for (text, locale, date) in [
            ("15-Apr-2004", "de-de", "2004-04-15"),
            ("4 de maio de 2004", "pt-br", "2004-05-04"),
            ("1º de setembro de 2010", "pt-br", "2010-09-01"),
            ("12 de nov. de 2013", "pt-br", "2013-11-12"),
            ("29. července 2003", "cs-cz", "2003-07-29"),
            ("22-апр-2005", "ru-ru", "2005-04-22"),
            ("19 октября 2006 года", "ru-ru", "2006-10-19"),
            ("13 Eyl 2006", "tr-tr", "2006-09-13"),
            ("13 Şubat 2007 Salı", "tr-tr", "2007-02-13"),
            ("2005. 10. 20.", "hu-hu", "2005-10-20"),
            ("2006. július 17.", "hu-hu", "2006-07-17"),
            ("2010.április 15.", "hu-hu", "2010-04-15"),
            ("09-lip-2004", "pl-pl", "2004-07-09"),
            ("12 października 2004 r.", "pl-pl", "2004-10-12"),
            ("2004/1/16", "ja-jp", "2004-01-16"),
            ("2007 年 3 月 6 日", "zh-tw", "2007-03-06"),
            ("2004年5月11日（星期二）", "zh-cn", "2004-05-11"),
            ("2002년 8월 15일 목요일", "ko-kr", "2002-08-15"),
            ("28, 2007년 3월 28일", "ko-kr", "2007-03-28"),
            ("05.05.04 20.56", "de-de", "2004-05-05"),
            ("08/09/2015", "pt-br", "2015-09-08"),
            ("05/06/04 12:47p", "de-de", "2004-05-06"),
            ("05-10-2002", "nl-nl", "2002-10-05"),
            ("11. Mai 2004", "de-de", "2004-05-11"),
            ("Donnerstag, 23. Oktober 2008", "de-de", "2008-10-23"),
            ("13. Juli 13 2004", "de-de", "2004-07-13"),
            ("December 10, 2013", "pt-br", "2013-12-10"),
            ("martes, 12 de abril de 2005", "es-es", "2005-04-12"),
        ] {
            assert_eq!(read(text, locale), date, "{text}");
        }
    }

    #[test]
    fn days_that_no_calendar_has_are_told() {
        assert_eq!(read("2007.06.31.", "hu-hu"), "2007-06-31 is no day");
        assert_eq!(read("0-May-2004", "de-de"), "2004-05-00 is no day");
        assert_eq!(read("14/14/2004", "de-de"), "2004-14-14 is no day");
        assert_eq!(read("05/06/2004", "xx-xx"), "5/6/2004 in unknown order");
    }

    #[test]
    fn what_is_no_date_is_passed_over() {
        for text in ["6.0.2800.1106", "5.1.2600.0", "V1.0 (12 de junho)", "Windows Server 2003", ""]
        {
            assert_eq!(read(text, "es-es"), "none", "{text}");
        }
    }

    #[test]
    fn without_a_language_the_months_that_languages_share_are_known() {
        assert_eq!(read("9 maaliskuuta 2004", "xx-xx"), "none");
        assert_eq!(read("9 november 2004", "xx-xx"), "2004-11-09");
        assert_eq!((month("maj", None), month("ekim", None)), (Some(5), Some(10)));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,60}") {
            for lexicon in Lexicon::all() {
                let _ = date_in(&text, Some(lexicon));
            }
            let _ = date_in(&text, None);
        }
    }
}
