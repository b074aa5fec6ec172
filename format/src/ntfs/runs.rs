use crate::{
    Fault,
    volume::{Extents, bytes},
};

const OBJECT: &str = "run list";

/// Adds the runs of an attribute, or of the part of one, to those before them.
///
/// `clusters` is the number of clusters of the volume, `end` the number that the attribute has
/// with these runs.
pub(super) fn add(
    extents: &mut Extents,
    offset: u64,
    mut runs: &[u8],
    clusters: u64,
    end: u64,
) -> Result<(), Fault> {
    let mut place = 0_i64;
    while let Some((&header, rest)) = runs.split_first() {
        if header == 0 {
            break;
        }
        let (lengths, places) = (usize::from(header & 15), usize::from(header >> 4));
        if lengths == 0 || lengths > 8 || places > 8 || rest.len() < lengths + places {
            let expected = format_args!("fields of 1 to 8 bytes in the {} left", rest.len());
            return Err(Fault::new(OBJECT, offset, expected, format_args!("{header:#04x}")));
        }
        let length = signed(&rest[..lengths]);
        let length = u64::try_from(length)
            .map_err(|_| Fault::new(OBJECT, offset, "a length of 0 or more clusters", length))?;
        let start = if places == 0 {
            None
        } else {
            place = place.wrapping_add(signed(&rest[lengths..lengths + places]));
            let start = u64::try_from(place).ok();
            let inside = start.and_then(|start| start.checked_add(length));
            if inside.is_none_or(|end| end > clusters) {
                let expected = format_args!("clusters below {clusters}");
                let found = format_args!("{length} from {place} on");
                return Err(Fault::new(OBJECT, offset, expected, found));
            }
            start
        };
        extents.push(OBJECT, offset, start, length)?;
        runs = &rest[lengths + places..];
    }
    if extents.clusters() != end {
        let expected = format_args!("{end} clusters");
        return Err(Fault::new(OBJECT, offset, expected, extents.clusters()));
    }
    Ok(())
}

/// Reads a signed number of 1 to 8 bytes, little-endian.
fn signed(field: &[u8]) -> i64 {
    let sign = if field[field.len() - 1] & 0x80 == 0 { 0 } else { 0xFF };
    let mut whole = [sign; 8];
    whole[..field.len()].copy_from_slice(field);
    i64::from_le_bytes(bytes(&whole, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_go_forth_and_back_and_leave_holes() {
        let mut extents = Extents::default();
        let runs = [0x21, 0x04, 0x00, 0x01, 0x01, 0x02, 0x11, 0x03, 0xF0, 0x00];
        add(&mut extents, 0, &runs, 1000, 9).unwrap();
        assert_eq!(extents.find(0), Some((Some(0x100), 4)));
        assert_eq!(extents.find(5), Some((None, 1)));
        assert_eq!(extents.find(6), Some((Some(0xF0), 3)));
    }

    #[test]
    fn faults_say_what_was_expected() {
        for (runs, message) in [
            (&[0x11, 0x05, 0x60, 0][..], "expected clusters below 100, found 5 from 96 on"),
            (&[0x11, 0x05, 0xF0, 0], "expected clusters below 100, found 5 from -16 on"),
            (&[0x11, 0x85, 0x00, 0], "expected a length of 0 or more clusters, found -123"),
            (&[0x91, 0x05], "expected fields of 1 to 8 bytes in the 1 left, found 0x91"),
            (&[0x11, 0x05, 0x00, 0], "expected 4 clusters, found 5"),
        ] {
            let fault = add(&mut Extents::default(), 0x70, runs, 100, 4).unwrap_err();
            assert_eq!(fault.to_string(), format!("run list at offset 0x70: {message}"));
        }
    }
}
