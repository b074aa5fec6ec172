//! Days in the spellings that Windows uses, with the order of day and month inferred from a list.

use staunch_model::Date;

/// Order in which a list writes day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayOrder {
    MonthFirst,
    DayFirst,
    /// Some days of the list can only be read one way and others only the other way.
    Contradictory,
}

/// A day as far as one text alone decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Certain(Date),
    /// Two numbers below 13 and a year; the flag tells that the text itself speaks for day first.
    Either {
        first: i8,
        second: i8,
        year: i16,
        day_first: Option<bool>,
    },
    Nothing,
}

/// Ticks of 100 ns from 1601-01-01 UTC to the day before which no Windows update was installed.
const TICKS_PER_DAY: u64 = 864_000_000_000;

/// Infers the order of day and month from every day of a list.
///
/// A number above 12 proves the order. Without proof, dots and a 24-hour clock speak for the day
/// first, and the form that WMI itself prints has the month first.
pub(crate) fn day_order<'t>(texts: impl Iterator<Item = &'t str>) -> DayOrder {
    let (mut month_first, mut day_first, mut hint) = (false, false, false);
    for text in texts {
        match (read_alone(text), slashed(text)) {
            (Reading::Certain(_), Some((first, ..))) => {
                day_first |= first > 12;
                month_first |= first <= 12;
            }
            (Reading::Either { day_first, .. }, _) => hint |= day_first == Some(true),
            _ => {}
        }
    }
    match (month_first, day_first) {
        (true, true) => DayOrder::Contradictory,
        (true, false) => DayOrder::MonthFirst,
        (false, true) => DayOrder::DayFirst,
        (false, false) if hint => DayOrder::DayFirst,
        (false, false) => DayOrder::MonthFirst,
    }
}

/// Reads `3/2/2019`, `02.03.2019 00:00:00`, `2019-03-02T00:00:00`, `20190302` and the ticks that
/// Windows Vista prints in hexadecimal.
pub(crate) fn read_day(text: &str, order: DayOrder) -> Option<Date> {
    match read_alone(text) {
        Reading::Certain(date) => Some(date),
        Reading::Either { first, second, year, .. } => match order {
            DayOrder::MonthFirst => Date::new(year, first, second).ok(),
            DayOrder::DayFirst => Date::new(year, second, first).ok(),
            DayOrder::Contradictory => {
                (first == second).then(|| Date::new(year, first, second).ok()).flatten()
            }
        },
        Reading::Nothing => None,
    }
}

fn read_alone(text: &str) -> Reading {
    let text = text.trim();
    if let Some(date) = ticks(text).or_else(|| compact(text)).or_else(|| year_first(text)) {
        return Reading::Certain(date);
    }
    let Some((first, second, year)) = slashed(text) else { return Reading::Nothing };
    let certain =
        |month, day| Date::new(year, month, day).map_or(Reading::Nothing, Reading::Certain);
    match (first, second) {
        (13.., _) => certain(second, first),
        (_, 13..) => certain(first, second),
        _ => Reading::Either { first, second, year, day_first: speaks_for_day_first(text) },
    }
}

/// Tells what separators and clock say about the order, when they say anything.
fn speaks_for_day_first(text: &str) -> Option<bool> {
    let (day, time) = text.split_once(' ').unwrap_or((text, ""));
    if day.contains('.') {
        return Some(true);
    }
    match (time.contains(':'), time.ends_with(['M', 'm'])) {
        (true, false) => Some(true),
        (true, true) => Some(false),
        (false, _) => None,
    }
}

/// Splits `a/b/year` with any of the usual separators.
fn slashed(text: &str) -> Option<(i8, i8, i16)> {
    let day = text.split_whitespace().next()?;
    let mut parts = day.split(['/', '.', '-']).filter(|part| !part.is_empty());
    let first = number(parts.next()?, 2)?;
    let second = number(parts.next()?, 2)?;
    let year = parts.next()?;
    if parts.next().is_some() {
        return None;
    }
    let year: i16 = match year.len() {
        4 => number(year, 4)?,
        2 => 2000 + number::<i16>(year, 2)?,
        _ => return None,
    };
    (first > 0 && second > 0).then_some((first, second, year))
}

fn year_first(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T']).next()?;
    let mut parts = day.split(['/', '.', '-']).filter(|part| !part.is_empty());
    let year = parts.next().filter(|part| part.len() == 4)?;
    let month = number(parts.next()?, 2)?;
    let date = Date::new(number(year, 4)?, month, number(parts.next()?, 2)?).ok();
    date.filter(|_| parts.next().is_none())
}

