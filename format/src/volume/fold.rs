/// Folds a UTF-16 unit to upper case where that is one unit too.
pub(crate) fn simple_uppercase(unit: u16) -> u16 {
    let Some(character) = char::from_u32(unit.into()) else { return unit };
    let mut upper = character.to_uppercase();
    match (upper.next().map(|upper| u16::try_from(u32::from(upper))), upper.next()) {
        (Some(Ok(upper)), None) => upper,
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_or_none() {
        for (lower, upper) in [('a', 'A'), ('é', 'É'), ('я', 'Я'), ('ß', 'ß'), ('7', '7')] {
            assert_eq!(simple_uppercase(lower as u16), upper as u16);
        }
        assert_eq!(simple_uppercase(0xD800), 0xD800);
    }
}
