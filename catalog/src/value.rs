//! How values stand in the file.

use jiff::civil::Date;

/// Writes a day as the number `yyyymmdd`.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// Reads a day that [`day_number`] wrote.
pub(crate) fn day(number: i64) -> Option<Date> {
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    let day = i8::try_from(number % 100).ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_back_and_numbers_that_are_none_are_refused() {
        let date = Date::constant(2019, 3, 12);
        assert_eq!((day_number(date), day(20_190_312)), (20_190_312, Some(date)));
        for number in [0, -20_190_312, 20_190_230, 20_191_301, i64::MAX, i64::MIN] {
            assert_eq!(day(number), None, "{number}");
        }
    }
}