fn compact(text: &str) -> Option<Date> {
    // WMI's own time stamps continue after the day: 20190302000000.000000+060.
    let digits = text.get(..8).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    let is_stamp = text.len() == 8 || (text.len() == 25 && text.as_bytes()[14] == b'.');
    let date =
        Date::new(number(&digits[..4], 4)?, number(&digits[4..6], 2)?, number(&digits[6..], 2)?);
    date.ok().filter(|date| is_stamp && date.year() >= 1990)
}

fn ticks(text: &str) -> Option<Date> {
    if text.len() != 16 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let days = i32::try_from(u64::from_str_radix(text, 16).ok()? / TICKS_PER_DAY).ok()?;
    days_after(Date::constant(1601, 1, 1), days)
}

fn number<T: std::str::FromStr>(digits: &str, longest: usize) -> Option<T> {
    (digits.len() <= longest && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// Reads the day of `/Date(1551484800000)/`, milliseconds since 1970-01-01 UTC.
///
/// The value is a local midnight; the nearest one in UTC has the same day for time zones from
/// -12:00 to +12:00.
pub(super) fn json_day(text: &str) -> Option<Date> {
    let millis: i64 = text.strip_prefix("/Date(")?.split([')', '+']).next()?.parse().ok()?;
    const HALF_DAY: i64 = 43_200_000;
    let days = i32::try_from(millis.checked_add(HALF_DAY)?.div_euclid(2 * HALF_DAY)).ok()?;
    days_after(Date::constant(1970, 1, 1), days)
}

fn days_after(start: Date, days: i32) -> Option<Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    start.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(texts: &[&str]) -> Vec<String> {
        let order = day_order(texts.iter().copied());
        texts
            .iter()
            .map(|text| read_day(text, order).map_or("-".to_owned(), |date| date.to_string()))
            .collect()
    }

    #[test]
    fn unmistakable_spellings_are_read() {
        assert_eq!(
            all(&[
                "20190321",
                "01d4dfd0fb4eb361",
                "2019-03-02",
                "2019-03-02T00:00:00",
                "2019/03/02 0:00:00",
                "05-22-2015",
                "5/22/2015",
                "20190302000000.000000+060",
                "",
                "x",
                "13/13/2019",
                "2/30/2019",
            ]),
            [
                "2019-03-21",
                "2019-03-21",
                "2019-03-02",
                "2019-03-02",
                "2019-03-02",
                "2015-05-22",
                "2015-05-22",
                "2019-03-02",
                "-",
                "-",
                "-",
                "-"
            ]
        );
    }

    #[test]
    fn one_day_above_12_decides_for_the_whole_list() {
        assert_eq!(all(&["3/2/2019", "5/22/2015"]), ["2019-03-02", "2015-05-22"]);
        assert_eq!(all(&["3/2/2019", "22/5/2015"]), ["2019-02-03", "2015-05-22"]);
        assert_eq!(all(&["3/2/2019"]), ["2019-03-02"]);
        assert_eq!(all(&["3/2/2019 12:00:00 AM"]), ["2019-03-02"]);
        assert_eq!(all(&["03/02/2019 00:00:00"]), ["2019-02-03"]);
        assert_eq!(all(&["03.02.2019 00:00:00"]), ["2019-02-03"]);
        assert_eq!(all(&["3.2.2019"]), ["2019-02-03"]);
    }

    #[test]
    fn a_contradictory_list_keeps_only_certain_days() {
        assert_eq!(
            all(&["22/5/2015", "5/22/2015", "3/2/2019", "3/3/2019"]),
            ["2015-05-22", "2015-05-22", "-", "2019-03-03"]
        );
    }

    #[test]
    fn local_midnights_are_rounded_to_their_day() {
        for (millis, day) in [
            ("/Date(1551484800000)/", "2019-03-02"),
            ("/Date(1551481200000)/", "2019-03-02"),
            ("/Date(1551513600000)/", "2019-03-02"),
            ("/Date(1551513600000+0100)/", "2019-03-02"),
        ] {
            assert_eq!(json_day(millis).map(|date| date.to_string()).as_deref(), Some(day));
        }
        assert_eq!(json_day("/Date(9223372036854775807)/"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_day_or_none(text in "[0-9/.: -]{0,24}|\\PC{0,20}") {
            let order = day_order(std::iter::once(text.as_str()));
            let _ = read_day(&text, order);
            let _ = json_day(&text);
        }
    }
}
