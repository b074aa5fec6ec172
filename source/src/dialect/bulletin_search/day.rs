//! Days as workbooks write them.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::sheet::Cell;

/// Serial number after which the days of 1900 are counted without the leap day that it never had.
const AFTER_LEAP_FAULT: i64 = 60;
/// Serial number of 9999-12-31, the last day.
const LAST: i64 = 2_958_465;

/// Reads a serial number such as `42808`, or a text such as `3/14/2017` or `2017-03-14`.
pub(super) fn read(cell: &Cell, counts_from_1904: bool) -> Option<Date> {
    if cell.is_number {
        return serial(&cell.text, counts_from_1904);
    }
    let text = cell.text.split([' ', 'T']).next().unwrap_or("");
    month_day_year(text).or_else(|| text.parse().ok())
}

/// Source: ECMA-376, part 1, section 18.17.4.1; a fraction is a time of day.
fn serial(text: &str, counts_from_1904: bool) -> Option<Date> {
    let whole = text.split('.').next()?;
    let days: i64 = whole.parse().ok().filter(|days| (1..=LAST).contains(days))?;
    let start = match counts_from_1904 {
        true => date(1904, 1, 1),
        false if days > AFTER_LEAP_FAULT => date(1899, 12, 30),
        false if days == AFTER_LEAP_FAULT => return None,
        false => date(1899, 12, 31),
    };
    start.checked_add(days.days()).ok()
}

fn month_day_year(text: &str) -> Option<Date> {
    let mut parts = text.split('/').map(|part| {
        let is_number = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(part)
    });
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, is_number: bool, counts_from_1904: bool) -> Option<String> {
        let cell = Cell { text: text.into(), is_number };
        read(&cell, counts_from_1904).map(|day| day.to_string())
    }

    #[test]
    fn serial_numbers_count_from_the_start_of_the_workbook() {
        for (text, expected) in [
            ("1", Some("1900-01-01")),
            ("59", Some("1900-02-28")),
            ("60", None),
            ("61", Some("1900-03-01")),
            ("42808", Some("2017-03-14")),
            ("42808.75", Some("2017-03-14")),
            ("0", None),
            ("2958466", None),
            ("-3", None),
            ("NaN", None),
        ] {
            assert_eq!(day(text, true, false).as_deref(), expected, "{text}");
        }
        assert_eq!(day("41346", true, true).as_deref(), Some("2017-03-14"));
        assert_eq!(day("2958465", true, true), None);
    }

    #[test]
    fn texts_are_read_in_the_order_of_the_publisher() {
        for (text, expected) in [
            ("3/14/2017", Some("2017-03-14")),
            ("03/14/2017 0:00:00", Some("2017-03-14")),
            ("2017-03-14", Some("2017-03-14")),
            ("2017-03-14T00:00:00", Some("2017-03-14")),
            ("14/3/2017", None),
            ("3/14/17", None),
            ("soon", None),
        ] {
            assert_eq!(day(text, false, false).as_deref(), expected, "{text}");
        }
    }
}
